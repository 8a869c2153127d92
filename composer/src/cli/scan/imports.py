"""What a module imports: other modules, and interfaces of the bindings."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from scopes import Scopes

# Whoever names one of these may import what no source spells, or make code out of data.
IMPORTERS = {
    "__import__",
    "__path__",
    "entry_points",
    "exec",
    "eval",
    "exec_module",
    "find_loader",
    "find_spec",
    "import_module",
    "import_string",
    "load_module",
    "meta_path",
    "module_from_spec",
    "path_hooks",
    "reload",
    "resolve_name",
    "spec_from_file_location",
}
# Modules that do so for whoever imports them.
IMPORTING = {
    "builtins",
    "code",
    "codeop",
    "copyreg",
    "doctest",
    "imp",
    "logging.config",
    "marshal",
    "multiprocessing",
    "pickle",
    "pkgutil",
    "pydoc",
    "runpy",
    "shelve",
    "timeit",
    "unittest",
    "zipimport",
}


@dataclass
class Imports:
    """The modules that a module imports, by their full names; some may be other things of a package."""

    modules: set[str] = field(default_factory=set)
    # The packages of which it imports `*`.
    stars: set[str] = field(default_factory=set)
    # Whether there may be more, since names are computed.
    computed: bool = False
    # Whether they may be found in other folders than usual.
    elsewhere: bool = False


def imports(tree: ast.Module, package: str) -> Imports:
    """What a module imports that is in `package`; an import inside a function counts."""
    found = Imports()
    known: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.modules.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = absolute(node, package)
            found.modules.add(module)
            found.modules.update(f"{module}.{alias.name}" for alias in node.names if alias.name != "*")
            found.stars.update(module for alias in node.names if alias.name == "*")
        elif isinstance(node, ast.Call) and (name := _imported(node)):
            found.modules.add(name)
            known.add(id(node.func))
    found.computed = any(is_below(module, IMPORTING) for module in found.modules) or any(_computes(tree, known))
    found.elsewhere = any(_is_search_path(node) for node in ast.walk(tree))
    return found


def is_below(module: str, modules: set[str]) -> bool:
    """Whether a module is one of these, or in one."""
    parts = module.split(".")
    return any(".".join(parts[:length]) in modules for length in range(1, len(parts) + 1))


def absolute(node: ast.ImportFrom, package: str) -> str:
    """The full name of the module that something is imported from."""
    if not node.level:
        return node.module or ""
    parts = package.split(".") if package else []
    parts = parts[: len(parts) - node.level + 1]
    return ".".join(parts + ([node.module] if node.module else []))


def _imported(call: ast.Call) -> str | None:
    """`a.b` where it is `import_module("a.b")` or `__import__("a.b")`."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", None)
    if name not in ("import_module", "__import__") or len(call.args) != 1 or call.keywords:
        return None
    argument = call.args[0]
    module = argument.value if isinstance(argument, ast.Constant) else None
    return module if isinstance(module, str) and not module.startswith(".") else None


def _computes(tree: ast.Module, known: set[int]) -> Iterator[bool]:
    """Whether parts of a module may import what nothing spells; the calls that are `known` do not."""
    for node in ast.walk(tree):
        if isinstance(node, ast.alias):
            # Whether `import_module` is called with text is to be seen where it is called, unless it has another name.
            last = node.name.rpartition(".")[2]
            yield last in IMPORTERS and (last != "import_module" or node.asname is not None)
        elif isinstance(node, ast.Name):
            yield id(node) not in known and node.id in IMPORTERS | {"compile"}
        elif isinstance(node, ast.Attribute):
            yield id(node) not in known and node.attr in IMPORTERS
        elif isinstance(node, ast.Constant):
            yield isinstance(node.value, str) and node.value in IMPORTERS


def _is_search_path(node: ast.AST) -> bool:
    """Whether it is `sys.path`, or adds to it."""
    if isinstance(node, ast.ImportFrom):
        return node.module == "sys" and any(alias.name == "path" for alias in node.names)
    if isinstance(node, ast.Import):
        return any(alias.name in ("site", "sys") and alias.asname for alias in node.names)
    if not isinstance(node, ast.Attribute):
        return False
    return node.attr == "addsitedir" or (node.attr == "path" and getattr(node.value, "id", None) == "sys")


def docstrings(tree: ast.Module) -> set[int]:
    """Texts that stand for themselves, by the identity of their nodes."""
    return {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


@dataclass
class Interfaces:
    """The interfaces that a module imports, each with the line that says so."""

    lines: dict[str, int] = field(default_factory=dict)
    # Those whose absence the module lives with.
    optional: set[str] = field(default_factory=set)
    # Whether it may import any.
    whole: bool = False

    def add(self, name: str, line: int, optional: bool = False) -> None:
        if name.startswith("_"):
            self.whole = True
        elif optional and name not in self.lines:
            self.optional.add(name)
        else:
            self.optional.discard(name)
            self.lines[name] = min(line, self.lines.get(name, line))


def interfaces(tree: ast.Module, bindings: str, scopes: Scopes) -> Interfaces:
    """The interfaces that a module imports, and whether it may import any."""
    package, found = f"{bindings}.imports", Interfaces()
    prose = docstrings(tree)
    for node in ast.walk(tree):
        optional = id(node) in scopes.guarded
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith(package + "."):
                    found.add(alias.name[len(package) + 1 :].split(".")[0], node.lineno, optional)
                # Under another name, what becomes of it is not followed.
                found.whole |= alias.name == package or (alias.name == bindings and alias.asname is not None)
        elif isinstance(node, ast.ImportFrom):
            _of_from(node, bindings, found, optional)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            _of_text(node.value, node.lineno, bindings, found)
        elif _is_called(node, bindings):
            _of_use(node, found, scopes)
    return found


def _of_from(node: ast.ImportFrom, bindings: str, found: Interfaces, optional: bool) -> None:
    module, package = "" if node.level else node.module or "", f"{bindings}.imports"
    for alias in node.names:
        if module.startswith(package + "."):
            found.add(module[len(package) + 1 :].split(".")[0], node.lineno, optional)
        elif module == package and alias.name != "*":
            found.add(alias.name, node.lineno, optional)
        elif module == package or (module == bindings and alias.name in ("imports", "*")) or alias.name == bindings:
            found.whole = True


def _of_text(text: str, line: int, bindings: str, found: Interfaces) -> None:
    """Text that names the bindings may be made into the name of a module."""
    exact = re.fullmatch(rf"{re.escape(bindings)}\.imports\.(\w+)(\.\w+)*", text)
    if exact:
        found.add(exact[1], line, optional=True)
    elif re.search(rf"\b{re.escape(bindings)}\b", text):
        found.whole |= not re.fullmatch(rf"{re.escape(bindings)}\.exports(\.\w+)*", text)


def _is_called(node: ast.AST, name: str) -> bool:
    return (isinstance(node, ast.Name) and node.id == name) or (isinstance(node, ast.Attribute) and node.attr == name)


def _of_use(node: ast.AST, found: Interfaces, scopes: Scopes) -> None:
    """`wit_world.imports.kv_store` names one; of `wit_world` itself anything may be asked."""
    first = scopes.attribute_of(node)
    second = first and scopes.attribute_of(first)
    if first is not None and first.attr == "imports" and second is not None:
        found.add(second.attr, second.lineno, id(second) in scopes.guarded)
    elif first is None or first.attr != "exports":
        found.whole = True


def by_text(data: bytes, bindings: str) -> bool:
    """Whether a module that cannot be read may have to do with the bindings."""
    return bindings.encode() in data
