"""
What a web site puts around an article, known by its words: notices, lists of other articles, datelines.

Patterns are matched against whole lines.
"""

import re
from collections.abc import Iterable
from datetime import tzinfo

from frtfeed import times
from frtfeed.parse.lines import address_in, is_navigation, trim

__all__ = [
    "BYLINE",
    "BYLINE_WORDS",
    "DATELINE",
    "PAID_FOR",
    "SELF_NAMES",
    "ends_article",
    "is_around_article",
    "is_dateline",
    "is_notice",
    "is_recommended",
]

BYLINE_WORDS = 16  # name, role, date and reading time; a sentence about a day is longer


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    """Compile patterns into one."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


_RECOMMENDED = (
    r"(?:recommended|related)(?: (?:for you|reading|articles?|stories|story|content|news|posts?|links?|topics?))?",
)
_OTHER_LISTS = (
    r"featured(?: \w+)?",
    r"(?:most|more) (?:popular|read|viewed|shared)",
    r"(?:popular|trending)(?: \w+)?",
    r"more (?:from|on|in|about|stories|news)\b.{0,60}",
    r"latest(?: \w+){0,2}",
    r"editor['’]?s['’]? picks?",
    r"top stories",
    r"sponsored(?: \w+)?",
    r"you (?:may|might) (?:also )?(?:like|be interested in)",
    r"about the authors?",
    r"tags?|topics|newsletters?",
)
_INVITATIONS = (
    r"read (?:more|next|also|on)",
    r"share(?: (?:this|on|via)\b.{0,40})?",
    r"(?:sign up|subscribe)\b.{0,80}",
    r"follow us\b.{0,40}",
    r"(?:\d+ )?comments?(?: \(\d+\))?",
    r"(?:leave|post|add) a (?:comment|reply)",
    r"join the (?:conversation|discussion)",
)
_NOTICES = (
    r".{0,60}\bis supported by (?:its|our) (?:audience|readers|members)\b.*",
    r".{0,60}\bis reader-supported\b.*",
    r"when you (?:purchase|buy|click)\b.*\blinks?\b.*",
    r".*\bmay earn an? (?:affiliate )?commission\b.*",
    r"(?:we|this (?:web)?site|our (?:web)?site)(?: and our partners)? uses? cookies\b.*",
    r"by (?:using|continuing)\b.*\bcookies?\b.*",
    r"accept(?: all)?(?: cookies)?",
    r"skip to (?:main )?content.*",
    r"(?:sign|log) ?in",
    r"menu|search|advert(?:isement)?|learn more",
    r"(?:subscribe|sign up) (?:now|today|to|for)\b.{0,160}",
    r"(?:read more|related|see also|also read)\s*:.{1,200}",
    r".{1,40}\bmin(?:ute)?s? read",
    r"\(?(?:image|photo(?:graph)?|picture) ?(?:credit|by\b|:).{1,120}",
    r".{0,120}\bgetty images\)?",
    r"(?:©|copyright\b|all rights reserved\b).*",
)
RECOMMENDED = _any_of(_RECOMMENDED)
ENDINGS = _any_of(_RECOMMENDED + _OTHER_LISTS)
INVITATIONS = _any_of(_INVITATIONS)
NOTICES = _any_of(_NOTICES)
# Where a page says whose it is, the surest first; group 1 is the name.
SELF_NAMES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(.{2,60}?) is (?:supported by (?:its|our) (?:audience|readers|members)|reader-supported)\b.*",
        r"(?:publisher|provider|site)\s*:\s*(.{2,60})",
        r"the post .+ appeared first on (.{2,60}?)\.?",
        r"(?:©|copyright(?: ©)?)\s*(?:\d{4}(?:\s*[-–]\s*\d{4})?,?\s*)?([^\d\s.|,][^.|,]{1,59})(?:[.|,].*)?",
    )
)
DATELINE = re.compile(
    r"(?P<updated>(?:last )?(?:updated|modified))\b.*|(?:first |originally )?(?:published|posted)\b.*|date\s*:.*",
    re.IGNORECASE,
)
BYLINE = re.compile(r"(?:written )?by\s.*", re.IGNORECASE)
PAID_FOR = re.compile(
    r"(?:sponsored|promoted|advert(?:isement|orial)?|paid|partner|in association with|brought to you by)\b.*",
    re.IGNORECASE,
)


def is_notice(line: str) -> bool:
    """Tell whether a line is the site speaking about itself, wherever it stands."""
    return bool(NOTICES.fullmatch(line))


def ends_article(line: str, *, after_text: bool = False) -> bool:
    """
    Tell whether a line opens what follows an article.

    Args:
        after_text: paragraphs stand above it; invitations to share, subscribe or comment
            are found above articles too, where they end nothing.
    """
    words = trim(line).rstrip(":.")
    return bool(ENDINGS.fullmatch(words) or (after_text and INVITATIONS.fullmatch(words)))


def is_recommended(line: str) -> bool:
    """Tell whether a line opens a list of articles that an editor, or a date, has chosen for this one."""
    return bool(RECOMMENDED.fullmatch(trim(line).rstrip(":.")))


def is_dateline(line: str, *, zone: tzinfo) -> bool:
    """Tell whether a line is there to say when: "Published 2 Aug 2022", not a sentence that begins so."""
    short = len(line.split()) <= BYLINE_WORDS
    return short and bool(DATELINE.fullmatch(line)) and times.find_day(line, zone=zone) is not None


def is_around_article(line: str, *, zone: tzinfo) -> bool:
    """Tell whether a line above the first paragraph is none of title, standfirst and caption."""
    return bool(
        is_notice(line)
        or INVITATIONS.fullmatch(trim(line).rstrip(":"))
        or is_navigation(line)
        or address_in(line)
        or any(pattern.fullmatch(line) for pattern in SELF_NAMES)
        or is_dateline(line, zone=zone)
        or BYLINE.fullmatch(line)
        or times.is_date_only(line)
    )
