"""
A web server on loopback that answers as a test tells it to, however badly.

    with serving({"/feed": Answer(body=b"<rss/>")}) as site:
        ask(site.url("/feed"))
        site.asked  # what it was asked, in order
"""

import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer

import trustme

__all__ = ["Answer", "Asked", "Site", "redirect", "serving", "serving_http2", "trusting"]


@cache
def _authority() -> trustme.CA:
    """Make an authority that only these tests trust."""
    return trustme.CA()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it came; headers by lower-case name; at: seconds of a clock that only grows."""

    path: str
    headers: Mapping[str, str]
    at: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """
    What to say. etag: answered with 304 to whoever brings it.

    pieces: the body piece by piece in place of body, without a Content-Length; may never end.
    length: a Content-Length that is not true.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    etag: str = ""
    pieces: "Callable[[Site], Iterator[bytes]] | None" = None
    length: int | None = None


@dataclass(slots=True)
class Site:
    """A server that runs. over: set when the test is done, for answers that wait."""

    host: str
    port: int
    routes: dict[str, Answer]
    scheme: str = "http"
    asked: list[Asked] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    at_once: int = 0
    most_at_once: int = 0

    @property
    def place(self) -> str:
        """host:port, as an allow list has it."""
        return f"{self.host}:{self.port}"

    def url(self, path: str = "/") -> str:
        """Return the address of a path."""
        return f"{self.scheme}://{self.place}{path}"


@contextmanager
def serving(routes: Mapping[str, Answer], *, tls: bool = False) -> Iterator[Site]:
    """Serve answers by path, until the block ends; a path that is not there is a 404."""
    site = Site(host="127.0.0.1", port=0, routes=dict(routes), scheme="https" if tls else "http")
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            with lock:
                headers = {name.lower(): value for name, value in self.headers.items()}
                site.asked.append(Asked(path=self.path, headers=headers, at=time.monotonic()))
                site.at_once += 1
                site.most_at_once = max(site.most_at_once, site.at_once)
            try:
                self._answer(site.routes.get(self.path, Answer(status=404)))
            except OSError:
                self.close_connection = True  # the client has had enough
            finally:
                with lock:
                    site.at_once -= 1

        def _answer(self, answer: Answer) -> None:
            unchanged = answer.etag and self.headers.get("If-None-Match") == answer.etag
            self.send_response(304 if unchanged else answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.etag:
                self.send_header("ETag", answer.etag)
            if unchanged:
                self.end_headers()
                return
            if answer.pieces is not None:
                self.send_header("Connection", "close")
                self.end_headers()
                for piece in answer.pieces(site):
                    self.wfile.write(piece)
                    self.wfile.flush()
                self.close_connection = True
                return
            self.send_header("Content-Length", str(len(answer.body) if answer.length is None else answer.length))
            self.end_headers()
            self.wfile.write(answer.body)
            if answer.length is not None:
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda request, address: None  # type: ignore[method-assign]  a broken TLS handshake is a test
    site.port = server.server_address[1]
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        _authority().issue_cert("localhost", "127.0.0.1").configure_cert(context)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def serving_http2(body: bytes) -> Iterator[Site]:
    """Serve one body over HTTP/2, with TLS, to whoever asks for any path."""
    import h2.config
    import h2.connection
    import h2.events

    site = Site(host="127.0.0.1", port=0, routes={}, scheme="https")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _authority().issue_cert("localhost", "127.0.0.1").configure_cert(context)
    context.set_alpn_protocols(["h2"])

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
            connection.initiate_connection()
            self.request.sendall(connection.data_to_send())
            while received := self.request.recv(65536):
                for event in connection.receive_data(received):
                    if isinstance(event, h2.events.RequestReceived):
                        headers = {name.decode(): value.decode() for name, value in event.headers}
                        site.asked.append(Asked(path=headers[":path"], headers=headers))
                        connection.send_headers(event.stream_id, [(":status", "200")])
                        connection.send_data(event.stream_id, body, end_stream=True)
                self.request.sendall(connection.data_to_send())

    server = ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True)
    site.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def redirect(to: str, status: int = 302) -> Answer:
    """Point somewhere else."""
    return Answer(status=status, headers={"Location": to})


def trusting() -> ssl.SSLContext:
    """Return what trusts the certificate of these tests."""
    context = ssl.create_default_context()
    _authority().configure_trust(context)
    context.set_alpn_protocols(["http/1.1", "h2"])
    return context
