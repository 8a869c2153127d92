//! Phrases of the raw docs that the rules have other words for, everywhere.
//!
//! Raw docs speak to callers of another language: of handles, of hostcalls, of buffers. `[wording]` says what the
//! friendly docs say instead. Names and values in backticks need no line: `prose` turns these into Python's by the plan.

use indexmap::IndexMap;

use crate::markdown::{self, Block, Content};
use crate::plan::{Case, Filled, Plan, TypeKind};
use crate::rules::{Rules, RulesError};

/// Replaces the phrases in the docs of a plan that are still raw, and gives the lines whose phrase no docs have.
pub fn apply(plan: &mut Plan, rules: &Rules) -> Vec<RulesError> {
    // Most worlds have none, and all docs would be read for nothing.
    if rules.wording.is_empty() {
        return Vec::new();
    }
    let mut used = vec![false; rules.wording.len()];
    for docs in docs(plan) {
        replace(docs, &rules.wording, &mut used);
    }
    let unused = rules.wording.keys().zip(used).filter(|(_, used)| !used);
    unused.map(|(phrase, _)| RulesError::NoPhrase { line: format!("wording.\"{phrase}\"") }).collect()
}

/// All docs of a plan.
fn docs(plan: &mut Plan) -> Vec<&mut Option<String>> {
    let mut docs = Vec::new();
    for interface in plan.interfaces.iter_mut().chain(&mut plan.exports) {
        docs.push(&mut interface.docs);
        docs.extend(interface.functions.iter_mut().map(|function| &mut function.docs));
        for def in &mut interface.types {
            docs.push(&mut def.docs);
            docs.extend(members(&mut def.kind));
        }
    }
    docs
}

fn members(kind: &mut TypeKind) -> Vec<&mut Option<String>> {
    match kind {
        TypeKind::Record(fields) => fields.iter_mut().map(|field| &mut field.docs).collect(),
        TypeKind::Flags(cases) | TypeKind::Enum(cases) | TypeKind::Variant(cases) => of_cases(cases),
        TypeKind::Error(error) => of_cases(&mut error.cases),
        TypeKind::DetailError(error) => error.fields.iter_mut().map(|field| &mut field.docs).collect(),
        TypeKind::Options(options) => {
            let mut docs = Vec::new();
            for field in &mut options.fields {
                docs.push(&mut field.docs);
                if let Filled::Extra { setters, .. } = &mut field.filled {
                    docs.extend(setters.iter_mut().map(|setter| &mut setter.docs));
                }
            }
            docs
        }
        TypeKind::Alias(_) | TypeKind::Wrapper(_) => Vec::new(),
    }
}

fn of_cases(cases: &mut [Case]) -> Vec<&mut Option<String>> {
    cases.iter_mut().map(|case| &mut case.docs).collect()
}

/// Docs with other words; those without any of the phrases stay as they are.
fn replace(docs: &mut Option<String>, wording: &IndexMap<String, String>, used: &mut [bool]) {
    let Some(text) = docs else { return };
    let mut blocks = markdown::parse(text);
    let mut is_changed = false;
    for ((phrase, words), used) in wording.iter().zip(used) {
        for text in blocks.iter_mut().filter_map(text_of) {
            if let Some(changed) = replaced(text, phrase, words) {
                (*text, *used, is_changed) = (changed, true, true);
            }
        }
    }
    if is_changed {
        blocks.retain(|block| block.text().is_none_or(|text| !text.is_empty()));
        *docs = markdown::write(&blocks);
    }
}

fn text_of(block: &mut Block) -> Option<&mut String> {
    match &mut block.content {
        Content::Text { text, .. } => Some(text),
        Content::Verbatim { .. } | Content::Section(_) | Content::Definition { .. } => None,
    }
}

/// A text with another phrase, without the blanks that an empty one leaves; none where it has not the phrase. A phrase
/// begins and ends where words do.
fn replaced(text: &str, phrase: &str, words: &str) -> Option<String> {
    let is_whole = |at: usize| {
        let (before, after) = (text[..at].chars().next_back(), text[at + phrase.len()..].chars().next());
        let goes_on = |one: Option<char>, other: Option<char>| {
            one.is_some_and(char::is_alphanumeric) && other.is_some_and(char::is_alphanumeric)
        };
        !goes_on(before, phrase.chars().next()) && !goes_on(phrase.chars().next_back(), after)
    };
    let places: Vec<usize> = text.match_indices(phrase).map(|(at, _)| at).filter(|at| is_whole(*at)).collect();
    let mut out = String::new();
    let mut from = 0;
    for at in &places {
        out.push_str(&text[from..*at]);
        out.push_str(words);
        from = at + phrase.len();
    }
    out.push_str(&text[from..]);
    let tidy = out.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    (!places.is_empty()).then(|| tidy.replace(" .", ".").replace(" ,", ","))
}
