"""A small publication, built by hand: one group for each thing that a renderer has to tell apart."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from frtfeed.model import (
    Band,
    Dossier,
    Edition,
    Facts,
    Feed,
    Group,
    Image,
    Member,
    Part,
    Provider,
    Publication,
    Section,
    Sender,
    Site,
    Story,
    When,
)
from frtfeed.urls import story_id

BERLIN = ZoneInfo("Europe/Berlin")
GAZETTE = Provider(name="The Gazette & Sons", domain="gazette.example")
COURIER = Provider(name="Courier", domain="courier.example")
HERALD = Provider(name="Herald", domain="herald.example")


def moment(text: str) -> datetime:
    """Read an ISO date, UTC unless it says otherwise: "2024-02-20T10:00"."""
    at = datetime.fromisoformat(text)
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def on(text: str) -> When:
    """Return a date with a time of day."""
    return When(at=moment(text))


def month(year: int, number: int) -> When:
    """Return a month as a story in the sample site's zone states it."""
    return When(at=datetime(year, number, 1, tzinfo=BERLIN).astimezone(UTC), precision="month")


def story(name: str, title: str, **fields: object) -> Story:
    """Return a story at a made-up outlet; url="" for one that lives nowhere else."""
    url = str(fields.pop("url", f"https://gazette.example/{name}"))
    identity = url or name
    rest = {"provider": GAZETTE, "published": on("2024-02-20T10:00"), **fields}
    return Story(id=story_id(identity), title=title, names=(identity,), url=url, **rest)  # type: ignore[arg-type]


def member(name: str, title: str, provider: Provider = COURIER, **fields: object) -> Member:
    """Return another outlet's story in a group."""
    address = fields.pop("url", f"https://{provider.domain}/{name}")
    return Member(story=story(name, title, url=address, provider=provider, **fields), reason="same event", likeness=0.8)


def group(lead: Story, **fields: object) -> Group:
    """Return a group; updated is the lead's date unless given."""
    dated = lead.published.at if lead.published else moment("2024-02-20")
    rest = {"coverage": (), "background": (), "updated": dated, "quality": 50, "heat": 50, **fields}
    return Group(id=lead.id, lead=lead, **rest)  # type: ignore[arg-type]


SITE = Site(
    id="tag:frt.example,2024:feeds",
    url="https://frt.example/",
    title="Face Recognition Watch",
    description="Who scans whom, ranked; each event told once.",
    language="en-GB",
    author="FRT Desk",
    zone=BERLIN,
    rights="Excerpts belong to their publishers.",
    sender=Sender(
        name="FRT Desk",
        address="desk@frt.example",
        postal="1 Example Street, Berlin",
        unsubscribe_url="https://frt.example/unsubscribe",
        unsubscribe_mailto="leave@frt.example",
        list_id="digest.frt.example",
    ),
)

INCIDENT = story(
    "shop-lifting-misidentified",
    "Shop scanner misidentifies customers",
    url="https://records.example/incident/42",
    page="incidents/shop-scanner-misidentifies-customers/",
    kind="incident",
    category="incident",
    excerpt="Customers were led out of shops by mistake.",
    provider=Provider(name="Incident Records", domain="records.example"),
    published=month(2024, 1),
    topics=("Retail",),
    body=(
        Section(html="<p>A retailer scanned everyone.</p>"),
        Section(heading="Risks & harms", html="<p>People were <em>wrongly</em> accused.</p>"),
    ),
    facts=Facts(
        occurred=month(2023, 3),
        operators=("Corner Shop & Co",),
        developers=("Facegate",),
        countries=("UK", "Ireland"),
        technologies=("Facial recognition",),
    ),
)

