#!/usr/bin/env python3
"""
Makes src/frtfeed/edit/prior.py: how common a word is before any story has been read.

usage: make_prior.py ENGLISH_COUNTS STOPWORDS_JSON > src/frtfeed/edit/prior.py

ENGLISH_COUNTS  `word count` a line: frequency_dictionary_en_82_765.txt of symspellpy 6.10 (MIT);
                its counts are those of the Google Books Ngram data (CC BY 3.0).
STOPWORDS_JSON  stopwords-iso.json of stopwordsiso 0.7 (MIT): function words by language.

Both come with the packages of these names on PyPI. What is kept is a level for each word: the n
at which about one in 2**n texts of forty words holds it. Words rarer than one in 2**10 are left
out: to all of them frtfeed gives that level.
"""

import json
import sys
from collections import Counter, defaultdict
from math import log2
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

from frtfeed.edit.tokens import normal

TEXT_WORDS = 40  # a title and an excerpt
RAREST = 10
# Function words beyond English stand at one in four texts of their language.
FUNCTION_LEVEL = 2
RARE_IN_ENGLISH = 8  # "der" is, "die" is not
LANGUAGES = "ar bg cs da de el es fi fr he hr hu it nl no pl pt ro ru sk sl sv tr uk".split()
MAX_FUNCTION_LETTERS = 4  # longer entries of the lists are mostly content words

HEAD = '''"""
How common a word is before any story has been read. Made by tools/make_prior.py: do not edit.

Counts: Google Books Ngram data, CC BY 3.0, as shipped by symspellpy (MIT, Wolf Garbe and mmb L).
Function words: stopwords-iso, MIT, Gene Diaz. docs/design/grouping.md says why and how.

Level n: about one in 2**n titles with their excerpts holds each of the words.
"""

__all__ = ["LEVELS"]

# fmt: off
LEVELS: tuple[str, ...] = (
'''


def main() -> None:
    """Print the module."""
    counts: Counter[str] = Counter()
    for line in Path(sys.argv[1]).read_text(encoding="utf-8-sig").splitlines():
        word, count = line.split()
        counts[normal(word)] += int(count)
    total = sum(counts.values())
    levels: dict[int, set[str]] = defaultdict(set)
    level_of: dict[str, int] = {}
    for word, count in counts.items():
        share = 1 - (1 - count / total) ** TEXT_WORDS
        level = round(-log2(share))
        if level < RAREST and len(word) > 1:
            levels[level].add(word)
            level_of[word] = level
    for language in LANGUAGES:
        for word in json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))[language]:
            short = 1 < len(word) <= MAX_FUNCTION_LETTERS and " " not in word
            if short and level_of.get(normal(word), RAREST) >= RARE_IN_ENGLISH:
                levels[level_of.pop(normal(word), FUNCTION_LEVEL)].discard(normal(word))
                levels[FUNCTION_LEVEL].add(normal(word))
    print(HEAD, end="")
    for level in range(RAREST):
        print(f"    # one in {2**level}")
        line = ""
        lines = []
        for word in sorted(levels[level]):
            if len(line) + len(word) + 1 > 108:
                lines.append(line)
                line = ""
            line += word + " "
        lines.append(line)
        print(
            "\n".join(f'    "{each}"' for each in lines[:-1])
            + f'{chr(10) if len(lines) > 1 else ""}    "{lines[-1].rstrip()}",'
        )
    print(")\n# fmt: on")


if __name__ == "__main__":
    main()
