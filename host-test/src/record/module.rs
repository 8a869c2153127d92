//! A core module that is written here, function by function.

use std::collections::BTreeMap;

use indexmap::{IndexMap, IndexSet};
use wasm_encoder::{
    CodeSection, ConstExpr, EntityType, ExportKind, ExportSection, Function, FunctionSection, GlobalSection,
    GlobalType, ImportSection, MemorySection, MemoryType, Module, TypeSection, ValType,
};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve, WasmExport, WorldId};

use super::error::RecordError;

/// The legacy names are the ones that carry an interface's full version.
pub const ABI: ManglingAndAbi = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);

/// What a core function takes and gives.
pub type Signature = (Vec<ValType>, Vec<ValType>);

/// A module under way.
#[derive(Debug, Default)]
pub struct Draft {
    types: IndexSet<Signature>,
    /// Imported functions: module and name to the place of the type.
    imports: IndexMap<(String, String), u32>,
    /// Functions: the place of the type, and what they do once that is known.
    functions: Vec<(u32, Option<Function>)>,
    exports: BTreeMap<String, u32>,
    globals: Vec<i32>,
}

impl Draft {
    /// The place of a type.
    fn ty(&mut self, signature: Signature) -> u32 {
        super::owned::small(self.types.insert_full(signature).0)
    }

    /// The index of an imported function. All must be asked for before the first function is declared.
    pub fn import(&mut self, name: (String, String), signature: Signature) -> u32 {
        let ty = self.ty(signature);
        super::owned::small(self.imports.insert_full(name, ty).0)
    }

    /// The index of a function that is yet to be written.
    pub fn declare(&mut self, signature: Signature) -> u32 {
        let ty = self.ty(signature);
        self.functions.push((ty, None));
        super::owned::small(self.imports.len() + self.functions.len() - 1)
    }

    /// Writes it.
    pub fn define(&mut self, index: u32, body: Function) {
        let place = (index as usize).checked_sub(self.imports.len());
        if let Some((_, function)) = place.and_then(|place| self.functions.get_mut(place)) {
            *function = Some(body);
        }
    }

    /// Gives it out.
    pub fn export(&mut self, name: String, index: u32) {
        self.exports.insert(name, index);
    }

    /// A number that functions share.
    pub fn global(&mut self, first: i32) -> u32 {
        self.globals.push(first);
        super::owned::small(self.globals.len() - 1)
    }

    /// The component of the module.
    pub fn encode(&self, resolve: &Resolve, world: WorldId) -> Result<Vec<u8>, RecordError> {
        let mut module = self.module(resolve);
        embed_component_metadata(&mut module, resolve, world, StringEncoding::UTF8, false)
            .and_then(|()| {
                ComponentEncoder::default()
                    .merge_imports_based_on_semver(false)
                    .validate(true)
                    .module(&module)?
                    .encode()
            })
            .map_err(RecordError::recorder)
    }

    fn module(&self, resolve: &Resolve) -> Vec<u8> {
        let mut types = TypeSection::new();
        for (params, results) in &self.types {
            types.ty().function(params.iter().copied(), results.iter().copied());
        }
        let mut imports = ImportSection::new();
        for ((module, name), ty) in &self.imports {
            imports.import(module, name, EntityType::Function(*ty));
        }
        let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
        for (ty, body) in &self.functions {
            functions.function(*ty);
            code.function(body.as_ref().unwrap_or(&Function::new([])));
        }
        let mut globals = GlobalSection::new();
        for first in &self.globals {
            let ty = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
            globals.global(ty, &ConstExpr::i32_const(*first));
        }
        let mut exports = ExportSection::new();
        for (name, index) in &self.exports {
            exports.export(name, ExportKind::Func, *index);
        }
        exports.export(&resolve.wasm_export_name(ABI, WasmExport::Memory), ExportKind::Memory, 0);
        let memory = MemoryType { minimum: 1, maximum: None, memory64: false, shared: false, page_size_log2: None };
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&functions);
        module.section(MemorySection::new().memory(memory)).section(&globals).section(&exports).section(&code);
        module.finish()
    }
}
