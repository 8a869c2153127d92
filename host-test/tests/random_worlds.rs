//! Worlds that nobody thought of, run: the adapter of each is compiled, composed with an app that has all of the world, and does what
//! the model says, as those of the fixtures do.
//!
//! The composer's tests sketch the worlds, and hold of many more that they derive.

#[path = "../../composer/tests/support/dummy.rs"]
#[allow(dead_code, reason = "the composer's tests use more of it")]
mod dummy;
#[path = "../../composer/tests/sketch/mod.rs"]
#[allow(dead_code, reason = "the composer's tests use more of it")]
mod sketch;

use std::fs;
use std::path::{Path, PathBuf};

use composer::bundle::World;
use composer::plan::{Disposition, Interface};
use composer::wit;
use host_test::apps;
use host_test::guests::{self, Guest};
use host_test::sweep::{Sweep, trials};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use sketch::{lines, strategy, write};
use wit_parser::Resolve;

/// How many are run.
const WORLDS: usize = 24;

/// What is done with each. Answers of a certain length, and each error by itself, are left out: the model makes them for the shapes
/// alone that the worlds of the fixtures have.
const PARTS: [&str; 4] = ["cover", "traps", "hostile", "misuse"];

/// A world as text.
struct Sketched {
    wit: String,
    rules: String,
}

#[test]
fn random_worlds_do_what_the_model_says() {
    let (mut wrong, mut run) = (Vec::new(), 0);
    for (number, world) in sketched().enumerate() {
        if run == WORLDS {
            break;
        }
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("random-worlds/{number}"));
        let bundle = guests::read(&built(&folder, &world)).unwrap_or_else(|error| panic!("{error}"));
        compose(&folder, &bundle.world().unwrap_or_else(|error| panic!("{error}")));
        let component = guests::compile(&bundle, Guest::Adapter).unwrap_or_else(|error| panic!("{number}: {error}"));
        // The parts of a sweep are tests of their own elsewhere, and live as long as the process.
        let component: &'static _ = Box::leak(Box::new(component));
        let sweep: &'static _ = Box::leak(Box::new(Sweep::new(&component.world.plan, &component.host)));
        // What nothing makes comes from the host alone, in an export.
        if sweep.uncallable().is_some() {
            continue;
        }
        run += 1;
        let found = trials::wrong(sweep, &PARTS);
        wrong.extend(found.into_iter().map(|found| format!("{}: {found}", folder.display())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Worlds of which an adapter stands in for something, as many as wanted, and the same in each run.
fn sketched() -> impl Iterator<Item = Sketched> {
    let mut runner = TestRunner::new(Config { rng_seed: RngSeed::Fixed(2), ..Config::default() });
    std::iter::repeat_with(move || {
        let sketch = strategy::sketches().new_tree(&mut runner).expect("there are sketches").current();
        let wit = write::wit(&sketch);
        let mut raw = Resolve::default();
        raw.push_source("raw.wit", &wit).unwrap_or_else(|error| panic!("{error:#}"));
        let rules = lines::rules(&sketch, &raw);
        let world = World::new(raw, write::WORLD, &rules).ok()?;
        let mut interfaces = world.plan.interfaces.iter();
        let stands_in = |of: &Interface| of.disposition == Disposition::Adapted && !of.functions.is_empty();
        interfaces.any(stands_in).then_some(Sketched { wit, rules })
    })
    .flatten()
}

/// The guests of a world, in a folder.
fn built(folder: &Path, world: &Sketched) -> PathBuf {
    let (wit, rules, out) = (folder.join("wit"), folder.join("rules.toml"), folder.join("guests"));
    fs::create_dir_all(&wit).expect("a folder for the WIT");
    fs::write(wit.join("raw.wit"), &world.wit).expect("the WIT is written");
    fs::write(&rules, &world.rules).expect("the rules are written");
    let mut command = apps::command().unwrap_or_else(|error| panic!("{error:?}"));
    command.args(["guests", "--world", write::WORLD]).arg("--wit").arg(&wit).arg("--rules").arg(&rules);
    command.arg("--sources").arg(apps::fixture("").with_file_name("adapter")).arg("--out").arg(&out);
    // The folder of the worlds of the fixtures, so that what all of them are made of is compiled once.
    command.env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("worlds-target"));
    let output = command.output().expect("the command runs");
    assert!(output.status.success(), "{}: {}", folder.display(), String::from_utf8_lossy(&output.stderr));
    out
}

/// Composes an app that has all of the world and does nothing; what comes out is validated.
fn compose(folder: &Path, world: &World) {
    let friendly = &world.friendly;
    let app = friendly.world(wit::APP_WORLD).expect("the package has the app's world");
    fs::write(folder.join("app.wasm"), dummy::component(&friendly.resolve, app)).expect("the app is written");
    let mut command = apps::command().unwrap_or_else(|error| panic!("{error:?}"));
    command.arg("compose").arg(folder.join("app.wasm")).arg("--guests").arg(folder.join("guests"));
    let output = command.arg("-o").arg(folder.join("composed.wasm")).output().expect("the command runs");
    assert!(output.status.success(), "{}: {}", folder.display(), String::from_utf8_lossy(&output.stderr));
}
