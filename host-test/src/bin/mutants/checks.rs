//! The checks that a mutant must not get through, the quickest first, and goldens last: those show a change of
//! any text, and so say little about who would notice it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::report::{Catch, Outcome};
use crate::run::{End, run};

/// No build takes longer: the first one compiles the host.
const BUILD: Duration = Duration::from_secs(60 * 60);

/// A test binary gets this long, or ten times what it takes where nothing is broken.
const LEAST: Duration = Duration::from_secs(60);

/// What the composer says when a mutant makes it write glue that is not Rust, or not for these bindings.
const NO_GUESTS: &str = "cargo could not build the guests";

/// A test binary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Check {
    /// The unit tests of the runtime: for mutants of the runtime.
    Runtime,
    /// What is left of a plan for one app.
    Prune,
    /// The Python package over bindings without a host.
    Package,
    /// Modules of the package that are about one world, without a host.
    Protocols,
    /// Calls that go past the adapter.
    Bulk,
    /// WSGI apps, without a host and on the real one.
    Wsgi,
    /// An app that uses all of the package, on the real host.
    Conformance,
    /// The guests, called as scripts say.
    Script,
    /// Every function of the guests, called as the plan says.
    Sweep,
    /// The golden plans: for mutants of the composer.
    Goldens,
}

impl Check {
    /// What a mutant of this file is checked with.
    fn of(file: &str) -> &'static [Self] {
        let is_in = |folders: &[&str]| folders.iter().any(|folder| file.starts_with(folder));
        if is_in(&["adapter/runtime/"]) {
            &[Self::Runtime, Self::Script, Self::Sweep]
        } else if is_in(&["adapter/python/wsgi", "adapter/python/_wsgi", "composer/src/python/launch/"]) {
            &[Self::Wsgi]
        } else if is_in(&["adapter/python/"]) {
            &[Self::Protocols, Self::Conformance]
        } else if is_in(&["composer/src/python/package/"]) {
            &[Self::Package, Self::Conformance]
        } else if is_in(&["composer/src/prune"]) {
            &[Self::Prune, Self::Conformance]
        } else if is_in(&["composer/src/bypass"]) {
            &[Self::Bulk, Self::Conformance]
        } else {
            &[Self::Script, Self::Sweep, Self::Goldens]
        }
    }

    /// What cargo is to build.
    fn target(self) -> &'static [&'static str] {
        match self {
            Self::Runtime => &["-p", "adapter-runtime", "--lib"],
            Self::Prune => &["-p", "composer", "--test", "prune"],
            Self::Package => &["-p", "composer", "--test", "python"],
            Self::Protocols => &["-p", "composer", "--test", "protocols"],
            Self::Bulk => &["-p", "host-test", "--test", "bulk"],
            Self::Wsgi => &["-p", "host-test", "--test", "wsgi"],
            Self::Conformance => &["-p", "host-test", "--test", "conformance"],
            Self::Script => &["-p", "host-test", "--test", "script"],
            Self::Sweep => &["-p", "host-test", "--test", "sweep"],
            Self::Goldens => &["-p", "composer", "--test", "reshape"],
        }
    }

    fn calls_guests(self) -> bool {
        match self {
            Self::Script | Self::Sweep | Self::Bulk | Self::Wsgi | Self::Conformance => true,
            Self::Runtime | Self::Prune | Self::Package | Self::Protocols | Self::Goldens => false,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Runtime => "runtime",
            Self::Prune => "prune",
            Self::Package => "python",
            Self::Protocols => "protocols",
            Self::Bulk => "bulk",
            Self::Wsgi => "wsgi",
            Self::Conformance => "conformance",
            Self::Script => "script",
            Self::Sweep => "sweep",
            Self::Goldens => "reshape",
        }
    }
}

/// What a check came to.
enum Verdict {
    /// All of its tests passed.
    Passed,
    /// One did not.
    Caught(Catch),
    /// It could not be built.
    Broken(String),
}

/// An executable that cargo built.
struct Built {
    path: PathBuf,
    is_test: bool,
}

/// The checks on a copy of the project.
pub struct Checks {
    tree: PathBuf,
    guests: PathBuf,
    /// How long each takes where nothing is broken.
    took: BTreeMap<Check, Duration>,
}

impl Checks {
    /// The checks on the project in `tree`, with the guests built into `guests`.
    pub fn new(tree: &Path, guests: &Path) -> Self {
        Self { tree: tree.to_owned(), guests: guests.to_owned(), took: BTreeMap::new() }
    }

