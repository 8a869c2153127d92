"""The exceptions of the package, over the bindings of the whole world."""

import contextlib
import copy
import io
import logging
import pickle
import subprocess
import sys
import traceback
import unittest
from enum import Enum

import fastly_py
from componentize_py_types import Err
from fastly_py import AlreadyConsumed, Error, FastlyError, KvError, NotFound, OpenError, SendError
from wit_world.imports import http_body, http_req, kv_store, types

OPEN = types.OpenError.NOT_FOUND
SEND = http_req.SendError(
    kind=http_req.SendErrorKind.DNS_ERROR,
    base=types.Error.GENERIC_ERROR,
    dns_rcode=3,
    dns_info_code=None,
    tls_alert_id=None,
    h2_frame_type=None,
    h2_error_code=None,
)


def called(value, at="wit_world.imports.kv_store", name="Store.open"):
    """Raises what a function of the bindings does."""
    outer, _, inner = name.rpartition(".")
    source = f"class {outer}:\n @classmethod\n def {inner}(cls): raise Err(value)\ncall = {name}"
    scope = {"__name__": at, "Err": Err, "value": value}
    exec(source, scope)
    scope["call"]()


def caught(value):
    try:
        called(value)
    except Err as error:
        return error
    raise AssertionError("nothing was raised")


class Told(unittest.TestCase):
    def test_by_case_by_family_by_both_and_by_the_base(self):
        for wanted in (NotFound, OpenError, OpenError.NotFound, FastlyError, Err, Exception):
            with self.assertRaises(wanted):
                called(OPEN)

    def test_by_no_other(self):
        error = caught(OPEN)
        for other in (AlreadyConsumed, KvError, SendError, Error, OpenError.Reserved, fastly_py.Reserved):
            self.assertNotIsInstance(error, other)

    def test_a_case_that_families_share(self):
        for value in (types.Error.ALREADY_CONSUMED, kv_store.KvError.ALREADY_CONSUMED):
            with self.assertRaises(AlreadyConsumed):
                called(value)
        self.assertNotIsInstance(caught(kv_store.KvError.ALREADY_CONSUMED), Error)

    def test_value_and_code(self):
        error = caught(OPEN)
        self.assertIs(error.value, OPEN)
        self.assertIs(error.code, OPEN)
        self.assertEqual(error.args, (OPEN,))

    def test_a_record_has_its_details(self):
        error = caught(SEND)
        self.assertIsInstance(error, SendError.DnsError)
        self.assertIs(error.value, SEND)
        self.assertIs(error.code, http_req.SendErrorKind.DNS_ERROR)
        self.assertEqual((error.base, error.dns_rcode, error.tls_alert_id), (types.Error.GENERIC_ERROR, 3, None))

    def test_as_code_for_the_bindings_has_it(self):
        match caught(OPEN):
            case Err(value):
                self.assertIs(value, OPEN)
        match caught(OPEN):
            case Err(value=types.OpenError.NOT_FOUND):
                pass
            case other:
                self.fail(repr(other))
        self.assertIs(Err(value=OPEN).value, OPEN)
        self.assertTrue(Err[types.Error])
        for wrong in ((), (1, 2)):
            with self.assertRaises(TypeError):
                Err(*wrong)

    def test_unknown_payloads_are_shown(self):
        class Colour(Enum):
            RED = 0

        for value in (None, "text", 7, Colour.RED, object(), [1], http_body.TrailerError):
            error = caught(value)
            self.assertIs(type(error), FastlyError)
            self.assertIs(error.value, value)
            self.assertIs(error.code, value)
            self.assertIn(repr(value), str(error))

    def test_every_case_of_every_family_has_a_class_and_says_something(self):
        count = 0
        for kind in (types.Error, types.OpenError, kv_store.KvError, http_body.TrailerError):
            for member in kind:
                error = caught(member)
                self.assertTrue(type(error).__qualname__.startswith(kind.__name__ + "."), error)
                self.assertIn(member.name.title().replace("_", ""), type(error).__name__)
                self.assertIs(getattr(getattr(fastly_py, kind.__name__), type(error).__name__), type(error))
                self.assertIsInstance(error, getattr(fastly_py, type(error).__name__))
                self.assertRegex(str(error), rf"^kv_store.Store.open: .+ \({kind.__name__}.{member.name}\)$")
                count += 1
        self.assertGreater(count, 40)

    def test_all_names_are_there(self):
        for name in dir(fastly_py):
            self.assertIsNotNone(getattr(fastly_py, name))
        self.assertIn("NotFound", dir(fastly_py))
        with self.assertRaisesRegex(AttributeError, "NotFond"):
            fastly_py.NotFond
        with self.assertRaisesRegex(AttributeError, "OpenError.*NotFond"):
            OpenError.NotFond

    def test_made_by_hand(self):
        self.assertIs(type(OpenError(OPEN)), OpenError.NotFound)
        self.assertIs(type(NotFound(OPEN)), OpenError.NotFound)
        # What is no case of it stays what it was called.
        self.assertIs(type(KvError(OPEN)), KvError)

    def test_derived_by_an_app(self):
        class Mine(OpenError):
            def __init__(self, name, code):
                super().__init__(code)
                self.name = name

        error = Mine("shelf", OPEN)
        self.assertIs(type(error), Mine)
        self.assertIsInstance(error, FastlyError)


