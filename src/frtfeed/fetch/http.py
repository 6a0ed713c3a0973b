"""
Asks the web for a feed, within limits and never on our own network. The only home of httpx.

Strategy: httpcore connects through a backend of ours that resolves a name once, checks every
address, and connects to one that it checked; so a name cannot point elsewhere between the check
and the connection, and TLS still proves the name. Redirects are followed here, hop by hop, each
through the same door. The connection is told apart by name, not by address: two sites on one
server never share one.
"""

import asyncio
import ipaddress
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag, urljoin

from frtfeed import __version__
from frtfeed.fetch.addresses import forbidden
from frtfeed.fetch.encodings import ACCEPTED, CodingError, decompressed
from frtfeed.fetch.polite import Gate
from frtfeed.records import Struct, field
from frtfeed.sources import FetchPolicy, Reply

if TYPE_CHECKING:
    import httpx

__all__ = ["Ask", "host_of", "web"]

Ask = Callable[..., Awaitable[Reply]]

ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
COUNTED = ("etag", "last-modified", "cache-control", "expires", "retry-after", "content-type", "date")
HEADER_CHARACTERS = 1000  # a validator is sent back verbatim; longer than this it is an attack
PERMANENT, REDIRECTS = (301, 308), (301, 302, 303, 307, 308)
INLINE_BYTES = 2**16  # what is unpacked at once; more would hold up the others
ADDRESSES_TRIED = 3
HOST_ENDS = re.compile(r"[/?#\\]")


class _UnreachableError(Exception):
    """A host that has no address, or none that may be asked; says so in words."""


