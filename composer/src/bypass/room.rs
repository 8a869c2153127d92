//! Room in the app's memory for what is answered to a trampoline.
//!
//! A function that is lowered with the app's memory answers there, and nothing there is free: what an app's
//! `realloc` gives is the app's to keep or to lose. So the first bytes of the memory are kept aside for the time
//! of a call, and put back after it. The only code of the app that runs in between is `realloc`, which makes
//! room for a list before the answer is whole; it gets to see the app's own bytes, too.
//!
//! What is read to its end comes in several lists, and the app is to have one. While they are gathered, each is made
//! room for at the end of those before, so that it is written where it stays.

use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, EntityType, ExportKind, ExportSection, Function, FunctionSection, GlobalSection,
    GlobalType, ImportSection, InstructionSink, MemArg, MemArgTarget, MemoryType, Module, TypeSection, ValType,
};

use super::trampoline::given;

/// Where the room is, whatever is there.
pub(super) const ROOM: i32 = 0;

/// Keeps the app's bytes aside.
pub(super) const KEEP: &str = "keep";
/// Puts them back.
pub(super) const PUT_BACK: &str = "put-back";

/// From here on lists are gathered.
pub(super) const GATHER: &str = "gather";
/// The end of it: where they are, and in the upper half how many bytes.
pub(super) const GATHERED: &str = "gathered";
/// The end of it where nobody wants them.
pub(super) const DISCARD: &str = "discard";

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
        types.ty().function([], [ValType::I64]);
        imports.import(given::APP, given::REALLOC, EntityType::Function(1));
        first = 1;
    }
    let mut globals = GlobalSection::new();
    for _ in 0..words {
        let word = GlobalType { val_type: ValType::I64, mutable: true, shared: false };
        globals.global(word, &ConstExpr::i64_const(0));
    }
    if has_realloc {
        for _ in 0..Gathered::GLOBALS {
            let number = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
            globals.global(number, &ConstExpr::i32_const(0));
        }
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
        let gathered = Gathered::after(words);
        add(1, given::REALLOC, &with([(words, ValType::I64)], |code| realloc(code, words, &gathered)));
        add(0, GATHER, &with([], |code| gather(code, &gathered)));
        add(2, GATHERED, &with([], |code| all_gathered(code, &gathered)));
        add(0, DISCARD, &with([], |code| discard(code, &gathered)));
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
        code.i32_const(ROOM).i64_load(at(word)).global_set(word);
    }
}

fn put_back(code: &mut InstructionSink<'_>, words: u32) {
    for word in 0..words {
        code.i32_const(ROOM).global_get(word).i64_store(at(word));
    }
}

/// Makes room for a list as the app does, or at the end of what was gathered. The answer so far is kept aside in turn.
fn realloc(code: &mut InstructionSink<'_>, words: u32, gathered: &Gathered) {
    const PARAMS: u32 = 4;
    const ALIGN: u32 = 2;
    const SIZE: u32 = 3;
    // An empty list is nowhere.
    code.global_get(gathered.is_on).local_get(SIZE).i32_eqz().i32_and().if_(BlockType::Empty);
    code.local_get(ALIGN).return_().end();
    for word in 0..words {
        code.i32_const(ROOM).i64_load(at(word)).local_set(PARAMS + word);
    }
    put_back(code, words);
    code.global_get(gathered.is_on).if_(BlockType::Result(ValType::I32));
    code.global_get(gathered.start).global_get(gathered.held).local_get(ALIGN);
    code.global_get(gathered.length).local_get(SIZE).i32_add().global_set(gathered.held);
    // No memory has room for more bytes than can be counted.
    code.global_get(gathered.held).local_get(SIZE).i32_lt_u().if_(BlockType::Empty).unreachable().end();
    code.global_get(gathered.held).call(REALLOC).global_set(gathered.start);
    code.global_get(gathered.start).global_get(gathered.length).i32_add();
    code.global_get(gathered.held).global_set(gathered.length);
    code.else_();
    (0..PARAMS).for_each(|param| {
        code.local_get(param);
    });
    code.call(REALLOC).end();
    keep(code, words);
    for word in 0..words {
        code.i32_const(ROOM).local_get(PARAMS + word).i64_store(at(word));
    }
}

/// Where the globals are that say what was gathered, after those of the room.
struct Gathered {
    /// Whether lists are gathered now.
    is_on: u32,
    /// Where they are; the app's `realloc` gave it.
    start: u32,
    /// How many bytes it gave. When none are gathered, a byte may be left of what was discarded: there is no more to free it
    /// with than `realloc`, which gives no room for nothing.
    held: u32,
    /// How many of them are gathered.
    length: u32,
}

impl Gathered {
    const GLOBALS: u32 = 4;

    fn after(words: u32) -> Self {
        Self { is_on: words, start: words + 1, held: words + 2, length: words + 3 }
    }
}

fn gather(code: &mut InstructionSink<'_>, gathered: &Gathered) {
    code.i32_const(1).global_set(gathered.is_on).i32_const(0).global_set(gathered.length);
}

fn all_gathered(code: &mut InstructionSink<'_>, gathered: &Gathered) {
    code.i32_const(0).global_set(gathered.is_on);
    // Nothing is nowhere.
    code.global_get(gathered.length).i32_eqz().if_(BlockType::Empty).i64_const(1).return_().end();
    code.global_get(gathered.start).i64_extend_i32_u();
    code.global_get(gathered.length).i64_extend_i32_u().i64_const(32).i64_shl().i64_or();
    // It is the app's now.
    code.i32_const(0).global_set(gathered.start).i32_const(0).global_set(gathered.held);
}

fn discard(code: &mut InstructionSink<'_>, gathered: &Gathered) {
    code.i32_const(0).global_set(gathered.is_on);
    code.global_get(gathered.length).if_(BlockType::Empty);
    code.global_get(gathered.start).global_get(gathered.held).i32_const(1).i32_const(1).call(REALLOC);
    code.global_set(gathered.start).i32_const(1).global_set(gathered.held).end();
}

fn at(word: u32) -> MemArg {
    MemArg { offset: u64::from(word * WORD), align: 0, target: MemArgTarget::default(), ordering: None }
}
