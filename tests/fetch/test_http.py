"""Asks the web for a feed, within limits and never on our own network. A real server on loopback answers."""

import asyncio
import gzip
import socket
import ssl
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import brotli
import pytest
import zstandard

from frtfeed import __version__
from frtfeed.fetch.http import host_of, web
from frtfeed.fetch.polite import Gate
from frtfeed.sources import FetchPolicy, Reply
from tests.fetch.server import Answer, Site, redirect, serving, serving_http2, trusting

FEED = b"<rss version='2.0'><channel><title>T</title></channel></rss>"
PATIENT = 20.0  # far longer than any answer here takes; shared machines stall


def ask(
    url: str,
    *allowed: str,
    trust: ssl.SSLContext | None = None,
    etag: str = "",
    last_modified: str = "",
    **limits: object,
) -> Reply:
    """Ask once, as `frtfeed fetch` does; hosts in allowed may be on this machine."""
    policy = FetchPolicy(allow=frozenset(allowed), gap_s=0.0, **{"total_s": PATIENT, "connect_s": PATIENT, **limits})  # type: ignore[arg-type]

    async def once() -> Reply:
        gate = Gate(gap_s=0.0, clock=asyncio.get_running_loop().time)
        async with web(policy, gate=gate, trust=trust) as asking:
            return await asking(url, etag=etag, last_modified=last_modified)

    return asyncio.run(once())


def test_a_feed_arrives_as_it_was_sent() -> None:
    """The body, the status and the headers that count arrive verbatim; others are left out."""
    headers = {"Content-Type": "application/rss+xml", "ETag": 'W/"a b"', "Last-Modified": "yesterday", "X-Other": "x"}
    with serving({"/feed": Answer(body=FEED, headers=headers)}) as site:
        reply = ask(site.url("/feed"), site.place)
    assert (200, FEED, "", "") == (reply.status, reply.body, reply.fault, reply.moved_to)
    assert 'W/"a b"' == reply.headers["etag"]
    assert "yesterday" == reply.headers["last-modified"]
    assert "x-other" not in reply.headers


def test_we_say_who_we_are() -> None:
    """The User-Agent names frtfeed, its version and whom to write to; validators go out verbatim, cookies never."""
    with serving({"/": Answer(body=FEED, headers={"Set-Cookie": "a=b; Path=/"}), "/again": redirect("/")}) as site:
        ask(site.url("/again"), site.place, contact="https://example.org/", etag='"x"', last_modified="Tue")
    first, second = site.asked
    assert f"frtfeed/{__version__} (+https://example.org/)" == first.headers["user-agent"]
    assert ('"x"', "Tue") == (second.headers["if-none-match"], second.headers["if-modified-since"])
    assert "cookie" not in second.headers


def test_cookies_are_not_kept() -> None:
    """A cookie that was set on the way is not sent back."""
    routes = {"/": Answer(status=302, headers={"Location": "/b", "Set-Cookie": "a=b; Path=/"}), "/b": Answer(body=FEED)}
    with serving(routes) as site:
        assert FEED == ask(site.url(), site.place).body
    assert "cookie" not in site.asked[1].headers


def test_nothing_new() -> None:
    """304 is a normal day: no body, no fault."""
    with serving({"/": Answer(body=FEED, etag='"1"')}) as site:
        reply = ask(site.url(), site.place, etag='"1"')
    assert (304, b"", "") == (reply.status, reply.body, reply.fault)


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(FEED)),
        ("x-gzip", gzip.compress(FEED[:20]) + gzip.compress(FEED[20:])),
        ("deflate", zlib.compress(FEED)),
        ("deflate", zlib.compress(FEED)[2:-4]),
        ("br", brotli.compress(FEED)),
        ("zstd", zstandard.compress(FEED)),
        ("identity", FEED),
        ("gzip, br", brotli.compress(gzip.compress(FEED))),
    ],
    ids=["gzip", "gzip in members", "deflate", "bare deflate", "brotli", "zstd", "identity", "twice"],
)
def test_packed_bodies_are_unpacked(coding: str, body: bytes) -> None:
    """Every coding that we ask for is undone."""
    with serving({"/": Answer(body=body, headers={"Content-Encoding": coding})}) as site:
        assert FEED == ask(site.url(), site.place).body
    assert "gzip, deflate, br, zstd" == site.asked[0].headers["accept-encoding"]


def test_a_large_packed_body_is_unpacked() -> None:
    """A body that is unpacked beside the loop comes out whole."""
    body = bytes(range(256)) * 4000
    packed = zlib.compress(body, 0)
    with serving({"/": Answer(body=packed, headers={"Content-Encoding": "deflate"})}) as site:
        assert body == ask(site.url(), site.place).body


