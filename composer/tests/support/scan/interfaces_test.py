"""Which interfaces an app binds: those that it imports, and all where it may import any."""

import os
import socket
import unittest

from scanned import App, bound, said

KV = "from wit_world.imports import kv_store\n"


class Imports(unittest.TestCase):
    def test_each_form_of_an_import(self):
        for source in (
            KV,
            "import wit_world.imports.kv_store",
            "import wit_world.imports.kv_store as store",
            "from wit_world.imports.kv_store import Store",
            "from wit_world.imports.kv_store import *",
            "def late():\n    from wit_world.imports import kv_store",
            "import wit_world\n\ndef late(): return wit_world.imports.kv_store.Store",
            "import importlib\nimportlib.import_module('wit_world.imports.kv_store')",
            "from importlib import import_module\nimport_module('helper')\n",
            "from helper import thing",
            "import helper as h",
            "from pkg.inner import deep",
            "import pkg.inner.deep",
            "from pkg import inner",
            "from space.part import thing",
        ):
            files = {
                "helper.py": KV,
                "pkg/__init__.py": "",
                "pkg/inner/__init__.py": "from . import deep",
                "pkg/inner/deep.py": "from ... import helper\nfrom ..sibling import x",
                "pkg/sibling.py": KV,
                "space/part.py": KV,
            }
            found = said(source, files)
            self.assertIn("kv_store", {*found["interfaces"], *found["perhaps"]}, source)
            self.assertFalse(found["whole"], source)

    def test_it_says_where(self):
        app = App(f"import json\n\n{KV}")
        place = app.said()["interfaces"]["kv_store"]
        self.assertEqual(place, {"file": os.path.join(app.request["app"][0], "main.py"), "line": 3})

    def test_what_may_be_any_is_all(self):
        for source in (
            "import wit_world\nprint(wit_world)",
            "import wit_world\nname = 'x'\ngetattr(wit_world.imports, name)",
            "import wit_world as w",
            "import wit_world.imports as x",
            "from wit_world import imports",
            "from wit_world import *",
            "from wit_world.imports import *",
            "from helper import wit_world",
            "from helper import wit_world as w",
            "import helper\nhelper.wit_world",
            "import importlib\nimportlib.import_module('wit_world.imports.' + name)",
            "import importlib\nimportlib.import_module(name)",
            "import importlib\nimportlib.import_module(f'wit_world.imports.{name}')",
            "import importlib\nimportlib.import_module('.imports.kv_store', 'wit_world')",
            "from importlib import import_module as get\nget(name)",
            "from importlib import import_module\nlist(map(import_module, names))",
            "import importlib\ngetattr(importlib, 'import_module')(name)",
            "__import__(name)",
            "exec(source)",
            "eval(compile(text, 'a', 'eval'))",
            "import pickle",
            "import runpy",
            "import unittest.mock",
            "import sys\nsys.modules['wit_world.imports']",
            "def f(:",
            "x = (lambda: 1)(",
        ):
            self.assertIsNone(bound(source, {"helper.py": "import wit_world\n"}), source)

    def test_names_of_an_interface_in_text(self):
        self.assertEqual(bound("import sys\nsys.modules['wit_world.imports.kv_store']"), ([], ["kv_store"]))
        self.assertEqual(bound("'''Uses wit_world.'''\ndef f():\n    'wit_world too'"), ([], []))

    def test_what_it_does_without(self):
        for source in (
            "try:\n    from wit_world.imports import shiny\nexcept ImportError:\n    shiny = None",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from wit_world.imports import shiny",
            "from contextlib import suppress\nwith suppress(ImportError):\n    import wit_world.imports.shiny",
        ):
            self.assertEqual(bound(source), ([], ["shiny"]), source)


