"""Headers as a mapping: `request.headers["accept"]`, `response.headers.add("set-cookie", …)`.

Importing this module gives `http_req.Request` and `http_resp.Response` the property `headers`. `Headers(request)` is the
same, and is what a type checker knows.
"""

from collections.abc import ItemsView, Iterable, Iterator, Mapping, MutableMapping, ValuesView
from typing import Protocol, cast, overload

from componentize_py_types import Err
from wit_world.imports import http_req, http_resp, types

from ._substitute import in_place_of
from ._values import Octets, name_of, octets, text

__all__ = ["Headers", "Request", "Response", "Value"]

Value = str | Octets | int
"""What the value of a header may be given as. Text is sent as UTF-8."""


class _Message(Protocol):
    """Whatever has headers."""

    def get_headers(self) -> list[tuple[str, bytes]]: ...
    def get_header_names(self) -> list[str]: ...
    def get_header_value(self, name: str) -> bytes | None: ...
    def get_header_values(self, name: str) -> list[bytes]: ...
    def set_header_values(self, name: str, values: list[bytes]) -> None: ...
    def insert_header(self, name: str, value: bytes) -> None: ...
    def append_header(self, name: str, value: bytes) -> None: ...
    def remove_header(self, name: str) -> None: ...


class Headers(MutableMapping[str, str]):
    """The headers of a request or a response, as they are at the host: nothing is copied.

    Case does not matter in a name, and a name can be there more than once. As with `http.client.HTTPMessage`, `[]`
    and `get` give the first value, iteration and `len` are about every header, so that a name comes as often as it is
    there, and to set a header is to replace all of its name. To delete what is not there is no error.

    Values are text. One that is no UTF-8 has its other bytes as surrogate escapes, as file names have them: it can be
    given to another header as it is, and `get_bytes` gives the bytes.

    Every call is one of the host, and raises what that raises: `types.Error.INVALID_ARGUMENT` for what is no name or
    no value of a header, `ALREADY_CONSUMED` when the message has been sent.
    """

    __slots__ = ("_message",)

    def __init__(self, message: _Message) -> None:
        """Views the headers of a message.

        :param message: the request or response
        """
        self._message = message

    def __getitem__(self, name: str) -> str:
        """Gives the first value of a header.

        :raises KeyError: when there is no such header
        """
        value = self.get_bytes(name)
        if value is None:
            raise KeyError(name)
        return text(value)

    def __setitem__(self, name: str, value: Value) -> None:
        """Sets a header, in place of all of its name."""
        self._message.insert_header(name_of(name), _octets(value))

    def __delitem__(self, name: str) -> None:
        """Removes every header of a name."""
        try:
            self._message.remove_header(name_of(name))
        except Err as error:
            # What is not there is refused like what is no name, and only the latter cannot be asked for.
            if error.value is not types.Error.INVALID_ARGUMENT or name in self:
                raise

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get_bytes(name) is not None

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._message.get_headers())

    def __len__(self) -> int:
        return len(self._message.get_headers())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Headers):
            return sorted(self._pairs()) == sorted(other._pairs())
        if isinstance(other, Mapping):
            return sorted(self._pairs()) == sorted((str(name).lower(), value) for name, value in other.items())
        return NotImplemented

    def __repr__(self) -> str:
        return f"{type(self).__name__}({list(self._pairs())!r})"

    def items(self) -> ItemsView[str, str]:
        """Gives every header, a name that is there twice as two of them."""
        return _Items(self)

    def values(self) -> ValuesView[str]:
        """Gives the value of every header."""
        return _Values(self)

    def clear(self) -> None:
        """Removes every header."""
        for name in self._message.get_header_names():
            self._message.remove_header(name)

    def get_bytes(self, name: str) -> bytes | None:
        """Gives the first value of a header as the host has it.

        :param name: the header
        :returns: the value, or `None` when there is no such header
        """
        return self._message.get_header_value(name_of(name))

    def getlist(self, name: str) -> list[str]:
        """Gives every value of a header.

        :param name: the header
        :returns: the values in their order; none when there is no such header
        """
        return [text(value) for value in self._message.get_header_values(name_of(name))]

    @overload
    def get_all(self, name: str) -> list[str] | None: ...
    @overload
    def get_all(self, name: str, default: list[str]) -> list[str]: ...
    def get_all(self, name: str, default: list[str] | None = None) -> list[str] | None:
        """Gives every value of a header, as `http.client.HTTPMessage` does.

        :param name: the header
        :param default: what there is for a header that is not there
        :returns: the values in their order, or the default
        """
        return self.getlist(name) or default

    def add(self, name: str, value: Value) -> None:
        """Adds a header, and keeps those of its name.

        :param name: the header
        :param value: its value
        """
        self._message.append_header(name_of(name), _octets(value))

    def set(self, name: str, value: Value) -> None:
        """Sets a header, in place of all of its name: what `headers[name] = value` does.

        :param name: the header
        :param value: its value
        """
        self[name] = value

    def setlist(self, name: str, values: Iterable[Value]) -> None:
        """Sets a header to several values, in place of all of its name.

        :param name: the header
        :param values: the values; without any, the header is removed
        """
        given = [_octets(value) for value in values]
        if given:
            self._message.set_header_values(name_of(name), given)
        else:
            del self[name]

    def extend(self, headers: "Mapping[str, Value] | Iterable[tuple[str, Value]]") -> None:
        """Adds several headers, and keeps those of their names.

        :param headers: a mapping, or pairs of name and value
        """
        pairs = headers.items() if isinstance(headers, Mapping) else headers
        for name, value in cast("Iterable[tuple[str, Value]]", pairs):
            self.add(name, value)

    def _pairs(self) -> Iterator[tuple[str, str]]:
        return ((name, text(value)) for name, value in self._message.get_headers())


class _Items(ItemsView[str, str]):
    _mapping: Headers

    def __contains__(self, item: object) -> bool:
        return any(pair == item for pair in self)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return self._mapping._pairs()


class _Values(ValuesView[str]):
    _mapping: Headers

    def __contains__(self, value: object) -> bool:
        return any(other == value for other in self)

    def __iter__(self) -> Iterator[str]:
        return (value for _, value in self._mapping._pairs())


def _octets(value: Value) -> bytes:
    return b"%d" % value if isinstance(value, int) else octets(value)


@in_place_of(http_req)
class Request(http_req.Request):
    """A request, with its headers as a mapping."""

    @property
    def headers(self) -> Headers:
        """The headers, as they are at the host."""
        return Headers(self)


@in_place_of(http_resp)
class Response(http_resp.Response):
    """A response, with its headers as a mapping."""

    @property
    def headers(self) -> Headers:
        """The headers, as they are at the host."""
        return Headers(self)
