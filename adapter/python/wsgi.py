"""WSGI (PEP 3333): Flask, Bottle, Django and their like as apps of the edge.

    from flask import Flask
    from fastly_py.wsgi import serve_wsgi

    app = Flask(__name__)
    HttpIncoming = serve_wsgi(app)

The app runs unchanged. Its own files are there to read, and `/tmp` to write to, until the request is served. What a
framework imports late is compiled at that request, so have it imported early, or by `warm_up`. An app that is built
with `--no-files` has no files and no late imports: what spools large uploads into temporary files must then be told to
keep them in memory.

`environ["fastly.request"]` is the host's request, for what WSGI has no name for (`tls()`, `bot()`).
"""

import contextvars
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Protocol

from componentize_py_types import Err
from wit_world import exports
from wit_world.imports import compute_runtime, http_body, http_downstream, http_req

from . import _wsgi_options, _wsgi_tmp
from ._wsgi_environ import Environ, environ_of, practice
from ._wsgi_late import import_early
from ._wsgi_log import LogStream
from ._wsgi_response import ClientGone, Response, StartResponse, closes_nothing

__all__ = ["ClientGone", "serve_wsgi"]


class Errors(Protocol):
    """Where `wsgi.errors` goes: standard error, or a log endpoint."""

    def write(self, text: str, /) -> object: ...

    def flush(self) -> object: ...


App = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


def serve_wsgi(
    app: App,
    *,
    max_requests: int = 1,
    max_seconds: float | None = None,
    max_memory_mib: int | None = 64,
    idle_seconds: float | None = None,
    ask_early: bool = False,
    log_endpoint: str | None = None,
    measure_up_to: int = 1 << 20,
    warm_up: Iterable[str] = (),
    keep_tmp: bool = False,
) -> type[exports.HttpIncoming]:
    """The class that the entry module of the app calls `HttpIncoming`.

    A sandbox serves one request, unless `max_requests` is more: then it waits for others, and what the
    app keeps in memory is there for them too. It takes no more after `max_seconds`, when it has grown beyond
    `max_memory_mib`, after an exception that the app let through, or when none comes for `idle_seconds` (the
    host's own limit by default).

    :param app: the WSGI app.
    :param max_requests: how many requests a sandbox serves at most; the host may want fewer.
    :param max_seconds: how long after its start a sandbox takes another request.
    :param max_memory_mib: with how much memory in use a sandbox takes no other request, in 2^20 bytes; `None` for
        any. A sandbox that runs out of memory loses the request that it serves.
    :param idle_seconds: how long a sandbox waits for another request.
    :param ask_early: whether a sandbox asks for its next request before the app's `close` has run. Without it, what
        `close` does, such as the `call_on_close` of Flask, keeps nobody waiting. With it, the client that asks again at
        once is more often served by the same sandbox, and whoever comes next waits until `close` is done. A response that
        has nothing to close, a list or a generator that came to its end, is the same in both.
    :param log_endpoint: the log endpoint that `wsgi.errors` writes to, instead of standard error.
    :param measure_up_to: Django and Bottle read no body without a `CONTENT_LENGTH`. Where the client did
        not say how long its body is, so many bytes are read before the app runs, to see whether that is
        all; 0 leaves every body for the app to read.
    :param warm_up: paths that are asked for with `GET` while the app is built, so that what a request
        imports, compiles and caches is in the component already. There is no host then: name paths that
        call none, a missing one for instance. The responses are thrown away.
    :param keep_tmp: whether the next request of a sandbox finds in `/tmp` what the one before it left there. Without
        it, `/tmp` is empty for each request.
    :raises TypeError: when an option, or the app, is of another type.
    :raises ValueError: when an option has a value that it cannot have.
    """
    _wsgi_options.app_of(app)
    _wsgi_options.count("max_requests", max_requests, 1)
    _wsgi_options.span("max_seconds", max_seconds)
    if max_memory_mib is not None:
        _wsgi_options.count("max_memory_mib", max_memory_mib, 0)
    _wsgi_options.span("idle_seconds", idle_seconds)
    _wsgi_options.flag("ask_early", ask_early)
    _wsgi_options.endpoint("log_endpoint", log_endpoint)
    _wsgi_options.count("measure_up_to", measure_up_to, 0)
    _wsgi_options.flag("keep_tmp", keep_tmp)
    import_early()
    for path in _wsgi_options.paths("warm_up", warm_up):
        _warm_up(app, path)

    class HttpIncoming(exports.HttpIncoming):
        """Serves the app."""

        def handle(self, request: http_req.Request, body: http_body.Body) -> None:
            errors: Errors = sys.stderr if log_endpoint is None else LogStream(log_endpoint)
            upcoming = _Upcoming(max_requests, max_seconds, max_memory_mib, idle_seconds, ask_early)
            more = _serve(app, request, body, errors, upcoming, measure_up_to)
            while more:
                # Neither of the last request is held while the next one is waited for.
                del request, body
                arrived = upcoming.wait()
                if arrived is None:
                    break
                request, body = arrived.request, arrived.body
                if not keep_tmp:
                    _wsgi_tmp.empty()
                more = _serve(app, request, body, errors, upcoming, measure_up_to)
            upcoming.cancel()

    return HttpIncoming


