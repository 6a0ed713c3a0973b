"""Looks at out/ on this machine: the right content types, rebuilt as files change."""

import threading
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from frtfeed.errors import DeliveryError, FrtfeedError

__all__ = ["make_server", "rebuild_on_change"]

MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".json": "application/json",
    ".opml": "text/x-opml; charset=utf-8",
    ".eml": "message/rfc822",
}
# The names decide where the ending does not: what a reader gets must say what it is.
FEED_TYPES = {
    "atom.xml": "application/atom+xml; charset=utf-8",
    "rss.xml": "application/rss+xml; charset=utf-8",
    "feed.json": "application/feed+json",
}


class _Handler(SimpleHTTPRequestHandler):
    """Serves files below a folder; hidden ones, such as an unfinished build, do not exist."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | MEDIA_TYPES

    def __init__(self, *args: object, report: Callable[[str], None], **options: object) -> None:
        self.report = report
        super().__init__(*args, **options)  # type: ignore[arg-type]

    def guess_type(self, path: object) -> str:
        """Return the media type of a file by its name."""
        name = str(path).rpartition("/")[2]
        return FEED_TYPES.get(name) or super().guess_type(str(path))

    def send_head(self):  # type: ignore[no-untyped-def]
        """Refuse hidden names; all else as usual."""
        if any(part.startswith(".") for part in unquote(urlsplit(self.path).path).split("/")):
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        return super().send_head()

    def end_headers(self) -> None:
        """Ask the browser to look again each time: what it shows was built a moment ago."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Report a request in one line."""
        self.report(format % args)


def make_server(root: Path, *, port: int, report: Callable[[str], None]) -> ThreadingHTTPServer:
    """
    Return a server for a folder on 127.0.0.1, not yet serving; port 0 takes any that is free.

    Raises:
        DeliveryError: the port is taken.
    """
    try:
        return ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, directory=str(root), report=report))
    except OSError as error:
        raise DeliveryError(f"127.0.0.1:{port}: {error.strerror}. Choose another port with --port.") from error


def rebuild_on_change(
    *,
    stamp: Callable[[], object],
    rebuild: Callable[[], None],
    stop: threading.Event,
    report: Callable[[str], None],
    seen: object,
    every_s: float = 1.0,
) -> None:
    """
    Call rebuild whenever stamp's answer has changed, until stop is set.

    A failure of either is reported once, and the watch goes on: files come and go while people edit.

    Args:
        stamp: cheap; equal answers mean that nothing changed.
        seen: its answer before the output was built.
    """
    while not stop.wait(every_s):
        try:
            now = stamp()
        except (FrtfeedError, OSError) as error:
            now = str(error)
        if now != seen:
            if isinstance(now, str):
                report(now)
            else:
                try:
                    rebuild()
                except FrtfeedError as error:
                    report(str(error))
        seen = now
