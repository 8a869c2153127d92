//! The wrappers: a core module with a function for each that is observed, of the same signature.
//!
//! A wrapper asks the clock, calls what was there, and tells the observer when that returned, what it came to and how
//! much went in and out. It changes no argument and no answer, unless a policy has it refuse the call.

mod body;
mod values;

use wasm_encoder::{
    CodeSection, ElementSection, Elements, EntityType, ExportKind, ExportSection, Function, FunctionSection,
    GlobalType, ImportSection, MemoryType, Module, RefType, StartSection, TableSection, TableType, TypeSection,
    ValType,
};

use super::refusal::Refusal;
use super::signature::Signature;
use body::body;
use values::Pieces;

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
    pub const ORIGINAL: &str = "original";
    /// The instance that has the table.
    pub const TABLE: &str = "table";
    /// What the observer stands on.
    pub const GROUND: &str = "ground";
}

/// What of the host and of the observer is used.
pub(super) mod uses {
    pub const NOW: &str = "now";
    pub const LEAVE: &str = "leave";
    pub const BEGIN: &str = "begin";
    pub const END: &str = "end";
    pub const DECIDE: &str = "decide";
    /// What is known of the call that failed last.
    pub const EVIDENCE: &str = "evidence-text";
    /// What of the observer wrappers call.
    pub const OF_OBSERVER: [&str; 4] = [LEAVE, BEGIN, END, DECIDE];
    /// Whether observing is switched on, as a global of the ground.
    pub const ON: &str = "on";
}

/// A wrapper to be made.
#[derive(Debug, Clone)]
pub(super) struct Wrapper<'a> {
    /// The place of the function among those that are observed; none for one that only begins a request.
    pub row: Option<u32>,
    pub signature: &'a Signature,
    /// Whether another request begins where it returns.
    pub begins: bool,
    /// Whether the observer is asked before each call.
    pub is_asked: bool,
    /// How a call is refused then, where that may be.
    pub refusal: Option<&'a Refusal>,
    /// Whether its arguments and its answer are written.
    pub has_values: bool,
}

/// What the wrappers of a module have in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shared {
    /// Whether some of them have a memory of the app's to look into.
    pub has_memory: bool,
    /// Whether they can be switched off while the app runs.
    pub has_switch: bool,
    /// Whether some of them write values.
    pub has_values: bool,
}

