"""Bodies as binary files: `reader(body)` to read, `writer(body)` to write, `chunks(body)` piece by piece.

Importing this module gives `http_body.Body` these as methods, and a `with` that finishes what it writes::

    response.send_downstream_streaming(body)
    with body:
        body.write(b"all of it")

Leaving such a block normally *finishes* a body that is being streamed: the receiver has all of it. Leaving it by an
exception *abandons* the body: the receiver sees that the transfer was cut off, and does not take a part for the whole.
"""

import io
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any

from componentize_py_types import Err
from wit_world.imports import http_body, types

from ._substitute import in_place_of
from ._values import MOST

if TYPE_CHECKING:
    from collections.abc import Buffer

__all__ = ["Body", "Writer", "chunks", "reader", "writer"]

# A call of the host costs microseconds, and copies what it gives.
PIECE = 64 * 1024


class _Source(io.RawIOBase):
    """A body that is read. To close this leaves the body open, as `socket.makefile` leaves the socket."""

    def __init__(self, body: http_body.Body) -> None:
        super().__init__()
        self._body = body

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "Buffer") -> int:
        view = memoryview(buffer).cast("B")
        data = self._body.read(len(view))
        view[: len(data)] = data
        return len(data)

    def readall(self) -> bytes:
        return self._body.read_all(MOST)


class Writer(io.RawIOBase):
    """A body as a file to write to: `with writer(body) as file:`.

    Leaving the block normally *finishes* a body that is being streamed, and so does `close` where there is no block.
    Leaving the block by an exception, or losing the file without closing it, *abandons* the body: the receiver sees that
    the transfer was cut off. Within a block nothing finishes the body but its end, so that `io.TextIOWrapper(file)`, say,
    may have a block inside of it: such a file closes what it writes to, whatever it is left by.

    Every `write` takes all that it is given and is a call of the host; `io.BufferedWriter(file)` gathers small ones. A
    body that was sent or closed meanwhile is left as it is.
    """

    def __init__(self, body: http_body.Body) -> None:
        """Writes to a body from where it ends.

        :param body: the body
        """
        super().__init__()
        self._body = body
        self._in_block = False

    def writable(self) -> bool:
        """Says that it is."""
        return True

    def write(self, data: "Buffer") -> int:
        """Writes all of it.

        :param data: anything with bytes in it
        :returns: how many there were
        :raises ValueError: when the file is closed
        :raises TypeError: when it has no bytes in it, as text has not
        """
        if self.closed:
            raise ValueError("write to closed file")
        octets = data if isinstance(data, bytes) else memoryview(data).tobytes()
        self._body.write(octets)
        return len(octets)

    def close(self) -> None:
        """Closes the file, and finishes the body, unless a `with` block has that to do. To close it again is no error."""
        if not self.closed:
            super().close()
            if not self._in_block:
                _finish(self._body)

    def abandon(self) -> None:
        """Closes the file, and leaves the body unfinished for the receiver to see."""
        super().close()
        _release(self._body)

    def __enter__(self) -> "Writer":
        super().__enter__()
        self._in_block = True
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        self._in_block = False
        if exc_type is not None:
            self.abandon()
        else:
            super().close()
            _finish(self._body)

    def __del__(self) -> None:
        # Files close themselves here. What nobody has closed is not known to be whole.
        pass


def reader(body: http_body.Body, buffer_size: int = PIECE) -> io.BufferedReader:
    """Gives a body as a file to read from, line by line too.

    Closing the file leaves the body open. What the file has read ahead is gone from the body.

    :param body: the body
    :param buffer_size: how many bytes are read ahead
    :returns: the file
    """
    return io.BufferedReader(_Source(body), buffer_size)


def writer(body: http_body.Body) -> Writer:
    """Gives a body as a file to write to.

    :param body: the body
    :returns: the file
    """
    return Writer(body)


def chunks(body: http_body.Body, size: int = PIECE) -> Iterator[bytes]:
    """Gives what is left of a body in pieces, as they come.

    :param body: the body
    :param size: how many bytes a piece has at most
    :returns: the pieces, none of them empty
    """
    while piece := body.read(size):
        yield piece


def _finish(body: http_body.Body) -> None:
    try:
        body.close()
    except Err as error:
        # It was sent or closed, which finished it.
        if error.value is not types.Error.ALREADY_CONSUMED:
            raise


_Generated = http_body.Body


def _release(body: Any) -> None:
    """Drops what the host has of a body now, whoever still holds the object. Who touches it again is told."""
    if body.finalizer.alive:
        _Generated.__exit__(body, None, None, None)


@in_place_of(http_body)
class Body(_Generated):
    """A body, with its files as methods, and a `with` block that finishes it when it is left normally.

    Leaving the block by an exception abandons a body that is being streamed. Either way it is closed, as a file is.
    """

    reader = reader
    writer = writer
    chunks = chunks

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if exc_type is None:
            _finish(self)
        _release(self)
