"""How long a text takes to read."""

import re

__all__ = ["reading_minutes"]

WORDS_PER_MINUTE = 230  # Brysbaert 2019: silent reading of English non-fiction, 238
UNSPACED = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")  # Thai, Lao, Khmer, Japanese, Chinese
TAGS = re.compile("<[^>]*>")


def reading_minutes(html: str) -> int:
    """Tell how many minutes a stretch of HTML takes to read, one at least."""
    text = TAGS.sub(" ", html)
    unspaced = 0 if text.isascii() else len(UNSPACED.findall(text))
    # Two characters make a word where nobody writes blanks.
    return max(1, round((len(text.split()) + unspaced // 2) / WORDS_PER_MINUTE))
