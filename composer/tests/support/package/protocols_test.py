"""What Python people expect of stores, headers, bodies and the like, with a host that is made up here."""

import io
import json
import pickle
import unittest
from array import array
from collections.abc import Mapping, MutableMapping
from datetime import timedelta
from unittest.mock import patch

import fastly_py  # isort: skip
from componentize_py_types import Err
from wit_world.imports.http_body import Body as Taken  # isort: skip


class Derived(Taken):
    """Of an app, from what it took before."""


from fastly_py import bodies, config_store, dictionary, headers, kv_store, secret_store, waiting
from fastly_py._substitute import in_place_of
from wit_world import imports
from wit_world.imports import async_io, http_body, http_req, types
from wit_world.imports import kv_store as kv_imports


class Message:
    """A message with headers, which are lower case at the host and grouped by name."""

    def __init__(self, *pairs: tuple[str, bytes]) -> None:
        self.pairs = list(pairs)

    def get_header_names(self):
        return list(dict.fromkeys(name for name, _ in self.pairs))

    def get_headers(self):
        return [(name, value) for name in self.get_header_names() for value in self.get_header_values(name)]

    def get_header_values(self, name):
        return [value for other, value in self.pairs if other == name.lower()]

    def get_header_value(self, name):
        return next(iter(self.get_header_values(name)), None)

    def set_header_values(self, name, values):
        self.pairs = [pair for pair in self.pairs if pair[0] != name.lower()]
        self.pairs += [(name.lower(), value) for value in values]

    def insert_header(self, name, value):
        self.set_header_values(name, [value])

    def append_header(self, name, value):
        self.pairs.append((name.lower(), value))

    def remove_header(self, name):
        if not name.islower() and not name.replace("-", "").isalnum() or name.lower() not in self.get_header_names():
            raise Err(types.Error.INVALID_ARGUMENT)
        self.set_header_values(name, [])


class Headers(unittest.TestCase):
    def setUp(self):
        self.message = Message(("accept", b"text/html"), ("cookie", b"a=1"), ("cookie", b"b=2"))
        self.headers = headers.Headers(self.message)

    def test_a_mapping(self):
        self.assertIsInstance(self.headers, MutableMapping)
        self.assertEqual(dict(self.headers), {"accept": "text/html", "cookie": "a=1"})
        self.assertEqual(list(self.headers), ["accept", "cookie", "cookie"])
        self.assertEqual(len(self.headers), len(list(self.headers.items())))
        self.assertEqual(self.headers.get("none", 5), 5)
        with self.assertRaisesRegex(KeyError, "None-Such"):
            self.headers["None-Such"]

    def test_removing(self):
        del self.headers["Cookie"]
        del self.headers["cookie"]
        self.assertEqual(self.headers, {"Accept": "text/html"})
        self.assertEqual(self.headers.popitem(), ("accept", "text/html"))
        self.assertFalse(self.headers)

    def test_clearing(self):
        self.headers.extend((f"x-{number}", number) for number in range(100))
        self.headers.clear()
        self.assertEqual(self.message.pairs, [])

    def test_what_cannot_be_removed_and_is_there(self):
        with patch.object(self.message, "remove_header", side_effect=Err(types.Error.ALREADY_CONSUMED)):
            with self.assertRaises(fastly_py.AlreadyConsumed):
                del self.headers["none"]

    def test_values(self):
        self.headers["n"] = 5
        self.headers["less"] = -5
        self.assertEqual(self.headers["less"], "-5")
        self.headers["é"] = "é"
        self.headers["raw"] = b"\xff"
        self.headers["copy"] = self.headers["raw"]
        self.assertEqual([self.headers.get_bytes(name) for name in ("n", "é", "copy")], [b"5", b"\xc3\xa9", b"\xff"])
        for value in (None, 1.5, ["a"]):
            with self.assertRaisesRegex(TypeError, "str or bytes"):
                self.headers["x"] = value
        self.assertNotIn("x", self.headers)

    def test_views(self):
        self.assertIn(("cookie", "b=2"), self.headers.items())
        self.assertNotIn(("cookie", "c=3"), self.headers.items())
        self.assertEqual(list(self.headers.values()), ["text/html", "a=1", "b=2"])
        self.assertEqual(repr(headers.Headers(Message(("a", b"1")))), "Headers([('a', '1')])")

    def test_update_replaces_and_extend_adds(self):
        self.headers.update(cookie="c=3")
        self.headers.extend({"accept": "text/plain"})
        self.assertEqual(self.headers.getlist("cookie"), ["c=3"])
        self.headers.extend([("cookie", "d=4"), ("cookie", "e=5")])
        self.assertEqual(self.headers.getlist("cookie"), ["c=3", "d=4", "e=5"])
        self.assertEqual(self.headers.get_all("accept"), ["text/html", "text/plain"])
        self.assertIsNone(self.headers.get_all("none"))


