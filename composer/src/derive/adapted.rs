//! Which interfaces are adapted: those of which something changes, and those that use a type of one.

use std::collections::HashSet;

use wit_parser::{Function, FunctionKind, InterfaceId};

use super::facts::Facts;

/// The interfaces that the adapter stands in for.
pub(super) fn find(facts: &Facts<'_>) -> HashSet<InterfaceId> {
    let mut adapted = HashSet::new();
    for id in &facts.raw.imports {
        let uses_adapted = facts.resolve().interface_direct_deps(*id).any(|dependency| adapted.contains(&dependency));
        if uses_adapted || changes(facts, *id) {
            adapted.insert(*id);
        }
    }
    adapted
}

fn changes(facts: &Facts<'_>, id: InterfaceId) -> bool {
    let interface = &facts.resolve().interfaces[id];
    let rules = facts.lines.rules;
    let types = interface.types.values().any(|ty| {
        let path = facts.raw_path(*ty);
        facts.is_options(*ty)
            || facts.is_extra(*ty)
            || facts.is_consumable(*ty)
            || facts.aliased_resource(*ty).is_some()
            || facts.aliases.keys().any(|(resource, _)| resource == ty)
            || facts.changed_errors.contains(ty)
            // Functions of other interfaces fail with it, in words of the adapter's own.
            || rules.errors.default.as_ref() == Some(&path)
            || rules.rename.contains_key(&path)
            || rules.leave_out.contains_key(&path)
            || rules.moved.contains_key(&path)
    });
    let name = facts.interface_name(id);
    types
        || rules.moved.values().any(|to| *to == name)
        || rules.groups.keys().chain(rules.pairs.keys()).any(|path| path.split('.').next() == Some(name.as_str()))
        || rules.methods.across.contains(&name)
        || gains_methods(facts, id)
        || facts.lines.rules.converts_in(&name)
        || interface.functions.values().any(|function| function_changes(facts, id, function))
}

/// Whether functions of another interface become methods of its resources.
fn gains_methods(facts: &Facts<'_>, id: InterfaceId) -> bool {
    let rules = &facts.lines.rules.methods;
    if rules.across.is_empty() {
        return false;
    }
    facts.imported_functions().any(|(from, function)| {
        let receiver = function.params.first().and_then(|param| facts.handle_of(&param.ty));
        matches!(function.kind, FunctionKind::Freestanding)
            && receiver.is_some_and(|resource| facts.owner(facts.definition(resource)) == Some(id))
            && rules.across.contains(&facts.interface_name(from))
            && !rules.stay.contains_key(&facts.function_path(from, function))
    })
}

fn function_changes(facts: &Facts<'_>, id: InterfaceId, function: &Function) -> bool {
    let rules = facts.lines.rules;
    let path = facts.function_path(id, function);
    let buffers = function.params.iter().any(|param| Some(&param.name) == rules.buffers.size_parameter.as_ref());
    let receiver = function.params.first().and_then(|param| facts.handle_of(&param.ty));
    let method = matches!(function.kind, FunctionKind::Freestanding)
        && receiver.is_some_and(|resource| facts.owner(facts.definition(resource)) == Some(id));
    buffers
        || method
        || rules.rename.contains_key(&path)
        || function.params.iter().any(|param| rules.rename.contains_key(&format!("{path}.{}", param.name)))
        || rules.split.contains_key(&path)
        || rules.leave_out.contains_key(&path)
        || rules.remember.contains_key(&path)
        || rules.constructors.lazy.contains(&path)
        || rules.methods.strip.iter().any(|start| {
            matches!(function.kind, FunctionKind::Freestanding) && function.name.starts_with(start.as_str())
        })
        || rules.may_fail(&path)
}
