//! The body of a wrapper.

use wasm_encoder::{BlockType, Function, InstructionSink, MemArg, MemArgTarget, ValType};

use super::super::refusal::Refusal;
use super::super::signature::{At, Length, Outcome, Signature};
use super::super::value_type::ValueType;
use super::values::Values;
use super::{BEGIN, DECIDE, END, LEAVE, NOW, ON, Parts, Wrapper};

/// The locals of a wrapper, behind its parameters.
struct Locals {
    start: u32,
    bytes_in: u32,
    case: u32,
    result: u32,
}

/// Writes the wrapper of a function, which `usual` calls.
pub(super) fn body(wrapper: &Wrapper<'_>, parts: &Parts, usual: &dyn Fn(&mut InstructionSink<'_>)) -> Function {
    let signature = wrapper.signature;
    let first = signature.params.len() as u32;
    let locals = Locals { start: first, bytes_in: first + 1, case: first + 2, result: first + 3 };
    let result = signature.results.first().copied();
    let mut own = vec![(1, ValType::I64), (2, ValType::I32)];
    own.extend(result.map(|ty| (1, ty)));
    let pieces = parts.pieces.filter(|_| wrapper.has_values);
    let types: Vec<ValType> =
        [&signature.params[..], &[ValType::I64, ValType::I32, ValType::I32], &signature.results].concat();
    own.push((if pieces.is_some() { 2 * lists(signature) } else { 0 }, ValType::I32));
    let mut function = Function::new(own);
    let mut code = function.instructions();
    let arguments = |code: &mut InstructionSink<'_>| {
        (0..first).for_each(|param| {
            code.local_get(param);
        });
    };
    if parts.has_switch {
        code.global_get(ON).i32_eqz().if_(BlockType::Empty);
        arguments(&mut code);
        usual(&mut code);
        code.return_().end();
    }
    if wrapper.begins {
        // Waiting for the next request is no part of the one before.
        code.call(END);
    }
    if wrapper.row.is_some() {
        // Arguments in memory may be something else after the call.
        if let Some(pieces) = pieces {
            let mut values = Values { code: &mut code, pieces, types: &types, loops: types.len() as u32 };
            values.arguments(&signature.arguments, signature.takes_memory);
        }
        lengths(&mut code, &signature.given);
        code.local_set(locals.bytes_in);
        code.call(NOW).local_set(locals.start);
    }
    let refusal = wrapper.refusal.zip(wrapper.row);
    if let Some((refusal, row)) = refusal {
        code.i32_const(row.cast_signed()).call(DECIDE).local_tee(locals.case);
        code.i32_const(FINE).i32_ne().if_(BlockType::Empty);
        refuse(&mut code, signature, refusal, &locals);
        code.else_();
    }
    if let (None, Some(row)) = (refusal, wrapper.row.filter(|_| wrapper.is_asked)) {
        code.i32_const(row.cast_signed()).call(DECIDE).drop();
    }
    arguments(&mut code);
    usual(&mut code);
    if result.is_some() {
        code.local_set(locals.result);
    }
    case(&mut code, signature, &locals);
    if refusal.is_some() {
        code.end();
    }
    if let (Some(pieces), Some(answers)) = (pieces, &signature.answers) {
        let mut values = Values { code: &mut code, pieces, types: &types, loops: types.len() as u32 };
        let local = if signature.answers_in_memory { signature.answer() } else { locals.result };
        values.answer(answers, local, signature.answers_in_memory);
    }
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
        code.local_get(locals.case).i32_const(FINE).i32_eq();
        // A host that has no other request says so.
        if let Some(offset) = signature.may_be_none {
            code.local_get(signature.answer()).i32_load8_u(at(offset)).i32_const(0).i32_ne().i32_and();
        }
        code.if_(BlockType::Empty).call(BEGIN).end();
    }
    if result.is_some() {
        code.local_get(locals.result);
    }
    code.end();
    function
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

/// So many bytes further on.
pub(super) fn at(offset: u32) -> MemArg {
    MemArg { offset: u64::from(offset), align: 0, target: MemArgTarget::default(), ordering: None }
}
