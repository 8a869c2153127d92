"""A log endpoint as the text stream that WSGI wants for errors."""

import io
import sys

from componentize_py_types import Err
from wit_world.imports import log


class LogStream(io.TextIOBase):
    """Writes to a log endpoint: what is written up to the end of a line is one event, a traceback too.

    What the endpoint does not take goes to standard error, with the reason: a log never fails the request that it is about.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._endpoint: log.Endpoint | None = None
        self._pending = ""

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, text: str) -> int:
        """Write text, which goes out once it ends a line."""
        self._pending += text
        if self._pending.endswith("\n"):
            self.flush()
        return len(text)

    def flush(self) -> None:
        """Send what is left of a line."""
        # An event that is empty is none.
        text, self._pending = self._pending.rstrip("\n"), ""
        if text:
            try:
                if self._endpoint is None:
                    self._endpoint = log.Endpoint.open(self._name)
                # A lone surrogate, as in a file name, has no bytes.
                self._endpoint.write(text.encode(errors="backslashreplace"))
            except Err as error:
                print(f"the log endpoint {self._name!r} does not take this: {error.value}", file=sys.stderr)
                print(text.encode(errors="backslashreplace").decode(), file=sys.stderr)