class Says(unittest.TestCase):
    def test_what_and_which_function(self):
        self.assertEqual(
            str(caught(OPEN)), "kv_store.Store.open: No entity by the given name was found (OpenError.NOT_FOUND)"
        )
        self.assertEqual(caught(OPEN).function, "kv_store.Store.open")

    def test_details(self):
        said = str(caught(SEND))
        self.assertIn("(SendErrorKind.DNS_ERROR, base=", said)
        self.assertIn("dns_rcode=3)", said)
        self.assertNotIn("None", said)

    def test_no_function_where_none_of_the_bindings_raised_it(self):
        try:
            raise Err(OPEN)
        except Err as error:
            self.assertIsNone(error.function)
            self.assertEqual(str(error), "No entity by the given name was found (OpenError.NOT_FOUND)")
        self.assertIsNone(Err(OPEN).function)

    def test_the_function_is_kept_through_other_functions(self):
        def outer():
            try:
                called(OPEN)
            except NotFound:
                raise

        try:
            outer()
        except NotFound as error:
            self.assertEqual(error.function, "kv_store.Store.open")

    def test_repr(self):
        self.assertEqual(repr(Err(OPEN)), "OpenError.NotFound(<OpenError.NOT_FOUND: 3>)")


class Passes(unittest.TestCase):
    def test_context_managers(self):
        @contextlib.contextmanager
        def managed():
            try:
                yield
            except NotFound:
                raise

        with self.assertRaises(OpenError.NotFound), managed():
            called(OPEN)
        with self.assertRaises(OpenError.NotFound), contextlib.ExitStack() as stack:
            stack.enter_context(managed())
            stack.callback(lambda: None)
            called(OPEN)
        with contextlib.suppress(NotFound):
            called(OPEN)

    def test_pickle_and_copy(self):
        for value in (OPEN, SEND, None, "text"):
            error = caught(value)
            error.add_note("a note")
            for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
                self.assertIs(type(twin), type(error))
                self.assertEqual(twin, error)
                self.assertEqual(str(twin), str(error))
                self.assertEqual(twin.__notes__, ["a note"])

    def test_pickle_where_nothing_was_caught_yet(self):
        """Classes are made when they are needed, and in another process none was."""
        script = "import sys, pickle, fastly_py; print(repr(pickle.load(sys.stdin.buffer)))"
        error = caught(OPEN)
        ran = subprocess.run([sys.executable, "-B", "-c", script], input=pickle.dumps(error), capture_output=True)
        self.assertEqual((ran.stdout.decode().strip(), ran.stderr), (repr(error), b""))

    def test_pickle_of_an_apps_own(self):
        twin = pickle.loads(pickle.dumps(Own(OPEN)))
        self.assertIs(type(twin), Own)

    def test_notes_and_causes_in_tracebacks(self):
        try:
            try:
                called(OPEN)
            except NotFound as error:
                error.add_note("a note")
                raise RuntimeError("no shelf") from error
        except RuntimeError as error:
            text = "".join(traceback.format_exception(error))
        for part in ("fastly_py.errors.OpenError.NotFound: kv_store.Store.open: No entity", "a note", "direct cause"):
            self.assertIn(part, text)

    def test_logging(self):
        stream = io.StringIO()
        logger = logging.Logger("errors")
        logger.addHandler(logging.StreamHandler(stream))
        try:
            called(OPEN)
        except FastlyError:
            logger.exception("it failed")
        self.assertIn("OpenError.NotFound: kv_store.Store.open:", stream.getvalue())

    def test_groups(self):
        try:
            raise ExceptionGroup("several", [Err(OPEN), Err(SEND)])
        except* NotFound as found:
            self.assertEqual(len(found.exceptions), 1)
        except* SendError:
            pass

    def test_hash_and_equality(self):
        self.assertEqual(Err(OPEN), Err(OPEN))
        self.assertEqual(hash(Err(OPEN)), hash(Err(OPEN)))
        self.assertNotEqual(Err(OPEN), Err(types.OpenError.RESERVED))
        self.assertNotEqual(Err(OPEN), OPEN)
        self.assertEqual(Err(SEND), Err(copy.copy(SEND)))
        self.assertEqual(hash(Err(SEND)), hash(Err(copy.copy(SEND))))
        self.assertEqual(len({Err(OPEN), Err(OPEN), Err(SEND), Err(None)}), 3)


class Own(OpenError):
    """An app's own."""


if __name__ == "__main__":
    unittest.main()
