"""
Format 2: incident records as text (docs/formats.md).

Strategy: one pass over the lines. A labelled line is a fact. A line that is no sentence may
be a heading: it becomes one when prose follows it, and is forgotten when anything else does,
so that empty sections vanish.
"""

import re
from collections.abc import Iterable
from datetime import tzinfo

from frtfeed import markup, text, times, urls
from frtfeed.model import Facts, Parsed, Section, Story, When
from frtfeed.parse import fields, withdrawal
from frtfeed.parse.faults import Faults
from frtfeed.parse.lines import Line, address_in, is_navigation, is_prose, lines_of, said_published, trim
from frtfeed.parse.mapping import facts_topics
from frtfeed.parse.record import FACT_LISTS
from frtfeed.parse.tree import Text
from frtfeed.records import Struct, field, replace

__all__ = ["is_incident", "parse"]

PLURALS = {
    "operators": "operator",
    "deployer": "operator",
    "deployers": "operator",
    "developers": "developer",
    "countries": "country",
    "sectors": "sector",
    "purposes": "purpose",
    "technologies": "technology",
    "issues": "issue",
}
LABELS = {name: name for name in (*FACT_LISTS, "occurred", "published", "type")} | PLURALS
LABELLED = re.compile(r"([^:]{1,60}):(.*)")
NEAR_THE_TOP = 12  # lines that are not empty: title, navigation and a few labels come first
BETWEEN = re.compile(r"\s+(?:to|until|and)\s+|\s*[–—-]\s*")
PAGE_INFO = "page info"


class _Record(Struct):
    """What one pass over the lines gathers."""

    labelled: dict[str, list[Line]] = field(default_factory=dict)
    sections: list[tuple[str, list[str]]] = field(default_factory=list)
    url: str = ""


def is_incident(content: str) -> bool:
    """Tell whether a text is a record: "Occurred:" near the top, or "Page info" and two labels of facts."""
    lines = [line.strip() for line in content.split("\n") if line.strip()]
    if any(_label(line)[0] == "occurred" for line in lines[:NEAR_THE_TOP]):
        return True
    facts = {_label(line)[0] for line in lines} & set(FACT_LISTS)
    return len(facts) >= 2 and any(trim(line).lower() == PAGE_INFO for line in lines)


def parse(content: str, *, path: str, zone: tzinfo) -> Parsed:
    """Read an incident record: its title, facts, and prose under headings."""
    faults = Faults(path)
    lines = [line for line in lines_of(content, faults=faults) if not is_navigation(line.text)]
    said = [said_published(line.text) for line in lines]
    record = [line for line, flag in zip(lines, said, strict=True) if flag is None]
    story = _story(record, path=path, zone=zone, faults=faults)
    if story is None:
        return withdrawal.by_its_lines(Parsed(problems=faults.problems()), content=content, path=path)
    story = replace(story, hidden=False in said, stated=len(record) < len(lines))
    return Parsed(stories=(story,), problems=faults.problems())


def _story(lines: list[Line], *, path: str, zone: tzinfo, faults: Faults) -> Story | None:
    """Return the record as a story, or None with the problem that says why not."""
    title = trim(lines[0].text) if lines and not _label(lines[0].text)[0] else ""
    if not fields.is_visible(title):
        remedy = "Story skipped. Write the title as the first line of the record."
        faults.add("error", "no title", remedy, line=lines[0].number if lines else None, field="title")
        return None
    record = _gathered(lines[1:])
    occurred = _date(record, "occurred", zone=zone, faults=faults)
    published = _date(record, "published", zone=zone, faults=faults)
    if published is None:
        published = _instead(occurred, faults)
    if not record.sections and not record.url:
        faults.add("error", "neither prose nor an address", "Story skipped. Tell what happened, in sentences.")
    if published is None or not (record.sections or record.url):
        return None
    facts = Facts(occurred=occurred, **{fact: _list(record, label) for label, fact in FACT_LISTS.items()})
    identity = urls.canonical(record.url) or fields.stem_of(path)
    return Story(
        id=urls.story_id(identity),
        title=title,
        names=(identity,),
        url=urls.printed(record.url) if record.url else "",
        kind="incident",
        category=next(iter(_list(record, "type")), ""),
        excerpt=text.excerpt(record.sections[0][1][0], limit=fields.EXCERPT_CHARACTERS) if record.sections else "",
        published=published,
        topics=facts_topics(facts),
        body=tuple(Section(heading=head, html=markup.from_paragraphs(prose)) for head, prose in record.sections),
        facts=facts,
        path=path,
    )


def _gathered(lines: Iterable[Line]) -> _Record:
    """Sort the lines below the title into facts, and sections that have prose."""
    record = _Record()
    heading: str | None = ""
    for line in lines:
        label, value = _label(line.text)
        if label:
            record.labelled.setdefault(label, []).append(Line(line.number, value))
            heading = None
        elif url := address_in(line.text):
            record.url = record.url or url
            heading = None
        elif is_prose(line.text):
            if heading is not None or not record.sections:
                record.sections.append((heading or "", []))
            record.sections[-1][1].append(line.text)
            heading = None
        else:
            heading = trim(line.text)
    return record


def _label(line: str) -> tuple[str, str]:
    """Split "Operators: A; B" into the label's one name and its value; "" for a line without a known label."""
    found = LABELLED.fullmatch(line.strip())
    if not found:
        return "", ""
    return LABELS.get(trim(found[1]).lower(), ""), trim(found[2])


def _list(record: _Record, label: str) -> tuple[str, ...]:
    """Return the entries of a label, however many lines have it."""
    return fields.unique(trim(entry) for line in record.labelled.get(label, ()) for entry in fields.listed(line.text))


def _date(record: _Record, label: str, *, zone: tzinfo, faults: Faults) -> When | None:
    """Read a label's date; of a period such as "2016-2018" or "August 2019 -" the beginning."""
    line = next((line for line in record.labelled.get(label, ()) if line.text), None)
    if line is None:
        return None
    name = label.capitalize()
    beginning = _beginning(line.text, zone=zone)
    if beginning:
        remedy = f"Its beginning, {beginning}, is used."
        faults.add("note", "a period, not a date", remedy, line=line.number, field=name, value=line.text)
    return fields.date(
        Text(beginning or line.text, line.number),
        field=name,
        zone=zone,
        faults=faults,
        severity="warning",
        consequence="Ignored.",
    )


def _beginning(written: str, *, zone: tzinfo) -> str:
    """Return the first date of a period, "" when the text is not one, or is a date by itself."""
    try:
        times.parse_when(written, zone=zone)
    except ValueError:
        first = BETWEEN.split(written, maxsplit=1)[0]
    else:
        return ""
    try:
        times.parse_when(first, zone=zone)
    except ValueError:
        return ""
    return first


def _instead(occurred: When | None, faults: Faults) -> When | None:
    """Let the date of the incident stand in for that of its record; without either there is no story."""
    if occurred:
        remedy = "The date it occurred is used. Add a line such as Published: March 2023."
        faults.add("note", "no date of publication", remedy, field="Published")
        return occurred
    remedy = "Story skipped. Add lines such as Occurred: August 2019 and Published: March 2023."
    faults.add("error", "no date", remedy, field="Published")
    return None
