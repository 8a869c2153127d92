//! Core modules of the guests to components, tailored to what the app imports.
//!
//! A guest is compiled once, for the whole world. Here it loses the exports that this app has no use
//! for, and with them all code and all raw imports that only those needed: a host that lacks a raw
//! function the app does not use can still run it.

use std::collections::{BTreeMap, BTreeSet};

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

/// What of a guest's exports an app has use for: functions by the full name of their interface; none for all of them.
pub type Keep = BTreeMap<String, Option<BTreeSet<String>>>;

/// Encodes a guest whose world is `world`, with all its exports or only those that are kept.
pub fn encode(
    guest: &str,
    module: &[u8],
    friendly: &FriendlyWorld,
    world: &str,
    keep: Option<&Keep>,
) -> Result<Vec<u8>, EncodeError> {
    let mut resolve = friendly.resolve.clone();
    let world_id = friendly.world(world).ok_or_else(|| EncodeError::World {
        guest: guest.to_owned(),
        message: format!("there is no world `{world}`"),
    })?;
    if let Some(keep) = keep {
        let all = with_dependencies(&resolve, world_id, keep);
        let kept = |key: &WorldKey| all.contains(&resolve.name_world_key(key));
        let exports: Vec<WorldKey> =
            resolve.worlds[world_id].exports.keys().filter(|key| !kept(key)).cloned().collect();
        exports.iter().for_each(|key| {
            resolve.worlds[world_id].exports.shift_remove(key);
        });
        drop_functions(&mut resolve, world_id, keep);
    }
    let exports = core_exports(&resolve, world_id);
    let mut module = tailor(guest, module, &exports)?;
    let failed = |message: String| EncodeError::World { guest: guest.to_owned(), message };
    embed_component_metadata(&mut module, &resolve, world_id, StringEncoding::UTF8, false)
        .map_err(|error| failed(format!("{error:#}")))?;
    // What is composed of it is validated as a whole.
    let component = ComponentEncoder::default()
        .module(&module)
        .and_then(|encoder| encoder.encode())
        .map_err(|error| failed(format!("{error:#}")))?;
    compact(&component).map_err(|error| failed(error.to_string()))
}

/// Drops the functions that nobody calls from what a world exports. Of an interface that is there for its types alone,
/// that is all of them.
fn drop_functions(resolve: &mut Resolve, world: WorldId, keep: &Keep) {
    let exports = resolve.worlds[world].exports.iter();
    let interfaces = exports.filter_map(|(key, item)| match item {
        WorldItem::Interface { id, .. } => Some((*id, resolve.name_world_key(key))),
        WorldItem::Function(_) | WorldItem::Type { .. } => None,
    });
    for (id, name) in interfaces.collect::<Vec<_>>() {
        let functions = &mut resolve.interfaces[id].functions;
        match keep.get(&name) {
            Some(None) => {}
            Some(Some(kept)) => functions.retain(|function, _| kept.contains(function)),
            None => functions.clear(),
        }
    }
}

/// The exports of a world that `keep` names, and those whose types they use.
fn with_dependencies(resolve: &Resolve, world: WorldId, keep: &Keep) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let mut waiting: Vec<_> = resolve.worlds[world]
        .exports
        .iter()
        .filter(|(key, _)| keep.contains_key(&resolve.name_world_key(key)))
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

/// What a guest of this world exports for the functions and the resources of its interfaces.
fn core_exports(resolve: &Resolve, world: WorldId) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (key, item) in &resolve.worlds[world].exports {
        let WorldItem::Interface { id, .. } = item else { continue };
        let (of, interface) = (resolve.name_world_key(key), &resolve.interfaces[*id]);
        names.extend(interface.functions.keys().map(|function| format!("{of}#{function}")));
        names.extend(interface.types.keys().map(|resource| format!("{of}#[dtor]{resource}")));
    }
    names
}

/// Makes traps of imports that a guest mentions and never calls.
pub(crate) fn without_imports(
    guest: &str,
    module: &[u8],
    imports: &[(String, String)],
) -> Result<Vec<u8>, EncodeError> {
    if imports.is_empty() {
        return Ok(module.to_vec());
    }
    let mut module = parse(guest, module)?;
    for (from, name) in imports {
        // The compiler may have found that it is not needed.
        let Ok(function) = module.imports.get_func(from, name) else { continue };
        module
            .replace_imported_func(function, |(body, _)| {
                body.unreachable();
            })
            .map_err(|error| EncodeError::Module { guest: guest.to_owned(), message: format!("{error:#}") })?;
    }
    Ok(module.emit_wasm())
}

fn parse(guest: &str, module: &[u8]) -> Result<walrus::Module, EncodeError> {
    let mut config = walrus::ModuleConfig::new();
    config.generate_producers_section(false);
    config.parse(module).map_err(|error| EncodeError::Module { guest: guest.to_owned(), message: format!("{error:#}") })
}

/// Drops the exports of items that are not in `exports`, and what nothing refers to any more.
fn tailor(guest: &str, module: &[u8], exports: &BTreeSet<String>) -> Result<Vec<u8>, EncodeError> {
    let mut module = parse(guest, module)?;
    let unwanted: Vec<_> = module
        .exports
        .iter()
        .filter(|export| is_item(&export.name) && !exports.contains(item(&export.name)))
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
    say_why_it_traps(&mut module);
    Ok(module.emit_wasm())
}

/// Makes room for values that come from outside (canonical ABI, `realloc`).
const REALLOC: &str = "cabi_realloc";

/// What traps there has run out of memory. A guest has no other names, so that a backtrace is told by this one.
pub(crate) const NO_MEMORY: &str = "cabi_realloc: out of memory for a value from outside";

/// Gives the one function that traps by design a name that says why.
fn say_why_it_traps(module: &mut walrus::Module) {
    if let Ok(realloc) = module.exports.get_func(REALLOC) {
        module.funcs.get_mut(realloc).name = Some(NO_MEMORY.to_owned());
    }
}

/// Whether a core export is of an item of an interface: `ns:package/interface@version#function`.
fn is_item(export: &str) -> bool {
    export.contains('#')
}

/// That item; `cabi_post_` exports are of one too.
fn item(export: &str) -> &str {
    export.strip_prefix("cabi_post_").unwrap_or(export)
}
