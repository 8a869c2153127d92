//! Where on the page each name is.

use std::collections::BTreeSet;

use crate::plan::{Function, Interface, Kind, Plan, TypePath};
use crate::prose::{members, python};

/// The ids of the page: `module`, `module.Class`, `module.Class.method`, `module.Enum.MEMBER`.
#[derive(Debug, Default)]
pub(super) struct Anchors(BTreeSet<String>);

impl Anchors {
    pub(super) fn of(plan: &Plan) -> Self {
        let mut ids = BTreeSet::new();
        for export in &plan.exports {
            ids.insert(self::export(export));
            ids.extend(export.functions.iter().map(|function| format!("{}.{}", self::export(export), name(function))));
        }
        for interface in &plan.interfaces {
            let module = python::module(&interface.name);
            for def in &interface.types {
                let class = format!("{module}.{}", python::camel(&def.name));
                ids.extend(members(def).into_iter().map(|member| format!("{class}.{}", member.name)));
                ids.insert(class);
            }
            ids.extend(interface.functions.iter().map(|function| function_id(interface, function)));
            ids.insert(module);
        }
        Self(ids)
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.0.contains(id)
    }

    /// The place of a class, if the page has it.
    pub(super) fn class(&self, path: &TypePath) -> Option<String> {
        let id = format!("{}.{}", python::module(&path.interface), python::camel(&path.name));
        self.has(&id).then_some(id)
    }
}

/// The id of what the app exports.
pub(super) fn export(interface: &Interface) -> String {
    format!("exports.{}", python::exported(interface))
}

/// The id of a function of a module.
pub(super) fn function_id(interface: &Interface, function: &Function) -> String {
    format!("{}.{}", python::module(&interface.name), name(function))
}

/// `function`, `Class.method` or `Class.__init__`.
fn name(function: &Function) -> String {
    match &function.kind {
        Kind::Constructor(class) => format!("{}.__init__", python::camel(class)),
        Kind::Freestanding | Kind::Method(_) | Kind::Static(_) => python::function_name(&function.kind, &function.name),
    }
}

/// Where on the page a text stands: what its names are looked up from.
#[derive(Debug, Clone)]
pub(super) struct Place<'a> {
    anchors: &'a Anchors,
    /// The module, and the class in it if there is one.
    path: Vec<String>,
}

impl<'a> Place<'a> {
    pub(super) fn module(anchors: &'a Anchors, module: &str) -> Self {
        Self { anchors, path: vec![module.to_owned()] }
    }

    pub(super) fn class(anchors: &'a Anchors, module: &str, class: &str) -> Self {
        Self { anchors, path: vec![module.to_owned(), class.to_owned()] }
    }

    /// The id of what a name means from here, nearest first.
    pub(super) fn find(&self, name: &str) -> Option<String> {
        let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
        if !is_name {
            return None;
        }
        let near = (0..=self.path.len()).rev().map(|depth| {
            let parts = self.path.iter().take(depth).map(String::as_str).chain([name]);
            parts.collect::<Vec<_>>().join(".")
        });
        near.chain([format!("exports.{name}")]).find(|id| self.anchors.has(id) && !self.is_here(id))
    }

    /// A text need not lead to where it stands.
    fn is_here(&self, id: &str) -> bool {
        self.path.join(".") == id
    }

    /// The id of a member of the class.
    pub(super) fn member(&self, name: &str) -> String {
        format!("{}.{name}", self.path.join("."))
    }
}
