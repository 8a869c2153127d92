"""What the host calls: an object of each class that the app exports, made once, when it is built; and the classes that it
makes objects of, each in a module that is called as its interface."""

import importlib

from . import _given


class _Made:
    """Has what componentize-py looks for by name: something to call for each object, and else what the app's module has."""

    def __init__(self, app, made):
        self.__dict__.update(made)
        self.__app = app

    def __getattr__(self, name):
        return getattr(self.__app, name)


def load(report):
    """Imports the modules with classes that the host makes objects of."""
    for name, classes in _given.RESOURCES.items():
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name == name:
                report.ends("no-resource", module=name, name=next(iter(classes)))
            raise
        for cls in classes:
            if not hasattr(module, cls):
                report.ends("no-resource", module=name, name=cls)
                raise AttributeError(f"module {name!r} has no attribute {cls!r}")


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
