"""The body of a request as the binary file that WSGI wants for input."""

import io
from typing import Any

from componentize_py_types import Err
from wit_world.imports import http_body

from ._values import MOST

# How much is read ahead where the app reads by lines or in small pieces.
BUFFER = 16 << 10

# The host makes room for as much as it is asked for, and gives no more than has come.
PIECE = 256 << 10


def opened(body: http_body.Body, front: bytes = b"") -> io.BufferedReader:
    """The body as a file, after what was read of it already. Nothing is read before the app reads."""
    return io.BufferedReader(_Input(body, front), BUFFER)


class _Input(io.RawIOBase):
    def __init__(self, body: http_body.Body, front: bytes) -> None:
        self._body = body
        self._front = front

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        wanted = min(len(buffer), PIECE)
        if self._front:
            data, self._front = self._front[:wanted], self._front[wanted:]
        else:
            try:
                data = self._body.read(wanted)
            except Err as error:
                raise _broken(error) from error
        buffer[: len(data)] = data
        return len(data)

    def readall(self) -> bytes:
        front, self._front = self._front, b""
        try:
            return front + self._body.read_all(MOST)
        except Err as error:
            raise _broken(error) from error


def _broken(error: Err[Any]) -> OSError:
    """What frameworks take for a client that went away."""
    return OSError(f"the request's body cannot be read: {error.value}")
