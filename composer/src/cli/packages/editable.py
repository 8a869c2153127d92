"""Where packages are that were installed so that they can be edited: in their own folders, which `.pth` files name."""

import ast
import json
from pathlib import Path
from urllib.parse import urlparse
from urllib.request import url2pathname


def follow(site: Path) -> "dict":
    """The folders that `.pth` files put on the path, the modules that import hooks find, and what was not found."""
    paths, modules, notes = [], {}, []
    for file in sorted(site.glob("*.pth")):
        for line in text(file).splitlines():
            line = line.strip()
            if line.startswith(("import ", "import\t")):
                modules.update(hooked(site, line))
            elif line and not line.startswith("#"):
                folder = site / line
                if folder.is_dir() and folder != site:
                    paths.append(str(folder))
    for name, folder in editables(site):
        below = [path for path in [*paths, *modules.values()] if Path(path).is_relative_to(folder)]
        if not below:
            notes.append(f"{name} is installed from {folder} in a way that is not followed; install it without --editable")
    return {"paths": list(dict.fromkeys(paths)), "modules": modules, "notes": notes}


def text(file: Path) -> str:
    return file.read_text(encoding="utf-8-sig", errors="replace")


def hooked(site: Path, line: str) -> "dict[str, str]":
    """What the modules that a line imports find: those of setuptools say it in `MAPPING`, others by `map_module`."""
    found = {}
    try:
        names = [alias.name for node in ast.walk(ast.parse(line)) if isinstance(node, ast.Import) for alias in node.names]
        for finder in (site / f"{name}.py" for name in names):
            if finder.is_file():
                found.update(mapped(ast.parse(text(finder))))
    except SyntaxError:
        # Such a line fails when Python starts, too.
        return found
    return found


def mapped(tree: ast.Module) -> "dict[str, str]":
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Name) and target.id == "MAPPING" for target in targets):
                found.update(constants(node.value))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "map_module":
            name, path = (argument.value for argument in node.args if isinstance(argument, ast.Constant))
            found[name] = path
    return {name: str(file) for name, path in found.items() for file in [module_file(Path(path))] if file}


def constants(node: ast.AST) -> "dict[str, str]":
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def module_file(path: Path) -> "Path | None":
    """The package's folder, or the module's file, which may be given without its end."""
    if path.name == "__init__.py":
        return path.parent
    return next((one for one in (path, path.with_suffix(".py")) if one.exists()), None)


def editables(site: Path) -> "list[tuple[str, Path]]":
    """The name and the folder of each editable installation, as its record says it."""
    found = []
    for record in sorted(site.glob("*.dist-info/direct_url.json")):
        try:
            url = json.loads(text(record))
            if url.get("dir_info", {}).get("editable"):
                found.append((record.parent.name.split("-")[0], Path(url2pathname(urlparse(url["url"]).path))))
        except (ValueError, KeyError, AttributeError):
            # A record that cannot be read says nothing.
            continue
    return found
