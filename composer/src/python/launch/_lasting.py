"""The objects of the snapshot that last as long as a sandbox: listed, so that who links the app can say so in them.

Python counts references in the object itself. Passing an object on at a request so writes to its page of the snapshot,
and the host copies that page for the sandbox. An object whose count says that it lasts forever is not counted. Python
has no call that sets it, and the list says where the counts are.
"""

import gc
import sys
import types
from struct import pack_into

# Backwards, so that the list is the only place where it stands as it is sought.
_MARK = b"\x8c\x1e\xf3:stcejbo-gnitsal:resopmoc"[::-1]
# What CPython 3.14 counts for what lasts forever where a count has 32 bits: `_Py_IMMORTAL_INITIAL_REFCNT`.
_FOREVER = 5 << 28
# They come and go with calls, and hold what is only there for now.
_PASSING = {types.FrameType, types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType}


def is_known():
    """Whether this Python keeps its counts as the list says."""
    is_cpython = sys.implementation.name == "cpython" and sys.version_info[:2] == (3, 14)
    return is_cpython and sys.maxsize == 2**31 - 1 and hasattr(sys, "_is_immortal")


def keep():
    """Lists the objects, and keeps both the list and them in a circle, which a collector that is frozen never breaks."""
    if not is_known():
        return
    found = _found()
    # One piece of memory and none that grows: what is thrown away here is in the snapshot, too.
    listed = bytearray(len(_MARK) + 8 + 8 * len(found))
    listed[: len(_MARK)] = _MARK
    pack_into("<II", listed, len(_MARK), _FOREVER, len(found))
    for at, one in enumerate(found):
        pack_into("<II", listed, len(_MARK) + 8 + 8 * at, id(one), id(type(one)))
    kept = [found, listed]
    kept.append(kept)


def _found():
    """What the collector knows, and what leads on from there."""
    found, seen = gc.get_objects(), set()
    is_passing, is_lasting = _PASSING.__contains__, sys._is_immortal
    count = 0
    for one in found:
        # Each is moved to the front once it is known to be another one, and what it holds is put at the end.
        if id(one) in seen or is_passing(type(one)) or is_lasting(one):
            continue
        seen.add(id(one))
        found[count] = one
        count += 1
        found.extend(held for held in _held(one) if id(held) not in seen and not is_lasting(held))
    del found[count:]
    return found


def _held(one):
    if isinstance(one, types.CodeType):
        # A code object does not tell the collector what it holds.
        return [one.co_consts, one.co_names, one.co_name, one.co_qualname, one.co_filename]
    return gc.get_referents(one)
