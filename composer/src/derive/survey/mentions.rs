//! Which imported functions mention a type.

use std::collections::HashMap;

use wit_parser::TypeId;

use crate::derive::world::World;

/// The paths of functions that mention a type, in the order of the world, and where they do.
pub(super) type Mentions = HashMap<TypeId, Vec<(String, Mention)>>;

/// Where a function mentions a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mention {
    /// In a parameter.
    Given,
    /// In its result.
    Returned,
}

/// The imported functions that mention each type.
pub(super) fn mentions(world: &World<'_>) -> Mentions {
    let mut mentions = Mentions::new();
    for (interface, function) in world.imported_functions() {
        let path = world.function_path(interface, function);
        let params = function.params.iter().map(|param| {
            let is_always_ok = world.usage.rules.results.ok.contains(&format!("{path}.{}", param.name));
            // The app has no way to give the error.
            let ok = world.result_type(&param.ty).and_then(|result| result.ok).filter(|_| is_always_ok);
            (ok.unwrap_or(param.ty), Mention::Given)
        });
        for (ty, mention) in params.chain(function.result.iter().map(|ty| (*ty, Mention::Returned))) {
            world.walk_types(&ty, &mut |part| {
                mentions.entry(world.definition(part)).or_default().push((path.clone(), mention));
            });
        }
    }
    mentions
}
