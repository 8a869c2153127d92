"""What needs no host of WSGI, with a host that is made up.

    python pure.py FOLDER

FOLDER has the modules of the package.
"""

import contextlib
import functools
import io
import sys
import types
import unittest

from made_up_host import CALLS, Err, FramingHeadersMode, Host, HttpVersion, load, request


class Asgi:
    async def __call__(self, scope, receive, send): ...

    def served(self, environ, start_response): ...


class Apps(unittest.TestCase):
    """What may be given to be served."""

    def test_wsgi_apps_are_served(self):
        def app(environ, start_response): ...

        class Called:
            __call__ = staticmethod(app)

        class Iterated:
            def __init__(self, environ, start_response): ...

        for served in (app, Called(), Iterated, Asgi().served, functools.partial(app), print, lambda *args: []):
            app_of(served)

    def test_asgi_apps_are_refused(self):
        async def app(scope, receive, send): ...

        async def streamed(environ, start_response):
            yield b""

        def wrapped(scope, receive, send): ...

        for other in (app, streamed, wrapped, Asgi(), Asgi().__call__, functools.partial(app)):
            with self.assertRaisesRegex(TypeError, "serve_wsgi: app is made for ASGI: it (is async|takes .scope, receive, send.)"):
                app_of(other)

    def test_what_cannot_be_called_is_refused(self):
        for other in (None, "app", 1):
            with self.assertRaisesRegex(TypeError, "serve_wsgi: app must be a function or an object that can be called"):
                app_of(other)


class Environ(unittest.TestCase):
    def environ(self, body=None, measure_up_to=100, **asked):
        CALLS.clear()
        return environ_of(request(**asked), body or Host(), measure_up_to)

    def test_the_uri_is_taken_apart(self):
        for uri, wanted in {
            "https://example.com/a?b=c?d": ("https", "example.com", "443", "/a", "b=c?d"),
            "http://example.com:8080?b": ("http", "example.com", "8080", "", "b"),
            "http://[2001:db8::7]/": ("http", "[2001:db8::7]", "80", "/", ""),
            "http://[2001:db8::7]:81/a/b": ("http", "[2001:db8::7]", "81", "/a/b", ""),
            "https://me:and@example.com/%2e%zz%C3%A9+": ("https", "example.com", "443", "/.%zz\xc3\xa9+", ""),
            "http://example.com/é?é": ("http", "example.com", "80", "/\xc3\xa9", "\xc3\xa9"),
        }.items():
            found = self.environ(uri=uri)
            keys = ("wsgi.url_scheme", "SERVER_NAME", "SERVER_PORT", "PATH_INFO", "QUERY_STRING")
            self.assertEqual(tuple(found[key] for key in keys), wanted)
            self.assertEqual(found.get("HTTPS"), "on" if uri.startswith("https") else None)

    def test_the_protocol_has_its_name(self):
        names = [self.environ(version=version)["SERVER_PROTOCOL"] for version in HttpVersion]
        self.assertEqual(names, ["HTTP/0.9", "HTTP/1.0", "HTTP/1.1", "HTTP/2", "HTTP/3"])

    def test_a_get_takes_a_call_for_each_thing(self):
        self.environ(headers={"host": [b"example.com"], "accept": [b"a", b"b"]})
        names = [call[0] for call in CALLS]
        self.assertEqual(names, ["get_method", "get_version", "client_ip_addr", "get_uri", "get_headers"])

    def test_what_is_of_the_connection_is_not_of_the_app(self):
        dropped = {"connection": [b"x"], "te": [b"x"], "x_forged": [b"x"]}
        found = self.environ(headers={**dropped, "x-kept": [b"x"]})
        self.assertEqual([key for key in found if key.startswith("HTTP_")], ["HTTP_X_KEPT"])

    def test_the_values_of_a_name_are_one_value(self):
        several = {"cookie": [b"a=1", b"b=\xff"], "accept": [b"x", b"", b"y"], "empty": [b""], "gone": []}
        once = {"content-length": [b"5", b"6"], "content-type": [b"text/html", b"text/plain"]}
        found = self.environ(headers={**several, "te": [b"x", b"y"], **once})
        wanted = {"HTTP_COOKIE": "a=1; b=\xff", "HTTP_ACCEPT": "x, , y", "HTTP_EMPTY": ""}
        self.assertEqual({key: found[key] for key in found if key.startswith("HTTP_")}, wanted)
        self.assertEqual((found["CONTENT_LENGTH"], found["CONTENT_TYPE"]), ("5", "text/html"))

    def test_a_body_is_measured_where_its_length_is_not_known(self):
        def measured(pieces, known=None, **asked):
            rest = iter(pieces)
            body = Host(get_known_length=known, read=lambda size: next(rest, b"")[:size])
            found = self.environ(body=body, **asked)
            return found.get("CONTENT_LENGTH"), found["wsgi.input"].read1(3), [call[0] for call in CALLS].count("read")

        chunked = {"transfer-encoding": [b"chunked"]}
        self.assertEqual(measured([b"12", b"345"], method="POST"), ("5", b"123", 3))
        self.assertEqual(measured([b"12", b"345"], headers=chunked), ("5", b"123", 3))
        self.assertEqual(measured([b"12345"], known=5, method="POST"), ("5", b"123", 1))
        self.assertEqual(measured([b"12345"], method="POST", headers={"content-length": [b"5"]}), ("5", b"123", 1))
        self.assertEqual(measured([b"x" * 60, b"y" * 60], method="PUT"), (None, b"xxx", 2))
        self.assertEqual(measured([b"12345"], method="PUT", measure_up_to=0), (None, b"123", 1))
        self.assertEqual(measured([b"12345"]), (None, b"123", 1))

    def test_a_broken_body_is_an_error_of_files(self):
        def fail(*_):
            raise Err("broken")

        found = self.environ(body=Host(read=fail, read_all=fail))
        for how in (lambda file: file.read(), lambda file: file.read(5), lambda file: file.readline()):
            with self.assertRaises(OSError):
                how(found["wsgi.input"])


