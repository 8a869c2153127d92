"""Says of a module that is not there at a request why it is not, and what to do."""

import sys

SAID = (
    "No module named {!r} at a request: a module is imported when the app is built, or never; "
    "import it at the top of a module of the app"
)


class Finder:
    """The last of the finders, which comes when no other one has the module."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        # Who only asks whether there is one gets the answer that there is none.
        if sys._getframe(2).f_code.co_name == "_find_and_load_unlocked":
            raise ModuleNotFoundError(SAID.format(name), name=name)
