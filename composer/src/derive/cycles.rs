//! Interfaces that would use each other, which WIT does not allow: refused, with the line that made them do so.
//!
//! The raw world has no such circle, so one of its uses was made by the rules.

use std::collections::BTreeMap;

use super::DeriveError;
use crate::plan::{Function, Interface, Kind, Operation, Rule, Side, TypeDef, TypePath};

/// What makes an interface use another one.
struct Use<'p> {
    /// The item that uses it: its friendly path.
    path: String,
    /// The type of the other interface.
    ty: TypePath,
    /// What to change, where the rules brought the item or the type to where it is.
    advice: Option<String>,
    /// The interface of the item.
    of: &'p str,
}

/// Refuses interfaces that use each other.
pub(super) fn refuse(interfaces: &[&Interface]) -> Result<(), DeriveError> {
    let mut uses: BTreeMap<(&str, String), Use<'_>> = BTreeMap::new();
    for interface in interfaces {
        for (path, ty, advice) in uses_of(interfaces, interface) {
            let key = (interface.name.as_str(), ty.interface.clone());
            let found = Use { path, ty, advice, of: &interface.name };
            match uses.get(&key) {
                // One that a line brought there is one that can be changed.
                Some(there) if there.advice.is_some() || found.advice.is_none() => {}
                Some(_) | None => {
                    uses.insert(key, found);
                }
            }
        }
    }
    for found in uses.values().filter(|found| found.advice.is_some()) {
        if let Some(back) = way(&uses, &found.ty.interface, found.of) {
            let advice = found.advice.clone().unwrap_or_default();
            return Err(DeriveError::shape(
                &found.path,
                format!(
                    "it uses `{}.{}`, and `{}` uses `{}`, by `{}`, so the interfaces would use each other",
                    found.ty.interface, found.ty.name, back.of, back.ty.interface, back.path
                ),
                advice,
            ));
        }
    }
    Ok(())
}

/// The last use on the way from one interface to another, if there is a way.
fn way<'u, 'p>(uses: &'u BTreeMap<(&str, String), Use<'p>>, from: &str, to: &str) -> Option<&'u Use<'p>> {
    let mut reached = vec![from.to_owned()];
    let mut next = 0;
    while let Some(here) = reached.get(next).cloned() {
        for ((_, other), found) in uses.iter().filter(|((of, _), _)| *of == here) {
            if other == to {
                return Some(found);
            }
            if !reached.contains(other) {
                reached.push(other.clone());
            }
        }
        next += 1;
    }
    None
}

/// What the items of an interface use of others, and what to change about it.
fn uses_of(interfaces: &[&Interface], interface: &Interface) -> Vec<(String, TypePath, Option<String>)> {
    let mut found = Vec::new();
    let foreign = |ty: &TypePath| ty.side == Side::Friendly && ty.interface != interface.name;
    for def in &interface.types {
        let path = format!("{}.{}", interface.name, def.name);
        for ty in def.kind.names().into_iter().filter(foreign) {
            let advice = type_advice(&interface.name, def).or_else(|| used_advice(interfaces, &ty));
            found.push((path.clone(), ty, advice));
        }
    }
    for function in &interface.functions {
        for ty in function.names(&interface.name).into_iter().filter(foreign) {
            let advice = function_advice(&interface.name, function).or_else(|| used_advice(interfaces, &ty));
            found.push((function.path(&interface.name), ty, advice));
        }
    }
    found
}

fn used_advice(interfaces: &[&Interface], ty: &TypePath) -> Option<String> {
    let interface = interfaces.iter().find(|interface| interface.name == ty.interface)?;
    type_advice(&ty.interface, interface.types.iter().find(|def| def.name == ty.name)?)
}

/// What to change about a type that the rules brought to an interface.
fn type_advice(interface: &str, def: &TypeDef) -> Option<String> {
    match &def.raw {
        Some(raw) if raw.split('.').next() == Some(interface) => None,
        Some(raw) => Some(format!("delete `{raw}`, or name another interface for it, under [move]")),
        None => {
            let table = def.rules.iter().find_map(|rule| synthesized_by(*rule))?;
            Some(match table {
                "groups" => format!("write another interface into the line under [groups] that makes `{}`", def.name),
                table => format!("write another interface into [{table}.\"{interface}.{}\"]", def.name),
            })
        }
    }
}

/// The table whose lines define a type or a function that the raw world does not have.
pub(super) fn synthesized_by(rule: Rule) -> Option<&'static str> {
    match rule {
        Rule::Records => Some("records"),
        Rule::Choices => Some("choices"),
        Rule::Groups => Some("groups"),
        Rule::Pairs => Some("pairs"),
        Rule::Wrap
        | Rule::Borrow
        | Rule::Errors
        | Rule::Buffers
        | Rule::Cursors
        | Rule::Options
        | Rule::Extra
        | Rule::Methods
        | Rule::Text
        | Rule::Addresses
        | Rule::Durations
        | Rule::Joined
        | Rule::Absent
        | Rule::Constructors
        | Rule::Results
        | Rule::Complete
        | Rule::ReadAll
        | Rule::Bodies
        | Rule::Handles
        | Rule::Split
        | Rule::Remember
        | Rule::Hold
        | Rule::Move
        | Rule::Rename => None,
    }
}

/// What to change about a function that the rules brought to an interface.
fn function_advice(interface: &str, function: &Function) -> Option<String> {
    match &function.operation {
        Operation::Call(call) if call.raw.interface != interface => Some(match &call.raw.kind {
            Kind::Freestanding => {
                format!("keep it with a line `\"{}\" = \"why\"` under [methods.stay]", call.raw.path())
            }
            Kind::Method(resource) | Kind::Static(resource) | Kind::Constructor(resource) => {
                format!("delete `{}.{resource}`, or name another interface for it, under [move]", call.raw.interface)
            }
        }),
        Operation::Group(_) => Some(format!("delete [groups.\"{}\"]", function.path(interface))),
        Operation::Pairs(_) => Some(format!("delete [pairs.\"{}\"]", function.path(interface))),
        Operation::Call(_)
        | Operation::Direct
        | Operation::NewOptions
        | Operation::SetOption(_)
        | Operation::Share(_)
        | Operation::Later => None,
    }
}
