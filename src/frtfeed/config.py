"""frtfeed.toml becomes a frozen configuration; every mistake is reported at once."""

import math
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_type_hints
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from frtfeed.asked import state_folder
from frtfeed.errors import ConfigError
from frtfeed.model import Sender, Site
from frtfeed.policies import FeedPolicy, IntakePolicy, PublishRule, ScorePolicy, Threshold
from frtfeed.records import Struct, field, fields
from frtfeed.sources import FetchPolicy, Rule, RuleField, Source, Verdict
from frtfeed.urls import ascii_host, canonical, slug

__all__ = ["PLACEHOLDER_URL", "Config", "load_config"]

LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")  # RFC 5646, as much as readers understand
ADDRESS = re.compile(r"[^@\s<>,;:\"()]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")
LIST_ID = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+$")  # RFC 2919 §2
MAX_UNSUBSCRIBE = 600  # characters; with its mailto and a token it fits a header line of 998 (RFC 5322 §2.1.1)
ALLOWED = re.compile(r"([A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}$")
CONTACT = re.compile(r"[\x21-\x27\x2a-\x7e]*$")  # it stands between brackets in the User-Agent
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
PLACEHOLDER_URL = "https://example.org/"

# A documented starting set for facial recognition (docs/scores.md): agencies and papers
# with reporters on the subject, its trade press, regulators, and the organisations that litigate.
KEYWORDS = ("facial recognition", "face recognition", "biometric", "biometrics", "surveillance")
PROVIDERS = (
    "adalovelaceinstitute.org aclu.org algorithmwatch.org apnews.com arstechnica.com bbc.co.uk bbc.com "
    "bigbrotherwatch.org.uk biometricupdate.com computerweekly.com edri.org eff.org ft.com theguardian.com "
    "libertyhumanrights.org.uk nytimes.com politico.eu privacyinternational.org reuters.com sky.com "
    "statewatch.org technologyreview.com theregister.com themarkup.org washingtonpost.com wired.com 404media.co"
).split()
PROVIDER_NAMES = ("it pro",)  # saved pages name their outlet without an address
OFFICIAL = ("ico.org.uk", "cnil.fr", "edpb.europa.eu", "ftc.gov", "nist.gov", "gov.uk")


class SiteTable(Struct, frozen=True, kw_only=True):
    """[site]"""

    title: str = "FRT feed"
    url: str = PLACEHOLDER_URL
    description: str = "Facial recognition in the news: each event told once."
    language: str = "en"
    author: str = "frtfeed"
    timezone: str = "UTC"
    rights: str = ""
    id: str = ""


class PathsTable(Struct, frozen=True, kw_only=True):
    """[paths], relative to the configuration file."""

    seeds: str = "seeds"
    out: str = "out"
    templates: str = "templates"


class FeedTable(Struct, frozen=True, kw_only=True):
    """[feed]"""

    limit: int = 50
    min_days: int = 14
    max: int = 500


class RankTable(Struct, frozen=True, kw_only=True):
    """[rank]"""

    half_life_days: float = 0.0
    per_provider: int = 0


class EditionTable(Struct, frozen=True, kw_only=True):
    """[edition]"""

    period: Literal["daily", "weekly", "monthly"] = "weekly"
    memory: int = 4


class PublishTable(Struct, frozen=True, kw_only=True):
    """[publish]"""

    unmarked: PublishRule = "all"
    alone: int = 70
    with_others: int = 50


class QualityTable(Struct, frozen=True, kw_only=True):
    """[quality]"""

    profile: Literal["frtfeed", "compat"] = "frtfeed"
    keywords: tuple[str, ...] = KEYWORDS
    providers: tuple[str, ...] = (*PROVIDERS, *PROVIDER_NAMES)
    official: tuple[str, ...] = OFFICIAL


class WantedTable(Struct, frozen=True, kw_only=True):
    """[intake.include] and its like: what is looked for in an item, any one entry of a list being enough."""

    words: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()


class IntakeTable(Struct, frozen=True, kw_only=True):
    """[intake]"""

    publish: Literal["review", "auto"] = "review"
    drop_market_reports: bool = True
    max_age_days: int = 30
    same_title_days: int = 3
    include: WantedTable = field(default_factory=WantedTable)
    exclude: WantedTable = field(default_factory=WantedTable)
    topics: dict[str, tuple[str, ...]] = field(default_factory=dict)


