"""What the host calls, looked at when the app is built: at a request, nobody could be told what is wrong with it.

The bindings look a method up by its name and call it. One that is `async` where the host does not await, or a generator,
returns at once, having done nothing; of one that is not `async` where the host awaits, there is nothing to await. One that
takes other arguments ends the sandbox without a word.
"""

import functools
import sys
from types import FunctionType

from . import _given

_GENERATOR, _COROUTINE, _ASYNC_GENERATOR, _VARIADIC = 0x20, 0x80, 0x200, 0x04
_NOTHING = object()


def wrong(module):
    """Code that raises what is wrong, at the place where it is, for each function that the host could not call."""
    for name, functions in _given.EXPORTS.items():
        yield from _wrong(vars(module).get(name), name, functions)
    for own, classes in _given.RESOURCES.items():
        for name, functions in classes.items():
            yield from _wrong(vars(sys.modules[own]).get(name), f"{own}.{name}", functions)


def _wrong(cls, name, functions):
    # One that makes objects may make whatever it likes, and one that is missing is missed by the bindings.
    for function, count in functions.items() if isinstance(cls, type) else ():
        found = _looked_up(cls, function)
        said = _said(cls, found, count, f"{name}.{function}" in _given.AWAITED)
        if said:
            yield _raising(f"{name}.{function} {said}", _place(cls, found))


def _looked_up(cls, name):
    """What a class has under a name, unbound."""
    return next((vars(base)[name] for base in cls.__mro__ if name in vars(base)), _NOTHING)


def _said(cls, found, count, awaited):
    """What is wrong with a method that is called with so many arguments; nothing where it is right, or not to be known."""
    if found is _NOTHING:
        # An object may get it when it is made, or when it is asked for.
        made = any(name in vars(base) for base in cls.__mro__[:-1] for name in ("__init__", "__new__", "__getattr__"))
        return None if made else "is not there; define it"
    if getattr(found, "__isabstractmethod__", False):
        return "is not there; define it"
    plain, bound = _function(found)
    if plain is None:
        is_dead = not callable(found) and not hasattr(type(found), "__get__")
        return f"cannot be called: it is {found!r}; make it a method" if is_dead else None
    flags = plain.__code__.co_flags
    if flags & (_COROUTINE | _ASYNC_GENERATOR) and not awaited:
        return "is `async`, and the host does not await; make it `def`, and run what is to be awaited in it"
    if flags & (_GENERATOR | _ASYNC_GENERATOR):
        return "is a generator, so that nothing of it would run; take the `yield` out of it"
    if awaited and not flags & _COROUTINE and not _may_give_a_coroutine(plain):
        return "is not `async`, and the host awaits it; make it `async def`"
    return _miscounted(plain, bound, count)


def _may_give_a_coroutine(function):
    """Whether a function stands for another one, as a decorator's does."""
    return hasattr(function, "__wrapped__") or "<locals>" in function.__qualname__


def _function(found):
    """The function that is called in the end, and how many arguments it is given before those of the host."""
    # What knows nothing of being an attribute is called as it is.
    bound = int(hasattr(type(found), "__get__") and not isinstance(found, staticmethod))
    if isinstance(found, (classmethod, staticmethod)):
        found = found.__func__
    while type(found) is functools.partial and not found.keywords:
        bound += len(found.args)
        found = found.func
    call = getattr(type(found), "__call__", None)
    if isinstance(call, FunctionType) and not hasattr(type(found), "__get__"):
        # An object that can be called takes itself first.
        return call, bound + 1
    return (found, bound) if isinstance(found, FunctionType) else (None, 0)


def _miscounted(function, bound, count):
    code = function.__code__
    least = code.co_argcount - len(function.__defaults__ or ())
    keywords = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    missing = [name for name in keywords if name not in (function.__kwdefaults__ or ())]
    if missing:
        return f"needs a keyword `{missing[0]}`, and the host gives none; give it a default"
    given = bound + count
    if least <= given and (given <= code.co_argcount or code.co_flags & _VARIADIC):
        return None
    names = ", ".join(code.co_varnames[: code.co_argcount])
    own = "" if not bound else " after `self`" if bound == 1 else f" after {bound} others"
    return f"takes ({names}), and the host gives {count} argument{'s' * (count != 1)}{own}"


def _place(cls, found):
    """The file, the line and the name of what is wrong."""
    function = None if found is _NOTHING or getattr(found, "__isabstractmethod__", False) else _function(found)[0]
    if function is not None:
        return function.__code__.co_filename, function.__code__.co_firstlineno, function.__name__
    file = getattr(sys.modules.get(cls.__module__), "__file__", None) or "<unknown>"
    return file, vars(cls).get("__firstlineno__", 1), cls.__qualname__


def _raising(said, place):
    """Code that raises an error which a traceback shows at this place."""
    # An app with nothing wrong in it has no use for these.
    import ast
    import linecache

    file, line, name = place
    shown = linecache.getline(file, line).rstrip()
    # What spans the line is not underlined.
    where = {
        "lineno": line,
        "end_lineno": line,
        "col_offset": len(shown) - len(shown.lstrip()),
        "end_col_offset": len(shown),
    }
    tree = ast.parse(f"raise TypeError({said!r})")
    for node in ast.walk(tree):
        for key, value in where.items():
            if hasattr(node, key):
                setattr(node, key, value)
    return compile(tree, file, "exec").replace(co_name=name, co_qualname=name)
