//! `just bench`: what we have against named baselines, measured in turns on one machine.
//!
//! ```text
//! measurements ─filter─► each: interleaved rounds ─► rows ─┬─ report ─► a table
//!                                                          ├─ json ───► bench.json
//!                                                          └─ plot ───► bench.svg
//! guest rows ─count─► instructions ─fuel─► against the committed figures
//! ```
//!
//! A row is a ratio with its spread. One module a group of rows:
//!
//! - [`guest`]: calls of a small guest, which [`parts`] compiles and [`host`] answers; [`engine`] runs the
//!   same on the newest wasmtime;
//! - [`python`]: calls from Python, timed where they are made;
//! - [`requests`]: whole requests, which [`load`] makes of [`servers`];
//! - [`observing`]: what an observer costs;
//! - [`building`]: what the composer takes, with [`worlds`] of any size and a [`child`] process for its memory;
//! - [`linking`]: what linking an app takes, and what an engine is spared by it;
//! - [`files`]: what the files of an app cost;
//!
//! over [`runner`], which takes turns, [`stats`], and [`row`]. [`apps`] builds what is served.

pub mod apps;
pub mod building;
pub mod child;
pub mod clock;
pub mod command;
pub mod engine;
pub mod error;
pub mod files;
pub mod fuel;
pub mod guest;
pub mod host;
pub mod linking;
pub mod load;
pub mod measure;
pub mod observing;
pub mod parts;
pub mod plot;
pub mod progress;
pub mod python;
pub mod report;
pub mod requests;
pub mod row;
pub mod runner;
pub mod servers;
pub mod stats;
#[cfg(test)]
mod stub;
pub mod worlds;

use std::cell::{OnceCell, RefCell};
use std::env;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use composer::bundle::Bundle;
use indexmap::IndexMap;

use crate::guests;
use apps::App;
use engine::Engine;
use error::BenchError;
use guest::Guests;
use host::Mode;
use parts::Parts;
use progress::Progress;
use row::{Group, Row};
use servers::Served;

/// What to measure with.
#[derive(Debug, Clone)]
pub struct Options {
    /// The guests, as `composer guests` wrote them.
    pub guests: PathBuf,
    /// Where figures go, and what is built on the way.
    pub out: PathBuf,
    /// How many pairs of samples a row has.
    pub rounds: usize,
    /// Python apps that are built already, and what configures the host for them.
    pub apps: Option<PathBuf>,
}

/// Something that makes rows when it is run.
pub struct Measurement {
    group: Group,
    name: String,
    #[expect(clippy::type_complexity, reason = "it is told once")]
    run: Box<dyn Fn(&Bench) -> Result<Vec<Row>, BenchError>>,
}

/// What measurements share: each part is made when the first needs it.
pub struct Bench {
    options: Options,
    bundle: OnceCell<Bundle>,
    parts: OnceCell<Parts>,
    timed: OnceCell<Guests>,
    counted: OnceCell<Guests>,
    engine: OnceCell<Engine>,
    served: RefCell<IndexMap<PathBuf, Rc<Served>>>,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Taken {
    /// The rows, in the order of the table.
    pub rows: Vec<Row>,
    /// What could not be measured, and why.
    pub failures: Vec<(String, BenchError)>,
}

impl Measurement {
    /// Something to measure, by the name that filters know it by.
    pub fn new(
        group: Group,
        name: impl Into<String>,
        run: impl Fn(&Bench) -> Result<Vec<Row>, BenchError> + 'static,
    ) -> Self {
        Self { group, name: name.into(), run: Box::new(run) }
    }

