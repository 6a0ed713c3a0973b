"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1). What has the wrong type counts as missing."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from frtfeed.parse.feed_item import RawImage, RawItem
from frtfeed.records import Struct

__all__ = ["JsonFeed", "NotJsonFeedError", "read"]

Json = Mapping[str, Any]


class NotJsonFeedError(ValueError):
    """JSON that is no feed, or not JSON; says why in a few words."""


class JsonFeed(Struct, frozen=True, kw_only=True):
    """A JSON Feed as it is written. items: at most as many as were asked for; of so many in all."""

    title: str
    site_url: str
    self_url: str
    language: str
    items: tuple[RawItem, ...]
    in_all: int


def read(text: str, *, url: str, max_items: int) -> JsonFeed:
    """
    Read a JSON Feed.

    Args:
        url: where it was found; the base of relative addresses.

    Raises:
        NotJsonFeedError: not JSON, or JSON of something else.
    """
    import msgspec

    try:
        feed = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise NotJsonFeedError(f"not JSON: {error}") from error
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise NotJsonFeedError("JSON without a list of items")
    rows = [row for row in islice(feed["items"], max_items) if isinstance(row, dict)]
    language = _text(feed, "language")
    feed_authors = _authors(feed)
    return JsonFeed(
        title=_text(feed, "title"),
        site_url=_text(feed, "home_page_url"),
        self_url=_text(feed, "feed_url"),
        language=language,
        items=tuple(_item(row, url=url, language=language, authors=feed_authors) for row in rows),
        in_all=len(feed["items"]),
    )


def _item(row: Json, *, url: str, language: str, authors: tuple[str, ...]) -> RawItem:
    content = _text(row, "content_html")
    return RawItem(
        base=url,
        guid=_text(row, "id"),
        url=_text(row, "url") or _text(row, "external_url"),
        title=_text(row, "title"),
        title_is_text=True,
        # summary and content_text are plain text (JSON Feed 1.1): what looks like a tag there is to be read.
        summary=_escaped(_text(row, "summary") or ("" if content else _text(row, "content_text"))),
        content=content,
        authors=_authors(row) or authors,
        published=(_text(row, "date_published"),),
        updated=(_text(row, "date_modified"),),
        images=tuple(RawImage(url=_text(row, key)) for key in ("image", "banner_image") if _text(row, key)),
        categories=tuple(tag for tag in _list(row, "tags") if isinstance(tag, str)),
        language=_text(row, "language") or language,
    )


def _authors(row: Json) -> tuple[str, ...]:
    """Return names: of 1.1's authors, else of 1.0's author."""
    rows = _list(row, "authors") or [row.get("author")]
    return tuple(name for each in rows if isinstance(each, dict) and (name := _text(each, "name")))


def _text(row: Json, key: str) -> str:
    """Return a text; numbers as they are written (a publisher's id may be one, says the format)."""
    value = row.get(key)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()


def _list(row: Json, key: str) -> list[Any]:
    value = row.get(key)
    return value if isinstance(value, list) else []


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
