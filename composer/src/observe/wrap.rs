//! The wrappers: a core module with a function for each that is observed, of the same signature.
//!
//! A wrapper asks the clock, calls what was there, and tells the observer when that returned, what it came to and how
//! much went in and out. It changes no argument and no answer.

use wasm_encoder::{
    BlockType, CodeSection, ElementSection, Elements, EntityType, ExportKind, ExportSection, Function, FunctionSection,
    ImportSection, InstructionSink, MemArg, MemArgTarget, MemoryType, Module, RefType, StartSection, TableSection,
    TableType, TypeSection, ValType,
};

use super::signature::{At, Length, Outcome, Signature};

/// Under which names the module imports what it is given.
pub(super) mod given {
    /// The observer.
    pub const OBSERVER: &str = "observer";
    /// The host's clock.
    pub const HOST: &str = "host";
    /// The app's memory.
    pub const APP: &str = "app";
    pub const MEMORY: &str = "memory";
    /// What was called before, by its place in the list of wrappers.
    pub const USUAL: &str = "usual";
    /// The instance that has the table.
    pub const TABLE: &str = "table";
}

/// What of the host and of the observer is used.
pub(super) mod uses {
    pub const NOW: &str = "now";
    pub const LEAVE: &str = "leave";
    pub const BEGIN: &str = "begin";
    pub const END: &str = "end";
}

/// A wrapper to be made.
#[derive(Debug, Clone)]
pub(super) struct Wrapper<'a> {
    /// The place of the function among those that are observed; none for one that only begins a request.
    pub row: Option<u32>,
    pub signature: &'a Signature,
    /// Whether another request begins where it returns.
    pub begins: bool,
}

/// A table with functions that are to be replaced.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table<'a> {
    pub name: &'a str,
    pub ty: TableType,
    /// Where each function is.
    pub slots: &'a [Vec<u32>],
}

const NOW: u32 = 0;
const LEAVE: u32 = 1;
const BEGIN: u32 = 2;
const END: u32 = 3;
const FIRST: u32 = 4;

/// The table of the app's, and that of the functions which were in it.
const THEIRS: u32 = 0;
const KEPT: u32 = 1;

struct Parts {
    types: TypeSection,
    imports: ImportSection,
    functions: FunctionSection,
    exports: ExportSection,
    code: CodeSection,
}

/// What every such module imports.
fn parts(has_memory: bool) -> Parts {
    let mut parts = Parts {
        types: TypeSection::new(),
        imports: ImportSection::new(),
        functions: FunctionSection::new(),
        exports: ExportSection::new(),
        code: CodeSection::new(),
    };
    let leave = [ValType::I32, ValType::I64, ValType::I32, ValType::I32, ValType::I32];
    let used: [(&str, &str, &[ValType], &[ValType]); 4] = [
        (given::HOST, uses::NOW, &[], &[ValType::I64]),
        (given::OBSERVER, uses::LEAVE, &leave, &[]),
        (given::OBSERVER, uses::BEGIN, &[], &[]),
        (given::OBSERVER, uses::END, &[], &[]),
    ];
    for (of, name, params, results) in used {
        parts.types.ty().function(params.iter().copied(), results.iter().copied());
        parts.imports.import(of, name, EntityType::Function(parts.types.len() - 1));
    }
    if has_memory {
        let memory = MemoryType { minimum: 0, maximum: None, memory64: false, shared: false, page_size_log2: None };
        parts.imports.import(given::APP, given::MEMORY, EntityType::Memory(memory));
    }
    parts
}

