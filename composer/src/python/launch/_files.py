"""An app with files: it is imported in its own folder, which it is in at a request, too.

Without files nothing of this is there. So this module puts itself before the last step of the build, and no other one
knows of it.
"""

import os
import sys
from importlib import import_module

from . import _leftovers

# What `importlib.resources` imports when it is first asked for a file. It is asked at a request.
_RESOURCES = (
    "importlib.readers",
    "importlib.resources._adapters",
    "importlib.resources.readers",
    "importlib.resources.simple",
)
_HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_COPIED = ("python", "world")
_PART = 1 << 14


def stand(package, home, path, library):
    """Before the app is imported: go where it is at home, and have the end of the build come by here."""
    os.chdir(home)
    check = _leftovers.check

    def end(before, report):
        _leftovers.check = check
        _end(package, path, library)
        check(before, report)

    _leftovers.check = end


def _end(package, path, library):
    """After the app was imported: what is there at a request is all that is left."""
    if "importlib.resources" in sys.modules:
        for name in _RESOURCES:
            import_module(name)
    # A module that is nowhere is missing for no other reason than at home.
    sys.meta_path[:] = [finder for finder in sys.meta_path if finder.__module__ != f"{package}.late"]
    if library:
        for folder in _COPIED:
            _copy("/" + folder, os.path.join(_HERE, folder))

    def is_left(folder):
        is_kept = any((folder + "/").startswith(kept + "/") for kept in path)
        return os.path.isdir(folder) and (is_kept or not os.path.isabs(folder))

    sys.path[:] = [folder for folder in sys.path if is_left(folder)]
    for folder in [folder for folder in sys.path_importer_cache if not is_left(folder)]:
        del sys.path_importer_cache[folder]


def _copy(source, target):
    """The library is inside of componentize-py, and nowhere but here as files."""
    for folder, folders, names in os.walk(source):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        made = target + folder.removeprefix(source)
        os.makedirs(made, exist_ok=True)
        for name in sorted(names):
            _copy_file(os.path.join(folder, name), os.path.join(made, name))


def _copy_file(source, target):
    # Memory that a large file was in would be in the snapshot.
    read, written = os.open(source, os.O_RDONLY), os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    while part := os.read(read, _PART):
        while part:
            part = part[os.write(written, part) :]
    os.close(read)
    os.close(written)
