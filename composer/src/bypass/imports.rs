//! What the trampolines import, encoded: the raw functions, and those that lend a handle.
//!
//! Types are the encoder's business. It makes a component of a module that imports all of it, and its
//! types and imports are taken over; the module is not.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexSet;
use wasm_encoder as wasm;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::abi::AbiVariant;
use wit_parser::{Function, InterfaceId, Resolve, WorldId, WorldItem, WorldKey};

use super::BypassError;
use crate::core_type::core_types;
use crate::wit::{ADAPTER_WORLD, FriendlyWorld};

/// An imported function: the full name of its interface, and its own.
pub(crate) type Import = (String, String);

/// The interfaces that a bypass can import, raw and friendly ones.
pub(crate) struct Known {
    pub resolve: Resolve,
    world: WorldId,
    interfaces: BTreeMap<String, InterfaceId>,
}

impl Known {
    /// The adapter's world, with what it exports as imports too.
    pub fn new(friendly: &FriendlyWorld) -> Option<Self> {
        let mut resolve = friendly.resolve.clone();
        let world = friendly.world(ADAPTER_WORLD)?;
        let items = &mut resolve.worlds[world];
        let exports = std::mem::take(&mut items.exports);
        items.imports.extend(exports);
        let interfaces = resolve.worlds[world].imports.values().filter_map(|item| match item {
            WorldItem::Interface { id, .. } => Some((resolve.id_of(*id)?, *id)),
            WorldItem::Function(_) | WorldItem::Type { .. } => None,
        });
        let interfaces = interfaces.collect();
        Some(Self { resolve, world, interfaces })
    }

    /// A function of one of them.
    pub fn function(&self, import: &Import) -> Option<&Function> {
        self.resolve.interfaces[*self.interfaces.get(&import.0)?].functions.get(&import.1)
    }

    /// The parameters and results of a function as a core module imports it.
    pub fn signature(&self, import: &Import) -> Option<(Vec<wasm::ValType>, Vec<wasm::ValType>)> {
        Some(core_types(&self.resolve.wasm_signature(AbiVariant::GuestImport, self.function(import)?)))
    }

    /// A component that imports these functions and has nothing else.
    pub fn encode(&mut self, imports: &IndexSet<Import>) -> Result<Vec<u8>, BypassError> {
        let failed = |message: String| BypassError::Imports { message };
        self.leave(imports);
        let mut module = self.module(imports)?;
        embed_component_metadata(&mut module, &self.resolve, self.world, StringEncoding::UTF8, false)
            .map_err(|error| failed(format!("{error:#}")))?;
        ComponentEncoder::default()
            .module(&module)
            .and_then(|encoder| encoder.encode())
            .map_err(|error| failed(format!("{error:#}")))
    }

    /// Takes out of the world what these functions have nothing to do with: all of it would be encoded first.
    fn leave(&mut self, imports: &IndexSet<Import>) {
        let mut waiting: Vec<_> = imports.iter().filter_map(|(interface, _)| self.interfaces.get(interface)).collect();
        let mut used = BTreeSet::new();
        while let Some(id) = waiting.pop() {
            let name = self.resolve.id_of(*id).unwrap_or_default();
            if used.insert(name) {
                let uses = self.resolve.interface_direct_deps(*id).filter_map(|id| self.resolve.id_of(id));
                waiting.extend(uses.filter_map(|name| self.interfaces.get(&name)));
            }
        }
        let resolve = &self.resolve;
        let is_used = |key: &WorldKey| used.contains(&resolve.name_world_key(key));
        let left: Vec<_> = resolve.worlds[self.world].imports.keys().filter(|key| !is_used(key)).cloned().collect();
        left.iter().for_each(|key| {
            self.resolve.worlds[self.world].imports.shift_remove(key);
        });
    }

    fn module(&self, names: &IndexSet<Import>) -> Result<Vec<u8>, BypassError> {
        let (mut types, mut imports) = (wasm::TypeSection::new(), wasm::ImportSection::new());
        for (index, import) in names.iter().enumerate() {
            let missing = || BypassError::Imports { message: format!("there is no `{}` in `{}`", import.1, import.0) };
            let (params, results) = self.signature(import).ok_or_else(missing)?;
            types.ty().function(params, results);
            imports.import(&import.0, &import.1, wasm::EntityType::Function(index as u32));
        }
        // What the encoder wants a module to have that is given lists.
        let realloc = types.len();
        types.ty().function([wasm::ValType::I32; 4], [wasm::ValType::I32]);
        let mut functions = wasm::FunctionSection::new();
        functions.function(realloc);
        let mut memories = wasm::MemorySection::new();
        memories.memory(wasm::MemoryType {
            minimum: 0,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        let mut exports = wasm::ExportSection::new();
        exports.export("memory", wasm::ExportKind::Memory, 0);
        exports.export("cabi_realloc", wasm::ExportKind::Func, imports.len());
        let mut body = wasm::Function::new([]);
        body.instructions().unreachable().end();
        let mut code = wasm::CodeSection::new();
        code.function(&body);
        let mut module = wasm::Module::new();
        module
            .section(&types)
            .section(&imports)
            .section(&functions)
            .section(&memories)
            .section(&exports)
            .section(&code);
        Ok(module.finish())
    }
}
