//! Docs that the rules give to raw items, before anything is derived from them.
//!
//! WIT that says nothing of an item, or says it for another language, is spoken for in `[docs]`:
//! the path of a function, a type, a field or a case, to what it should say. Names in backticks are
//! WIT names; `prose` turns them into Python's.

use wit_parser::{Docs, FunctionKind, InterfaceId, TypeDefKind, TypeId};

use crate::read::RawWorld;
use crate::rules::{Rules, RulesError};

/// Sets the docs of every item that the rules name, and gives the lines that name none.
pub fn apply(raw: &mut RawWorld, rules: &Rules) -> Vec<RulesError> {
    let mut refused = Vec::new();
    for (path, text) in &rules.docs {
        let docs = Docs { contents: Some(text.trim().to_owned()) };
        if !set(raw, path, &docs) {
            refused.push(RulesError::NoMatch {
                line: format!("docs.\"{path}\""),
                package: raw.resolve.packages[raw.package].name.to_string(),
                hint: String::new(),
            });
        }
    }
    refused
}

/// Whether there is an item at the path; its docs are set then.
fn set(raw: &mut RawWorld, path: &str, docs: &Docs) -> bool {
    let Some((interface, rest)) = path.split_once('.') else { return false };
    let package = &raw.resolve.packages[raw.package];
    let Some(interface) = package.interfaces.get(interface).copied() else { return false };
    set_type(raw, interface, rest, docs) || set_function(raw, interface, path, docs)
}

fn set_type(raw: &mut RawWorld, interface: InterfaceId, rest: &str, docs: &Docs) -> bool {
    let (name, member) = rest.split_once('.').map_or((rest, None), |(name, member)| (name, Some(member)));
    let Some(id) = raw.resolve.interfaces[interface].types.get(name).copied() else { return false };
    match member {
        Some(member) => set_member(raw, id, member, docs),
        None => {
            raw.resolve.types[id].docs = docs.clone();
            true
        }
    }
}

fn set_member(raw: &mut RawWorld, id: TypeId, member: &str, docs: &Docs) -> bool {
    let found = members(&mut raw.resolve.types[id].kind).into_iter().find(|(name, _)| *name == member);
    found.map(|(_, slot)| *slot = docs.clone()).is_some()
}

/// The parts of a type that have docs of their own: fields, cases and flags, by name.
pub(crate) fn members(kind: &mut TypeDefKind) -> Vec<(&str, &mut Docs)> {
    match kind {
        TypeDefKind::Record(record) => {
            record.fields.iter_mut().map(|field| (field.name.as_str(), &mut field.docs)).collect()
        }
        TypeDefKind::Variant(variant) => {
            variant.cases.iter_mut().map(|case| (case.name.as_str(), &mut case.docs)).collect()
        }
        TypeDefKind::Enum(found) => found.cases.iter_mut().map(|case| (case.name.as_str(), &mut case.docs)).collect(),
        TypeDefKind::Flags(flags) => flags.flags.iter_mut().map(|flag| (flag.name.as_str(), &mut flag.docs)).collect(),
        TypeDefKind::Resource
        | TypeDefKind::Handle(_)
        | TypeDefKind::Tuple(_)
        | TypeDefKind::Option(_)
        | TypeDefKind::Result(_)
        | TypeDefKind::List(_)
        | TypeDefKind::Map(..)
        | TypeDefKind::FixedLengthList(..)
        | TypeDefKind::Future(_)
        | TypeDefKind::Stream(_)
        | TypeDefKind::Type(_)
        | TypeDefKind::Unknown => Vec::new(),
    }
}

fn set_function(raw: &mut RawWorld, interface: InterfaceId, path: &str, docs: &Docs) -> bool {
    let key = raw.resolve.interfaces[interface].functions.iter().find_map(|(key, function)| {
        let is_it = match function.kind {
            FunctionKind::Constructor(_) => path
                .strip_suffix(".constructor")
                .is_some_and(|of| raw.function_path(interface, function).starts_with(&format!("{of}."))),
            FunctionKind::Freestanding
            | FunctionKind::AsyncFreestanding
            | FunctionKind::Getter
            | FunctionKind::Setter
            | FunctionKind::Method(_)
            | FunctionKind::AsyncMethod(_)
            | FunctionKind::MethodGetter(_)
            | FunctionKind::MethodSetter(_)
            | FunctionKind::Static(_)
            | FunctionKind::AsyncStatic(_)
            | FunctionKind::StaticGetter(_)
            | FunctionKind::StaticSetter(_) => raw.function_path(interface, function) == path,
        };
        is_it.then(|| key.clone())
    });
    let function = key.and_then(|key| raw.resolve.interfaces[interface].functions.get_mut(&key));
    function.map(|function| function.docs = docs.clone()).is_some()
}
