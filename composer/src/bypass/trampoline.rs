//! The core module between an app and the host: one function for each place where the app calls a bulk function.
//!
//! A function has the friendly signature. Where little is moved it calls what the app called before. Else it
//! borrows the raw handle, calls the raw function on the app's own memory, and gives the handle back; where
//! there is no handle to borrow, what the app called before says why.

use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, ElementSection, Elements, EntityType, Function, FunctionSection, ImportSection,
    InstructionSink, MemoryType, Module, TableType, TypeSection, ValType,
};

use super::given::{self, at};
use super::layout::{Amount, Answer, Layout, Repeat, Scalar};
use super::scratch::{self, SCRATCH};
use super::staging;
use super::to_end::{self, ToEnd};

/// Below this many bytes, borrowing a handle costs more than the adapter's copy: `docs/bulk.md` has the figures.
pub(super) const MIN_BYPASS_BYTES: u32 = 512;

/// A function to be made.
#[derive(Debug)]
pub(super) struct Trampoline {
    /// Its parameters: the friendly handle, the friendly parameters, and where the result goes.
    pub params: Vec<ValType>,
    /// The places among the imports of the raw function, and of what lends and takes back the handle. The raw function of
    /// what is read to its end is among those that answer where it is staged.
    pub raw: usize,
    pub lend: usize,
    pub take_back: usize,
    /// Where everything is.
    pub layout: Layout,
    /// Its places in the table.
    pub slots: Vec<u32>,
}

/// Parameters and results of a core function.
pub(super) type Signature = (Vec<ValType>, Vec<ValType>);

/// What is imported besides the trampolines' own.
#[derive(Debug)]
pub(super) struct Imports<'a> {
    /// The signatures of the lowered functions.
    pub lowered: Vec<Signature>,
    /// The signatures of those that answer where it is staged.
    pub staged: Vec<Signature>,
    /// The name of the table where it is given.
    pub table: &'a str,
    pub table_type: TableType,
}

/// `option<handle>`: whether there is one, and the handle.
const LENT: Lent = Lent { size: 8, handle: 4 };

struct Lent {
    size: u32,
    handle: u64,
}

/// How many bytes the answers to these take at most.
pub(super) fn scratch(trampolines: &[Trampoline]) -> u32 {
    trampolines.iter().map(|trampoline| trampoline.layout.raw.size.max(LENT.size)).max().unwrap_or_default()
}

/// Encodes the module.
pub(super) fn module(imports: &Imports<'_>, trampolines: &[Trampoline]) -> Vec<u8> {
    let (mut types, mut imported) = (TypeSection::new(), ImportSection::new());
    let memory = MemoryType { minimum: 0, maximum: None, memory64: false, shared: false, page_size_log2: None };
    imported.import(given::APP, given::MEMORY, EntityType::Memory(memory));
    imported.import(given::TABLE, imports.table, EntityType::Table(imports.table_type));
    let mut function = |types: &mut TypeSection, of: &str, name: &str, params: &[ValType], results: &[ValType]| {
        types.ty().function(params.iter().copied(), results.iter().copied());
        imported.import(of, name, EntityType::Function(types.len() - 1));
    };
    function(&mut types, given::SCRATCH, scratch::KEEP, &[], &[]);
    function(&mut types, given::SCRATCH, scratch::PUT_BACK, &[], &[]);
    if !imports.staged.is_empty() {
        function(&mut types, given::APP, given::REALLOC, &[ValType::I32; 4], &[ValType::I32]);
        for (name, params, results) in staging::functions() {
            function(&mut types, given::STAGING, name, &params, &results);
        }
        for (place, (params, results)) in imports.staged.iter().enumerate() {
            function(&mut types, given::STAGED, &place.to_string(), params, results);
        }
    }
    let gathering = if imports.staged.is_empty() { 0 } else { STAGED - REALLOC + imports.staged.len() as u32 };
    let lowered = REALLOC + gathering;
    for (place, (params, results)) in imports.lowered.iter().enumerate() {
        function(&mut types, given::LOWERED, &place.to_string(), params, results);
    }
    for (place, trampoline) in trampolines.iter().enumerate() {
        function(&mut types, given::ORIGINAL, &place.to_string(), &trampoline.params, &[]);
    }

    let indices = Indices { lowered, usual: lowered + imports.lowered.len() as u32 };
    let first = indices.usual + trampolines.len() as u32;
    let (mut functions, mut code, mut elements) = (FunctionSection::new(), CodeSection::new(), ElementSection::new());
    for (place, trampoline) in trampolines.iter().enumerate() {
        // Its type is that of what it stands for.
        functions.function(indices.usual + place as u32);
        let body = TrampolineBody { trampoline, indices: &indices, place: place as u32 };
        code.function(&body.function());
        for slot in &trampoline.slots {
            let index = [first + place as u32];
            elements.active(None, &ConstExpr::i32_const(slot.cast_signed()), Elements::Functions(index[..].into()));
        }
    }
    let mut module = Module::new();
    module.section(&types).section(&imported).section(&functions).section(&elements).section(&code);
    module.finish()
}

