"""Where the build starts: the package binds itself first, and then the app is imported, whatever it imports.

What comes of importing this module is the app's own module: what the host calls is looked up there.
"""

import gc
import sys

from . import _plan, handlers, late

hook = sys.excepthook


def excepthook(kind, error, traceback):
    """Tells of an app that fails when it is imported as if nothing had come before it."""
    while traceback is not None and traceback.tb_frame.f_globals is globals():
        traceback = traceback.tb_next
    error.__traceback__ = traceback
    hook(kind, error, traceback)


sys.excepthook = excepthook
__import__(_plan.ENTRY)
for raising in handlers.wrong(sys.modules[_plan.ENTRY]):
    exec(raising, {})
sys.modules[__name__] = sys.modules[_plan.ENTRY]
# An app may have put one of its own there.
if sys.excepthook is excepthook:
    sys.excepthook = hook
# What is there at a request: the build says what the app imports that is not. There are no files any more by then.
with open(f"{__file__.rpartition('/')[0]}/{_plan.LOADED}", "w", encoding="utf-8") as file:
    file.write("\n".join({*sys.modules, *sys.builtin_module_names}))
sys.meta_path.append(late.Finder)
# What the app is made of stays for as long as it runs. A collector that looks it through at a request would write to all
# of it, and so have the host copy the snapshot page by page.
gc.collect()
gc.freeze()
