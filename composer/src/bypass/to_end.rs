//! Reading to the end, past the adapter: what the adapter does, with the bytes staged in a memory of their own.

use wasm_encoder::{BlockType, InstructionSink};

use super::given::at;
use super::layout::Scalar;
use super::staging::{ANSWER, BLOCK, FIRST};
use super::trampoline::{Locals, NO_ERROR, REALLOC, RESERVE, STAGED, START, TrampolineBody, WORD, WORDS};

/// How many bytes are asked for at first, and how many at most; as the adapter does.
const CHUNK: i64 = 64 << 10;
const MOST: i64 = 1 << 20;

/// What is known of such a function.
pub(super) struct ToEnd {
    /// The parameter that says how many bytes there may be, and its type.
    pub limit: u32,
    pub of: Scalar,
    /// The friendly error for more.
    pub too_large: u32,
    /// The type of how many are asked for.
    pub chunk: Scalar,
}

/// Asks for more until there is nothing, and gives the app all of it.
pub(super) fn calls(code: &mut InstructionSink<'_>, body: &TrampolineBody<'_>, locals: &Locals, to_end: &ToEnd) {
    limit(code, to_end);
    code.local_set(locals.left).i64_const(CHUNK).local_set(locals.chunk).i32_const(NO_ERROR).local_set(locals.error);
    code.call(START);
    code.block(BlockType::Empty).loop_(BlockType::Empty);
    call(code, body, locals, to_end);
    code.br(0).end().end();
    code.local_get(locals.error).i32_const(NO_ERROR).i32_eq().if_(BlockType::Empty);
    give(code, locals, to_end);
    code.end();
}

fn limit(code: &mut InstructionSink<'_>, to_end: &ToEnd) {
    code.local_get(to_end.limit);
    if to_end.of == Scalar::I32 {
        code.i64_extend_i32_u();
    }
}

/// One call of those in the loop: `br 1` is the end of it.
fn call(code: &mut InstructionSink<'_>, body: &TrampolineBody<'_>, locals: &Locals, to_end: &ToEnd) {
    let payload = body.trampoline.layout.raw.payload as i32;
    // Never more than a byte beyond the limit is asked for.
    code.local_get(locals.left).i64_const(1).i64_add().local_get(locals.chunk);
    code.local_get(locals.left).local_get(locals.chunk).i64_lt_u().select().local_tee(locals.asked);
    code.call(RESERVE).i32_eqz().if_(BlockType::Empty);
    code.i32_const(to_end.too_large.cast_signed()).local_set(locals.error).br(2).end();

    code.local_get(locals.raw).local_get(locals.asked);
    if to_end.chunk == Scalar::I32 {
        code.i32_wrap_i64();
    }
    code.i32_const(ANSWER).call(STAGED + body.trampoline.raw as u32);
    byte(code, ANSWER).if_(BlockType::Empty);
    body.name_error(code, locals, |code| {
        byte(code, ANSWER + payload);
    });
    code.br(2).end();

    // Of bytes, the upper half of the answer says how many.
    code.i32_const(ANSWER + payload).call(WORD).i64_const(32).i64_shr_u().local_tee(locals.answer);
    code.i64_eqz().br_if(1);
    code.local_get(locals.left).local_get(locals.answer).i64_lt_u().if_(BlockType::Empty);
    code.i32_const(to_end.too_large.cast_signed()).local_set(locals.error).br(2).end();
    code.local_get(locals.left).local_get(locals.answer).i64_sub().local_set(locals.left);
    // Who gives as much as it is asked for may have more to give.
    code.local_get(locals.answer).local_get(locals.chunk).i64_ge_u();
    code.local_get(locals.chunk).i64_const(MOST).i64_lt_u().i32_and().if_(BlockType::Empty);
    code.local_get(locals.chunk).i64_const(1).i64_shl().local_set(locals.chunk).end();
}

fn byte<'c, 'e>(code: &'c mut InstructionSink<'e>, place: i32) -> &'c mut InstructionSink<'e> {
    code.i32_const(place).call(WORD).i32_wrap_i64().i32_const(0xff).i32_and()
}

/// Makes room for all of it in the app's memory, and puts it there. Of nothing too: guests free what they were asked for.
fn give(code: &mut InstructionSink<'_>, locals: &Locals, to_end: &ToEnd) {
    limit(code, to_end);
    code.local_get(locals.left).i64_sub().local_set(locals.left);
    code.i32_const(0).i32_const(0).i32_const(1).local_get(locals.left).i32_wrap_i64().call(REALLOC);
    code.local_tee(locals.to).i64_extend_i32_u().local_get(locals.left).i64_const(32).i64_shl().i64_or();
    code.local_set(locals.answer).i32_const(FIRST).local_set(locals.from);
    copy(code, locals, BLOCK, |code| {
        code.local_get(locals.from).call(WORDS);
        locals.words.iter().rev().for_each(|word| {
            code.local_set(*word);
        });
        for (place, word) in locals.words.iter().enumerate() {
            code.local_get(locals.to).local_get(*word).i64_store(at(8 * place as u64));
        }
    });
    copy(code, locals, 1, |code| {
        code.local_get(locals.to).local_get(locals.from).call(WORD).i64_store8(at(0));
    });
}

/// Copies so many bytes at a time, as long as as many are left.
fn copy(code: &mut InstructionSink<'_>, locals: &Locals, bytes: i32, one: impl Fn(&mut InstructionSink<'_>)) {
    code.block(BlockType::Empty).loop_(BlockType::Empty);
    code.local_get(locals.left).i64_const(i64::from(bytes)).i64_lt_u().br_if(1);
    one(code);
    code.local_get(locals.from).i32_const(bytes).i32_add().local_set(locals.from);
    code.local_get(locals.to).i32_const(bytes).i32_add().local_set(locals.to);
    code.local_get(locals.left).i64_const(i64::from(bytes)).i64_sub().local_set(locals.left);
    code.br(0).end().end();
}