    /// Its group and its name.
    pub fn title(&self) -> String {
        format!("{} {}", self.group, self.name)
    }
}

/// All measurements of which the title has each of these words.
pub fn measurements(words: &[String]) -> Result<Vec<Measurement>, BenchError> {
    let mut found = guest::measurements();
    found.extend(engine::measurements());
    found.extend(python::measurements());
    found.extend(requests::measurements());
    found.extend(observing::measurements());
    found.extend(building::measurements());
    found.extend(linking::measurements());
    found.extend(files::measurements());
    // A filter may come as one argument or as several.
    let words: Vec<&str> = words.iter().flat_map(|words| words.split_whitespace()).collect();
    found.retain(|measurement| is_wanted(&measurement.title(), &words));
    if found.is_empty() { Err(BenchError::NoRows { filter: words.join(" ") }) } else { Ok(found) }
}

fn is_wanted(title: &str, words: &[&str]) -> bool {
    words.iter().all(|word| title.contains(word))
}

/// Runs measurements one after the other. One that fails does not keep the others from running.
pub fn run(bench: &Bench, measurements: &[Measurement], progress: &Progress) -> Taken {
    let mut taken = Taken::default();
    for measurement in measurements {
        let title = measurement.title();
        progress.begin(&title);
        match (measurement.run)(bench) {
            Ok(rows) => taken.rows.extend(rows),
            Err(error) => taken.failures.push((title, error)),
        }
    }
    taken
}

/// The instructions that the guest's rows of these names take, all without a filter.
pub fn instructions(bench: &Bench, words: &[String]) -> Result<fuel::Baseline, BenchError> {
    let words: Vec<&str> = words.iter().flat_map(|words| words.split_whitespace()).collect();
    let rows = guest::counts(bench, |spec| is_wanted(&format!("{} {}", Group::Guest, spec.name), &words))?;
    let engine = guest::engine_version(&bench.repository().join("Cargo.lock"))?;
    Ok(fuel::Baseline::new(&bench.parts()?.compiler, &engine, &rows))
}

impl Bench {
    /// Nothing is made yet.
    pub fn new(options: Options) -> Self {
        Self {
            options,
            bundle: OnceCell::new(),
            parts: OnceCell::new(),
            timed: OnceCell::new(),
            counted: OnceCell::new(),
            engine: OnceCell::new(),
            served: RefCell::default(),
        }
    }

    /// How many pairs of samples a row has.
    pub fn rounds(&self) -> usize {
        self.options.rounds
    }

    /// Where figures go, and what is built on the way.
    pub fn out(&self) -> &Path {
        &self.options.out
    }

    /// The folder of the adapter's guests.
    pub fn guests_folder(&self) -> &Path {
        &self.options.guests
    }

    /// The folder of Python apps that are built already, where one was given.
    pub fn built_apps(&self) -> Option<&Path> {
        self.options.apps.as_deref()
    }

    /// The newest engine, with the guest of the rows.
    pub fn engine(&self) -> Result<&Engine, BenchError> {
        once(&self.engine, || engine::build(self))
    }

    /// A server with this app, started when it is first asked for.
    pub fn served(&self, app: &App) -> Result<Rc<Served>, BenchError> {
        if let Some(served) = self.served.borrow().get(&app.wasm) {
            return Ok(Rc::clone(served));
        }
        let served = Rc::new(Served::start(app)?);
        self.served.borrow_mut().insert(app.wasm.clone(), Rc::clone(&served));
        Ok(served)
    }

    /// The `composer` command that was built with this one.
    pub fn composer(&self) -> Result<PathBuf, BenchError> {
        sibling("composer")
    }

    /// The command that says what another takes.
    pub fn measured(&self) -> Result<PathBuf, BenchError> {
        sibling("measured")
    }

    /// The repository that this was built from.
    pub fn repository(&self) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("")
    }

    /// The committed counts of instructions.
    pub fn fuel_file(&self) -> PathBuf {
        self.repository().join("fixtures/bench/fuel.toml")
    }

    /// The guests of the adapter.
    pub fn bundle(&self) -> Result<&Bundle, BenchError> {
        once(&self.bundle, || Ok(guests::read(&self.options.guests)?))
    }

    /// The guest of the rows, as components.
    pub fn parts(&self) -> Result<&Parts, BenchError> {
        once(&self.parts, || parts::build(self.bundle()?, &self.options.out))
    }

    /// The guest of the rows, ready to be timed.
    pub fn guests(&self) -> Result<&Guests, BenchError> {
        once(&self.timed, || Guests::new(self.parts()?, Mode::Timed))
    }

    /// The guest of the rows, with its instructions counted.
    pub fn counting_guests(&self) -> Result<&Guests, BenchError> {
        once(&self.counted, || Guests::new(self.parts()?, Mode::Counted))
    }
}

/// A command that is built with this one, and so in the same folder: tests are in one below.
fn sibling(name: &str) -> Result<PathBuf, BenchError> {
    let this = env::current_exe().map_err(BenchError::file("find", name))?;
    let name = format!("{name}{}", env::consts::EXE_SUFFIX);
    let folders = this.ancestors().skip(1).take(2);
    let found = folders.map(|folder| folder.join(&name)).find(|path| path.is_file());
    found.ok_or_else(|| BenchError::NoCommand { name })
}

/// What is in a cell, made if it is not there yet.
fn once<T>(cell: &OnceCell<T>, make: impl FnOnce() -> Result<T, BenchError>) -> Result<&T, BenchError> {
    if let Some(made) = cell.get() {
        return Ok(made);
    }
    let made = make()?;
    Ok(cell.get_or_init(|| made))
}
