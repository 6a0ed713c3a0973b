"""Looks at out/ on this machine."""

import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from frtfeed.errors import DeliveryError
from frtfeed.serve import make_server, rebuild_on_change


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[object]:
    """Serve a folder on loopback; return a function that asks for a path."""
    for name in ("index.html", "atom.xml", "rss.xml", "feed.json", "feeds.opml", "build.json", "mail.eml"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    (tmp_path / ".frtfeed-new").mkdir()
    (tmp_path / ".frtfeed-new/x.html").write_text("unfinished", encoding="utf-8")
    lines: list[str] = []
    server = make_server(tmp_path, port=0, report=lines.append)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()

    def get(path: str) -> tuple[int, str, str]:
        connection = HTTPConnection(*server.server_address[:2])
        connection.request("GET", path)
        reply = connection.getresponse()
        answer = reply.status, reply.headers["Content-Type"], reply.read().decode()
        connection.close()
        assert lines
        assert path in lines.pop()
        return answer

    yield get
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/atom.xml", "application/atom+xml; charset=utf-8"),
        ("/rss.xml", "application/rss+xml; charset=utf-8"),
        ("/feed.json", "application/feed+json"),
        ("/feeds.opml", "text/x-opml; charset=utf-8"),
        ("/build.json", "application/json"),
        ("/mail.eml", "message/rfc822"),
    ],
)
def test_content_types(ask, path: str, media_type: str) -> None:
    """Each file is served as what it is, feeds as feeds."""
    assert (200, media_type, path[1:] or "index.html") == ask(path)


@pytest.mark.parametrize("path", ["/.frtfeed-new/x.html", "/%2efrtfeed-new/x.html", "/../secret", "/nowhere"])
def test_hidden_names_do_not_exist(ask, path: str) -> None:
    """An unfinished build, and whatever else is hidden, is not served."""
    assert 404 == ask(path)[0]


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    """A port in use is named, with the option that chooses another."""
    server = make_server(tmp_path, port=0, report=lambda line: None)
    try:
        with pytest.raises(DeliveryError, match=f"127.0.0.1:{server.server_address[1]}.*--port"):
            make_server(tmp_path, port=server.server_address[1], report=lambda line: None)
    finally:
        server.server_close()


def test_it_rebuilds_when_something_changed() -> None:
    """Each change is followed by one rebuild; no change, none."""
    stop, stamps, built = threading.Event(), iter([1, 1, 2, 2, 3]), []

    def stamp() -> int:
        seen = next(stamps, None)
        if seen is None:
            stop.set()
            return 3
        return seen

    rebuild_on_change(stamp=stamp, rebuild=lambda: built.append(1), stop=stop, every_s=0.0)
    assert 2 == len(built)
