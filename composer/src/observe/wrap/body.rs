//! The body of a wrapper.

use wasm_encoder::{BlockType, Function, InstructionSink, MemArg, MemArgTarget, ValType};

use super::super::refusal::Refusal;
use super::super::signature::{At, Length, Outcome, Signature};
use super::super::value_type::ValueType;
use super::values::{Pieces, Values};
use super::{BEGIN, DECIDE, END, LEAVE, NOW, ON, Parts, Wrapper};

/// The locals of a wrapper, behind its parameters.
struct Locals {
    start: u32,
    bytes_in: u32,
    case: u32,
    result: u32,
    /// What lists are written with.
    loops: u32,
}

/// A wrapper in the making.
struct WrapperBody<'w> {
    wrapper: &'w Wrapper<'w>,
    signature: &'w Signature,
    locals: Locals,
    /// What values are written with, if this wrapper writes them.
    pieces: Option<Pieces>,
    /// Calls what was there, with the arguments on the stack.
    original: &'w dyn Fn(&mut InstructionSink<'_>),
}

/// Writes the wrapper of a function, which `original` calls.
pub(super) fn body(wrapper: &Wrapper<'_>, parts: &Parts, original: &dyn Fn(&mut InstructionSink<'_>)) -> Function {
    let signature = wrapper.signature;
    let first = signature.params.len() as u32;
    let result = signature.results.first().copied();
    let loops = first + 3 + u32::from(result.is_some());
    let locals = Locals { start: first, bytes_in: first + 1, case: first + 2, result: first + 3, loops };
    let pieces = parts.pieces.filter(|_| wrapper.has_values);
    let mut own = vec![(1, ValType::I64), (2, ValType::I32)];
    own.extend(result.map(|ty| (1, ty)));
    own.extend(pieces.map(|_| (2 * lists(signature), ValType::I32)));
    let mut function = Function::new(own);
    let mut code = function.instructions();
    let body = WrapperBody { wrapper, signature, locals, pieces, original };
    if parts.has_switch {
        code.global_get(ON).i32_eqz().if_(BlockType::Empty);
        body.call(&mut code);
        code.return_().end();
    }
    if wrapper.begins {
        // Waiting for the next request is no part of the one before.
        code.call(END);
    }
    body.enter(&mut code);
    body.ask(&mut code);
    body.leave(&mut code);
    if wrapper.begins {
        body.begin(&mut code);
    }
    if result.is_some() {
        code.local_get(body.locals.result);
    }
    code.end();
    function
}

