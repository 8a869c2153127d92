"""Apps of a few files, and what the scanner says of them."""

import os
import shutil
import tempfile
from pathlib import Path

from report import report

# What the world brings into its package.
OWN = {
    "sheets.py": "from wit_world.imports import kv_store\nfrom . import paper\n",
    "paper.py": "import wit_world.imports.geo\n",
    "other.py": "from wit_world.imports import acl\n",
    "late.py": "from importlib import import_module\nfor name in NAMES: import_module(name)\n",
}


class App:
    """A folder with an app, `main.py` and more, and a folder with its packages."""

    def __init__(self, main="", files=None, packages=None, **request):
        self.folder = Path(tempfile.mkdtemp())
        self.request = {
            "bindings": "wit_world",
            "package": "post",
            "entry": "main",
            "app": [str(self.folder / "app")],
            "packages": [str(self.folder / "packages")] if packages is not None else [],
            "own": str(self.folder / "own"),
            "stubs": STUBS,
            "plain": False,
            "names": [],
            **request,
        }
        self.write("own", OWN)
        self.write("packages", packages or {})
        self.write("app", {"main.py": main, **(files or {})})

    def write(self, below, files):
        (self.folder / below).mkdir()
        for name, text in files.items():
            path = self.folder / below / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def said(self):
        """What is said of it; then it is gone."""
        try:
            return report(self.request)
        finally:
            shutil.rmtree(self.folder)


# Where the stubs of the whole world are.
STUBS = os.environ.get("STUBS", "")


def said(*args, **kwargs):
    """What is said of an app."""
    return App(*args, **kwargs).said()


def bound(*args, **kwargs):
    """The interfaces that an app binds, `None` for all; first those it imports, then those it may import."""
    of_it = said(*args, **kwargs)
    return None if of_it["whole"] else (sorted(of_it["interfaces"]), of_it["perhaps"])
