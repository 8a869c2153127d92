"""In place of the host: notes what it is called with."""

import sys

CALLS: list[tuple[str, dict[str, object]]] = []


def call_import(index: int, arguments: dict[str, object]) -> None:
    CALLS.append((sys._getframe(1).f_code.co_qualname, arguments))
