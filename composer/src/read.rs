//! First stage: resolved WIT packages to `RawWorld`, the world that is to be reshaped.

use thiserror::Error;
use wit_parser::{InterfaceId, PackageId, Resolve, WorldId, WorldItem, WorldKey};

/// The raw world, resolved.
#[derive(Debug, Clone)]
pub struct RawWorld {
    /// All packages of the WIT folder.
    pub resolve: Resolve,
    /// The world to reshape.
    pub world: WorldId,
    /// The package that the world belongs to: the one that is reshaped.
    pub package: PackageId,
    /// The imported interfaces of that package, dependencies first.
    pub imports: Vec<InterfaceId>,
    /// The exported interfaces of that package.
    pub exports: Vec<InterfaceId>,
    /// The imported interfaces of other packages, by full name: what the host has besides.
    pub platform: Vec<String>,
}

/// Why a WIT folder is not a world to reshape.
#[derive(Debug, Error)]
pub enum ReadError {
    /// There is no such world.
    #[error("no world `{world}` in the WIT: {message}; name one with --world")]
    World {
        /// The world that was asked for.
        world: String,
        /// What the parser says.
        message: String,
    },
    /// An item that a reshaped world cannot have.
    #[error("world item `{path}` is not supported: {reason}; {advice}")]
    Item {
        /// The item.
        path: String,
        /// Why.
        reason: &'static str,
        /// What to do.
        advice: &'static str,
    },
}

/// Finds `world` (`world`, `ns:package/world` or with a version) among the resolved packages.
pub fn read(resolve: Resolve, world: &str) -> Result<RawWorld, ReadError> {
    let packages: Vec<PackageId> = resolve.packages.iter().map(|(id, _)| id).collect();
    let world = resolve
        .select_world(&packages, Some(world))
        .map_err(|error| ReadError::World { world: world.to_owned(), message: format!("{error:#}") })?;
    select(resolve, world)
}

fn select(resolve: Resolve, world: WorldId) -> Result<RawWorld, ReadError> {
    let package = resolve.worlds[world].package.ok_or_else(|| ReadError::Item {
        path: resolve.worlds[world].name.clone(),
        reason: "the world has no package",
        advice: "declare one in the WIT",
    })?;
    let (imports, platform) = split_imports(&resolve, world, package)?;
    let exports = exported_interfaces(&resolve, world)?;
    let imports = dependencies_first(&resolve, &imports);
    Ok(RawWorld { resolve, world, package, imports, exports, platform })
}

fn split_imports(
    resolve: &Resolve,
    world: WorldId,
    package: PackageId,
) -> Result<(Vec<InterfaceId>, Vec<String>), ReadError> {
    let mut own = Vec::new();
    let mut platform = Vec::new();
    for (key, item) in &resolve.worlds[world].imports {
        let id = named_interface(resolve, key, item)?;
        if resolve.interfaces[id].package == Some(package) {
            own.push(id);
        } else if let Some(name) = resolve.id_of(id) {
            platform.push(name);
        }
    }
    Ok((own, platform))
}

fn exported_interfaces(resolve: &Resolve, world: WorldId) -> Result<Vec<InterfaceId>, ReadError> {
    resolve.worlds[world].exports.iter().map(|(key, item)| named_interface(resolve, key, item)).collect()
}

fn named_interface(resolve: &Resolve, key: &WorldKey, item: &WorldItem) -> Result<InterfaceId, ReadError> {
    let path = resolve.name_world_key(key);
    match (key, item) {
        (WorldKey::Interface(_), WorldItem::Interface { id, .. }) => Ok(*id),
        (WorldKey::Name(_), WorldItem::Interface { .. }) => Err(ReadError::Item {
            path,
            reason: "it is an interface without a package",
            advice: "move it out of the world into an interface of its own",
        }),
        (_, WorldItem::Function(_) | WorldItem::Type { .. }) => Err(ReadError::Item {
            path,
            reason: "it stands in the world and not in an interface",
            advice: "move it into an interface",
        }),
    }
}

/// The interfaces so that each comes after those it uses types of.
fn dependencies_first(resolve: &Resolve, interfaces: &[InterfaceId]) -> Vec<InterfaceId> {
    let mut ordered: Vec<InterfaceId> = Vec::with_capacity(interfaces.len());
    let mut waiting: Vec<InterfaceId> = interfaces.to_vec();
    while !waiting.is_empty() {
        let (ready, rest): (Vec<_>, Vec<_>) = waiting.iter().partition(|id| {
            resolve.interface_direct_deps(**id).all(|dependency| dependency == **id || !waiting.contains(&dependency))
        });
        // A resolved package has no cycles, so some interface is always ready.
        if ready.is_empty() {
            ordered.extend(rest);
            break;
        }
        ordered.extend(ready);
        waiting = rest;
    }
    ordered
}
