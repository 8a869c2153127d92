"""KV stores as mappings of bytes: `store["key"] = "text"`, `store["key"]`, `del store["key"]`, `for key in store`.

Importing this module gives `kv_store.Store` and `kv_store.Entry` of the bindings all of that. There is no `len`: it would
list the whole store, and `list(store)` would ask for it.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar, overload, runtime_checkable

from wit_world.imports import http_body, kv_store

from ._substitute import in_place_of
from ._values import MOST, Octets, name_of, octets

__all__ = ["Entry", "Page", "Store", "Value"]

D = TypeVar("D")
# How much of a file is in memory at a time.
PIECE = 64 * 1024
# How many lookups are under way at once.
AT_ONCE = 16


@runtime_checkable
class _File(Protocol):
    def read(self, size: int, /) -> bytes | str: ...


Value = str | Octets | http_body.Body | _File
"""What a value may be given as. Text is stored as UTF-8; a body is used up, a file read to its end."""


class Page(NamedTuple):
    """One page of the keys of a store."""

    keys: "list[str]"
    cursor: str | None
    """Where the next page starts; `None` for the last."""


@in_place_of(kv_store)
class Entry(kv_store.Entry):
    """What a lookup found, with its value in one piece."""

    def read(self) -> bytes:
        """Gives the value; after that, or after `take_body`, there is none left.

        :returns: the value, or `b""` when it was taken before
        :raises FastlyError: when it cannot be read to its end
        """
        body = self.take_body()
        return b"" if body is None else body.read_all(MOST)

    def text(self) -> str:
        """Gives the value as text, as `read` does.

        :returns: the value
        :raises UnicodeDecodeError: when it is no UTF-8
        """
        return self.read().decode()

    def json(self) -> Any:
        """Gives what the value says as JSON, as `read` does.

        :returns: the value
        :raises ValueError: when it is no JSON
        """
        return json.loads(self.read())


@in_place_of(kv_store)
class Store(kv_store.Store):
    """A KV store as a mapping; `lookup` has what else there is of a key, `insert_with` how else to write one."""

    if TYPE_CHECKING:
        # What the host gives is of the class above, which has the name that it is made by.
        def lookup(self, key: str) -> Entry | None: ...

    def __getitem__(self, key: str) -> bytes:
        """Gives the value of a key.

        :raises KeyError: when there is no such key
        """
        entry = self.lookup(name_of(key))
        if entry is None:
            raise KeyError(key)
        return _read(entry)

    def __setitem__(self, key: str, value: Value) -> None:
        """Writes the value of a key, in place of what it had."""
        self.insert(name_of(key), body_of(value))

    def __delitem__(self, key: str) -> None:
        """Forgets a key.

        :raises KeyError: when there is no such key
        """
        if not self.delete(name_of(key)):
            raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.lookup(name_of(key)) is not None

    def __iter__(self) -> Iterator[str]:
        return self.keys()

    @overload
    def get(self, key: str) -> bytes | None: ...
    @overload
    def get(self, key: str, default: D) -> bytes | D: ...
    def get(self, key: str, default: D | None = None) -> bytes | D | None:
        """Gives the value of a key.

        :param key: the key
        :param default: what there is for a key that is not there
        :returns: the value, or the default
        :raises FastlyError: what the host reports
        """
        entry = self.lookup(name_of(key))
        return default if entry is None else _read(entry)

    def pages(
        self, prefix: str = "", limit: int | None = None, cursor: str | None = None, mode: kv_store.ListMode | None = None
    ) -> Iterator[Page]:
        """Lists the keys page by page. The next page is asked for when it is wanted.

        :param prefix: what the keys start with
        :param limit: how many keys a page has at most
        :param cursor: where to go on: the `cursor` of a page
        :param mode: how current the list must be
        :returns: the pages
        :raises FastlyError: what the host reports
        """
        while True:
            page = json.loads(self.list_with(_options(prefix, limit, cursor, mode)))
            cursor = page["meta"].get("next_cursor") or None
            yield Page(page["data"], cursor)
            if cursor is None:
                return

    def keys(self, prefix: str = "", limit: int | None = None, mode: kv_store.ListMode | None = None) -> Iterator[str]:
        """Lists the keys, in as many pages as there are.

        :param prefix: what the keys start with
        :param limit: how many keys a page has at most
        :param mode: how current the list must be
        :returns: the keys
        :raises FastlyError: what the host reports
        """
        for page in self.pages(prefix, limit, mode=mode):
            yield from page.keys

    def items(self, prefix: str = "") -> Iterator[tuple[str, bytes]]:
        """Gives keys and their values; several are looked up at a time. A key that is gone by then is left out.

        :param prefix: what the keys start with
        :returns: the pairs
        :raises FastlyError: what the host reports
        """
        for some in _batches(self.keys(prefix)):
            for key, pending in [(key, self.lookup_async(key)) for key in some]:
                entry = pending.wait()
                if entry is not None:
                    yield key, _read(entry)


def body_of(value: Value) -> http_body.Body:
    """Gives a value as a body.

    :param value: a body, which is given back, or what makes the content of a new one
    :returns: the body
    :raises TypeError: when it is no value
    """
    if isinstance(value, http_body.Body):
        return value
    body = http_body.Body()
    if isinstance(value, _File):
        while piece := value.read(PIECE):
            body.write(octets(piece))
    else:
        body.write(octets(value))
    return body


def _read(entry: kv_store.Entry) -> bytes:
    body = entry.take_body()
    return b"" if body is None else body.read_all(MOST)


def _options(prefix: str, limit: int | None, cursor: str | None, mode: kv_store.ListMode | None) -> kv_store.ListOptions:
    options = kv_store.ListOptions()
    options.set_prefix(prefix)
    if limit is not None:
        options.set_limit(limit)
    if cursor is not None:
        options.set_cursor(cursor)
    if mode is not None:
        options.set_mode(mode)
    return options


def _batches(keys: Iterable[str]) -> "Iterator[list[str]]":
    left = iter(keys)
    while some := list(islice(left, AT_ONCE)):
        yield some