class Sources(unittest.TestCase):
    def test_a_byte_order_mark_and_a_declared_encoding(self):
        for source in (b"\xef\xbb\xbf" + KV.encode(), b"# coding: latin-1\nx = '\xe9'\n" + KV.encode()):
            self.assertEqual(bound(source.decode("latin-1").encode("latin-1")), (["kv_store"], []))

    def test_what_this_python_cannot_read_may_import_anything(self):
        newer = "def first[T](items: list[T]) -> T ?? items[0]\n"
        self.assertIsNone(bound(newer))
        self.assertIsNone(bound("import helper", {"helper.py": newer}))
        found = said("from post import sheets\n" + newer)
        self.assertEqual((found["whole"], found["names"]), (True, None))
        self.assertIsNone(bound("x = 1\0"))
        self.assertIsNone(bound("import helper", {"helper.pyc": b"\0"}))

    def test_an_entry_that_is_not_there_may_import_anything(self):
        self.assertIsNone(bound("", entry="start"))
        self.assertEqual(bound("", {"pkg/start.py": KV}, entry="pkg.start"), (["kv_store"], []))

    def test_deep_code_is_read_or_given_up(self):
        self.assertEqual(bound(f"{KV}x{'.a' * 500}"), (["kv_store"], []))
        self.assertIsNone(bound(KV + "(" * 5000))

    def test_what_nobody_imports_does_not_count(self):
        others = {
            "tests/test_it.py": "from wit_world.imports import no_such_thing\nimport wit_world as w\n",
            "script.py": "def broken(:\n",
            "tool/__init__.py": "import tool.more",
        }
        self.assertEqual(bound(KV, others), (["kv_store"], []))
        self.assertIsInstance(said(KV, others)["names"], list)

    def test_what_a_computed_import_may_reach_counts_and_is_not_asked_for(self):
        others = {"tests/test_it.py": "from wit_world.imports import no_such_thing, geo\n"}
        packages = {"framework/__init__.py": "import importlib\nimportlib.import_module(name)\n"}
        self.assertEqual(bound(f"import framework\n{KV}", others, packages), (["kv_store"], ["geo", "no_such_thing"]))
        self.assertEqual(bound(f"import sys\nsys.path.insert(0, 'lib')\n{KV}", others)[1], ["geo", "no_such_thing"])

    def test_files_of_packages_count_where_they_are_imported(self):
        packages = {
            "helpful/__init__.py": "",
            "helpful/edge.py": "from wit_world.imports import geo\n",
            "helpful/never.py": "from wit_world.imports import acl, no_such_thing\n",
            "other/__init__.py": "import wit_world as w\n",
        }
        self.assertEqual(bound(KV, packages=packages), (["kv_store"], []))
        self.assertEqual(bound(f"from helpful import edge\n{KV}", packages=packages)[0], ["geo", "kv_store"])
        self.assertIsNone(bound("import other", packages=packages))

    def test_what_is_behind_a_link(self):
        app = App("from shared import values")
        (app.folder / "elsewhere").mkdir()
        (app.folder / "elsewhere/values.py").write_text(KV)
        (app.folder / "app/shared").symlink_to("../elsewhere")
        self.assertEqual(sorted(app.said()["interfaces"]), ["kv_store"])

    def test_what_is_no_file_is_passed_by(self):
        app = App(f"import sys\nsys.path\nimport pipe, gone, folder, sock\n{KV}")
        root = app.folder / "app"
        os.mkfifo(root / "pipe.py")
        (root / "gone.py").symlink_to("nowhere.py")
        (root / "itself.py").symlink_to("itself.py")
        (root / "again").symlink_to(".")
        (root / "up").symlink_to("..")
        (root / "folder.py").mkdir()
        (root / "deep").mkdir()
        os.mkfifo(root / "deep/pipe.py")
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(root / "sock.py"))
            found = app.said()
        self.assertEqual((sorted(found["interfaces"]), found["whole"]), (["kv_store"], False))

    def test_what_is_not_built_is_passed_by(self):
        others = {
            "env/pyvenv.cfg": "",
            "env/lib/thing.py": "import wit_world as w\n",
            "node_modules/thing.py": "import wit_world as w\n",
            ".hidden/thing.py": "import wit_world as w\n",
        }
        self.assertEqual(bound(f"import sys\nsys.path\n{KV}", others), (["kv_store"], []))

    def test_bindings_beside_the_app_are_passed_by(self):
        others = {
            "wit_world/__init__.py": "",
            "wit_world/imports/kv_store.py": "import wit_world as w\n",
            "componentize_py_types.py": "import wit_world as w\n",
        }
        self.assertEqual(bound(f"import componentize_py_types, sys\nsys.path\n{KV}", others), (["kv_store"], []))


class Own(unittest.TestCase):
    """Modules that the world brings."""

    def test_they_count_where_they_are_imported(self):
        for source in (
            "from post import sheets",
            "import post.sheets",
            "def late():\n    from post.sheets import sheet",
            "import helper",
        ):
            found = bound(source, {"helper.py": "from post.sheets import x\n"})
            self.assertEqual(found, (["geo", "kv_store"], []), source)
        self.assertEqual(bound("import post\nfrom post import NotFound\nimport sheets"), ([], []))

    def test_what_they_compute_is_not_the_bindings(self):
        self.assertEqual(bound("import post.late"), ([], []))

    def test_a_package_may_import_them(self):
        packages = {"helpful/__init__.py": "from post import sheets\n"}
        self.assertEqual(bound("import helpful", packages=packages), (["geo", "kv_store"], []))

    def test_computed_imports_reach_them(self):
        found = said("import importlib\nimportlib.import_module('post.' + name)")
        self.assertTrue({"acl", "geo", "kv_store"} <= {*found["interfaces"], *found["perhaps"]})


if __name__ == "__main__":
    unittest.main()
