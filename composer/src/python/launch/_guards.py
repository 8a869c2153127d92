"""What there is none of when an app is built: a host, a network, an end of the process.

All of it is put back before the snapshot is taken.
"""

import contextlib
import errno
import os
import sys
from importlib.machinery import PathFinder

import _socket
import componentize_py_runtime

from ._report import stack

# These ask libc, which keeps the host's network once it has it: that of the build, in the snapshot.
_LOOKUPS = ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr", "getnameinfo")
_NOTE = "there are no sockets, neither when an app is built nor when it serves a request: the host makes connections"


@contextlib.contextmanager
def standing(report):
    """For the time in which the app is imported."""
    real = componentize_py_runtime.call_import
    componentize_py_runtime.call_import = _host(report, real)
    exits = [(module, module._exit) for module in (os, sys.modules["posix"])]
    for module, exit in exits:
        module._exit = _ending(report, exit)
    sockets = _Sockets()
    try:
        yield
    finally:
        componentize_py_runtime.call_import = real
        for module, exit in exits:
            module._exit = exit
        sockets.restore()


def _host(report, real):
    def call_import(index, arguments):
        frame = sys._getframe(1)
        module = frame.f_globals["__name__"].rpartition(".")[2]
        name = frame.f_code.co_qualname.removesuffix(".__init__")
        # The calls of the bindings say no more than the name.
        while frame.f_back is not None and frame.f_code.co_filename.startswith("/world/"):
            frame = frame.f_back
        report.ends("host", function=f"{module}.{name}", text=stack(frame))
        # It traps, so that nothing of the app can take it for an error of the host.
        return real(index, arguments)

    return call_import


def _ending(report, real):
    def _exit(status):
        report.ends("exit", called=f"os._exit({status!r})", text=stack(sys._getframe(1)))
        return real(status)

    return _exit


class _Sockets:
    """Refuses sockets as the stubs do which the app has at a request."""

    def __init__(self):
        self._is_standing = True
        self._changed = []
        for name in _LOOKUPS:
            if hasattr(_socket, name):
                self._change(_socket, name, self._lookup(getattr(_socket, name)))
        if "socket" in sys.modules:
            self._loaded(sys.modules["socket"])
        else:
            sys.meta_path.insert(0, self)

    def find_spec(self, name, path=None, target=None):
        """Finds the module of sockets, to change it once it is there."""
        if name != "socket":
            return None
        sys.meta_path.remove(self)
        spec = PathFinder.find_spec(name, path, target)
        real = spec.loader.exec_module

        def exec_module(module):
            del spec.loader.exec_module
            real(module)
            self._loaded(module)

        spec.loader.exec_module = exec_module
        return spec

    def restore(self):
        """Puts everything back. What an app keeps of it does as the real one does from then on."""
        self._is_standing = False
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        for owner, name, value in reversed(self._changed):
            setattr(owner, name, value)
        # The module has the names of the one below it.
        for name, value in [(name, value) for owner, name, value in self._changed if owner is _socket]:
            if "socket" in sys.modules and hasattr(sys.modules["socket"], name) and name != "getaddrinfo":
                setattr(sys.modules["socket"], name, value)

    def _change(self, owner, name, value):
        self._changed.append((owner, name, getattr(owner, name)))
        setattr(owner, name, value)

    def _loaded(self, module):
        real = module.socket.__init__

        def __init__(made, *args, **kwargs):
            if self._is_standing:
                raise _noted(OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP)))
            real(made, *args, **kwargs)

        self._change(module.socket, "__init__", __init__)

    def _lookup(self, real):
        def lookup(*args, **kwargs):
            if self._is_standing:
                raise _noted(_socket.gaierror(_socket.EAI_FAIL, "Non-recoverable error"))
            return real(*args, **kwargs)

        return lookup


def _noted(error):
    error.add_note(_NOTE)
    return error
