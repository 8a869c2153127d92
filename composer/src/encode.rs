//! Core modules of the guests to components, tailored to what the app imports.
//!
//! A guest is compiled once, for the whole world. Here it loses the exports that this app has no use
//! for, and with them all code and all raw imports that only those needed: a host that lacks a raw
//! function the app does not use can still run it.

use std::collections::BTreeSet;

use thiserror::Error;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{Resolve, WorldId, WorldItem, WorldKey};

use crate::compact::compact;
use crate::wit::FriendlyWorld;

/// Why a guest does not become a component.
#[derive(Debug, Error)]
pub enum EncodeError {
    /// The guest is not a core module that this composer knows.
    #[error("the {guest} guest is not a core module: {message}; build the guests again")]
    Module {
        /// Which guest.
        guest: String,
        /// What the parser says.
        message: String,
    },
    /// The guest does not fit the world that was derived.
    #[error(
        "the {guest} guest does not fit its world: {message}; it was built from another WIT or other rules, so build the guests again"
    )]
    World {
        /// Which guest.
        guest: String,
        /// What the encoder says.
        message: String,
    },
}

/// Encodes a guest whose world is `world`, with all its exports or only those interfaces of `keep` (full names).
pub fn encode(
    guest: &str,
    module: &[u8],
    friendly: &FriendlyWorld,
    world: &str,
    keep: Option<&BTreeSet<String>>,
) -> Result<Vec<u8>, EncodeError> {
    let mut resolve = friendly.resolve.clone();
    let world_id = friendly.world(world).ok_or_else(|| EncodeError::World {
        guest: guest.to_owned(),
        message: format!("there is no world `{world}`"),
    })?;
    if let Some(keep) = keep {
        let keep = with_dependencies(&resolve, world_id, keep);
        let kept = |key: &WorldKey| keep.contains(&resolve.name_world_key(key));
        let exports: Vec<WorldKey> =
            resolve.worlds[world_id].exports.keys().filter(|key| !kept(key)).cloned().collect();
        exports.iter().for_each(|key| {
            resolve.worlds[world_id].exports.shift_remove(key);
        });
    }
    let exports: BTreeSet<String> =
        resolve.worlds[world_id].exports.keys().map(|key| resolve.name_world_key(key)).collect();
    let mut module = tailor(guest, module, &exports)?;
    let failed = |message: String| EncodeError::World { guest: guest.to_owned(), message };
    embed_component_metadata(&mut module, &resolve, world_id, StringEncoding::UTF8, false)
        .map_err(|error| failed(format!("{error:#}")))?;
    let component = ComponentEncoder::default()
        .validate(true)
        .module(&module)
        .and_then(|encoder| encoder.encode())
        .map_err(|error| failed(format!("{error:#}")))?;
    compact(&component).map_err(|error| failed(error.to_string()))
}

/// The exports of a world that `keep` names, and those whose types they use.
fn with_dependencies(resolve: &Resolve, world: WorldId, keep: &BTreeSet<String>) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let mut waiting: Vec<_> = resolve.worlds[world]
        .exports
        .iter()
        .filter(|(key, _)| keep.contains(&resolve.name_world_key(key)))
        .filter_map(|(_, item)| match item {
            WorldItem::Interface { id, .. } => Some(*id),
            WorldItem::Function(_) | WorldItem::Type { .. } => None,
        })
        .collect();
    while let Some(id) = waiting.pop() {
        if all.insert(resolve.id_of(id).unwrap_or_default()) {
            waiting.extend(resolve.interface_direct_deps(id));
        }
    }
    all
}

/// Drops the exports of interfaces that are not in `exports`, and what nothing refers to any more.
fn tailor(guest: &str, module: &[u8], exports: &BTreeSet<String>) -> Result<Vec<u8>, EncodeError> {
    let mut config = walrus::ModuleConfig::new();
    config.generate_producers_section(false);
    let mut module = config
        .parse(module)
        .map_err(|error| EncodeError::Module { guest: guest.to_owned(), message: format!("{error:#}") })?;
    let unwanted: Vec<_> = module
        .exports
        .iter()
        .filter(|export| interface_of(&export.name).is_some_and(|interface| !exports.contains(interface)))
        .map(walrus::Export::id)
        .collect();
    unwanted.into_iter().for_each(|export| module.exports.delete(export));
    // wit-bindgen leaves the whole world in a custom section; the tailored one is embedded after.
    let stale: Vec<_> = module
        .customs
        .iter()
        .filter(|(_, section)| section.name().starts_with("component-type"))
        .map(|(id, _)| id)
        .collect();
    stale.into_iter().for_each(|id| {
        module.customs.delete(id);
    });
    walrus::passes::gc::run(&mut module);
    Ok(module.emit_wasm())
}

/// The interface of a core export: `ns:package/interface@version#function`, after `cabi_post_` for some.
fn interface_of(export: &str) -> Option<&str> {
    let (interface, _) = export.split_once('#')?;
    Some(interface.strip_prefix("cabi_post_").unwrap_or(interface))
}