class SourceTable(Struct, frozen=True, kw_only=True):
    """[[source]]"""

    name: str = ""
    url: str = ""
    title: str = ""
    site_url: str = ""
    topics: tuple[str, ...] = ()
    publish: Literal["review", "auto", ""] = ""
    paused: bool = False
    max_age_days: int | None = None
    include: WantedTable = field(default_factory=WantedTable)
    exclude: WantedTable = field(default_factory=WantedTable)


class FetchTable(Struct, frozen=True, kw_only=True):
    """[fetch]: the defaults are those of FetchPolicy, which says what they mean."""

    max_transfer_bytes: int = FetchPolicy().max_transfer_bytes
    max_body_bytes: int = FetchPolicy().max_body_bytes
    connect_s: float = FetchPolicy().connect_s
    total_s: float = FetchPolicy().total_s
    redirects: int = FetchPolicy().redirects
    max_items: int = FetchPolicy().max_items
    max_depth: int = FetchPolicy().max_depth
    floor_s: int = FetchPolicy().floor_s
    ceiling_s: int = FetchPolicy().ceiling_s
    concurrency: int = FetchPolicy().concurrency
    gap_s: float = FetchPolicy().gap_s
    allow: tuple[str, ...] = ()
    contact: str = ""


class MailTable(Struct, frozen=True, kw_only=True):
    """[mail]"""

    from_name: str = ""
    from_address: str = ""
    reply_to: str = ""
    postal_address: str = ""
    unsubscribe_url: str = ""
    unsubscribe_mailto: str = ""
    list_id: str = ""


class RunTable(Struct, frozen=True, kw_only=True):
    """[run]: a cron expression for each job of `frtfeed run`, in site.timezone. "" turns it off."""

    build: str = "*/15 * * * *"
    fetch: str = "5,35 * * * *"


class Tables(Struct, frozen=True, kw_only=True):
    """The whole file; each field is a table of its name."""

    site: SiteTable = field(default_factory=SiteTable)
    paths: PathsTable = field(default_factory=PathsTable)
    feed: FeedTable = field(default_factory=FeedTable)
    rank: RankTable = field(default_factory=RankTable)
    edition: EditionTable = field(default_factory=EditionTable)
    publish: PublishTable = field(default_factory=PublishTable)
    quality: QualityTable = field(default_factory=QualityTable)
    intake: IntakeTable = field(default_factory=IntakeTable)
    source: tuple[SourceTable, ...] = ()
    fetch: FetchTable = field(default_factory=FetchTable)
    mail: MailTable = field(default_factory=MailTable)
    run: RunTable = field(default_factory=RunTable)


class Config(Struct, frozen=True, kw_only=True):
    """
    What a command needs to know, ready to use.

    path: the file it came from, None for the defaults.
    seeds, out, templates: folders. templates is the project's own, which need not be there.
    sources: in the order of the file, unique by key.
    state: the folder for what is remembered between runs, which need not be there.
    """

    path: Path | None
    site: Site
    seeds: Path
    out: Path
    templates: Path
    score: ScorePolicy
    feed: FeedPolicy
    publish: PublishRule
    threshold: Threshold
    intake: IntakePolicy
    sources: tuple[Source, ...]
    state: Path
    fetch: FetchPolicy
    run: RunTable


def load_config(path: Path | None, *, seeds: Path | None = None, out: Path | None = None) -> Config:
    """
    Read a configuration file; without one, sensible defaults.

    Args:
        seeds, out: take the place of what the file says.

    Raises:
        ConfigError: with every mistake, a line each.
    """
    tables, mistakes = _read(path) if path else (Tables(), [])
    mistakes += list(_contradictions(tables))
    if mistakes:
        raise ConfigError("\n".join(f"{path}: {mistake}" for mistake in mistakes))
    base = path.parent if path else Path()
    config = Config(
        path=path,
        site=_site(tables),
        seeds=seeds or base / tables.paths.seeds,
        out=out or base / tables.paths.out,
        templates=base / tables.paths.templates,
        score=ScorePolicy(
            keywords=tables.quality.keywords,
            providers=frozenset(name.casefold() for name in tables.quality.providers),
            official=frozenset(name.casefold() for name in tables.quality.official),
            compat=tables.quality.profile == "compat",
        ),
        feed=FeedPolicy(
            limit=tables.feed.limit,
            min_days=tables.feed.min_days,
            max=tables.feed.max,
            half_life_days=tables.rank.half_life_days,
            per_provider=tables.rank.per_provider,
            period=tables.edition.period,
            memory=tables.edition.memory,
        ),
        publish=tables.publish.unmarked,
        threshold=Threshold(alone=tables.publish.alone, with_others=tables.publish.with_others),
        intake=_intake(tables.intake),
        sources=tuple(_source(table) for table in tables.source),
        state=state_folder(path),
        fetch=_fetch(tables),
        run=tables.run,
    )
    if config.out.resolve().is_relative_to(config.seeds.resolve()):
        raise ConfigError(
            f"{config.out}: the output lies inside the seeds folder {config.seeds}, "
            "where it would be read as stories. Choose another folder with --out."
        )
    if config.seeds.resolve().is_relative_to(config.out.resolve()):
        raise ConfigError(
            f"{config.out}: the seeds folder {config.seeds} lies inside the output, "
            "where hidden stories would be published with it. Choose another folder with --out."
        )
    return config


