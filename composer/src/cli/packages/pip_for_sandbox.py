"""Installs wheels for the Python of the sandbox, with the pip of the Python that runs this.

Run by `composer build`:

    python pip_for_sandbox.py REPORT SANDBOX PIP-ARGUMENT...

SANDBOX is a file of JSON: the environment markers of that Python. REPORT is written whether or not pip succeeds: what
newer versions of a package pip passed over, as JSON. The exit code is pip's, or one of those below.

pip has options for another Python's version and platform. What these do not reach is set here: markers, and in
older versions what a wheel says of the Python it requires, are compared with the sandbox and not with this Python; of one
version a wheel without compiled modules comes first; and what pip passes over, which it does in silence, is written down.
"""

import json
import re
import sys
from pathlib import Path

NO_PIP, OTHER_PIP = 90, 91


def find_pip() -> bool:
    """Puts the pip that Python itself brings for new environments on the path, where none is installed."""
    try:
        import pip  # noqa: F401
    except ImportError:
        import sysconfig
        from importlib.util import find_spec

        spec = find_spec("ensurepip")
        folders = [Path(spec.origin).parent / "_bundled"] if spec and spec.origin else []
        # Some distributions keep the wheels elsewhere.
        folders += [Path(folder) for folder in [sysconfig.get_config_var("WHEEL_PKG_DIR")] if folder]
        wheels = [wheel for folder in folders for wheel in sorted(folder.glob("pip-*.whl"))]
        sys.path[:0] = [str(wheel) for wheel in wheels[-1:]]
        return bool(wheels)
    return True


if not find_pip():
    sys.exit(NO_PIP)
try:
    from pip._internal.cli.req_command import RequirementCommand
    from pip._internal.index import package_finder
    from pip._internal.models import target_python
    from pip._vendor.packaging import markers
    from pip._vendor.packaging.specifiers import InvalidSpecifier, SpecifierSet
    from pip._vendor.packaging.utils import canonicalize_name
    from pip._vendor.packaging.version import InvalidVersion, Version

    for place, name in (
        (RequirementCommand, "make_resolver"),
        (markers, "default_environment"),
        (target_python, "get_supported"),
        (package_finder.LinkEvaluator, "evaluate_link"),
        (package_finder.PackageFinder, "find_best_candidate"),
    ):
        getattr(place, name)
except (ImportError, AttributeError) as error:
    print(error, file=sys.stderr)
    sys.exit(OTHER_PIP)

WHEEL = re.compile(r"^(?P<name>[^-]+)-(?P<version>[^-]+)(-\d[^-]*)?-(?P<python>[^-]+)-[^-]+-[^-]+\.whl$")
SDIST = (".tar.gz", ".zip", ".tar.bz2")


def set_markers(environment: "dict[str, str]") -> None:
    """Evaluates every marker, transitive ones too, as the sandbox's Python would."""
    markers.default_environment = lambda: dict(environment)


def set_python(version: str) -> None:
    """Has every resolver compare `Requires-Python` with the sandbox's version."""
    make, info = RequirementCommand.make_resolver, tuple(map(int, version.split(".")))
    RequirementCommand.make_resolver = staticmethod(lambda *of, **by: make(*of, **{**by, "py_version_info": info}))


def is_pure(tag) -> bool:
    return tag.abi == "none" and tag.platform == "any"


def put_pure_wheels_first() -> None:
    """Of one version pip takes the wheel whose tag comes first."""
    listed = target_python.get_supported
    target_python.get_supported = lambda **of: sorted(listed(**of), key=lambda tag: not is_pure(tag))


