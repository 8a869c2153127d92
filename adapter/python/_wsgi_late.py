"""What frameworks import when they need it, and then it is too late: an app on the edge has no files."""

import sys
from importlib import import_module

# Codecs are modules that are looked up by name: for the names of hosts, for strings in templates, for forms.
CODECS = ("ascii", "charmap", "cp1252", "idna", "latin_1", "punycode", "raw_unicode_escape", "unicode_escape", "utf_8_sig")

# Those that a request may need, and no others: every module makes the component larger.
OF = {
    "flask": ["flask.debughelpers"],
    "jinja2": ["jinja2.debug"],
}


def import_early() -> None:
    """Import what the frameworks that are loaded would import late."""
    for codec in CODECS:
        import_module(f"encodings.{codec}")
    for package, modules in OF.items():
        if package in sys.modules:
            for module in modules:
                import_module(module)
