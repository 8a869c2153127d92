//! Which interfaces an app binds, and what the bindings call their modules.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToSnakeCase as _;

use crate::plan::{Disposition, Function, Interface, Plan, Type};
use crate::wit;

/// The modules of the interfaces that are bound.
#[derive(Debug, Clone, Default)]
pub struct Bound {
    /// Full name to module.
    modules: BTreeMap<String, String>,
}

impl Bound {
    /// Of interfaces by their full names, each with whether it has a module. A module has the interface's name; the
    /// package's is in front of it where two packages have one of that name, and the version behind it where two versions
    /// have. Interfaces without a module count among these.
    pub fn new(interfaces: impl IntoIterator<Item = (String, bool)>) -> Self {
        let interfaces: BTreeMap<String, bool> = interfaces.into_iter().collect();
        let names: BTreeSet<String> = interfaces.keys().cloned().collect();
        let has_module = interfaces.iter().filter(|(_, has_module)| **has_module);
        let modules = has_module.map(|(name, _)| (name.clone(), module(name, &names)));
        Self { modules: modules.collect() }
    }

    /// Every interface that the friendly world imports.
    pub fn whole(plan: &Plan) -> Self {
        Self::new(own(plan))
    }

    /// These, and those of other packages whose types they use.
    pub(super) fn with_foreign(plan: &Plan) -> Self {
        Self::new(own(plan).chain(foreign(plan).into_iter().map(|name| (name, true))))
    }

    /// The module of an interface by its full name.
    pub fn named(&self, name: &str) -> Option<&str> {
        self.modules.get(name).map(String::as_str)
    }

    /// The module of an interface of the world, if the app binds it.
    pub(super) fn module(&self, plan: &Plan, interface: &Interface) -> Option<&str> {
        self.modules.get(&full_name(plan, interface)).map(String::as_str)
    }
}

fn own(plan: &Plan) -> impl Iterator<Item = (String, bool)> {
    plan.interfaces.iter().map(|interface| (full_name(plan, interface), interface.has_module()))
}

/// The interfaces of other packages, by their full names.
pub(super) fn foreign(plan: &Plan) -> BTreeSet<String> {
    let interfaces = || plan.interfaces.iter().chain(&plan.exports);
    let in_functions = interfaces().flat_map(|interface| &interface.functions).flat_map(Function::types);
    let in_types = interfaces().flat_map(|interface| &interface.types).flat_map(|def| def.kind.names());
    let names = in_functions.flat_map(Type::names).chain(in_types).map(|path| path.interface);
    names.filter(|name| name.contains('/')).collect()
}

fn full_name(plan: &Plan, interface: &Interface) -> String {
    let package = match interface.disposition {
        Disposition::Adapted => &plan.friendly,
        Disposition::Direct => &plan.raw,
    };
    wit::qualified(package, &interface.name)
}

fn module(name: &str, all: &BTreeSet<String>) -> String {
    let (path, version) = parts(name);
    let interface = short(path);
    let namesakes: Vec<_> =
        all.iter().map(|other| parts(other)).filter(|(other, _)| short(other) == interface).collect();
    let module = match namesakes.iter().filter(|(other, _)| *other == path).count() {
        2.. => format!("{path}-{version}"),
        _ if namesakes.len() > 1 => path.to_owned(),
        _ => interface.to_owned(),
    };
    module_name(&module)
}

/// What the bindings call the module of an interface that goes by this name: a keyword of Python has a `_` behind it.
pub fn module_name(interface: &str) -> String {
    crate::names::escaped(interface.replace([':', '/', '.'], "-").to_snake_case())
}

/// The path and the version.
fn parts(name: &str) -> (&str, &str) {
    name.split_once('@').unwrap_or((name, ""))
}

fn short(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
