"""Generators of random numbers that nobody seeded: each sandbox would draw the same numbers from them.

componentize-py calls `random.seed()` at the first request, and has looked it up before. So where there are such
generators, what it finds there seeds them as well; where there are none, nothing is changed.
"""

import contextlib
import random
import sys
import weakref


@contextlib.contextmanager
def noted():
    """Notes the generators that are made without a seed."""
    real, found = random.Random.seed, weakref.WeakSet()

    def seed(self, a=None, version=2):
        if type(self) is not random.SystemRandom:
            (found.add if a is None else found.discard)(self)
        return real(self, a, version)

    random.Random.seed = seed
    try:
        yield found
    finally:
        random.Random.seed = real


def renew(found):
    """Has them seeded anew in each sandbox, and the node of `uuid1` chosen anew."""
    # componentize-py has the generator of the module itself seeded.
    generators = [each for each in found if each is not random._inst]
    if generators:
        random.seed = _Renewal(random.seed, generators)
    if "uuid" in sys.modules:
        sys.modules["uuid"]._node = None


class _Renewal:
    """`random.seed` until it is called for the first time."""

    def __init__(self, seed, generators):
        self._seed, self._generators = seed, generators

    def __call__(self, *args, **kwargs):
        random.seed = self._seed
        for each in self._generators:
            each.seed()
        self._generators = ()
        self._seed(*args, **kwargs)