def packed(coding: str, body: bytes) -> Answer:
    """Send a body as packed by a coding."""
    return Answer(body=body, headers={"Content-Encoding": coding})


BOMB = b"\0" * 5_000_000
TOO_BIG = {"max_body_bytes": 1_000_000}


def endless(site: Site) -> Iterator[bytes]:
    """Never end."""
    while not site.over.is_set():
        yield b"x" * 65536


def drip(site: Site) -> Iterator[bytes]:
    """Begin, and wait until the test is over."""
    yield b"<"
    site.over.wait()


@pytest.mark.parametrize(
    ("answer", "limits", "words"),
    [
        (Answer(status=404), {}, "answered 404 (Not Found). Check the address."),
        (Answer(status=410), {}, "answered 410 (Gone). Not asked any more."),
        (Answer(status=429), {}, "answered 429 (Too Many Requests). It wants to be asked less often"),
        (Answer(status=500), {}, "answered 500 (Internal Server Error). Asked again later."),
        (Answer(status=599), {}, "answered 599. Asked again later."),
        (Answer(status=204), {}, "answered 204 (No Content)"),
        (Answer(status=302), {}, "answered 302 (Found) without an address"),
        (Answer(pieces=drip), {"total_s": 0.3}, "not done within 0.3 s"),
        (Answer(pieces=endless), {"max_transfer_bytes": 100_000}, "over 100,000 bytes. Raise max_transfer_bytes"),
        (Answer(body=FEED), {"max_body_bytes": 10}, "over 10 bytes"),
        (packed("gzip", gzip.compress(BOMB)), TOO_BIG, "over 1,000,000 bytes once unpacked (gzip)"),
        (packed("br", brotli.compress(BOMB)), TOO_BIG, "over 1,000,000 bytes once unpacked (br)"),
        (packed("zstd", zstandard.compress(BOMB)), TOO_BIG, "over 1,000,000 bytes once unpacked (zstd)"),
        (packed("gzip", b"plain"), {}, "damaged compression"),
        (packed("compress", b"plain"), {}, "packed as 'compress', which was not asked for"),
        (Answer(length=5000), {}, "the connection failed"),
        (packed("gzip", gzip.compress(FEED)[:-9]), {}, "it breaks off within its compression"),
    ],
    ids=["404", "410", "429", "500", "599", "204", "no location", "slow drip", "endless body", "body too large",
         "gzip bomb", "brotli bomb", "zstd bomb", "not gzip", "unknown coding",
         "breaks off before it begins", "breaks off while packed"],
)  # fmt: skip
def test_bad_answers_are_told_in_words(answer: Answer, limits: dict[str, object], words: str) -> None:
    """Whatever a server does is a reply with a fault that says what, and what next; its body is not used."""
    with serving({"/": answer}) as site:
        reply = ask(site.url(), site.place, **limits)
    assert words in reply.fault
    assert b"" == reply.body


def test_an_answer_that_breaks_off_leaves_what_came() -> None:
    """A Content-Length that is too large costs nothing; its reader sees whether anything is missing."""
    with serving({"/": Answer(body=FEED, length=5000), "/whole": Answer(body=FEED)}) as site:
        reply = ask(site.url(), site.place)
        whole = ask(site.url("/whole"), site.place)
    assert (FEED, "", True) == (reply.body, reply.fault, reply.short)
    assert not whole.short


def test_retry_after_is_brought_along() -> None:
    """A server that says when to come back is heard."""
    with serving({"/": Answer(status=503, headers={"Retry-After": "120"})}) as site:
        reply = ask(site.url(), site.place)
    assert (503, "120") == (reply.status, reply.headers["retry-after"])


def test_a_name_that_does_not_resolve() -> None:
    """A name without an address is named."""
    reply = ask("http://nowhere.invalid/")
    assert (0, "the name does not resolve: nowhere.invalid. Check the address.") == (reply.status, reply.fault)


