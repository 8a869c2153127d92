"""The response of a WSGI app: sent at once where it is all there, streamed where it is still to come.

A length that the app announces is a promise to the client, and to every cache on the way. The bytes that would complete
it are held back until the app says that it has no more. So a response of too few bytes or too many fails as a whole, or
is cut off where a part of it is out already: it never passes for a good one.
"""

from collections.abc import Callable, Iterable
from types import GeneratorType, TracebackType
from typing import Any

from componentize_py_types import Err
from wit_world.imports import http_body, http_resp
from wit_world.imports.http_types import FramingHeadersMode

Headers = list[tuple[str, str]]
ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]
Write = Callable[[bytes], None]
StartResponse = Callable[..., Write]

# Headers of the connection to the client: that is the host's, which also frames the message. PEP 3333 forbids them to apps.
HOP_BY_HOP = {
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "trailers",
    "transfer-encoding",
    "upgrade",
}

BODILESS = (204, 304)

WHOLE = (list, tuple)


class ClientGone(BrokenPipeError):
    """The client takes no more of a response that is being streamed."""


class Response:
    """What an app says of its response, and how far it was sent."""

    def __init__(self, method: str, tell: Callable[[str], object]) -> None:
        """Prepares the response to a request.

        :param method: the request's
        :param tell: writes to the app's log
        """
        self.sent = False
        self._tell = tell
        self._before_end: Callable[[], None] | None = None
        self._head = method == "HEAD"
        self._status = 0
        self._headers: Headers = []
        # The same as the host takes it, and the length that the app says its body has.
        self._fields: list[tuple[str, bytes]] = []
        self._length: int | None = None
        # Whether there was some of the body, and the bytes that complete the announced length.
        self._begun = False
        self._held: bytes | None = None
        # While it is streamed: the body. And how many bytes the app still owes where it said how many.
        self._body: http_body.Body | None = None
        self._owed: int | None = None

    def start(self, status: str, headers: Headers, exc_info: ExcInfo | None = None) -> Write:
        """The `start_response` that the app is given."""
        if exc_info:
            try:
                if self._begun and exc_info[1] is not None:
                    raise exc_info[1].with_traceback(exc_info[2])
            finally:
                exc_info = None
        elif self._status:
            raise AssertionError("start_response was called before, and without exc_info it may be called once")
        code = status[:3]
        if not code.isdecimal() or not 200 <= int(code) <= 999:
            raise ValueError(f"{status!r} is not the status of a response, such as '200 OK'")
        self._status, self._headers = int(code), headers
        return self._write

    def send(self, chunks: Iterable[bytes], before_end: Callable[[], None]) -> None:
        """Send what the app returned.

        :param chunks: that
        :param before_end: called once nothing is left of the response but to send it, or to finish it
        """
        self._before_end = before_end
        if not self._begun and isinstance(chunks, WHOLE):
            self._begin()
            content = _exact(chunks[0] if len(chunks) == 1 else b"".join(chunks))
            if not self._has_no_body():
                self._count(len(content), is_all=True)
            self._send_whole(content)
            return
        for chunk in chunks:
            if chunk and self._take(chunk):
                break
        self._end()

    def fail(self) -> None:
        """Say that the app has failed, and no more: why is for the log."""
        self._status, self._headers = 500, [("content-type", "text/plain")]
        self._begin()
        self._send_whole(b"Internal Server Error\n")

    def abort(self) -> None:
        """Break off what is being streamed, so that the client sees that it is not all."""
        body, self._body = self._body, None
        if body is not None:
            # Of every class that a body may have, leaving its `with` by an exception abandons it.
            body.__exit__(ConnectionAbortedError, None, None)

    def _write(self, data: bytes) -> None:
        """The callable that `start_response` returns."""
        if data:
            self._take(data)

    def _take(self, chunk: bytes) -> bool:
        """Take a chunk that may not be the last; whether the client wants none at all."""
        if not self._begun:
            self._begin()
        if self._has_no_body():
            if self._head and not self.sent and self._status not in BODILESS:
                # To a GET this would be a body to come, and what the app did not count has no length.
                self._send_first(b"")
            return True
        chunk = _exact(chunk)
        if self._count(len(chunk)):
            self._held = chunk
        elif self._body is None:
            self._send_first(chunk)
        else:
            self._send_more(self._body, chunk)
        return False

    def _end(self) -> None:
        """There is nothing more of the body."""
        if not self._begun:
            self._begin()
        if not self._has_no_body():
            self._count(0, is_all=True)
        held, self._held = self._held, None
        if self._body is None:
            self._send_whole(held or b"")
            return
        if held is not None:
            self._send_more(self._body, held)
        self._finish()

    def _begin(self) -> None:
        """See what the app has said, which until now it could take back."""
        if not self._status:
            raise AssertionError("the app returned a body, and has not called start_response")
        self._fields, self._length = [], None
        for name, value in self._headers:
            lower, data = _field(name, value)
            if lower in HOP_BY_HOP:
                self._tell(
                    f"the header {name} was left out of the response: it is about the connection to the client, which is "
                    "the host's; see PEP 3333, \"Other HTTP Features\"\n"
                )
            elif lower != "content-length":
                self._fields.append((lower, data))
            elif data.isdigit():
                self._length = int(data)
            else:
                self._tell(f"the header {name} was left out of the response: {value!r} is no number of bytes\n")
        self._owed = self._length
        self._begun = True

    def _has_no_body(self) -> bool:
        """Whether the client is sent none, whatever the app returns."""
        return self._head or self._status in BODILESS

    def _count(self, more: int, *, is_all: bool = False) -> bool:
        """Count bytes against what was announced; whether they complete it."""
        if self._owed is None or self._length is None:
            return False
        if more > self._owed:
            raise ValueError(f"the app announced {self._length} bytes, and its body has more")
        self._owed -= more
        if is_all and self._owed:
            raise ValueError(f"the app announced {self._length} bytes, and {self._owed} of them did not come")
        return self._owed == 0

    def _send_whole(self, content: bytes) -> None:
        if self._status in BODILESS:
            content = b""
        elif self._head and self._length is not None and self._length != len(content):
            # The host counts a body that it has, and a GET's it has not: one to come has no length.
            self._send_first(b"")
            return self._finish()
        body = http_body.Body()
        if content:
            body.write(content)
        response = self._made(None)
        self._is_ending()
        response.send_downstream(body)
        self.sent = True

    def _send_first(self, chunk: bytes) -> None:
        body = http_body.Body()
        if chunk:
            body.write(chunk)
        self._made(self._length).send_downstream_streaming(body)
        self.sent, self._body = True, body

    def _send_more(self, body: http_body.Body, chunk: bytes) -> None:
        try:
            body.write(chunk)
        except Err as error:
            raise _gone(error) from error

    def _finish(self) -> None:
        body, self._body = self._body, None
        if body is not None:
            self._is_ending()
            try:
                body.close()
            except Err as error:
                raise _gone(error) from error

    def _is_ending(self) -> None:
        if self._before_end is not None:
            self._before_end()

    def _made(self, length: int | None) -> http_resp.Response:
        """The host's response without a body; a length is one that the host cannot know."""
        response = http_resp.Response()
        if self._status != 200:
            response.set_status(self._status)
        for name, value in self._fields:
            try:
                response.append_header(name, value)
            except Err as error:
                raise ValueError(f"the host does not take the header {name}: {value!r}") from error
        if length is not None:
            response.append_header("content-length", b"%d" % length)
            response.set_framing_headers_mode(FramingHeadersMode.MANUALLY_FROM_HEADERS)
        return response


