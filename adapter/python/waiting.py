"""Waiting for whichever comes first: of pending requests, lookups, inserts and the like, and bodies."""

import time
from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar, overload

from wit_world.imports import async_io

from ._values import Seconds, seconds

__all__ = ["Waitable", "as_completed", "select"]


class _Subscribes(Protocol):
    """Whatever gives a pollable: everything pending, and bodies."""

    def subscribe(self) -> async_io.Pollable: ...


Waitable = _Subscribes | async_io.Pollable
"""What can be waited for."""

W = TypeVar("W", bound=Waitable)


@overload
def select(handles: Iterable[W], timeout: Seconds | None = None) -> W | None: ...
# Of several kinds together, checkers find no common `W`.
@overload
def select(  # type: ignore[overload-cannot-match]
    handles: Iterable[Waitable], timeout: Seconds | None = None
) -> Waitable | None: ...
def select(handles: Iterable[Waitable], timeout: Seconds | None = None) -> Waitable | None:
    """Waits until one of several is ready: its `wait()`, or a body's `read` or `write`, does not block then.

    :param handles: what to wait for, nothing of it twice
    :param timeout: for how long, in seconds or as a `timedelta`; `None` for as long as it takes
    :returns: the first that is ready; `None` when the timeout came first
    :raises FastlyError: `InvalidArgument` when there is nothing to wait for and no timeout, or something is there twice;
        `AlreadyConsumed` when one is used up
    """
    given = list(handles)
    pollables = [_pollable(handle) for handle in given]
    if timeout is None:
        return given[async_io.select(pollables)]
    at = async_io.select_with_timeout(pollables, seconds(timeout))
    return None if at is None else given[at]


@overload
def as_completed(handles: Iterable[W], timeout: Seconds | None = None) -> Iterator[W]: ...
@overload
def as_completed(  # type: ignore[overload-cannot-match]
    handles: Iterable[Waitable], timeout: Seconds | None = None
) -> Iterator[Waitable]: ...
def as_completed(handles: Iterable[Waitable], timeout: Seconds | None = None) -> Iterator[Waitable]:
    """Gives each of several once it is ready, the first first, as `concurrent.futures.as_completed` does.

    :param handles: what to wait for, nothing of it twice
    :param timeout: for how long in all, in seconds or as a `timedelta`; `None` for as long as it takes
    :returns: what is ready, one by one
    :raises TimeoutError: when the timeout comes before all are ready
    :raises FastlyError: as `select` does
    """
    left = [(handle, _pollable(handle)) for handle in handles]
    end = None if timeout is None else time.monotonic() + seconds(timeout)
    while left:
        pollables = [pollable for _, pollable in left]
        at: int | None
        if end is None:
            at = async_io.select(pollables)
        else:
            at = async_io.select_with_timeout(pollables, max(0.0, end - time.monotonic()))
        if at is None:
            raise TimeoutError(f"{len(left)} are not ready")
        yield left.pop(at)[0]


def _pollable(handle: Waitable) -> async_io.Pollable:
    return handle if isinstance(handle, async_io.Pollable) else handle.subscribe()