class _Upcoming:
    """The request after this one.

    Where the app has nothing left to do, the host is asked for it just before the response is whole: whoever has that may
    ask again at once, and finds this sandbox ready instead of having another one made.
    """

    def __init__(
        self, requests: int, seconds: float | None, memory_mib: int | None, idle_seconds: float | None, early: bool
    ) -> None:
        self.once = requests == 1
        self._left = requests - 1
        self._end = None if seconds is None else time.monotonic() + seconds
        self._memory_mib = memory_mib
        self._idle_seconds = idle_seconds
        self._early = early
        self._pending: http_req.PendingRequest | None = None

    def ask_before_the_end(self, chunks: Iterable[bytes]) -> None:
        """Ask for it while the response is not whole yet, unless it would then wait for what `close` does."""
        if self._early or closes_nothing(chunks):
            self.ask()

    def ask(self) -> None:
        """Ask for it, unless that was done or this sandbox takes no more."""
        if self._pending is not None or self._left == 0 or self._is_full():
            return
        patience = self._patience()
        try:
            if patience is None:
                self._pending = http_downstream.next_request()
            elif patience > 0:
                self._pending = http_downstream.next_request_with(_options(patience))
        except Err:
            # The host has none for this sandbox, which is nobody's fault.
            return

    def wait(self) -> http_req.RequestWithBody | None:
        """Wait for it, if there may be one."""
        self.ask()
        pending, self._pending = self._pending, None
        if pending is None:
            return None
        self._left -= 1
        try:
            return pending.wait()
        except Err:
            return None

    def cancel(self) -> None:
        """Leave it to another sandbox, if the host has it already."""
        pending, self._pending = self._pending, None
        if pending is not None:
            pending.__exit__(None, None, None)

    def _is_full(self) -> bool:
        return self._memory_mib is not None and compute_runtime.get_heap_mib() > self._memory_mib

    def _patience(self) -> float | None:
        if self._end is None:
            return self._idle_seconds
        left = self._end - time.monotonic()
        return left if self._idle_seconds is None else min(left, self._idle_seconds)


@lru_cache(1)
def _options(seconds: float) -> http_downstream.NextRequestOptions:
    """How long to wait, which is the same each time where a sandbox has no end."""
    options = http_downstream.NextRequestOptions()
    options.set_timeout(seconds)
    return options


def _serve(
    app: App,
    request: http_req.Request,
    body: http_body.Body,
    errors: Errors,
    upcoming: _Upcoming,
    measure_up_to: int,
) -> bool:
    """Answer a request; whether the app came through it without an exception."""
    response: Response | None = None
    try:
        environ = environ_of(request, body, measure_up_to)
        environ["wsgi.errors"] = errors
        environ["wsgi.run_once"] = upcoming.once
        response = Response(environ["REQUEST_METHOD"], lambda text: _tell(errors, text))
        # What the app sets in its context is not there for the next request.
        contextvars.copy_context().run(_run, app, environ, response, upcoming)
        fine = True
    except ClientGone:
        # Nobody is left to tell, and the app has done nothing wrong.
        fine = True
    except BaseException:  # The app may call sys.exit(), and that is its request's end alone.
        fine = False
        # The client first: to write of it may fail, too.
        if response is None or not response.sent:
            _send_500(errors)
        _tell(errors, traceback.format_exc())
    finally:
        if response is not None:
            # Of a whole response nothing is left; one that is not finished must not look as if it were.
            response.abort()
        _tell(errors, "")
    return fine


def _send_500(errors: Errors) -> None:
    try:
        Response("GET", lambda text: _tell(errors, text)).fail()
    except Err as error:
        # An app that sends a response of its own, past WSGI, has sent the only one there is.
        _tell(errors, f"there is no response to say so: {error.value}\n")


def _tell(errors: Errors, text: str) -> None:
    """Write to the log, and have it go out. An app may have closed that, and is served all the same."""
    try:
        errors.write(text)
        errors.flush()
    except (OSError, ValueError):
        return


def _run(app: App, environ: Environ, response: Response, upcoming: _Upcoming) -> None:
    """Call the app and send what it returns, then have it clean up, whatever happened."""
    chunks = app(environ, response.start)
    try:
        response.send(chunks, lambda: upcoming.ask_before_the_end(chunks))
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()


def _warm_up(app: App, path: str) -> None:
    """Ask the app for something while it is built."""

    def write(data: bytes) -> None:
        """Throw it away."""

    def run() -> None:
        chunks = app(practice(path), lambda status, headers, exc_info=None: write)
        try:
            for _ in chunks:
                pass
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()

    contextvars.copy_context().run(run)
