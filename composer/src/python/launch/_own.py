"""The app's own modules: under the names that their files have in the app's folder, and with their source.

A traceback at a request then reads as at home, though there are no files: `linecache` keeps what has no time.
"""

import contextlib
import linecache
import sys
from importlib.machinery import (
    BYTECODE_SUFFIXES,
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    SourceFileLoader,
    SourcelessFileLoader,
)
from importlib.util import decode_source

from . import _given

_trace = None


class _Loader(SourceFileLoader):
    """Compiles a file under its name in the app's folder."""

    def get_code(self, fullname):
        path = self.get_filename(fullname)
        data = self.get_data(path)
        shown = _shown(path)
        try:
            # The text itself is what gives the lines, when they are wanted.
            linecache.cache[shown] = (decode_source(data).__str__,)
        except (SyntaxError, UnicodeDecodeError):
            pass  # The compiler says it with the place.
        code = compile(data, shown, "exec", dont_inherit=True)
        if _trace is not None:
            _trace.watch(code)
        return code


@contextlib.contextmanager
def modules(report):
    """Loads the app's own modules so, for the time of the build."""
    global _trace
    if _given.TRACE:
        from ._trace import Trace

        _trace = Trace()
    loaders = (
        (ExtensionFileLoader, EXTENSION_SUFFIXES),
        (_Loader, SOURCE_SUFFIXES),
        (SourcelessFileLoader, BYTECODE_SUFFIXES),
    )

    def hook(path):
        if _shown(path + "/") is None:
            raise ImportError("another's folder")
        return FileFinder(path, *loaders)

    sys.path_hooks.insert(0, hook)
    _forget()
    try:
        yield
    finally:
        sys.path_hooks.remove(hook)
        _forget()
        for module in list(sys.modules.values()):
            loader = getattr(getattr(module, "__spec__", None), "loader", None)
            if type(loader) is _Loader:
                # Nothing of the build is left in it.
                loader.__class__ = SourceFileLoader


def _shown(path):
    """What a file is called in the app's folder; nothing for another's."""
    for folder, shown in _given.ROOTS:
        if path.startswith(folder):
            return shown + path.removeprefix(folder)
    return None


def _forget():
    for path in list(sys.path_importer_cache):
        if _shown(path + "/") is not None:
            del sys.path_importer_cache[path]
