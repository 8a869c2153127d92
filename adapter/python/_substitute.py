"""How a class with more methods takes the place of a generated one.

The bindings look their classes up by module and name when the app is built, after it was imported. What the host
returns is an instance of whatever has the name by then, so a subclass costs no call anything: there is no wrapper.
"""

import sys
from collections.abc import Callable
from types import ModuleType
from typing import TypeVar

C = TypeVar("C", bound=type)


def in_place_of(module: ModuleType) -> Callable[[C], C]:
    """Makes a decorator that puts a class in the place of the one of its name.

    :param module: the module of the bindings that has the generated class, which the new one derives from
    :returns: the decorator
    :raises TypeError: when the class does not derive from the one that it would replace
    """

    def replace(cls: C) -> C:
        old = getattr(module, cls.__name__)
        if not issubclass(cls, old):
            raise TypeError(f"{cls.__qualname__} does not derive from {module.__name__}.{cls.__name__}")
        own = __name__.rpartition(".")[0] + "."
        for name, other in list(sys.modules.items()):
            if isinstance(other, ModuleType) and not name.startswith(own):
                # The bindings have it under more names, by which functions look for the class of an argument, and a
                # module of the app may have taken it before.
                for alias in [alias for alias, value in vars(other).items() if value is old]:
                    setattr(other, alias, cls)
        for derived in old.__subclasses__():
            # Of the app's own, that were derived before.
            if derived is not cls:
                derived.__bases__ = tuple(cls if base is old else base for base in derived.__bases__)
        # Whoever goes by the name, `pickle` among them, finds this one by it.
        cls.__module__ = module.__name__
        return cls

    return replace