impl WrapperBody<'_> {
    /// Calls what was there.
    fn call(&self, code: &mut InstructionSink<'_>) {
        (0..self.signature.params.len() as u32).for_each(|param| {
            code.local_get(param);
        });
        (self.original)(code);
    }

    /// Keeps what is known before the call: arguments in memory may be something else after it.
    fn enter(&self, code: &mut InstructionSink<'_>) {
        if self.wrapper.row.is_none() {
            return;
        }
        self.values(code, &mut |values| values.arguments(&self.signature.arguments, self.signature.takes_memory));
        lengths(code, &self.signature.given);
        code.local_set(self.locals.bytes_in);
        code.call(NOW).local_set(self.locals.start);
    }

    /// Calls what was there, unless the observer has the call refused.
    fn ask(&self, code: &mut InstructionSink<'_>) {
        let asked = self.wrapper.row.filter(|_| self.wrapper.is_asked);
        let refusal = self.wrapper.refusal.filter(|_| asked.is_some());
        if let Some(row) = asked {
            code.i32_const(row.cast_signed()).call(DECIDE).local_set(self.locals.case);
        }
        if let Some(refusal) = refusal {
            code.local_get(self.locals.case).i32_const(NO_ERROR).i32_ne().if_(BlockType::Empty);
            refuse(code, self.signature, refusal, &self.locals);
            code.else_();
        }
        if asked.is_some() {
            // Whoever decides takes time of its own.
            code.call(NOW).local_set(self.locals.start);
        }
        self.call(code);
        if !self.signature.results.is_empty() {
            code.local_set(self.locals.result);
        }
        case(code, self.signature, &self.locals);
        if refusal.is_some() {
            code.end();
        }
    }

    /// Tells the observer what the call came to.
    fn leave(&self, code: &mut InstructionSink<'_>) {
        let Some(row) = self.wrapper.row else { return };
        let Signature { answers, answers_in_memory, answered, .. } = self.signature;
        if let Some(answers) = answers {
            let local = if *answers_in_memory { self.signature.answer() } else { self.locals.result };
            self.values(code, &mut |values| values.answer(answers, local, *answers_in_memory));
        }
        let Locals { start, bytes_in, case, .. } = self.locals;
        code.i32_const(row.cast_signed()).local_get(start).local_get(case).local_get(bytes_in);
        if answered.is_empty() {
            code.i32_const(0);
        } else {
            code.local_get(case).i32_const(NO_ERROR).i32_eq().if_(BlockType::Result(ValType::I32));
            lengths(code, answered);
            code.else_().i32_const(0).end();
        }
        code.call(LEAVE);
    }

    /// Begins another request where the call returned one: a host that has no other says so.
    fn begin(&self, code: &mut InstructionSink<'_>) {
        code.local_get(self.locals.case).i32_const(NO_ERROR).i32_eq();
        if let Some(offset) = self.signature.may_be_none {
            code.local_get(self.signature.answer()).i32_load8_u(at(offset)).i32_const(0).i32_ne().i32_and();
        }
        code.if_(BlockType::Empty).call(BEGIN).end();
    }

    /// Writes values, if this wrapper does.
    fn values(&self, code: &mut InstructionSink<'_>, write: &mut dyn FnMut(&mut Values<'_, '_>)) {
        let Some(pieces) = self.pieces else { return };
        let own = [ValType::I64, ValType::I32, ValType::I32];
        let types = [&self.signature.params[..], &own, &self.signature.results].concat();
        write(&mut Values { code, pieces, types: &types, loops: self.locals.loops });
    }
}

/// Writes the error where the function would have answered.
fn refuse(code: &mut InstructionSink<'_>, signature: &Signature, refusal: &Refusal, locals: &Locals) {
    let case = match &signature.outcome {
        Outcome::Memory { case } => case,
        Outcome::Result => {
            code.i32_const(1).local_set(locals.result);
            return;
        }
        Outcome::Never => return,
    };
    let answer = signature.answer();
    code.local_get(answer).i32_const(1).i32_store8(at(0));
    for offset in refusal.payload..refusal.payload + refusal.size {
        code.local_get(answer).i32_const(0).i32_store8(at(offset));
    }
    for pointer in &refusal.pointers {
        code.local_get(answer).i32_const(NOWHERE).i32_store(at(*pointer));
    }
    if let Some(place) = case {
        code.local_get(answer).local_get(locals.case);
        match place.size {
            1 => code.i32_store8(at(place.offset)),
            2 => code.i32_store16(at(place.offset)),
            _ => code.i32_store(at(place.offset)),
        };
    }
}

/// Where an empty text or list is: a pointer must not be zero, and be aligned for whatever is in a list.
const NOWHERE: i32 = 8;

/// How deep lists are inside of each other in what a function is given and answers; a text is as a list of bytes.
fn lists(signature: &Signature) -> u32 {
    let given = signature.arguments.iter().map(|argument| argument.ty.lists());
    given.chain(signature.answers.as_ref().map(ValueType::lists)).max().unwrap_or_default() + 1
}

/// What stands for no error.
const NO_ERROR: i32 = -1;

/// Finds the case of the error, if there is one.
fn case(code: &mut InstructionSink<'_>, signature: &Signature, locals: &Locals) {
    code.i32_const(NO_ERROR).local_set(locals.case);
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

/// So many bytes further on.
pub(super) fn at(offset: u32) -> MemArg {
    MemArg { offset: u64::from(offset), align: 0, target: MemArgTarget::default(), ordering: None }
}
