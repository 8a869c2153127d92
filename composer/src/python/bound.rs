//! Which interfaces an app binds, and what the bindings call their modules.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToSnakeCase as _;

use crate::plan::{Function, Interface, Plan, Type};
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
        self.modules.get(&wit::app_interface(plan, interface)).map(String::as_str)
    }
}

fn own(plan: &Plan) -> impl Iterator<Item = (String, bool)> {
    plan.interfaces.iter().map(|interface| (wit::app_interface(plan, interface), interface.has_module()))
}

/// The interfaces of other packages, by their full names.
pub(super) fn foreign(plan: &Plan) -> BTreeSet<String> {
    let interfaces = || plan.interfaces.iter().chain(&plan.exports);
    let in_functions = interfaces().flat_map(|interface| &interface.functions).flat_map(Function::types);
    let in_types = interfaces().flat_map(|interface| &interface.types).flat_map(|def| def.kind.names());
    let names = in_functions.flat_map(Type::names).chain(in_types).map(|path| path.interface);
    names.filter(|name| name.contains('/')).collect()
}

fn module(name: &str, all: &BTreeSet<String>) -> String {
    let (path, _) = parts(name);
    let namesakes: Vec<_> =
        all.iter().map(|other| parts(other).0).filter(|other| short(other) == short(path)).collect();
    let [interface, with_package, with_version] = module_names(name);
    match namesakes.iter().filter(|other| **other == path).count() {
        2.. => with_version,
        _ if namesakes.len() > 1 => with_package,
        _ => interface,
    }
}

/// What the bindings may call the module of an interface, by its full name: by its own name, with its package's, and with the
/// version, too.
pub fn module_names(name: &str) -> [String; 3] {
    let (path, version) = parts(name);
    [short(path), path, &format!("{path}-{version}")].map(module_name)
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
