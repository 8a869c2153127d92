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

mod dispatch;
mod error;
mod ground;
pub(crate) mod hook;
mod host;
mod known;
mod making;
mod options;
mod platform;
mod policy;
mod refusal;
mod relay;
mod reveal;
mod rewrite;
pub mod rules;
pub mod select;
mod signature;
mod sites;
mod tables;
mod value_type;
mod witness;
mod wrap;
mod writer;

use std::collections::{BTreeMap, BTreeSet};

use crate::app::{self, App};
use crate::bundle::World;
use crate::link::items::{self, Component};
pub use error::ObserveError;
pub use hook::WIT as HOOKS_WIT;
use known::{Known, Side};
use making::Making;
pub use options::{Chance, Format, Hook, Output, Policy, Profile, Request, Switch, Trace, What};
use select::{RAW, Selection, Subject};

/// An app with an observer inside.
#[derive(Debug)]
pub struct Observed {
    /// The app's component.
    pub app: Vec<u8>,
    /// The adapter with one, where raw functions are observed.
    pub adapter: Option<Vec<u8>>,
    /// The functions that are observed, by their paths.
    pub functions: BTreeSet<String>,
    /// What is refused to the app, as the options say it.
    pub policy: BTreeSet<String>,
    /// What was asked for and comes to nothing, a line each.
    pub notes: Vec<String>,
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
    if !request.selects() && (request.what.policy.is_empty() || !request.observe.is_empty()) {
        return Err(ObserveError::NoPurpose);
    }
    if observer.is_empty() {
        return Err(ObserveError::NoObserver);
    }
    if request.hooks.len() > hook::PARTS.len() {
        return Err(ObserveError::Hooks { count: request.hooks.len(), most: hook::PARTS.len() });
    }
    let all = select::subjects(world);
    let policies = policy::policies(world, &all, &request.what.policy)?;
    let selection = choose(world, &all, request, &policies)?;
    let values = request.what.trace.as_ref().map_or(&[][..], |trace| &trace.values);
    let revealed = reveal::revealed(world, &all, &selection, values)?;
    let adapter = Adapter::read(world, subjects, &selection)?;
    let raw = match &adapter {
        Some(adapter) => adapter.paths(subjects, world, &selection)?,
        None => BTreeSet::new(),
    };
    let denied = rules::check_denied(&world.plan, &world.rules)?;
    let making = Making {
        world,
        subjects: &all,
        selection: &selection,
        policies: &policies,
        denied: &denied,
        revealed: &revealed,
        request,
        observer,
        raw: &raw,
    };
    let (app, functions) = making.app(subjects)?;
    let adapter = adapter.map(|adapter| making.adapter(&adapter, subjects)).transpose()?;
    let kept = policies.iter().filter(|(path, _)| functions.contains(*path));
    let policy = kept.flat_map(|(path, policy)| policy.options().map(move |option| format!("{path}: {option}")));
    let policy = policy.collect();
    let functions = functions.into_iter().chain(raw).filter(|path| selection.reports(path)).collect();
    Ok(Observed { app, adapter, notes: notes(&selection, &functions), functions, policy })
}

/// Which functions have wrappers: those that lines are about, those that a policy is about, and with a trace the raw ones
/// behind these, whose errors are evidence.
fn choose(
    world: &World,
    all: &[Subject],
    request: &Request,
    policies: &BTreeMap<String, policy::Policy>,
) -> Result<Selection, ObserveError> {
    let mut selection = match request.selects() {
        true => select::select(world, &request.observe, &request.except)?,
        false => Selection::default(),
    };
    let mut others: BTreeSet<&str> = policies.keys().map(String::as_str).collect();
    let behind = selection.subjects.iter().flat_map(|subject| subject.raw.iter().map(|raw| format!("{RAW}{raw}")));
    let behind: Vec<String> = if request.what.trace.is_some() { behind.collect() } else { Vec::new() };
    others.extend(behind.iter().map(String::as_str));
    let is_new = |subject: &Subject| others.contains(subject.path.as_str()) && !selection.has(&subject.path);
    let more: Vec<Subject> = all.iter().filter(|subject| is_new(subject)).cloned().collect();
    selection.unreported = more.iter().map(|subject| subject.path.clone()).collect();
    selection.subjects.extend(more);
    Ok(selection)
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
