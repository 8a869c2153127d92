//! What interfaces have of their own, and which others they use.

use std::collections::VecDeque;

use indexmap::IndexSet;
use wit_parser::{InterfaceId, Resolve, Type, TypeDefKind, TypeOwner, WorldItem};

use super::types_in;

/// Whether an interface has functions, or types that are no other names for types.
pub(crate) fn has_own_items(resolve: &Resolve, id: InterfaceId) -> bool {
    let interface = &resolve.interfaces[id];
    let mut types = interface.types.values().map(|id| &resolve.types[*id].kind);
    !interface.functions.is_empty() || types.any(is_definition)
}

/// Whether a type that has a name is not just another name for one: the bindings of Python make a class of it.
fn is_definition(kind: &TypeDefKind) -> bool {
    match kind {
        TypeDefKind::Record(_)
        | TypeDefKind::Resource
        | TypeDefKind::Flags(_)
        | TypeDefKind::Variant(_)
        | TypeDefKind::Enum(_) => true,
        TypeDefKind::Type(_)
        | TypeDefKind::Handle(_)
        | TypeDefKind::Tuple(_)
        | TypeDefKind::Option(_)
        | TypeDefKind::Result(_)
        | TypeDefKind::List(_)
        | TypeDefKind::Map(..)
        | TypeDefKind::FixedLengthList(..)
        | TypeDefKind::Future(_)
        | TypeDefKind::Stream(_)
        | TypeDefKind::Unknown => false,
    }
}

/// The interfaces of packages that interfaces use types of, by way of others too: the nearest first.
pub(crate) fn dependencies(resolve: &Resolve, of: impl IntoIterator<Item = InterfaceId>) -> IndexSet<InterfaceId> {
    let (mut found, mut waiting) = (IndexSet::new(), VecDeque::from_iter(of));
    while let Some(id) = waiting.pop_front() {
        for dependency in resolve.interface_direct_deps(id) {
            // An interface without a name has no types that others use.
            if resolve.id_of(dependency).is_some() && found.insert(dependency) {
                waiting.push_back(dependency);
            }
        }
    }
    found
}

/// The interfaces that an item of a world has types of.
pub(crate) fn used_by(resolve: &Resolve, item: &WorldItem) -> Vec<InterfaceId> {
    let types: Vec<Type> = match item {
        WorldItem::Interface { id, .. } => return resolve.interface_direct_deps(*id).collect(),
        WorldItem::Function(function) => function.params.iter().map(|param| param.ty).chain(function.result).collect(),
        WorldItem::Type { id, .. } => vec![Type::Id(*id)],
    };
    let owners = types_in(resolve, types).into_iter().filter_map(|id| match resolve.types[id].owner {
        TypeOwner::Interface(id) => Some(id),
        TypeOwner::World(_) | TypeOwner::None => None,
    });
    owners.collect()
}
