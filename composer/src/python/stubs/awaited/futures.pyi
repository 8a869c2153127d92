"""Futures: one end is read once, the other written once."""

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

class FutureReader(_End, Generic[T]):
    """The end of a future that is read."""

    async def read(self) -> T:
        """Waits for the value. A `result` is given as a value: nothing is raised."""

class FutureWriter(_End, Generic[T]):
    """The end of a future that is written; let go of without a value, it writes the one that it was made with."""

    async def write(self, value: T) -> bool:
        """Writes the value, and says whether somebody took it."""
