"""The environ of WSGI, with as few calls of the host as it takes: a builtin dict cannot ask later."""

import io
import sys
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_to_bytes

from wit_world.imports import http_body, http_req
from wit_world.imports.http_types import HttpVersion

from . import _wsgi_input

Environ = dict[str, Any]

CONSTANT: Environ = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.multithread": False,
    # Other sandboxes serve other requests at the same time.
    "wsgi.multiprocess": True,
    # The input ends where the body does, so it may be read without a CONTENT_LENGTH.
    "wsgi.input_terminated": True,
}

PORTS = {"http": "80", "https": "443"}

# These have keys without HTTP_.
BARE = {"content-length": "CONTENT_LENGTH", "content-type": "CONTENT_TYPE"}

# Of the connection, which the host has dealt with: the chunks of a chunked body are put together here.
OF_THE_CONNECTION = {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}


def environ_of(request: http_req.Request, body: http_body.Body, measure_up_to: int) -> Environ:
    """All of it but `wsgi.errors` and `wsgi.run_once`."""
    environ = CONSTANT.copy()
    environ["fastly.request"] = request
    environ["REQUEST_METHOD"] = method = request.get_method()
    environ["SERVER_PROTOCOL"] = _protocol(request.get_version())
    environ["REMOTE_ADDR"] = request.client_ip_addr() or ""
    _add_uri(environ, request.get_uri())
    is_chunked = _add_headers(environ, request.get_headers())
    front = b""
    # A GET has a body when it says so, and is not worth a question.
    if "CONTENT_LENGTH" not in environ and (method not in ("GET", "HEAD") or is_chunked):
        front = _measure(environ, body, measure_up_to)
    environ["wsgi.input"] = _wsgi_input.opened(body, front)
    return environ


def practice(path: str) -> Environ:
    """A request that nobody sent: there is no host."""
    environ = CONSTANT | {"REQUEST_METHOD": "GET", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1"}
    _add_uri(environ, f"http://localhost{path}")
    environ |= {"HTTP_HOST": "localhost", "HTTP_ACCEPT": "*/*", "HTTP_USER_AGENT": "warm-up"}
    return environ | {"wsgi.input": io.BufferedReader(io.BytesIO()), "wsgi.errors": sys.stderr, "wsgi.run_once": False}


def _add_headers(environ: Environ, headers: list[tuple[str, bytes]]) -> bool:
    """Returns whether the body comes in chunks, which the app does not see."""
    is_chunked, before = False, None
    for name, value in headers:
        key = _key(name)
        if key is None:
            is_chunked |= name == "transfer-encoding"
        elif name != before:
            environ[key] = value.decode("latin-1")
        elif key not in ("CONTENT_LENGTH", "CONTENT_TYPE"):
            environ[key] += ("; " if name == "cookie" else ", ") + value.decode("latin-1")
        # The values of a name follow one another.
        before = name
    return is_chunked


def _add_uri(environ: Environ, uri: str) -> None:
    scheme, _, rest = uri.partition("://")
    target, _, query = rest.partition("?")
    authority, slash, path = target.partition("/")
    path = slash + path
    # Percent signs are bytes, and WSGI wants bytes as characters: what is UTF-8 the framework decodes.
    environ["PATH_INFO"] = path if "%" not in path and path.isascii() else unquote_to_bytes(path).decode("latin-1")
    environ["QUERY_STRING"] = query if query.isascii() else query.encode().decode("latin-1")
    environ["REQUEST_URI"] = rest[len(authority) :]
    host, port = _split(authority)
    environ["SERVER_NAME"] = host
    environ["SERVER_PORT"] = port or PORTS.get(scheme, "80")
    environ["wsgi.url_scheme"] = scheme
    if scheme == "https":
        environ["HTTPS"] = "on"


@lru_cache(16)
def _split(authority: str) -> tuple[str, str]:
    """The host and the port, where there is one."""
    host, colon, port = authority.rpartition("@")[2].rpartition(":")
    # The colon may be one of an IPv6 address.
    return (host, port) if colon and not port.endswith("]") else (host + colon + port, "")


@lru_cache(4)
def _protocol(version: HttpVersion) -> str:
    """`HTTP/1.1` for `HTTP11`, `HTTP/2` for `H2`."""
    digits = version.name.removeprefix("HTTP").removeprefix("H").replace("_", "")
    return "HTTP/" + ".".join(digits)


@lru_cache(256)
def _key(name: str) -> str | None:
    """The key of a header, unless the app must not see it."""
    # With an underscore, a header would pass for the one with a hyphen that a proxy may have vouched for.
    if name in OF_THE_CONNECTION or "_" in name:
        return None
    return BARE.get(name) or "HTTP_" + name.upper().replace("-", "_")


def _measure(environ: Environ, body: http_body.Body, limit: int) -> bytes:
    """Find out how long a body is, and return what had to be read of it for that."""
    known = body.get_known_length()
    if known is not None:
        environ["CONTENT_LENGTH"] = str(known)
        return b""
    pieces, length = [], 0
    while length < limit:
        piece = body.read(min(limit - length, _wsgi_input.PIECE))
        if not piece:
            environ["CONTENT_LENGTH"] = str(length)
            break
        pieces.append(piece)
        length += len(piece)
    return b"".join(pieces)
