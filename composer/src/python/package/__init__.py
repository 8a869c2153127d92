"""What the bindings of a WIT world cannot say, and Python people expect.

It is bound once, when the app is built and before the app is imported. Its exceptions are found here by name;
its modules are imported when they are asked for.
"""

from . import errors

errors.bind()

from . import bindings  # noqa: E402

bindings.bind()


def __getattr__(name):
    return getattr(errors, name)


def __dir__():
    return sorted({*globals(), *errors.__all__})
