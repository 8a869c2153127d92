//! The part of the recorder that does not vary: room in memory, and lines that are written to the sink.

use wasm_encoder::{BlockType, Function, MemArg, MemArgTarget, ValType};
use wit_parser::{Resolve, WasmExport};

use super::module::{ABI, Draft};

const PAGE: i32 = 1 << 16;

/// Where room begins, past address zero.
pub const BASE: i32 = 16;

/// As much as a line has before what is copied from memory.
const HEAD: i32 = 1024;

/// How a byte is stored.
const BYTE: MemArg = MemArg { offset: 0, align: 0, target: MemArgTarget::Memory(0), ordering: None };

/// The places of what makes room in memory.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// Where room is left.
    pub next: u32,
    /// Whether what is in memory was read by whoever asked for it, so that the next call may begin anew.
    pub over: u32,
    /// `() -> ()`: begins a call.
    pub enter: u32,
    /// `cabi_realloc`.
    pub realloc: u32,
    /// `(end) -> ()`: has the memory reach as far as that.
    reach: u32,
}

/// The places of what writes lines.
#[derive(Debug, Clone, Copy)]
pub struct Writing {
    /// What makes room.
    pub room: Room,
    /// Whether a handle is only moved, and what it is of lives on.
    pub moving: u32,
    /// `(kind, number) -> ()`: begins a line.
    pub begin: u32,
    /// `(value: i64, digits) -> ()`: goes on with a number.
    pub hex: u32,
    /// `(start, end) -> ()`: goes on with what is in memory.
    pub region: u32,
    /// `() -> ()`: ends the line.
    pub flush: u32,
}

impl Room {
    /// Declares and writes them.
    pub fn new(draft: &mut Draft, resolve: &Resolve) -> Self {
        let i32s = |count: usize| vec![ValType::I32; count];
        let room = Self {
            next: draft.global(BASE),
            over: draft.global(0),
            reach: draft.declare((i32s(1), vec![])),
            enter: draft.declare((vec![], vec![])),
            realloc: draft.declare((i32s(4), i32s(1))),
        };
        draft.define(room.reach, reach());
        draft.define(room.enter, enter(room));
        draft.define(room.realloc, reallocate(room));
        draft.export(resolve.wasm_export_name(ABI, WasmExport::Realloc), room.realloc);
        room
    }
}

impl Writing {
    /// Declares and writes them; `sink` takes a line.
    pub fn new(draft: &mut Draft, resolve: &Resolve, sink: u32) -> Self {
        let i32s = |count: usize| vec![ValType::I32; count];
        let room = Room::new(draft, resolve);
        let (start, out) = (draft.global(0), draft.global(0));
        let writing = Self {
            room,
            moving: draft.global(0),
            begin: draft.declare((i32s(2), vec![])),
            hex: draft.declare((vec![ValType::I64, ValType::I32], vec![])),
            region: draft.declare((i32s(2), vec![])),
            flush: draft.declare((vec![], vec![])),
        };
        draft.define(writing.begin, begin(writing, start, out));
        draft.define(writing.hex, hex(out));
        draft.define(writing.region, region(writing, out));
        draft.define(writing.flush, flush(sink, start, out));
        writing
    }
}

/// Grows the memory until an address is in it.
#[rustfmt::skip] // a statement a line
fn reach() -> Function {
    let (end, pages) = (0, 1);
    let mut body = Function::new([(1, ValType::I32)]);
    body.instructions()
        .local_get(end).i32_const(1).i32_sub().i32_const(PAGE.ilog2().cast_signed()).i32_shr_u()
        .i32_const(1).i32_add().memory_size(0).i32_sub().local_set(pages)
        .local_get(pages).i32_const(0).i32_gt_s().if_(BlockType::Empty)
            .local_get(pages).memory_grow(0).i32_const(-1).i32_eq().if_(BlockType::Empty).unreachable().end()
        .end()
        .end();
    body
}

