//! What became of the raw world's names, for those who know them: as Python's bindings of the raw world spell them.

use std::collections::{BTreeMap, BTreeSet};

use crate::host_compat::python_name;
use crate::plan::{Function, Interface, Kind, Plan, RawFunction};
use crate::prose::python::{self, camel, snake};

/// What became of a raw name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Renamed {
    /// These are what does it now.
    To(BTreeSet<String>),
    /// It is not there any more, for a reason.
    LeftOut(String),
}

/// The raw names of a plan.
#[derive(Debug, Clone, Default)]
pub struct Renaming {
    names: BTreeMap<String, Renamed>,
}

impl Renaming {
    /// What became of each raw function and type.
    pub fn new(plan: &Plan) -> Self {
        let mut names = BTreeMap::new();
        for left in plan.interfaces.iter().flat_map(|interface| &interface.left_out) {
            for name in spellings(&left.path) {
                names.insert(name, Renamed::LeftOut(left.reason.clone()));
            }
        }
        let mut found: BTreeMap<String, BTreeMap<bool, BTreeSet<String>>> = BTreeMap::new();
        for (interface, function) in functions(plan) {
            for raw in interface.raw_behind(function) {
                let is_it = function.operation.call().is_some_and(|call| call.raw == *raw);
                let names = found.entry(raw_name(raw)).or_default().entry(is_it).or_default();
                names.insert(shown(interface, function));
            }
        }
        // A function that is the raw one says better what became of it than one that calls it besides.
        let best = found.into_iter().filter_map(|(raw, mut names)| Some((raw, Renamed::To(names.pop_last()?.1))));
        names.extend(best);
        names.extend(plan.interfaces.iter().flat_map(types));
        Self { names }
    }

    /// What became of a name: `module.function`, `module.Class.method`, or `module.Class_Case`, which its class says.
    pub fn find(&self, python: &str) -> Option<&Renamed> {
        let class = python.rsplit_once('_').map(|(class, _)| class).filter(|class| is_class(class));
        self.names.get(python).or_else(|| self.names.get(class?))
    }
}

fn is_class(python: &str) -> bool {
    python.rsplit('.').next().is_some_and(|name| name.starts_with(char::is_uppercase))
}

fn functions(plan: &Plan) -> impl Iterator<Item = (&Interface, &Function)> {
    plan.interfaces.iter().flat_map(|interface| interface.functions.iter().map(move |function| (interface, function)))
}

fn types(interface: &Interface) -> impl Iterator<Item = (String, Renamed)> {
    interface.types.iter().filter_map(|def| {
        let (module, name) = def.raw.as_deref()?.split_once('.')?;
        let friendly = format!("{}.{}", python::module(&interface.name), camel(&def.name));
        let raw = format!("{}.{}", snake(module), camel(name));
        (raw != friendly).then(|| (raw, Renamed::To(BTreeSet::from([friendly]))))
    })
}

fn raw_name(raw: &RawFunction) -> String {
    format!("{}.{}", snake(&raw.interface), python::function_name(&raw.kind, &raw.name))
}

/// A friendly function as one calls it.
fn shown(interface: &Interface, function: &Function) -> String {
    let name = python_name(&interface.name, function);
    match function.kind {
        Kind::Constructor(_) => format!("{name}()"),
        Kind::Freestanding | Kind::Method(_) | Kind::Static(_) => name,
    }
}

/// How a raw path may be spelled, which does not say what it is of.
fn spellings(path: &str) -> Vec<String> {
    match path.split('.').collect::<Vec<_>>()[..] {
        [interface, name] => {
            vec![format!("{}.{}", snake(interface), snake(name)), format!("{}.{}", snake(interface), camel(name))]
        }
        [interface, class, name] => vec![format!("{}.{}.{}", snake(interface), camel(class), snake(name))],
        _ => Vec::new(),
    }
}
