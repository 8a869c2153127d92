"""What Python people have at hand, as the bindings take it."""

from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address

Octets = bytes | bytearray | memoryview
Seconds = float | timedelta
Address = str | IPv4Address | IPv6Address


def seconds(value: Seconds) -> float:
    """Gives a span of time in seconds.

    :param value: seconds, or a `timedelta`
    :returns: seconds
    """
    return value.total_seconds() if isinstance(value, timedelta) else float(value)


def octets(value: str | Octets) -> bytes:
    """Gives text or bytes as bytes; text is UTF-8, and what was no UTF-8 when it was read is as it was.

    :param value: text, or anything with bytes in it, such as a `bytearray`
    :returns: the bytes
    :raises TypeError: when it is neither
    """
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape")
    # `bytes(5)` would be five zeros.
    return memoryview(value).tobytes()


def text(value: bytes) -> str:
    """Gives bytes as text, also those that are no UTF-8: `octets` has them back.

    :param value: the bytes
    :returns: the text
    """
    return value.decode("utf-8", "surrogateescape")


def name_of(value: object, what: str = "a key") -> str:
    """Gives a name as it is. Any other object would end the sandbox, and so would text that cannot be UTF-8.

    :param value: the name
    :param what: what it is the name of
    :returns: the name
    :raises TypeError: when it is no `str`
    :raises ValueError: when it cannot be UTF-8
    """
    if not isinstance(value, str):
        raise TypeError(f"{what} is a str, not {type(value).__name__}")
    if not value.isascii():
        value.encode()
    return value
