"""The names that there are in the bindings and the package, as their stubs have them."""

import ast
import difflib
import os
from dataclasses import dataclass, field

# What modules of the bindings import for themselves, and stubs do not say.
IMPORTED = {
    "Any",
    "Enum",
    "Err",
    "Flag",
    "Generic",
    "List",
    "Literal",
    "Ok",
    "Optional",
    "Protocol",
    "Result",
    "Self",
    "Some",
    "TracebackType",
    "Tuple",
    "Type",
    "TypeVar",
    "Union",
    "abstractmethod",
    "auto",
    "componentize_py_async_support",
    "componentize_py_runtime",
    "componentize_py_types",
    "dataclass",
    "types",
    "typing",
    "weakref",
}
# What objects of the bindings have for themselves.
MEMBERS = {"finalizer", "handle", "mro"}
# What classes have that derive from these; of others it is not known.
BASES = {
    "Enum": {"name", "value"},
    "Flag": {"name", "value"},
    "Generic": set(),
    "Protocol": set(),
    "Err": {"value", *dir(Exception)},
    "Exception": set(dir(Exception)),
}


@dataclass
class Names:
    """The names of a module or a class, those of its classes within."""

    names: "dict[str, Names | None]" = field(default_factory=dict)
    # Whether there may be more.
    is_open: bool = False


@dataclass(frozen=True)
class Missing:
    """A name that does not exist, in full and below the bindings, and what comes next to it."""

    full: str
    name: str
    near: str | None


class Known:
    """The stubs of a folder."""

    def __init__(self, folder: str, bindings: str, package: str | None, more: set[str]) -> None:
        self.folder, self.imports, self.package, self.more = folder, f"{bindings}.imports", package, more
        self._modules: dict[str, Names | None] = {}

    def missing(self, full: str) -> Missing | None:
        """What of a full name does not exist, where that is certain."""
        module, rest = self._split(full)
        names = self._module(module)
        if not names or not rest:
            return None
        for part in rest[:2]:
            found = names.names.get(part)
            if part not in names.names:
                is_known = names.is_open or part.startswith("_") or part in self.more
                return None if is_known else self._missing(module, part, names)
            if found is None:
                return None
            module, names = f"{module}.{part}", found
        return None

    def _missing(self, of: str, name: str, names: Names) -> Missing:
        path = of.removeprefix(self.imports + ".")
        return Missing(f"{of}.{name}", f"{path}.{name}", self._near(path, name, names))

    def _near(self, path: str, name: str, names: Names) -> str | None:
        public = [known for known in names.names if not known.startswith("_") and known not in IMPORTED | MEMBERS]
        close = difflib.get_close_matches(name, public, n=1, cutoff=0.6)
        return f"{path}.{close[0]}" if close else None

    def _split(self, full: str) -> tuple[str, list[str]]:
        """The module that a name is in, and what it is there."""
        parts = full.split(".")
        if full.startswith(self.imports + "."):
            return ".".join(parts[:3]), parts[3:]
        if parts[0] != self.package:
            return "", []
        is_module = len(parts) > 1 and os.path.isfile(os.path.join(self.folder, parts[0], f"{parts[1]}.py"))
        return ".".join(parts[: 1 + is_module]), parts[1 + is_module :]

    def _module(self, name: str) -> Names | None:
        if name not in self._modules:
            self._modules[name] = self._read(name)
        return self._modules[name]

    def _read(self, name: str) -> Names | None:
        path = os.path.join(self.folder, *name.split("."))
        files = [path + ".pyi", os.path.join(path, "__init__.pyi"), path + ".py"]
        file = next(filter(os.path.isfile, files), None)
        if file is None:
            return None
        with open(file, encoding="utf-8") as stub:
            names = _names(ast.parse(stub.read(), file).body, {})
        if name.startswith(self.imports + "."):
            others = (file.partition(".")[0] for file in os.listdir(os.path.dirname(path)))
            names.names.update(dict.fromkeys([*IMPORTED, *others]) | names.names)
        elif name == self.package:
            # It does not show what it is made of.
            inside = (file.partition(".")[0] for file in os.listdir(os.path.join(self.folder, name)))
            names.names.update(dict.fromkeys([*inside, "errors", "bindings", "checks", "keywords"]) | names.names)
        return names


def _names(body: list[ast.stmt], classes: dict[str, Names]) -> Names:
    """The names that a module or a class defines."""
    found = Names()
    for node in body:
        if isinstance(node, ast.ClassDef):
            inner = _class(node, {**classes, **{n: c for n, c in found.names.items() if c}})
            found.names[node.name] = inner
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found.is_open |= node.name == "__getattr__"
            found.names.setdefault(node.name, None)
        elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            named = [n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)]
            found.names.update(dict.fromkeys(named))
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found.is_open |= any(alias.name == "*" for alias in node.names)
            found.names.update((alias.asname or alias.name.split(".")[0], None) for alias in node.names)
        elif not isinstance(node, (ast.Expr, ast.Pass)):
            # Whatever is in there is not looked at.
            found.is_open = True
    return found


def _class(node: ast.ClassDef, classes: dict[str, Names]) -> Names:
    found = _names(node.body, classes)
    for base in node.bases:
        base = base.value if isinstance(base, ast.Subscript) else base
        name = getattr(base, "id", None)
        if name in classes:
            found.names = classes[name].names | found.names
            found.is_open |= classes[name].is_open
        elif name in BASES:
            found.names = dict.fromkeys(BASES[name]) | found.names
        else:
            found.is_open = True
    # A decorator or a metaclass may add names, and that of data does not.
    decorators = [d.func if isinstance(d, ast.Call) else d for d in node.decorator_list]
    found.is_open |= bool(node.keywords) or any(getattr(d, "id", None) != "dataclass" for d in decorators)
    found.names = dict.fromkeys(MEMBERS) | found.names
    return found
