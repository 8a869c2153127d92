"""ACLs that take addresses as `ipaddress` has them.

Importing this module lets `acl.Acl.lookup` of the bindings take them.
"""

from wit_world.imports import acl

from ._substitute import in_place_of
from ._values import Address

__all__ = ["Acl"]


@in_place_of(acl)
class Acl(acl.Acl):
    """An access control list."""

    def lookup(self, address: Address) -> str | None:
        """Looks up an address.

        :param address: an `ipaddress.IPv4Address` or `IPv6Address`, or its text
        :returns: the entry as JSON, with its `prefix` and `action`; `None` when there is none for the address
        :raises FastlyError: what the host reports; `AclError` has its cases
        """
        return super().lookup(str(address))
