//! Packages and modules of apps: which are chosen, which are found, and what a build leaves alone.
//!
//! The apps look around when they are imported, which is in the sandbox and at build time: what they find wrong fails
//! the build. Wheels are made here, so no network is needed.

mod support;

use std::process::Output;

use support::package_scenes::{from_wheels, requires};
use support::scene::Scene;
use support::scenes::{CLASS, python};
use support::wheels::{COMPILED, Wheel};

/// The markers of the sandbox, and how an app sees the same.
const MARKERS: [(&str, &str, &str); 11] = [
    ("implementation_name", "cpython", "sys.implementation.name"),
    ("implementation_version", "3.14.0", "'.'.join(map(str, sys.implementation.version[:3]))"),
    ("os_name", "posix", "os.name"),
    ("platform_machine", "wasm32", "platform.machine()"),
    ("platform_python_implementation", "CPython", "platform.python_implementation()"),
    ("platform_release", "0.0.0", "platform.release()"),
    ("platform_system", "wasi", "platform.system()"),
    ("platform_version", "0.0.0", "platform.version()"),
    ("python_full_version", "3.14.0", "platform.python_version()"),
    ("python_version", "3.14", "'.'.join(platform.python_version_tuple()[:2])"),
    ("sys_platform", "wasi", "sys.platform"),
];

