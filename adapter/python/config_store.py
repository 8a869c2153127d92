"""Config stores as mappings: `store["key"]`, `"key" in store`, `store.get("key", "default")`.

Importing this module gives `config_store.Store` of the bindings all of that. The host does not list the keys, so there is
no iteration and no `len`.
"""

from typing import TypeVar, overload

from wit_world.imports import config_store

from ._lookups import Lookups
from ._substitute import in_place_of
from ._values import name_of

__all__ = ["Store"]

D = TypeVar("D")


@in_place_of(config_store)
class Store(config_store.Store, Lookups[str]):
    """A config store: values by key, which are read from the host at each call."""

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
        value = super().get(name_of(key))
        return default if value is None else value
