//! Feature gates of WIT: which are open is said once, where the WIT is read.
//!
//! Other tools keep `@unstable` items shut unless they are told otherwise, and each in its own way. So what is shut is
//! not read, and what is open is handed on without its gate
//! (<https://component-model.bytecodealliance.org/design/wit.html#feature-gates>).

use std::collections::BTreeSet;

use wit_parser::{Resolve, Stability, WorldItem};

/// An item that is behind a gate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gated {
    /// Its path, `namespace:package/interface.item`, or the name of an interface or of a world's item.
    pub path: String,
    /// The feature that opens the gate.
    pub feature: String,
}

/// The items behind gates, in packages that were read with all gates open.
pub fn gated(resolve: &Resolve) -> BTreeSet<Gated> {
    let mut found = BTreeSet::new();
    let mut add = |path: String, stability: &Stability| {
        if let Stability::Unstable { feature, .. } = stability {
            found.insert(Gated { path, feature: feature.clone() });
        }
    };
    for (id, interface) in resolve.interfaces.iter() {
        let name = resolve.id_of(id).or_else(|| interface.name.clone()).unwrap_or_default();
        add(name.clone(), &interface.stability);
        for (ty, id) in &interface.types {
            add(format!("{name}.{ty}"), &resolve.types[*id].stability);
        }
        for function in interface.functions.values() {
            let resource = function.kind.resource().and_then(|id| resolve.types[id].name.as_ref());
            let of = resource.map(|resource| format!("{resource}.")).unwrap_or_default();
            add(format!("{name}.{of}{}", function.item_name()), &function.stability);
        }
    }
    for (_, world) in resolve.worlds.iter() {
        for (key, item) in world.imports.iter().chain(&world.exports) {
            add(resolve.name_world_key(key), item.stability(resolve));
        }
    }
    found
}

/// Takes the gates away from what was read, so that no other tool shuts them again.
pub fn take_away(resolve: &mut Resolve) {
    let open = |stability: &mut Stability| {
        if matches!(stability, Stability::Unstable { .. }) {
            *stability = Stability::Unknown;
        }
    };
    for (_, ty) in resolve.types.iter_mut() {
        open(&mut ty.stability);
    }
    for (_, interface) in resolve.interfaces.iter_mut() {
        open(&mut interface.stability);
        interface.functions.values_mut().for_each(|function| open(&mut function.stability));
    }
    for (_, world) in resolve.worlds.iter_mut() {
        open(&mut world.stability);
        for item in world.imports.values_mut().chain(world.exports.values_mut()) {
            match item {
                WorldItem::Interface { stability, .. } => open(stability),
                WorldItem::Function(function) => open(&mut function.stability),
                // The type itself has it.
                WorldItem::Type { .. } => {}
            }
        }
    }
}
