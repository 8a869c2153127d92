//! Resources, which are classes with methods.

use std::cmp::Reverse;

use super::Page;
use super::anchors::Place;
use super::html::{code, index, link, open_article};
use super::markdown;
use super::types::is_class;
use crate::plan::{Function, Interface, Kind, TypeDef, TypeKind};
use crate::prose::python;

impl Page<'_> {
    /// A class: its docs, how one is had, and its methods.
    pub(super) fn class(&self, interface: &Interface, def: &TypeDef) -> String {
        let module = python::module(&interface.name);
        let name = python::camel(&def.name);
        let id = format!("{module}.{name}");
        let place = Place::class(&self.anchors, &module, &name);
        let mut out = open_article(&id, &name, kind(def));
        out.push_str(&markdown::render(&place, def.docs.as_deref().unwrap_or_default()));
        if let Some(raw) = &def.raw {
            out.push_str(&format!("<p class=\"raw\">raw: {}</p>\n", code(raw)));
        }
        let functions = functions(interface, def);
        let links = functions.iter().filter(|function| !function.name.is_empty()).map(|function| {
            let name = python::snake(&function.name);
            link(&place.member(&name), &name)
        });
        let links: Vec<_> = links.collect();
        // A few are seen at a glance.
        if links.len() > 4 {
            out.push_str(&index(&links));
        }
        for function in functions {
            out.push_str(&self.function_entry(interface, function, &place));
        }
        out.push_str("</article>\n");
        out
    }
}

/// The classes of a module, those that do most first; the one that gives the module its name before them.
pub(super) fn in_order(interface: &Interface) -> Vec<&TypeDef> {
    let mut classes: Vec<_> = interface.types.iter().filter(|def| is_class(def)).collect();
    classes.sort_by_key(|def| {
        let is_options = matches!(def.kind, TypeKind::Options(_));
        (def.name != interface.name, is_options, Reverse(functions(interface, def).len()))
    });
    classes
}

/// The functions of a class; how one is had comes before what it does.
fn functions<'i>(interface: &'i Interface, def: &TypeDef) -> Vec<&'i Function> {
    let mut functions: Vec<_> =
        interface.functions.iter().filter(|function| of(&function.kind) == Some(&def.name)).collect();
    functions.sort_by_key(|function| rank(&function.kind));
    functions
}

fn kind(def: &TypeDef) -> &'static str {
    match &def.kind {
        TypeKind::Options(_) => "class, options",
        TypeKind::Wrapper(wrapper) if wrapper.consumable => "class, can be used up",
        TypeKind::Wrapper(_)
        | TypeKind::Alias(_)
        | TypeKind::Record(_)
        | TypeKind::Flags(_)
        | TypeKind::Enum(_)
        | TypeKind::Variant(_)
        | TypeKind::Error(_)
        | TypeKind::DetailError(_) => "class",
    }
}

fn of(kind: &Kind) -> Option<&String> {
    match kind {
        Kind::Freestanding => None,
        Kind::Method(class) | Kind::Static(class) | Kind::Constructor(class) => Some(class),
    }
}

fn rank(kind: &Kind) -> u8 {
    match kind {
        Kind::Constructor(_) => 0,
        Kind::Static(_) => 1,
        Kind::Method(_) | Kind::Freestanding => 2,
    }
}
