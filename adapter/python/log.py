"""Python's `logging` to the service's log endpoints."""

import logging
from collections.abc import Callable

from wit_world.imports import log

__all__ = ["LogHandler"]


class LogHandler(logging.Handler):
    """Writes each record to a log endpoint, as one event.

    An endpoint is opened when the first record goes to it, so a handler can be made when the app is imported, which is
    when it is built. What goes wrong with a record is told on standard error and not raised, as with other handlers.
    """

    def __init__(
        self, endpoint: str | Callable[[logging.LogRecord], str], level: int | str = logging.NOTSET
    ) -> None:
        """Makes a handler.

        :param endpoint: the name of the endpoint, or what tells it for a record
        :param level: the lowest level that it takes
        """
        super().__init__(level)
        self._endpoint = endpoint
        self._opened: dict[str, log.Endpoint] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Writes a record.

        :param record: the record
        """
        try:
            name = self._endpoint if isinstance(self._endpoint, str) else self._endpoint(record)
            endpoint = self._opened.get(name)
            if endpoint is None:
                endpoint = self._opened[name] = log.Endpoint.open(name)
            # As text, a message that cannot be UTF-8 would end the sandbox.
            endpoint.write(self.format(record).encode("utf-8", "backslashreplace"))
        except Exception:
            self.handleError(record)

    def close(self) -> None:
        """Lets the endpoints go; a record that comes later opens its own again."""
        self._opened.clear()
        super().close()
