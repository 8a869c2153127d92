"""Says what is in a folder of installed packages, as JSON on standard output.

Run by `composer build` with the Python of the build; nothing that is installed is run:

    python site_packages.py SITE SANDBOX

SITE is a `site-packages` folder, SANDBOX a file of JSON with the environment markers of the sandbox's Python.
"""

import json
import re
import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path

import compiled
import editable

NAME = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
# The tools of the build are in the environment that they were installed into, and no part of an app.
TOOLS = {"pip": "pip", "componentize-py": "componentize_py"}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


class Markers:
    """Requirements as Python packages write them; a pip has the library that reads them, and without one nothing is said."""

    def __init__(self, sandbox: "dict[str, str]") -> None:
        self.sandbox = sandbox
        try:
            from pip._vendor.packaging.requirements import Requirement
            from pip._vendor.packaging.specifiers import SpecifierSet
        except ImportError:
            Requirement = SpecifierSet = None
        self.requirement, self.specifiers = Requirement, SpecifierSet

    def excludes(self, requires_python: "str | None") -> bool:
        if not requires_python or self.specifiers is None:
            return False
        try:
            return not self.specifiers(requires_python).contains(self.sandbox["python_full_version"])
        except ValueError:
            return False

    def wanted(self, line: str) -> "str | None":
        """The name of what a line asks for under a marker that the sandbox meets."""
        if self.requirement is None:
            return None
        try:
            requirement = self.requirement(line)
        except ValueError:
            return None
        marker = requirement.marker
        if marker is None or not marker.evaluate({**self.sandbox, "extra": ""}):
            return None
        return requirement.name


def notes(found: "dict[str, Distribution]", sandbox: "dict[str, str]") -> "list[str]":
    """What was chosen for another Python than the sandbox's."""
    markers, lines = Markers(sandbox), []
    python = sandbox["python_version"]
    for distribution in found.values():
        name = f"{distribution.metadata['Name']} {distribution.version}"
        requires = distribution.metadata.get("Requires-Python")
        if markers.excludes(requires):
            lines.append(f"{name} says that it needs Python {requires}, and the sandbox has {python}")
        for line in distribution.requires or []:
            wanted = markers.wanted(line)
            if wanted and normal(wanted) not in found:
                lines.append(f"{name} needs {wanted} on Python {python}, and it is not installed")
    return lines


def needed_by(name: str, found: "dict[str, Distribution]") -> "list[str]":
    """What needs a package: those between it and what nothing needs, the nearest first."""
    chain, at = [], name
    while True:
        above = [
            other
            for other, distribution in sorted(found.items())
            for line in distribution.requires or []
            if "extra" not in line.partition(";")[2] and normal(NAME.match(line)[1]) == at
        ]
        above = [other for other in above if other != name and other not in chain]
        if not above:
            return [found[other].metadata["Name"] for other in chain]
        at = above[0]
        chain.append(at)


def main(site: Path, sandbox: "dict[str, str]") -> None:
    links = editable.follow(site)
    found = {}
    for distribution in distributions(path=[str(site), *links["paths"]]):
        name = distribution.metadata["Name"]
        if name and normal(name) not in TOOLS:
            found.setdefault(normal(name), distribution)
    lost = compiled.lost(site, found)
    for loss in lost:
        loss["needed_by"] = needed_by(loss["key"], found)
    elsewhere = [Path(place) for place in [*links["paths"], *links["modules"].values()]]
    facts = {
        "paths": links["paths"],
        "modules": links["modules"],
        "leave_out": sorted(TOOLS.values()),
        "distributions": {one.metadata["Name"]: one.version for _, one in sorted(found.items())},
        "lost": lost,
        "notes": links["notes"] + compiled.linked(elsewhere) + notes(found, sandbox),
    }
    json.dump(facts, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")))
