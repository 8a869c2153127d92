//! Resources whose handles can be lost or are not made yet.

use std::collections::{HashMap, HashSet};

use wit_parser::{Function, Handle, InterfaceId, TypeId};

use crate::derive::world::World;

/// What makes a resource when it is first needed, by the resource: the first line of the rules that does.
pub(super) fn makers<'a>(world: &World<'a>) -> HashMap<TypeId, (InterfaceId, &'a Function)> {
    let lazy = &world.usage.rules.constructors.lazy;
    let functions = world.imported_functions();
    let lazy = functions.filter(|(id, function)| lazy.contains(&world.function_path(*id, function)));
    let mut makers = HashMap::new();
    for maker in lazy {
        if let Some(resource) = world.made(maker.1) {
            makers.entry(resource).or_insert(maker);
        }
    }
    makers
}

/// Resources, own or alias, that some imported function takes away.
pub(super) fn consumable(world: &World<'_>, makers: &HashMap<TypeId, (InterfaceId, &Function)>) -> HashSet<TypeId> {
    let mut taken = Vec::new();
    for (_, function) in world.imported_functions() {
        function.params.iter().for_each(|param| {
            world.walk(&param.ty, &mut |handle| {
                if let Handle::Own(id) = handle {
                    taken.push(world.definition(*id));
                }
            })
        });
    }
    // What is not made yet may never be, and its functions say so.
    taken.extend(makers.keys().copied());
    // An alias shares its handle with what it aliases, so a handle that one can lose the other can lose.
    let lost: HashSet<TypeId> = taken.iter().map(|id| world.root(*id)).collect();
    let family = world.aliases.iter().filter(|((resource, _), _)| lost.contains(resource)).map(|(_, alias)| *alias);
    let all = family.chain(lost.iter().copied()).chain(taken);
    // No cell holds a resource that stays as it is, and none can lose it.
    all.filter(|id| world.may_change(*id)).collect()
}
