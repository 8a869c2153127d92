//! What says nothing of itself.

use super::names::interfaces;
use crate::markdown::{self, Block, Content};
use crate::plan::{self, CaseFrom, Filled, Plan, TypeDef, TypeKind};

/// The friendly paths of interfaces, functions, types and members without docs, before or after the
/// docs are rewritten: what is said of them without their own docs does not count.
pub fn undocumented(plan: &Plan) -> Vec<String> {
    let mut paths = Vec::new();
    for (interface, _) in interfaces(plan) {
        if is_empty(interface.docs.as_deref()) {
            paths.push(interface.name.clone());
        }
        for def in &interface.types {
            let path = format!("{}.{}", interface.name, def.name);
            if is_empty(def.docs.as_deref()) {
                paths.push(path.clone());
            }
            paths.extend(silent_members(def).into_iter().map(|member| format!("{path}.{member}")));
        }
        let functions = interface.functions.iter().filter(|function| is_empty(function.docs.as_deref()));
        paths.extend(
            functions.map(|function| plan::path(&interface.name, &function.kind, function_name(&function.name))),
        );
    }
    paths
}

fn function_name(name: &str) -> &str {
    if name.is_empty() { "constructor" } else { name }
}

fn silent_members(def: &TypeDef) -> Vec<String> {
    match &def.kind {
        TypeKind::Options(options) => {
            let fields = options.fields.iter().flat_map(|field| match &field.filled {
                Filled::Never => Vec::new(),
                Filled::Extra { setters, .. } => setters.iter().map(|setter| (&setter.name, &setter.docs)).collect(),
                Filled::Required | Filled::Optional | Filled::Default(_) => vec![(&field.name, &field.docs)],
            });
            fields.filter(|(_, docs)| is_empty(docs.as_deref())).map(|(name, _)| name.clone()).collect()
        }
        // What another error's case is, is said there.
        TypeKind::Error(error) => silent(error.cases.iter().filter(|case| !matches!(case.from, CaseFrom::Nested))),
        TypeKind::Enum(cases) | TypeKind::Flags(cases) | TypeKind::Variant(cases) => {
            silent(cases.iter().filter(|case| !matches!(case.from, CaseFrom::Nested)))
        }
        TypeKind::Record(fields) => {
            let fields = fields.iter().filter(|field| is_empty(field.docs.as_deref()));
            fields.map(|field| field.name.clone()).collect()
        }
        TypeKind::DetailError(error) => {
            let fields = error.fields.iter().filter(|field| is_empty(field.docs.as_deref()));
            fields.map(|field| field.name.clone()).collect()
        }
        TypeKind::Alias(_) | TypeKind::Wrapper(_) => Vec::new(),
    }
}

fn silent<'c>(cases: impl Iterator<Item = &'c plan::Case>) -> Vec<String> {
    cases.filter(|case| is_empty(case.docs.as_deref())).map(|case| case.name.clone()).collect()
}

/// Whether nothing is left of a doc once what was added to it is taken away.
fn is_empty(docs: Option<&str>) -> bool {
    let blocks = markdown::parse(docs.unwrap_or_default());
    !blocks.iter().any(is_own)
}

fn is_own(block: &Block) -> bool {
    match &block.content {
        Content::Text { text, .. } => {
            !["Raises `Err`", "Uses up ", "To fail, raise", "Takes the default options;", "Defaults to `"]
                .iter()
                .any(|start| text.starts_with(start))
        }
        Content::Verbatim { .. } => true,
        Content::Section(_) | Content::Definition { .. } => false,
    }
}
