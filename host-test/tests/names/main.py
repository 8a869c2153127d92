"""Calls every function of the world of names, and says what went otherwise than it should.

`table` is written by the test: NAMES, the names as WIT has them; LINES, what the composer advised, by path; INTERFACES,
the interfaces that have another name; PACKAGE, the package that goes with the bindings, if there is one.
"""

import ast
import builtins
import copy
import importlib
import keyword
import pathlib
import pickle
import sys
import traceback

import table

# The package is imported before all that it changes.
ERRORS = importlib.import_module(table.PACKAGE) if table.PACKAGE else None

from componentize_py_types import Err  # noqa: E402
from wit_world import exports  # noqa: E402

KEYWORDS = {name for name in keyword.kwlist}
PLAIN = [name for name in table.NAMES if name != "self"]
OWN = ["outcome", "functions", "methods", "statics", "parameters", "records", "cases", "settings", "kinds", "uses"]


def escaped(name):
    return f"{name}_" if name in KEYWORDS else name


def word(name):
    return escaped(name.replace("-", "_"))


def camel(name):
    return escaped("".join(part.capitalize() for part in name.split("-")))


def shouty(name):
    return name.replace("-", "_").upper()


def named(path):
    """What the item at this path is called; nothing where the composer advised to leave it out."""
    table_of, name = table.LINES.get(path, ("rename", path.rsplit(".", 1)[1]))
    return name if table_of == "rename" else None


def module_name(name):
    return word(f"{name}-module" if name in table.INTERFACES else name)


# Whatever an app imports is imported when it is built.
MODULES = {name: importlib.import_module(f"wit_world.imports.{name}") for name in OWN}
OTHERS = {name: importlib.import_module(f"wit_world.imports.{module_name(name)}") for name in table.NAMES}
DOCUMENTED = {name: importlib.import_module(f"wit_world.imports.{name}") for name in ("docs", "tool")}


def bare(name):
    """A name as none of the spellings has it."""
    return name.replace("-", "").replace("_", "").lower()


def untried():
    """The names that Python or the bindings have, and the test has not."""
    found = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins)}
    for module in MODULES.values():
        nodes = list(ast.walk(ast.parse(pathlib.Path(module.__file__).read_text())))
        imports = [node for node in nodes if isinstance(node, (ast.ImportFrom, ast.Import))]
        siblings = {alias.name for node in imports if getattr(node, "level", 0) for alias in node.names}
        own = {node.name for node in nodes if isinstance(node, (ast.ClassDef, ast.FunctionDef))} | siblings
        own |= {node.arg for node in nodes if isinstance(node, ast.arg)}
        own |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        named = {node.id for node in nodes if isinstance(node, ast.Name)}
        attributes = [node for node in nodes if isinstance(node, ast.Attribute)]
        named |= {node.attr for node in attributes if getattr(node.value, "id", None) not in siblings}
        found |= (named | {alias.name for node in imports for alias in node.names}) - own
    known = {bare(name) for name in table.NAMES}
    return sorted(name for name in found if not name.startswith("_") and bare(name) not in known)


UNTRIED = untried()
STDLIB = sorted(name for name in sys.stdlib_module_names if not name.startswith("_"))
CAPITALS = sorted(name for name in dir(builtins) if name[0].isupper() and name not in KEYWORDS)


class Report:
    """What was called, and what went wrong."""

    def __init__(self):
        self.calls = 0
        self.wrong = []

    def check(self, what, call, wanted):
        self.calls += 1
        try:
            found = call()
        except BaseException as error:
            self.wrong.append(f"{what}: {type(error).__name__}: {error}")
            return
        if found != wanted:
            self.wrong.append(f"{what}: {found!r} instead of {wanted!r}")

    def fails(self, what, call):
        """A call that the host answers with an error."""

        def failed():
            try:
                return call()
            except Err as error:
                return looked_at(error)

        self.check(what, failed, "told")


