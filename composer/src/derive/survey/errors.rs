//! What functions fail with, and which of it changes.

use std::collections::HashSet;

use wit_parser::{Function, InterfaceId, Type, TypeId};

use crate::derive::details::{DetailShape, nested_error};
use crate::derive::world::World;

/// What some imported function fails with, and the default error.
pub(super) fn errors(world: &World<'_>) -> HashSet<TypeId> {
    let errors = world.imported_functions().filter_map(|(_, function)| {
        let Some(Type::Id(error)) = world.result_of(function).err else { return None };
        Some(world.definition(error))
    });
    let defaults = world.usage.rules.errors.defaults().filter_map(|path| world.find_type(path));
    errors.chain(defaults).collect()
}

/// The errors that have details, in a fixed order: most worlds have few, and every type is compared with theirs.
pub(super) fn detailed(world: &World<'_>, errors: &HashSet<TypeId>) -> Vec<TypeId> {
    let mut detailed: Vec<_> =
        errors.iter().copied().filter(|error| DetailShape::of(world, errors, *error).is_some()).collect();
    detailed.sort();
    detailed
}

/// The types that do not stay as they are because some function fails with them.
pub(super) fn changed(world: &World<'_>, errors: &HashSet<TypeId>, consumable: &HashSet<TypeId>) -> HashSet<TypeId> {
    let mut changed: HashSet<TypeId> = HashSet::new();
    for error in errors {
        let path = world.raw_path(*error);
        let is_small = |case: &&str| world.usage.rules.buffers.too_small.contains(&format!("{path}.{case}"));
        if world.case_names(*error).iter().any(is_small) {
            changed.insert(*error);
        }
        let payloads = world.payloads_of(&Type::Id(*error)).unwrap_or_default();
        let nested: Vec<_> = payloads.iter().filter_map(|payload| nested_error(world, errors, Some(payload))).collect();
        if !nested.is_empty() {
            changed.insert(*error);
            changed.extend(nested);
        }
        if let Some(shape) = DetailShape::of(world, errors, *error) {
            changed.extend([*error, shape.detail, shape.base]);
        }
    }
    for (interface, function) in world.imported_functions() {
        let touches = touches(world, consumable, interface, function);
        match world.result_of(function).err {
            Some(error) if touches || pages(world, function) => changed.extend(world.named(&error)),
            None if touches => changed.extend(world.default_error(interface).map(|error| world.definition(error))),
            Some(_) | None => {}
        }
    }
    changed.retain(|id| world.may_change(*id));
    changed
}

/// Whether the adapter has something to say of a function that the host does not.
fn touches(world: &World<'_>, consumable: &HashSet<TypeId>, interface: InterfaceId, function: &Function) -> bool {
    let handles = function.params.iter().flat_map(|param| world.handles_in(&param.ty));
    handles.into_iter().any(|resource| consumable.contains(&world.definition(resource)))
        || world.usage.rules.may_fail(&world.function_path(interface, function))
}

/// Whether a function has a parameter for the size of a buffer or for a page.
fn pages(world: &World<'_>, function: &Function) -> bool {
    let names = &world.usage.rules.buffers;
    let named = [&names.size_parameter, &names.cursor_parameter];
    function.params.iter().any(|param| named.into_iter().any(|name| name.as_ref() == Some(&param.name)))
}
