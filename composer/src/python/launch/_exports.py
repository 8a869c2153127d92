"""What the host calls: an object of each class that the app exports, made once, when it is built."""

from . import _given


class _Made:
    """Has what componentize-py looks for by name: something to call for each object, and else what the app's module has."""

    def __init__(self, app, made):
        self.__dict__.update(made)
        self.__app = app

    def __getattr__(self, name):
        return getattr(self.__app, name)


def make(app, report):
    """Makes the objects."""
    made = {}
    for name in _given.EXPORTS:
        kind = getattr(app, name, None)
        if kind is None:
            report.ends("no-class", name=name)
            raise AttributeError(f"module {app.__name__!r} has no attribute {name!r}")
        made[name] = _giver(kind())
    return _Made(app, made)


def _giver(made):
    return lambda: made
