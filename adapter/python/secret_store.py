"""Secret stores as mappings: `bytes(store["key"])`, `store["key"].text()`, `"key" in store`.

Importing this module gives `secret_store.Store` and `secret_store.Secret` of the bindings all of that. What a store gives
is the secret and not its text, so that it can be handed on, to a backend say, without ever being in the app's memory.
"""

from typing import TypeVar, overload

from wit_world.imports import secret_store

from ._lookups import Lookups
from ._substitute import in_place_of
from ._values import name_of

__all__ = ["Secret", "Store"]

D = TypeVar("D")


@in_place_of(secret_store)
class Secret(secret_store.Secret):
    """A secret. Its plaintext is asked for at each call, and its `repr` does not show it."""

    def __bytes__(self) -> bytes:
        return self.plaintext()

    def text(self) -> str:
        """Gives the plaintext as text.

        :returns: the plaintext
        :raises UnicodeDecodeError: when it is no UTF-8
        """
        return self.plaintext().decode()


@in_place_of(secret_store)
class Store(secret_store.Store, Lookups[Secret]):
    """A secret store: secrets by key."""

    @overload
    def get(self, key: str) -> Secret | None: ...
    @overload
    def get(self, key: str, default: D) -> Secret | D: ...
    def get(self, key: str, default: D | None = None) -> Secret | D | None:
        """Gives the secret of a key.

        :param key: the key
        :param default: what there is for a key that is not there
        :returns: the secret, or the default
        :raises TypeError: when the key is no `str`
        :raises FastlyError: what the host reports
        """
        secret = super().get(name_of(key))
        # The host's secrets are of the class above: it has the name that they are made by.
        return default if secret is None else secret  # type: ignore[return-value]
