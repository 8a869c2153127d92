"""What generated bindings hold, as Python's own compiler sees it: a line of JSON for each item.

    python bindings.py FOLDER

FOLDER is a package of bindings; the file FOLDER/imports/http_req.py has the items `http_req.…`.
"""

import ast
import inspect
import json
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

Item = dict[str, object]


def text(node: ast.stmt | None) -> str | None:
    """The string that a statement is nothing but."""
    match node:
        case ast.Expr(value=ast.Constant(value=str(found))):
            return inspect.cleandoc(found)
    return None


def function(path: str, node: ast.FunctionDef) -> Item:
    returns = ast.unparse(node.returns) if node.returns else ""
    signature = f"({ast.unparse(node.args)}) -> {returns}"
    return {"path": path, "docs": ast.get_docstring(node), "signature": signature, "members": []}


def members(node: ast.ClassDef) -> Iterator[str]:
    """The names that a class gives values or types to: cases and fields."""
    for inner in node.body:
        match inner:
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                yield name


def items(module: str, body: list[ast.stmt]) -> Iterator[Item]:
    for node, after in zip(body, [*body[1:], None]):
        match node:
            case ast.FunctionDef(name=name):
                yield function(f"{module}.{name}", node)
            case ast.ClassDef(name=name):
                path, fields = f"{module}.{name}", [
                    f"{inner.target.id}: {ast.unparse(inner.annotation)}"
                    for inner in node.body
                    if isinstance(inner, ast.AnnAssign) and isinstance(inner.target, ast.Name)
                ]
                yield {
                    "path": path,
                    "docs": ast.get_docstring(node),
                    "signature": ", ".join(fields),
                    "members": list(members(node)),
                }
                for inner in node.body:
                    if isinstance(inner, ast.FunctionDef):
                        yield function(f"{path}.{inner.name}", inner)
            # An alias is documented by the string after it.
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield {
                    "path": f"{module}.{name}",
                    "docs": text(after),
                    "signature": ast.unparse(value),
                    "members": [],
                }


def main(folder: Path) -> None:
    # An escape that Python does not know is a warning, and a docstring that is not what was meant.
    warnings.simplefilter("error")
    for file in sorted(folder.rglob("*.py")):
        source = file.read_text()
        compile(source, str(file), "exec")
        tree, module = ast.parse(source), file.stem
        if module == "__init__":
            module = file.parent.name
        docs = ast.get_docstring(tree)
        print(json.dumps({"path": module, "docs": docs, "signature": "", "members": []}))
        for item in items(module, tree.body):
            print(json.dumps(item))


main(Path(sys.argv[1]))
