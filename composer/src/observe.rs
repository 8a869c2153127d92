//! Puts an observer into an app: it is told of each host call that is asked for, and of nothing else.
//!
//! ```text
//! patterns ─select─► selection ─┐
//! app ─items─► sites ───────────┼─ signature ─► wrappers ─┐
//! host ─platform─► imports ─────┘                         ├─ rewrite ─► app
//! observer + tables ─ground─► memory ─────────────────────┘
//! ```
//!
//! The wrappers and the observer are core modules inside of the app's component, so that a wrapper calls the observer as a
//! function calls another one: a call between components takes hundreds of times as long. The app's own modules stay as
//! they are, byte for byte; they are given other functions. `docs/observe.md` has the user's side.

mod ground;
mod known;
mod log;
mod options;
mod platform;
mod relay;
mod rewrite;
pub mod rules;
pub mod select;
mod signature;
mod sites;
mod tables;
mod wrap;
mod writer;

use std::collections::BTreeSet;

use thiserror::Error;
use wasmparser::{BinaryReaderError, Parser, Payload, TypeRef};

use crate::app::{self, App, AppError};
use crate::bundle::World;
use crate::bypass::{self, BypassError, shape};
use crate::link::items::{self, Component};
use crate::link::{LinkError, Space};
use known::{Known, Side};
pub use options::{Output, Profile, Request, What};
use platform::Platform;
use relay::Relay;
use rewrite::{Parts, Replaced, Told};
use select::{SelectError, Selection, Subject};
use signature::Signature;
use tables::Row;
use wrap::Wrapper;

/// An app with an observer inside.
#[derive(Debug)]
pub struct Observed {
    /// The app's component.
    pub app: Vec<u8>,
    /// The adapter with one, where raw functions are observed.
    pub adapter: Option<Vec<u8>>,
    /// The functions that are observed, by their paths.
    pub functions: BTreeSet<String>,
    /// What was asked for and comes to nothing, a line each.
    pub notes: Vec<String>,
}

/// Why an app cannot be observed.
#[derive(Debug, Error)]
pub enum ObserveError {
    /// The patterns select nothing.
    #[error(transparent)]
    Select(#[from] SelectError),
    /// Nothing is to be done with what is observed.
    #[error("nothing is to be done with what is observed; add --profile or --trace")]
    NoPurpose,
    /// The guests are from before there was an observer.
    #[error("the guests have no observer; build them again with `composer guests`")]
    NoObserver,
    /// The host lacks what the observer needs.
    #[error("the observer needs `{interface}`, which the host does not have; this host cannot run an observed app")]
    Platform {
        /// What it needs.
        interface: String,
    },
    /// Lines cannot go to a log endpoint.
    #[error("lines cannot go to a log endpoint: {why}; leave --lines-to out, and they go to the standard error")]
    Log {
        /// Why not.
        why: String,
    },
    /// A function that is called in a way of its own.
    #[error("`{path}` cannot be observed: the app calls it asynchronously; leave it out with --except '{path}'")]
    Async {
        /// The function.
        path: String,
    },
    /// What the observer imports cannot be encoded. This is a fault of the composer.
    #[error("the imports of the observer cannot be encoded: {message}; please report it with the app")]
    Imports {
        /// What the encoder says.
        message: String,
    },
    /// The adapter cannot be read.
    #[error(transparent)]
    Adapter(#[from] AppError),
    /// The app cannot be read.
    #[error("the app cannot be observed: {message}; build it again")]
    Unreadable {
        /// What is wrong.
        message: String,
    },
    /// An index that leads nowhere.
    #[error("the app cannot be observed: nothing is {space} {index}; build it again")]
    Dangling {
        /// The index space.
        space: Space,
        /// The index.
        index: u32,
    },
    /// What came out is not valid. This is a fault of the composer.
    #[error("the observed app is not valid: {message}; please report it with the app")]
    Invalid {
        /// What the validator says.
        message: String,
    },
}

impl From<LinkError> for ObserveError {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Unreadable { message } | LinkError::Invalid { message } => Self::Unreadable { message },
            LinkError::Dangling { space, index } => Self::Dangling { space, index },
        }
    }
}

impl From<BinaryReaderError> for ObserveError {
    fn from(error: BinaryReaderError) -> Self {
        Self::Unreadable { message: error.to_string() }
    }
}

/// What is observed: the app with what was appended to it, so that `bulk` functions go past the adapter, and the adapter.
pub struct Subjects<'a> {
    /// The app's types.
    pub app: &'a App<'a>,
    /// All of it.
    pub whole: &'a [u8],
    /// The functions that go past the adapter, by their paths.
    pub bulk: &'a BTreeSet<String>,
    /// The adapter's component.
    pub adapter: &'a [u8],
}

