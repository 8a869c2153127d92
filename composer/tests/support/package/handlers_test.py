"""What the host calls: what is wrong with it is said when the app is built."""

import functools
import sys
import traceback
import types
import unittest

from launch import _handlers as handlers
from wit_world import exports


def said(source, **names):
    """What is said of an app with this class, with the line that it is said of."""
    name = "an_app"
    module = types.ModuleType(name)
    module.__file__ = "/0/main.py"
    vars(module).update(exports=exports, functools=functools, **names)
    sys.modules[name] = module
    exec(compile(source, module.__file__, "exec"), vars(module))
    found = []
    for code in handlers.wrong(module):
        try:
            exec(code)
        except TypeError as error:
            frame = traceback.extract_tb(error.__traceback__)[-1]
            found.append((frame.filename, frame.lineno, frame.name, str(error)))
    return found


def method(*lines, base="exports.HttpIncoming"):
    return "\n".join([f"class HttpIncoming({base}):", *(f"    {line}" for line in lines)])


class Handlers(unittest.TestCase):
    def test_what_can_be_called(self):
        for source in (
            method("def handle(self, request, body): pass"),
            method("def handle(self, request, body, /, more=None, *, other=1): pass"),
            method("def handle(self, *args): pass"),
            method("def handle(*args, **kwargs): pass"),
            method("@staticmethod", "def handle(request, body): pass"),
            method("@classmethod", "def handle(cls, request, body): pass"),
            method("handle = lambda self, request, body: None"),
            method("handle = staticmethod(print)"),
            method("handle = print", base=""),
            method("@functools.cache", "def handle(self, request, body): pass"),
            method("@property", "def handle(self): return print"),
            method("def __init__(self): self.handle = print", base=""),
            method("def __getattr__(self, name): return print", base=""),
            method("handle = functools.partialmethod(print, 1)"),
            "class HttpIncoming:\n    class Called:\n        def __call__(self, request, body): pass\n    handle = Called()",
            "class Base:\n    def handle(self, request, body): pass\nclass HttpIncoming(Base): pass",
            "def awaited(function):\n"
            "    @functools.wraps(function)\n"
            "    def run(self, request, body): pass\n"
            "    return run\n" + method("@awaited", "async def handle(self, request, body): pass"),
            # What is no class makes whatever it likes, and what is not there is missed by the bindings.
            "def HttpIncoming(): return 1",
            "",
        ):
            self.assertEqual(said(source), [], source)

    def test_what_cannot(self):
        for source, line, name, words in (
            (method("async def handle(self, request, body): pass"), 2, "handle", "HttpIncoming.handle is `async`"),
            (method("async def handle(self, request, body): yield"), 2, "handle", "is `async`"),
            (method("def handle(self, request, body):", "    yield"), 2, "handle", "is a generator"),
            (
                method("x = 1", "def handle(self, request): pass"),
                3,
                "handle",
                "takes (self, request), and the host gives 2 arg",
            ),
            (method("def handle(self, a, b, c): pass"), 2, "handle", "takes (self, a, b, c)"),
            (method("def handle(self, a, b, *, c): pass"), 2, "handle", "needs a keyword `c`"),
            (method("def handle(request, body): pass"), 2, "handle", "after `self`"),
            (method("@staticmethod", "def handle(self, request, body): pass"), 2, "handle", "gives 2 arguments"),
            (method("@classmethod", "def handle(request, body): pass"), 2, "handle", "takes (request, body)"),
            (method("@staticmethod", "async def handle(request, body): pass"), 2, "handle", "is `async`"),
            (method("handle = None"), 1, "HttpIncoming", "cannot be called: it is None"),
            (method("handle = 'text'"), 1, "HttpIncoming", "cannot be called"),
            (method("handel = print", base=""), 1, "HttpIncoming", "is not there; define it"),
            (method("pass"), 1, "HttpIncoming", "is not there; define it"),
            (
                "class Base:\n    async def handle(self, a, b): pass\nclass HttpIncoming(Base): pass",
                2,
                "handle",
                "is `async`",
            ),
            (
                "class Called:\n    async def __call__(self, a, b): pass\n" + method("handle = Called()"),
                2,
                "__call__",
                "is `async`",
            ),
        ):
            found = said(source)
            self.assertEqual(len(found), 1, source)
            file, at, of, words_said = found[0]
            # Where a class is defined is known from Python 3.13 on.
            at = line if of == "HttpIncoming" and sys.version_info < (3, 13) else at
            self.assertEqual((file, at, of), ("/0/main.py", line, name), source)
            self.assertIn(words, words_said, source)


if __name__ == "__main__":
    unittest.main()
