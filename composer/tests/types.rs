//! The type stubs, as checkers and documentation tools have them.
//!
//! mypy and pyrefly read the stubs of the Fastly world and of one with every shape of WIT, the example apps over them, a
//! file of what is right and one of what is wrong; `stubtest` compares them with the bindings as they are at run time;
//! Sphinx reads every docstring. The tools are beside the Python of the build, where `just test` puts them.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use composer::python::stubs::stubs;
use support::bound::{self, program, ran, write};
use support::cases::{blocks, fixture_world};
use support::host::{WORLD, own};
use support::repository;

/// The example apps.
const EXAMPLES: [&str; 5] = ["bottle-app", "flask-app", "hello", "kv-only", "shop"];

/// A folder of these tests, empty.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("types").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// The stubs of the Fastly world.
static STUBS: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = folder("stubs");
    write(&folder, &stubs(&WORLD.plan, &own(), false));
    folder
});

/// The stubs of the world with every shape of WIT.
static HARBOUR: LazyLock<PathBuf> = LazyLock::new(|| {
    let world = fixture_world(&repository("fixtures/worlds/harbour"));
    let folder = folder("harbour");
    write(&folder, &stubs(&world.plan, &BTreeMap::new(), false));
    folder
});

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

/// mypy over these paths, seen from a folder, with stubs.
fn mypy(stubs: &Path, from: &Path, paths: &[&str]) -> Command {
    let mut command = Command::new(program("python3"));
    command.args(["-m", "mypy", "--strict", "--python-version", "3.14", "--no-error-summary", "--cache-dir"]);
    command.arg(stubs.with_extension("cache")).args(paths).current_dir(from).env("MYPYPATH", stubs);
    command
}

fn pyrefly(stubs: &Path, from: &Path, paths: &[&str]) -> Command {
    let mut command = Command::new(program("pyrefly"));
    command.args(["check", "--python-version", "3.14", "--output-format", "min-text"]);
    command.args(["--search-path", "."]).arg("--search-path").arg(stubs);
    command.arg("--python-interpreter-path").arg(program("python3")).args(paths).current_dir(from);
    command
}

/// Without a configuration of its own, a folder is checked less strictly.
fn by_default(command: &mut Command) -> &mut Command {
    command.args(["--preset", "default"])
}

#[test]
fn the_package_passes() {
    ran(&mut mypy(&STUBS, &STUBS, &["."]));
    ran(by_default(&mut pyrefly(&STUBS, &STUBS, &["."])));
}

#[test]
fn apps_pass_whose_exports_are_awaited_or_make_objects() {
    for (name, files) in [("errand", &["main.py", "desk.py"][..]), ("relay", &["main.py"])] {
        let world = repository("fixtures/worlds").join(name);
        let folder = folder(name);
        write(&folder, &stubs(&fixture_world(&world).plan, &BTreeMap::new(), false));
        ran(&mut mypy(&folder, &world.join("app"), files));
    }
}

#[test]
fn the_package_of_another_world_passes() {
    ran(&mut mypy(&HARBOUR, &HARBOUR, &["."]));
    ran(by_default(&mut pyrefly(&HARBOUR, &HARBOUR, &["."])));
}

#[test]
fn every_example_passes() {
    for app in EXAMPLES {
        let app = repository("fixtures/apps").join(app);
        ran(&mut mypy(&STUBS, &app, &["."]));
        let has_configuration = app.join("pyproject.toml").exists();
        let mut command = pyrefly(&STUBS, &app, &["."]);
        ran(if has_configuration { &mut command } else { by_default(&mut command) });
    }
}

#[test]
fn what_is_right_passes() {
    let types = repository("fixtures/types");
    ran(&mut mypy(&STUBS, &types, &["right.py"]));
    ran(by_default(&mut pyrefly(&STUBS, &types, &["right.py"])));
}

