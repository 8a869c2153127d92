"""Options by keyword, and arguments that the bindings could not take."""

import contextlib
import datetime
import ipaddress
import unittest
from enum import Enum
from types import SimpleNamespace

import fastly_py  # noqa: F401
from componentize_py_runtime import CALLS
from fastly_py import checks
from wit_world.imports import (
    acl,
    async_io,
    backend,
    cache,
    config_store,
    erl,
    geo,
    http_body,
    http_downstream,
    http_req,
    http_resp,
    http_types,
    kv_store,
    log,
    purge,
    secret_store,
)

STORE = kv_store.Store()
BODY = http_body.Body()
REQUEST = http_req.Request()
RESPONSE = http_resp.Response()


class Calls(unittest.TestCase):
    def setUp(self):
        CALLS.clear()

    def calls(self):
        return [name for name, _ in CALLS]

    def refused(self, error, message, call, *args, **keywords):
        with self.assertRaisesRegex(error, f"^{message}"):
            call(*args, **keywords)
        self.assertEqual(CALLS, [], "the host was called")


class Options(Calls):
    def test_by_keyword(self):
        options = kv_store.InsertOptions(mode=kv_store.InsertMode.APPEND, metadata="m")
        self.assertEqual(
            self.calls(), ["InsertOptions.__init__", "InsertOptions.set_mode", "InsertOptions.set_metadata"]
        )
        self.assertIs(CALLS[1][1]["value"], kv_store.InsertMode.APPEND)
        self.assertIs(type(options), kv_store.InsertOptions)

    def test_in_order_and_as_before(self):
        kv_store.InsertOptions().set_mode(kv_store.InsertMode.ADD)
        cache.WriteOptions(1.0)
        cache.WriteOptions(max_age=2.0, surrogate_keys=["a"])
        self.assertEqual(CALLS[-2][1]["max_age"], 2.0)
        with self.assertRaisesRegex(TypeError, "missing 1 required positional argument: 'max_age'"):
            cache.WriteOptions(surrogate_keys=["a"])

    def test_nothing_is_not_set(self):
        kv_store.InsertOptions(metadata=None)
        self.assertEqual(self.calls(), ["InsertOptions.__init__"])

    def test_what_is_off_or_nothing_much_is_set(self):
        kv_store.InsertOptions(background_fetch=False, time_to_live=0, metadata="")
        self.assertEqual(
            {name: call["value"] for name, call in CALLS[1:]},
            {
                "InsertOptions.set_background_fetch": False,
                "InsertOptions.set_time_to_live": 0.0,
                "InsertOptions.set_metadata": "",
            },
        )

    def test_what_the_host_itself_has(self):
        backend.DynamicBackendOptions(connect_timeout=1.5, use_tls=True, client_cert=("pem", secret_store.Secret()))
        self.assertIn("DynamicBackendOptions.client_cert", self.calls())

    def test_wrong_keyword(self):
        self.refused(TypeError, r"InsertOptions\(\) got an unexpected keyword argument 'mod'; it has background_fetch",
                     kv_store.InsertOptions, mod=1)
        self.refused(TypeError, r"InsertOptions\(\) got an unexpected keyword argument 'mod'",
                     STORE.insert, "k", BODY, mod=1)
        self.refused(TypeError, ".*unexpected keyword argument 'mode'", STORE.lookup, "k", mode=1)

    def test_wrong_value(self):
        with self.assertRaisesRegex(TypeError, "set_metadata: metadata must be str, not bytes"):
            kv_store.InsertOptions(metadata=b"m")
        with self.assertRaisesRegex(ValueError, "mode must be kv_store.InsertMode or one of 'overwrite', 'add'"):
            kv_store.InsertOptions(mode="ad")

    def test_classes_look_as_they_did(self):
        kind = kv_store.InsertOptions
        self.assertEqual((kind.__name__, kind.__qualname__, kind.__module__),
                         ("InsertOptions", "InsertOptions", "wit_world.imports.kv_store"))
        self.assertIn("insert", kind.__doc__)

    def test_functions_take_them_too(self):
        STORE.insert("k", BODY)
        self.assertEqual(self.calls(), ["Store.insert"])
        self.assertEqual(CALLS[0][1].get("options"), None)
        CALLS.clear()
        STORE.insert("k", BODY, mode="append", metadata="m")
        self.assertEqual(self.calls()[-1], "Store.insert_with")
        self.assertIs(CALLS[1][1]["value"], kv_store.InsertMode.APPEND)
        CALLS.clear()
        options = kv_store.InsertOptions()
        STORE.insert("k", BODY, options)
        self.assertIs(CALLS[-1][1]["options"], options)
        STORE.insert("k", BODY, options=options)
        STORE.insert_with("k", BODY, options)
        STORE.insert_with("k", BODY, mode="add")
        self.assertEqual(self.calls().count("Store.insert_with"), 4)

    def test_either_or(self):
        options = kv_store.InsertOptions()
        CALLS.clear()
        self.refused(TypeError, "options by keyword", STORE.insert, "k", BODY, options, mode="add")
        self.refused(TypeError, "options by keyword", STORE.insert_with, "k", BODY, options, mode="add")

    def test_functions_of_modules_and_of_classes(self):
        purge.surrogate_key("k", soft_purge=True)
        self.assertEqual(self.calls()[-1], "surrogate_key_with")
        cache.insert(b"k", max_age=1)
        self.assertEqual(self.calls()[-1], "insert")
        cache.Entry.lookup(b"k", request_headers=REQUEST)
        self.assertEqual(self.calls()[-1], "Entry.lookup_with")
        http_downstream.next_request(timeout=datetime.timedelta(seconds=2))
        self.assertEqual(CALLS[-2][1]["value"], 2.0)
        backend.register_dynamic_backend("b", "localhost", connect_timeout=1)
        self.assertEqual(self.calls()[-1], "register_dynamic_backend")