/// A package that can be edited, with what it takes to install it without a network.
const EDITED: [(&str, &str); 3] = [
    (
        "pyproject.toml",
        "[project]\nname = \"logbook\"\nversion = \"1\"\n\n[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n",
    ),
    ("source/logbook.py", "KIND = 'edited'\n"),
    (
        "backend.py",
        r#"import zipfile
from pathlib import Path


def build_editable(folder, settings=None, metadata=None):
    name, info = "logbook-1-py3-none-any.whl", "logbook-1.dist-info"
    files = {
        "logbook.pth": str(Path("source").resolve()),
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: logbook\nVersion: 1\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{file},,\n" for file in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(Path(folder, name), "w") as wheel:
        for file, text in files.items():
            wheel.writestr(file, text)
    return name


build_wheel = build_editable
"#,
    ),
];

fn says(scene: &Scene, output: &Output, expected: &[&str]) {
    let text = scene.text(&[], output);
    for line in expected {
        assert!(text.contains(line), "it does not say `{line}`:\n{text}");
    }
}

/// Builds the app, which must not write anything but the component.
fn builds(scene: &Scene, arguments: &[&str], expected: &[&str]) {
    let before = scene.files();
    let output = scene.run(arguments);
    assert!(output.status.success(), "{}", scene.text(arguments, &output));
    says(scene, &output, expected);
    let mut after = scene.files();
    assert!(after.remove("out.wasm").is_some(), "there is no component");
    let new: Vec<_> = after.keys().filter(|file| !before.contains_key(*file)).collect();
    assert!(new.is_empty(), "the build wrote {new:?}");
    assert!(after == before, "the build changed what was there");
}

/// The wheels that the first app is to be given, and those that it is not.
fn offer(scene: &Scene) {
    for (marker, _, _) in MARKERS {
        Wheel::pure(&format!("has_{marker}"), "1.0").write(scene);
    }
    let transitive = [
        "Requires-Dist: sails; python_version >= \"3.13\"",
        "Requires-Dist: oars; python_version < \"3.13\"",
        "Requires-Dist: paddle; sys_platform == \"linux\"",
        "Requires-Dist: engine; extra == \"fast\"",
    ];
    Wheel { metadata: &transitive, ..Wheel::pure("boat", "1.0") }.write(scene);
    for name in ["sails", "oars", "paddle", "engine"] {
        Wheel::pure(name, "1.0").write(scene);
    }
    for (version, python) in
        [("1.0", "Requires-Python: >=3.8"), ("2.0", "Requires-Python: >=3.14"), ("3.0", "Requires-Python: >3.14.1")]
    {
        Wheel { metadata: &[python], ..Wheel::pure("keel", version) }.write(scene);
    }
    let compiled = [("hull.py", "KIND = 'compiled'\n"), ("hull_fast.so", "machine code")];
    Wheel { tag: COMPILED, files: &compiled, ..Wheel::pure("hull", "1.0") }.write(scene);
    Wheel { tag: "py2.py3-none-any", files: &[("hull.py", "KIND = 'pure'\n")], ..Wheel::pure("hull", "1.0") }
        .write(scene);
    let optional = [
        ("swift/__init__.py", "try:\n    from ._speed import go\nexcept ImportError:\n    go = 'slow'\n"),
        ("swift/_speed.cpython-314-x86_64-linux-gnu.so", "machine code"),
    ];
    Wheel { tag: COMPILED, files: &optional, ..Wheel::pure("swift", "2.5") }.write(scene);
    for version in ["1.0", "2.0"] {
        Wheel::pure("anchor", version).write(scene);
    }
}

#[test]
fn packages_are_those_that_the_sandboxs_python_would_choose() {
    let mut scene = Scene::new();
    offer(&scene);
    let markers = MARKERS.map(|(marker, value, _)| format!("has-{marker} ; {marker} == \"{value}\""));
    let lines: Vec<_> = markers.iter().map(String::as_str).collect();
    let own = ["boat", "keel", "hull", "swift", "-r more.txt", "-c limits.txt", "-e ./logbook"];
    requires(&mut scene, &[lines.as_slice(), &own].concat()).expect("the tools are there");
    scene.file("app/more.txt", "anchor\noars ; python_version < \"3.14\"\n");
    scene.file("app/limits.txt", "anchor < 2\n");
    for (file, text) in EDITED {
        scene.file(&format!("app/logbook/{file}"), text);
    }
    let seen: String = MARKERS
        .iter()
        .map(|(marker, value, seen)| format!("import has_{marker}\nassert {seen} == '{value}', {seen}\n"))
        .collect();
    let others = "
import anchor, boat, hull, keel, logbook, sails, swift
from importlib.metadata import version
from importlib.util import find_spec

chosen = (anchor.VERSION, keel.VERSION, hull.KIND, swift.go, logbook.KIND, version('logbook'), version('swift'))
assert chosen == ('1.0', '2.0', 'pure', 'slow', 'edited', '1', '2.5'), chosen
# Nothing is there that was not asked for, of the machine that builds neither.
assert not any(map(find_spec, ('oars', 'paddle', 'engine', 'pip', 'setuptools', 'componentize_py')))
from shop import prices
import rates
assert (prices.TAX, rates.RATE) == (0.2, 3)
";
    scene.file("app/src/shop/__init__.py", "");
    scene.file("app/src/shop/prices.py", "TAX = 0.2\n");
    scene.file("app/src/shop/start.py", format!("import os, platform, sys\n{seen}{others}\n{CLASS}"));
    scene.file("app/rates.py", "RATE = 3\n");
    builds(&scene, &["build", "app", "--entry", "shop.start"], &["without their compiled modules: swift 2.5\n"]);
}

/// What setuptools writes to find the modules of a package that can be edited.
fn finder(scene: &Scene) -> String {
    let mapping = format!("{{'charts': '{0}/atlas/charts', 'legend': '{0}/atlas/legend'}}", scene.path("").display());
    format!(
        "import sys\n\nMAPPING: dict[str, str] = {mapping}\nNAMESPACES = {{}}\n\n\ndef install():\n    sys.exit(3)\n"
    )
}

#[test]
fn an_active_environment_is_used_and_left_as_it_is() {
    const SITE: &str = "env/lib/python3.9/site-packages";
    let mut scene = Scene::new();
    python(&mut scene).expect("the tools are there");
    scene.variable("VIRTUAL_ENV", scene.path("env"));
    Wheel { metadata: &["Requires-Dist: sails; python_version >= '3.13'"], ..Wheel::pure("boat", "1.0") }
        .install(&scene, SITE);
    Wheel { metadata: &["Requires-Python: <3.13"], ..Wheel::pure("keel", "2.0") }.install(&scene, SITE);
    let twins = [
        ("hull/__init__.py", "from .fast import KIND\n"),
        ("hull/fast.py", "KIND = 'pure'\n"),
        ("hull/fast.so", "machine code"),
    ];
    Wheel { files: &twins, ..Wheel::pure("hull", "1.0") }.install(&scene, SITE);
    let needs = [("rudder/__init__.py", "from ._turn import turn\n"), ("rudder/_turn.so", "machine code")];
    Wheel { files: &needs, ..Wheel::pure("rudder", "1.0") }.install(&scene, SITE);
    Wheel { files: &[("pip/__init__.py", "")], ..Wheel::pure("pip", "99") }.install(&scene, SITE);
    scene.file(&format!("{SITE}/hull/__pycache__/fast.cpython-39.pyc"), "byte code");
    // Packages that can be edited: in a folder that is on the path, or found by a hook.
    scene.file(&format!("{SITE}/_lib.pth"), format!("# where it is\n{}\nnowhere\n", scene.path("lib").display()));
    scene.file("lib/logbook/__init__.py", "KIND = 'edited'\n");
    scene.file("lib/.git/config", "");
    scene.file("lib/logbook/_fast.so", "machine code");
    scene.file(
        &format!("{SITE}/__editable__.atlas-1.pth"),
        "import __editable___atlas_1_finder; __editable___atlas_1_finder.install()",
    );
    scene.file(&format!("{SITE}/__editable___atlas_1_finder.py"), finder(&scene));
    scene.file("atlas/charts/__init__.py", "from .depths import DEPTH\n");
    scene.file("atlas/charts/depths.py", "DEPTH = 4\n");
    scene.file("atlas/legend.py", "TEXT = 'legend'\n");
    let url = format!("{{\"url\": \"file://{}\", \"dir_info\": {{\"editable\": true}}}}", scene.path("lost").display());
    scene.file(&format!("{SITE}/lost-1.dist-info/direct_url.json"), url);
    scene.file(&format!("{SITE}/lost-1.dist-info/METADATA"), "Metadata-Version: 2.1\nName: lost\nVersion: 1\n");
    let source = "
import boat, charts, hull, keel, legend, logbook
from importlib.metadata import version
from importlib.util import find_spec

assert (boat.VERSION, charts.DEPTH, hull.KIND, legend.TEXT, logbook.KIND) == ('1.0', 4, 'pure', 'legend', 'edited')
assert version('keel') == '2.0'
assert not any(map(find_spec, ('pip', 'componentize_py', 'sails')))
";
    scene.file("app/main.py", format!("{source}\n{CLASS}"));
    let notes = [
        "using the packages of [here]/env\n",
        "note: [here]/lib/logbook/_fast.so is compiled and does not run in the sandbox, so it is left out\n",
        "note: boat 1.0 needs sails on Python 3.14, and it is not installed\n",
        "note: keel 2.0 says that it needs Python <3.13, and the sandbox has 3.14\n",
        "note: lost is installed from [here]/lost in a way that is not followed; install it without --editable\n",
        "without their compiled modules: rudder 1.0\n",
    ];
    builds(&scene, &["build", "app"], &notes);
}

#[test]
fn an_import_that_needs_a_compiled_module_says_so() {
    let mut scene = Scene::new();
    python(&mut scene).expect("the tools are there");
    // The environment of a workspace of uv, where the packages come from that only uv finds.
    let project =
        "[project]\nname = \"app\"\ndependencies = [\"helm\"]\n\n[tool.uv.sources]\nhelm = { workspace = true }\n";
    scene.file("app/pyproject.toml", project);
    scene.file("uv.lock", "");
    scene.file(".venv/pyvenv.cfg", "");
    let site = ".venv/lib/python3.14/site-packages";
    let late =
        [("helm/__init__.py", ""), ("helm/wheel.py", "from . import _turn\n"), ("helm/_turn.so", "machine code")];
    Wheel { files: &late, ..Wheel::pure("helm", "1.0") }.install(&scene, site);
    scene.file("app/main.py", format!("import helm.wheel\n{CLASS}"));
    let output = scene.run(&["build", "app"]);
    assert_eq!(output.status.code(), Some(1));
    says(
        &scene,
        &output,
        &[
            "using the packages of [here]/.venv\n",
            "helm 1.0 cannot do without its compiled module `helm._turn`, and that does not run",
        ],
    );
}

#[test]
fn the_environment_in_the_apps_folder_comes_first() {
    let mut scene = Scene::new();
    requires(&mut scene, &["no-such-sails"]).expect("the tools are there");
    scene.file("app/venv/pyvenv.cfg", "");
    scene.variable("VIRTUAL_ENV", scene.path("wheels"));
    let output = scene.run(&["build", "app"]);
    says(&scene, &output, &["app/venv is not a virtual environment: it has no site-packages"]);
}

/// Builds an app with these requirements, which fails before it comes to the app.
fn fails(lines: &[&str], offered: &[Wheel<'_>], variables: &[(&'static str, &str)], expected: &[&str]) {
    let mut scene = Scene::new();
    requires(&mut scene, lines).expect("the tools are there");
    offered.iter().for_each(|wheel| wheel.write(&scene));
    variables.iter().for_each(|(name, value)| scene.variable(name, *value));
    let output = scene.run(&["build", "app"]);
    assert_eq!(output.status.code(), Some(1), "{}", scene.text(&[], &output));
    says(&scene, &output, expected);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!said.contains("Traceback") && said.lines().count() < 15, "{said}");
}