def looked_at(error):
    """Looks at an exception in each way that a program does."""
    value = error.value
    assert repr(error)
    if ERRORS is None:
        return "told"
    copies = [copy.copy(error), pickle.loads(pickle.dumps(error))]
    for other in copies:
        assert other.value == value and type(other) is type(error), other
    assert error.args == (value,), error.args
    text = "".join(traceback.format_exception(error))
    assert "exception str() failed" not in text, text
    assert isinstance(error, getattr(ERRORS, table.BASE)), type(error).__mro__
    assert error.function in text and error.code is not None, text
    assert str(error).startswith(f"{error.function}: "), str(error)
    return "told"


def called(report, function, what, *args):
    """A function that takes a number, and fails with it if that is 0."""
    report.check(what, lambda: function(*args, 7), 7)
    report.fails(f"{what}, failing", lambda: function(*args, 0))


def functions(report):
    for name in table.NAMES:
        called(report, getattr(MODULES["functions"], word(named(f"functions.{name}"))), f"function {name}")
    holder = MODULES["methods"].Holder(3)
    for name in table.NAMES:
        if name != "constructor" and (own := named(f"methods.holder.{name}")):
            called(report, getattr(holder, word(own)), f"method {name}")
    with holder:
        pass
    for name in table.NAMES:
        if own := named(f"statics.holder.{name}"):
            called(report, getattr(MODULES["statics"].Holder, word(own)), f"static function {name}")


def parameters(report):
    module = MODULES["parameters"]
    of = {name: word(named(f"parameters.numbers.{name}")) for name in table.NAMES}
    numbers = {own: at for at, own in enumerate(of.values(), 1)}
    report.check("numbers by name", lambda: module.numbers(**numbers), list(numbers.values()))
    report.check("numbers by place", lambda: module.numbers(*numbers.values()), list(numbers.values()))
    report.fails("numbers, failing", lambda: module.numbers(**{own: 0 for own in numbers}))
    texts = {word(named(f"parameters.texts.{name}")): f"ü{at}" for at, name in enumerate(table.NAMES)}
    report.check("texts by name", lambda: module.texts(**texts), list(texts.values()))
    made = {word(named(f"parameters.holder.constructor.{name}")): name for name in PLAIN}
    holder = module.Holder(**made)
    of_method = {word(named(f"parameters.holder.numbers.{name}")): at for at, name in enumerate(PLAIN, 1)}
    report.check("numbers of a method", lambda: holder.numbers(**of_method), list(of_method.values()))
    of_static = {word(named(f"parameters.holder.texts.{name}")): name for name in table.NAMES}
    report.check("texts of a class", lambda: module.Holder.texts(**of_static), list(of_static.values()))
    if ERRORS is not None:
        for own in of.values():
            wrong = {**numbers, own: "x"}
            said = f"numbers: {own} must be int, not str"
            report.check(f"a wrong {own}", lambda: refused(lambda: module.numbers(**wrong)), said)


def refused(call):
    try:
        return call()
    except TypeError as error:
        return str(error)


def values(report):
    module, cases = MODULES["records"], MODULES["cases"]
    fields = {word(name): at for at, name in enumerate(table.NAMES, 1) if name != "mro"}
    record = module.Fields(**fields)
    report.check("a record", lambda: module.repeat(record), record)
    report.fails("a record, failing", lambda: module.fail(record))
    for own, number in fields.items():
        report.check(f"field {own} of an error", lambda: error_field(module, record, own), number)
    for at, name in enumerate(PLAIN):
        member = getattr(cases.Names, shouty(name))
        report.check(f"case {name}", lambda: cases.repeat_names(member), member)
        report.fails(f"case {name}, failing", lambda: cases.fail_names(member))
        choice = getattr(cases, f"Choices_{camel(name)}")(at)
        report.check(f"variant {name}", lambda: cases.repeat_choices(choice), choice)
        report.fails(f"variant {name}, failing", lambda: cases.fail_choices(choice))
        report.check(f"case {name} as another", lambda: choice == record, False)
        bit = getattr(getattr(cases, f"Bits{at // 32}"), shouty(name))
        report.check(f"flag {name}", lambda: getattr(cases, f"repeat_bits_{at // 32}")(bit), bit)
        if ERRORS is not None:
            report.check(f"the exception of {name}", lambda: told_by_name(cases, member), True)


