//! Interfaces that the rules leave out as a whole: the world without them, and who needs them all the same.

use indexmap::IndexMap;
use wit_parser::{InterfaceId, Type, TypeOwner, WorldItem, WorldKey};

use super::{DeriveError, Refused};
use crate::plan::LeftOut;
use crate::read::{RawWorld, types_in};
use crate::rules::RuleUsage;

/// A world without the interfaces that the rules leave out.
pub(super) struct Without {
    /// The world.
    pub raw: RawWorld,
    /// What is not in it, each with the reason.
    pub left_out: Vec<LeftOut>,
}

/// Takes interfaces out of a world. Refuses what uses their types.
pub(super) fn without(raw: &RawWorld, usage: &RuleUsage<'_>, refused: &mut Refused) -> Without {
    let of = |id: &InterfaceId| Some((*id, usage.leave_out(&raw.interface_name(*id))?.clone()));
    let named: Vec<(InterfaceId, String)> = raw.imports.iter().filter_map(of).collect();
    let is_gone = |id: InterfaceId| named.iter().any(|(gone, _)| *gone == id);
    let world = &raw.resolve.worlds[raw.world];
    // What the app exports cannot be left out.
    for (items, too) in [(&world.imports, "leave it out, too, or "), (&world.exports, "")] {
        for (user, used) in uses(raw, items, &is_gone) {
            let used = raw.interface_name(used);
            let reason = format!("it uses types of `{used}`, which the rules leave out");
            let remedy = format!("{too}delete the line `\"{used}\"` under [leave-out]");
            refused.extend([DeriveError::shape(user, reason, remedy)]);
        }
    }
    let mut kept = raw.clone();
    kept.imports.retain(|id| !is_gone(*id));
    kept.resolve.worlds[raw.world].imports.retain(|key, _| !matches!(key, WorldKey::Interface(id) if is_gone(*id)));
    let left_out = named.into_iter().map(|(id, reason)| LeftOut { path: raw.interface_name(id), reason });
    Without { left_out: left_out.collect(), raw: kept }
}

/// Items of the world that stay and use an interface that does not: each by its name, with that interface.
fn uses(
    raw: &RawWorld,
    items: &IndexMap<WorldKey, WorldItem>,
    is_gone: &dyn Fn(InterfaceId) -> bool,
) -> Vec<(String, InterfaceId)> {
    let mut found = Vec::new();
    for (key, item) in items {
        let used = match item {
            WorldItem::Interface { id, .. } if is_gone(*id) => continue,
            WorldItem::Interface { id, .. } => raw.resolve.interface_direct_deps(*id).find(|used| is_gone(*used)),
            WorldItem::Function(function) => {
                let types = function.params.iter().map(|param| param.ty).chain(function.result);
                owners(raw, types).find(|used| is_gone(*used))
            }
            WorldItem::Type { id, .. } => owners(raw, [Type::Id(*id)]).find(|used| is_gone(*used)),
        };
        let name = match (key, item) {
            (WorldKey::Interface(id), _) => raw.interface_name(*id),
            (WorldKey::Name(name), _) => name.clone(),
        };
        found.extend(used.map(|used| (name, used)));
    }
    found
}

/// The interfaces that types, and what they are made of, are of.
fn owners(raw: &RawWorld, types: impl IntoIterator<Item = Type>) -> impl Iterator<Item = InterfaceId> {
    types_in(&raw.resolve, types).into_iter().filter_map(|id| match raw.resolve.types[id].owner {
        TypeOwner::Interface(id) => Some(id),
        TypeOwner::World(_) | TypeOwner::None => None,
    })
}
