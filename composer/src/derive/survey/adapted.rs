//! Which interfaces are adapted: those of which something changes, and those that use a type of one.

use std::collections::HashSet;

use wit_parser::{Function, FunctionKind, InterfaceId, TypeId};

use crate::derive::world::World;

/// The interfaces that the adapter stands in for.
pub(super) fn adapted(
    world: &World<'_>,
    consumable: &HashSet<TypeId>,
    options: &HashSet<TypeId>,
    changed_errors: &HashSet<TypeId>,
) -> HashSet<InterfaceId> {
    let is_changed = |ty: TypeId| {
        options.contains(&world.definition(ty))
            || consumable.contains(&world.definition(ty))
            || changed_errors.contains(&ty)
    };
    let mut adapted = HashSet::new();
    for id in &world.raw.imports {
        let uses_adapted = world.resolve().interface_direct_deps(*id).any(|dependency| adapted.contains(&dependency));
        if uses_adapted || changes(world, *id, &is_changed) {
            match world.is_kept(*id) {
                true => world.usage.keep(&world.interface_name(*id)),
                false => drop(adapted.insert(*id)),
            }
        }
    }
    adapted
}

fn changes(world: &World<'_>, id: InterfaceId, is_changed: &dyn Fn(TypeId) -> bool) -> bool {
    let interface = &world.resolve().interfaces[id];
    let rules = world.usage.rules;
    let types = interface.types.values().any(|ty| {
        let path = world.raw_path(*ty);
        is_changed(*ty)
            || world.is_extra(*ty)
            || world.aliased_resource(*ty).is_some()
            || world.aliases.keys().any(|(resource, _)| resource == ty)
            // Functions of other interfaces fail with it, in words of the adapter's own.
            || rules.errors.defaults().any(|error| *error == path)
            || rules.rename.contains_key(&path)
            || rules.leave_out.contains_key(&path)
            || rules.moved.contains_key(&path)
    });
    let name = world.interface_name(id);
    types
        || rules.moved.values().any(|to| *to == name)
        || rules.groups.keys().chain(rules.pairs.keys()).any(|path| path.split('.').next() == Some(name.as_str()))
        || rules.methods.across.contains(&name)
        || gains_methods(world, id)
        || world.usage.rules.converts_in(&name)
        || interface.functions.values().any(|function| function_changes(world, id, function))
}

/// Whether functions of another interface become methods of its resources.
fn gains_methods(world: &World<'_>, id: InterfaceId) -> bool {
    let rules = &world.usage.rules.methods;
    if rules.across.is_empty() {
        return false;
    }
    world.imported_functions().any(|(from, function)| {
        let receiver = function.params.first().and_then(|param| world.handle_of(&param.ty));
        matches!(function.kind, FunctionKind::Freestanding)
            && receiver.is_some_and(|resource| world.owner(world.definition(resource)) == Some(id))
            && rules.across.contains(&world.interface_name(from))
            && !rules.stay.contains_key(&world.function_path(from, function))
    })
}

fn function_changes(world: &World<'_>, id: InterfaceId, function: &Function) -> bool {
    let rules = world.usage.rules;
    let path = world.function_path(id, function);
    let buffers = function.params.iter().any(|param| Some(&param.name) == rules.buffers.size_parameter.as_ref());
    let receiver = function.params.first().and_then(|param| world.handle_of(&param.ty));
    let method = matches!(function.kind, FunctionKind::Freestanding)
        && receiver.is_some_and(|resource| world.owner(world.definition(resource)) == Some(id));
    buffers
        || method
        || rules.rename.contains_key(&path)
        || function.params.iter().any(|param| rules.rename.contains_key(&format!("{path}.{}", param.name)))
        || rules.split.contains_key(&path)
        || rules.leave_out.contains_key(&path)
        || rules.remember.contains_key(&path)
        || rules.constructors.lazy.contains(&path)
        || rules.constructors.functions.contains_key(&path)
        || function.params.iter().any(|param| rules.results.ok.contains(&format!("{path}.{}", param.name)))
        || rules.methods.strip.iter().any(|start| {
            matches!(function.kind, FunctionKind::Freestanding) && function.name.starts_with(start.as_str())
        })
        || rules.may_fail(&path)
}
