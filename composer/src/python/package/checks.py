"""Arguments that the bindings cannot take: told by an exception that names the parameter.

Below Python there is nobody to tell: an argument of another type ends the sandbox. So each function of the bindings
looks at its arguments first. What is of the very type goes on at once; all else comes here.
"""

import operator
import sys
import types
from enum import Enum, Flag

from . import _plan

_BINDINGS = "wit_world.imports."


def check(value, name, spec):
    """The value as the bindings take it; `spec` is what it must be, as `_plan` has it."""
    return _KINDS[spec[0]](value, name, *spec[1:])


def class_of(path):
    """The class that `store.Store` is now, which may be another than the bindings made."""
    module, _, name = path.partition(".")
    return getattr(sys.modules[_BINDINGS + module], name)


def _wrong(value, name, wanted, advice=""):
    return TypeError(f"{_caller()}: {name} must be {wanted}, not {type(value).__name__}{advice}")


def _str(value, name):
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise ValueError(f"{_caller()}: {name} is no text, because of {value[error.start]!r} in it") from None
        return value
    raise _wrong(value, name, "str", "; decode it" if isinstance(value, (bytes, bytearray)) else "")


def _address(value, name):
    # An app with such an object has the module.
    ipaddress = sys.modules.get("ipaddress")
    if ipaddress and isinstance(value, (ipaddress.IPv4Address, ipaddress.IPv6Address)):
        return str(value)
    return _str(value, name)


def _bytes(value, name):
    if isinstance(value, bytes):
        return value
    advice = {str: "; encode it", bytearray: "; make it bytes(…)", memoryview: "; make it bytes(…)"}
    raise _wrong(value, name, "bytes", advice.get(type(value), ""))


def _int(value, name, least, most):
    try:
        found = operator.index(value)
    except TypeError:
        raise _wrong(value, name, "int") from None
    if least <= found <= most:
        return found
    raise ValueError(f"{_caller()}: {name} must be from {least} to {most}, and is {found}")


def _float(value, name):
    if isinstance(value, str) or not hasattr(value, "__float__") and not hasattr(value, "__index__"):
        raise _wrong(value, name, "float")
    return float(value)


def _seconds(value, name):
    total = getattr(value, "total_seconds", None)
    return total() if total else _float(value, name)


def _char(value, name):
    if len(_str(value, name)) == 1:
        return value
    raise ValueError(f"{_caller()}: {name} must be one character, and is {value!r}")


def _bool(value, name):
    return bool(value)


def close(self):
    """Lets go of what the host holds, as leaving its `with` does. To close it again is no error; to use it is."""
    self.__exit__(None, None, None)


def closed(cls):
    """The class of the objects of this one that were closed: there is nothing behind them any more."""
    if cls not in _closed:
        # One that the world has itself is a call of the host.
        is_added = any(vars(base).get("close") is close for base in cls.__mro__)

        class Closed(cls):
            __doc__ = cls.__doc__
            __module__ = cls.__module__
            __qualname__ = cls.__qualname__

            def __getattribute__(self, name):
                # Python itself may look at it, and letting go does, once.
                if name.startswith("__") or name == "finalizer" or is_added and name == "close":
                    return super().__getattribute__(name)
                raise ValueError(f"{cls.__name__}.{name}: this object was closed, by `close()` or the end of its `with`")

            def __exit__(self, *_):
                """What is left twice is left."""

        Closed.__name__ = cls.__name__
        _closed[cls] = Closed
    return _closed[cls]


_closed = {}


def _class(value, name, path):
    cls = class_of(path)
    if isinstance(value, cls):
        if type(value) in _closed.values():
            raise ValueError(f"{_caller()}: {name} was closed, by `close()` or the end of its `with`")
        return value
    if isinstance(value, str) and issubclass(cls, Enum) and not issubclass(cls, Flag):
        member = cls.__members__.get(value.upper().replace("-", "_"))
        if member is not None:
            return member
        names = ", ".join(repr(name.lower()) for name in cls.__members__)
        raise ValueError(f"{_caller()}: {name} must be {path} or one of {names}, and is {value!r}")
    raise _wrong(value, name, path)


def _type(value, name, path):
    return check(value, name, _plan.TYPES[path])


def _record(value, name, path, fields):
    # The bindings take whatever has the fields.
    if not all(hasattr(value, field) for field, _ in fields):
        raise _wrong(value, name, path)
    found = {field: getattr(value, field) for field, _ in fields}
    taken = {field: check(found[field], f"{name}.{field}", spec) for field, spec in fields}
    is_same = all(taken[field] is found[field] for field in found)
    return value if is_same else types.SimpleNamespace(**taken)


def _variant(value, name, path, cases):
    for case, spec in cases:
        if type(value) is class_of(case):
            taken = check(value.value, f"{name}.value", spec) if spec else None
            return value if taken is None or taken is value.value else type(value)(taken)
    raise _wrong(value, name, path)


def _option(value, name, spec):
    return None if value is None else check(value, name, spec)


def _list(value, name, spec):
    if not isinstance(value, list):
        raise _wrong(value, name, "list", "; make it list(…)" if isinstance(value, (tuple, set)) else "")
    taken = [check(item, f"{name}[{at}]", spec) for at, item in enumerate(value)]
    return value if all(map(operator.is_, value, taken)) else taken


def _tuple(value, name, specs):
    if not isinstance(value, tuple) or len(value) != len(specs):
        raise _wrong(value, name, f"a tuple of {len(specs)}")
    taken = tuple(check(item, f"{name}[{at}]", spec) for at, (item, spec) in enumerate(zip(value, specs)))
    return value if all(map(operator.is_, value, taken)) else taken


def _any(value, name):
    return value


def _caller():
    """The function of the bindings that was called."""
    frame = sys._getframe(1)
    while frame.f_globals is globals():
        frame = frame.f_back
    return frame.f_code.co_qualname


_KINDS = {kind.__name__.removeprefix("_"): kind for kind in (
    _str, _address, _bytes, _int, _float, _seconds, _char, _bool, _class, _type, _record, _variant, _option, _list, _tuple,
    _any,
)}