fn enter(room: Room) -> Function {
    let Room { next, over, .. } = room;
    let mut body = Function::new([]);
    body.instructions().global_get(over).if_(BlockType::Empty);
    body.instructions().i32_const(BASE).global_set(next).i32_const(0).global_set(over).end().end();
    body
}

#[rustfmt::skip] // a statement a line
fn reallocate(room: Room) -> Function {
    let (old, old_size, align, size, new) = (0, 1, 2, 3, 4);
    let mut body = Function::new([(1, ValType::I32)]);
    body.instructions()
        .call(room.enter)
        .global_get(room.next).local_get(align).i32_add().i32_const(1).i32_sub()
        .i32_const(0).local_get(align).i32_sub().i32_and().local_set(new)
        .local_get(new).local_get(size).i32_add().global_set(room.next)
        .global_get(room.next).local_get(new).i32_lt_u().if_(BlockType::Empty).unreachable().end()
        .global_get(room.next).call(room.reach)
        .local_get(new).local_get(old)
        .local_get(old_size).local_get(size).local_get(old_size).local_get(size).i32_lt_u().select()
        .memory_copy(0, 0)
        .local_get(new)
        .end();
    body
}

#[rustfmt::skip] // a statement a line
fn begin(writing: Writing, start: u32, out: u32) -> Function {
    let (kind, number) = (0, 1);
    let mut body = Function::new([]);
    body.instructions()
        .global_get(writing.room.next).global_set(start)
        .global_get(start).i32_const(HEAD).i32_add().call(writing.room.reach)
        .global_get(start).local_get(kind).i32_store8(BYTE)
        .global_get(start).i32_const(1).i32_add().global_set(out)
        .local_get(number).i64_extend_i32_u().i32_const(8).call(writing.hex)
        .end();
    body
}

/// Digit by digit, the highest first.
#[rustfmt::skip] // a statement a line
fn hex(out: u32) -> Function {
    let (value, digits, digit) = (0, 1, 2);
    let mut body = Function::new([(1, ValType::I32)]);
    body.instructions()
        .block(BlockType::Empty).loop_(BlockType::Empty)
            .local_get(digits).i32_eqz().br_if(1)
            .local_get(digits).i32_const(1).i32_sub().local_set(digits)
            .local_get(value).local_get(digits).i32_const(4).i32_mul().i64_extend_i32_u().i64_shr_u().i32_wrap_i64()
            .i32_const(15).i32_and().local_set(digit)
            .global_get(out)
            .local_get(digit).i32_const(48).i32_add()
            .local_get(digit).i32_const(9).i32_gt_u().i32_const(39).i32_mul().i32_add()
            .i32_store8(BYTE)
            .global_get(out).i32_const(1).i32_add().global_set(out)
            .br(0)
        .end().end()
        .end();
    body
}

#[rustfmt::skip] // a statement a line
fn region(writing: Writing, out: u32) -> Function {
    let (start, end) = (0, 1);
    let mut body = Function::new([]);
    body.instructions()
        .global_get(out).i32_const(16).i32_add()
        .local_get(end).local_get(start).i32_sub().i32_const(2).i32_mul().i32_add().call(writing.room.reach)
        .local_get(start).i64_extend_i32_u().i32_const(8).call(writing.hex)
        .block(BlockType::Empty).loop_(BlockType::Empty)
            .local_get(start).local_get(end).i32_ge_u().br_if(1)
            .local_get(start).i64_load8_u(BYTE).i32_const(2).call(writing.hex)
            .local_get(start).i32_const(1).i32_add().local_set(start)
            .br(0)
        .end().end()
        .end();
    body
}

fn flush(sink: u32, start: u32, out: u32) -> Function {
    let mut body = Function::new([]);
    body.instructions().global_get(start).global_get(out).global_get(start).i32_sub().call(sink).end();
    body
}
