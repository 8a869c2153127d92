"""Which modules an app imports, from its entry on.

Where an import is computed, or a module cannot be read, any module of the app and of its packages may be imported.
"""

from dataclasses import dataclass, field

from files import Places, Source
from imports import Imports, imports

# What Python imports by itself where it is there.
UNASKED = ("sitecustomize", "usercustomize")


@dataclass
class Reach:
    """The modules that are imported."""

    certain: list[Source] = field(default_factory=list)
    # Those that a computed import may reach.
    perhaps: list[Source] = field(default_factory=list)
    # Whether one of the app's own imports, or of what knows the bindings, is computed, or not to be read.
    computed: bool = False
    # Whether a module of the packages is imported, or one that cannot be read.
    foreign: bool = False


def reach(places: Places, entry: str) -> Reach:
    """The modules that are imported when `entry` is, and by what is in it."""
    search = _Search(places)
    starts = places.find(entry)
    # Where the app starts from what is not there to be read, it may import anything.
    search.found.computed = search.found.foreign = not starts
    search.add(starts + [source for name in UNASKED for source in places.find(name)])
    certain = dict(search.sources)
    if search.found.computed or search.elsewhere:
        search.is_certain = False
        search.add([*places.everything("app"), *search.knowing])
    search.found.certain = list(certain.values())
    search.found.perhaps = [source for path, source in search.sources.items() if path not in certain]
    return search.found


class _Search:
    """A walk along imports."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.sources: dict[str, Source] = {}
        self.found = Reach()
        self.elsewhere = False
        # What of the packages may have to do with the bindings. Where nothing has, none of them is parsed, which takes
        # seconds.
        self.knowing = [source for source in places.everything("packages") if self._knows(source)]
        self.is_certain = True

    def add(self, sources: list[Source]) -> None:
        """Imports these modules, and what they import."""
        todo = list(sources)
        while todo:
            source = todo.pop()
            if source.path in self.sources:
                continue
            self.sources[source.path] = source
            is_package = source.origin == "packages"
            self.found.foreign |= is_package
            if not is_package or self.knowing:
                todo += self._next(source)
            else:
                # What packages import by name is most often an app.
                self.elsewhere = True

    def _next(self, source: Source) -> list[Source]:
        if source.tree is None:
            # Whatever it imports, it may be anything.
            self.found.foreign = self.elsewhere = True
            return self._anything(source)
        found = imports(source.tree, source.package)
        own = []
        # The modules that the world brings compute names of modules, and not those of the app or of the bindings.
        if source.origin != "own":
            self.elsewhere |= found.elsewhere or found.computed
            own = self._anything(source) if found.computed else []
        return own + [s for name in self._names(found) for s in self.places.find(name)]

    def _anything(self, source: Source) -> list[Source]:
        """What a module may import that computes what: whoever knows of the bindings, any of them."""
        is_of_app = source.origin == "app" and self.is_certain
        if not is_of_app and not self._knows(source):
            return []
        self.found.computed = True
        return self.places.all_own()

    def _knows(self, source: Source) -> bool:
        return source.mentions(self.places.bindings, self.places.package)

    def _names(self, found: Imports) -> list[str]:
        stars = [name for star in found.stars for name in self.places.below(star)]
        return [name for name in sorted({*found.modules, *stars}) if name]
