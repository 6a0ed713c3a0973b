#!/usr/bin/env python3
"""
Makes src/frtfeed/render/looks.py: what the tags of a letter look like in the templates that frtfeed brings.

usage: make_looks.py LEARNT… > src/frtfeed/render/looks.py

LEARNT  learnt.msgpack of a state folder (.frtfeed/): what premailer answered while a site was built with
        these templates, and with looks.py emptied, else nobody asks premailer

A kind of tag that none of these sites had is asked for when a letter has it.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

from frtfeed.store.encoding import decode
from frtfeed.store.learnt import Learnt

HEAD = '''"""
What the tags of a letter look like in the templates that frtfeed brings. Made by tools/make_looks.py: do not edit.

premailer's answers, by style sheet, tag and classes, as in inline.Styles: a changed style sheet has another name.
"""

__all__ = ["LOOKS"]

# ruff: noqa: E501
# fmt: off
LOOKS: dict[str, str] = {'''


def main() -> None:
    """Write the module."""
    answers: dict[str, str] = {}
    for path in sys.argv[1:]:
        answers |= decode(Path(path).read_bytes(), Learnt).styles
    print(HEAD)
    for key, style in sorted(answers.items()):
        if style:  # of which no rule says anything premailer is not asked
            print(f'    "{key}":\n        "{style}",')
    print("}")


if __name__ == "__main__":
    main()