impl Shared {
    /// Of these wrappers.
    pub fn of(wrappers: &[Wrapper<'_>], has_memory: bool, has_switch: bool) -> Self {
        Self { has_memory, has_switch, has_values: wrappers.iter().any(|wrapper| wrapper.has_values) }
    }
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
const DECIDE: u32 = 4;

/// The global that says whether observing is switched on.
const ON: u32 = 0;

/// The table of the app's, and that of the functions which were in it.
const THEIRS: u32 = 0;
const KEPT: u32 = 1;

struct Parts {
    types: TypeSection,
    imports: ImportSection,
    functions: FunctionSection,
    exports: ExportSection,
    code: CodeSection,
    /// How many functions are imported so far.
    imported: u32,
    has_switch: bool,
    /// What values are written with, where some are.
    pieces: Option<Pieces>,
}

impl Parts {
    /// What every such module imports.
    fn new(shared: &Shared) -> Self {
        let mut parts = Self {
            types: TypeSection::new(),
            imports: ImportSection::new(),
            functions: FunctionSection::new(),
            exports: ExportSection::new(),
            code: CodeSection::new(),
            imported: 0,
            has_switch: shared.has_switch,
            pieces: None,
        };
        let leave = [ValType::I32, ValType::I64, ValType::I32, ValType::I32, ValType::I32];
        let used: [(&str, &str, &[ValType], &[ValType]); 5] = [
            (given::HOST, uses::NOW, &[], &[ValType::I64]),
            (given::OBSERVER, uses::LEAVE, &leave, &[]),
            (given::OBSERVER, uses::BEGIN, &[], &[]),
            (given::OBSERVER, uses::END, &[], &[]),
            (given::OBSERVER, uses::DECIDE, &[ValType::I32], &[ValType::I32]),
        ];
        for (of, name, params, results) in used {
            parts.import(of, name, params, results);
        }
        if shared.has_values {
            let mut piece = |name, param| parts.import(given::OBSERVER, name, &[param], &[]);
            parts.pieces = Some(Pieces {
                begin: piece("value-begin", ValType::I32),
                put: piece("value-put", ValType::I64),
                unsigned: piece("value-unsigned", ValType::I64),
                signed: piece("value-signed", ValType::I64),
                float: piece("value-float", ValType::F64),
                character: piece("value-character", ValType::I32),
                byte: piece("value-byte", ValType::I32),
                separate: parts.import(given::OBSERVER, "value-separate", &[], &[]),
            });
        }
        if shared.has_switch {
            let on = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
            parts.imports.import(given::GROUND, uses::ON, EntityType::Global(on));
        }
        if shared.has_memory {
            let memory = MemoryType { minimum: 0, maximum: None, memory64: false, shared: false, page_size_log2: None };
            parts.imports.import(given::APP, given::MEMORY, EntityType::Memory(memory));
        }
        parts
    }

    /// Imports a function, whose index it gives.
    fn import(&mut self, of: &str, name: &str, params: &[ValType], results: &[ValType]) -> u32 {
        self.types.ty().function(params.iter().copied(), results.iter().copied());
        self.imports.import(of, name, EntityType::Function(self.types.len() - 1));
        self.imported += 1;
        self.imported - 1
    }
}

/// Encodes wrappers around functions that they are given, each exported by its place.
pub(super) fn module(wrappers: &[Wrapper<'_>], shared: &Shared) -> Vec<u8> {
    let mut parts = Parts::new(shared);
    let mut original = Vec::new();
    for (place, wrapper) in wrappers.iter().enumerate() {
        let signature = wrapper.signature;
        original.push(parts.import(given::ORIGINAL, &place.to_string(), &signature.params, &signature.results));
    }
    let first = parts.imported;
    for (place, (wrapper, original)) in wrappers.iter().zip(original).enumerate() {
        // A wrapper's type is that of what it is around, and each import has a type of its own.
        parts.functions.function(original);
        parts.exports.export(&place.to_string(), ExportKind::Func, first + place as u32);
        let body = body(wrapper, &parts, &|code| {
            code.call(original);
        });
        parts.code.function(&body);
    }
    let mut module = Module::new();
    module.section(&parts.types).section(&parts.imports).section(&parts.functions);
    module.section(&parts.exports).section(&parts.code);
    module.finish()
}

/// Encodes wrappers around functions that are in a table: they take their places when the module is instantiated.
pub(super) fn replacing(wrappers: &[Wrapper<'_>], table: &Table<'_>, shared: &Shared) -> Vec<u8> {
    let mut parts = Parts::new(shared);
    let first = parts.imported;
    parts.imports.import(given::TABLE, table.name, EntityType::Table(table.ty));
    let mut kept = TableSection::new();
    let size = wrappers.len() as u64;
    let ty =
        TableType { element_type: RefType::FUNCREF, table64: false, minimum: size, maximum: Some(size), shared: false };
    kept.table(ty);
    for (place, wrapper) in wrappers.iter().enumerate() {
        let signature = wrapper.signature;
        parts.types.ty().function(signature.params.iter().copied(), signature.results.iter().copied());
        let original = parts.types.len() - 1;
        parts.functions.function(original);
        let body = body(wrapper, &parts, &|code| {
            code.i32_const(place as i32).call_indirect(KEPT, original);
        });
        parts.code.function(&body);
    }
    let starts = first + wrappers.len() as u32;
    parts.types.ty().function([], []);
    parts.functions.function(parts.types.len() - 1);
    parts.code.function(&replace(table, first));
    let mut elements = ElementSection::new();
    let all: Vec<u32> = (first..starts).collect();
    elements.declared(Elements::Functions(all[..].into()));
    let mut module = Module::new();
    module.section(&parts.types).section(&parts.imports).section(&parts.functions).section(&kept);
    module.section(&StartSection { function_index: starts }).section(&elements).section(&parts.code);
    module.finish()
}

/// Keeps what is in the table, and puts the wrappers there.
fn replace(table: &Table<'_>, first: u32) -> Function {
    let mut function = Function::new([]);
    let mut code = function.instructions();
    for (place, slots) in table.slots.iter().enumerate() {
        let place = place as u32;
        for slot in slots.iter().take(1) {
            code.i32_const(place.cast_signed()).i32_const(slot.cast_signed()).table_get(THEIRS).table_set(KEPT);
        }
        for slot in slots {
            code.i32_const(slot.cast_signed()).ref_func(first + place).table_set(THEIRS);
        }
    }
    code.end();
    function
}

/// Encodes the wrapper around what the host calls: a request is under way while that runs.
pub(super) fn request(params: &[ValType], results: &[ValType]) -> Vec<u8> {
    let mut parts = Parts::new(&Shared::of(&[], false, false));
    let original = parts.import(given::ORIGINAL, "0", params, results);
    parts.functions.function(original);
    parts.exports.export("0", ExportKind::Func, parts.imported);
    let mut function = Function::new([]);
    let mut code = function.instructions();
    code.call(BEGIN);
    (0..params.len() as u32).for_each(|param| {
        code.local_get(param);
    });
    // What it returns stays on the stack meanwhile.
    code.call(original).call(END).end();
    parts.code.function(&function);
    let mut module = Module::new();
    module.section(&parts.types).section(&parts.imports).section(&parts.functions);
    module.section(&parts.exports).section(&parts.code);
    module.finish()
}