def test_a_server_that_is_not_there() -> None:
    """A refused connection is told as one."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{unused.getsockname()[1]}"
    assert "refused the connection. Check the address; asked again later." == ask(f"http://{place}/", place).fault


def test_a_server_that_does_not_accept() -> None:
    """A connection that nobody answers is given up after connect_s."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        place = f"127.0.0.1:{address[1]}"
        waiting = [socket.socket() for _ in range(3)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(address)
        reply = ask(f"http://{place}/", place, connect_s=0.2)
        for each in waiting:
            each.close()
    assert "no connection within 0.2 s. Asked again later." == reply.fault


def test_tls_is_checked() -> None:
    """A certificate that nobody vouches for is refused; the same server is asked where it is trusted, over HTTP/1.1."""
    with serving({"/": Answer(body=FEED)}, tls=True) as site:
        refused = "TLS: unable to get local issuer certificate. Its certificate does not prove who it is: check the "
        assert ask(site.url(), site.place).fault.startswith(refused)
        assert FEED == ask(site.url(), site.place, trust=trusting()).body


def test_http_2_is_spoken() -> None:
    """A server that offers HTTP/2 is asked over it."""
    with serving_http2(FEED) as site:
        reply = ask(site.url("/feed"), site.place, trust=trusting(), etag='"1"')
    assert (200, FEED, "") == (reply.status, reply.body, reply.fault)
    assert ("/feed", site.place, '"1"') == (
        site.asked[0].path, site.asked[0].headers[":authority"], site.asked[0].headers["if-none-match"],
    )  # fmt: skip


def test_tls_proves_the_name_and_not_the_address() -> None:
    """The certificate must be for the name that was asked for, though the connection goes to a checked address."""
    with serving({"/": Answer(body=FEED)}, tls=True) as site:
        named = f"https://localhost:{site.port}/"
        other = f"https://127.1:{site.port}/"
        assert FEED == ask(named, f"localhost:{site.port}", trust=trusting()).body
        assert "not valid for '127.1'" in ask(other, f"127.1:{site.port}", trust=trusting()).fault
    assert f"localhost:{site.port}" == site.asked[0].headers["host"]


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "0x7f.1", "127.1", "0", "[::]", "[::1]",
     "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "127.0.0.1.", "127。0。0。1"],
)  # fmt: skip
def test_this_machine_is_refused_in_every_spelling(host: str) -> None:
    """No spelling of loopback gets through, whatever the resolver makes of it; no request is made."""
    with serving({"/": Answer(body=FEED)}) as site:
        reply = ask(f"http://{host}:{site.port}/")
    assert [] == site.asked
    assert "this machine: refused. Add" in reply.fault or "does not resolve" in reply.fault


@pytest.mark.parametrize(
    "host", ["10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "[fe80::1]", "[fd00::1]",
             "[64:ff9b::a00:1]", "[2002:a00:1::]", "224.0.0.1", "240.0.0.1"],
)  # fmt: skip
def test_our_own_network_is_refused(host: str) -> None:
    """Private, link-local, carrier-grade and reserved addresses are refused before anything is sent."""
    assert ": refused. Add" in ask(f"http://{host}/").fault


