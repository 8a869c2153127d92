//! Uses, in an app's own sources, of what the host lacks: refused if certain, reported if possible.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use composer::host_compat::{Missing, MissingFunction, OnHost, python_name};
use composer::plan::Kind;
use composer::python::BINDINGS;

use super::output;
use super::scan::{Scan, Use};

/// The number of losses that are reported one by one.
const MOST_LINES: usize = 10;

/// What the app binds of what is lost.
struct Lost<'d> {
    missing: &'d Missing,
    functions: Vec<&'d MissingFunction>,
    /// Interfaces of which nothing is left.
    interfaces: Vec<&'d String>,
    /// Whether the app asks for each interface by its name, and does not just bind all there are.
    by_name: bool,
    /// The names of the functions that are left.
    present: BTreeSet<String>,
}

/// The uses of what is lost, by what becomes of them.
#[derive(Debug, Default)]
struct Classified {
    /// Where the app cannot run on this host: file, line, why.
    refused: BTreeSet<(String, usize, String)>,
    /// Where it may not be able to: the name, the class that it is lost of, the places.
    uncertain: BTreeMap<(String, String), Vec<String>>,
}

/// Refuses an app that uses what the host lacks, and says what else it could have used; `interfaces` are
/// those that it binds, none for all.
pub fn check(on_host: &OnHost, interfaces: Option<&BTreeSet<String>>, scan: &Scan) -> Result<()> {
    let lost = Lost::new(on_host, interfaces);
    if lost.functions.is_empty() && lost.interfaces.is_empty() {
        return Ok(());
    }
    let uses = lost.classify(scan);
    if uses.refused.is_empty() {
        lost.tell();
        uses.tell();
        return Ok(());
    }
    let lines = uses.refused.iter().map(|(file, line, why)| match line {
        0 => format!("  {file}: {why}"),
        line => format!("  {file}:{line}: {why}"),
    });
    let lines = lines.collect::<Vec<_>>().join("\n");
    bail!("the app uses what this host lacks; do without it, or build for a newer host\n{lines}")
}

/// What to look for in an app that is built for this host.
pub fn names(on_host: &OnHost) -> BTreeSet<String> {
    Lost::new(on_host, None).names()
}

impl<'d> Lost<'d> {
    fn new(on_host: &'d OnHost, interfaces: Option<&BTreeSet<String>>) -> Self {
        let missing = &on_host.missing;
        let binds = |name: &String| interfaces.is_none_or(|interfaces| interfaces.contains(name));
        let left = on_host.world.plan.interfaces.iter();
        let left = left.flat_map(|of| of.functions.iter().map(|function| python_name(&of.name, function)));
        Self {
            missing,
            functions: missing.functions.iter().filter(|loss| binds(&loss.interface)).collect(),
            interfaces: missing.interfaces.iter().filter(|name| binds(name)).collect(),
            by_name: interfaces.is_some(),
            present: left.map(|name| short(&name).to_owned()).collect(),
        }
    }

    /// What to look for in an app.
    fn names(&self) -> BTreeSet<String> {
        let functions = self.functions.iter().map(|loss| loss.python.clone());
        let members = self.functions.iter().filter(|loss| is_member(loss)).map(|loss| short(&loss.python).to_owned());
        let types = self.missing.types.iter().map(|ty| ty.python.clone());
        let modules = self.interfaces.iter().map(|name| module(name));
        functions.chain(members).chain(types).chain(modules).collect()
    }

