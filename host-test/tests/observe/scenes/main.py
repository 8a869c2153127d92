"""Each path is a scene: calls of the host that a test knows."""

import time

from fastly_py import FastlyError
from wit_world import exports
from wit_world.imports import config_store, http_body, http_req, http_resp, kv_store


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


def crash() -> str:
    """Ends the sandbox."""
    config_store.Store.open("settings")
    raise SystemExit(3)


SCENES = {f"/{scene.__name__}": scene for scene in (stores, settings, nothing, busy, large, many, crash)}


class HttpIncoming(exports.HttpIncoming):
    def handle(self, request: http_req.Request, body: http_body.Body) -> None:
        path = "/" + request.get_uri().rsplit("/", 1)[-1]
        said = SCENES[path]()
        answer = http_body.Body()
        answer.write(said.encode())
        http_resp.Response().send_downstream(answer)