/// The first of each kind among the module's functions, after those that keep scratch.
struct Indices {
    lowered: u32,
    usual: u32,
}

impl Indices {
    fn lowered(&self, place: usize) -> u32 {
        self.lowered + place as u32
    }
}

const KEEP: u32 = 0;
const PUT_BACK: u32 = 1;
/// These are there where something is read to its end.
pub(super) const REALLOC: u32 = 2;
pub(super) const START: u32 = 3;
pub(super) const RESERVE: u32 = 4;
pub(super) const WORD: u32 = 5;
pub(super) const WORDS: u32 = 6;
/// The first of the functions that answer where it is staged.
pub(super) const STAGED: u32 = 7;
/// The friendly handle.
const HANDLE: u32 = 0;

/// The locals that come after the parameters.
pub(super) struct Locals {
    /// The raw handle.
    pub raw: u32,
    /// The place of the friendly error, or `NO_ERROR`.
    pub error: u32,
    /// Where bytes are copied from, and to.
    pub from: u32,
    pub to: u32,
    /// What the host answered: a number, or where bytes are and how many.
    pub answer: u32,
    /// How many bytes there may still be, of what is read to its end.
    pub left: u32,
    /// How many bytes are asked for at once, at most and now.
    pub chunk: u32,
    pub asked: u32,
    /// What is copied.
    pub words: [u32; staging::BLOCK as usize / 8],
}

impl Locals {
    /// How many there are of each type, in the order of the fields.
    const TYPES: [(u32, ValType); 2] = [(4, ValType::I32), (4 + staging::BLOCK as u32 / 8, ValType::I64)];

    fn after(params: u32) -> Self {
        let at = |place: usize| params + place as u32;
        let [raw, error, from, to, answer, left, chunk, asked] = std::array::from_fn(at);
        Self { raw, error, from, to, answer, left, chunk, asked, words: std::array::from_fn(|word| at(8 + word)) }
    }
}

/// No error.
pub(super) const NO_ERROR: i32 = -1;

pub(super) struct TrampolineBody<'a> {
    pub trampoline: &'a Trampoline,
    indices: &'a Indices,
    place: u32,
}

