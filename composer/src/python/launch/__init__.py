"""Where a build starts: the app is imported under watch, and what must not be in its snapshot is refused or put right.

What comes of importing this package is an object with what the host calls: componentize-py looks it up there by name.
Nothing else of this package is in the snapshot.
"""

import gc
import sys

from . import _early, _exports, _first, _given, _guards, _handlers, _lasting, _leftovers, _own, _seeds
from ._report import Report


def _launch():
    report = Report()
    with report.printed(), _guards.standing(report), _seeds.noted() as noted, _own.modules(report):
        before = _leftovers.numbers()
        try:
            if _given.PACKAGE is not None:
                __import__(_given.PACKAGE)
            __import__(_given.ENTRY)
            app = sys.modules[_given.ENTRY]
            report.phase = "handlers"
            _exports.load(report)
            for raising in _handlers.wrong(app):
                exec(raising, {})
            report.phase = "make"
            made = _exports.make(app, report)
            report.phase = "end"
            _early.load()
            _first.run()
            if _given.PACKAGE is not None:
                __import__(f"{_given.PACKAGE}.late")
                sys.meta_path.append(sys.modules[f"{_given.PACKAGE}.late"].Finder)
            # What is left open in a cycle would be closed later, when its number is another file's.
            gc.collect()
            _leftovers.check(before, report)
        except BaseException as error:
            report.failed(error)
            raise
    _seeds.renew(noted)
    report.close({name for name in sys.modules if not name.startswith(__name__ + ".")})
    return made


_made = _launch()
_keep = _lasting.keep
for _name in [name for name in sys.modules if name.startswith(__name__ + ".")]:
    del sys.modules[_name]
sys.modules[__name__] = _made
# What the app is made of stays for as long as it runs. A collector that looks it through at a request would write to all
# of it, and so have the host copy the snapshot page by page.
gc.collect()
_keep()
gc.freeze()
