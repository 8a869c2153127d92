"""The response of a WSGI app: sent at once where it is all there, streamed where it is still to come."""

from collections.abc import Callable, Iterable
from types import TracebackType

from componentize_py_types import Err
from wit_world.imports import http_body, http_resp
from wit_world.imports.http_types import FramingHeadersMode

Headers = list[tuple[str, str]]
ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]
Write = Callable[[bytes], None]
StartResponse = Callable[..., Write]

# The host frames the message and keeps the connection.
OF_THE_CONNECTION = {"connection", "keep-alive", "proxy-connection", "trailer", "transfer-encoding", "upgrade"}

BODILESS = (204, 304)

WHOLE = (list, tuple)


class ClientGone(BrokenPipeError):
    """The client takes no more of a response that is being streamed."""


class Response:
    """What an app says of its response, and how far it was sent."""

    def __init__(self, method: str, before_end: Callable[[], None]) -> None:
        """Prepares the response to a request.

        :param method: the request's
        :param before_end: called once nothing is left of the response but to send it, or to finish it
        """
        self.sent = False
        self._before_end = before_end
        self._head = method == "HEAD"
        self._status = 0
        self._headers: Headers = []
        # The same as the host takes it, and the length that the app says its body has.
        self._fields: list[tuple[str, bytes]] = []
        self._length: int | None = None
        # While it is streamed: the body, and how many bytes the app still owes where it said how many.
        self._body: http_body.Body | None = None
        self._owed: int | None = None

    def start(self, status: str, headers: Headers, exc_info: ExcInfo | None = None) -> Write:
        """The `start_response` that the app is given."""
        if exc_info:
            try:
                if self.sent and exc_info[1] is not None:
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

    def send(self, chunks: Iterable[bytes]) -> None:
        """Send what the app returned."""
        if not self.sent and isinstance(chunks, WHOLE):
            self._begin()
            self._send_whole(chunks[0] if len(chunks) == 1 else b"".join(chunks))
            return
        for chunk in chunks:
            if chunk and self._take(chunk):
                break
        if self._body is not None:
            self._finish()
        elif not self.sent:
            self._begin()
            self._send_whole(b"")

    def fail(self) -> None:
        """Say that the app has failed, and no more: why is for the log."""
        self._status, self._headers = 500, [("content-type", "text/plain")]
        self._begin()
        self._send_whole(b"Internal Server Error\n")

    def abort(self) -> None:
        """Break off what is being streamed, so that the client sees that it is not all."""
        body, self._body = self._body, None
        if body is not None:
            # A body that goes away without being closed was not finished.
            body.__exit__(None, None, None)

    def _write(self, data: bytes) -> None:
        """The callable that `start_response` returns."""
        if data:
            self._take(data)

    def _take(self, chunk: bytes) -> bool:
        """Send a chunk that may not be the last; whether nothing can come after it."""
        if self._body is not None:
            return self._send_more(self._body, chunk)
        if self.sent:
            return True
        self._begin()
        if self._is_last(chunk):
            self._send_whole(chunk)
        else:
            self._send_first(chunk)
        return self._head or self._body is None

    def _begin(self) -> None:
        """See what the app has said, which until now it could take back."""
        if not self._status:
            raise AssertionError("the app returned a body, and has not called start_response")
        self._fields, self._length = [], None
        for name, value in self._headers:
            lower, data = _field(name, value)
            if lower == "content-length":
                self._length = int(data) if data.isdigit() else None
            elif lower not in OF_THE_CONNECTION:
                self._fields.append((lower, data))

    def _is_last(self, chunk: bytes) -> bool:
        """Whether this first chunk is known to be all: one chunk and its length is what Flask gives."""
        if self._status in BODILESS:
            return True
        return self._length is not None and (self._head or len(chunk) >= self._length)

    def _send_whole(self, content: bytes) -> None:
        if self._status in BODILESS:
            content = b""
        elif self._length is not None:
            content = content[: self._length]
            if self._head and self._length != len(content):
                # The host counts a body that it has, and a GET's it has not: one to come has no length.
                self._send_first(b"")
                return self._finish()
        body = http_body.Body()
        if content:
            body.write(_exact(content))
        response = self._made(None)
        self._before_end()
        response.send_downstream(body)
        self.sent = True

    def _send_first(self, chunk: bytes) -> None:
        body = http_body.Body()
        if not self._head:
            body.write(_exact(chunk))
        self._made(self._length).send_downstream_streaming(body)
        self.sent, self._body = True, body
        if self._length is not None and not self._head:
            self._owed = self._length - len(chunk)

    def _send_more(self, body: http_body.Body, chunk: bytes) -> bool:
        chunk = _exact(chunk)
        if self._owed is not None:
            chunk = chunk[: self._owed]
            self._owed -= len(chunk)
        try:
            body.write(chunk)
        except Err as error:
            raise ClientGone(f"the client takes no more of the response: {error.value}") from error
        return self._owed == 0

    def _finish(self) -> None:
        if self._owed:
            raise ValueError(f"the app announced {self._length} bytes, and {self._owed} of them did not come")
        body, self._body = self._body, None
        if body is not None:
            self._before_end()
            body.close()

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


def _field(name: str, value: str) -> tuple[str, bytes]:
    """A header as the host takes it; what is no text would end the sandbox."""
    if not isinstance(name, str) or not isinstance(value, str):
        raise TypeError(f"a header is two strings, not {name!r} and {value!r}")
    return name.lower(), value.encode("latin-1")


def _exact(data: bytes) -> bytes:
    """The bytes, which must be some: anything else would end the sandbox."""
    if isinstance(data, bytes):
        return data
    if isinstance(data, (bytearray, memoryview)):
        return bytes(data)
    raise TypeError(f"a WSGI app's body is bytes, not {type(data).__name__}")
