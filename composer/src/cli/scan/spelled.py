"""The names that a module can call something by.

A function that no source names is left out of the bindings, so what is not certain counts as a name computed.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from imports import docstrings, imports, is_below

# Functions that look a name up which is given as text: certain where the text is there to be read.
LOOKS_UP = {"getattr", "hasattr"}
# Functions that look up any name.
BUILTINS = {"__builtins__", "compile", "dir", "eval", "exec", "globals", "locals", "vars"}
# The same of whatever has an attribute or a function of this name.
REFLECTS = {
    "__builtins__",
    "__dict__",
    "__getattribute__",
    "__globals__",
    "attrgetter",
    "f_globals",
    "f_locals",
    "get_field",
    "getattr",
    "getattr_static",
    "getmembers",
    "getmembers_static",
    "hasattr",
    "methodcaller",
    "vformat",
}
# Modules that look up names for whoever imports them, in text or in what they are given.
REFLECTING = {
    "_pickle",
    "bdb",
    "builtins",
    "cProfile",
    "code",
    "codeop",
    "copyreg",
    "ctypes",
    "doctest",
    "gc",
    "inspect",
    "logging.config",
    "marshal",
    "multiprocessing",
    "pdb",
    "pickle",
    "pickletools",
    "profile",
    "pydoc",
    "rlcompleter",
    "runpy",
    "shelve",
    "timeit",
    "trace",
    "unittest",
    "xmlrpc",
}
# Modules that call functions with arguments that they are given in a dictionary, and what such an argument is called.
PASSES_ON = {"sched", "threading"}
ARGUMENTS = {"keywords", "kwargs"}


@dataclass
class Spelled:
    """The names that a module spells, in text too."""

    names: set[str] = field(default_factory=set)
    # Whether it may look up others.
    computes: bool = False
    # Whether it may pass keyword arguments that nothing spells.
    any_keyword: bool = False

    def add(self, other: "Spelled") -> None:
        self.names |= other.names
        self.computes |= other.computes
        self.any_keyword |= other.any_keyword


def spelled(tree: ast.Module) -> Spelled:
    """The names that a module spells."""
    names = {name for node in ast.walk(tree) for name in _names(node)}
    modules = imports(tree, "").modules
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    literal, prose = _literals(tree), docstrings(tree)
    return Spelled(
        names=names,
        computes=any(is_below(module, REFLECTING) for module in modules)
        or any(_computes(node, called, literal, prose) for node in ast.walk(tree)),
        any_keyword=any(is_below(module, PASSES_ON) for module in modules)
        or any(isinstance(node, ast.keyword) and node.arg in ARGUMENTS | {None} for node in ast.walk(tree)),
    )


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        if isinstance(node.value, (str, bytes)):
            text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
            yield from re.findall(r"\w+", text)
        return
    # Whatever the node is, its texts are names: of attributes, arguments, imports, patterns.
    for _, value in ast.iter_fields(node):
        for name in value if isinstance(value, list) else [value]:
            if isinstance(name, str):
                yield from name.split(".")


def _computes(node: ast.AST, called: set[int], literal: set[str], prose: set[int]) -> bool:
    """Whether a node may look up a name that nothing spells."""
    if isinstance(node, ast.Name):
        return node.id in BUILTINS or (node.id in REFLECTS and not (node.id in LOOKS_UP and id(node) in called))
    if isinstance(node, ast.Call):
        return _looks_up(node)
    if isinstance(node, ast.Attribute):
        # The fields of a format look up attributes.
        formats = node.attr in ("format", "format_map") and not _is_literal(node.value, literal)
        return node.attr in REFLECTS or formats
    if isinstance(node, ast.alias):
        return not REFLECTS.isdisjoint(node.name.split("."))
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return node.name in REFLECTS
    # As text it may be what is looked up.
    return isinstance(node, ast.Constant) and id(node) not in prose and node.value in REFLECTS


def _looks_up(call: ast.Call) -> bool:
    """Whether it is a `getattr` of a name that is not there to be read."""
    if not (isinstance(call.func, ast.Name) and call.func.id in LOOKS_UP):
        return False
    is_unpacked = any(isinstance(arg, ast.Starred) for arg in call.args[:2])
    return is_unpacked or len(call.args) < 2 or not isinstance(call.args[1], ast.Constant)


def _literals(tree: ast.Module) -> set[str]:
    """The names that stand for text which is there to be read, and for nothing else."""
    assigned = [node for node in ast.walk(tree) if isinstance(node, ast.Assign)]
    texts = {
        target.id
        for node in assigned
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value, ast.Constant)
    }
    stored = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    arguments = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    return {name for name in texts if stored.count(name) == 1 and name not in arguments}


def _is_literal(node: ast.AST, literal: set[str]) -> bool:
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id in literal)
