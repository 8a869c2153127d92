"""Says what an app's modules import inside functions that is not there at a request, as JSON on standard output.

Run by `composer build` with the Python of the build, after the app was imported in the sandbox:

    python late.py LOADED APP... -- PATH...

LOADED is a file with the names of the modules that the sandbox has, a line each. Each APP is a folder of the app's own
modules, each PATH one of packages. Sources are parsed and not run. An import that the app does without, in a `try` that catches its
failure, is not told, nor is one for type checkers alone.
"""

import ast
import json
import sys
import sysconfig
from pathlib import Path

# A `try` that catches one of these does without what it imports.
FAILURES = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}

# Calls that import what their first argument says.
IMPORTERS = {"__import__", "import_module"}

# Calls that read files, of their own package or by a path.
READERS = {"as_file", "files", "get_data", "open", "open_binary", "open_text", "read_binary", "read_bytes", "read_text"}

# Modules of the standard library that read files of a package.
LIBRARY_READERS = {"zoneinfo": "zoneinfo (tzdata)"}

# What is beside modules and is no data that they read.
NO_DATA = {".c", ".cpp", ".h", ".md", ".pxd", ".py", ".pyc", ".pyd", ".pyi", ".pyx", ".rst", ".so", ".typed", ""}


class Functions(ast.NodeVisitor):
    """What the functions of a module import, and whether they read files."""

    def __init__(self, package: str) -> None:
        self.package = package
        self.imports: "list[tuple[str, list[str], int, str]]" = []
        self.computed: "list[int]" = []
        self.reads = False
        self._function: "str | None" = None
        self._done_without = False

    def _inside(self, node: ast.AST, name: str) -> None:
        outer, self._function = self._function, name
        self.generic_visit(node)
        self._function = outer

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._inside(node, node.name)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._inside(node, node.name)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._inside(node, "<lambda>")

    def visit_Try(self, node: ast.Try) -> None:
        caught = [handler.type for handler in node.handlers]
        names = {part.id for kind in caught if kind for part in ast.walk(kind) if isinstance(part, ast.Name)}
        outer = self._done_without
        self._done_without = outer or None in caught or bool(names & FAILURES)
        for statement in node.body:
            self.visit(statement)
        self._done_without = outer
        for statement in [*node.handlers, *node.orelse, *node.finalbody]:
            self.visit(statement)

    def visit_If(self, node: ast.If) -> None:
        test = node.test.attr if isinstance(node.test, ast.Attribute) else getattr(node.test, "id", None)
        for statement in node.orelse if test == "TYPE_CHECKING" else [node.test, *node.body, *node.orelse]:
            self.visit(statement)

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._add(alias.name, [], node.lineno)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        above = self.package.split(".") if node.level and self.package else []
        path = above[: len(above) - node.level + 1]
        module = ".".join([*path, *([node.module] if node.module else [])])
        self._add(module, [alias.name for alias in node.names], node.lineno)

    def visit_Call(self, node: ast.Call) -> None:
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)
        if called in IMPORTERS and self._function and not self._done_without:
            named = node.args[0] if node.args else None
            if isinstance(named, ast.Constant) and isinstance(named.value, str):
                if not named.value.startswith("."):
                    self._add(named.value, [], node.lineno)
            else:
                self.computed.append(node.lineno)
        self.reads |= called in READERS and self._function is not None
        self.generic_visit(node)

    def _add(self, module: str, names: "list[str]", line: int) -> None:
        if module and self._function and not self._done_without:
            self.imports.append((module, names, line, self._function))


class Modules:
    """The modules that there are: those of the sandbox, and those that are only in a folder."""

    def __init__(self, loaded: "set[str]", paths: "list[Path]") -> None:
        self.loaded = loaded
        self.paths = paths
        self.library = Path(sysconfig.get_paths()["stdlib"])

    def file(self, name: str, folder: Path) -> "Path | None":
        path = folder.joinpath(*name.split("."))
        files = (path / "__init__.py", path.parent / f"{path.name}.py")
        return next((file for file in files if file.is_file()), None)

    def is_somewhere(self, name: str) -> bool:
        return any(self.file(name, folder) for folder in [*self.paths, self.library])

    def missing(self, module: str, names: "list[str]") -> "list[str]":
        """What an import would have to load: the module, or modules inside of it."""
        if module not in self.loaded:
            return [module]
        inside = [f"{module}.{name}" for name in names]
        return [name for name in inside if name not in self.loaded and self.is_somewhere(name)]


def looked_through(name: str, file: Path) -> "Functions | None":
    """The functions of a module; nothing of one that is too new for this Python."""
    try:
        tree = ast.parse(file.read_bytes())
    except (SyntaxError, ValueError):
        return None
    functions = Functions(name if file.name == "__init__.py" else name.rpartition(".")[0])
    functions.visit(tree)
    return functions


def has_data(folder: Path) -> bool:
    return any(file.is_file() and file.suffix not in NO_DATA for file in folder.rglob("*"))


def main(loaded: Path, app: "list[Path]", packages: "list[Path]") -> None:
    modules = Modules(set(loaded.read_text(encoding="utf-8").split()), [*app, *packages])
    own: "list[dict[str, object]]" = []
    theirs: "dict[str, list[str]]" = {}
    computed: "dict[str, str]" = {}
    readers: "set[Path]" = set()
    for name in sorted(modules.loaded):
        folder = next((path for path in modules.paths if modules.file(name, path)), None)
        file = modules.file(name, folder) if folder else None
        functions = looked_through(name, file) if file else None
        if functions is None or file is None or folder is None:
            continue
        place = file.relative_to(folder).as_posix()
        for module, names, line, function in functions.imports:
            for missing in modules.missing(module, names):
                if folder in app:
                    own.append({"module": missing, "file": str(file), "line": line, "function": function})
                elif modules.is_somewhere(missing):
                    theirs.setdefault(missing, []).append(f"{place}:{line}")
        if functions.computed and folder not in app:
            computed.setdefault(name.partition(".")[0], f"{place}:{functions.computed[0]}")
        if functions.reads and folder not in app:
            readers.add(folder / name.partition(".")[0])
    json.dump(
        {
            "own": own,
            # What most functions import comes first.
            "packages": [[name, places[0]] for name, places in sorted(theirs.items(), key=lambda item: -len(item[1]))],
            "computed": sorted([name, place] for name, place in computed.items()),
            "data": sorted(
                [path.name for path in readers if has_data(path)]
                + [shown for name, shown in LIBRARY_READERS.items() if name in modules.loaded]
            ),
        },
        sys.stdout,
    )


if __name__ == "__main__":
    split = sys.argv.index("--")
    main(Path(sys.argv[1]), [Path(path) for path in sys.argv[2:split]], [Path(path) for path in sys.argv[split + 1 :]])
