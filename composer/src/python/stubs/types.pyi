"""What the bindings of every world share."""

from dataclasses import dataclass
from typing import Generic, TypeVar

__all__ = ["Err", "Ok", "Result", "Some"]

S = TypeVar("S")
T = TypeVar("T")
E = TypeVar("E")

@dataclass
class Some(Generic[S]):
    """What is there, where an option within an option could not be told from none."""

    value: S

@dataclass
class Ok(Generic[T]):
    """A result that is a success."""

    value: T

class Err(Exception, Generic[E]):
    """A result that is a failure, and what functions raise that fail."""

    def __init__(self, value: E) -> None: ...
    @property
    def value(self) -> E:
        """What failed: the member of an enum, a record, or the case of a variant."""

Result = Ok[T] | Err[E]
"""A success or a failure, where it is given as a value."""
