"""Which compiled modules installed packages lose in the sandbox, and whether they can do without.

A compiled module for the sandbox itself, WebAssembly, stays. One with a Python module of the same name beside it is
replaced by that. The import of another one fails, and what a package makes of that its sources say: it surely fails
itself where an import that nothing guards leads from each of its modules of the first level to one that is lost.
"""

import ast
import os
from importlib.metadata import Distribution
from pathlib import Path

ENDINGS = (".so", ".pyd")
WASM = b"\0asm"


def lost(site: Path, found: "dict[str, Distribution]") -> "list[dict]":
    """The packages that lose modules: which, and where the import is without which they cannot do."""
    every = {file: name for file in natives(site) for name in [module_name(file.relative_to(site))]}
    if not every:
        return []
    owners = {site / file: key for key, distribution in found.items() for file in distribution.files or []}
    by_owner = {}
    for file, module in every.items():
        by_owner.setdefault(owners.get(file), []).append(module)
    losses = []
    for key, modules in sorted((key, modules) for key, modules in by_owner.items() if key):
        gone = {module for module in modules if not source(site, module)}
        losses.append({
            "key": key,
            "name": found[key].metadata["Name"],
            "version": found[key].version,
            "modules": sorted(gone),
            "needs": needs(site, sorted(tops(site, found[key])), gone),
        })
    return losses


def natives(site: Path) -> "list[Path]":
    files = (file for file in sorted(site.rglob("*")) if file.suffix in ENDINGS and file.is_file())
    return [file for file in files if not is_wasm(file)]


def linked(places: "list[Path]") -> "list[str]":
    """What packages lose that are edited in folders of their own: no record says what is theirs."""
    lines = []
    for place in places:
        for folder, below, files in os.walk(place):
            below[:] = sorted(name for name in below if not name.startswith(".") and name != "node_modules")
            lost = [file for file in sorted(files) if file.endswith(ENDINGS) and not is_wasm(Path(folder, file))]
            lines += [f"{Path(folder, file)} is compiled and does not run in the sandbox, so it is left out" for file in lost]
    return lines


def is_wasm(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(len(WASM)) == WASM


def module_name(file: Path) -> str:
    """`a.b` for `a/b.cpython-314-x86_64-linux-gnu.so`."""
    return ".".join([*file.parts[:-1], file.name.split(".")[0]])


def source(site: Path, module: str) -> "Path | None":
    path = site.joinpath(*module.split("."))
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)


def tops(site: Path, distribution: Distribution) -> "set[str]":
    """The importable names of the first level, the public ones where there are some."""
    files = [file for file in distribution.files or [] if ".." not in file.parts]
    files = [file for file in files if file.suffix in (".py", *ENDINGS)]
    names = {file.parts[0].split(".")[0] for file in files}
    names = {name for name in names if name.isidentifier() and (source(site, name) or (not (site / name).is_dir()))}
    return {name for name in names if not name.startswith("_")} or names


def needs(site: Path, names: "list[str]", gone: "set[str]") -> "dict | None":
    """Where the import is that fails; none if one of the names can be imported, as far as the sources tell."""
    failures = [failure(site, name, gone, set()) for name in names]
    return failures[0] if failures and all(failures) else None


def failure(site: Path, module: str, gone: "set[str]", seen: "set[str]") -> "dict | None":
    if module in gone:
        return {"module": module, "file": None, "line": 0}
    file = source(site, module)
    if file is None or module in seen:
        return None
    seen.add(module)
    try:
        tree = ast.parse(file.read_bytes(), str(file))
    except (SyntaxError, ValueError):
        # It may be for a newer Python than this one.
        return None
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    for node in unguarded(tree.body):
        for name in imported(node, package):
            found = failure(site, name, gone, seen)
            if found:
                place = {"file": str(file.relative_to(site)), "line": node.lineno}
                return found if found["file"] else {**found, **place}
    return None


def unguarded(body: "list[ast.stmt]") -> "list[ast.stmt]":
    """The imports that are done whenever the module is: in no condition, function, or `try` that could catch a failure."""
    found = []
    for node in body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            found.append(node)
        elif isinstance(node, ast.Try) and all(raises(handler) for handler in node.handlers):
            found += unguarded(node.body)
    return found


def raises(handler: ast.ExceptHandler) -> bool:
    """Whether it only says more of the failure."""
    return isinstance(handler.body[-1], ast.Raise)


def imported(node: ast.stmt, package: str) -> "list[str]":
    """The modules that an import statement imports, those that they are in first."""
    if isinstance(node, ast.Import):
        return [part for alias in node.names for part in parts(alias.name)]
    base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
    module = ".".join([*base, *([node.module] if node.module else [])])
    # What is imported from a module may be a module, too.
    return [*parts(module), *(f"{module}.{alias.name}" for alias in node.names)]


def parts(name: str) -> "list[str]":
    names = name.split(".")
    return [".".join(names[:end]) for end in range(1, len(names) + 1)]
