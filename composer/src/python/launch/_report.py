"""What the build is told: lines of JSON in one file, what the app printed in another.

Both are files of the folder that this package is in, which the sandbox shares with the build: whatever ends the sandbox,
they say how far it came.
"""

import contextlib
import os
import sys

_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_HERE = os.path.dirname(os.path.abspath(__file__)) + "/"
# What an exception says may be as long as the data it is about.
_LONGEST = 20_000


class Report:
    """What became of the app."""

    def __init__(self):
        self.phase = "import"
        self._events = writable("report.jsonl")
        self._printed = writable("printed.txt")
        self._is_failed = False
        self.say("started")

    def say(self, event, **fields):
        """One line. It is in the file when this returns."""
        line = f'{{"event": "{event}", "phase": "{self.phase}"'
        if fields:
            # An app that is well has no use for it.
            import json

            line += ", " + json.dumps(fields)[1:-1]
        os.write(self._events, (line + "}\n").encode())

    def failed(self, error):
        """The app let an exception through. Where another reason was told, that is the one."""
        if self._is_failed:
            return
        if isinstance(error, SystemExit):
            self.ends("exit", called=f"sys.exit({error.code!r})", text=_text(error, with_last=False))
            return
        self.ends(
            "raised",
            kind=type(error).__name__,
            lacks=_lacks(error),
            file=_file(error),
            text=_text(error),
        )

    def ends(self, event, **fields):
        """The last line of a build that fails."""
        self._is_failed = True
        self.say(event, **fields)

    def close(self, modules):
        """The app is imported with these modules, and nothing is held open."""
        loaded = writable("loaded.txt")
        with open(loaded, "w", encoding="utf-8") as file:
            file.write("\n".join({*modules, *sys.builtin_module_names}))
        self.say("imported")
        os.close(self._events)
        os.close(self._printed)

    @contextlib.contextmanager
    def printed(self):
        """Has the two streams write to a file. They stay the objects they are: loggers keep them."""
        streams = [(stream, _raw(stream), number) for stream, number in ((sys.stdout, 1), (sys.stderr, 2))]
        names = [raw.name for _, raw, _ in streams]
        for _, raw, _ in streams:
            raw.__init__(self._printed, "wb", closefd=False)
        try:
            yield
        finally:
            for (stream, raw, number), name in zip(streams, names):
                stream.flush()
                raw.__init__(number, "wb", closefd=False)
                raw.name = name


def stack(frame):
    """Where a frame is, as a traceback says it, without what is not the app's doing."""
    import traceback

    frames = traceback.StackSummary.extract(traceback.walk_stack(frame))
    frames.reverse()
    return "".join(_kept(frames).format())


def writable(name):
    return os.open(os.path.join(_FOLDER, name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)


def _raw(stream):
    return getattr(stream.buffer, "raw", stream.buffer)


def _file(error):
    """The file that an exception is about."""
    name = getattr(error, "filename", None)
    return name if isinstance(name, str) else None


def _lacks(error):
    """What this Python has not got, though others have it: a module, or a name of one."""
    if isinstance(error, ModuleNotFoundError):
        if error.name and error.name.partition(".")[0] in sys.stdlib_module_names:
            return _importer(error.__traceback__) or error.name, None
    elif isinstance(error, ImportError):
        if error.name in sys.stdlib_module_names and error.name_from:
            return error.name, error.name_from
    elif isinstance(error, AttributeError):
        if isinstance(error.obj, type(sys)) and error.obj.__name__ in sys.stdlib_module_names:
            return error.obj.__name__, error.name
    return None


def _importer(traceback):
    """The module of the standard library that was asked for: what it imports in turn need not be known by name."""
    found = None
    while traceback is not None:
        scope = traceback.tb_frame.f_globals
        name = scope.get("__name__", "")
        if not str(scope.get("__file__")).startswith("/python/") or name.startswith("importlib"):
            found = None
        elif found is None:
            found = name
        traceback = traceback.tb_next
    return found


def _text(error, with_last=True):
    import traceback

    told = traceback.TracebackException.from_exception(error)
    pending, seen = [told], set()
    while pending:
        part = pending.pop()
        if part is None or id(part) in seen:
            continue
        seen.add(id(part))
        part.stack = _kept(part.stack)
        pending += [part.__cause__, part.__context__, *(part.exceptions or ())]
    text = "".join(told.format()) if with_last else "".join(told.stack.format())
    if not told.stack:
        text = text.removeprefix("Traceback (most recent call last):\n")
    if len(text) > _LONGEST:
        half = _LONGEST // 2
        text = f"{text[:half]}\n... {len(text) - 2 * half} characters more ...\n{text[-half:]}"
    return text


def _kept(frames):
    """The frames of the app and of what it imports."""
    for index in reversed(range(len(frames))):
        if frames[index].filename.startswith((_HERE, "<frozen importlib")):
            del frames[index]
    return frames