def _read(path: Path) -> tuple[Tables, list[str]]:
    """Read a file into tables; what is wrong with it is said in words, the defaults stand in."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}. Name the file with --config.") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 at byte {error.start}. Save the file as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not TOML: {error}.") from error
    mistakes: list[str] = []
    given: dict[str, Any] = {}
    tables = {table.name: table.default_factory for table in fields(Tables) if callable(table.default_factory)}
    for name, content in found.items():
        kind = tables.get(name)
        if name == "source":
            given[name] = tuple(_sources_table(content, mistakes))
        elif kind is None:
            mistakes.append(f"[{name}]: unknown table.{_nearest(name, [*tables, 'source'])}")
        elif not isinstance(content, dict):
            mistakes.append(f"{name}: a table is wanted: write [{name}] on a line of its own.")
        else:
            given[name] = _table(kind, f"[{name}]", content, mistakes)
    return Tables(**given), mistakes


def _sources_table(content: Any, mistakes: list[str]) -> Iterator[SourceTable]:
    """Convert the list of sources, one by one; a mistake names the source."""
    if not isinstance(content, list) or not all(isinstance(each, dict) for each in content):
        mistakes.append("source: a list of tables is wanted: write [[source]] on a line of its own.")
        return
    for number, each in enumerate(content, 1):
        yield _table(SourceTable, f"[[source]] {each.get('name') or number}:", each, mistakes)


def _table(kind: Any, label: str, content: dict[str, Any], mistakes: list[str]) -> Any:
    """Convert one table, field by field, so that no mistake hides another."""
    import msgspec

    hints = get_type_hints(kind)
    good = {}
    for key, value in content.items():
        if key not in hints:
            mistakes.append(f"{label} {key}: unknown key.{_nearest(key, list(hints))}")
            continue
        if _is_table(hints[key]) and isinstance(value, dict):
            good[key] = _table(hints[key], f"{label} {key}.", value, mistakes)
            continue
        try:
            good[key] = msgspec.convert(value, hints[key])
        except msgspec.ValidationError:
            mistakes.append(f"{label} {key}: {_wanted(hints[key])} is wanted, not {value!r}.")
    return kind(**good)


def _is_table(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Struct)


def _wanted(hint: Any) -> str:
    """Say what a type takes, in a reader's words."""
    if choices := [str(choice) for choice in get_args(hint) if isinstance(choice, str)]:
        return "one of " + ", ".join(f'"{choice}"' for choice in choices)
    if _is_table(hint):
        return 'a table of lists, such as { words = ["face scan"] },'
    names = {
        str: "a text in quotes",
        bool: "true or false",
        int: "a whole number",
        float: "a number",
        int | None: "a whole number",
        dict[str, tuple[str, ...]]: "a table of lists of texts",
    }
    return names.get(hint, "a list of texts")


def _nearest(name: str, known: list[str]) -> str:
    """Guess what an unknown name was meant to be."""
    from difflib import get_close_matches  # only a mistake asks for it

    near = get_close_matches(name.lower(), known, n=1, cutoff=0.5)
    return f" Did you mean {near[0]}?" if near else f" Known: {', '.join(known)}."