    fn classify(&self, found: &Scan) -> Classified {
        let mut uses = Classified::default();
        for module in self.interfaces.iter().map(|name| module(name)) {
            // Where it is imported, a resolved use says so; a package of the app may import it too.
            if self.by_name && found.resolved.iter().all(|at| at.name != module) {
                let place = (format!("{BINDINGS}.imports.{module}"), 0, "the host has nothing of it".to_owned());
                uses.refused.insert(place);
            }
        }
        // `kv_store.Store.insert` is a use of `kv_store.Store` too, and says more.
        let is_part = |at: &Use, of: &Use| {
            (&at.file, at.line) == (&of.file, of.line)
                && of.name.strip_prefix(&at.name).is_some_and(|rest| rest.starts_with('.'))
        };
        let resolved = found.resolved.iter().filter(|at| !found.resolved.iter().any(|of| is_part(at, of)));
        resolved.for_each(|at| self.classify_resolved(at, &mut uses));
        for at in &found.unresolved {
            let same = self.functions.iter().filter(|loss| is_member(loss) && short(&loss.python) == at.name);
            // There is no object of a class that is lost.
            for loss in same.filter(|loss| self.has_class(class(&loss.python))) {
                let is_other = found.ambiguous.contains(&at.name) || self.present.contains(&at.name);
                if at.called && !is_other {
                    uses.refuse(at, because(loss));
                } else {
                    let of = (at.name.clone(), class(&loss.python).to_owned());
                    uses.uncertain.entry(of).or_default().push(format!("{}:{}", at.file, at.line));
                }
            }
        }
        uses
    }

    /// A use of which the imports show what it belongs to.
    fn classify_resolved(&self, at: &Use, uses: &mut Classified) {
        if self.interfaces.iter().any(|name| module(name) == at.name) {
            return uses.refuse(at, format!("{}: the host has nothing of it", at.name));
        }
        match self.functions.iter().find(|loss| loss.python == at.name) {
            // A class that is left can be named; what is lost is to make one.
            Some(loss) if !at.called && is_constructor(loss) && self.has_class(&loss.python) => {}
            Some(loss) => uses.refuse(at, because(loss)),
            None if self.has_class(&at.name) => {}
            None => uses.refuse(at, format!("{}: no function of this host has to do with it", at.name)),
        }
    }

    fn has_class(&self, python: &str) -> bool {
        self.missing.types.iter().all(|lost| lost.python != python)
    }

    /// Says what the app could have used.
    fn tell(&self) {
        if self.functions.len() <= MOST_LINES {
            return self
                .functions
                .iter()
                .for_each(|loss| output::say(format_args!("this host lacks {}", because(loss))));
        }
        let modules: BTreeSet<_> = self.functions.iter().map(|loss| module(&loss.interface)).collect();
        let modules = modules.into_iter().collect::<Vec<_>>().join(", ");
        let count = self.functions.len();
        output::say(format_args!(
            "this host lacks {count} functions of {modules}; `composer explain --host-wit DIR` lists them"
        ));
    }
}

impl Classified {
    fn refuse(&mut self, at: &Use, why: String) {
        self.refused.insert((at.file.clone(), at.line, why));
    }

    /// Says what the app may use.
    fn tell(&self) {
        for ((name, class), places) in &self.uncertain {
            let places = places.join(", ");
            output::say(format_args!(
                "this host lacks `{name}` of {class}, and the app has an object with `{name}`: {places}"
            ));
        }
    }
}

/// A lost function in Python's terms, and why it is lost.
fn because(loss: &MissingFunction) -> String {
    match &loss.raw {
        Some(raw) => format!("{}: needs the raw `{raw}`, and {}", loss.python, loss.why),
        None => format!("{}: {}", loss.python, loss.why),
    }
}

/// Whether it is reached through an object or its class.
fn is_member(loss: &MissingFunction) -> bool {
    match loss.kind {
        Kind::Method(_) | Kind::Static(_) => true,
        Kind::Freestanding | Kind::Constructor(_) => false,
    }
}

fn is_constructor(loss: &MissingFunction) -> bool {
    match loss.kind {
        Kind::Constructor(_) => true,
        Kind::Freestanding | Kind::Method(_) | Kind::Static(_) => false,
    }
}

/// What a method or a static function is of.
fn class(python: &str) -> &str {
    python.rsplit_once('.').map_or("", |(class, _)| class)
}

fn short(python: &str) -> &str {
    python.rsplit('.').next().unwrap_or(python)
}

fn module(interface: &str) -> String {
    interface.replace('-', "_")
}
