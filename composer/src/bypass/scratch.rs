//! Room in the app's memory for what is answered to a trampoline.
//!
//! A function that is lowered with the app's memory answers there, and nothing there is free: what an app's
//! `realloc` gives is the app's to keep or to lose. So the first bytes of the memory are kept aside for the time
//! of a call, and put back after it. The only code of the app that runs in between is `realloc`, which makes
//! room for a list before the answer is whole; it gets to see the app's own bytes, too.

use wasm_encoder::{
    CodeSection, ConstExpr, EntityType, ExportKind, ExportSection, Function, FunctionSection, GlobalSection,
    GlobalType, ImportSection, InstructionSink, MemArg, MemArgTarget, MemoryType, Module, TypeSection, ValType,
};

use super::given;

/// Where the room is, whatever is there.
pub(super) const SCRATCH: i32 = 0;

/// Keeps the app's bytes aside.
pub(super) const KEEP: &str = "keep";
/// Puts them back.
pub(super) const PUT_BACK: &str = "put-back";

/// How much is kept at a time, in bytes.
const WORD: u32 = 8;

/// The place of what makes room for lists among the module's functions, where it is imported.
const REALLOC: u32 = 0;

/// Encodes the module that keeps so many bytes; and one that makes room for lists, if the app has one to do so.
pub(super) fn module(bytes: u32, has_realloc: bool) -> Vec<u8> {
    let words = bytes.div_ceil(WORD);
    let (mut types, mut imports) = (TypeSection::new(), ImportSection::new());
    let memory = MemoryType { minimum: 0, maximum: None, memory64: false, shared: false, page_size_log2: None };
    imports.import(given::APP, given::MEMORY, EntityType::Memory(memory));
    types.ty().function([], []);
    let mut first = 0;
    if has_realloc {
        types.ty().function([ValType::I32; 4], [ValType::I32]);
        imports.import(given::APP, given::REALLOC, EntityType::Function(1));
        first = 1;
    }
    let mut globals = GlobalSection::new();
    for _ in 0..words {
        let word = GlobalType { val_type: ValType::I64, mutable: true, shared: false };
        globals.global(word, &ConstExpr::i64_const(0));
    }

    let (mut functions, mut code, mut exports) = (FunctionSection::new(), CodeSection::new(), ExportSection::new());
    let mut add = |ty: u32, name: &str, body: &Function| {
        exports.export(name, ExportKind::Func, first + functions.len());
        functions.function(ty);
        code.function(body);
    };
    add(0, KEEP, &with([], |code| keep(code, words)));
    add(0, PUT_BACK, &with([], |code| put_back(code, words)));
    if has_realloc {
        add(1, given::REALLOC, &with([(words, ValType::I64)], |code| realloc(code, words)));
    }
    let mut module = Module::new();
    module.section(&types).section(&imports).section(&functions).section(&globals).section(&exports).section(&code);
    module.finish()
}

fn with<const N: usize>(locals: [(u32, ValType); N], write: impl Fn(&mut InstructionSink<'_>)) -> Function {
    let mut function = Function::new(locals);
    let mut code = function.instructions();
    write(&mut code);
    code.end();
    function
}

fn keep(code: &mut InstructionSink<'_>, words: u32) {
    for word in 0..words {
        code.i32_const(SCRATCH).i64_load(at(word)).global_set(word);
    }
}

fn put_back(code: &mut InstructionSink<'_>, words: u32) {
    for word in 0..words {
        code.i32_const(SCRATCH).global_get(word).i64_store(at(word));
    }
}

/// The answer so far is kept aside in turn.
fn realloc(code: &mut InstructionSink<'_>, words: u32) {
    const PARAMS: u32 = 4;
    for word in 0..words {
        code.i32_const(SCRATCH).i64_load(at(word)).local_set(PARAMS + word);
    }
    put_back(code, words);
    (0..PARAMS).for_each(|param| {
        code.local_get(param);
    });
    code.call(REALLOC);
    keep(code, words);
    for word in 0..words {
        code.i32_const(SCRATCH).local_get(PARAMS + word).i64_store(at(word));
    }
}

fn at(word: u32) -> MemArg {
    MemArg { offset: u64::from(word * WORD), align: 0, target: MemArgTarget::default(), ordering: None }
}
