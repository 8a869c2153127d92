//! Types that are no resources: enums, flags, records and variants.

use std::collections::BTreeSet;

use super::annotations::Annotations;
use super::docstring::Docstring;
use crate::plan::{Case, TypeDef, TypeKind};
use crate::prose::python::{camel, case_class, shouty};
use crate::prose::{Member, members};

/// The lines of a type; none for what is nothing in Python, and for resources.
pub(super) fn source(annotations: &Annotations<'_>, def: &TypeDef) -> Vec<String> {
    match &def.kind {
        TypeKind::Enum(cases) => enumeration(annotations, def, cases),
        TypeKind::Error(error) if error.is_enum => enumeration(annotations, def, &error.cases),
        TypeKind::Error(error) => variant(annotations, def, &error.cases),
        TypeKind::Variant(cases) => variant(annotations, def, cases),
        TypeKind::Flags(cases) => {
            annotations.import("enum", "Flag");
            let bit = |at| format!("1 << {at}");
            with_members(class(&format!("{}(Flag)", camel(&def.name)), def), def, cases, bit)
        }
        TypeKind::Record(_) | TypeKind::DetailError(_) => record(annotations, def),
        TypeKind::Alias(_) | TypeKind::Wrapper(_) | TypeKind::Options(_) => Vec::new(),
    }
}

/// The names that a type brings into its module.
pub(super) fn names(def: &TypeDef) -> Vec<String> {
    let of_variant = |cases: &[Case]| {
        let classes = cases.iter().map(|case| case_class(&def.name, &case.name));
        classes.chain([camel(&def.name)]).collect()
    };
    match &def.kind {
        TypeKind::Alias(_) => Vec::new(),
        TypeKind::Variant(cases) => of_variant(cases),
        TypeKind::Error(error) if !error.is_enum => of_variant(&error.cases),
        TypeKind::Record(_)
        | TypeKind::Flags(_)
        | TypeKind::Enum(_)
        | TypeKind::Error(_)
        | TypeKind::DetailError(_)
        | TypeKind::Wrapper(_)
        | TypeKind::Options(_) => vec![camel(&def.name)],
    }
}

fn class(head: &str, def: &TypeDef) -> Vec<String> {
    let mut docs = Docstring::new(def.docs.as_deref());
    // Members have docs of their own below.
    docs.blocks.retain(|block| !block.is_section("Attributes:"));
    let mut docs = docs.source(1);
    if !docs.is_empty() {
        docs.push(String::new());
    }
    [format!("class {head}:")].into_iter().chain(docs).collect()
}

fn enumeration(annotations: &Annotations<'_>, def: &TypeDef, cases: &[Case]) -> Vec<String> {
    annotations.import("enum", "Enum");
    with_members(class(&format!("{}(Enum)", camel(&def.name)), def), def, cases, |at| at.to_string())
}

fn with_members(mut lines: Vec<String>, def: &TypeDef, cases: &[Case], value: impl Fn(usize) -> String) -> Vec<String> {
    for (at, (case, member)) in cases.iter().zip(members(def)).enumerate() {
        lines.push(format!("    {} = {}", shouty(&case.name), value(at)));
        lines.extend(member_docs(&member));
    }
    lines
}

fn member_docs(member: &Member) -> Vec<String> {
    Docstring::new(member.docs.as_deref()).source(1)
}

fn record(annotations: &Annotations<'_>, def: &TypeDef) -> Vec<String> {
    let decorator = format!("@{}", annotations.import("dataclasses", "dataclass"));
    let mut lines: Vec<_> = [decorator].into_iter().chain(class(&camel(&def.name), def)).collect();
    let members = members(def);
    let taken: BTreeSet<String> = members.iter().map(|member| member.name.clone()).collect();
    for member in &members {
        let ty = member.ty.as_ref().map_or_else(|| "None".to_owned(), |ty| annotations.given(ty, &taken));
        lines.push(format!("    {}: {ty}", member.name));
        lines.extend(member_docs(member));
    }
    if members.is_empty() {
        lines.push("    ...".to_owned());
    }
    lines
}

/// A class for each case, and what a value may be of.
fn variant(annotations: &Annotations<'_>, def: &TypeDef, cases: &[Case]) -> Vec<String> {
    let mut lines = Vec::new();
    let nothing = BTreeSet::new();
    for (case, member) in cases.iter().zip(members(def)) {
        lines.push(format!("@{}", annotations.import("dataclasses", "dataclass")));
        lines.push(format!("class {}:", case_class(&def.name, &case.name)));
        lines.extend(member_docs(&member));
        match &case.payload {
            Some(payload) => lines.push(format!("    value: {}", annotations.given(payload, &nothing))),
            None if member.docs.is_none() => lines.push("    ...".to_owned()),
            None => {}
        }
        lines.push(String::new());
    }
    let classes: Vec<_> = cases.iter().map(|case| case_class(&def.name, &case.name)).collect();
    lines.push(format!("{} = {}", camel(&def.name), classes.join(" | ")));
    let mut docs = Docstring::new(def.docs.as_deref());
    docs.blocks.retain(|block| !block.is_section("Attributes:"));
    lines.extend(docs.source(0));
    lines
}