def test_a_name_that_leads_home_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A public name whose address is private is refused: what counts is where it leads."""

    def rebound(host: str, *_: object, **__: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 80)),
                (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.1.2.3", 80))]  # fmt: skip

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    fault = "news.example (10.1.2.3) is a private address: refused. Add 'news.example:80' to allow in [fetch]"
    assert f"{fault} if you mean it." == ask("http://news.example/").fault


def test_the_connection_goes_where_the_check_looked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name is resolved once for a connection: a second answer cannot lead it elsewhere."""
    asked = []
    real = socket.getaddrinfo

    def counted(host: str, *rest: object, **options: object) -> object:
        if host == "feeds.example":
            asked.append(host)
            return real("127.0.0.1", *rest, **options)  # type: ignore[arg-type]
        return real(host, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", counted)
    with serving({"/": Answer(body=FEED)}) as site:
        assert FEED == ask(f"http://feeds.example:{site.port}/", f"feeds.example:{site.port}").body
    assert ["feeds.example"] == asked


def test_a_second_address_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a name has several addresses and the first does not answer, the next one is asked."""
    real = socket.getaddrinfo

    def both(host: str, port: int, *rest: object, **options: object) -> object:
        if host == "feeds.example":
            rows = [(socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", port, 0, 0))]
            return [*rows, (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        return real(host, port, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    with serving({"/": Answer(body=FEED)}) as site:
        assert FEED == ask(f"http://feeds.example:{site.port}/", f"feeds.example:{site.port}").body


def test_a_redirect_home_is_refused() -> None:
    """Every hop is checked: a public server cannot point us at our own network."""
    with serving({"/": Answer(body=b"secret")}) as inside, serving({"/": redirect(inside.url())}) as site:
        reply = ask(site.url(), site.place)
    assert [] == inside.asked
    assert f"redirected to {inside.url()}: 127.0.0.1 is this machine: refused." in reply.fault


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://example.org/", "javascript:alert(1)"])
def test_only_http_and_https(to: str) -> None:
    """Other schemes are not followed, nor asked."""
    with serving({"/": redirect(to)}) as site:
        assert "not an http or https address. Check the address." in ask(site.url(), site.place).fault
    assert "not an http or https address. Check the address." == ask(to).fault


@pytest.mark.parametrize("host", ["0177.0.0.1", "256.1.1.1", "[::1", "xn--"])
def test_what_is_no_host_is_told_as_that(host: str) -> None:
    """An address whose host cannot be read is named, without its password; a redirect there leads nowhere."""
    assert f"not a host: {host!r}. Check the address." == ask(f"http://me:secret@{host}/feed?a=@b").fault
    assert "not an http or https address. Check the address." == ask("http:///feed").fault
    assert "" == host_of(f"http://{host}/")
    with serving({"/": redirect(f"http://{host}/")}) as site:
        fault = ask(site.url(), site.place).fault
    assert fault.startswith("redirected to ")
    assert fault.endswith("Check the address.")


def test_every_hop_waits_for_its_turn() -> None:
    """A redirect is a request to its host like any other: it goes through that host's gate."""
    turns = []

    class Counted(Gate):
        @asynccontextmanager
        async def turn(self, host: str) -> AsyncIterator[None]:
            turns.append(host)
            yield

    async def once(url: str, policy: FetchPolicy) -> Reply:
        async with web(policy, gate=Counted(gap_s=0.0, clock=float)) as asking:
            return await asking(url)

    with (
        serving({"/": Answer(body=FEED)}) as other,
        serving({"/": redirect(f"http://localhost:{other.port}/")}) as site,
    ):
        allowed = frozenset({site.place, f"localhost:{other.port}"})
        assert FEED == asyncio.run(once(site.url(), FetchPolicy(allow=allowed))).body
    assert ["127.0.0.1", "localhost"] == turns


def test_proxies_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy of the environment would resolve names itself, past our check: it is not asked."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    with serving({"/": Answer(body=FEED)}) as site:
        assert FEED == ask(site.url(), site.place).body


def test_redirects_end() -> None:
    """A circle is told as one, and a long chain is given up."""
    chain = {f"/{n}": redirect(f"/{n + 1}") for n in range(9)}
    with serving({"/a": redirect("/b"), "/b": redirect("/a"), **chain}) as site:
        assert "redirects in a circle at" in ask(site.url("/a"), site.place).fault
        assert "more than 5 redirects. Check the address." in ask(site.url("/0"), site.place).fault
        assert "more than 0 redirects" in ask(site.url("/a"), site.place, redirects=0).fault


@pytest.mark.parametrize(
    ("first", "second", "moved"),
    [(301, 308, True), (308, 301, True), (301, 302, False), (302, 301, False), (307, 303, False)],
)
def test_only_permanent_redirects_move_a_source(first: int, second: int, moved: bool) -> None:
    """A source has moved when every redirect on the way says for good; the address that answers is told anyway."""
    routes = {"/old": redirect("mid#x", first), "/mid": redirect("/new", second), "/new": Answer(body=FEED)}
    with serving(routes) as site:
        reply = ask(site.url("/old"), site.place)
    assert (site.url("/new"), site.url("/new") if moved else "") == (reply.url, reply.moved_to)
    assert FEED == reply.body


def test_a_move_to_nowhere_is_no_move() -> None:
    """A permanent redirect to an address that does not answer well is not remembered."""
    with serving({"/old": redirect("/new", 301)}) as site:
        reply = ask(site.url("/old"), site.place)
    assert ("", f"redirected to {site.url('/new')}: answered 404 (Not Found). Check the address.") == (
        reply.moved_to,
        reply.fault,
    )


@pytest.mark.parametrize("etag", ['"\u00e9"', '"' + "x" * 2000 + '"'], ids=["not ASCII", "too long"])
def test_a_validator_that_cannot_be_sent_back_is_not_kept(etag: str) -> None:
    """What no header may hold is left out instead of failing at the next poll."""
    with serving({"/": Answer(body=FEED, headers={"ETag": etag})}) as site:
        assert "etag" not in ask(site.url(), site.place).headers


def test_passwords_are_not_printed() -> None:
    """An address is shown without the password that it may hold."""
    with serving({"/": redirect("http://me:secret@127.0.0.1:1/")}) as site:
        assert "secret" not in ask(site.url(), site.place).fault


def test_hosts() -> None:
    """Whose turn it is is told by the host, in lower case; what cannot be asked has none."""
    assert ("example.org", "") == (host_of("https://Example.org:8080/x"), host_of("mailto:x@example.org"))