def error_field(module, record, field):
    """A field of an error that is a record: by the exception where that has nothing of the name, by its value always."""
    try:
        module.fail(record)
    except Err as error:
        found = getattr(error.value, field)
        if ERRORS is not None and field not in dir(Exception) and field not in ("value", "function", "raw"):
            assert getattr(error, field) == found, field
        return found


def told_by_name(cases, member):
    try:
        cases.fail_names(member)
    except ERRORS.Names as error:
        name = type(error).__name__
        return isinstance(error, getattr(ERRORS, name)) and type(error) is getattr(ERRORS.Names, name)


def options(report):
    module = MODULES["settings"]
    for name in table.NAMES:
        if name in ("keywords", "options", "type") or ERRORS is None:
            continue
        report.check(f"option {name}", lambda: module.find(5, "x", **{word(name): 1}), 5)
        report.check(f"option {name}, made", lambda: module.find_with(6, type="x", options=module.FindOptions(**{word(name): 1})), 6)
    report.check("no option", lambda: module.find(keywords=8, type="x"), 8)


def types(report):
    module = MODULES["kinds"]
    for at, name in enumerate(PLAIN):
        cls = camel(named(f"kinds.{name}"))
        match at % 4:
            case 0:
                value = getattr(module, cls)(4)
                report.check(f"type {name}, compared", lambda: value == 4, False)
            case 1:
                value = getattr(module, cls).B
            case 2:
                value = getattr(module, f"{cls}_B")()
            case _:
                value = getattr(module, cls)(4)
                called(report, value.get, f"method of type {name}")
        function = getattr(module, f"t{at}")
        report.check(f"type {name}", lambda: function(7, value), 7)
        report.fails(f"type {name}, failing", lambda: function(0, value))


def interfaces(report):
    for name, module in OTHERS.items():
        report.check(f"interface {name}", lambda: module.go(3), module.Thing(3))
        report.fails(f"interface {name}, failing", lambda: module.go(0))
    module = MODULES["uses"]
    whole = module.All(*(other.Thing(at) for at, other in enumerate(OTHERS.values())))
    report.check("what uses all", lambda: module.repeat(whole), whole)
    choice = module.Choice_A(module.Bits.A)
    report.check("a choice", lambda: module.choose(choice), choice)
    holder = module.Holder(1)
    called(report, holder.get, "a method beside all")
    called(report, module.Holder.fixed, "a static function beside all")


DOCS = 'Such as C:\\users\\x, \\N{dash}, \\x, \\u12, """quoted""" or \\'
TOLD = "Rings \a, turns \u202e, \0."


def docs(report):
    """Docs of interfaces that stay as they are; the docs of a variant are nobody's in Python."""
    for name in ("docs", "tool"):
        module = DOCUMENTED[name]
        documented = [module, module.Held, module.Held.kept, module.One, module.Three, module.Sheet, module.told, module.go]
        for item in documented:
            given = TOLD if name == "docs" and item in (module.Sheet, module.told) else DOCS
            report.check(f"docs of {name} {item}", lambda: given in item.__doc__, True)


class Checks(exports.Checks):
    def run(self) -> str:
        report = Report()
        for part in (functions, parameters, values, options, types, interfaces, docs):
            try:
                part(report)
            except Exception:
                report.wrong.append(traceback.format_exc())
        lines = [f"untried: {name}" for name in UNTRIED]
        lines += [] if STDLIB == table.STDLIB else [f"modules: {' '.join(STDLIB)}"]
        lines += [] if CAPITALS == table.CAPITALS else [f"capitals: {' '.join(CAPITALS)}"]
        return "\n".join([str(report.calls), *lines, *report.wrong])
