"""Dictionaries as mappings: `dictionary["key"]`, `"key" in dictionary`, `dictionary.get("key", "default")`.

Importing this module gives `dictionary.Dictionary` of the bindings all of that. The host does not list the keys, so there
is no iteration and no `len`.
"""

from typing import TypeVar, overload

from wit_world.imports import dictionary

from ._lookups import Lookups
from ._substitute import in_place_of
from ._values import name_of

__all__ = ["Dictionary"]

D = TypeVar("D")


@in_place_of(dictionary)
class Dictionary(dictionary.Dictionary, Lookups[str]):
    """A dictionary: values by key, which are read from the host at each call."""

    @overload
    def get(self, key: str) -> str | None: ...
    @overload
    def get(self, key: str, default: D) -> str | D: ...
    def get(self, key: str, default: D | None = None) -> str | D | None:
        """Gives the value of a key.

        :param key: the key
        :param default: what there is for a key that is not there
        :returns: the value, or the default
        :raises TypeError: when the key is no `str`
        :raises FastlyError: what the host reports
        """
        value = self.lookup(name_of(key))
        return default if value is None else value
