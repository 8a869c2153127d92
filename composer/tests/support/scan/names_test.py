"""The names that an app can call something by: where it is not certain, there are none."""

import unittest

from scanned import said


def names(source, **more):
    return said(source, **more)["names"]


class Spelled(unittest.TestCase):
    def test_names_in_code_and_text(self):
        found = names(
            "import json as j\n"
            "from post import sheets\n"
            "store.insert_with(key, mode='a b')\n"
            "match request:\n"
            "    case Request(get_method=m): pass\n"
            "    case {'a': 1, **rest}: pass\n"
            "try: pass\n"
            "except OSError as caught: pass\n"
            "f'{request.get_uri():{width}}'\n"
            "'{0.get_path}'.format(request)\n"
            "b'get_query'\n"
            "def get_host(self, under_way): pass\n"
        )
        spelled = "insert_with store key mode a b kv_store get_method rest caught get_uri width get_path get_query get_host under_way"
        self.assertLessEqual(set(spelled.split()), set(found))
        self.assertNotIn("other", found)

    def test_what_looks_up_only_what_is_spelled(self):
        for source in (
            "getattr(store, 'insert')",
            "getattr(store, 'insert', None)",
            "hasattr(store, 'insert')",
            "import re\nre.compile('a')",
            "'''Looks vars up with getattr, in eval.'''",
            "'{}'.format(1)",
            "PAGE = 'a {}'\nPAGE.format(1)",
            "import operator\noperator.add(1, 2)",
            "x = 'dir'",
        ):
            self.assertIsInstance(names(source), list, source)

    def test_what_may_look_up_any(self):
        for source in (
            "getattr(store, name)",
            "getattr(store, 'get_' + word)",
            "getattr(store, f'get_{word}')",
            "getattr(*pair)",
            "getattr(store, *rest)",
            "from functools import reduce\nreduce(getattr, ['get_' + word], request)",
            "list(map(getattr, objects, names))",
            "from functools import partial\npartial(getattr, store)(name)",
            "g = getattr\ng(store, name)",
            "import builtins\nbuiltins.getattr(store, name)",
            "from builtins import getattr as g\ng(store, name)",
            "import builtins as b",
            "__builtins__.getattr(store, name)",
            "store.__getattribute__(name)",
            "object.__getattribute__(store, name)",
            "getattr(store, '__getattribute__')(name)",
            "from inspect import getattr_static as g",
            "import inspect",
            "from operator import attrgetter",
            "from operator import attrgetter as a\na(name)(store)",
            "import operator as o\no.attrgetter(name)(store)",
            "import operator\noperator.methodcaller(name)(store)",
            "hasattr(store, name)",
            "vars(store)[name]",
            "dir(store)",
            "store.__dict__[name]",
            "globals()[name]()",
            "locals()[name]()",
            "eval('x')",
            "exec(text)",
            "compile(text, 'a', 'exec')",
            "function.__globals__[name]",
            "import sys\nsys._getframe().f_globals[name]",
            "import sys\nsys.modules['wit_world.imports.kv_store'].__dict__[name]",
            "template.format(request)",
            "str.format(template, request)",
            "list(map(str.format, templates, requests))",
            "template.format_map(values)",
            "import string\nstring.Formatter().format(template, request)",
            "import string as s\ns.Formatter().vformat(template, (request,), {})",
            "import pickle",
            "import unittest.mock",
            "import xmlrpc.server",
            "import ctypes",
            "class Proxy:\n    def __getattribute__(self, name): ...",
            "class Proxy:\n    def __getattr__(self, name):\n        return getattr(self.inner, name)",
            "PAGE = 'a'\ndef f(PAGE): return PAGE.format(1)",
        ):
            self.assertIsNone(names(source), source)

    def test_what_is_imported_counts_too(self):
        self.assertIsNone(names("import helper", files={"helper.py": "getattr(a, b)"}))
        self.assertIn("get_uri", names("import helper", files={"helper.py": "a.get_uri()"}))
        self.assertNotIn("get_uri", names("import json", files={"helper.py": "a.get_uri()"}))
        self.assertIn("get_uri", names("import sys\nsys.path", files={"helper.py": "a.get_uri()"}))

    def test_packages_may_do_anything_when_they_are_imported(self):
        packages = {"thing/__init__.py": ""}
        self.assertIsNone(names("import thing", packages=packages))
        self.assertIsInstance(names("import json", packages=packages), list)

    def test_compiled_modules_may_do_anything(self):
        self.assertIsNone(names("import fast", files={"fast.cpython-314-wasm32-wasi.so": b"\0asm"}))
        self.assertIsNone(names("import fast", packages={"fast.so": b"\0asm"}))


class Keywords(unittest.TestCase):
    def test_keywords_that_nothing_spells(self):
        for source in (
            "store.insert(key, body, **options)",
            "InsertOptions(**json.loads(text))",
            "from functools import partial\npartial(store.insert, **options)",
            "Later(store.insert, kwargs=options)",
            "import sched",
            "from threading import Timer",
        ):
            self.assertTrue(said(source)["any_keyword"], source)
        for source in ("store.insert(key, body, mode='append')", "def f(**options): pass", "print(*args)"):
            self.assertFalse(said(source)["any_keyword"], source)


if __name__ == "__main__":
    unittest.main()
