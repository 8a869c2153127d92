"""All that there is to say of an app."""

import os
from typing import Any

from files import Places, Source
from graph import Reach, reach
from imports import by_text, interfaces
from known import Known
from references import COMMON, defined, missing, sets_any, texts, uses
from scopes import Scopes
from spelled import Spelled, spelled


def report(request: dict[str, Any]) -> dict[str, Any]:
    """What there is to say of an app.

    The request has the name of the `bindings` and of the `package`, the folder of its `own` modules, the `entry`
    module, the folders of the `app` and of its `packages`, the folder of the `stubs`, and the `names` that uses are
    wanted of. `plain` apps have no package.
    """
    bindings, package = request["bindings"], request["package"]
    places = Places(request["app"], request["packages"], request["own"], package, bindings)
    found = reach(places, request["entry"])
    scopes = {s.path: Scopes(s.tree, s.package) for s in found.certain + found.perhaps if s.tree is not None}
    return {
        **_interfaces(found, scopes, bindings),
        **_names(found),
        **_uses(found, scopes, bindings, set(request["names"])),
        "missing": _missing(found, scopes, request),
    }


def _interfaces(found: Reach, scopes: dict[str, Scopes], bindings: str) -> dict[str, Any]:
    """The interfaces that the app binds: those it imports, each with where, and those that it may import."""
    places: dict[str, dict[str, Any]] = {}
    perhaps: set[str] = set()
    whole, certain = found.computed, set(found.certain)
    for source in found.certain + found.perhaps:
        if source.tree is None:
            whole |= by_text(source.data, bindings)
            continue
        of_it = interfaces(source.tree, bindings, scopes[source.path])
        whole |= of_it.whole
        perhaps |= of_it.optional
        if source in certain:
            for name, line in of_it.lines.items():
                places.setdefault(name, {"file": shown(source.path), "line": line})
        else:
            perhaps.update(of_it.lines)
    return {"interfaces": places, "perhaps": sorted(perhaps - places.keys()), "whole": whole}


def _names(found: Reach) -> dict[str, Any]:
    """All the names that the app can call something by, or none where it may compute one: packages may."""
    all_of_them = Spelled(computes=found.foreign)
    for source in found.certain + found.perhaps:
        if not all_of_them.computes and source.tree is not None:
            all_of_them.add(spelled(source.tree))
    names = None if all_of_them.computes else sorted(all_of_them.names)
    return {"names": names, "any_keyword": all_of_them.any_keyword}


def _uses(found: Reach, scopes: dict[str, Scopes], bindings: str, names: set[str]) -> dict[str, Any]:
    resolved: list[dict[str, Any]] = []
    unresolved: list[dict[str, Any]] = []
    own: set[str] = set()
    for source in _of_app(found.certain) if names else []:
        of_it = uses(scopes[source.path], bindings, names)
        for uses_of, kind in ((resolved, of_it.resolved), (unresolved, of_it.unresolved)):
            uses_of += [{"file": shown(source.path), "line": u.line, "name": u.name, "called": u.called} for u in kind]
        own |= defined(scopes[source.path].tree)
    return {"resolved": resolved, "unresolved": unresolved, "ambiguous": sorted((COMMON | own) & names)}


def _missing(found: Reach, scopes: dict[str, Scopes], request: dict[str, Any]) -> list[dict[str, Any]]:
    """The names of the bindings that the app uses and that do not exist, but for those that it may set itself."""
    sources = [source for source in found.certain + found.perhaps if source.path in scopes]
    trees = [scopes[source.path].tree for source in sources]
    # The modules that the world brings set what they spell.
    setting = [s for s in sources if s.origin == "app" or (s.origin != "own" and s.mentions(request["bindings"]))]
    if any(sets_any(scopes[source.path].tree) for source in setting):
        return []
    more = {name for tree in trees for name in defined(tree) | texts(tree)}
    known = Known(request["stubs"], request["bindings"], None if request["plain"] else request["package"], more)
    return [
        {"file": shown(source.path), "line": line, "name": name, "near": near}
        for source in _of_app(found.certain)
        for line, name, near in sorted(set(missing(scopes[source.path], known)), key=lambda found: found[:2])
    ]


def shown(path: str) -> str:
    """A path as text, though its bytes may be none."""
    return os.fsencode(path).decode("utf-8", "replace")


def _of_app(sources: list[Source]) -> list[Source]:
    return [source for source in sources if source.origin == "app" and source.tree is not None]