def _contradictions(tables: Tables) -> Iterator[str]:
    """Yield what has the right type and cannot be right."""
    if not _site_url(tables.site.url):
        yield f"[site] url: an absolute http or https address without query is wanted, not {tables.site.url!r}."
    if not LANGUAGE.match(tables.site.language):
        yield f'[site] language: a language tag such as "en-GB" is wanted, not {tables.site.language!r}.'
    yield from _mail_contradictions(tables.mail)
    try:
        ZoneInfo(tables.site.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        yield f'[site] timezone: an IANA name such as "Europe/London" is wanted, not {tables.site.timezone!r}.'
    if not tables.site.title.strip():
        yield "[site] title: must not be empty."
    feed = tables.feed
    for key in ("limit", "min_days", "max"):
        if getattr(feed, key) < (0 if key == "min_days" else 1):
            yield f"[feed] {key}: must be positive, not {getattr(feed, key)}."
    if feed.max < feed.limit:
        yield f"[feed] max: must not be below limit ({feed.limit}), not {feed.max}."
    for table, key in ((tables.rank, "per_provider"), (tables.edition, "memory")):
        if getattr(table, key) < 0:
            yield f"{type(table).__doc__} {key}: 0 (off) or more is wanted, not {getattr(table, key)}."
    yield from _intake_contradictions(tables.intake)
    yield from _source_contradictions(tables.source)
    yield from _fetch_contradictions(tables.fetch)
    for key in ("alone", "with_others"):
        if getattr(tables.publish, key) < 0:
            yield f"[publish] {key}: 0 or more is wanted, not {getattr(tables.publish, key)}."
    if tables.rank.half_life_days < 0:
        yield f"[rank] half_life_days: 0 (off) or more is wanted, not {tables.rank.half_life_days}."


def _mail_contradictions(mail: MailTable) -> Iterator[str]:
    """Yield what no message can carry."""
    mail = _stripped(mail)
    for key in ("from_address", "reply_to", "unsubscribe_mailto"):
        if getattr(mail, key) and not ADDRESS.match(getattr(mail, key)):
            yield f"[mail] {key}: an address such as desk@example.org is wanted, not {getattr(mail, key)!r}."
    if mail.unsubscribe_url and (fault := _unsubscribe_fault(mail.unsubscribe_url)):
        yield f"[mail] unsubscribe_url: {fault}."
    if mail.list_id and not LIST_ID.match(mail.list_id):
        yield f"[mail] list_id: a name such as digest.example.org is wanted, not {mail.list_id!r}."
    for key in ("from_name", "postal_address"):
        if CONTROLS.search(getattr(mail, key)):
            yield f"[mail] {key}: must be one line without control characters, not {getattr(mail, key)!r}."


def _unsubscribe_fault(url: str) -> str:
    """Say why an address cannot stand in List-Unsubscribe, "" when it can."""
    if len(url) > MAX_UNSUBSCRIBE:
        return f"at most {MAX_UNSUBSCRIBE} characters are wanted, since the header is one line, not {len(url)}"
    if re.search(r"\s", url):
        return f"an address without blanks is wanted, not {url!r}. Write %20"
    if not url.startswith("https://") or not canonical(url):
        return f"an https address is wanted, not {url!r}"
    if not url.isascii():
        return f"an address in ASCII is wanted, not {url!r}. Write a host as xn--…, and other letters as %C3%BC"
    return ""


def _stripped(mail: MailTable) -> MailTable:
    """Return what a table says, without the blanks around it; what holds no letter and no digit says nothing."""
    stated = {name: getattr(mail, name).strip() for name in MailTable.__struct_fields__}
    return MailTable(**{name: text if any(map(str.isalnum, text)) else "" for name, text in stated.items()})


def _intake_contradictions(intake: IntakeTable) -> Iterator[str]:
    """Yield what no rule can mean."""
    for key in ("max_age_days", "same_title_days"):
        if getattr(intake, key) < 0:
            yield f"[intake] {key}: 0 (off) or more is wanted, not {getattr(intake, key)}."
    for topic, keywords in intake.topics.items():
        if not topic.strip() or not any(keyword.strip() for keyword in keywords):
            yield f'[intake.topics] {topic}: a name and its keywords are wanted: "Policing" = ["police"].'


def _source_contradictions(sources: tuple[SourceTable, ...]) -> Iterator[str]:
    """Yield what is wrong with the sources as a list."""
    seen: set[str] = set()
    for number, source in enumerate(sources, 1):
        place = f"[[source]] {source.name or number}:"
        if not source.name or slug(source.name) != source.name:
            example = slug(source.name) or slug(source.title) or f"source-{number}"
            yield f"{place} name: lower case letters and digits joined by - are wanted, such as {example!r}."
        elif source.name in seen:
            yield f"{place} name: two sources are called {source.name!r}. Choose another."
        seen.add(source.name)
        if not canonical(source.url):
            yield f"{place} url: the http or https address of a feed is wanted, not {source.url!r}."
        if source.max_age_days is not None and source.max_age_days < 0:
            yield f"{place} max_age_days: 0 (off) or more is wanted, not {source.max_age_days}."


def _fetch_contradictions(fetch: FetchTable) -> Iterator[str]:
    """Yield what no request could be made with."""
    for name in fetch.__struct_fields__:
        value = getattr(fetch, name)
        least = 0 if name in ("redirects", "gap_s") else 1
        if isinstance(value, int | float) and not least <= value < math.inf:
            yield f"[fetch] {name}: {least} or more is wanted, not {value}."
    if fetch.ceiling_s < fetch.floor_s:
        yield f"[fetch] ceiling_s: must not be below floor_s ({fetch.floor_s}), not {fetch.ceiling_s}."
    for place in fetch.allow:
        if not ALLOWED.match(place):
            yield f'[fetch] allow: host:port as in "127.0.0.1:8080" is wanted, not {place!r}.'
    if not CONTACT.match(fetch.contact):
        yield f"[fetch] contact: a web or mail address in printable ASCII is wanted, not {fetch.contact!r}."


# Which of WantedTable's lists becomes a rule on which field of an item.
RULE_FIELDS: dict[str, RuleField] = {
    "words": "words",
    "topics": "topic",
    "languages": "language",
    "providers": "provider",
}


def _rules(wanted: WantedTable, *, kind: Verdict, place: str) -> Iterator[Rule]:
    """Turn a table of lists into rules; each is called as the editor finds it in the file."""
    for key, rule_field in RULE_FIELDS.items():
        if values := getattr(wanted, key):
            yield Rule(kind=kind, field=rule_field, values=values, name=f"{place} {kind}.{key}")


def _age_rules(days: int | None, *, place: str) -> Iterator[Rule]:
    if days is not None:
        yield Rule(kind="include", field="age", values=(str(days),), name=f"{place} max_age_days")


def _intake(table: IntakeTable) -> IntakePolicy:
    return IntakePolicy(
        publish=table.publish,
        rules=(
            *_rules(table.exclude, kind="exclude", place="[intake]"),
            *_rules(table.include, kind="include", place="[intake]"),
            *_age_rules(table.max_age_days, place="[intake]"),
        ),
        topics=tuple(table.topics.items()),
        drop_market_reports=table.drop_market_reports,
        same_title_days=table.same_title_days,
    )


def _source(table: SourceTable) -> Source:
    return Source(
        key=table.name,
        url=table.url.strip(),
        title=table.title,
        site_url=table.site_url,
        topics=table.topics,
        publish=table.publish,
        paused=table.paused,
        rules=(
            *_rules(table.exclude, kind="exclude", place=table.name),
            *_rules(table.include, kind="include", place=table.name),
            *_age_rules(table.max_age_days, place=table.name),
        ),
    )


def _fetch(tables: Tables) -> FetchPolicy:
    given = {name: getattr(tables.fetch, name) for name in FetchTable.__struct_fields__}
    given["allow"] = frozenset(place.lower() for place in tables.fetch.allow)
    site_url = _site_url(tables.site.url)
    given["contact"] = tables.fetch.contact or ("" if site_url == PLACEHOLDER_URL else site_url)
    return FetchPolicy(**given)


def _site_url(text: str) -> str:
    """Return an address as it is printed: scheme and host in lower case, ending in "/"; "" when it will not do."""
    try:
        parts = urlsplit(text.strip())
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    host = ascii_host(parts.hostname or "")
    is_host = host.isascii() and all(0 < len(label) < 64 for label in host.removesuffix(".").split("."))
    if not is_host or not canonical(text) or parts.query or parts.fragment or parts.username is not None:
        return ""
    path = quote(parts.path if parts.path.endswith("/") else f"{parts.path}/", safe="/%~")
    return f"{parts.scheme.lower()}://{host}{port}{path}"


def _site(tables: Tables) -> Site:
    site, mail = tables.site, _stripped(tables.mail)
    url = _site_url(site.url)
    return Site(
        id=site.id or url,
        url=url,
        title=site.title,
        description=site.description,
        language=site.language,
        author=site.author,
        zone=ZoneInfo(site.timezone),
        rights=site.rights,
        sender=Sender(
            name=mail.from_name or site.title,
            address=mail.from_address,
            reply_to=mail.reply_to,
            postal=mail.postal_address,
            unsubscribe_url=mail.unsubscribe_url,
            unsubscribe_mailto=mail.unsubscribe_mailto,
            list_id=mail.list_id,
        ),
    )
