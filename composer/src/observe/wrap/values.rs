//! Code that writes values as WAVE text: it hands them to the observer piece by piece, and changes nothing.

use wasm_encoder::{BlockType, InstructionSink, ValType};

use super::super::value_type::{Field, ValueType};
use super::body::at;

/// The functions of the observer, by their places among those that every module imports.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pieces {
    /// Begins the arguments or the answer.
    pub begin: u32,
    /// Up to eight characters.
    pub put: u32,
    /// A comma, unless something begins here.
    pub separate: u32,
    pub unsigned: u32,
    pub signed: u32,
    pub float: u32,
    pub character: u32,
    /// A byte of a text.
    pub byte: u32,
}

/// How many items of a list are written, and how many bytes of a text.
const ITEMS: i32 = 64;
const BYTES: i32 = 512;

/// Where a value is.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// In locals from this one on.
    Locals(u32),
    /// In memory, so many bytes behind where this local points.
    Memory(u32, u32),
}

impl Place {
    /// Where a part is: so many locals further on, or so many bytes.
    fn part(self, locals: u32, bytes: u32) -> Self {
        match self {
            Self::Locals(first) => Self::Locals(first + locals),
            Self::Memory(base, offset) => Self::Memory(base, offset + bytes),
        }
    }
}

/// Writes code.
pub(super) struct Values<'c, 's> {
    pub code: &'c mut InstructionSink<'s>,
    pub pieces: Pieces,
    /// The types of the locals.
    pub types: &'c [ValType],
    /// Two locals for each list that is in another one, from this one on.
    pub loops: u32,
}

impl Values<'_, '_> {
    /// Writes arguments, which are in locals, or in memory where the first one points.
    pub fn arguments(&mut self, values: &[Field], in_memory: bool) {
        self.code.i32_const(0).call(self.pieces.begin);
        let place = if in_memory { Place::Memory(0, 0) } else { Place::Locals(0) };
        self.fields(values, place);
    }

    /// Writes an answer, which is in this local, or in memory where that points.
    pub fn answer(&mut self, ty: &ValueType, local: u32, in_memory: bool) {
        self.code.i32_const(1).call(self.pieces.begin);
        let place = if in_memory { Place::Memory(local, 0) } else { Place::Locals(local) };
        self.value(ty, place, 0);
    }

    fn fields(&mut self, fields: &[Field], place: Place) {
        let is_record = fields.first().is_some_and(|field| field.name.is_some());
        self.put(if is_record { "{" } else { "(" });
        let mut locals = 0;
        for field in fields {
            self.code.call(self.pieces.separate);
            if let Some(name) = &field.name {
                self.put(&format!("{name}: "));
            }
            self.value(&field.ty, place.part(locals, field.offset), 0);
            locals += field.ty.flat();
        }
        self.put(if is_record { "}" } else { ")" });
    }

    fn value(&mut self, ty: &ValueType, place: Place, depth: u32) {
        match ty {
            ValueType::Bool => {
                self.load(place, 1, false);
                self.code.if_(BlockType::Empty);
                self.put("true");
                self.code.else_();
                self.put("false");
                self.code.end();
            }
            ValueType::Integer { size, is_signed } => {
                self.load(place, *size, *is_signed);
                if *size < 8 {
                    if *is_signed {
                        self.code.i64_extend_i32_s()
                    } else {
                        self.code.i64_extend_i32_u()
                    };
                }
                self.code.call(if *is_signed { self.pieces.signed } else { self.pieces.unsigned });
            }
            ValueType::Float { size } => {
                self.float(place, *size);
                self.code.call(self.pieces.float);
            }
            ValueType::Char => {
                self.load(place, 4, false);
                self.code.call(self.pieces.character);
            }
            ValueType::Text => {
                self.put("\"");
                self.items(place, depth, 1, BYTES, &mut |values, item| {
                    values.code.local_get(item).i32_load8_u(at(0)).call(values.pieces.byte);
                });
                self.put("\"");
            }
            ValueType::List { of, stride } => {
                self.put("[");
                self.items(place, depth, *stride, ITEMS, &mut |values, item| {
                    values.code.call(values.pieces.separate);
                    values.value(of, Place::Memory(item, 0), depth + 1);
                });
                self.put("]");
            }
            ValueType::Fields(fields) => self.fields(fields, place),
            ValueType::Choice { tag, payload, cases } => self.choice(place, *tag, *payload, cases, depth),
            ValueType::Flags { size, names, .. } => self.flags(place, *size, names),
            ValueType::Handle(name) => {
                self.put(&format!("{name}#"));
                self.load(place, 4, false);
                self.code.i64_extend_i32_u().call(self.pieces.unsigned);
            }
            ValueType::Opaque(_) => self.put("…"),
        }
    }