class Arguments(Calls):
    def test_good_ones_go_on_as_they_are(self):
        BODY.write(b"x")
        self.assertEqual(CALLS[-1][1]["data" if "data" in CALLS[-1][1] else "buf"], b"x")

    def test_text_and_bytes(self):
        self.refused(TypeError, r"Body\.write: \w+ must be bytes, not str; encode it", BODY.write, "x")
        self.refused(TypeError, r"Body\.write: \w+ must be bytes, not bytearray; make it bytes", BODY.write, bytearray())
        self.refused(TypeError, r"Body\.write: \w+ must be bytes, not memoryview", BODY.write, memoryview(b""))
        self.refused(TypeError, r"Body\.write: \w+ must be bytes, not NoneType", BODY.write, None)
        self.refused(TypeError, r"Store\.lookup: key must be str, not bytes; decode it", STORE.lookup, b"k")
        self.refused(ValueError, r"Store\.lookup: key is no text, because of '\\udcff' in it", STORE.lookup, "k\udcff")
        self.refused(TypeError, r"Store\.open: name must be str, not NoneType", kv_store.Store.open, None)
        self.refused(TypeError, r"Store\.open: name must be str, not NoneType", kv_store.Store.open, name=None)

    def test_subclasses_are_what_they_are(self):
        class Text(str):
            pass

        STORE.lookup(Text("k"))
        self.assertEqual(len(CALLS), 1)

    def test_numbers(self):
        self.refused(ValueError, r"Body\.read: \w+ must be from 0 to 4294967295, and is -1", BODY.read, -1)
        self.refused(ValueError, r"Body\.read: \w+ must be from 0 to 4294967295, and is 4294967296", BODY.read, 1 << 32)
        self.refused(TypeError, r"Body\.read: \w+ must be int, not float", BODY.read, 1.0)
        self.refused(TypeError, r"Body\.read: \w+ must be int, not NoneType", BODY.read, None)
        BODY.read(True)

    def test_seconds(self):
        self.refused(TypeError, r"select_with_timeout: timeout must be float, not str",
                     async_io.select_with_timeout, [], "1")
        async_io.select_with_timeout([], 1)
        async_io.select_with_timeout([], datetime.timedelta(milliseconds=1500))
        self.assertEqual([call["timeout"] for _, call in CALLS], [1.0, 1.5])

    def test_addresses(self):
        geo.lookup(ipaddress.ip_address("2001:db8::7"))
        self.assertEqual(CALLS[-1][1]["address"], "2001:db8::7")
        CALLS.clear()
        self.refused(TypeError, "lookup: address must be str, not int", geo.lookup, 7)

    def test_lists(self):
        self.refused(TypeError, "select: handles must be list, not tuple; make it list", async_io.select, ())
        self.refused(TypeError, r"select: handles\[0\] must be async_io.Pollable, not NoneType", async_io.select, [None])
        self.refused(TypeError, r"Request\.set_header_values: \w+\[1\] must be bytes, not str",
                     REQUEST.set_header_values, "name", [b"a", "b"])

    def test_items_are_made_what_they_must_be(self):
        given = [ipaddress.ip_address("192.0.2.1"), "192.0.2.2"]
        taken = checks.check(given, "addresses", ("list", ("address",)))
        self.assertEqual((taken, type(taken[0])), (["192.0.2.1", "192.0.2.2"], str))
        self.assertEqual(checks.check(tuple(given), "pair", ("tuple", (("address",), ("str",)))), tuple(taken))
        # What is right already is not copied.
        self.assertIs(checks.check(taken, "addresses", ("list", ("address",))), taken)

    def test_enums(self):
        class Other(Enum):
            HTTP11 = 0

        self.refused(TypeError, r"Request\.set_version: \w+ must be http_types.HttpVersion, not Other",
                     REQUEST.set_version, Other.HTTP11)
        self.refused(TypeError, r"Request\.set_version: \w+ must be http_types.HttpVersion, not int",
                     REQUEST.set_version, 1)
        self.refused(ValueError, r"Request\.set_version: \w+ must be http_types.HttpVersion or one of .*'http11'",
                     REQUEST.set_version, "1.1")
        REQUEST.set_version("http11")
        self.assertIs(next(v for k, v in CALLS[-1][1].items() if k != "self"), http_types.HttpVersion.HTTP11)
        RESPONSE.set_framing_headers_mode("manually-from-headers")
        self.assertIs(CALLS[-1][1]["mode"], http_types.FramingHeadersMode.MANUALLY_FROM_HEADERS)

    def test_objects(self):
        self.refused(TypeError, r"Store\.insert: body must be http_body.Body, not bytes", STORE.insert, "k", b"body")
        self.refused(TypeError, r"Request\.send: body must be http_body.Body, not Request", REQUEST.send, REQUEST, REQUEST)
        self.refused(TypeError, r"Response\.send_downstream: body must be http_body.Body, not SimpleNamespace",
                     RESPONSE.send_downstream, SimpleNamespace())

    def test_a_class_of_an_apps_own(self):
        class Mine(http_body.Body):
            pass

        body = Mine()
        STORE.insert("k", body)
        self.assertIs(CALLS[-1][1]["body"], body)


