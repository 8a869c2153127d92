"""Options by keyword: `InsertOptions(mode="append")`, and `store.insert(key, body, mode="append")`."""

from . import checks


def subclass(plain, setters):
    """A class of options whose constructor takes each option by its name; `setters` are by the same names."""
    code = plain.__init__.__code__
    required = code.co_varnames[1 : code.co_argcount]

    class Options(plain):
        __doc__ = plain.__doc__
        __module__ = plain.__module__
        __qualname__ = plain.__qualname__

        def __init__(self, /, *args, **keywords):
            for name in keywords:
                if name not in setters and name not in required:
                    known = ", ".join(dict.fromkeys([*required, *setters]))
                    raise TypeError(f"{plain.__name__}() got an unexpected keyword argument {name!r}; it has {known}")
            super().__init__(*args, **{name: keywords.pop(name) for name in required if name in keywords})
            for name, value in keywords.items():
                # As nothing is what most options are, an app can pass on what it was not given.
                if value is not None:
                    setter, count = setters[name]
                    getattr(self, setter)(*(value if count > 1 else (value,)))

        __init__.__qualname__ = f"{plain.__qualname__}.__init__"

    Options.__name__ = plain.__name__
    return Options


def options(given, keywords, path):
    """The options that a function was given: an object of them, or its keywords."""
    if given is None:
        return checks.class_of(path)(**keywords)
    if keywords:
        raise TypeError(f"options by keyword ({', '.join(keywords)}) go with no object of options")
    return given
