//! What stands in the raw world itself, in the app's world, too.

use indexmap::IndexSet;
use wit_component::WitPrinter;
use wit_parser::{PackageId, Resolve, TypeId, TypeOwner, WorldItem, WorldKey};

use super::{APP_WORLD, WitError};
use crate::plan::Plan;
use crate::read::{RawWorld, dependencies, used_by};

/// Adds the items to the app's world, and gives the text of the package with them; none if there are none.
pub(super) fn add(
    resolve: &mut Resolve,
    package: PackageId,
    plan: &Plan,
    raw: &RawWorld,
) -> Result<Option<String>, WitError> {
    let items = &plan.in_world;
    if items.imports.is_empty() && items.exports.is_empty() {
        return Ok(None);
    }
    let failed = |error: String| WitError { message: error };
    let app = resolve.packages[package].worlds.get(APP_WORLD).copied();
    let app = app.ok_or_else(|| failed(format!("it has no world `{APP_WORLD}`")))?;
    let whole = resolve.worlds[raw.world].clone();
    let is_import = |key: &WorldKey| matches!(key, WorldKey::Name(name) if items.has_import(name));
    let is_export = |key: &WorldKey| matches!(key, WorldKey::Name(name) if items.has_export(name));
    let imports = whole.imports.iter().filter(|(key, _)| is_import(key));
    let exports = whole.exports.iter().filter(|(key, _)| is_export(key));
    let direct: IndexSet<_> = imports.chain(exports).flat_map(|(_, item)| used_by(resolve, item)).collect();
    let used: IndexSet<_> = dependencies(resolve, direct.iter().copied()).into_iter().chain(direct).collect();
    // The items alone, and the interfaces that they have types of, are merged into the app's world. A type that is left
    // out belongs to no world for that long.
    let left_out: Vec<TypeId> =
        whole.imports.iter().filter(|(key, _)| !is_import(key)).filter_map(|(_, item)| type_of(item)).collect();
    left_out.iter().for_each(|id| resolve.types[*id].owner = TypeOwner::None);
    let world = &mut resolve.worlds[raw.world];
    world.imports.retain(|key, _| is_import(key) || matches!(key, WorldKey::Interface(id) if used.contains(id)));
    world.exports.retain(|key, _| is_export(key));
    let merged = resolve.merge_worlds(raw.world, app, &mut Default::default());
    resolve.worlds[raw.world] = whole;
    left_out.iter().for_each(|id| resolve.types[*id].owner = TypeOwner::World(raw.world));
    merged.map_err(|error| failed(format!("{error:#}")))?;
    let mut printer = WitPrinter::default();
    printer.print(resolve, package, &[]).map_err(|error| failed(format!("{error:#}")))?;
    Ok(Some(printer.output.to_string()))
}

/// The type that an item of a world is, if it is one.
fn type_of(item: &WorldItem) -> Option<TypeId> {
    match item {
        WorldItem::Type { id, .. } => Some(*id),
        WorldItem::Interface { .. } | WorldItem::Function(_) => None,
    }
}
