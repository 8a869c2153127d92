"""Names of the bindings that do not exist: found where it is certain, and nowhere else."""

import os
import unittest

from scanned import STUBS, said

IMPORTS = (
    "from wit_world import exports\n"
    "from wit_world.imports import compute_runtime, http_body, http_req, kv_store, types\n"
    "from wit_world.imports.kv_store import Store\n"
)


def missing(source, files=None, package="fastly_py", **more):
    found = said(IMPORTS + source, files, package=package, **more)["missing"]
    return [(at["line"] - 3, at["name"], at["near"]) for at in found]


class Missing(unittest.TestCase):
    def test_what_does_not_exist(self):
        for source, name, near in (
            ("compute_runtime.get_vcpu_ms()", "compute_runtime.get_vcpu_ms", None),
            ("http_req.Request.new()", "http_req.Request.new", None),
            ("kv_store.Store.isnert(s, 'k', b)", "kv_store.Store.isnert", "kv_store.Store.insert"),
            ("Store.isnert(s, 'k', b)", "kv_store.Store.isnert", "kv_store.Store.insert"),
            ("kv_store.Stroe", "kv_store.Stroe", "kv_store.Store"),
            ("kv_store.InsertMode.APEND", "kv_store.InsertMode.APEND", "kv_store.InsertMode.APPEND"),
            ("from wit_world.imports.kv_store import Stroe", "kv_store.Stroe", "kv_store.Store"),
            ("import wit_world.imports.kv_store\nwit_world.imports.kv_store.Stroe", "kv_store.Stroe", "kv_store.Store"),
            ("import wit_world.imports.kv_store as k\nk.Stroe.open", "kv_store.Stroe", "kv_store.Store"),
            ("from fastly_py import NotFoundd", "fastly_py.NotFoundd", "fastly_py.NotFound"),
            ("import fastly_py\nfastly_py.NotFoundd", "fastly_py.NotFoundd", "fastly_py.NotFound"),
            (
                "from fastly_py import OpenError\nOpenError.NotFoundd",
                "fastly_py.OpenError.NotFoundd",
                "fastly_py.OpenError.NotFound",
            ),
            ("from fastly_py.wsgi import serve_wsgy", "fastly_py.wsgi.serve_wsgy", "fastly_py.wsgi.serve_wsgi"),
            ("class Mine(kv_store.Stroe): pass", "kv_store.Stroe", "kv_store.Store"),
            ("try:\n    kv_store.Stroe\nexcept types.Error: pass", "kv_store.Stroe", "kv_store.Store"),
        ):
            found = missing(source)
            self.assertEqual([(n, m) for _, n, m in found], [(name, near or found[0][2])], source)

    def test_the_line(self):
        self.assertEqual([line for line, _, _ in missing("x = 1\n\nkv_store.Stroe\n")], [3])

    def test_what_exists(self):
        for source in (
            "kv_store.Store.open('a').insert('k', b)",
            "kv_store.InsertOptions(mode=1)",
            "kv_store.InsertMode.APPEND.value",
            "kv_store.InsertMode.__members__",
            "kv_store.Err, kv_store.weakref, kv_store.types, kv_store.http_body.Body",
            "kv_store.__name__",
            "kv_store._private",
            "kv_store.Store.__doc__",
            "http_req.Request.get_uri.__name__",
            "exports.HttpIncoming",
            "from fastly_py import KvError, NotFound, OpenError, wsgi\nOpenError.NotFound, OpenError.with_traceback",
            "import fastly_py\nfastly_py.errors",
            "from fastly_py.wsgi import serve_wsgi",
            "from fastly_py.kv_store import Store\nStore.open",
        ):
            self.assertEqual(missing(source), [], source)

    def test_what_may_be_meant_otherwise(self):
        for source in (
            "def f(kv_store): return kv_store.Stroe",
            "for kv_store in things: kv_store.Stroe",
            "kv_store = other\nkv_store.Stroe",
            "with x as kv_store: kv_store.Stroe",
            "try: pass\nexcept E as kv_store: kv_store.Stroe",
            "[kv_store.Stroe for kv_store in things]",
            "(kv_store := 1)\nkv_store.Stroe",
            "match x:\n    case {'a': kv_store}: kv_store.Stroe",
            "def kv_store(): pass\nkv_store.Stroe",
            "import other as kv_store\nkv_store.Stroe",
            "from other import kv_store\nkv_store.Stroe",
            "other.kv_store.Stroe",
            "from .kv_store import Stroe",
        ):
            self.assertEqual(missing(source), [], source)

    def test_what_may_be_missing(self):
        for source in (
            "try:\n    kv_store.Stroe\nexcept AttributeError: pass",
            "try:\n    from wit_world.imports.kv_store import Stroe\nexcept ImportError: pass",
            "try:\n    kv_store.Stroe\nexcept (KeyError, Exception): pass",
            "try:\n    kv_store.Stroe\nexcept: pass",
            "try:\n    kv_store.Stroe\nexcept ERRORS: pass",
            "import contextlib\nwith contextlib.suppress(AttributeError):\n    kv_store.Stroe",
            "if hasattr(kv_store, 'Stroe'):\n    kv_store.Stroe",
            "def f(store: kv_store.Stroe) -> kv_store.Stroe: pass",
            "store: kv_store.Stroe = None",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from wit_world.imports.kv_store import Stroe",
        ):
            self.assertEqual(missing(source), [], source)

    def test_what_the_app_sets_itself(self):
        for source in (
            "kv_store.Store.isnert = lambda self: 1\nkv_store.Store.isnert(s)",
            "setattr(kv_store.Store, name, 1)\nkv_store.Store.isnert",
            "import helper\nkv_store.Store.isnert",
        ):
            self.assertEqual(missing(source, {"helper.py": "def f(c):\n    c.isnert = 1\n"}), [], source)

    def test_what_a_package_sets(self):
        patch = {"patch.py": "import wit_world.imports.kv_store as k\nsetattr(k.Store, name, 1)\n"}
        self.assertEqual(missing("import patch\nkv_store.Store.isnert", packages=patch), [])
        other = {"patch.py": "def f(thing, name): setattr(thing, name, 1)\n"}
        self.assertEqual(len(missing("import patch\nkv_store.Store.isnert", packages=other)), 1)

    def test_what_a_module_of_the_world_adds(self):
        source = "from fastly_py.headers import Headers\nhttp_req.Request.headers"
        self.assertEqual(missing(source, own=os.path.join(STUBS, "fastly_py")), [])
        self.assertEqual(len(missing(source)), 1)

    def test_what_nobody_imports(self):
        self.assertEqual(missing("", {"tests.py": f"{IMPORTS}kv_store.Stroe"}), [])
        packages = {"thing.py": f"{IMPORTS}kv_store.Stroe"}
        self.assertEqual(missing("import thing", packages=packages), [])

    def test_a_plain_app_has_no_package(self):
        self.assertEqual(missing("from fastly_py import NotFoundd", plain=True), [])


class Uses(unittest.TestCase):
    def test_uses_of_names(self):
        names = ["kv_store.Store.insert", "kv_store.Store", "insert", "geo"]
        found = said(
            IMPORTS
            + "Store.insert\nkv_store.Store.insert()\nstore.insert(1)\nother.delete()\nfrom wit_world.imports import geo\n",
            names=names,
        )
        resolved = {(at["line"] - 3, at["name"], at["called"]) for at in found["resolved"]}
        self.assertLessEqual(
            {(1, "kv_store.Store.insert", False), (2, "kv_store.Store.insert", True), (5, "geo", False)}, resolved
        )
        self.assertEqual([(at["line"] - 3, at["name"], at["called"]) for at in found["unresolved"]], [(3, "insert", True)])
        self.assertEqual(found["ambiguous"], ["insert"])


if __name__ == "__main__":
    unittest.main()