class _Answer(Struct, frozen=True, kw_only=True):
    """What one hop brought. location: where it points to, absolute, "" for nowhere. short: it broke off."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    fault: str = ""
    location: str = ""
    short: bool = False


@asynccontextmanager
async def web(policy: FetchPolicy, *, gate: Gate, trust: ssl.SSLContext | None = None) -> AsyncIterator[Ask]:
    """
    Open the one client that all sources are asked with; it is closed at the end.

    Args:
        gate: whose turn it is at a host; every hop passes it.
        trust: None for the certificates that httpx brings.

    Yields:
        ask(url, etag="", last_modified="") → Reply. Whatever the other side does is a
        Reply with a fault, never an exception.
    """
    import httpx

    agent = f"frtfeed/{__version__}" + (f" (+{policy.contact})" if policy.contact else "")
    async with httpx.AsyncClient(
        transport=_transport(policy, trust or httpx.create_ssl_context(trust_env=False)),
        headers={"user-agent": agent, "accept": ACCEPT, "accept-encoding": ACCEPTED},
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        timeout=httpx.Timeout(policy.total_s, connect=policy.connect_s),
        follow_redirects=False,
        trust_env=False,  # a proxy of the environment would resolve names itself, past our check
    ) as client:

        async def ask(url: str, *, etag: str = "", last_modified: str = "") -> Reply:
            return await _follow(client, url, policy=policy, gate=gate, headers=_validators(etag, last_modified))

        yield ask


def host_of(url: str) -> str:
    """Return the host whose turn a request to an address takes; "" when it has none."""
    parsed = _parsed(url)
    return parsed.host if parsed is not None else ""


async def _follow(
    client: "httpx.AsyncClient", url: str, *, policy: FetchPolicy, gate: Gate, headers: Mapping[str, str]
) -> Reply:
    """Ask, hop by hop, until somebody answers with more than another address."""
    clock = asyncio.get_running_loop().time
    at, seen, permanent, spent = urldefrag(url).url, {url}, True, 0.0
    while True:
        if (parsed := _parsed(at)) is None:
            answer = _Answer(fault=_unaskable(at))
        else:
            async with gate.turn(parsed.host):
                started = clock()
                answer = await _hop(client, at, policy=policy, headers=headers, left_s=policy.total_s - spent)
                spent += clock() - started
        if answer.location and not answer.fault:
            permanent = permanent and answer.status in PERMANENT
            if answer.location in seen:
                answer = _Answer(
                    status=answer.status, fault=f"redirects in a circle at {_shown(at)}. Asked again later."
                )
            elif len(seen) > policy.redirects:
                answer = _Answer(
                    status=answer.status, fault=f"more than {policy.redirects} redirects. Check the address."
                )
            else:
                at = answer.location
                seen.add(at)
                continue
        moved = at if len(seen) > 1 and permanent and answer.status in (200, 304) and not answer.fault else ""
        return Reply(
            asked=url,
            url=at,
            moved_to=moved,
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            fault=_at_the_end_of(at, answer.fault, hops=len(seen) - 1),
            short=answer.short,
            elapsed_s=round(spent, 3),
        )


async def _hop(
    client: "httpx.AsyncClient", url: str, *, policy: FetchPolicy, headers: Mapping[str, str], left_s: float
) -> _Answer:
    """Ask one address; what goes wrong is said in words."""
    import httpcore
    import httpx

    failed = (
        httpx.HTTPError,
        httpx.InvalidURL,
        httpcore.NetworkError,
        httpcore.ProtocolError,
        httpcore.TimeoutException,
    )
    try:
        async with (
            asyncio.timeout(max(left_s, 0.001)),
            client.stream("GET", url, headers=headers) as response,
        ):
            return await _read(response, policy=policy)
    except TimeoutError:
        return _Answer(fault=f"not done within {policy.total_s:g} s. Asked again later.")
    except CodingError as error:
        return _Answer(fault=f"{error}. Nothing is read from it.")
    except _UnreachableError as error:
        return _Answer(fault=str(error))
    except (httpx.InvalidURL, httpx.ProtocolError, UnicodeError):  # httpx reads a redirect's host: "xn--" is none
        return _Answer(fault="redirected to what is not an http or https address. Check the address.")
    except failed as error:
        return _Answer(fault=_in_words(error, policy=policy))


async def _read(response: "httpx.Response", *, policy: FetchPolicy) -> _Answer:
    """Read an answer as far as it is wanted: the body of a 200, and no more of it than allowed."""
    counted = {name: value for name in COUNTED if _fit(value := response.headers.get(name, ""))}
    status = response.status_code
    if status in REDIRECTS:
        target = response.headers.get("location", "")
        if not target:
            return _Answer(status=status, headers=counted, fault=f"answered {_named(status)} without an address.")
        return _Answer(status=status, headers=counted, location=_location(str(response.url), target))
    if status != HTTPStatus.OK:
        return _Answer(status=status, headers=counted, fault="" if status == 304 else _refusal(status))
    raw, short = await _body(response, limit=policy.max_transfer_bytes)
    if len(raw) > policy.max_transfer_bytes:
        return _Answer(
            status=status,
            headers=counted,
            fault=f"over {policy.max_transfer_bytes:,} bytes. Raise max_transfer_bytes in [fetch] if it is right.",
        )
    coding = response.headers.get("content-encoding", "")
    if coding and len(raw) > INLINE_BYTES:
        body = await asyncio.to_thread(decompressed, raw, coding=coding, limit=policy.max_body_bytes)
    else:
        body = decompressed(raw, coding=coding, limit=policy.max_body_bytes)
    if len(body) > policy.max_body_bytes:
        raise CodingError(f"over {policy.max_body_bytes:,} bytes")
    return _Answer(status=status, headers=counted, body=body, short=short)


async def _body(response: "httpx.Response", *, limit: int) -> tuple[bytes, bool]:
    """
    Read what is sent, at most a chunk more than the limit; tell whether it broke off.

    A connection that ends before all was sent leaves what came: whoever reads the feed sees that
    it breaks off, and takes its whole items. Some servers only count wrongly.
    """
    import httpcore

    raw = bytearray()
    try:
        async for chunk in response.aiter_raw():
            raw += chunk
            if len(raw) > limit:
                break
    except (httpcore.ReadError, httpcore.RemoteProtocolError):
        if not raw:
            raise
        return bytes(raw), True
    return bytes(raw), False


def _fit(value: str) -> bool:
    """Tell whether a header can be kept, and sent back as it is."""
    return 0 < len(value) <= HEADER_CHARACTERS and value.isascii() and value.isprintable()


def _transport(policy: FetchPolicy, trust: ssl.SSLContext) -> "httpx.AsyncBaseTransport":
    """Make the door that every request goes through. httpx offers no place for a backend of one's own."""
    import httpcore
    import httpx

    pool = httpcore.AsyncConnectionPool(
        ssl_context=trust,
        max_connections=None,  # poll.py bounds them
        max_keepalive_connections=policy.concurrency,
        keepalive_expiry=5.0,
        http2=True,
        network_backend=_backend(policy.allow),
    )

    class Stream(httpx.AsyncByteStream):
        """A body as httpcore reads it."""

        def __init__(self, stream: Any) -> None:
            self._stream = stream

        async def __aiter__(self) -> AsyncIterator[bytes]:
            async for chunk in self._stream:
                yield chunk

        async def aclose(self) -> None:
            await self._stream.aclose()

    class Door(httpx.AsyncBaseTransport):
        """Hands httpx's requests to httpcore's pool."""

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            answer = await pool.handle_async_request(
                httpcore.Request(
                    method=request.method,
                    url=httpcore.URL(
                        scheme=request.url.raw_scheme,
                        host=request.url.raw_host,
                        port=request.url.port,
                        target=request.url.raw_path,
                    ),
                    headers=request.headers.raw,
                    extensions=request.extensions,
                )
            )
            return httpx.Response(
                answer.status, headers=answer.headers, stream=Stream(answer.stream), extensions=answer.extensions
            )

        async def aclose(self) -> None:
            await pool.aclose()

    return Door()