class Seen:
    """The files that pip saw of each project, and which versions it was asked for."""

    def __init__(self, python: str) -> None:
        self.python = Version(python)
        self.taken = {}  # name -> versions with a file that the sandbox can use
        self.pure = {}  # name -> versions with a wheel without compiled modules
        self.passed_over = {}  # name -> {file: version}
        self.asked = {}  # name -> the specifier that was asked for last

    def watch(self) -> None:
        evaluate = package_finder.LinkEvaluator.evaluate_link
        find = package_finder.PackageFinder.find_best_candidate

        def evaluate_link(evaluator, link):
            answer = evaluate(evaluator, link)
            # A member of an enum in newer versions of pip, a bool in older ones.
            accepted = answer[0] is True or getattr(answer[0], "name", "") == "candidate"
            self.file(canonicalize_name(evaluator.project_name), link, accepted)
            return answer

        def find_best_candidate(finder, project_name, specifier=None, hashes=None):
            self.asked[canonicalize_name(project_name)] = str(specifier or "")
            return find(finder, project_name, specifier, hashes)

        package_finder.LinkEvaluator.evaluate_link = evaluate_link
        package_finder.PackageFinder.find_best_candidate = find_best_candidate

    def file(self, name: str, link, accepted: bool) -> None:
        version = version_in(link.filename, name)
        if version is None or link.is_yanked or not self.fits(link.requires_python):
            return
        if not accepted:
            self.passed_over.setdefault(name, {})[link.filename] = version
            return
        self.taken.setdefault(name, set()).add(version)
        if link.filename.endswith("-none-any.whl"):
            self.pure.setdefault(name, set()).add(version)

    def fits(self, requires_python: "str | None") -> bool:
        try:
            return requires_python is None or self.python in SpecifierSet(requires_python)
        except InvalidSpecifier:
            return True

    def report(self) -> dict:
        """What was passed over, and the newest version of each project that has a wheel without compiled modules."""
        newest = {name: newest_of(versions) for name, versions in sorted(self.pure.items())}
        return {"passed_over": self.newer_than_taken(), "pure": {name: version for name, version in newest.items() if version}}

    def newer_than_taken(self) -> "list[dict]":
        """The projects of which pip passed over something newer than all that the sandbox can use."""
        found = []
        for name, asked in sorted(self.asked.items()):
            passed_over = {file: v for file, v in self.passed_over.get(name, {}).items() if is_asked(v, asked)}
            taken = [version for version in self.taken.get(name, ()) if is_asked(version, asked)]
            newest = max(passed_over.values(), default=None)
            if newest is None or taken and max(taken) >= newest:
                continue
            files = [file for file, version in passed_over.items() if version == newest]
            wheels = {WHEEL.match(file)["python"] for file in files if WHEEL.match(file)}
            usable = newest_of(self.taken.get(name, ()))
            found.append({"name": name, "version": str(newest), "wheels": sorted(wheels), "usable": usable})
        return found


def newest_of(versions) -> "str | None":
    newest = max((version for version in versions if not version.is_prerelease), default=None)
    return None if newest is None else str(newest)


def is_asked(version: Version, asked: str) -> bool:
    specifier = SpecifierSet(asked)
    # A pre-release counts only where one is asked for, as with pip.
    return specifier.contains(version, prereleases=True) and (not version.is_prerelease or bool(specifier.prereleases))


def version_in(filename: str, name: str) -> "Version | None":
    """The version that a file's name says, none for files of another kind or project."""
    wheel = WHEEL.match(filename)
    ending = next((ending for ending in SDIST if filename.endswith(ending)), None)
    if wheel:
        of, version = wheel["name"], wheel["version"]
    elif ending:
        of, _, version = filename[: -len(ending)].rpartition("-")
    else:
        return None
    try:
        return Version(version) if canonicalize_name(of) == name else None
    except InvalidVersion:
        return None


def main(report: str, sandbox: str, arguments: "list[str]") -> int:
    with open(sandbox, encoding="utf-8") as file:
        environment = json.load(file)
    set_markers(environment)
    set_python(environment["python_full_version"])
    put_pure_wheels_first()
    seen = Seen(environment["python_full_version"])
    seen.watch()
    from pip._internal.cli.main import main as pip

    code = pip(arguments)
    with open(report, "w", encoding="utf-8") as file:
        json.dump(seen.report(), file)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