class Responses(unittest.TestCase):
    def sent(self, app, method="GET", **options):
        """What the host was told of a response, and what the log."""
        CALLS.clear()
        with contextlib.redirect_stderr(io.StringIO()) as log:
            serve_wsgi(app, **options)().handle(request(method=method), Host())
        names = [call[0] for call in CALLS]
        self.log = log.getvalue()
        return CALLS[names.index("get_headers") + 1 :]

    def answered(self, headers, chunks, method="GET", status="200 OK"):
        def app(environ, start_response):
            start_response(status, headers)
            return chunks

        return self.sent(app, method)

    # How the host is told that an app failed.
    APOLOGY = [
        ("write", b"Internal Server Error\n"),
        ("set_status", 500),
        ("append_header", "content-type", b"text/plain"),
        ("send_downstream",),
    ]

    def test_flasks_chunk_is_sent_at_once(self):
        headers = [("Content-Type", "text/plain"), ("Content-Length", "5")]
        head = ("append_header", "content-type", b"text/plain")
        wanted = [("write", b"hello"), head, ("send_downstream",)]
        self.assertEqual(self.answered(headers, (chunk for chunk in [b"hello"])), wanted)

    def test_a_chunk_that_may_not_be_the_last_is_streamed(self):
        def app(environ, start_response):
            start_response("201 Created", [])
            yield b""
            yield b"a"
            yield b"b"

        streaming = ("send_downstream_streaming",)
        wanted = [("write", b"a"), ("set_status", 201), streaming, ("write", b"b"), ("close",)]
        self.assertEqual(self.sent(app), wanted)
        self.assertEqual(self.sent(app, method="HEAD"), [("set_status", 201), streaming, ("close",)])

    def test_a_stream_that_fails_is_dropped_and_not_closed(self):
        def app(environ, start_response):
            start_response("200 OK", [])
            yield b"a"
            raise RuntimeError("deliberate")

        self.assertEqual(self.sent(app), [("write", b"a"), ("send_downstream_streaming",), ("drop",)])

    def test_an_announced_length_is_kept_or_nothing_is_whole(self):
        four = [("Content-Length", "4")]
        manual = ("set_framing_headers_mode", FramingHeadersMode.MANUALLY_FROM_HEADERS)
        streaming = [("append_header", "content-length", b"4"), manual, ("send_downstream_streaming",)]
        part = [("write", b"1"), *streaming]
        for chunks, wanted in {
            (b"12", b"34"): [("write", b"12"), *streaming, ("write", b"34"), ("close",)],
            # Too few of them, and too many: what completes it waits for the end of the others.
            (b"1",): [*part, ("drop",)],
            (b"1", b"2345"): [*part, ("drop",)],
            (b"1", b"234", b"5"): [*part, ("drop",)],
            (b"1234", b"5"): self.APOLOGY,
            (b"12345",): self.APOLOGY,
            (): self.APOLOGY,
        }.items():
            self.assertEqual(self.answered(four, iter(chunks)), wanted, chunks)
            is_kept = b"".join(chunks) == b"1234"
            self.assertEqual("ValueError: the app announced 4 bytes" in self.log, not is_kept, chunks)
            # All at once, nothing is sent of what is wrong.
            whole = [("write", b"1234"), ("send_downstream",)] if is_kept else self.APOLOGY
            self.assertEqual(self.answered(four, list(chunks)), whole, chunks)
            self.assertEqual("ValueError: the app announced 4 bytes" in self.log, not is_kept, chunks)

    def test_what_has_no_body_owes_none(self):
        ten = [("Content-Length", "10")]
        for chunks in ([], [b"12"], iter([]), iter([b"12"])):
            self.assertEqual(self.answered(ten, chunks, status="304 Not Modified"), [("set_status", 304), ("send_downstream",)])
        manual = ("set_framing_headers_mode", FramingHeadersMode.MANUALLY_FROM_HEADERS)
        head = [("append_header", "content-length", b"10"), manual, ("send_downstream_streaming",), ("close",)]
        for chunks in ([], [b"12"], iter([]), iter([b"12", b"34"])):
            self.assertEqual(self.answered(ten, chunks, method="HEAD"), head)
        self.assertEqual(self.log, "")

    def test_what_completes_a_length_can_not_be_taken_back(self):
        def app(environ, start_response):
            start_response("200 OK", [("Content-Length", "4")])
            yield b"1234"
            start_response("503 Later", [], (ValueError, ValueError("deliberate"), None))

        self.assertEqual(self.sent(app), self.APOLOGY)
        self.assertIn("ValueError: deliberate", self.log)

    def test_headers_of_the_connection_are_left_out_and_told(self):
        names = ["Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE"]
        names += ["Trailer", "Trailers", "Transfer-Encoding", "Upgrade"]
        for name in names:
            kept = ("append_header", "x-kept", b"1")
            self.assertEqual(self.answered([(name, "x"), ("X-Kept", "1")], []), [kept, ("send_downstream",)])
            self.assertIn(f"the header {name} was left out", self.log)

    def test_a_length_that_is_no_number_is_left_out_and_told(self):
        for length in ("many", "-1", "1.0", ""):
            self.assertEqual(self.answered([("Content-Length", length)], [b"a"]), [("write", b"a"), ("send_downstream",)])
            self.assertIn("the header Content-Length was left out", self.log)

    def test_a_header_outside_latin_1_is_named(self):
        self.assertEqual(self.answered([("X-Fine", "caf\xe9"), ("X-Greek", "a\u03a9")], []), self.APOLOGY)
        self.assertIn("ValueError: the header X-Greek has '\u03a9' in it", self.log)

    def test_what_fails_before_the_app_is_a_500_too(self):
        def app(environ, start_response):
            raise AssertionError("it is not asked")

        def fail(*_):
            raise Err("broken")

        CALLS.clear()
        with contextlib.redirect_stderr(io.StringIO()) as log:
            serve_wsgi(app)().handle(request(method="POST"), Host(get_known_length=None, read=fail))
        self.assertEqual(CALLS[-4:], self.APOLOGY)
        self.assertIn("Err: broken", log.getvalue())

    def test_a_log_that_takes_nothing_fails_no_request(self):
        def fail(*_):
            raise Err("no such endpoint")

        def app(environ, start_response):
            print("told", file=environ["wsgi.errors"])
            raise RuntimeError("deliberate")

        for opened in (fail, lambda _: types.SimpleNamespace(write=fail)):
            log_module.Endpoint = types.SimpleNamespace(open=opened)
            self.assertEqual(self.sent(app, log_endpoint="missing"), self.APOLOGY)
            self.assertIn("the log endpoint 'missing' does not take this: no such endpoint\ntold\n", self.log)
            self.assertIn("RuntimeError: deliberate", self.log)

    def test_a_log_that_is_closed_fails_no_request(self):
        def app(environ, start_response):
            environ["wsgi.errors"].close()
            raise RuntimeError("deliberate")

        CALLS.clear()
        with contextlib.redirect_stderr(io.StringIO()):
            serve_wsgi(app)().handle(request(), Host())
        self.assertEqual(CALLS[-4:], self.APOLOGY)

    def test_a_warm_up_asks_the_app_and_no_host(self):
        CALLS.clear()
        asked = []

        def app(environ, start_response):
            asked.append((environ["PATH_INFO"], environ["QUERY_STRING"], environ["wsgi.input"].read()))
            start_response("200 OK", [])(b"x")
            return [b"y"]

        serve_wsgi(app, warm_up=["/a?b", "/c"])
        self.assertEqual((asked, CALLS), ([("/a", "b", b""), ("/c", "", b"")], []))


