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

# Err

Result = Ok[T] | Err[E]
"""A success or a failure, where it is given as a value."""
