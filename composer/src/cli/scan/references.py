"""Where a module uses names of the bindings, and which of these do not exist."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from known import Known
from scopes import Scopes

# An attribute of this name says nothing about what it is an attribute of.
COMMON = {name for kind in (str, bytes, bytearray, int, float, list, tuple, dict, set, range) for name in dir(kind)}


@dataclass(frozen=True)
class Use:
    """A name in a line."""

    line: int
    name: str
    called: bool


@dataclass
class Uses:
    """The uses of some names in a module."""

    # Names of which an import shows what they belong to.
    resolved: list[Use] = field(default_factory=list)
    # Attributes of an object that is not known.
    unresolved: list[Use] = field(default_factory=list)


def uses(scopes: Scopes, bindings: str, names: set[str]) -> Uses:
    """Where a module uses these names: with a module in front, as `kv_store.Store.insert`, or alone, as `insert`."""
    prefix, found = f"{bindings}.imports.", Uses()
    called = {id(node.func) for node in ast.walk(scopes.tree) if isinstance(node, ast.Call)}
    for node, line, full in _named(scopes):
        is_called = id(node) in called
        if full is None and isinstance(node, ast.Attribute) and node.attr in names:
            found.unresolved.append(Use(line, node.attr, is_called))
        elif full and full.startswith(prefix) and full[len(prefix) :] in names:
            found.resolved.append(Use(line, full[len(prefix) :], is_called))
    return found


def _named(scopes: Scopes) -> Iterator[tuple[ast.AST, int, str | None]]:
    """Each name in a module with its line, and with what it is in full where an import tells."""
    for node in ast.walk(scopes.tree):
        if isinstance(node, ast.Import):
            yield from ((node, node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node, node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Attribute):
            yield node, node.end_lineno or node.lineno, scopes.full_name(node)
        elif isinstance(node, ast.Name):
            yield node, node.lineno, scopes.full_name(node)


def defined(tree: ast.Module) -> set[str]:
    """The names that a module gives to what is its own: functions, and attributes that it sets."""
    functions = {n.name for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))}
    return functions | {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)}


def texts(tree: ast.Module) -> set[str]:
    """The names in text, which may be asked for or set before they are used."""
    constants = (n.value for n in ast.walk(tree) if isinstance(n, ast.Constant))
    return {value for value in constants if isinstance(value, str) and value.isidentifier()}


def sets_any(tree: ast.Module) -> bool:
    """Whether a module may give anything a name that it does not spell."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ("__dict__", "__setattr__"):
            return True
        if isinstance(node, ast.Name) and node.id in ("setattr", "vars", "exec"):
            return True
    return False


def missing(scopes: Scopes, known: Known) -> Iterator[tuple[int, str, str | None]]:
    """The names of the bindings that do not exist, each with its line and what comes next to it."""
    for node, line, full in _named(scopes):
        is_read = isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
        if not full or not is_read or id(node) in scopes.guarded or id(node) in scopes.annotations:
            continue
        found = known.missing(full)
        # The first name that is not there says it, and what is taken of it would say it again.
        if found and found.full == full:
            yield line, found.name, found.near
