"""What the names of a module stand for, and which of its parts may fail or never run."""

import ast
from collections.abc import Iterator

# Whoever catches one of these may live without a name.
CAUGHT = {"AttributeError", "BaseException", "Exception", "ImportError", "ModuleNotFoundError"}
# Functions whose `with` lets a name be missing.
LENIENT = {"assertRaises", "raises", "suppress"}


class Scopes:
    """A module, looked through once."""

    def __init__(self, tree: ast.Module, package: str) -> None:
        self.tree = tree
        self.parents = {id(child): node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        # What may be missing without harm, or is never run.
        self.guarded: set[int] = set()
        # Annotations, which nobody may ever evaluate.
        self.annotations: set[int] = set()
        for node in ast.walk(tree):
            self.guarded.update(id(n) for part in _guarded(node) for n in ast.walk(part))
            self.annotations.update(id(n) for part in _annotations(node) for n in ast.walk(part))
        self._bound, self._uncertain = _bindings(tree, package)

    def attribute_of(self, node: ast.AST) -> ast.Attribute | None:
        """The attribute that is taken of an expression, if one is."""
        parent = self.parents.get(id(node))
        return parent if isinstance(parent, ast.Attribute) and parent.value is node else None

    def full_name(self, node: ast.AST) -> str | None:
        """`wit_world.imports.kv_store.Store` for a name or attributes of one, where an import alone tells what it is."""
        attributes = []
        while isinstance(node, ast.Attribute):
            attributes.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id in self._uncertain or node.id not in self._bound:
            return None
        return ".".join([self._bound[node.id], *reversed(attributes)])


def _guarded(node: ast.AST) -> Iterator[ast.AST]:
    handlers = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.ExceptHandler)]
    if any(_is_caught(handler.type) for handler in handlers):
        yield from getattr(node, "body", [])
    elif isinstance(node, (ast.With, ast.AsyncWith)):
        calls = [n.func for item in node.items for n in ast.walk(item.context_expr) if isinstance(n, ast.Call)]
        if any(_last(call) in LENIENT for call in calls):
            yield from node.body
    elif isinstance(node, ast.If) and _last(node.test) == "TYPE_CHECKING":
        yield from node.body


def _is_caught(handler: ast.AST | None) -> bool:
    """Whether a handler may catch that a name is missing; what is no class by its name may be anything."""
    if handler is None:
        return True
    if isinstance(handler, ast.Tuple):
        return any(map(_is_caught, handler.elts))
    name = _last(handler)
    is_class = name is not None and name[:1].isupper() and not name.isupper()
    return not is_class or name in CAUGHT


def _last(node: ast.AST | None) -> str | None:
    """`c` of `a.b.c`."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)


def _annotations(node: ast.AST) -> Iterator[ast.AST]:
    for part in (getattr(node, "annotation", None), getattr(node, "returns", None)):
        if isinstance(part, ast.AST):
            yield part


def _bindings(tree: ast.Module, package: str) -> tuple[dict[str, str], set[str]]:
    """What each imported name stands for, and the names that may stand for something else, too."""
    bound: dict[str, str] = {}
    uncertain: set[str] = set()

    def bind(name: str, full: str) -> None:
        if bound.setdefault(name, full) != full:
            uncertain.add(name)

    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.split(".")[0]
                bind(alias.asname or first, alias.name if alias.asname else first)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if alias.name == "*":
                    continue
                module = f"{package}." if node.level else ""
                bind(alias.asname or alias.name, f"{module}{node.module or ''}.{alias.name}")
        else:
            uncertain.update(_other_names(node))
    return bound, uncertain


def _other_names(node: ast.AST) -> Iterator[str]:
    """The names that something other than an import gives a meaning."""
    if isinstance(node, ast.Name):
        if not isinstance(node.ctx, ast.Load):
            yield node.id
    elif isinstance(node, ast.Global):
        yield from node.names
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.alias):
        return
    else:
        # Functions, classes, what handlers and patterns catch, type parameters.
        yield from (
            value for field, value in ast.iter_fields(node) if field in ("name", "rest") and isinstance(value, str)
        )
