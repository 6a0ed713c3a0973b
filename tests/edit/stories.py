"""Stories made by hand, for the tests of this room."""

from datetime import UTC, datetime, timedelta

from frtfeed.model import Facts, Provider, Section, Story, When
from frtfeed.urls import canonical, story_id

MONDAY = datetime(2024, 2, 19, 9, tzinfo=UTC)


def story(name: str, *, days: float = 0, outlet: str = "outlet.example", **given: object) -> Story:
    """Make a story whose address, id and path come from its name; days count from MONDAY."""
    url = f"https://{outlet}/{name}"
    defaults: dict[str, object] = {
        "id": story_id(canonical(url)),
        "names": (canonical(url),),
        "url": url,
        "title": name.replace("-", " ").capitalize(),
        "published": When(at=MONDAY + timedelta(days=days)),
        "provider": Provider(name=outlet.partition(".")[0].capitalize(), domain=outlet),
        "path": f"{name}.md",
    }
    return Story(**{**defaults, **given})  # type: ignore[arg-type]


def mention(name: str, **given: object) -> Story:
    """Make a story that is known from a related list only."""
    return story(name, **{"path": "", **given})  # type: ignore[arg-type]


def incident(name: str, *, occurred: datetime, **given: object) -> Story:
    """Make an incident record."""
    facts = Facts(
        occurred=When(at=occurred, precision="month"),
        operators=("Argent", "Metropolitan Police Service (MPS)"),
        technologies=("Facial recognition",),
    )
    return story(name, **{"kind": "incident", "facts": facts, "url": "", **given})  # type: ignore[arg-type]


def text(*paragraphs: str) -> tuple[Section, ...]:
    """Make a body of plain paragraphs."""
    return (Section(html="".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)),)
