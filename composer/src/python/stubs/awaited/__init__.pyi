"""What the bindings of a world with async functions share."""

from collections.abc import Coroutine
from typing import Any

def spawn(coroutine: Coroutine[Any, Any, object]) -> None:
    """Runs a coroutine beside the call of the host that is under way. The call may return before, and ends when both have."""
