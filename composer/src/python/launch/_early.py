"""What the standard library imports when it is first needed, and then it is too late: at a request there are no files."""

import sys
from importlib import import_module

# Codecs are modules that are looked up by name: those of the web's text, of the names of hosts, and of bytes as text.
_CODECS = (
    "ascii",
    "base64_codec",
    "charmap",
    "cp1252",
    "hex_codec",
    "idna",
    "iso8859_15",
    "latin_1",
    "punycode",
    "raw_unicode_escape",
    "unicode_escape",
    "utf_16",
    "utf_16_be",
    "utf_16_le",
    "utf_8_sig",
)

# What a module imports late, by the module. Python itself imports the one that shows exceptions. What `email` imports late
# is left to apps: it makes a component megabytes larger, and most that import `email` send none.
_OF = {
    "datetime": "_strptime",
    "gettext": "locale",
    "sys": "traceback",
    "time": "_strptime",
    "xml.dom.minidom": "xml.dom.expatbuilder",
    "xml.sax": "xml.sax.expatreader",
}


def load():
    """Import it, after the app was."""
    for codec in _CODECS:
        import_module(f"encodings.{codec}")
    for module, late in _OF.items():
        if module in sys.modules:
            import_module(late)
