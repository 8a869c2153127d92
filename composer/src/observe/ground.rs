//! The module that the observer stands on: its memory, with the tables, and what it has no import for.
//!
//! The observer's imports are lowered with its memory, so that the memory has to be there before the observer is. It is
//! in a module of its own for that.

use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ExportKind, ExportSection, Function, FunctionSection, MemorySection,
    MemoryType, Module, TypeSection, ValType,
};

use super::relay;
use super::tables::Tables;

/// Bytes of a page.
pub(super) const PAGE: u32 = 64 * 1024;

/// What it exports: its memory, and where the tables are.
pub(super) const MEMORY: &str = "memory";
const TABLES: &str = "tables";

/// These stand for a log endpoint where none is used. Nobody calls them.
const LOG: [&str; 2] = ["log_open", "log_write"];

/// The functions that the observer is given of it, unless there is something better to give.
pub(super) fn exports() -> Vec<&'static str> {
    let relayed = relay::FUNCTIONS.iter().map(|function| function.name);
    [TABLES].into_iter().chain(LOG).chain(relayed).collect()
}

/// Encodes the module.
pub(super) fn module(tables: &Tables) -> Vec<u8> {
    let (mut types, mut functions, mut code) = (TypeSection::new(), FunctionSection::new(), CodeSection::new());
    let mut exports = ExportSection::new();
    let (mut memories, mut data) = (MemorySection::new(), DataSection::new());
    let pages = u64::from(tables.end.div_ceil(PAGE));
    let memory =
        MemoryType { minimum: pages, maximum: Some(pages), memory64: false, shared: false, page_size_log2: None };
    memories.memory(memory);
    exports.export(MEMORY, ExportKind::Memory, 0);
    data.active(0, &ConstExpr::i32_const(tables.start.cast_signed()), tables.bytes.iter().copied());

    let mut add = |name: &str, params: Vec<ValType>, results: &[ValType], body: &dyn Fn(&mut Function)| {
        types.ty().function(params, results.iter().copied());
        exports.export(name, ExportKind::Func, functions.len());
        functions.function(functions.len());
        let mut function = Function::new([]);
        body(&mut function);
        function.instructions().end();
        code.function(&function);
    };
    add(TABLES, Vec::new(), &[ValType::I32], &|function| {
        function.instructions().i32_const(tables.start.cast_signed());
    });
    for name in LOG {
        add(name, vec![ValType::I32; 3], &[], &|function| {
            function.instructions().unreachable();
        });
    }
    // Where the adapter has no observer, nobody is told.
    for function in &relay::FUNCTIONS {
        add(function.name, function.core_params(), &[], &|_| {});
    }
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&memories).section(&exports).section(&code).section(&data);
    module.finish()
}
