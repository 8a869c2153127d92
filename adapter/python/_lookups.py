"""What all stores share that give a value for a key and cannot say which keys there are."""

from typing import TYPE_CHECKING, Generic, TypeVar

V = TypeVar("V")


class Lookups(Generic[V]):
    """The part of a mapping that such a store has: `store[key]`, `key in store`."""

    # Python would count from `store[0]` up.
    __iter__ = None

    if TYPE_CHECKING:

        def get(self, key: str) -> V | None: ...

    def __getitem__(self, key: str) -> V:
        """Gives the value of a key.

        :raises KeyError: when there is no such key
        """
        value = self.get(key)
        if value is None:
            raise KeyError(key)
        return value

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.get(key) is not None