/// Encodes wrappers around functions that they are given, each exported by its place.
pub(super) fn module(wrappers: &[Wrapper<'_>], has_memory: bool) -> Vec<u8> {
    let mut parts = parts(has_memory);
    for (place, wrapper) in wrappers.iter().enumerate() {
        let signature = wrapper.signature;
        parts.types.ty().function(signature.params.iter().copied(), signature.results.iter().copied());
        parts.imports.import(given::USUAL, &place.to_string(), EntityType::Function(parts.types.len() - 1));
    }
    let first = FIRST + wrappers.len() as u32;
    for (place, wrapper) in wrappers.iter().enumerate() {
        let usual = FIRST + place as u32;
        // A wrapper's type is that of what it is around.
        parts.functions.function(usual);
        parts.exports.export(&place.to_string(), ExportKind::Func, first + place as u32);
        parts.code.function(&body(wrapper, &|code| {
            code.call(usual);
        }));
    }
    let mut module = Module::new();
    module.section(&parts.types).section(&parts.imports).section(&parts.functions);
    module.section(&parts.exports).section(&parts.code);
    module.finish()
}

/// Encodes wrappers around functions that are in a table: they take their places when the module is instantiated.
pub(super) fn replacing(wrappers: &[Wrapper<'_>], table: &Table<'_>) -> Vec<u8> {
    let mut parts = parts(true);
    parts.imports.import(given::TABLE, table.name, EntityType::Table(table.ty));
    let mut kept = TableSection::new();
    let size = wrappers.len() as u64;
    let ty =
        TableType { element_type: RefType::FUNCREF, table64: false, minimum: size, maximum: Some(size), shared: false };
    kept.table(ty);
    for (place, wrapper) in wrappers.iter().enumerate() {
        let signature = wrapper.signature;
        parts.types.ty().function(signature.params.iter().copied(), signature.results.iter().copied());
        let usual = parts.types.len() - 1;
        parts.functions.function(usual);
        parts.code.function(&body(wrapper, &|code| {
            code.i32_const(place as i32).call_indirect(KEPT, usual);
        }));
    }
    let starts = FIRST + wrappers.len() as u32;
    parts.types.ty().function([], []);
    parts.functions.function(parts.types.len() - 1);
    parts.code.function(&replace(table));
    let mut elements = ElementSection::new();
    let all: Vec<u32> = (FIRST..starts).collect();
    elements.declared(Elements::Functions(all[..].into()));
    let mut module = Module::new();
    module.section(&parts.types).section(&parts.imports).section(&parts.functions).section(&kept);
    module.section(&StartSection { function_index: starts }).section(&elements).section(&parts.code);
    module.finish()
}

/// Keeps what is in the table, and puts the wrappers there.
fn replace(table: &Table<'_>) -> Function {
    let mut function = Function::new([]);
    let mut code = function.instructions();
    for (place, slots) in table.slots.iter().enumerate() {
        let place = place as u32;
        for slot in slots.iter().take(1) {
            code.i32_const(place.cast_signed()).i32_const(slot.cast_signed()).table_get(THEIRS).table_set(KEPT);
        }
        for slot in slots {
            code.i32_const(slot.cast_signed()).ref_func(FIRST + place).table_set(THEIRS);
        }
    }
    code.end();
    function
}

/// Encodes the wrapper around what the host calls: a request is under way while that runs.
pub(super) fn request(params: &[ValType], results: &[ValType]) -> Vec<u8> {
    let mut parts = parts(false);
    parts.types.ty().function(params.iter().copied(), results.iter().copied());
    let ty = parts.types.len() - 1;
    parts.imports.import(given::USUAL, "0", EntityType::Function(ty));
    parts.functions.function(ty);
    parts.exports.export("0", ExportKind::Func, FIRST + 1);
    let mut function = Function::new([]);
    let mut code = function.instructions();
    code.call(BEGIN);
    (0..params.len() as u32).for_each(|param| {
        code.local_get(param);
    });
    // What it returns stays on the stack meanwhile.
    code.call(FIRST).call(END).end();
    parts.code.function(&function);
    let mut module = Module::new();
    module.section(&parts.types).section(&parts.imports).section(&parts.functions);
    module.section(&parts.exports).section(&parts.code);
    module.finish()
}

/// The locals of a wrapper, behind its parameters.
struct Locals {
    start: u32,
    bytes_in: u32,
    case: u32,
    result: u32,
}

fn body(wrapper: &Wrapper<'_>, usual: &dyn Fn(&mut InstructionSink<'_>)) -> Function {
    let signature = wrapper.signature;
    let first = signature.params.len() as u32;
    let locals = Locals { start: first, bytes_in: first + 1, case: first + 2, result: first + 3 };
    let result = signature.results.first().copied();
    let mut own = vec![(1, ValType::I64), (2, ValType::I32)];
    own.extend(result.map(|ty| (1, ty)));
    let mut function = Function::new(own);
    let mut code = function.instructions();
    if wrapper.begins {
        // Waiting for the next request is no part of the one before.
        code.call(END);
    }
    if wrapper.row.is_some() {
        // Arguments in memory may be something else after the call.
        lengths(&mut code, &signature.given);
        code.local_set(locals.bytes_in);
        code.call(NOW).local_set(locals.start);
    }
    (0..first).for_each(|param| {
        code.local_get(param);
    });
    usual(&mut code);
    if result.is_some() {
        code.local_set(locals.result);
    }
    case(&mut code, signature, &locals);
    if let Some(row) = wrapper.row {
        code.i32_const(row.cast_signed()).local_get(locals.start).local_get(locals.case).local_get(locals.bytes_in);
        if signature.answered.is_empty() {
            code.i32_const(0);
        } else {
            code.local_get(locals.case).i32_const(FINE).i32_eq().if_(BlockType::Result(ValType::I32));
            lengths(&mut code, &signature.answered);
            code.else_().i32_const(0).end();
        }
        code.call(LEAVE);
    }
    if wrapper.begins {
        code.local_get(locals.case).i32_const(FINE).i32_eq().if_(BlockType::Empty).call(BEGIN).end();
    }
    if result.is_some() {
        code.local_get(locals.result);
    }
    code.end();
    function
}

/// What stands for no error.
const FINE: i32 = -1;

/// Finds the case of the error, if there is one.
fn case(code: &mut InstructionSink<'_>, signature: &Signature, locals: &Locals) {
    code.i32_const(FINE).local_set(locals.case);
    match &signature.outcome {
        Outcome::Never => return,
        Outcome::Result => {
            code.local_get(locals.result);
        }
        Outcome::Memory { .. } => {
            code.local_get(signature.answer()).i32_load8_u(at(0));
        }
    }
    code.if_(BlockType::Empty);
    match &signature.outcome {
        Outcome::Memory { case: Some(place) } => {
            code.local_get(signature.answer());
            match place.size {
                1 => code.i32_load8_u(at(place.offset)),
                2 => code.i32_load16_u(at(place.offset)),
                _ => code.i32_load(at(place.offset)),
            };
        }
        Outcome::Memory { case: None } | Outcome::Result | Outcome::Never => {
            code.i32_const(0);
        }
    }
    code.local_set(locals.case).end();
}

/// Adds up lengths.
fn lengths(code: &mut InstructionSink<'_>, lengths: &[Length]) {
    code.i32_const(0);
    for length in lengths {
        read(code, length.at, false);
        for condition in &length.when {
            // All lengths of options that have no value are multiplied by zero.
            read(code, *condition, true);
            code.i32_const(0).i32_ne().i32_mul();
        }
        code.i32_add();
    }
}

fn read(code: &mut InstructionSink<'_>, what: At, is_byte: bool) {
    match what {
        At::Argument(local) => code.local_get(local),
        At::Behind(local, offset) if is_byte => code.local_get(local).i32_load8_u(at(offset)),
        At::Behind(local, offset) => code.local_get(local).i32_load(at(offset)),
    };
}

fn at(offset: u32) -> MemArg {
    MemArg { offset: u64::from(offset), align: 0, target: MemArgTarget::default(), ordering: None }
}
