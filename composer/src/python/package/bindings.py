"""The bindings, changed in four ways while they are imported for the first time, when the app is built.

Functions get lines at their start: one for each argument that the bindings could not take, one that passes options
on which were given as keywords, and in `__exit__` one that marks the object as closed. Functions that fail let go of
the error that they raise. There is no function around a function, and none that needs no line is touched. Classes of
options are replaced in their modules by subclasses whose constructors take keywords. Classes whose objects the host holds
get a `close`, unless the world gives them one. `composer explain --python` lists all of it.

What these lines need is in the module under names that start with `_`: no name of a WIT world does, so nothing
that the world calls its functions and parameters can be in the way.
"""

import importlib
import sys
from importlib.machinery import PathFinder, SourceFileLoader

from . import _plan, checks, keywords

_BINDINGS = "wit_world.imports."
# How the code of a function begins: it calls the host, lets go of an object, or is none where there is no host.
_BODY_PREFIXES = (
    "result = componentize_py_runtime.",
    "tmp = componentize_py_runtime.",
    "(_, func, args, _) = self.finalizer.",
    "raise NotImplementedError",
)


_CLOSES = {"checks": (), "options": None, "closes": True}


class _Finder:
    """Finds the modules of the bindings, and no others."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if not name.startswith(_BINDINGS):
            return None
        spec = PathFinder.find_spec(name, path)
        if spec is not None:
            spec.loader = _Loader(name, spec.origin)
        return spec


class _Loader(SourceFileLoader):
    def get_code(self, fullname):
        source = self.get_data(self.path).decode()
        return compile(changed(source, fullname.removeprefix(_BINDINGS)), self.path, "exec", dont_inherit=True)


def changed(source, module):
    """The source of a module, with the lines that its functions get."""
    wanted = {f"{name}.__exit__": _CLOSES for name in _plan.RESOURCES.get(module, ())}
    wanted.update(_plan.FUNCTIONS.get(module, {}))
    lines, scope, function, is_doc = [], "", None, False
    for line in source.splitlines():
        text = line.lstrip()
        indent = line[: len(line) - len(text)]
        # A docstring may hold code, and no other text does.
        is_doc ^= line.count('"""') % 2
        if is_doc:
            pass
        elif not indent and text.startswith("class "):
            scope = text[6:].rstrip(":") + "."
        elif text.startswith(("def ", "async def ")) and indent in ("", "    "):
            name = text[text.index("def ") + 4 : text.index("(")]
            function = (scope if indent else "") + name
            if function in wanted and wanted[function]["options"]:
                line = _signature(line, wanted[function]["options"])
        elif function in wanted and text.startswith(_BODY_PREFIXES):
            found = wanted.pop(function)
            lines += [indent + added for added in _added(found)]
        if text == "raise result" and not is_doc:
            # An error that knows the frame which knows it, and the arguments there, is left to the collector.
            lines += [f"{indent}try: raise result", f"{indent}finally: del result"]
        else:
            lines.append(line)
    if wanted:
        raise ImportError(
            f"{_BINDINGS}{module}: there is no place for {', '.join(wanted)}; these are not the bindings of the "
            "componentize-py that this package is for; build with that one, or with --plain"
        )
    return "\n".join(lines) + "\n"


def _signature(line, options):
    """Takes options by name, in place of an object of options or where there was none."""
    start, arrow, result = line.rpartition(") ->")
    if options["with_options"] is None:
        return f"{start} = None, **_keywords{arrow}{result}"
    comma = "" if start.endswith("(") else ", "
    return f"{start}{comma}{options['param']} = None, **_keywords{arrow}{result}"


def _added(function):
    if "closes" in function:
        yield "self.__class__ = _closed(_type(self))"
    options = function["options"]
    given = options and f"_options({options['param']}, _keywords, {options['class']!r})"
    if options and options["with_options"] is None:
        is_asked = f"if _keywords or {options['param']} is not None: " if options["optional"] else ""
        yield f"{is_asked}{options['param']} = {given}"
    elif options:
        yield f"if _keywords or {options['param']} is not None:"
        given = ", ".join([*options["args"], given])
        yield f"    return {options['with_options']}({given})"
    for param, shown, spec in function["checks"]:
        optional = spec[0] == "option"
        test = _test(param, spec[1] if optional else spec)
        if test and optional:
            test = f"{param} is not None and ({test})"
        change = f"{param} = _check({param}, {shown!r}, {spec!r})"
        yield f"if {test}: {change}" if test else change


def _test(param, spec):
    """Whether an argument is of another type than the very one, as code; nothing where there is more to look at."""
    match spec[0]:
        case "str" | "address":
            # Text of ASCII alone says so without being looked through.
            return f"_type({param}) is not str or not {param}.isascii()"
        case "bytes":
            return f"_type({param}) is not bytes"
        case "float" | "seconds":
            return f"_type({param}) is not float"
        case "int":
            return f"_type({param}) is not int or not {spec[1]} <= {param} <= {spec[2]}"
        case "class":
            return f"_type({param}) is not {_alias(spec[1])}"
    return None


def _alias(path):
    """What a function calls a class: a parameter may be called as the module is."""
    return "_" + path.replace(".", "_")


def _classes(spec):
    """The classes that a function looks for."""
    spec = spec[1] if spec[0] == "option" else spec
    return [spec[1]] if spec[0] == "class" else []


def bind():
    """Imports the bindings."""
    sys.meta_path.insert(0, _Finder)
    try:
        modules = {name: importlib.import_module(_BINDINGS + name) for name in _plan.MODULES}
    finally:
        sys.meta_path.remove(_Finder)
    for module, names in _plan.RESOURCES.items():
        for cls in (getattr(modules[module], name) for name in names):
            if not hasattr(cls, "close"):
                cls.close = checks.close
    for path, setters in _plan.OPTIONS.items():
        module, _, name = path.partition(".")
        setattr(modules[module], name, keywords.subclass(getattr(modules[module], name), setters))
    for module in modules.values():
        vars(module).update(_check=checks.check, _closed=checks.closed, _options=keywords.options, _type=type)
    for name, functions in _plan.FUNCTIONS.items():
        scope = vars(modules[name])
        for function in functions.values():
            for _, _, spec in function["checks"]:
                scope.update((_alias(path), checks.class_of(path)) for path in _classes(spec))
