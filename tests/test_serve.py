"""Looks at out/ on this machine."""

import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from frtfeed.errors import DeliveryError, FetchError
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


def watched(answers: list[object], fail: int = 0) -> tuple[int, list[str]]:
    """Watch something whose stamps answer in turn; return how often it was rebuilt, and what was reported."""
    stop, stamps, built, told = threading.Event(), iter(answers), [0], []

    def stamp() -> object:
        seen = next(stamps, stop)
        if seen is stop:
            stop.set()
            return answers[-1]
        if isinstance(seen, Exception):
            raise seen
        return seen

    def rebuild() -> None:
        built[0] += 1
        if built[0] == fail:
            raise FetchError("no seeds")

    rebuild_on_change(stamp=stamp, rebuild=rebuild, stop=stop, report=told.append, seen=answers[0], every_s=0.0)
    return built[0], told


def test_it_rebuilds_when_something_changed() -> None:
    """Each change is followed by one rebuild; no change, none."""
    assert (2, []) == watched([1, 1, 2, 2, 3])


def test_the_watch_survives_failures() -> None:
    """Seeds that vanish for a while, and a build that fails, are reported once each; the watch goes on."""
    gone = FetchError("seeds: no such folder")
    assert (1, ["seeds: no such folder"]) == watched([1, gone, gone, 1, 1])
    assert (1, ["[Errno 2] gone"]) == watched([1, OSError(2, "gone"), 2])
    assert (2, ["no seeds"]) == watched([1, 2, 3], fail=1)