class Options(unittest.TestCase):
    def test_a_value_that_cannot_be_is_an_error_of_the_build(self):
        for option, kinds in {
            "max_requests": {0: ValueError, -1: ValueError, "2": TypeError, 1.5: TypeError, True: TypeError, None: TypeError},
            "max_seconds": {-1: ValueError, float("nan"): ValueError, float("inf"): ValueError, "1": TypeError, True: TypeError},
            "idle_seconds": {-0.1: ValueError, 2.0**33: ValueError, "1": TypeError, False: TypeError},
            "max_memory_mib": {-1: ValueError, 1.5: TypeError, "64": TypeError, True: TypeError},
            "ask_early": {1: TypeError, None: TypeError},
            "log_endpoint": {"": ValueError, b"log": TypeError, 7: TypeError},
            "measure_up_to": {-1: ValueError, None: TypeError, 0.5: TypeError},
            "warm_up": {"/a": TypeError, ("a",): ValueError, (b"/a",): TypeError, None: TypeError},
        }.items():
            for value, kind in kinds.items():
                with self.assertRaises(kind, msg=f"{option}={value!r}") as caught:
                    serve_wsgi(print, **{option: value})
                self.assertIn(f"serve_wsgi: {option} ", str(caught.exception))

    def test_an_app_that_is_none_is_an_error_of_the_build(self):
        async def asgi(scope, receive, send):
            """Is asked in another way."""

        class Asgi:
            async def __call__(self, scope, receive, send):
                """Is asked in another way."""

        for app in (asgi, Asgi(), Asgi().__call__, "app", None):
            with self.assertRaisesRegex(TypeError, "serve_wsgi: app "):
                serve_wsgi(app)

    def test_every_good_value_is_taken(self):
        for options in (
            {"max_requests": 1, "max_seconds": 0, "max_memory_mib": 0, "measure_up_to": 0, "idle_seconds": 0},
            {"max_requests": 10**6, "max_seconds": 2.5, "max_memory_mib": None, "idle_seconds": 3600, "ask_early": True},
        ):
            serve_wsgi(lambda environ, start_response: [], **options)


if __name__ == "__main__":
    load(sys.argv.pop())
    from fastly_py._wsgi_environ import environ_of
    from fastly_py._wsgi_options import app_of
    from fastly_py._wsgi_tmp import clear, empty
    from fastly_py.wsgi import serve_wsgi
    from wit_world.imports import log as log_module

    unittest.main()