def _backend(allow: frozenset[str]) -> Any:
    """Make a network backend for httpcore that connects to checked addresses only."""
    import httpcore

    inner = httpcore.AnyIOBackend()

    class Checked(httpcore.AsyncNetworkBackend):
        """Resolves a name, checks its addresses, connects to one of them."""

        async def connect_tcp(
            self,
            host: str,
            port: int,
            timeout: float | None = None,
            local_address: str | None = None,
            socket_options: Iterable[Any] | None = None,
        ) -> httpcore.AsyncNetworkStream:
            """Connect; the first address that answers wins, each gets its share of the time."""
            try:
                async with asyncio.timeout(timeout):
                    addresses = await _resolved(host, port)
            except TimeoutError as error:
                raise httpcore.ConnectTimeout from error
            except (OSError, UnicodeError) as error:
                raise _UnreachableError(f"the name does not resolve: {host}. Check the address.") from error
            if _place(host, port) not in allow:
                for address in addresses:
                    if why := forbidden(address):
                        named = host if host == address else f"{host} ({address})"
                        raise _UnreachableError(
                            f"{named} is {why}: refused. Add {_place(host, port)!r} to allow in [fetch] if you mean it."
                        )
            share = timeout / len(addresses) if timeout else None
            for address in addresses[:-1]:
                try:
                    return await inner.connect_tcp(address, port, timeout=share)
                except (httpcore.ConnectError, httpcore.ConnectTimeout):
                    continue
            return await inner.connect_tcp(addresses[-1], port, timeout=share)

        async def sleep(self, seconds: float) -> None:
            await inner.sleep(seconds)

    return Checked()


async def _resolved(host: str, port: int) -> tuple[str, ...]:
    """Return a host's addresses as numbers, in the resolver's order, the first few."""
    try:
        return (str(ipaddress.ip_address(host)),)
    except ValueError:
        pass  # a name; or numbers as only the resolver reads them, "0x7f.1"
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=1)  # SOCK_STREAM
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))[:ADDRESSES_TRIED]


def _place(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _parsed(url: str) -> "httpx.URL | None":
    """Return an address that can be asked; None for all others."""
    import httpx

    try:
        parsed = httpx.URL(url)
        return parsed if parsed.scheme in ("http", "https") and parsed.host else None  # host decodes "xn--"
    except (httpx.InvalidURL, UnicodeError):
        return None


def _unaskable(url: str) -> str:
    """Say what keeps an address from being asked: its scheme, or its host, "0177.0.0.1"."""
    scheme, _, rest = url.partition("://")
    host = HOST_ENDS.split(rest, maxsplit=1)[0].rpartition("@")[2]
    if scheme.lower() not in ("http", "https") or not host:
        return "not an http or https address. Check the address."
    return f"not a host: {host[:80]!r}. Check the address."


def _location(base: str, target: str) -> str:
    """Resolve where a redirect leads to; what cannot be resolved stays, to be refused."""
    try:
        return urldefrag(urljoin(base, target.strip())).url
    except ValueError:
        return target


def _validators(etag: str, last_modified: str) -> dict[str, str]:
    """Return conditional headers, verbatim (RFC 9110 §13.1)."""
    headers = {"if-none-match": etag, "if-modified-since": last_modified}
    return {name: value for name, value in headers.items() if value}


def _refusal(status: int) -> str:
    """Say what a status means for us."""
    step = {
        401: "It wants a password.",
        403: "It does not want us; ask its owner.",
        404: "Check the address.",
        410: "Not asked any more.",
        429: "It wants to be asked less often; left alone for now.",
        503: "Left alone for now.",
    }.get(status, "Asked again later.")
    return f"answered {_named(status)}. {step}"


def _named(status: int) -> str:
    return f"{status} ({HTTPStatus(status).phrase})" if status in list(HTTPStatus) else str(status)


def _in_words(error: Exception, *, policy: FetchPolicy) -> str:
    """Say what happened to a connection."""
    import httpcore

    if isinstance(error, httpcore.ConnectTimeout):
        return f"no connection within {policy.connect_s:g} s. Asked again later."
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return (
                f"TLS: {cause.verify_message.rstrip('.')}. Its certificate does not prove who it is: check the "
                "address, or tell its owner; asked again later."
            )
        if isinstance(cause, ssl.SSLError):
            reason = str(cause.reason or cause).lower().replace("_", " ")
            return f"TLS: {reason}. No secure connection comes about; asked again later."
        if isinstance(cause, ConnectionRefusedError):
            return "refused the connection. Check the address; asked again later."
        cause = cause.__cause__ or cause.__context__
    return f"the connection failed: {str(error) or type(error).__name__}. Asked again later."


def _at_the_end_of(url: str, fault: str, *, hops: int) -> str:
    """Name the address where a fault happened, if it is not the one that was asked."""
    return f"redirected to {_shown(url)}: {fault}" if fault and hops else fault


def _shown(url: str) -> str:
    """Return an address as a message shows it: without a password, not too long."""
    import httpx

    try:
        shown = str(httpx.URL(url).copy_with(userinfo=b""))
    except (httpx.InvalidURL, UnicodeError):
        shown = url
    return shown if len(shown) <= 120 else f"{shown[:119]}…"
