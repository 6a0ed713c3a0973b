"""frtfeed.toml becomes a frozen configuration; every mistake is reported at once."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, get_args, get_type_hints
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from frtfeed.edit.compose import FeedPolicy
from frtfeed.edit.group import PublishRule
from frtfeed.edit.score import ScorePolicy
from frtfeed.errors import ConfigError
from frtfeed.model import Sender, Site
from frtfeed.urls import canonical

__all__ = ["CONFIG_NAME", "PLACEHOLDER_URL", "Config", "find_config", "load_config"]

CONFIG_NAME = "frtfeed.toml"
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")  # RFC 5646, as much as readers understand
ADDRESS = re.compile(r"[^@\s<>,;:\"()]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")
LIST_ID = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+$")  # RFC 2919 §2
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteTable:
    """[site]"""

    title: str = "FRT feed"
    url: str = PLACEHOLDER_URL
    description: str = "Facial recognition in the news: each event told once."
    language: str = "en"
    author: str = "frtfeed"
    timezone: str = "UTC"
    rights: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PathsTable:
    """[paths], relative to the configuration file."""

    seeds: str = "seeds"
    out: str = "out"
    templates: str = "templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedTable:
    """[feed]"""

    limit: int = 50
    min_days: int = 14
    max: int = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class RankTable:
    """[rank]"""

    half_life_days: float = 0.0
    per_provider: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionTable:
    """[edition]"""

    period: Literal["daily", "weekly", "monthly"] = "weekly"
    memory: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishTable:
    """[publish]"""

    unmarked: PublishRule = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityTable:
    """[quality]"""

    profile: Literal["frtfeed", "compat"] = "frtfeed"
    keywords: tuple[str, ...] = KEYWORDS
    providers: tuple[str, ...] = (*PROVIDERS, *PROVIDER_NAMES)
    official: tuple[str, ...] = OFFICIAL


@dataclass(frozen=True, slots=True, kw_only=True)
class MailTable:
    """[mail]"""

    from_name: str = ""
    from_address: str = ""
    postal_address: str = ""
    unsubscribe_url: str = ""
    unsubscribe_mailto: str = ""
    list_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTable:
    """[run]: a cron expression for each job of `frtfeed run`, in site.timezone. "" turns it off."""

    build: str = "*/15 * * * *"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The whole file; each field is a table of its name."""

    site: SiteTable = field(default_factory=SiteTable)
    paths: PathsTable = field(default_factory=PathsTable)
    feed: FeedTable = field(default_factory=FeedTable)
    rank: RankTable = field(default_factory=RankTable)
    edition: EditionTable = field(default_factory=EditionTable)
    publish: PublishTable = field(default_factory=PublishTable)
    quality: QualityTable = field(default_factory=QualityTable)
    mail: MailTable = field(default_factory=MailTable)
    run: RunTable = field(default_factory=RunTable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """
    What a command needs to know, ready to use.

    path: the file it came from, None for the defaults.
    seeds, out, templates: folders. templates is the project's own, which need not be there.
    """

    path: Path | None
    site: Site
    seeds: Path
    out: Path
    templates: Path
    score: ScorePolicy
    feed: FeedPolicy
    publish: PublishRule
    run: RunTable


def find_config(*, named: Path | None, seeds: Path | None) -> Path | None:
    """
    Return the configuration file to read: the one named, else the one in the current folder,
    else the one beside the seeds folder, else None.
    """
    if named:
        return named
    beside = [Path(), *([seeds.absolute().parent] if seeds else [])]
    return next((folder / CONFIG_NAME for folder in beside if (folder / CONFIG_NAME).is_file()), None)


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
        place = path or CONFIG_NAME
        raise ConfigError("\n".join(f"{place}: {mistake}" for mistake in mistakes))
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
    tables = {table.name: table.default_factory for table in fields(Tables) if table.default_factory is not MISSING}
    for name, content in found.items():
        kind = tables.get(name)
        if kind is None:
            mistakes.append(f"[{name}]: unknown table.{_nearest(name, list(tables))}")
        elif not isinstance(content, dict):
            mistakes.append(f"{name}: a table is wanted: write [{name}] on a line of its own.")
        else:
            given[name] = _table(kind, name, content, mistakes)
    return Tables(**given), mistakes


def _table(kind: Any, name: str, content: dict[str, Any], mistakes: list[str]) -> Any:
    """Convert one table, field by field, so that no mistake hides another."""
    import msgspec

    hints = get_type_hints(kind)
    good = {}
    for key, value in content.items():
        if key not in hints:
            mistakes.append(f"[{name}] {key}: unknown key.{_nearest(key, list(hints))}")
            continue
        try:
            good[key] = msgspec.convert(value, hints[key])
        except msgspec.ValidationError:
            mistakes.append(f"[{name}] {key}: {_wanted(hints[key])} is wanted, not {value!r}.")
    return kind(**good)


def _wanted(hint: Any) -> str:
    """Say what a type takes, in a reader's words."""
    if choices := [str(choice) for choice in get_args(hint) if isinstance(choice, str)]:
        return "one of " + ", ".join(f'"{choice}"' for choice in choices)
    names = {str: "a text in quotes", int: "a whole number", float: "a number"}
    return names.get(hint, "a list of texts")


def _nearest(name: str, known: list[str]) -> str:
    """Guess what an unknown name was meant to be."""
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
    if tables.rank.half_life_days < 0:
        yield f"[rank] half_life_days: 0 (off) or more is wanted, not {tables.rank.half_life_days}."


def _mail_contradictions(mail: MailTable) -> Iterator[str]:
    """Yield what no message can carry."""
    for key in ("from_address", "unsubscribe_mailto"):
        if getattr(mail, key) and not ADDRESS.match(getattr(mail, key)):
            yield f"[mail] {key}: an address such as desk@example.org is wanted, not {getattr(mail, key)!r}."
    if mail.unsubscribe_url and not (mail.unsubscribe_url.startswith("https://") and canonical(mail.unsubscribe_url)):
        yield f"[mail] unsubscribe_url: an https address is wanted, not {mail.unsubscribe_url!r}."
    if mail.list_id and not LIST_ID.match(mail.list_id):
        yield f"[mail] list_id: a name such as digest.example.org is wanted, not {mail.list_id!r}."
    for key in ("from_name", "postal_address"):
        if CONTROLS.search(getattr(mail, key)):
            yield f"[mail] {key}: must be one line without control characters, not {getattr(mail, key)!r}."


def _site_url(text: str) -> str:
    """Return an address as it is printed: scheme and host in lower case, ending in "/"; "" when it will not do."""
    try:
        parts = urlsplit(text.strip())
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port else ""
    except (UnicodeError, ValueError):
        return ""
    if not canonical(text) or not host or parts.query or parts.fragment or parts.username is not None:
        return ""
    path = quote(parts.path if parts.path.endswith("/") else f"{parts.path}/", safe="/%~")
    return f"{parts.scheme.lower()}://{host}{port}{path}"


def _site(tables: Tables) -> Site:
    site, mail = tables.site, tables.mail
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
            postal=mail.postal_address,
            unsubscribe_url=mail.unsubscribe_url,
            unsubscribe_mailto=mail.unsubscribe_mailto,
            list_id=mail.list_id,
        ),
    )
