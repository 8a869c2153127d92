"""The bindings: what the app imports is in `imports`, what it implements in `exports`."""

from typing import Protocol

__all__ = ["WitWorld"]

class WitWorld(Protocol):
    """What the world has beside interfaces."""