impl TrampolineBody<'_> {
    fn function(&self) -> Function {
        let params = self.trampoline.params.len() as u32;
        let locals = Locals::after(params);
        let mut function = Function::new(Locals::TYPES);
        let mut code = function.instructions();
        self.unless_worth(&mut code);
        self.borrow(&mut code, &locals);
        match (self.trampoline.layout.repeat, self.trampoline.layout.amount) {
            (Repeat::UntilTaken(stuck), Amount::Bytes(bytes)) => {
                self.call_until_taken(&mut code, &locals, bytes, stuck);
            }
            (Repeat::ToEnd(too_large, chunk), Amount::Count(limit, of)) => {
                to_end::calls(&mut code, self, &locals, &ToEnd { limit, of, too_large, chunk });
            }
            (Repeat::Once | Repeat::UntilTaken(_) | Repeat::ToEnd(..), Amount::Bytes(_) | Amount::Count(..)) => {
                self.call(&mut code, &locals);
            }
        }
        code.local_get(HANDLE).local_get(locals.raw).call(self.indices.lowered(self.trampoline.take_back));
        self.answer(&mut code, &locals);
        code.end();
        function
    }

    /// Where the result goes.
    fn result(&self) -> u32 {
        self.trampoline.params.len() as u32 - 1
    }

    /// Leaves it to what the app called before.
    fn usual(&self, code: &mut InstructionSink<'_>) {
        for param in 0..=self.result() {
            code.local_get(param);
        }
        code.call(self.indices.usual + self.place).return_();
    }

    fn unless_worth(&self, code: &mut InstructionSink<'_>) {
        match self.trampoline.layout.amount {
            Amount::Bytes(local) => code.local_get(local + 1).i32_const(MIN_BYPASS_BYTES.cast_signed()).i32_lt_u(),
            Amount::Count(local, Scalar::I32) => {
                code.local_get(local).i32_const(MIN_BYPASS_BYTES.cast_signed()).i32_lt_u()
            }
            Amount::Count(local, Scalar::I64) => {
                code.local_get(local).i64_const(i64::from(MIN_BYPASS_BYTES)).i64_lt_u()
            }
        };
        code.if_(BlockType::Empty);
        self.usual(code);
        code.end();
    }

    /// What was there is put back before the host is called: it may be what the host is given.
    fn borrow(&self, code: &mut InstructionSink<'_>, locals: &Locals) {
        code.call(KEEP);
        code.local_get(HANDLE).i32_const(SCRATCH).call(self.indices.lowered(self.trampoline.lend));
        code.i32_const(SCRATCH).i32_load(at(LENT.handle)).local_set(locals.raw);
        code.i32_const(SCRATCH).i32_load8_u(at(0)).call(PUT_BACK);
        code.i32_eqz().if_(BlockType::Empty);
        self.usual(code);
        code.end();
    }

    /// Calls the raw function once, and takes its answer or its error out of the scratch.
    fn call(&self, code: &mut InstructionSink<'_>, locals: &Locals) {
        let payload = at(self.trampoline.layout.raw.payload);
        code.call(KEEP).local_get(locals.raw);
        for param in 1..self.result() {
            code.local_get(param);
        }
        code.i32_const(SCRATCH).call(self.indices.lowered(self.trampoline.raw));
        code.i32_const(NO_ERROR).local_set(locals.error);
        code.i32_const(SCRATCH).i32_load8_u(at(0)).if_(BlockType::Empty);
        self.name_error(code, locals, |code| {
            code.i32_const(SCRATCH).i32_load8_u(payload);
        });
        code.else_();
        match self.trampoline.layout.answer {
            Answer::Nothing => {}
            Answer::Scalar(Scalar::I32) => {
                code.i32_const(SCRATCH).i64_load32_u(payload).local_set(locals.answer);
            }
            Answer::Scalar(Scalar::I64) | Answer::Bytes => {
                code.i32_const(SCRATCH).i64_load(payload).local_set(locals.answer);
            }
        }
        code.end().call(PUT_BACK);
    }

    /// Finds the friendly error of a raw one.
    pub fn name_error(&self, code: &mut InstructionSink<'_>, locals: &Locals, raw: impl Fn(&mut InstructionSink<'_>)) {
        for (place, friendly) in self.trampoline.layout.errors.iter().enumerate() {
            raw(code);
            code.i32_const(place as i32).i32_eq().if_(BlockType::Empty);
            code.i32_const(friendly.cast_signed()).local_set(locals.error).end();
        }
    }

    /// Calls with what is left until there is nothing, as the adapter does it.
    fn call_until_taken(&self, code: &mut InstructionSink<'_>, locals: &Locals, bytes: u32, stuck: u32) {
        let length = bytes + 1;
        code.block(BlockType::Empty).loop_(BlockType::Empty);
        self.call(code, locals);
        code.local_get(locals.error).i32_const(NO_ERROR).i32_ne().br_if(1);
        // One that claims to have taken more than there was has taken all.
        code.local_get(locals.answer).local_get(length).i64_extend_i32_u().i64_ge_u().br_if(1);
        code.local_get(locals.answer).i64_eqz().if_(BlockType::Empty);
        code.i32_const(stuck.cast_signed()).local_set(locals.error).br(2).end();
        code.local_get(bytes).local_get(locals.answer).i32_wrap_i64().i32_add().local_set(bytes);
        code.local_get(length).local_get(locals.answer).i32_wrap_i64().i32_sub().local_set(length);
        code.br(0).end().end();
    }

    /// Answers as the friendly function does.
    fn answer(&self, code: &mut InstructionSink<'_>, locals: &Locals) {
        let (result, layout) = (self.result(), &self.trampoline.layout);
        let to = layout.friendly.payload;
        code.local_get(locals.error).i32_const(NO_ERROR).i32_ne().if_(BlockType::Empty);
        code.local_get(result).i32_const(1).i32_store8(at(0));
        code.local_get(result).local_get(locals.error).i32_store8(at(to)).return_().end();
        code.local_get(result).i32_const(0).i32_store8(at(0));
        let answer = match layout.repeat {
            Repeat::UntilTaken(_) => Answer::Nothing,
            Repeat::Once | Repeat::ToEnd(..) => layout.answer,
        };
        match answer {
            Answer::Nothing => {}
            Answer::Scalar(Scalar::I32) => {
                code.local_get(result).local_get(locals.answer).i64_store32(at(to));
            }
            Answer::Scalar(Scalar::I64) | Answer::Bytes => {
                code.local_get(result).local_get(locals.answer).i64_store(at(to));
            }
        }
    }
}
