"""What `serve_wsgi` is told, looked at while the app is built: a wrong value would end requests, or make them wait."""

import functools
import math
from collections.abc import Iterable
from types import CodeType, FunctionType, MethodType
from typing import Any

# How long the host can wait at most, in seconds: it counts 2^32 - 1 milliseconds.
LONGEST = (2**32 - 1) / 1000

# Of an `async def`, with a `yield` in it or without.
IS_ASYNC = 0x80 | 0x200

# What an app of ASGI takes.
ASGI = ("scope", "receive", "send")


def app_of(app: Any) -> None:
    """See that an app can be called as WSGI calls it.

    :raises TypeError: when it cannot
    """
    if not callable(app):
        raise TypeError(f"serve_wsgi: app must be a function or an object that can be called, not {type(app).__name__}")
    code = _code(app)
    if code is None:
        return
    names = code.co_varnames[: code.co_argcount]
    if code.co_flags & IS_ASYNC or names[-3:] == ASGI:
        why = "is async" if code.co_flags & IS_ASYNC else f"takes ({', '.join(names)})"
        raise TypeError(f"serve_wsgi: app is made for ASGI: it {why}, and nothing here awaits; serve a WSGI app")


def _code(app: Any) -> CodeType | None:
    """The code that runs when it is called, where that is a function of Python."""
    while isinstance(app, functools.partial):
        app = app.func
    if isinstance(app, MethodType):
        app = app.__func__
    if not isinstance(app, (FunctionType, type)):
        app = getattr(type(app), "__call__", None)
    return app.__code__ if isinstance(app, FunctionType) else None


def count(name: str, value: Any, least: int) -> None:
    """See that an option is a whole number.

    :raises TypeError: when it is none
    :raises ValueError: when it is too small
    """
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"serve_wsgi: {name} must be int, not {type(value).__name__}")
    if value < least:
        raise ValueError(f"serve_wsgi: {name} must be {least} or more, and is {value}")


def span(name: str, value: Any) -> None:
    """See that an option is a span of time in seconds, or `None`.

    :raises TypeError: when it is neither
    :raises ValueError: when it cannot be waited for
    """
    if value is None:
        return
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise TypeError(f"serve_wsgi: {name} must be seconds or None, not {type(value).__name__}")
    if not math.isfinite(value) or not 0 <= value <= LONGEST:
        raise ValueError(f"serve_wsgi: {name} must be from 0 to {LONGEST:.0f} seconds, and is {value}")


def flag(name: str, value: Any) -> None:
    """See that an option is `True` or `False`.

    :raises TypeError: when it is neither
    """
    if not isinstance(value, bool):
        raise TypeError(f"serve_wsgi: {name} must be True or False, not {type(value).__name__}")


def endpoint(name: str, value: Any) -> None:
    """See that an option is the name of a log endpoint, or `None`.

    :raises TypeError: when it is neither
    :raises ValueError: when it is empty
    """
    if value is not None and not isinstance(value, str):
        raise TypeError(f"serve_wsgi: {name} must be the name of an endpoint or None, not {type(value).__name__}")
    if value == "":
        raise ValueError(f"serve_wsgi: {name} must be the name of an endpoint, and is empty; None is standard error")


def paths(name: str, value: Any) -> list[str]:
    """The paths of an option.

    :raises TypeError: when they are none
    :raises ValueError: when one does not begin with a slash
    """
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        raise TypeError(f"serve_wsgi: {name} must be a list of paths, not {type(value).__name__}; write [{value!r}]")
    found = list(value)
    for path in found:
        if not isinstance(path, str):
            raise TypeError(f"serve_wsgi: {name} must be a list of paths, and has {path!r} in it")
        if not path.startswith("/"):
            raise ValueError(f"serve_wsgi: {name} has {path!r} in it, and a path begins with a slash")
    return found
