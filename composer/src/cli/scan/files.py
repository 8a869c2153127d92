"""Where the modules of an app are, and their sources.

Whatever is no regular file that can be read is passed by: a pipe would never end, and a link may lead nowhere or back
to where it is.
"""

import ast
import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

# What a module is called that has no source: only byte code, or compiled.
OPAQUE = (".pyc", ".so", ".pyd")
# What the generator of the bindings writes beside them begins so.
GENERATED = "componentize_py_"


@dataclass(frozen=True)
class Source:
    """A module that is there as a file."""

    name: str
    path: str
    # "app", "own" for the modules that the world brings, or "packages".
    origin: str

    @cached_property
    def data(self) -> bytes:
        with open(self.path, "rb") as file:
            return file.read()

    @cached_property
    def tree(self) -> ast.Module | None:
        """The module's syntax; none where this Python cannot read it, which may be older than the app's."""
        if not self.path.endswith(".py"):
            return None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                # Of bytes, a byte order mark and a declared encoding are understood.
                return ast.parse(self.data, self.path)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None

    @property
    def package(self) -> str:
        """The package that relative imports start from."""
        is_package = os.path.basename(self.path).startswith("__init__.")
        return self.name if is_package else self.name.rpartition(".")[0]

    def mentions(self, *words: str) -> bool:
        return any(word.encode() in self.data for word in words)


def is_readable(path: str) -> bool:
    """Whether it is a regular file that can be read, or leads to one."""
    return os.path.isfile(path) and os.access(path, os.R_OK)


class Places:
    """The folders that modules are looked for in: the app's first, then those of its packages.

    `own` is the folder of the modules that the world brings into its `package`. The names that the build itself fills
    are not looked for.
    """

    def __init__(self, app: list[str], packages: list[str], own: str, package: str, bindings: str) -> None:
        self.roots = [(folder, "app") for folder in app] + [(folder, "packages") for folder in packages]
        self.own, self.package, self.bindings = own, package, bindings

    def is_taken(self, top: str) -> bool:
        """Whether the build fills this name of the first level."""
        return top == self.bindings or top.startswith(GENERATED)

    def find(self, name: str) -> list[Source]:
        """The files that an import of this module runs: those of the packages that it is in, and its own."""
        parts = name.split(".")
        if self.is_taken(parts[0]):
            return []
        folders = [(self.own, "own")] if parts[0] == self.package else self.roots
        found = []
        for depth in range(1 if parts[0] == self.package else 0, len(parts)):
            source, folders = self._step(folders, parts[: depth + 1])
            found += [source] if source else []
        return found

    def _step(self, folders: list[tuple[str, str]], parts: list[str]) -> tuple[Source | None, list[tuple[str, str]]]:
        """The file of a module in one of these folders, and the folders of what is below it."""
        name, namespace = ".".join(parts), []
        for folder, origin in folders:
            path = os.path.join(folder, parts[-1])
            for suffix in (".py", ".pyc"):
                if is_readable(os.path.join(path, "__init__" + suffix)):
                    return Source(name, os.path.join(path, "__init__" + suffix), origin), [(path, origin)]
            if is_readable(path + ".py"):
                return Source(name, path + ".py", origin), []
            opaque = self._opaque(folder, parts[-1])
            if opaque:
                return Source(name, opaque, origin), []
            if os.path.isdir(path):
                namespace.append((path, origin))
        return None, namespace

    @staticmethod
    def _opaque(folder: str, name: str) -> str | None:
        try:
            names = sorted(os.listdir(folder))
        except OSError:
            return None
        paths = [os.path.join(folder, n) for n in names if n.split(".")[0] == name and n.endswith(OPAQUE)]
        return next(filter(is_readable, paths), None)

    def all_own(self) -> list[Source]:
        """The modules that the world brings."""
        names = sorted(name for name in os.listdir(self.own) if name.endswith(".py"))
        return [Source(f"{self.package}.{name[:-3]}", os.path.join(self.own, name), "own") for name in names]

    def below(self, name: str) -> list[str]:
        """The modules right below a package of the app or of its packages."""
        source = next((s for s in self.find(name) if s.name == name), None)
        if source is None or source.package != name:
            return []
        names = sorted(os.listdir(os.path.dirname(source.path)))
        return [f"{name}.{n.partition('.')[0]}" for n in names if not n.startswith(("_", "."))]

    def everything(self, origin: str) -> Iterator[Source]:
        """Every module of the app, or of its packages."""
        for root in (folder for folder, of in self.roots if of == origin):
            for path in self._files(root):
                parts = os.path.relpath(path, root)[: -len(".py")].split(os.sep)
                name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
                yield Source(name, path, origin)

    def _files(self, root: str) -> Iterator[str]:
        seen, top = set(), os.path.realpath(root)
        for folder, folders, names in os.walk(root, followlinks=True):
            real = os.path.realpath(folder)
            # A link may lead to where it is, and to a folder that the app is in.
            is_around = folder != root and os.path.join(top, "").startswith(os.path.join(real, ""))
            if real in seen or is_around:
                folders.clear()
                continue
            seen.add(real)
            is_top = folder == root
            folders[:] = sorted(
                name for name in folders if self._is_source(folder, name) and not (is_top and self._is_ours(name))
            )
            for name in sorted(names):
                path = os.path.join(folder, name)
                is_ours = is_top and self._is_ours(name.partition(".")[0])
                if name.endswith(".py") and not name.startswith(".") and not is_ours and is_readable(path):
                    yield path

    @staticmethod
    def _is_source(folder: str, name: str) -> bool:
        """Whether a folder goes into the build: what is hidden does not, nor do an environment and what is npm's."""
        is_environment = os.path.isfile(os.path.join(folder, name, "pyvenv.cfg"))
        return not name.startswith(".") and name not in ("__pycache__", "node_modules") and not is_environment

    def _is_ours(self, top: str) -> bool:
        return self.is_taken(top) or top == self.package
