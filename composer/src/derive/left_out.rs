//! Interfaces that the rules leave out as a whole: the world without them, and who needs them all the same.

use std::borrow::Cow;

use indexmap::IndexMap;
use wit_parser::{InterfaceId, WorldItem, WorldKey};

use super::{DeriveError, Refused};
use crate::plan::LeftOut;
use crate::read::{RawWorld, used_by};
use crate::rules::RuleUsage;

/// A world without the interfaces that the rules leave out.
pub(super) struct Without<'a> {
    /// The world, a copy where something is left out.
    pub raw: Cow<'a, RawWorld>,
    /// What is not in it, each with the reason.
    pub left_out: Vec<LeftOut>,
}

/// Takes interfaces out of a world. Refuses what uses their types.
pub(super) fn without<'a>(raw: &'a RawWorld, usage: &RuleUsage<'_>, refused: &mut Refused) -> Without<'a> {
    let of = |id: &InterfaceId| Some((*id, usage.leave_out(&raw.interface_name(*id))?.clone()));
    let named: Vec<(InterfaceId, String)> = raw.imports.iter().filter_map(of).collect();
    if named.is_empty() {
        return Without { raw: Cow::Borrowed(raw), left_out: Vec::new() };
    }
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
    Without { raw: Cow::Owned(kept), left_out: left_out.collect() }
}

/// Items of the world that stay and use an interface that does not: each by its name, with that interface.
fn uses(
    raw: &RawWorld,
    items: &IndexMap<WorldKey, WorldItem>,
    is_gone: &dyn Fn(InterfaceId) -> bool,
) -> Vec<(String, InterfaceId)> {
    let stays = |item: &WorldItem| !matches!(item, WorldItem::Interface { id, .. } if is_gone(*id));
    let items = items.iter().filter(|(_, item)| stays(item));
    let found = items.filter_map(|(key, item)| {
        let used = used_by(&raw.resolve, item).into_iter().find(|used| is_gone(*used))?;
        let name = match key {
            WorldKey::Interface(id) => raw.interface_name(*id),
            WorldKey::Name(name) => name.clone(),
        };
        Some((name, used))
    });
    found.collect()
}
