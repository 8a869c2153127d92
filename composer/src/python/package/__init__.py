"""What the bindings of a WIT world cannot say, and Python people expect.

It is bound once, when the app is built and before the app is imported. Its exceptions are found here by name;
its modules are imported when they are asked for.
"""

from . import bindings, errors

__all__ = errors.__all__

errors.bind()
bindings.bind()


def __getattr__(name):
    if name in __all__:
        return getattr(errors, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *__all__})
