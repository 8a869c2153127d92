//! What a component imports, each function and each resource with a number: what lines of a recording refer to.

use wit_parser::{Function, InterfaceId, Resolve, TypeDefKind, TypeId, WorldItem, WorldKey};

use super::error::RecordError;
use super::worlds::{Worlds, counterpart};

/// A function of the host.
#[derive(Debug, Clone)]
pub struct RawFunction<'a> {
    /// Its interface, as the host has it.
    pub key: WorldKey,
    /// The interface as the recorder gives it to the component.
    pub counterpart_key: WorldKey,
    /// The full name of the interface.
    pub interface: String,
    /// As the host has it.
    pub function: &'a Function,
    /// As the component has it.
    pub counterpart: &'a Function,
}

/// A resource of the host.
#[derive(Debug, Clone)]
pub struct RawResource {
    /// Its interface, as the host has it.
    pub key: WorldKey,
    /// The interface as the recorder gives it to the component.
    pub counterpart_key: WorldKey,
    /// As the host has it.
    pub id: TypeId,
    /// As the component has it.
    pub counterpart: TypeId,
}

/// All that there is, in the order of the component's imports.
#[derive(Debug, Clone)]
pub struct Items<'a> {
    /// The functions: one's number is its place.
    pub functions: Vec<RawFunction<'a>>,
    /// The resources.
    pub resources: Vec<RawResource>,
}

impl<'a> Items<'a> {
    /// Finds them.
    pub fn of(worlds: &'a Worlds) -> Result<Self, RecordError> {
        let mut items = Self { functions: Vec::new(), resources: Vec::new() };
        for interface in &worlds.imports {
            items.add(worlds, interface)?;
        }
        Ok(items)
    }

    /// The place of a resource, which either side may name.
    pub fn resource(&self, id: TypeId) -> Option<usize> {
        self.resources.iter().position(|resource| resource.id == id || resource.counterpart == id)
    }

    fn add(&mut self, worlds: &'a Worlds, interface: &str) -> Result<(), RecordError> {
        let resolve = &worlds.resolve;
        let world = &resolve.worlds[worlds.between];
        let missing = || RecordError::App { reason: format!("it imports `{interface}`, which is no interface") };
        let (key, id) = find(resolve, &world.imports, interface).ok_or_else(missing)?;
        let (counterpart_key, counterpart_id) =
            find(resolve, &world.exports, &counterpart(interface)).ok_or_else(missing)?;
        let (host, given) = (&resolve.interfaces[id], &resolve.interfaces[counterpart_id]);
        for (name, function) in &host.functions {
            let counterpart = given.functions.get(name).ok_or_else(missing)?;
            let (key, counterpart_key) = (key.clone(), counterpart_key.clone());
            let interface = interface.to_owned();
            self.functions.push(RawFunction { key, counterpart_key, interface, function, counterpart });
        }
        for (name, id) in &host.types {
            if let TypeDefKind::Resource = resolve.types[*id].kind {
                let counterpart = *given.types.get(name).ok_or_else(missing)?;
                let (key, counterpart_key) = (key.clone(), counterpart_key.clone());
                self.resources.push(RawResource { key, counterpart_key, id: *id, counterpart });
            }
        }
        Ok(())
    }
}

/// An interface of a world by its name.
pub fn find(
    resolve: &Resolve,
    among: &indexmap::IndexMap<WorldKey, WorldItem>,
    name: &str,
) -> Option<(WorldKey, InterfaceId)> {
    among.iter().find_map(|(key, item)| match item {
        WorldItem::Interface { id, .. } if resolve.name_world_key(key) == name => Some((key.clone(), *id)),
        WorldItem::Interface { .. } | WorldItem::Function(_) | WorldItem::Type { .. } => None,
    })
}
