"""Several requests in one sandbox, and what each leaves, with a host that is made up.

    python pure_reuse.py FOLDER

FOLDER has the modules of the package.
"""

import contextlib
import gc
import io
import os
import sys
import tempfile
import types
import unittest
import weakref

from made_up_host import CALLS, Err, Host, load, request


class Reuse(unittest.TestCase):
    """Several requests in one sandbox: when the next is asked for, and with which patience."""

    def served(self, app, arrivals=1, **options):
        """Serve a request and as many more as arrive: what the host was told."""
        CALLS.clear()
        left = [request(uri=f"http://example.com/{number}") for number in range(1, 1 + arrivals)]

        def asked(*_):
            def wait():
                if not left:
                    raise Err("none")
                return types.SimpleNamespace(request=left.pop(0), body=Host())

            return Host(wait=wait)

        host = Host(next_request=asked, next_request_with=asked)
        http_downstream.next_request, http_downstream.next_request_with = host.next_request, host.next_request_with
        with contextlib.redirect_stderr(io.StringIO()) as log:
            serve_wsgi(app, **{"max_requests": 9, "max_memory_mib": None} | options)().handle(request(), Host())
        self.log = log.getvalue()
        return [call[0] for call in CALLS if call[0] in self.TOLD]

    TOLD = ("send_downstream", "close", "app closes", "next_request", "next_request_with", "wait", "drop")

    def test_the_next_request_waits_for_no_close(self):
        def answer(kind):
            def app(environ, start_response):
                start_response("200 OK", [])
                return kind([b"a"])

            return app

        class Closing(list):
            def close(self):
                CALLS.append(("app closes",))

        class Streaming(Closing):
            def __iter__(self):
                return iter(tuple(super().__iter__()))

        early, late = ["next_request", "send_downstream"], ["send_downstream", "app closes", "next_request"]
        self.assertEqual(self.served(answer(list))[:2], early)
        self.assertEqual(self.served(answer(tuple))[:2], early)
        self.assertEqual(self.served(answer(lambda chunks: (chunk for chunk in chunks)))[:2], ["next_request", "close"])
        self.assertEqual(self.served(answer(Closing))[:3], late)
        asked = ["next_request", "send_downstream", "app closes"]
        self.assertEqual(self.served(answer(Closing), ask_early=True)[:3], asked)

    def test_a_generator_that_is_not_at_its_end_has_something_to_close(self):
        def app(environ, start_response):
            start_response("204 No Content", [])
            try:
                yield b"a"
            finally:
                CALLS.append(("app closes",))

        self.assertEqual(self.served(app)[:3], ["send_downstream", "app closes", "next_request"])

    def test_no_request_is_waited_for_beyond_the_end(self):
        def answer(environ, start_response):
            start_response("200 OK", [])
            return []

        def patience(**options):
            self.served(answer, **options)
            return [call[1] for call in CALLS if call[0] == "set_timeout"]

        for asked in (patience(max_seconds=5, idle_seconds=3600), patience(max_seconds=5)):
            self.assertTrue(asked and all(0 < seconds <= 5 for seconds in asked), asked)
        # That is one object of options, as all of them are the same.
        self.assertEqual(patience(max_seconds=3600, idle_seconds=0.25), [0.25])
        self.assertEqual(self.served(answer, max_seconds=0), ["send_downstream"])
        self.assertEqual(self.served(answer, max_requests=1), ["send_downstream"])

    def test_options_of_the_past_are_not_kept(self):
        alive = weakref.WeakSet()

        class Counted(Host):
            def __init__(self):
                super().__init__()
                alive.add(self)

        def answer(environ, start_response):
            start_response("200 OK", [])
            return []

        made, http_downstream.NextRequestOptions = http_downstream.NextRequestOptions, Counted
        try:
            self.served(answer, arrivals=8, max_seconds=5)
        finally:
            http_downstream.NextRequestOptions = made
        gc.collect()
        self.assertLessEqual(len(alive), 1)

    def test_a_client_that_goes_away_does_not_end_the_sandbox(self):
        def app(environ, start_response):
            served.append(environ["PATH_INFO"])
            start_response("200 OK", [])
            yield b"a"
            yield b"b"

        class Body(Host):
            def write(self, data):
                if fails == "write" and data == b"b" and served == ["/"]:
                    raise Err("gone")

            def close(self):
                if fails == "close" and served == ["/"]:
                    raise Err("gone")

        for fails in ("write", "close"):
            served = []
            http_body.Body = Body
            try:
                self.served(app)
            finally:
                http_body.Body = Host
            self.assertEqual((served, self.log), (["/", "/1"], ""), fails)

    def test_a_request_that_was_asked_for_goes_to_another_sandbox(self):
        class Failing(list):
            def close(self):
                raise RuntimeError("deliberate")

        def app(environ, start_response):
            start_response("200 OK", [])
            return Failing([b"a"])

        self.assertEqual(self.served(app, ask_early=True), ["next_request", "send_downstream", "drop"])
        self.assertIn("RuntimeError: deliberate", self.log)


class Tmp(unittest.TestCase):
    """What a request leaves in its folder for temporary files."""

    def test_all_that_is_in_a_folder_goes(self):
        with tempfile.TemporaryDirectory() as folder:
            os.makedirs(f"{folder}/a/b")
            for name in ("one", "a/two", "a/b/three"):
                with open(f"{folder}/{name}", "w") as file:
                    file.write("x")
            clear(folder)
            self.assertEqual(os.listdir(folder), [])
            clear(folder)
        # An app without files has no such folder.
        clear(folder)

    def test_nothing_is_removed_where_the_folder_is_not_the_sandbox_s(self):
        with tempfile.NamedTemporaryFile(dir="/tmp") as file:
            empty()
            self.assertTrue(os.path.exists(file.name))


if __name__ == "__main__":
    load(sys.argv.pop())
    from fastly_py._wsgi_tmp import clear, empty
    from fastly_py.wsgi import serve_wsgi
    from wit_world.imports import http_body, http_downstream

    unittest.main()