class Closed(Calls):
    def test_what_was_left_says_so(self):
        with http_body.Body() as body:
            body.write(b"x")
        CALLS.clear()
        self.refused(ValueError, r"Body\.write: this object was closed, by `close\(\)` or the end of its `with`",
                     lambda: body.write(b""))
        self.refused(ValueError, "Body.read: this object was closed", lambda: body.read(1))
        self.refused(ValueError, r"Store\.insert: body was closed, by `close\(\)` or the end of its `with`",
                     STORE.insert, "k", body)
        self.assertIsInstance(body, http_body.Body)
        body.__exit__(None, None, None)

    def test_what_has_no_close_of_its_own_gets_one(self):
        for kind in (config_store.Store, log.Endpoint, erl.RateCounter, erl.PenaltyBox, kv_store.Store, acl.Acl,
                     backend.Backend, async_io.Pollable, secret_store.Secret, kv_store.InsertOptions):
            CALLS.clear()
            found = kind.__new__(kind)
            self.assertIsNone(found.close())
            self.assertEqual(self.calls(), [f"{kind.__name__}.__exit__"])
            # Again it is no error, and by a `with` around it neither.
            with contextlib.closing(found):
                found.close()
            self.assertEqual(self.calls(), [f"{kind.__name__}.__exit__"])
            CALLS.clear()
            self.refused(ValueError, kind.__name__ + r"\.\w+: this object was closed, by `close\(\)`", lambda: found.get)
            self.assertIsInstance(found, kind)
        self.assertIn("no error", log.Endpoint.close.__doc__)

    def test_a_close_of_the_world_is_left_alone(self):
        body = http_body.Body()
        body.close()
        self.assertEqual(self.calls()[-1], "Body.close")
        with body:
            pass
        CALLS.clear()
        self.refused(ValueError, "Body.close: this object was closed", lambda: body.close())

    def test_a_class_of_an_apps_own_is_closed_as_often_as_it_likes(self):
        class Mine(config_store.Store):
            closed = 0

            def close(self):
                Mine.closed += 1
                super().close()

        mine = Mine.__new__(Mine)
        mine.close()
        mine.close()
        self.assertEqual((Mine.closed, len(CALLS)), (2, 1))

    def test_others_are_not(self):
        other = http_body.Body()
        with http_body.Body():
            pass
        other.write(b"x")


if __name__ == "__main__":
    unittest.main()
