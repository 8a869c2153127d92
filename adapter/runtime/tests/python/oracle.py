"""Answers a batch of questions with Python's own library: JSON in, JSON out.

Floats travel as the integers that their bits are, so that no JSON reader rounds them.
"""

import json
import math
import struct
import sys
from datetime import timedelta
from fractions import Fraction
from ipaddress import ip_address


def bits(value):
    return struct.unpack("<Q", struct.pack("<d", value))[0]


def unbits(value):
    return struct.unpack("<d", struct.pack("<Q", value))[0]


def packed(text):
    """The octets of an address, or None for what is no address. Scopes are Python's alone."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return None if getattr(address, "scope_id", None) is not None else list(address.packed)


def text(octets):
    address = ip_address(bytes(octets))
    mapped = getattr(address, "ipv4_mapped", None)
    # Python prints the dotted form from 3.13 on. What runs here may be older than what runs in the guest.
    return f"::ffff:{mapped}" if mapped and sys.version_info < (3, 13) else str(address)


def count(seconds, per_second, most):
    """The rule once more, in exact arithmetic."""
    if not math.isfinite(seconds) or seconds < 0:
        return None
    exact = Fraction(seconds) * per_second
    nearest = math.floor(exact + Fraction(1, 2))
    slack = max(Fraction(1, 1 << 20), 4 * Fraction(math.ulp(seconds)) * per_second)
    if abs(exact - min(nearest, most)) <= slack:
        return min(nearest, most)
    return max(nearest, 1) if per_second > 1 and nearest <= most else None


def main():
    asked = json.load(sys.stdin)
    json.dump(
        {
            "texts": [packed(each) for each in asked["texts"]],
            "addresses": [text(each) for each in asked["addresses"]],
            "counts": [bits(each / per_second) for each, per_second in asked["counts"]],
            "seconds": [count(unbits(seconds), *rest) for seconds, *rest in asked["seconds"]],
            "microseconds": [bits(timedelta(microseconds=each).total_seconds()) for each in asked["microseconds"]],
        },
        sys.stdout,
    )


main()
