//! Docs in Python's terms: what the raw WIT says of itself, said for those who call it from Python.
//!
//! ```text
//! Plan ─Names─► what each name is called ─┐
//! doc ─blocks─► sentences ────────────────┴─► sentences, with Python's names ─► doc
//!                                             + what is used up and raised, + members
//! ```
//!
//! A sentence about buffers, cursors or what else is not there any more goes. What a function raises
//! is told from the plan and not from the docs.

mod members;
mod names;
pub(crate) mod python;
pub(crate) mod raises;
mod reasons;
mod scope;
mod sentences;
pub(crate) mod text;
mod types;
mod undocumented;
mod units;
mod values;

pub(crate) use members::{Member, members};
pub use undocumented::undocumented;

use names::Names;
use scope::Scope;

use crate::markdown::{self, Block, Content};
use crate::plan::{Filled, Function, Interface, Kind, Plan, Rule, Type, TypeDef, TypeKind};
use crate::rules::Rules;

/// Turns every doc of a finished plan into Python prose; `rules` are those that the plan was derived by.
pub fn rewrite(plan: &mut Plan, rules: &Rules) {
    let before = plan.clone();
    let names = Names::of(&before, &rules.buffers);
    for interface in &mut plan.interfaces {
        self::interface(&before, &names, interface, false);
    }
    for interface in &mut plan.exports {
        self::interface(&before, &names, interface, true);
    }
}

/// A doc so that the docstring is exactly its text: docs are pasted between `"""` as they are. What neither Python nor WIT
/// has in a source is told by its number.
pub fn escape(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\\', r"\\").replace(r#"""""#, r#"\"\"\""#);
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => out.push(c),
            c if c.is_control() || UNPRINTED.contains(&c) => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

/// Characters that no WIT has, besides those that control: what turns the direction of text, and what Unicode advises
/// against.
const UNPRINTED: [char; 17] = [
    '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}',
    '\u{149}', '\u{673}', '\u{f77}', '\u{f79}', '\u{17a3}', '\u{17a4}', '\u{17b4}', '\u{17b5}',
];

fn interface(plan: &Plan, names: &Names, interface: &mut Interface, exported: bool) {
    let name = interface.name.clone();
    rewrite_doc(&Scope::interface(names, &name), &mut interface.docs);
    for def in &mut interface.types {
        type_def(names, &name, def);
    }
    for function in &mut interface.functions {
        let original: Function = function.clone();
        rewrite_doc(&Scope::in_function(names, &name, &original), &mut function.docs);
        if original.types().any(Type::is_time) {
            units::seconds(&mut function.docs);
        }
        let def = names::resource(&original.kind)
            .and_then(|resource| interface.types.iter().find(|def| def.name == resource));
        if let (Some(def), Kind::Constructor(_)) = (def, &function.kind) {
            function.docs = members::arguments(def, function);
        }
        let default = def.and_then(|def| members::default(plan, &name, def, function));
        let added = units::unsaid(function)
            .into_iter()
            .chain(default)
            .chain(raises::variant_with_options(plan, &name, &original));
        let added = added.chain(raises::paragraphs(plan, &name, exported, &original)).collect();
        append(&mut function.docs, added);
    }
}

fn type_def(names: &Names, interface: &str, def: &mut TypeDef) {
    let own = def.name.clone();
    let scope = Scope::class(names, interface, &own);
    rewrite_doc(&scope, &mut def.docs);
    match &mut def.kind {
        TypeKind::Record(fields) => {
            for field in fields {
                rewrite_value(&scope, &field.ty, &mut field.docs);
                if def.rules.contains(&Rule::Groups) {
                    units::of_field(&mut field.docs);
                }
            }
        }
        TypeKind::Flags(cases) | TypeKind::Enum(cases) | TypeKind::Variant(cases) => {
            cases.iter_mut().for_each(|case| rewrite_doc(&scope, &mut case.docs));
        }
        TypeKind::Error(error) => error.cases.iter_mut().for_each(|case| rewrite_doc(&scope, &mut case.docs)),
        TypeKind::DetailError(error) => error.fields.iter_mut().for_each(|field| rewrite_doc(&scope, &mut field.docs)),
        TypeKind::Options(options) => {
            for field in &mut options.fields {
                rewrite_value(&scope, &field.ty, &mut field.docs);
                if let Filled::Extra { setters, .. } = &mut field.filled {
                    setters.iter_mut().for_each(|setter| rewrite_value(&scope, &setter.ty, &mut setter.docs));
                }
            }
        }
        TypeKind::Alias(_) | TypeKind::Wrapper(_) => {}
    }
    def.docs = members::hoist(def);
}

/// Rewrites the docs of a value.
fn rewrite_value(scope: &Scope<'_>, ty: &Type, docs: &mut Option<String>) {
    rewrite_doc(scope, docs);
    if ty.is_time() {
        units::seconds(docs);
    }
}

/// Rewrites what flows, sentence by sentence; a doc of which nothing is left is none.
fn rewrite_doc(scope: &Scope<'_>, doc: &mut Option<String>) {
    let Some(text) = doc.take() else { return };
    let mut blocks: Vec<Block> = Vec::new();
    let mut gap = false;
    for Block { spaced, content } in markdown::parse(&text) {
        gap |= spaced;
        let content = match content {
            Content::Text { indent, marker, text } => rewrite_text(scope, &text).map(|text| {
                let ends = marker.is_empty() && scope.of_item();
                Content::Text { indent, marker, text: if ends { text::stopped(&text) } else { text } }
            }),
            Content::Verbatim { .. } | Content::Section(_) | Content::Definition { .. } => Some(content),
        };
        if let Some(content) = content {
            blocks.push(Block { spaced: std::mem::take(&mut gap), content });
        }
    }
    markdown::drop_unused_definitions(&mut blocks);
    if let Some(Content::Text { text, .. }) = blocks.first_mut().map(|block| &mut block.content) {
        *text = text::capital(text);
    }
    *doc = markdown::write(&blocks);
}

fn rewrite_text(scope: &Scope<'_>, text: &str) -> Option<String> {
    if text.starts_with("TODO") {
        return None;
    }
    let kept: Vec<String> =
        text::sentences(text).into_iter().filter_map(|sentence| sentences::rewrite(scope, sentence)).collect();
    (!kept.is_empty()).then(|| kept.join(" "))
}

/// Adds paragraphs at the end of a doc, unless it has them; only the targets of links come after.
fn append(doc: &mut Option<String>, paragraphs: Vec<String>) {
    let mut blocks = markdown::parse(doc.as_deref().unwrap_or_default());
    for paragraph in paragraphs {
        let block = Block::paragraph(paragraph);
        if !blocks.iter().any(|other| other.content == block.content) {
            markdown::insert(&mut blocks, block);
        }
    }
    *doc = markdown::write(&blocks);
}
