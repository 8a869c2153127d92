"""What the bindings hold: a line of JSON with each function's code and each class's kind, by path.

    python contents.py [PACKAGE]

PACKAGE is imported first.
"""

import importlib
import json
import pkgutil
import sys
import types


def code(found: types.CodeType) -> list[object]:
    inner = [code(const) if isinstance(const, types.CodeType) else repr(const) for const in found.co_consts]
    return [found.co_code.hex(), found.co_names, found.co_varnames, found.co_argcount, found.co_flags, inner]


def function(found: object) -> object:
    plain = getattr(found, "__func__", found)
    return [code(plain.__code__), repr(plain.__defaults__), repr(plain.__kwdefaults__)]


def contents(module: types.ModuleType) -> dict[str, object]:
    name = module.__name__.rpartition(".")[2]
    found: dict[str, object] = {}
    for key, value in vars(module).items():
        # What the lines at the start of functions name begins with an underscore, and nothing else does.
        if getattr(value, "__module__", None) != module.__name__ or key.startswith("_"):
            continue
        if isinstance(value, type):
            bases = value.__mro__
            made = next(base for base in reversed(bases) if base.__module__ == module.__name__)
            found[f"{name}.{key}"] = [base.__qualname__ for base in bases]
            methods = {inner: of for inner, of in vars(made).items() if hasattr(getattr(of, "__func__", of), "__code__")}
            found.update({f"{name}.{key}.{inner}": function(of) for inner, of in methods.items()})
        elif isinstance(value, types.FunctionType):
            found[f"{name}.{key}"] = function(value)
    return found


def main() -> None:
    for package in sys.argv[1:]:
        importlib.import_module(package)
    imports = importlib.import_module("wit_world.imports")
    found: dict[str, object] = {}
    for info in pkgutil.iter_modules(imports.__path__):
        found |= contents(importlib.import_module(f"{imports.__name__}.{info.name}"))
    types_of = importlib.import_module("componentize_py_types")
    for name in ("Some", "Ok", "Err"):
        kind = getattr(types_of, name)
        found[name] = [*(base.__qualname__ for base in kind.__mro__), code(kind.__init__.__code__)]
    print(json.dumps(found))


main()
