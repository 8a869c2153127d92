//! Whether an app can have files: who else would have to agree on their types, and what the host has to have.
//!
//! What a stream or a file is, is a type of one component. An app that has files has the streams of the files guest, and
//! these are not the host's. So no interface between the app and anyone else may speak of streams. The stubs may: they
//! are made for the app, and get the guest's.

use std::collections::BTreeMap;

use wit_component::DecodedWasm;
use wit_parser::{InterfaceId, Resolve, WorldItem};

use super::component::{Component, FilesError};
use crate::app::{App, compatible, unversioned};
use crate::bundle::World;
use crate::read::dependencies;

/// That the host has what files are made of.
pub fn check_host(world: &World, files: &Component) -> Result<(), FilesError> {
    for import in &files.imports {
        if !world.plan.platform.iter().any(|has| compatible(has, import)) {
            return Err(FilesError::Host { import: import.clone() });
        }
    }
    Ok(())
}

/// The host's own file system, as the world names it, if it has one: an app has that, and needs no other.
pub fn of_host(world: &World) -> Option<&str> {
    let is_files = |has: &&str| ["wasi:filesystem", "wasi:filesystem/types"].contains(&unversioned(has));
    world.plan.platform.iter().map(String::as_str).find(is_files)
}

/// The interface of a world's own package that uses types of the files, and what it uses, if there is one: an app of this
/// world cannot have files.
pub fn shared_by_world(world: &World, files: &Component) -> Option<(String, String)> {
    let own = world.raw.imports.iter().chain(&world.raw.exports);
    own.copied().find_map(|id| {
        let shared = used(&world.raw.resolve, id).into_iter().find(|used| files.export_for(used).is_some())?;
        Some((world.raw.interface_name(id), shared))
    })
}

/// What the files have of an app's imports: each with what it is called there.
pub(crate) fn provided(
    app: &App<'_>,
    world: &World,
    files: &Component,
) -> Result<BTreeMap<String, String>, FilesError> {
    check_host(world, files)?;
    let mut provided = BTreeMap::new();
    for import in &app.imports {
        let Some(has) = files.export_for(import) else { continue };
        if !compatible(has, import) {
            return Err(FilesError::Version { import: import.clone(), has: has.to_owned() });
        }
        provided.insert(import.clone(), has.to_owned());
    }
    Ok(provided)
}

/// That no interface between the app and the host, the adapter or the entry uses types of the files; `stubs` are the
/// interfaces that a stub has.
pub(crate) fn check_shared(
    app: &App<'_>,
    provided: &BTreeMap<String, String>,
    stubs: &[String],
) -> Result<(), FilesError> {
    let DecodedWasm::Component(resolve, world) = &app.decoded else { return Ok(()) };
    let world = &resolve.worlds[*world];
    for (key, item) in world.imports.iter().chain(&world.exports) {
        let name = resolve.name_world_key(key);
        let (WorldItem::Interface { id, .. }, false) = (item, provided.contains_key(&name) || stubs.contains(&name))
        else {
            continue;
        };
        if let Some(shared) = used(resolve, *id).into_iter().find(|used| provided.contains_key(used)) {
            return Err(FilesError::Shared { interface: name, shared });
        }
    }
    Ok(())
}

/// The interfaces of which one uses types, by their names.
fn used(resolve: &Resolve, interface: InterfaceId) -> Vec<String> {
    dependencies(resolve, [interface]).into_iter().filter_map(|id| resolve.id_of(id)).collect()
}
