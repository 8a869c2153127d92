//! A memory of its own for what is read to its end.
//!
//! How much will come is not known, and what an app's `realloc` gives can be made larger in some guests and freed
//! in none. So the host writes chunk after chunk to this memory, each behind the one before, and the app makes room once,
//! when all is there. No module has both memories, since not every host allows that: the bytes come out of this one as
//! what a function returns, many at a time.

use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, ExportKind, ExportSection, Function, FunctionSection, GlobalSection, GlobalType,
    InstructionSink, MemorySection, MemoryType, Module, TypeSection, ValType,
};

use super::given::at;

/// The memory.
pub(super) const MEMORY: &str = "memory";
/// What makes room in it for the host.
pub(super) const REALLOC: &str = "realloc";
/// Forgets what is there.
pub(super) const START: &str = "start";
/// Sees to it that there is room for so many bytes more; whether there is.
pub(super) const RESERVE: &str = "reserve";
/// Eight bytes.
pub(super) const WORD: &str = "word";
/// As many as `BLOCK` says, in words.
pub(super) const WORDS: &str = "words";

/// Where the host answers.
pub(super) const ANSWER: i32 = 0;
/// Where the first chunk is.
pub(super) const FIRST: i32 = 64;
/// How many bytes come out at a time.
pub(super) const BLOCK: i32 = 32;

/// The only global: where the next chunk goes.
const TOP: u32 = 0;
/// What may be looked at behind the last byte.
const SLACK: i64 = BLOCK as i64;
/// The size of a page, as a power of two.
const PAGE: i64 = 16;
/// The place of what reserves room among the functions.
const RESERVES: u32 = 1;

/// The signature of each function that trampolines call.
pub(super) fn functions() -> [(&'static str, Vec<ValType>, Vec<ValType>); 4] {
    let words = vec![ValType::I64; BLOCK as usize / 8];
    [
        (START, vec![], vec![]),
        (RESERVE, vec![ValType::I64], vec![ValType::I32]),
        (WORD, vec![ValType::I32], vec![ValType::I64]),
        (WORDS, vec![ValType::I32], words),
    ]
}

/// Encodes the module.
pub(super) fn module() -> Vec<u8> {
    let mut memories = MemorySection::new();
    memories.memory(MemoryType { minimum: 1, maximum: None, memory64: false, shared: false, page_size_log2: None });
    let mut globals = GlobalSection::new();
    let top = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
    globals.global(top, &ConstExpr::i32_const(FIRST));

    let (mut types, mut functions) = (TypeSection::new(), FunctionSection::new());
    let (mut code, mut exports) = (CodeSection::new(), ExportSection::new());
    exports.export(MEMORY, ExportKind::Memory, 0);
    let mut add = |name: &str, params: Vec<ValType>, results: Vec<ValType>, write: fn(&mut InstructionSink<'_>)| {
        exports.export(name, ExportKind::Func, functions.len());
        functions.function(types.len());
        types.ty().function(params, results);
        let mut body = Function::new([]);
        let mut instructions = body.instructions();
        write(&mut instructions);
        instructions.end();
        code.function(&body);
    };
    let [start, reserve, word, words] = self::functions();
    add(start.0, start.1, start.2, |code| {
        code.i32_const(FIRST).global_set(TOP);
    });
    add(reserve.0, reserve.1, reserve.2, self::reserve);
    add(word.0, word.1, word.2, |code| {
        code.local_get(0).i64_load(at(0));
    });
    add(words.0, words.1, words.2, |code| {
        for word in 0..BLOCK / 8 {
            code.local_get(0).i64_load(at(8 * word as u64));
        }
    });
    add(REALLOC, vec![ValType::I32; 4], vec![ValType::I32], realloc);
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&memories).section(&globals).section(&exports).section(&code);
    module.finish()
}

fn reserve(code: &mut InstructionSink<'_>) {
    const MORE: u32 = 0;
    // How many pages are missing.
    code.global_get(TOP).i64_extend_i32_u().local_get(MORE).i64_add().i64_const(SLACK + (1 << PAGE) - 1).i64_add();
    code.i64_const(PAGE).i64_shr_u().memory_size(0).i64_extend_i32_u().i64_sub().local_tee(MORE);
    code.i64_const(0).i64_gt_s().if_(BlockType::Result(ValType::I32));
    code.local_get(MORE).i32_wrap_i64().memory_grow(0).i32_const(-1).i32_ne();
    code.else_().i32_const(1).end();
}

/// A host that gives more than it was asked for gets room if there is any.
fn realloc(code: &mut InstructionSink<'_>) {
    const SIZE: u32 = 3;
    code.local_get(SIZE).i64_extend_i32_u().call(RESERVES).i32_eqz().if_(BlockType::Empty).unreachable().end();
    code.global_get(TOP);
    code.global_get(TOP).local_get(SIZE).i32_add().global_set(TOP);
}
