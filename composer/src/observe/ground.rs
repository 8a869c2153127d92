//! The module that the observer stands on: its memory, with the tables, and what it has no import for.
//!
//! The observer's imports are lowered with its memory, so that the memory has to be there before the observer is. It is
//! in a module of its own for that.

use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, DataSection, ExportKind, ExportSection, Function, FunctionSection,
    GlobalSection, GlobalType, MemorySection, MemoryType, Module, TypeSection, ValType,
};

use super::tables::Tables;
use super::wrap::uses;
use super::{dispatch, host, relay};

/// Bytes of a page.
pub(super) const PAGE: u32 = 64 * 1024;

/// What it exports: its memory, and where the tables are.
pub(super) const MEMORY: &str = "memory";
const TABLES: &str = "tables";
/// It also says whether observing is switched on, and gives the host room for the one text that it answers.
const SET: &str = "set";
pub(super) const REALLOC: &str = "realloc";

/// How long that text is at most, in bytes.
pub(super) const ROOM: u32 = 64;

/// These stand for functions of the host that are not used. Nobody calls them.
fn unused() -> Vec<(&'static str, Vec<ValType>, Option<ValType>)> {
    let hooks = dispatch::functions().map(|(name, _, takes)| (name, dispatch::with_place(&takes), None));
    let named = host::FUNCTIONS.map(|(name, takes)| (name, takes.to_vec(), None));
    let spans = [("wall", vec![ValType::I32], None), ("random", Vec::new(), Some(ValType::I64))];
    hooks.into_iter().chain(named).chain(spans).collect()
}

/// The functions that the observer is given of it, unless there is something better to give.
pub(super) fn exports() -> Vec<&'static str> {
    let relayed = relay::FUNCTIONS.iter().map(|function| function.name);
    [TABLES, SET].into_iter().chain(unused().into_iter().map(|(name, ..)| name)).chain(relayed).collect()
}

/// Encodes it for an observer that has no tables.
pub(super) fn bare() -> Vec<u8> {
    module(&Tables { start: 0, bytes: Vec::new(), end: 0 })
}

/// Encodes the module.
pub(super) fn module(tables: &Tables) -> Vec<u8> {
    let (mut types, mut functions, mut code) = (TypeSection::new(), FunctionSection::new(), CodeSection::new());
    let mut exports = ExportSection::new();
    let (mut memories, mut data) = (MemorySection::new(), DataSection::new());
    let room = tables.end.next_multiple_of(8);
    let pages = u64::from((room + ROOM).div_ceil(PAGE));
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
    add(SET, vec![ValType::I32], &[], &|function| {
        function.instructions().local_get(0).global_set(0);
    });
    add(REALLOC, vec![ValType::I32; 4], &[ValType::I32], &|function| {
        let mut code = function.instructions();
        code.local_get(3).i32_const(ROOM.cast_signed()).i32_gt_u().if_(BlockType::Empty).unreachable().end();
        code.i32_const(room.cast_signed());
    });
    for (name, params, result) in unused() {
        add(name, params, &Vec::from_iter(result), &|function| {
            function.instructions().unreachable();
        });
    }
    // Where the adapter has no observer, nobody is told.
    for function in &relay::FUNCTIONS {
        let results = function.core_results();
        add(function.name, function.core_params(), &results, &|body| {
            results.iter().for_each(|_| {
                body.instructions().i64_const(0);
            });
        });
    }
    let mut globals = GlobalSection::new();
    let on = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
    globals.global(on, &ConstExpr::i32_const(1));
    exports.export(uses::ON, ExportKind::Global, 0);
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&memories).section(&globals);
    module.section(&exports).section(&code).section(&data);
    module.finish()
}
