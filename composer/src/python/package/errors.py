"""The exceptions: what the plain `Err` of the bindings is, told apart.

    except NotFound:            # this case, whatever failed
    except OpenError:           # whatever of this family
    except OpenError.NotFound:  # both
    except <the base>:          # whatever the bindings raise, an `Err` too

All of them are `Err`, with what failed in `value`, so that code written for the bindings as they are goes on to
work. The classes are made when they are first needed: a snapshot holds those that its app names.
"""

import importlib
import sys
import typing
from enum import Enum as _Enum

import componentize_py_types

from . import _plan

__all__ = sorted({
    _plan.ERROR,
    *(family["name"] for family in _plan.FAMILIES),
    *(name for family in _plan.FAMILIES for name, _ in family["cases"].values()),
})

# The module that knows more of an error, in an app that is observed: from when the exceptions are where they belong.
_evidence = None

_E = typing.TypeVar("_E")
_BINDINGS = "wit_world.imports."


def _found():
    """What the observer knows of the call that failed last, which it then forgets."""
    text = b""
    while piece := _evidence.read(len(text)):
        text += piece.to_bytes(8, "little").rstrip(b"\0")
    return text.decode() or None


class _Equal(type):
    """The class of `Err` where an app gives one to the bindings, which ask whether its class equals `Err`."""

    def __eq__(cls, other):
        # Python asks either of the two.
        return cls is other or isinstance(other, _Equal) and (cls is Err or other is Err)

    __hash__ = type.__hash__


class Err(typing.Generic[_E], Exception, metaclass=_Equal if _plan.TAKES_ERR else type):
    """Represents the failure case of a Component Model `result` value."""

    # Whoever looks for the bindings' own finds this one in its place, `pickle` among them.
    __module__ = componentize_py_types.__name__
    __match_args__ = ("value",)

    def __init__(self, value):
        self.args = (value,)
        picked = _class_of(value)
        # A class that an app derives is what the app says it is.
        if issubclass(picked, type(self)):
            self.__class__ = picked
        if _evidence is not None:
            self._raw = _found()

    @property
    def value(self):
        """What the bindings have for the failure: the member of an enum, a record, the case of a variant."""
        return self.args[0]

    def __eq__(self, other):
        return self.args == other.args if type(other) is type(self) else NotImplemented

    def __hash__(self):
        try:
            return hash(self.args)
        except TypeError:
            # Records are not hashable, and what is equal must hash alike.
            return hash(type(self))

    def __repr__(self):
        return f"{type(self).__qualname__}({self.args[0]!r})"

    def __reduce__(self):
        # Where it is read, the class may not be made yet.
        kind = Err if type(self) is _class_of(self.value) else type(self)
        return kind, self.args, self.__dict__ or None


class _Base(Err[_E]):
    """Whatever the bindings raise."""

    @property
    def code(self):
        """Which case it is: the member of the enum, where there is one; otherwise what `value` is."""
        return _code_of(self.value)

    @property
    def raw(self):
        """What the host said or a policy refused, such as `raw:kv-store.store.lookup: too-many-requests`; `None` where
        that is not known. It is known in an app that is built with a trace or a policy."""
        return self.__dict__.get("_raw")

    @property
    def function(self):
        """The function that failed, such as `store.Store.open`; `None` where no call of the bindings raised it."""
        found = self.__dict__.get("_function")
        traceback = self.__traceback__
        while found is None and traceback is not None:
            module = traceback.tb_frame.f_globals.get("__name__", "")
            if traceback.tb_next is None and module.startswith(_BINDINGS):
                found = f"{module.removeprefix(_BINDINGS)}.{traceback.tb_frame.f_code.co_qualname}"
            traceback = traceback.tb_next
        return found

    def __reduce__(self):
        # A traceback does not travel, and what it says of the function should.
        kind, args, state = super().__reduce__()
        function = self.function
        return kind, args, {**self.__dict__, "_function": function} if function else state

    def __str__(self):
        function, value = self.function, self.value
        family, code = _family_of(value), _code_of(value)
        if family is None:
            said = repr(value)
        else:
            _, message = family["cases"].get(_case_of(code), (None, ""))
            details = [(field, getattr(value, field)) for field in family["fields"]]
            details = "".join(f", {field}={_shown(found)}" for field, found in details if found is not None)
            said = f"{message} ({_shown(code)}{details})".lstrip()
        said = f"{said}; {self.raw}" if self.raw else said
        return f"{function}: {said}" if function else said


