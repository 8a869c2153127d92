"""Says what an app uses of the bindings, as JSON on standard output.

Run by `composer build` with the Python of the build, with what is to be looked at as JSON in a file:

    python scan request.json

Sources are parsed and not run.

    files ─graph─► the modules that the app imports ─┬─ imports ────► interfaces that it binds ───────────────┐
                                                     ├─ spelled ────► names that it can call something by ────┼─ report
                                                     └─ references ─► uses of names, names that do not exist ─┘
                                                        (over scopes and known)
"""

import json
import sys

from report import report

if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as request:
        json.dump(report(json.load(request)), sys.stdout)
