"""Says where an app's own sources use names, as JSON on standard output.

Run by `composer build` for a host that lacks something, with the Python of the build:

    python app_uses.py BINDINGS APP NAME...

BINDINGS is the package of the generated bindings, APP the app's folder. A NAME with a module, such as
`kv_store.Store.insert`, is found however the module was imported; one without, such as `insert`, where
it is an attribute of something that no import tells: then it counts whether it is called. Sources are
parsed and not run.
"""

import ast
import json
import sys
from pathlib import Path

# An attribute of this name says nothing about what it is an attribute of.
COMMON = {name for kind in (str, bytes, bytearray, int, float, list, tuple, dict, set, range) for name in dir(kind)}


def bound_names(tree: ast.AST) -> "dict[str, str]":
    """What each imported name stands for, in full."""
    bound = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.split(".")[0]
                bound[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            for alias in node.names:
                bound[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return bound


def full_name(node: ast.AST, bound: "dict[str, str]") -> "str | None":
    """`wit_world.imports.kv_store.Store` for a name or a chain of attributes that begins with an import."""
    if isinstance(node, ast.Name):
        return bound.get(node.id)
    if isinstance(node, ast.Attribute):
        of = full_name(node.value, bound)
        return of and f"{of}.{node.attr}"
    return None


def defined_names(tree: ast.AST) -> "set[str]":
    """The names that a module gives to what is its own: functions, and attributes that it sets."""
    functions = {n.name for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))}
    return functions | {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)}


def uses(tree: ast.AST, bindings: str, names: "set[str]") -> "tuple[list, list]":
    """The uses that can be told, and the attributes that cannot: each a line, a name, and whether it is called."""
    prefix, bound = f"{bindings}.imports.", bound_names(tree)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    told, untold = [], []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, (ast.Name, ast.Attribute)):
            found = [full_name(node, bound)]
        else:
            continue
        line = getattr(node, "end_lineno", node.lineno) if isinstance(node, ast.Attribute) else node.lineno
        for name in found:
            if name and name.startswith(prefix) and name[len(prefix):] in names:
                told.append((line, name[len(prefix):], id(node) in called))
            elif not name and isinstance(node, ast.Attribute) and node.attr in names:
                untold.append((line, node.attr, id(node) in called))
    return told, untold


def main(bindings: str, app: str, names: "set[str]") -> None:
    told, untold, defined = [], [], set()
    for file in sorted(Path(app).rglob("*.py")):
        if any(part.startswith(".") or part == "__pycache__" for part in file.relative_to(app).parts):
            continue
        try:
            tree = ast.parse(file.read_text(encoding="utf-8", errors="replace"))
        except SyntaxError:
            # The app's Python is newer than this one may be; a mistake is for that one to tell.
            continue
        defined |= defined_names(tree)
        found, attributes = uses(tree, bindings, names)
        for uses_of, kind in ((told, found), (untold, attributes)):
            uses_of += [{"file": str(file), "line": line, "name": name, "called": call} for line, name, call in kind]
    ambiguous = sorted((COMMON | defined) & names)
    json.dump({"told": told, "untold": untold, "ambiguous": ambiguous}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], set(sys.argv[3:]))