/// Puts an observer into an app, and one into the adapter where raw functions are observed.
pub fn observe(
    world: &World,
    subjects: &Subjects<'_>,
    request: &Request,
    observer: &[u8],
) -> Result<Observed, ObserveError> {
    if request.what.profile.is_none() && !request.what.trace {
        return Err(ObserveError::NoPurpose);
    }
    if observer.is_empty() {
        return Err(ObserveError::NoObserver);
    }
    let selection = select::select(world, &request.observe, &request.except)?;
    let adapter = Adapter::read(world, subjects, &selection)?;
    let raw = match &adapter {
        Some(adapter) => adapter.paths(subjects, world, &selection)?,
        None => BTreeSet::new(),
    };
    let making = Making { world, selection: &selection, request, observer, raw: &raw };
    let (app, mut functions) = making.app(subjects)?;
    let adapter = adapter.map(|adapter| making.adapter(&adapter, subjects)).transpose()?;
    functions.extend(raw);
    Ok(Observed { app, adapter, notes: notes(&selection, &functions), functions })
}

/// The adapter, where raw functions are observed.
struct Adapter<'a> {
    app: App<'a>,
    component: Component<'a>,
}

impl<'a> Adapter<'a> {
    fn read(world: &World, subjects: &Subjects<'a>, selection: &Selection) -> Result<Option<Self>, ObserveError> {
        if !selection.subjects.iter().any(Subject::is_raw) || world.plan.interfaces.is_empty() {
            return Ok(None);
        }
        Ok(Some(Self { app: app::read(subjects.adapter)?, component: items_of(subjects.adapter)? }))
    }

    /// The raw functions that are observed: those that the adapter calls, and those that the app calls past it.
    fn paths(
        &self,
        subjects: &Subjects<'_>,
        world: &World,
        selection: &Selection,
    ) -> Result<BTreeSet<String>, ObserveError> {
        let none = BTreeSet::new();
        let in_adapter = Known::new(world, &self.app, Side::Raw)?;
        let mut paths = in_adapter.sites(&self.component, selection, &none)?.paths;
        let in_app = Known::of_whole(world, subjects.app, Side::Raw)?;
        paths.extend(in_app.sites(&items_of(subjects.whole)?, selection, &none)?.paths);
        Ok(paths)
    }
}

/// What both are made with.
struct Making<'a> {
    world: &'a World,
    selection: &'a Selection,
    request: &'a Request,
    observer: &'a [u8],
    /// The raw functions that are observed.
    raw: &'a BTreeSet<String>,
}

