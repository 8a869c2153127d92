"""What frameworks import when they need it: at a request that takes time, and without files it fails."""

import sys
from importlib import import_module

# Those that a request may need, and no others: every module makes the component larger.
OF = {
    "flask": ["flask.debughelpers"],
    "jinja2": ["jinja2.debug"],
}


def import_early() -> None:
    """Import what the frameworks that are loaded would import late."""
    for package, modules in OF.items():
        if package in sys.modules:
            for module in modules:
                import_module(module)
