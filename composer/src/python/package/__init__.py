"""What the bindings of a WIT world cannot say, and Python people expect.

It is bound once, when the app is built and before the app is imported. Its exceptions are found here by name;
its modules are imported when they are asked for.
"""

# In this order: the other way round, the snapshot of an app is larger by a fifth of a megabyte.
from . import errors

__all__ = errors.__all__

errors.bind()

from . import bindings  # noqa: E402

bindings.bind()


def __getattr__(name):
    if name in __all__:
        return getattr(errors, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *__all__})