POLICE = group(
    story(
        "police-trial",
        "Police & <live> scanning: London's 'trial' ends",
        excerpt="A force & its vendor stop <scanning> faces in the street.",
        published=on("2024-02-21T08:30"),
        topics=("Police", "Privacy & rights"),
        images=(Image(url="https://img.gazette.example/a.jpg?w=1200&h=800", width=1200, height=800, alt='A "van"'),),
        quality=57,
    ),
    coverage=(
        member("van", "Face van parked for good", published=on("2024-02-21T11:00"), quality=40),
        member("ends", "Trial <over>, says force", HERALD, published=on("2024-02-22T23:30"), quality=30),
    ),
    background=(
        member("begins", "Trial begins", published=on("2023-11-02T09:00")),
        Member(story=INCIDENT, reason="named by the editor"),
    ),
    updated=moment("2024-02-22T23:30"),
    quality=57,
    heat=77,
    quality_parts=(Part(name="given", points=57, because="the file says so"),),
    heat_parts=(
        Part(name="quality", points=57, because="as above"),
        Part(name="coverage", points=20, because="2 other providers"),
    ),
)
RECORD = group(INCIDENT, quality=45, heat=45)
OWN = group(
    story(
        "our-view",
        "Our view: the law is late",
        url="",
        page="stories/our-view-the-law-is-late/",
        provider=None,
        excerpt="Regulators knew for years.",
        published=on("2024-02-19T07:00"),
        updated=moment("2024-02-20T07:00"),
        topics=("Law",),
        body=(Section(html='<p>Regulators knew. See <a href="https://law.example/act">the act</a>.</p>'),),
        quality=40,
    ),
    updated=moment("2024-02-20T07:00"),
    quality=40,
    heat=40,
)
ARABIC = group(
    story(
        "arabic",
        "التعرف على الوجوه في المطارات",
        url="https://courier.example/ar/2024/وجوه?page=2",
        provider=COURIER,
        language="ar",
        excerpt="خبر قصير عن المطارات.",
        published=on("2024-02-18T16:00"),
        topics=("Airports",),
        quality=30,
    ),
    quality=30,
    heat=30,
)
CROWD = group(
    story(
        "ban",
        "Parliament bans face databases",
        excerpt="The vote was close.",
        published=on("2024-02-14T12:00"),
        topics=("Law", "Privacy & rights"),
        kind="video",
        quality=35,
    ),
    coverage=tuple(
        member(
            f"ban-{n}",
            f"Ban passes, report {n}",
            Provider(name=f"Outlet {n}", domain=f"outlet{n}.example"),
            published=on(f"2024-02-14T{n + 8:02}:00"),
        )
        for n in range(1, 15)
    ),
    updated=moment("2024-02-14T22:00"),
    quality=35,
    heat=175,
)
BARE = group(
    story("bare", "A page without anything else", provider=None, published=month(2023, 12), excerpt=""),
    quality=0,
    heat=0,
)
GROUPS = (CROWD, POLICE, RECORD, OWN, ARABIC, BARE)


def feed(groups: tuple[Group, ...] = GROUPS, **fields: object) -> Feed:
    """Return a feed; the main one unless told otherwise."""
    rest = {
        "id": story_id("tag:frt.example,2024:feeds"),
        "path": "",
        "title": SITE.title,
        "description": SITE.description,
        "updated": max((each.updated for each in groups), default=None),
        **fields,
    }
    rest.setdefault("label", rest["title"])
    return Feed(groups=groups, **rest)  # type: ignore[arg-type]


def edition(key: str, start: str, end: str, groups: tuple[Group, ...], *, draft: bool = False) -> Edition:
    """Return a week's digest, from one Monday to the next, in the sample site's zone."""
    first, after = (datetime.fromisoformat(day).replace(tzinfo=BERLIN).astimezone(UTC) for day in (start, end))
    newest = max(each.updated for each in groups)
    return Edition(
        id=story_id(f"tag:frt.example,2024:feeds/digest/{key}"),
        key=key,
        period="weekly",
        path=f"digest/{key}/",
        title=f"Week {key[-2:]} of {key[:4]}",
        start=first,
        end=after,
        draft=draft,
        groups=groups,
        updated=newest if draft else max(after, newest),
    )


def publication(**fields: object) -> Publication:
    """Return the sample publication, with the fields given instead of its own."""
    rest = {
        "site": SITE,
        "feed": feed(),
        "topics": (
            feed((CROWD, OWN), id=story_id("topic:law"), path="topics/law/", title="Law", description="Law."),
            feed(
                (CROWD, POLICE),
                id=story_id("topic:privacy"),
                path="topics/privacy-rights/",
                title="Privacy & rights",
                description="Privacy & rights.",
            ),
        ),
        "incidents": feed(
            (RECORD,), id=story_id("incidents"), path="incidents/", title="Incidents", description="What went wrong."
        ),
        "bands": (
            Band(title="This week", groups=(POLICE, OWN)),
            Band(title="This month", groups=(CROWD, ARABIC)),
            Band(title="Earlier", groups=(RECORD, BARE)),
        ),
        "editions": (
            edition("2024-W08", "2024-02-19", "2024-02-26", (POLICE, OWN), draft=True),
            edition("2024-W07", "2024-02-12", "2024-02-19", (CROWD, ARABIC)),
            edition("2024-W01", "2024-01-01", "2024-01-08", (RECORD,)),
        ),
        "dossiers": (
            Dossier(story=INCIDENT, groups=(POLICE, RECORD)),
            Dossier(story=OWN.lead, groups=(OWN,)),
        ),
        **fields,
    }
    return Publication(**rest)  # type: ignore[arg-type]
