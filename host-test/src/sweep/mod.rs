//! Every friendly function of a world, called in every way that its plan knows: scripts that are made up by the
//! model, and played against the component.
//!
//! One promise a module, each a function of an interface:
//!
//! - [`cover`]: each function comes to a value, with whatever arguments;
//! - [`errors`]: each error that the host can say is the friendly one;
//! - [`sizes`]: answers of any length arrive whole, and hosts that are wrong about lengths come to an end;
//! - [`misuse`]: handles that are used up, dropped, of another kind or given twice never trap;
//! - [`faults`]: a host that traps in the middle of a call ends it, and nothing else;
//! - [`hostile`]: a host that answers with anything its types allow;
//! - [`flat`]: no memory is lost, however often something is called.
//!
//! [`figures`] counts what was done, and [`trials`] makes tests of it all.

pub mod cover;
pub mod errors;
pub mod faults;
pub mod figures;
pub mod flat;
pub mod hostile;
pub mod misuse;
pub mod sizes;
pub mod trials;

use composer::plan::{Function, Interface};

use crate::model::{Case, Friendly, Makers, Subject};
use crate::script::file::{End, Step};
use crate::script::{Host, Outcome, Script, ScriptError};

pub use figures::{Figure, Figures};

/// A component that is swept.
pub struct Sweep<'s> {
    /// What plays the scripts.
    pub host: &'s Host,
    /// The plan, and what the component has.
    pub subject: Subject<'s>,
    /// How handles are made.
    pub makers: Makers<'s>,
    /// What was counted.
    pub figures: Figures,
}

/// What a sweep found wrong, in words.
pub type Found = Result<(), String>;

impl<'s> Sweep<'s> {
    /// Prepares to sweep the component that was made from a plan.
    pub fn new(plan: &'s composer::plan::Plan, host: &'s Host) -> Self {
        let subject = Subject { plan, world: host.world() };
        Self { host, subject, makers: Makers::new(subject), figures: Figures::default() }
    }

    /// The interfaces that have functions.
    pub fn interfaces(&self) -> Vec<&'s Interface> {
        let mut interfaces: Vec<_> = self.subject.functions().map(|(interface, _)| interface).collect();
        interfaces.dedup_by_key(|interface| interface.name.clone());
        interfaces
    }

    /// The functions of an interface.
    fn functions(&self, interface: &'s Interface) -> impl Iterator<Item = &'s Function> {
        let name = interface.name.clone();
        self.subject.functions().filter(move |(of, _)| of.name == name).map(|(_, function)| function)
    }

    /// The path of a function that cannot be called, as nothing makes a handle that it takes, if there is one.
    pub fn uncallable(&'s self) -> Option<String> {
        let mut functions = self.subject.functions();
        let found = functions.find(|(interface, function)| self.prepared(interface, function, 0).is_err());
        found.map(|(interface, function)| function.path(&interface.name))
    }

    /// A call of a function, all that it needs being there.
    fn prepared(
        &'s self,
        interface: &'s Interface,
        function: &'s Function,
        seed: u64,
    ) -> Result<(Case<'s>, Friendly<'s>), String> {
        let mut case = Case::new(self.subject, &self.makers, seed);
        match case.prepare(interface, function) {
            Some(call) => Ok((case, call)),
            None => Err(format!(
                "`{}` cannot be called: nothing makes a handle that it takes",
                function.path(&interface.name)
            )),
        }
    }

    /// Plays a script to its end: everything as the model has it, and no handle lost.
    fn hold(&self, script: &Script) -> Result<Outcome, String> {
        let outcome = self.play(script)?;
        let wrong = outcome.ledger.wrong();
        self.figures.add(Figure::Lost, wrong.len());
        match wrong.as_slice() {
            [] => Ok(outcome),
            wrong => Err(format!("{}\n\n{}", wrong.join(", "), end_of(&outcome.transcript))),
        }
    }

    /// Plays a script that may end before all is dropped.
    fn play(&self, script: &Script) -> Result<Outcome, String> {
        let outcome = self.host.play(script);
        self.figures.add(Figure::Scripts, 1);
        self.figures.add(Figure::Handles, outcome.ledger.count());
        self.figures.add(Figure::Trapped, usize::from(matches!(outcome.result, Err(ScriptError::Trapped { .. }))));
        match &outcome.result {
            Ok(()) => Ok(outcome),
            Err(error) => Err(format!("{error}\n\n{}", end_of(&outcome.transcript))),
        }
    }
}

/// How many lines of a transcript are shown with what is wrong.
const LINES: usize = 60;

/// The end of a transcript: what went before that went well.
fn end_of(transcript: &str) -> String {
    let lines: Vec<_> = transcript.lines().collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}

/// Whether a call came to a value.
fn is_good(step: &Step) -> bool {
    match &step.end {
        End::Any => true,
        End::Value(value) => crate::model::values::parts(value).0 != "err",
        End::Trap(_) | End::Refused(_) => false,
    }
}

/// Adds where a failure was.
fn at(place: String) -> impl FnOnce(String) -> String {
    move |failure| format!("{place}: {failure}")
}