#[test]
fn what_cannot_be_installed_is_named() {
    let sails = ["1.0", "2.0"].map(|version| Wheel::pure("sails", version));
    fails(
        &["no-such-sails"],
        &sails,
        &[],
        &["pip cannot install app/requirements.txt", "No matching distribution found for no-such-sails"],
    );
    fails(&["sails>2"], &sails, &[], &["requirement sails>2 (the newest one is 2.0)"]);
    let ended = Wheel { metadata: &["Requires-Python: <3.14"], ..Wheel::pure("keel", "1.0") };
    fails(&["keel"], &[ended], &[], &["keel", "requires a different Python: 3.14.0 not in '<3.14'"]);
    let boat = Wheel { metadata: &["Requires-Dist: sails<2"], ..Wheel::pure("boat", "1.0") };
    let [old, new] = sails;
    fails(&["boat", "sails>=2"], &[boat, old, new], &[], &["boat", "sails>=2", "The conflict is caused by"]);
    let hash = format!("sails==2.0 --hash=sha256:{}", "0".repeat(64));
    fails(&[&hash], &[Wheel::pure("sails", "2.0")], &[], &["DO NOT MATCH THE HASHES", "sails"]);
    fails(&["sails >> 3"], &[], &[], &["pip cannot install", "sails >> 3"]);
    let unreachable = [("PIP_NO_INDEX", "0"), ("PIP_INDEX_URL", "http://127.0.0.1:1/simple"), ("PIP_RETRIES", "0")];
    fails(&["sails"], &[], &unreachable, &["the package index cannot be reached"]);
}

