"""What needs no host of WSGI, with a host that is made up: its calls are counted.

    python pure.py FOLDER

FOLDER has the modules of the package.
"""

import enum
import importlib.util
import sys
import types
import unittest
from pathlib import Path

CALLS = []


class Err(Exception):
    """The bindings' own."""

    def __init__(self, value):
        self.value = value

    def __class_getitem__(cls, item):
        return cls


class Host:
    """Writes down what is called on it, and answers what was asked of it by name."""

    def __init__(self, *_, **answers):
        self.answers = answers

    def __getattr__(self, name):
        def call(*args):
            CALLS.append((name, *(arg for arg in args if not isinstance(arg, Host))))
            answer = self.answers.get(name)
            return answer(*args) if callable(answer) else answer

        return call

    def __exit__(self, *_):
        CALLS.append(("drop",))


class HttpVersion(enum.Enum):
    HTTP09, HTTP10, HTTP11, H2, H3 = range(5)


class FramingHeadersMode(enum.Enum):
    AUTOMATIC, MANUALLY_FROM_HEADERS = range(2)


def made_up(name, **members):
    module = types.ModuleType(name)
    module.__dict__.update(members)
    sys.modules[name] = module
    return module


def load(folder):
    """The package, over bindings that are made up."""
    imports = {
        "compute_runtime": {"get_heap_mib": Host().get_heap_mib},
        "http_body": {"Body": Host},
        "http_resp": {"Response": Host},
        "http_req": {"Request": Host, "RequestWithBody": Host},
        "http_types": {"HttpVersion": HttpVersion, "FramingHeadersMode": FramingHeadersMode},
        "http_downstream": {"NextRequestOptions": Host, "next_request": Host().next_request},
        "log": {"Endpoint": Host},
    }
    made_up("componentize_py_types", Err=Err)
    modules = {name: made_up(f"wit_world.imports.{name}", **members) for name, members in imports.items()}
    made_up("wit_world", exports=made_up("wit_world.exports", HttpIncoming=object))
    made_up("wit_world.imports", **modules)
    package = made_up("fastly_py", __path__=[folder])
    package.__spec__ = importlib.util.spec_from_file_location("fastly_py", None, submodule_search_locations=[folder])


def request(uri="http://example.com/", method="GET", headers=(), version=HttpVersion.HTTP11):
    headers = dict(headers)
    return Host(
        get_method=method,
        get_uri=uri,
        get_version=version,
        client_ip_addr="192.0.2.1",
        get_headers=[(name, value) for name, values in headers.items() for value in values],
    )


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
    def sent(self, app, method="GET", headers=None):
        CALLS.clear()
        serve_wsgi(app)().handle(request(method=method), Host())
        names = [call[0] for call in CALLS]
        return CALLS[names.index("get_headers") + 1 :]

    def test_flasks_chunk_is_sent_at_once(self):
        def app(environ, start_response):
            start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
            return (chunk for chunk in [b"hello"])

        head = ("append_header", "content-type", b"text/plain")
        self.assertEqual(self.sent(app), [("write", b"hello"), head, ("send_downstream",)])

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

        told, sys.stderr = sys.stderr, types.SimpleNamespace(write=lambda text: None, flush=lambda: None)
        try:
            self.assertEqual(self.sent(app), [("write", b"a"), ("send_downstream_streaming",), ("drop",)])
        finally:
            sys.stderr = told

    def test_a_warm_up_asks_the_app_and_no_host(self):
        CALLS.clear()
        asked = []

        def app(environ, start_response):
            asked.append((environ["PATH_INFO"], environ["QUERY_STRING"], environ["wsgi.input"].read()))
            start_response("200 OK", [])(b"x")
            return [b"y"]

        serve_wsgi(app, warm_up=["/a?b", "/c"])
        self.assertEqual((asked, CALLS), ([("/a", "b", b""), ("/c", "", b"")], []))


if __name__ == "__main__":
    load(sys.argv.pop())
    from fastly_py._wsgi_environ import environ_of
    from fastly_py.wsgi import serve_wsgi

    unittest.main()
