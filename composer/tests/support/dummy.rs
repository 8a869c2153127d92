//! Components that have the types of a world and do nothing: every function traps.

use composer::core_type::core_type;
use wasm_encoder as wasm;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::abi::WasmType;
use wit_parser::{
    Function, LiftLowerAbi, ManglingAndAbi, Resolve, WasmExport, WasmExportKind, WasmImport, WorldId, WorldItem,
    WorldKey,
};

const ABI: ManglingAndAbi = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);

/// A component of the only world in this WIT.
pub fn of_wit(wit: &str) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let package = resolve.push_source("test.wit", wit).unwrap_or_else(|error| panic!("{error:#}\n{wit}"));
    let world = resolve.select_world(&[package], None).expect("one world");
    component(&resolve, world)
}

/// A component of a world.
pub fn component(resolve: &Resolve, world: WorldId) -> Vec<u8> {
    try_component(resolve, world).unwrap_or_else(|error| panic!("{error}"))
}

/// A component of a world, unless the world cannot be encoded.
pub fn try_component(resolve: &Resolve, world: WorldId) -> Result<Vec<u8>, String> {
    let module = module(resolve, world);
    let mut encoder = ComponentEncoder::default();
    let encoder = encoder.validate(true).module(&module);
    encoder.and_then(|encoder| encoder.encode()).map_err(|error| format!("{error:#}"))
}

/// The core module of such a component.
pub fn module(resolve: &Resolve, world: WorldId) -> Vec<u8> {
    let mut dummy = Dummy::default();
    for (interface, function) in functions(resolve, &resolve.worlds[world].imports) {
        dummy.import(resolve, interface, function);
    }
    for (interface, function) in functions(resolve, &resolve.worlds[world].exports) {
        let export = WasmExport::Func { interface, func: function, kind: WasmExportKind::Normal };
        let name = resolve.wasm_export_name(ABI, export);
        let signature = resolve.wasm_signature(ABI.export_variant(), function);
        dummy.export(&name, &signature.params, &signature.results);
    }
    let realloc = resolve.wasm_export_name(ABI, WasmExport::Realloc);
    dummy.export(&realloc, &[WasmType::I32; 4], &[WasmType::I32]);
    let mut module = dummy.finish(&resolve.wasm_export_name(ABI, WasmExport::Memory));
    embed_component_metadata(&mut module, resolve, world, StringEncoding::UTF8, false)
        .expect("the world can be embedded");
    module
}

/// The functions among the items of a world, with the interface they are of.
fn functions<'a>(
    resolve: &'a Resolve,
    items: impl IntoIterator<Item = (&'a WorldKey, &'a WorldItem)>,
) -> Vec<(Option<&'a WorldKey>, &'a Function)> {
    let mut functions = Vec::new();
    for (key, item) in items {
        match item {
            WorldItem::Interface { id, .. } => {
                functions.extend(resolve.interfaces[*id].functions.values().map(|function| (Some(key), function)));
            }
            WorldItem::Function(function) => functions.push((None, function)),
            WorldItem::Type { .. } => {}
        }
    }
    functions
}

/// The sections of a core module. All imports come before the first export, as their indices do.
#[derive(Default)]
struct Dummy {
    types: wasm::TypeSection,
    imports: wasm::ImportSection,
    functions: wasm::FunctionSection,
    exports: wasm::ExportSection,
    code: wasm::CodeSection,
}

impl Dummy {
    fn import(&mut self, resolve: &Resolve, interface: Option<&WorldKey>, func: &Function) {
        let (module, name) = resolve.wasm_import_name(ABI, WasmImport::Func { interface, func });
        let signature = resolve.wasm_signature(ABI.import_variant(), func);
        let ty = self.ty(&signature.params, &signature.results);
        self.imports.import(&module, &name, wasm::EntityType::Function(ty));
    }

    fn export(&mut self, name: &str, params: &[WasmType], results: &[WasmType]) {
        let ty = self.ty(params, results);
        let index = self.imports.len() + self.functions.len();
        self.functions.function(ty);
        let mut body = wasm::Function::new([]);
        body.instruction(&wasm::Instruction::Unreachable).instruction(&wasm::Instruction::End);
        self.code.function(&body);
        self.exports.export(name, wasm::ExportKind::Func, index);
    }

    fn ty(&mut self, params: &[WasmType], results: &[WasmType]) -> u32 {
        let index = self.types.len();
        self.types.ty().function(params.iter().copied().map(core_type), results.iter().copied().map(core_type));
        index
    }

    fn finish(mut self, memory: &str) -> Vec<u8> {
        self.exports.export(memory, wasm::ExportKind::Memory, 0);
        let mut memories = wasm::MemorySection::new();
        memories.memory(wasm::MemoryType {
            minimum: 1,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        let mut module = wasm::Module::new();
        module
            .section(&self.types)
            .section(&self.imports)
            .section(&self.functions)
            .section(&memories)
            .section(&self.exports)
            .section(&self.code);
        module.finish()
    }
}