class Body:
    """A body that says what became of it."""

    def __init__(self, content: bytes = b"") -> None:
        self.content, self.fate = content, ""

    def read(self, size):
        found, self.content = self.content[:size], self.content[size:]
        return found

    def read_all(self, limit):
        return self.read(limit)

    def write(self, data):
        self.content += data

    def close(self):
        if self.fate:
            raise Err(types.Error.ALREADY_CONSUMED)
        self.fate = "finished"


class Bodies(unittest.TestCase):
    def setUp(self):
        self.body = Body()
        release = patch.object(bodies, "_release", lambda body: setattr(body, "fate", body.fate or "abandoned"))
        release.start()
        self.addCleanup(release.stop)

    def test_left_normally(self):
        with bodies.writer(self.body) as file:
            self.assertEqual(file.write(memoryview(b"abcd")[::2]), 2)
            self.assertEqual(file.write(array("H", [0x6161, 0x6262])), 4)
        self.assertEqual((self.body.content, self.body.fate, file.closed), (b"acaabb", "finished", True))
        file.close()

    def test_left_by_an_exception(self):
        with self.assertRaises(ZeroDivisionError), bodies.writer(self.body) as file:
            file.write(b"a")
            1 / 0
        self.assertEqual((self.body.fate, file.closed), ("abandoned", True))
        file.abandon()
        file.close()
        self.assertEqual(self.body.fate, "abandoned")

    def test_left_by_the_end_of_the_app(self):
        with self.assertRaises(SystemExit), bodies.writer(self.body) as file:
            file.write(b"a")
            raise SystemExit
        self.assertEqual(self.body.fate, "abandoned")

    def test_left_by_an_exception_through_layers(self):
        with self.assertRaises(ZeroDivisionError), bodies.writer(self.body) as file:
            with io.TextIOWrapper(io.BufferedWriter(file)) as text:
                text.write("a")
                1 / 0
        self.assertEqual((self.body.content, self.body.fate), (b"a", "abandoned"))

    def test_without_a_block(self):
        with io.BufferedWriter(bodies.writer(self.body)) as gathered:
            gathered.write(b"a")
        self.assertEqual((self.body.content, self.body.fate), (b"a", "finished"))

    def test_lost(self):
        bodies.writer(self.body).write(b"a")
        self.assertEqual(self.body.fate, "")

    def test_sent_meanwhile(self):
        with bodies.writer(self.body):
            self.body.close()
        self.assertEqual(self.body.fate, "finished")

    def test_another_failure_to_finish(self):
        failing = patch.object(self.body, "close", side_effect=Err(types.Error.GENERIC_ERROR))
        with failing, self.assertRaises(fastly_py.GenericError), bodies.writer(self.body):
            pass

    def test_layers(self):
        with bodies.writer(self.body) as file, io.TextIOWrapper(io.BufferedWriter(file), encoding="utf-8") as text:
            json.dump({"a": "é"}, text, ensure_ascii=False)
        self.assertEqual(json.load(bodies.reader(Body(self.body.content))), {"a": "é"})
        self.assertEqual(self.body.fate, "finished")

    def test_reading(self):
        body = Body(b"one\ntwo")
        with bodies.reader(body, buffer_size=4) as file:
            self.assertEqual(file.readline(), b"one\n")
        self.assertEqual((body.content, body.fate), (b"two", ""))
        self.assertEqual(list(bodies.chunks(body, 2)), [b"tw", b"o"])

    def test_the_block_of_a_body(self):
        released = []
        with patch.object(bodies, "_release", released.append):
            with patch.object(http_body.Body, "close") as close, http_body.Body():
                pass
            with patch.object(http_body.Body, "close") as never, self.assertRaises(KeyError), http_body.Body():
                raise KeyError
            # An app that is ended is none that is done.
            with patch.object(http_body.Body, "close", never), self.assertRaises(SystemExit), http_body.Body():
                raise SystemExit
        self.assertEqual((close.call_count, never.call_count, len(released)), (1, 0, 3))


