"""What each sandbox would do for the first time: it is done here, and so is in the snapshot.

The first handle of a sandbox imports `atexit` and registers with it, and the runtime sets the environment: Python runs
the machinery of imports for that, which writes to some twenty pages of the snapshot. Running it a few times also leaves
its byte code as specialized as it gets, where a request would count down to that, and write, again.
"""

import os
import weakref

# More often than Python waits before it specializes.
_TIMES = 16
_NAME = "COMPOSER_FIRST"


class _Held:
    """What a handle is to `finalize`: something that can be referred to weakly."""


def run():
    """Do it, and leave nothing behind."""
    for _ in range(_TIMES):
        held = _Held()
        weakref.finalize(held, int).detach()
        weakref.finalize(held, int)
        del held
        os.environ[_NAME] = "1"
        del os.environ[_NAME]
