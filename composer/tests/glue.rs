//! The glue of every golden plan compiles: `reshape.rs` holds that it is Rust, this that it fits the bindings.
//!
//! The glue of each case of `fixtures/reshape`, of each world of `fixtures/worlds`, of the world in
//! `composer/README.md`, of a world with a function for each pair of rules, and of some of the random worlds of `worlds.rs` is a
//! module of one adapter and of one entry, checked together: most of the time goes into the bindings' macro, and none into
//! machine code.

#[path = "glue/item_names.rs"]
mod item_names;
#[path = "glue/rule_pairs.rs"]
mod rule_pairs;
mod sketch;
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use composer::bundle::World;
use composer::glue::GlueError;
use composer::plan::Plan;
use composer::{glue, wit};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use sketch::{lines, strategy, write};
use support::hold::{self, Outcome};
use support::public::{self, Came};
use support::{cases, folders, name, repository};

/// How many random worlds are compiled.
const RANDOM_WORLDS: usize = 50;

#[test]
fn the_glue_of_every_golden_plan_compiles() {
    let start = Instant::now();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("glue");
    let mut guests = Guests { folder: folder.clone(), adapter: String::new(), entry: String::new() };
    let reshaped = folders(&repository("fixtures/reshape"));
    for case in reshaped.iter().filter(|case| !name(case).starts_with("error-")) {
        guests.add(&name(case), &cases::golden_world(case));
    }
    for world in folders(&repository("fixtures/worlds")) {
        guests.add(&format!("world-{}", name(&world)), &cases::fixture_world(&world));
    }
    guests.add("readme", &cases::readme_world());
    let (pairs, refused) = rule_pairs::pairs();
    eprintln!("{} pairs of rules are taken, {refused} refused", pairs.len());
    assert!(pairs.len() > 2 * refused, "too few pairs of rules are taken");
    let together = rule_pairs::world(&pairs).unwrap_or_else(|error| panic!("the pairs together: {error}"));
    guests.add("rule-pairs", &together);
    let (named, taken, refused) = item_names::world();
    eprintln!("{taken} names and places are taken, {refused} refused");
    assert!(taken > 5 * refused, "too few names are taken");
    guests.add("item-names", &named);
    for (number, world) in random_worlds().into_iter().enumerate() {
        guests.add(&format!("random-{number}"), &world);
    }
    for (number, world) in public_worlds().into_iter().enumerate() {
        guests.add(&format!("public-{number}"), &world);
    }
    write_file(&folder.join("adapter.rs"), &guests.adapter);
    write_file(&folder.join("entry.rs"), &guests.entry);
    eprintln!("glue written in {:.1} s", start.elapsed().as_secs_f64());

    let start = Instant::now();
    // The folder that this test was built in has the bindings' macro already, where the guests were linted.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the folder is in that of the build");
    let output = Command::new(env!("CARGO"))
        .args(["check", "--locked", "--quiet", "-p", "adapter", "-p", "entry", "--target-dir"])
        .arg(target)
        .current_dir(repository("adapter"))
        .env("COMPOSER_GLUE", &folder)
        .output()
        .expect("cargo runs");
    eprintln!("glue checked in {:.1} s", start.elapsed().as_secs_f64());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the glue does not compile:\n{said}");
    assert!(!said.contains("warning"), "the glue compiles with warnings:\n{said}");
}

/// A plan without one of its types, or without one of a function's parameters, is refused with a path, or has glue: no
/// look-up comes to nothing.
#[test]
fn a_plan_that_lacks_something_is_refused_or_has_glue() {
    let mut refused = 0;
    let mut hold = |plan: &Plan| match glue::adapter(plan, "wit") {
        Err(GlueError::Plan { path, what }) => {
            assert!(!path.is_empty() && !what.is_empty());
            refused += 1;
        }
        Ok(_) => {}
        Err(error @ GlueError::NotRust { .. }) => panic!("{error}"),
    };
    for world in folders(&repository("fixtures/worlds")) {
        let plan = cases::fixture_world(&world).plan;
        for (at, interface) in plan.interfaces.iter().enumerate() {
            for def in 0..interface.types.len() {
                let mut without = plan.clone();
                without.interfaces[at].types.remove(def);
                hold(&without);
            }
            for (number, function) in interface.functions.iter().enumerate().filter(|(_, of)| !of.params.is_empty()) {
                let mut without = plan.clone();
                without.interfaces[at].functions[number].params.truncate(function.params.len() - 1);
                hold(&without);
            }
        }
    }
    assert!(refused > 50, "only {refused} are refused");
}

/// The worlds of others that derive.
fn public_worlds() -> Vec<World> {
    let packages = public::packages();
    let found = packages.iter().flat_map(|package| package.worlds.values());
    let worlds = found.filter_map(|found| match found.tried() {
        Came::Derives(world) | Came::WithRules(world, _) => Some(*world),
        Came::Refused(_) => None,
    });
    worlds.collect()
}

/// The first of the worlds that `worlds.rs` makes and the composer takes.
fn random_worlds() -> Vec<World> {
    let mut runner = TestRunner::new(Config { rng_seed: RngSeed::Fixed(1), ..Config::default() });
    let mut worlds = Vec::new();
    while worlds.len() < RANDOM_WORLDS {
        let sketch = strategy::sketches().new_tree(&mut runner).expect("there are sketches").current();
        let raw = hold::resolve(&write::wit(&sketch)).unwrap_or_else(|error| panic!("{error}"));
        let rules = lines::rules(&sketch, &raw);
        match hold::check(&raw, &rules).unwrap_or_else(|error| panic!("{error}")) {
            Outcome::Derived(0) | Outcome::Refused(_) => {}
            Outcome::Derived(_) => {
                worlds.push(World::new(raw, write::WORLD, &rules).unwrap_or_else(|error| panic!("{error}")));
            }
        }
    }
    worlds
}

/// The sources of two guests, with a module for each case.
struct Guests {
    folder: PathBuf,
    adapter: String,
    entry: String,
}

impl Guests {
    fn add(&mut self, case: &str, world: &World) {
        let folder = self.folder.join(case);
        let wit_folder = folder.join("wit");
        let files = wit::folder_for_guests(&world.friendly).unwrap_or_else(|error| panic!("{case}: {error}"));
        for (path, text) in &files {
            write_file(&wit_folder.join(path), text);
        }
        // What an earlier run had of another world would be a package of this one.
        for entry in fs::read_dir(wit_folder.join("deps")).into_iter().flatten() {
            let path = entry.expect("the folder can be read").path();
            if !files.iter().any(|(file, _)| wit_folder.join(file) == path) {
                fs::remove_file(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            }
        }
        let wit_path = wit_folder.display().to_string();
        let module = case.replace('-', "_");
        let sources = [
            ("adapter.rs", &mut self.adapter, glue::adapter(&world.plan, &wit_path)),
            ("entry.rs", &mut self.entry, glue::entry(&world.plan, &wit_path)),
        ];
        for (file, guest, source) in sources {
            let path = folder.join(file);
            write_file(&path, &source.unwrap_or_else(|error| panic!("{case}: {error}")));
            guest.push_str(&format!("#[path = {path:?}]\nmod r#{module};\n"));
        }
    }
}

/// What is the same stays untouched, so that a second run checks nothing again.
fn write_file(path: &Path, text: &str) {
    if fs::read_to_string(path).ok().as_deref() != Some(text) {
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("the folder is made");
        fs::write(path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
}
