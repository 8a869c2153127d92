//! Enums, flags, records and unions, with their members.

use super::Page;
use super::anchors::Place;
use super::html::{code, escape, open_article};
use super::markdown;
use crate::plan::{Interface, TypeDef, TypeKind};
use crate::prose::python::{self, Spelling};
use crate::prose::{Member, members};

/// Whether a type is a class with methods.
pub(super) fn is_class(def: &TypeDef) -> bool {
    def.kind.is_resource()
}

/// The types of a module that hold values; other names for types come last.
pub(super) fn in_order(interface: &Interface) -> Vec<&TypeDef> {
    let mut types: Vec<_> = interface.types.iter().filter(|def| !is_class(def)).collect();
    types.sort_by_key(|def| matches!(def.kind, TypeKind::Alias(_)));
    types
}

impl Page<'_> {
    /// A type that holds values.
    pub(super) fn type_def(&self, interface: &Interface, def: &TypeDef) -> String {
        let module = python::module(&interface.name);
        let name = python::camel(&def.name);
        let id = format!("{module}.{name}");
        let place = Place::class(&self.anchors, &module, &name);
        let spelling = Spelling::new(self.plan, &interface.name);
        let mut out = open_article(&id, &name, kind(def));
        if let TypeKind::Alias(target) = &def.kind {
            let target = spelling.annotation(target, &|path| self.class_link(&spelling, path));
            out.push_str(&format!("<p>Python sees <code>{target}</code> in its place.</p>\n"));
        }
        out.push_str(&markdown::render(&place, def.docs.as_deref().unwrap_or_default()));
        if let Some(raw) = &def.raw {
            out.push_str(&format!("<p class=\"raw\">raw: {}</p>\n", code(raw)));
        }
        let members = members(def);
        if !members.is_empty() {
            let entries: String = members.iter().map(|member| self.member(&place, &spelling, def, member)).collect();
            out.push_str(&format!("<dl>\n{entries}</dl>\n"));
        }
        out.push_str("</article>\n");
        out
    }

    fn member(&self, place: &Place<'_>, spelling: &Spelling<'_>, def: &TypeDef, member: &Member) -> String {
        let id = place.member(&member.name);
        let name = escape(&member.name);
        let ty = member.ty.as_ref().map(|ty| spelling.annotation(ty, &|path| self.class_link(spelling, path)));
        let ty = match (ty, has_fields(def)) {
            (Some(ty), true) => format!(": {ty}"),
            (Some(ty), false) => format!("(value: {ty})"),
            (None, _) => String::new(),
        };
        let docs = markdown::render(place, member.docs.as_deref().unwrap_or_default());
        format!("<dt id=\"{}\"><code>{name}{ty}</code></dt>\n<dd>\n{docs}</dd>\n", escape(&id))
    }
}

fn has_fields(def: &TypeDef) -> bool {
    match &def.kind {
        TypeKind::Record(_) | TypeKind::DetailError(_) => true,
        TypeKind::Alias(_)
        | TypeKind::Flags(_)
        | TypeKind::Enum(_)
        | TypeKind::Variant(_)
        | TypeKind::Error(_)
        | TypeKind::Wrapper(_)
        | TypeKind::Options(_) => false,
    }
}

fn kind(def: &TypeDef) -> &'static str {
    match &def.kind {
        TypeKind::Alias(_) => "another name",
        TypeKind::Record(_) => "dataclass",
        TypeKind::Flags(_) => "flags",
        TypeKind::Enum(_) => "enum",
        TypeKind::Variant(_) => "union",
        TypeKind::Error(error) if error.is_enum => "enum, raised in Err",
        TypeKind::Error(_) => "union, raised in Err",
        TypeKind::DetailError(_) => "dataclass, raised in Err",
        TypeKind::Wrapper(_) | TypeKind::Options(_) => "class",
    }
}