def closes_nothing(chunks: Iterable[bytes]) -> bool:
    """Whether an app that returned this has no more to do once all of it was taken."""
    if isinstance(chunks, GeneratorType):
        # One that came to its end has nothing left for its `close` to run.
        return chunks.gi_frame is None
    return not hasattr(chunks, "close")


def _gone(error: Err[Any]) -> ClientGone:
    return ClientGone(f"the client takes no more of the response: {error.value}")


def _field(name: str, value: str) -> tuple[str, bytes]:
    """A header as the host takes it; what is no text would end the sandbox."""
    if not isinstance(name, str) or not isinstance(value, str):
        raise TypeError(f"a header is two strings, not {name!r} and {value!r}")
    try:
        return name.lower(), value.encode("latin-1")
    except UnicodeEncodeError as error:
        raise ValueError(
            f"the header {name} has {value[error.start]!r} in it, and a header of WSGI is made of bytes: quote it, or encode "
            "it and decode that as latin-1"
        ) from None


def _exact(data: bytes) -> bytes:
    """The bytes, which must be some: anything else would end the sandbox."""
    if isinstance(data, bytes):
        return data
    if isinstance(data, (bytearray, memoryview)):
        return bytes(data)
    raise TypeError(f"a WSGI app's body is bytes, not {type(data).__name__}")