impl Making<'_> {
    /// Makes the app, and says which friendly functions are observed in it.
    fn app(&self, subjects: &Subjects<'_>) -> Result<(Vec<u8>, BTreeSet<String>), ObserveError> {
        let component = items_of(subjects.whole)?;
        let known = Known::new(self.world, subjects.app, Side::Friendly)?;
        let found = known.sites(&component, self.selection, subjects.bulk)?;
        let shape = shape::read(subjects.whole)?;
        let in_table = known.in_table(&shape, self.selection, subjects.bulk);
        let paths: BTreeSet<String> =
            found.paths.iter().chain(in_table.iter().map(|one| &one.subject.path)).cloned().collect();
        let raw = Known::of_whole(self.world, subjects.app, Side::Raw)?;
        let past = raw.sites(&component, self.selection, &BTreeSet::new())?;

        let is_direct = |core: u32| found.sites.iter().any(|one| one.site.core == core);
        let own =
            found.sites.iter().map(|one| (&one.site, wrapper(&known, &paths, one.subject, one.signature), Told::Own));
        let others = past.sites.iter().filter(|one| !is_direct(one.site.core));
        let others = others.map(|one| (&one.site, wrapper(&raw, self.raw, one.subject, one.signature), Told::Adapter));
        let slots: Vec<Vec<u32>> = in_table.iter().map(|one| one.target.slots.clone()).collect();
        let replaced = match in_table.first() {
            Some(first) => Some(Replaced {
                memory: first.target.memory,
                instance: first.target.table.instance,
                table: wrap::Table {
                    name: first.target.table.name,
                    ty: first.target.table.ty.try_into().map_err(|_| ObserveError::Unreadable {
                        message: "the table of its calls is of a type that cannot be written".to_owned(),
                    })?,
                    slots: &slots,
                },
                wrappers: in_table.iter().map(|one| wrapper(&known, &paths, one.subject, one.signature)).collect(),
            }),
            None => None,
        };
        let (platform, output) = self.platform(subjects.app, &component)?;
        let parts = Parts {
            component: &component,
            sites: own.chain(others).collect(),
            lifted: known.lifted(&component)?,
            replaced,
            instances: &sites::instances(&component)?,
            platform: &platform,
            ground: &self.ground(&known, &paths, (Side::Friendly, output))?,
            observer: self.observer,
            dropped: &[bypass::MARK, "component-name"],
            relay: if self.raw.is_empty() { Relay::None } else { Relay::Imported },
        };
        Ok((rewrite::rewrite(&parts)?, paths))
    }

    fn adapter(&self, adapter: &Adapter<'_>, subjects: &Subjects<'_>) -> Result<Vec<u8>, ObserveError> {
        let known = Known::new(self.world, &adapter.app, Side::Raw)?;
        let found = known.sites(&adapter.component, self.selection, &BTreeSet::new())?;
        let sites =
            found.sites.iter().map(|one| (&one.site, wrapper(&known, self.raw, one.subject, one.signature), Told::Own));
        let (platform, output) = self.platform(&adapter.app, &adapter.component)?;
        let rows = Known::of_whole(self.world, subjects.app, Side::Raw)?;
        let parts = Parts {
            component: &adapter.component,
            sites: sites.collect(),
            lifted: Vec::new(),
            replaced: None,
            instances: &sites::instances(&adapter.component)?,
            platform: &platform,
            ground: &self.ground(&rows, self.raw, (Side::Raw, output))?,
            observer: self.observer,
            dropped: &["component-name"],
            relay: Relay::Exported,
        };
        rewrite::rewrite(&parts)
    }

    /// What the observer of a component imports.
    fn platform(&self, app: &App<'_>, component: &Component<'_>) -> Result<(Platform, Output), ObserveError> {
        let mut platform = platform::platform(app, &self.world.plan.platform)?;
        let Output::Log(_) = &self.request.what.output else { return Ok((platform, Output::Stderr)) };
        let log = log::log(self.world, &select::subjects(self.world), &sites::lowered(component)?)?;
        let failed = |error: BypassError| ObserveError::Imports { message: error.to_string() };
        // An interface is imported once, and what imports it already may have too little of it.
        if !bypass::has_all(app, &log.donor).map_err(failed)? {
            return Ok((platform, Output::Stderr));
        }
        platform.donors.push(log.donor);
        platform.imports.extend(log.imports);
        Ok((platform, self.request.what.output.clone()))
    }

    /// The module with the memory, and in it a row for each path.
    fn ground(
        &self,
        known: &Known<'_>,
        paths: &BTreeSet<String>,
        (side, output): (Side, Output),
    ) -> Result<Vec<u8>, ObserveError> {
        let missing = |path: &str| ObserveError::Unreadable { message: format!("it has no `{path}`") };
        let rows: Vec<Row<'_>> =
            paths.iter().map(|path| known.row(path).ok_or_else(|| missing(path))).collect::<Result<_, _>>()?;
        let what = What { output, ..self.request.what.clone() };
        let tables = tables::tables(memory_end(self.observer)?, &what, side, &rows);
        Ok(ground::module(&tables))
    }
}

/// The wrapper of a function, whose place is that of its path.
fn wrapper<'s>(
    known: &Known<'_>,
    paths: &BTreeSet<String>,
    subject: &Subject,
    signature: &'s Signature,
) -> Wrapper<'s> {
    let row = paths.iter().position(|path| *path == subject.path).map(|place| place as u32);
    Wrapper { row, signature, begins: known.begins(subject) }
}

fn items_of(bytes: &[u8]) -> Result<Component<'_>, ObserveError> {
    items::read(bytes)?.map_err(|message| ObserveError::Unreadable { message })
}

/// What of the patterns comes to nothing in this app.
fn notes(selection: &Selection, observed: &BTreeSet<String>) -> Vec<String> {
    let unused = selection.patterns.iter().filter(|(_, paths)| paths.is_disjoint(observed));
    let note =
        |pattern: &str| format!("--observe `{pattern}` observes nothing: the app imports no function that it matches");
    unused.map(|(pattern, _)| note(pattern)).collect()
}

/// Where the observer's own memory ends.
fn memory_end(observer: &[u8]) -> Result<u32, ObserveError> {
    for payload in Parser::new(0).parse_all(observer) {
        let Payload::ImportSection(section) = payload? else { continue };
        for import in section.into_imports() {
            if let TypeRef::Memory(memory) = import?.ty {
                return Ok(memory.initial as u32 * ground::PAGE);
            }
        }
    }
    Err(ObserveError::NoObserver)
}