    /// Runs all that mutants of these files are checked with, which must pass.
    pub fn unbroken<'f>(&mut self, files: impl Iterator<Item = &'f str>) -> Result<()> {
        let checks: BTreeSet<Check> = files.flat_map(Check::of).copied().collect();
        for check in checks {
            let (verdict, took) = self.check(check)?;
            match verdict {
                Verdict::Passed => self.took.insert(check, took),
                Verdict::Caught(catch) => bail!("{catch} fails where nothing is broken; correct that first"),
                Verdict::Broken(message) => bail!("nothing is broken, and yet: {message}"),
            };
        }
        Ok(())
    }

    /// Runs what a mutant of this file is checked with, until something fails.
    pub fn broken(&self, file: &str) -> Result<Outcome> {
        for check in Check::of(file) {
            match self.check(*check)?.0 {
                Verdict::Passed => {}
                Verdict::Caught(catch) => return Ok(Outcome::Caught(catch)),
                Verdict::Broken(message) => return Ok(Outcome::Broken(message)),
            }
        }
        Ok(Outcome::Survived)
    }

    /// Builds what a check needs, and runs it; and how long it ran.
    fn check(&self, check: Check) -> Result<(Verdict, Duration)> {
        let broken = |message| Ok((Verdict::Broken(message), Duration::ZERO));
        let mut composer = None;
        if check.calls_guests() {
            let built = match self.build(&["build", "-p", "composer", "--bin", "composer"])? {
                Ok(built) => built,
                Err(message) => return broken(message),
            };
            let built = built.into_iter().find(|built| !built.is_test).context("cargo built no composer")?;
            let mut guests = Command::new(&built.path);
            guests.args(["guests", "--rules", "adapter/reshape.toml", "--sources", "adapter", "--out"]);
            let guests = run(guests.arg(&self.guests).current_dir(&self.tree), BUILD)?;
            if !matches!(guests.end, End::Well) {
                return broken(guests.text);
            }
            composer = Some(built.path);
        }
        let built = match self.build(&[&["test", "--no-run"], check.target()].concat())? {
            Ok(built) => built,
            Err(message) => return broken(message),
        };
        let test = built.into_iter().find(|built| built.is_test).context("cargo built no test")?;
        let mut command = Command::new(test.path);
        command.current_dir(&self.tree).env("COMPOSER_GUESTS", &self.guests).env_remove("BLESS");
        composer.iter().for_each(|composer| {
            command.env("COMPOSER", composer);
        });
        let limit = self.took.get(&check).map_or(BUILD, |took| LEAST.max(*took * 10));
        let ended = run(&mut command, limit)?;
        let case = match ended.end {
            End::Well => return Ok((Verdict::Passed, ended.took)),
            End::Badly if ended.text.contains(NO_GUESTS) => return broken(ended.text),
            End::Badly => first_failure(&ended.text),
            End::Late => "it does not come to an end".to_owned(),
        };
        let catch = Catch { test: check.name(), case, is_golden: check == Check::Goldens };
        Ok((Verdict::Caught(catch), ended.took))
    }

    /// Has cargo build, and returns the executables, or what it says.
    fn build(&self, args: &[&str]) -> Result<Result<Vec<Built>, String>> {
        let mut cargo = Command::new("cargo");
        cargo.args(args).args(["--locked", "--message-format=json-render-diagnostics"]).current_dir(&self.tree);
        let ended = run(&mut cargo, BUILD)?;
        let (messages, rest): (Vec<_>, Vec<_>) = ended.text.lines().partition(|line| line.starts_with('{'));
        if !matches!(ended.end, End::Well) {
            return Ok(Err(rest.join("\n")));
        }
        let messages = messages.into_iter().map(serde_json::from_str::<Value>).collect::<Result<Vec<_>, _>>();
        let messages = messages.context("cargo wrote a line that is no JSON")?;
        let built = messages.iter().filter_map(|message| {
            Some(Built {
                path: message.get("executable")?.as_str()?.into(),
                is_test: message.pointer("/profile/test")?.as_bool()?,
            })
        });
        Ok(Ok(built.collect()))
    }
}

/// The first test that the output says failed.
fn first_failure(text: &str) -> String {
    let failed = text.lines().filter_map(|line| line.strip_prefix("test ")?.strip_suffix("FAILED"));
    let mut cases = failed.map(|line| line.trim_end_matches([' ', '.']));
    let Some(first) = cases.next() else {
        return "it ends before it says which test failed".to_owned();
    };
    match cases.count() {
        0 => first.to_owned(),
        more => format!("{first}, and {more} more"),
    }
}
