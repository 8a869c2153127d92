"""Streams: one end is read, the other written. A reader that is given to the host is of no use from then on."""

from types import TracebackType
from typing import Generic, Self, TypeVar

T = TypeVar("T")

class _End:
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        """Lets go of this end."""

class ByteStreamReader(_End):
    """The end of a `stream<u8>` that is read."""

    writer_dropped: bool
    """Whether nothing comes any more: hosts differ in whether the last bytes say so, or an empty answer behind them."""

    async def read(self, max_count: int) -> bytes:
        """Waits for bytes, and gives as many as there are, up to a number."""

class ByteStreamWriter(_End):
    """The end of a `stream<u8>` that is written."""

    reader_dropped: bool
    """Whether nobody reads any more."""

    async def write(self, source: bytes) -> int:
        """Writes bytes, and says how many were taken."""
    async def write_all(self, source: bytes) -> int:
        """Writes all bytes; it says how many were taken, which are fewer where nobody reads any more."""

class StreamReader(_End, Generic[T]):
    """The end of a stream that is read."""

    writer_dropped: bool
    """Whether nothing comes any more: hosts differ in whether the last items say so, or an empty answer behind them."""

    async def read(self, max_count: int) -> list[T]:
        """Waits for items, and gives as many as there are, up to a number."""

class StreamWriter(_End, Generic[T]):
    """The end of a stream that is written."""

    reader_dropped: bool
    """Whether nobody reads any more."""

    async def write(self, source: list[T]) -> int:
        """Writes items, and says how many were taken."""
    async def write_all(self, source: list[T]) -> int:
        """Writes all items; it says how many were taken, which are fewer where nobody reads any more."""
