"""Futures: one end is read once, the other written once."""

from typing import Generic, TypeVar

from .streams import _End

T = TypeVar("T")

class FutureReader(_End, Generic[T]):
    """The end of a future that is read."""

    async def read(self) -> T:
        """Waits for the value. A `result` is given as a value: nothing is raised."""

class FutureWriter(_End, Generic[T]):
    """The end of a future that is written; let go of without a value, it writes the one that it was made with."""

    async def write(self, value: T) -> bool:
        """Writes the value, and says whether somebody took it."""
