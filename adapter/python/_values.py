"""What Python people have at hand, as the bindings take it."""

from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address

Octets = bytes | bytearray | memoryview
Seconds = float | timedelta
Address = str | IPv4Address | IPv6Address
# How much is read of what is read to its end. No sandbox has more memory than this.
MOST = 2**32 - 1


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
    try:
        # `bytes(5)` would be five zeros.
        return memoryview(value).tobytes()
    except TypeError:
        raise TypeError(f"str or bytes are wanted, not {type(value).__name__}") from None


def text(value: bytes) -> str:
    """Gives bytes as text, also those that are no UTF-8: `octets` has them back.

    :param value: the bytes
    :returns: the text
    """
    return value.decode("utf-8", "surrogateescape")


def name_of(name: str) -> str:
    """Gives a name as it is, unless it cannot be UTF-8: that would end the sandbox. What is no text the bindings refuse.

    :param name: the name, such as a key
    :returns: the name
    :raises ValueError: when it cannot be UTF-8
    """
    if isinstance(name, str) and not name.isascii():
        name.encode()
    return name