#[test]
fn without_a_pip_that_can_be_driven_it_says_what_to_do() {
    let mut scene = Scene::new();
    requires(&mut scene, &["sails"]).expect("the tools are there");
    // Nothing of the environment that runs the tests is changed: what stands in front of its pip hides it.
    scene.file("hidden/pip/__init__.py", "raise ImportError('no pip')\n");
    scene.file("hidden/ensurepip/__init__.py", "");
    scene.file("other/pip/__init__.py", "");
    for (folder, expected) in [
        ("hidden", ["has no pip, which installs app/requirements.txt", "-m ensurepip` or `uv pip install --python"]),
        ("other", ["cannot install app/requirements.txt with the pip of", "No module named 'pip._internal'"]),
    ] {
        scene.variable("PYTHONPATH", scene.path(folder));
        let output = scene.run(&["build", "app"]);
        assert_eq!(output.status.code(), Some(1));
        says(&scene, &output, &expected);
    }
    // The one that Python brings for new environments will do.
    scene.remove("hidden/ensurepip/__init__.py");
    scene.variable("PYTHONPATH", scene.path("hidden"));
    let output = scene.run(&["build", "app"]);
    says(&scene, &output, &["No matching distribution found for sails"]);
}

#[test]
fn a_project_and_its_groups_are_enough() {
    let mut scene = Scene::new();
    python(&mut scene).expect("the tools are there");
    from_wheels(&mut scene);
    let project = |dependencies: &str| {
        format!(
            "[project]\nname = \"app\"\ndependencies = [{dependencies}]\n\n[dependency-groups]\nedge = [\"of-edge\", {{ include-group = \"Base_Set\" }}]\nbase-set = [\"of-base\"]\n"
        )
    };
    let missing = |arguments: &[&str], name: &str| {
        let output = scene.run(arguments);
        says(
            &scene,
            &output,
            &["installing app/pyproject.toml\n", &format!("No matching distribution found for {name}")],
        );
    };
    scene.file("app/pyproject.toml", project("\"of-project\""));
    missing(&["build", "app"], "of-project");
    scene.file("app/pyproject.toml", project(""));
    missing(&["build", "app", "--group", "edge"], "of-edge");
    Wheel::pure("of_edge", "1.0").write(&scene);
    missing(&["build", "app", "--group", "edge"], "of-base");
}