/// Each line that ends in `# wrong`, and no other.
#[test]
fn what_is_wrong_is_rejected_line_by_line() {
    let types = repository("fixtures/types");
    let text = fs::read_to_string(types.join("wrong.py")).expect("it is there");
    let wrong = text.lines().enumerate().filter(|(_, line)| line.ends_with("# wrong"));
    let wrong: BTreeSet<usize> = wrong.map(|(at, _)| at + 1).collect();
    assert!(wrong.len() > 35, "{wrong:?}");
    let checkers = [mypy(&STUBS, &types, &["wrong.py"]), pyrefly(&STUBS, &types, &["wrong.py"])];
    let [mut mypy, mut pyrefly] = checkers;
    for command in [&mut mypy, by_default(&mut pyrefly)] {
        let text = said(&command.output().expect("the checker runs"));
        let errors = text.lines().filter(|line| line.contains("wrong.py:") && line.to_lowercase().contains("error"));
        let lines = errors.filter_map(|line| line.split("wrong.py:").nth(1)?.split(':').next()?.parse().ok());
        assert_eq!(lines.collect::<BTreeSet<usize>>(), wrong, "{text}");
    }
}

/// The bindings at run time, with the package bound: each name, each parameter and each default of the stubs is there.
#[test]
fn the_stubs_are_what_there_is() {
    let folder = bound::folder("stubtest", &own());
    fs::write(folder.join("mypy.ini"), "[mypy]\npython_version = 3.14\n").expect("it can be written");
    fs::write(folder.join("allowed.txt"), ALLOWED).expect("it can be written");
    let mut command = Command::new(program("python3"));
    // The package changes the bindings when it is imported.
    command.args(["-c", "import sys, fastly_py; from mypy import stubtest; sys.exit(stubtest.main())"]);
    command.args(["--concise", "--mypy-config-file", "mypy.ini", "--allowlist", "allowed.txt"]);
    command.args(["--ignore-unused-allowlist", "wit_world"]);
    ran(command.current_dir(&folder).env("MYPYPATH", &*STUBS).env("PYTHONPATH", &folder));
}

/// What differs by design: the bindings have no `__all__`, the constructors of options take keywords by `**keywords` and
/// look at them, and the Python of the build may be older than the one that the stubs are for.
const ALLOWED: &str = r".*\.__all__
.*\.__replace__
.*Options\.__init__
wit_world\.imports\.http_req\.CacheOverrideDetails\.__init__
";

/// With warnings as errors, over all that is public.
#[test]
fn sphinx_has_no_warning() {
    let docs = folder("docs");
    write(&docs.join("typings"), &stubs(&WORLD.plan, &own(), false));
    let conf = blocks("docs/types.md", "python")
        .into_iter()
        .find(|block| block.contains("StubLoader"))
        .expect("it has a conf.py");
    fs::write(docs.join("conf.py"), conf).expect("it can be written");
    let mut index = "My app\n======\n\n".to_owned();
    for name in stubs(&WORLD.plan, &own(), false).keys() {
        let Some(path) = name.strip_suffix(".pyi").or(name.strip_suffix(".py")) else { continue };
        let module = path.trim_end_matches("/__init__").replace('/', ".");
        if !module.split('.').any(|part| part.starts_with('_')) {
            index.push_str(&format!(".. automodule:: {module}\n   :members:\n   :undoc-members:\n\n"));
        }
    }
    fs::write(docs.join("index.rst"), index).expect("it can be written");
    let mut command = Command::new(program("python3"));
    command.args(["-m", "sphinx", "--quiet", "--fail-on-warning", "--keep-going", "-b", "html"]);
    ran(command.arg(&docs).arg(docs.join("html")).env_remove("PYTHONPATH"));
    let page = fs::read_to_string(docs.join("html/index.html")).expect("there is a page");
    for said in ["kv_store.Store.insert", "the options, in place of keywords", "fastly_py.KvError", "Headers.getlist"] {
        assert!(page.contains(said), "no {said}");
    }
}
