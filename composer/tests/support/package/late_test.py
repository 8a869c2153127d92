"""What is said of modules that are not there at a request."""

import importlib
import importlib.util
import sys
import unittest

from fastly_py import late


class Late(unittest.TestCase):
    def setUp(self):
        sys.meta_path.append(late.Finder)
        self.addCleanup(sys.meta_path.remove, late.Finder)

    def test_an_import_says_what_to_do(self):
        for name in ("nowhere", "xml.nowhere"):
            with self.assertRaisesRegex(ModuleNotFoundError, f"^No module named '{name}' at a request: ") as raised:
                importlib.import_module(name)
            self.assertEqual(raised.exception.name, name)

    def test_who_asks_for_one_is_told_there_is_none(self):
        self.assertIsNone(importlib.util.find_spec("nowhere"))
        self.assertIsNone(importlib.util.find_spec("xml.nowhere"))

    def test_a_name_that_is_no_module_is_said_as_ever(self):
        with self.assertRaisesRegex(ImportError, "^cannot import name 'nowhere' from 'xml'"):
            from xml import nowhere  # noqa: F401

    def test_what_is_there_is_found(self):
        self.assertEqual(importlib.import_module("json").dumps(1), "1")


unittest.main()
