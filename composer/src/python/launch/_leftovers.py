"""What an app may not leave behind: files that are open. Their numbers are other files' at a request, or nobody's."""

import gc
import io
import os
import sys

_MANY = 1024


def numbers():
    """The numbers of what is open, such as the folders that the sandbox shares with the build."""
    found = set()
    for number in range(3, _MANY):
        try:
            os.fstat(number)
        except OSError:
            continue
        found.add(number)
    return found


def check(before, report):
    """Refuses what was opened since."""
    left = numbers() - before
    if not left:
        return
    files = {}
    for found in gc.get_objects():
        if isinstance(found, io.FileIO) and not found.closed and found.fileno() in left:
            files[found.fileno()] = {"name": str(found.name), "place": _place(found)}
    files.update({number: {"name": None, "place": None} for number in left - files.keys()})
    report.ends("open", files=list(files.values()))
    raise ResourceWarning("files are left open")


def _place(found):
    """Which name of a module leads to an object, through what holds it."""
    modules = {
        id(vars(module)): name for name, module in list(sys.modules.items()) if isinstance(module, type(sys))
    }
    layer, seen = [found], {id(found)}
    for _ in range(6):
        holders = []
        for held in layer:
            for holder in gc.get_referrers(held):
                if id(holder) in modules and isinstance(holder, dict):
                    names = [name for name, value in holder.items() if value is held]
                    if names and not modules[id(holder)].startswith(__package__):
                        return f"{modules[id(holder)]}.{names[0]}"
                if id(holder) not in seen and gc.is_tracked(holder) and holder is not layer:
                    seen.add(id(holder))
                    holders.append(holder)
        layer = holders[:1000]
    return None