class Stores(unittest.TestCase):
    def test_config(self):
        with patch.object(imports.config_store.Store.__mro__[1], "get", lambda self, key: {"a": "1"}.get(key)):
            store = config_store.Store()
            self.assertEqual((store["a"], store.get("b"), store.get("b", 2), "a" in store), ("1", None, 2, True))
            self.assertNotIn("b", store)
            self.assertRaises(KeyError, lambda: store["b"])
            self.assertRaises(ValueError, lambda: store["\udcff"])
            self.assertRaises(TypeError, list, store)
            self.assertNotIsInstance(store, Mapping)

    def test_dictionary(self):
        with patch.object(dictionary.Dictionary, "lookup", lambda self, key: {"a": ""}.get(key)):
            found = dictionary.Dictionary()
            self.assertEqual((found["a"], found.get("b", 2), "a" in found), ("", 2, True))

    def test_secrets(self):
        with patch.object(secret_store.Secret, "plaintext", lambda self: b"s3cret"):
            secret = secret_store.Secret()
            self.assertEqual((bytes(secret), secret.text()), (b"s3cret", "s3cret"))
            self.assertNotIn("s3cret", repr(secret))

    def test_pages(self):
        asked = []

        def list_with(store, options):
            asked.append(options)
            cursors = {1: {"next_cursor": "one"}, 2: {"next_cursor": "two"}, 3: {"next_cursor": ""}}
            return json.dumps({"data": [f"k{len(asked)}"], "meta": cursors[len(asked)]})

        with patch.object(kv_store.Store, "list_with", list_with):
            store = kv_store.Store()
            keys = iter(store)
            self.assertEqual(next(keys), "k1")
            self.assertEqual(len(asked), 1, "a page is asked for before it is wanted")
            self.assertEqual(list(keys), ["k2", "k3"])

    def test_values(self):
        with patch.object(kv_imports.Store, "insert") as insert, patch.object(kv_store, "http_body") as made:
            made.Body = Body
            store = kv_store.Store()
            body = Body(b"a body")
            for value in ("é", b"b", bytearray(b"b"), io.BytesIO(b"f"), io.StringIO("t"), body):
                store["k"] = value
            contents = [call.args[1].content for call in insert.call_args_list]
            self.assertEqual(contents, ["é".encode(), b"b", b"b", b"f", b"t", b"a body"])
            self.assertIs(insert.call_args.args[1], body)
            long = bytes(range(256)) * 1000
            store["k"] = io.BytesIO(long)
            self.assertEqual(insert.call_args.args[1].content, long)
            for value in (None, 5, ["a"]):
                self.assertRaises(TypeError, store.__setitem__, "k", value)

    def test_items(self):
        keys, under_way, most = [f"k{number}" for number in range(40)], [], []

        class Lookup:
            def __init__(self, key):
                self.key = key
                under_way.append(key)
                most.append(len(under_way))

            def wait(self):
                under_way.remove(self.key)
                # One is gone since the list was made.
                return None if self.key == "k7" else Entry(self.key)

        class Entry:
            def __init__(self, key):
                self.key = key

            def take_body(self):
                return Body(self.key.encode())

        with patch.object(kv_store.Store, "lookup_async", lambda self, key: Lookup(key)):
            with patch.object(kv_store.Store, "keys", lambda self, prefix: iter(keys)):
                found = list(kv_store.Store().items())
        self.assertEqual(found, [(key, key.encode()) for key in keys if key != "k7"])
        self.assertEqual((under_way, max(most)), ([], kv_store.AT_ONCE))

    def test_deleting(self):
        with patch.object(kv_store.Store, "delete", lambda self, key: key == "a"):
            store = kv_store.Store()
            del store["a"]
            self.assertRaises(KeyError, store.__delitem__, "b")


class Pending:
    def __init__(self, pollable):
        self.pollable = pollable

    def subscribe(self):
        return self.pollable


class Waiting(unittest.TestCase):
    def test_select(self):
        pending, pollable = Pending(async_io.Pollable()), async_io.Pollable()
        with patch.object(async_io, "select", lambda handles: handles.index(pollable)):
            self.assertIs(waiting.select([pending, pollable]), pollable)
        with patch.object(async_io, "select_with_timeout", return_value=None) as asked:
            self.assertIsNone(waiting.select({pending}, timeout=timedelta(seconds=2)))
        self.assertEqual(asked.call_args.args, ([pending.pollable], 2.0))

    def test_as_completed(self):
        some = [Pending(async_io.Pollable()) for _ in range(3)]
        with patch.object(async_io, "select", lambda handles: len(handles) - 1):
            self.assertEqual(list(waiting.as_completed(iter(some))), some[::-1])
        with patch.object(async_io, "select_with_timeout", side_effect=[1, None]) as asked:
            came = waiting.as_completed(some, 10)
            self.assertIs(next(came), some[1])
            with self.assertRaisesRegex(TimeoutError, "2 are not ready"):
                next(came)
        self.assertLessEqual(asked.call_args.args[1], 10)

    def test_a_timeout_is_one_for_all(self):
        some = [Pending(async_io.Pollable()) for _ in range(3)]
        with patch.object(async_io, "select_with_timeout", return_value=0) as asked:
            with patch.object(waiting.time, "monotonic", side_effect=[100.0, 103.0, 107.0, 112.0]):
                list(waiting.as_completed(some, 10))
        self.assertEqual([call.args[1] for call in asked.call_args_list], [7.0, 3.0, 0.0])


class Substituted(unittest.TestCase):
    def test_by_name(self):
        for cls in (kv_store.Store, headers.Request, bodies.Body):
            self.assertIs(pickle.loads(pickle.dumps(cls)), cls)
        self.assertIs(http_req.Request, headers.Request)
        self.assertNotIn("get_method", vars(headers.Request))

    def test_whoever_took_it_before(self):
        self.assertIs(Taken, bodies.Body)
        self.assertIsInstance(Derived(), bodies.Body)
        Derived().append(Derived())
        self.assertIs(vars(imports.http_resp)["_http_body_Body"], bodies.Body)

    def test_only_by_what_derives_from_it(self):
        with self.assertRaisesRegex(TypeError, "Request does not derive from wit_world.imports.http_req.Request"):
            in_place_of(http_req)(type("Request", (), {}))


if __name__ == "__main__":
    unittest.main()
