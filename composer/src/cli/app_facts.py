"""Says what an app imports and which packages it has, as JSON on standard output.

Run by `composer build` with the Python of the build's virtual environment:

    python app_facts.py BINDINGS PACKAGE OWN PATH...

BINDINGS is the package of the generated bindings, each PATH a folder of
modules, the app's own first. OWN is the folder of the modules that the package PACKAGE has for this world:
what they import counts where the app imports them. Sources are parsed and not run: an import inside a
function counts.

`names` are all the names that the app can call something by, or nothing where it may compute one: a package may
do anything with an object that it is given, and so may `getattr`.
"""

import ast
import importlib.metadata
import json
import re
import sys
from pathlib import Path


def imported_interfaces(source: str, bindings: str) -> "tuple[set[str], bool]":
    """The interfaces that a module imports, and whether it imports the whole package of them."""
    package = f"{bindings}.imports"
    names: "set[str]" = set()
    whole = False
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
            names.update(m[len(package) + 1:].split(".")[0] for m in modules if m.startswith(package + "."))
            whole |= package in modules
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            if node.module == package:
                whole |= any(alias.name == "*" for alias in node.names)
                names.update(alias.name for alias in node.names if alias.name != "*")
            elif node.module and node.module.startswith(package + "."):
                names.add(node.module[len(package) + 1:].split(".")[0])
            elif node.module == bindings:
                whole |= any(alias.name in ("imports", "*") for alias in node.names)
    return names, whole


def named_interfaces(source: str, bindings: str) -> "set[str]":
    """The same by pattern, for a module that this Python cannot parse; rather one too many."""
    package = re.escape(f"{bindings}.imports")
    names = set(re.findall(package + r"\.(\w+)", source))
    for group in re.findall(r"from\s+" + package + r"\s+import\s+(\([^)]*\)|[^\n]*)", source):
        names.update(name for name in re.findall(r"(\w+)(?:\s+as\s+\w+)?", group))
    return names


def imported_modules(source: str, package: str, inside: bool = False) -> "set[str]":
    """The modules of a package that a module imports, or names that may be one; `inside` it, by relative imports too."""
    names: "set[str]" = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            parts = [alias.name.split(".") for alias in node.names]
            names.update(part[1] for part in parts if part[0] == package and len(part) > 1)
        elif isinstance(node, ast.ImportFrom):
            path = (node.module or "").split(".") if node.module else []
            if inside and node.level == 1:
                path.insert(0, package)
            elif node.level:
                continue
            if path[:1] == [package]:
                names.update(path[1:2] or [alias.name for alias in node.names])
    return names


# Whoever names one of these may look anything up.
COMPUTES = {"__dict__", "attrgetter", "dir", "eval", "exec", "getmembers", "methodcaller", "vars"}


def spelled_names(source: str) -> "set[str] | None":
    """The names that a module spells, in text too; nothing where it may compute one."""
    names: "set[str]" = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute):
            names.add(node.attr)
        elif isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.keyword) and node.arg:
            names.add(node.arg)
        elif isinstance(node, ast.alias):
            names.update(node.name.split("."))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names.update(re.findall(r"\w+", node.value))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "getattr":
            if len(node.args) < 2 or not isinstance(node.args[1], ast.Constant):
                return None
    return None if names & COMPUTES else names


def joined(first: "set[str] | None", second: "set[str] | None") -> "set[str] | None":
    return None if first is None or second is None else first | second


def of_package(
    package: str, own: Path, wanted: "set[str]", bindings: str
) -> "tuple[set[str], bool, set[str] | None]":
    """The interfaces that these modules of the package import, those that they import in turn, and their names."""
    names: "set[str]" = set()
    spelled: "set[str] | None" = set()
    whole, done = False, set()
    while wanted - done:
        module = min(wanted - done)
        done.add(module)
        file = own / f"{module}.py"
        if file.is_file():
            source = file.read_text(encoding="utf-8")
            found, all_of_them = imported_interfaces(source, bindings)
            names |= found
            whole |= all_of_them
            spelled = joined(spelled, spelled_names(source))
            wanted = wanted | imported_modules(source, package, inside=True)
    return names, whole, spelled


def main(bindings: str, package: str, own: Path, paths: "list[str]") -> None:
    names: "set[str]" = set()
    modules: "set[str]" = set()
    whole = False
    spelled: "set[str] | None" = set() if len(paths) == 1 else None
    for path in paths:
        for file in sorted(Path(path).rglob("*.py")):
            if any(part.startswith(".") or part == "__pycache__" for part in file.relative_to(path).parts):
                continue
            source = file.read_text(encoding="utf-8", errors="replace")
            # Parsing every file of every package takes seconds; those that bind anything say so.
            if spelled is None and bindings not in source and package not in source:
                continue
            try:
                spelled = joined(spelled, spelled_names(source))
                modules |= imported_modules(source, package)
                found, all_of_them = imported_interfaces(source, bindings)
            except SyntaxError:
                # The app's Python is newer than this one may be; a mistake is for that one to tell.
                found, all_of_them = named_interfaces(source, bindings), False
                spelled = None
            names |= found
            whole |= all_of_them
    found, all_of_them, theirs = of_package(package, own, modules, bindings)
    names |= found
    whole |= all_of_them
    spelled = joined(spelled, theirs)
    packages = {
        distribution.metadata["Name"]: distribution.version
        for distribution in importlib.metadata.distributions(path=paths[1:])
    }
    facts = {
        "interfaces": sorted(names),
        "whole": whole,
        "names": None if spelled is None else sorted(spelled),
        "packages": packages,
    }
    json.dump(facts, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), sys.argv[4:])