class _Family(type(Err)):
    """The class of families, whose cases are found by name."""

    def __getattr__(cls, name):
        family = cls.__dict__.get("_family")
        for case, (other, message) in family["cases"].items() if family else ():
            if other == name:
                return _made(cls, case, name, message)
        raise AttributeError(f"type object {cls.__name__!r} has no attribute {name!r}")


_payloads = {payload: family for family in _plan.FAMILIES for payload in family["payloads"]}


def _family_of(value):
    kind = type(value)
    return _payloads.get(f"{kind.__module__}.{kind.__qualname__}")


def _code_of(value):
    family = _family_of(value)
    return getattr(value, family["code"]) if family and family["code"] else value


def _case_of(code):
    """The name by which a case is listed: a member's own, or that of its class."""
    return getattr(code, "_name_", None) or type(code).__name__


def _shown(code):
    name = getattr(code, "_name_", None)
    return f"{type(code).__name__}.{name}" if name else repr(code)


# By the type of a payload that is a member of an enum, and the member's name: the class, once it was needed. As hashing
# a member takes longer than all the rest.
_picked = {}


def _class_of(value):
    """The class of an error with this payload."""
    picked = _picked.get(type(value))
    if picked is not None:
        found = picked.get(value._name_)
        if found is not None:
            return found
    family = _family_of(value)
    if family is None:
        return _Base
    cls = _class(family["name"])
    code = getattr(value, family["code"]) if family["code"] else value
    case = _case_of(code)
    name, message = family["cases"].get(case, (None, ""))
    if name is not None:
        cls = cls.__dict__.get(name) or _made(cls, case, name, message)
    if isinstance(value, _Enum):
        _picked.setdefault(type(value), {})[case] = cls
    return cls


def _made(family, case, name, message):
    """The class of one case of one family."""
    made = _Family(name, (family, _class(name)), {
        "__module__": __name__,
        "__qualname__": f"{family.__name__}.{name}",
        "__doc__": message or None,
    })
    setattr(family, name, made)
    return made


# By name. They are not among what this module has itself: an error may be called as what it names, `AttributeError`.
_classes = {}


def _class(name):
    return _classes.get(name) or __getattr__(name)


def __getattr__(name):
    if name in _classes:
        return _classes[name]
    body = {"__module__": __name__, "__qualname__": name}
    for family in _plan.FAMILIES:
        if family["name"] == name:
            fields = {field: _field(field) for field in family["fields"] if _is_free(field, family)}
            made = _Family(name, (_Base,), body | fields | {"__doc__": family["docs"], "_family": family})
            break
        if any(other == name for other, _ in family["cases"].values()):
            made = type(name, (_Base,), body | {"__doc__": "This case, whatever failed with it."})
            break
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    _classes[name] = made
    return made


def _is_free(field, family):
    """Whether a record's field can be the exception's: what every exception has stays what it is."""
    return field not in dir(_Base) or field == "code" and family["code"] is None


def _field(field):
    return property(lambda self: getattr(self.value, field))


def __dir__():
    return [*globals(), *__all__]


def bind():
    """Puts the exceptions where the bindings look for theirs."""
    global _evidence
    early = sorted(name for name in sys.modules if name.startswith(_BINDINGS))
    if early and componentize_py_types.Err is not Err:
        raise ImportError(f"import {__package__} before {early[0]}: the bindings keep the exceptions they found")
    componentize_py_types.Err = Err
    if _plan.EVIDENCE:
        _evidence = importlib.import_module(_BINDINGS + _plan.EVIDENCE)


_Base.__name__ = _Base.__qualname__ = _plan.ERROR
_classes[_plan.ERROR] = _Base
