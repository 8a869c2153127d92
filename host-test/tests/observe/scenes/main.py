"""Each path is a scene: calls of the host that a test knows."""

import hashlib
import inspect
import sys
import time
from collections.abc import Callable

from fastly_py import FastlyError
from wit_world import exports
from wit_world.imports import backend, config_store, http_body, http_downstream, http_req, http_resp, kv_store


def stores() -> str:
    """Two lookups, and a store that is not there."""
    store = kv_store.Store.open("values")
    found = [store.lookup(key) is not None for key in ("there", "not there")]
    try:
        kv_store.Store.open("absent")
    except FastlyError as error:
        found.append(type(error).__name__)
    return str(found)


def settings() -> str:
    """Texts go in and come out."""
    return config_store.Store.open("settings").get("greeting") or ""


def nothing() -> str:
    """No call but for the answer."""
    return ""


def busy() -> str:
    """Twenty milliseconds outside of the host."""
    end = time.monotonic() + 0.02
    while time.monotonic() < end:
        pass
    return ""


def large() -> str:
    """Many bytes, which go past the adapter."""
    body = http_body.Body()
    body.write(b"x" * 100_000)
    body.write(b"y")
    return str(body.get_known_length())


def many() -> str:
    """A hundred thousand calls."""
    body = http_body.Body()
    for _ in range(100_000):
        body.get_known_length()
    return ""


def tried(call: Callable[[], object]) -> str:
    """What a call comes to."""
    try:
        call()
    except FastlyError as error:
        return type(error).__qualname__
    return "ok"


def refused() -> str:
    """What calls come to that a policy is about, each with an error of another shape."""
    request, body, store = http_req.Request(), http_body.Body(), kv_store.Store.open("values")
    calls = [
        lambda: config_store.Store.open("settings"),
        lambda: store.lookup("there"),
        body.get_known_length,
        lambda: request.set_method("PUT"),
        lambda: request.send(body, backend.Backend.open("nowhere")),
    ]
    return " ".join(tried(call) for call in calls)


def lookups() -> str:
    """The same call, sixty times."""
    settings = config_store.Store.open("settings")
    return "".join("." if tried(lambda: settings.get("greeting")) == "ok" else "x" for _ in range(60))


def evidence() -> str:
    """What an exception says of a call that is refused."""
    try:
        config_store.Store.open("settings")
    except FastlyError as error:
        print(f"{error.raw}|{error}", file=sys.stderr)
    return ""


def identity() -> str:
    """What the functions of the bindings are: the same in an app that is observed."""
    functions = (kv_store.Store.open, kv_store.Store.lookup, http_req.Request.get_uri, http_body.Body.write)
    for function in functions:
        said = f"{type(function).__name__} {function.__module__}.{function.__qualname__}{inspect.signature(function)}"
        print(said, hashlib.sha256((function.__doc__ or "").encode()).hexdigest()[:8], file=sys.stderr)
    return ""


def crash() -> str:
    """Ends the sandbox."""
    config_store.Store.open("settings")
    raise SystemExit(3)


SCENES = {f"/{scene.__name__}": scene for scene in (stores, settings, nothing, busy, large, many, refused, lookups, evidence, identity, crash)}


def answer(request: http_req.Request) -> str:
    """Answers a request; what it asked for."""
    path = "/" + request.get_uri().rsplit("/", 1)[-1]
    said = SCENES[path.removesuffix("?again")]()
    body = http_body.Body()
    body.write(said.encode())
    http_resp.Response().send_downstream(body)
    return path


class HttpIncoming(exports.HttpIncoming):
    def handle(self, request: http_req.Request, body: http_body.Body) -> None:
        path = answer(request)
        while path.endswith("?again"):
            pending = http_downstream.next_request()
            another = pending.wait()
            if another is None:
                break
            path = answer(another.request)
