"""What a request leaves in `/tmp`: the next one of the same sandbox finds nothing of it."""

import os
import sys

# Elsewhere, `/tmp` is not the app's own.
_IS_SANDBOX = sys.platform == "wasi"


def empty() -> None:
    """Remove all that is in `/tmp` of this sandbox."""
    if _IS_SANDBOX:
        clear("/tmp")


def clear(folder: str) -> None:
    """Remove all that is in a folder. A file that is still open can be read until it is closed."""
    try:
        names = os.listdir(folder)
    except OSError:
        # An app without files has no such folder, and nothing can be left there.
        return
    for name in names:
        path = f"{folder}/{name}"
        try:
            os.unlink(path)
        except OSError:
            # It is a folder.
            clear(path)
            os.rmdir(path)