    fn choice(&mut self, place: Place, tag: u32, payload: u32, cases: &[(String, Option<ValueType>)], depth: u32) {
        for (number, (name, ty)) in cases.iter().enumerate() {
            self.load(place, tag, false);
            self.code.i32_const(number as i32).i32_eq().if_(BlockType::Empty);
            self.put(name);
            if let Some(ty) = ty {
                self.put("(");
                self.value(ty, place.part(1, payload), depth);
                self.put(")");
            }
            self.code.end();
        }
    }

    fn flags(&mut self, place: Place, size: u32, names: &[String]) {
        self.put("{");
        for (number, name) in names.iter().enumerate() {
            let (word, bit) = (number as u32 / 32, number as u32 % 32);
            self.load(place.part(word, word * 4), size, false);
            self.code.i32_const((1_u32 << bit).cast_signed()).i32_and().if_(BlockType::Empty);
            self.code.call(self.pieces.separate);
            self.put(name);
            self.code.end();
        }
        self.put("}");
    }

    /// Does something with each item of a list, but not with more than so many; the local points to it.
    fn items(&mut self, place: Place, depth: u32, stride: u32, most: i32, each: &mut dyn FnMut(&mut Self, u32)) {
        let (item, end) = (self.loops + 2 * depth, self.loops + 2 * depth + 1);
        self.load(place, 4, false);
        self.code.local_tee(item);
        // The end: as many items further on as there are, or as many as are written.
        let count = place.part(1, 4);
        self.load(count, 4, false);
        self.code.i32_const(most);
        self.load(count, 4, false);
        self.code.i32_const(most).i32_lt_u().select();
        self.code.i32_const(stride.cast_signed()).i32_mul().i32_add().local_set(end);
        self.code.block(BlockType::Empty).loop_(BlockType::Empty);
        self.code.local_get(item).local_get(end).i32_ge_u().br_if(1);
        each(self, item);
        self.code.local_get(item).i32_const(stride.cast_signed()).i32_add().local_set(item);
        self.code.br(0).end().end();
        self.load(count, 4, false);
        self.code.i32_const(most).i32_gt_u().if_(BlockType::Empty);
        self.put("…");
        self.code.end();
    }

    /// Loads a number: one of 64 bits if it has eight bytes.
    fn load(&mut self, place: Place, size: u32, is_signed: bool) {
        match place {
            Place::Locals(local) => {
                self.code.local_get(local);
                // In a variant, a local may be wider than what is in it.
                if size < 8 && self.types.get(local as usize) == Some(&ValType::I64) {
                    self.code.i32_wrap_i64();
                }
            }
            Place::Memory(base, offset) => {
                self.code.local_get(base);
                match (size, is_signed) {
                    (1, true) => self.code.i32_load8_s(at(offset)),
                    (1, false) => self.code.i32_load8_u(at(offset)),
                    (2, true) => self.code.i32_load16_s(at(offset)),
                    (2, false) => self.code.i32_load16_u(at(offset)),
                    (8, _) => self.code.i64_load(at(offset)),
                    (_, _) => self.code.i32_load(at(offset)),
                };
            }
        }
    }

    /// Loads a number with a point, as one of 64 bits.
    fn float(&mut self, place: Place, size: u32) {
        match place {
            Place::Locals(local) => {
                self.code.local_get(local);
                match (self.types.get(local as usize), size) {
                    (Some(ValType::I32), _) => self.code.f32_reinterpret_i32().f64_promote_f32(),
                    (Some(ValType::I64), 4) => self.code.i32_wrap_i64().f32_reinterpret_i32().f64_promote_f32(),
                    (Some(ValType::I64), _) => self.code.f64_reinterpret_i64(),
                    (Some(ValType::F32), _) => self.code.f64_promote_f32(),
                    (Some(ValType::F64 | ValType::V128 | ValType::Ref(_)) | None, _) => self.code,
                };
            }
            Place::Memory(base, offset) if size == 4 => {
                self.code.local_get(base).f32_load(at(offset)).f64_promote_f32();
            }
            Place::Memory(base, offset) => {
                self.code.local_get(base).f64_load(at(offset));
            }
        }
    }

    /// Writes text as it is, eight bytes at a time.
    fn put(&mut self, text: &str) {
        for piece in text.as_bytes().chunks(8) {
            let mut bytes = [0; 8];
            bytes[..piece.len()].copy_from_slice(piece);
            self.code.i64_const(i64::from_le_bytes(bytes)).call(self.pieces.put);
        }
    }
}
