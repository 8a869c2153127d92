//! Writes a component: items of others with new indices, and items of one's own.

use std::collections::HashMap;

use wasm_encoder::{Alias, ComponentSectionId, ExportKind, ModuleArg};

use super::ObserveError;
use crate::decode::validate;
use crate::link::encode::{Indices, Sink, encode};
use crate::link::items::{Index, Item, Space};

/// A component in the making.
#[derive(Default)]
pub(super) struct Writer {
    pub sink: Sink,
    counts: HashMap<Space, u32>,
    /// Where the items of the component are now that is written again.
    pub map: HashMap<Index, u32>,
}

impl Writer {
    /// Counts an item that was written.
    pub fn next(&mut self, space: Space) -> u32 {
        let count = self.counts.entry(space).or_default();
        *count += 1;
        *count - 1
    }

    /// Where an item is now.
    pub fn now(&self, index: Index) -> Result<u32, ObserveError> {
        self.map.get(&index).copied().ok_or(ObserveError::Dangling { space: index.0, index: index.1 })
    }

    /// Writes an item of the component that is written again.
    pub fn copy(&mut self, item: &Item<'_>) -> Result<(), ObserveError> {
        copy(&mut self.sink, item, &self.map)?;
        if let Some(index) = item.defines {
            let now = self.next(index.0);
            self.map.insert(index, now);
        }
        Ok(())
    }

    /// Writes an item of another component, whose items are where `map` says.
    pub fn copy_of(&mut self, item: &Item<'_>, map: &HashMap<Index, u32>, space: Space) -> Result<u32, ObserveError> {
        copy(&mut self.sink, item, map)?;
        Ok(self.next(space))
    }

    /// Writes a module and its instance. The app's modules are validated by whoever runs them, and these are here.
    pub fn instantiate(&mut self, module: &[u8], args: &[(&str, u32)]) -> Result<u32, ObserveError> {
        validate(module).map_err(|error| ObserveError::Invalid { message: error.message })?;
        self.sink.whole(ComponentSectionId::CoreModule, module);
        let module = self.next(Space::CoreModule);
        let args: Vec<_> = args.iter().map(|(name, instance)| (*name, ModuleArg::Instance(*instance))).collect();
        self.sink.instances().instantiate(module, args);
        Ok(self.next(Space::CoreInstance))
    }

    /// Writes an instance of these items.
    pub fn instance(&mut self, items: &[(&str, ExportKind, u32)]) -> u32 {
        self.sink.instances().export_items(items.to_vec());
        self.next(Space::CoreInstance)
    }

    /// Writes an alias of what a core instance exports.
    pub fn core_alias(&mut self, instance: u32, kind: ExportKind, name: &str) -> u32 {
        self.sink.aliases().alias(Alias::CoreInstanceExport { instance, kind, name });
        self.next(if kind == ExportKind::Memory { Space::CoreMemory } else { Space::CoreFunction })
    }
}

/// Writes an item with the indices of a map.
fn copy(sink: &mut Sink, item: &Item<'_>, map: &HashMap<Index, u32>) -> Result<(), ObserveError> {
    let mut missing = None;
    let mut to = Indices::new(|index| {
        map.get(&index).copied().unwrap_or_else(|| {
            missing = Some(index);
            u32::MAX
        })
    });
    encode(item, &mut to, sink)?;
    match missing {
        Some((space, index)) => Err(ObserveError::Dangling { space, index }),
        None => Ok(()),
    }
}
