//! Values out of what was passed, as the canonical ABI has them, in the words of scripts.

use wit_parser::{Flags, Handle, Type, TypeDefKind, TypeId};

use super::error::RecordError;
use super::flat;
use super::lines::Memory;
use super::owned::{Layout, small};
use crate::script::wave::Value;

/// Names a handle of a resource, by whatever name the resource has there, and is told whether it is given away.
pub type Name<'a> = dyn FnMut(TypeId, u32, bool) -> String + 'a;

/// Reads values.
pub struct Lift<'a, 'n> {
    /// The types.
    pub layout: Layout<'a>,
    /// What is in memory.
    pub memory: &'a Memory,
    /// Names handles.
    pub name: &'a mut Name<'n>,
}

impl Lift<'_, '_> {
    /// A value that is passed without memory, taken off the front of the values.
    pub fn flat(&mut self, ty: &Type, values: &mut &[u64]) -> Result<Value, RecordError> {
        let Type::Id(id) = ty else {
            let value = next(values)?;
            if matches!(ty, Type::String) {
                return self.string(word(value)?, word(next(values)?)?);
            }
            return scalar(ty, value);
        };
        if let Some(cases) = self.layout.cases(*id) {
            let tag = word(next(values)?)?;
            let (mut payload, rest) = split(values, flat::payload(self.layout.resolve, &cases))?;
            *values = rest;
            let (name, ty) = case(cases, tag)?;
            let inner = ty.map(|ty| self.flat(&ty, &mut payload)).transpose()?;
            return Ok(Value::Word(name, Vec::from_iter(inner)));
        }
        match &self.layout.resolve.types[*id].kind {
            TypeDefKind::Record(record) => {
                let fields = record.fields.iter();
                let fields = fields.map(|field| Ok((field.name.clone(), self.flat(&field.ty, values)?)));
                Ok(Value::Record(fields.collect::<Result<_, RecordError>>()?, false))
            }
            TypeDefKind::Tuple(tuple) => {
                let items = tuple.types.iter().map(|ty| self.flat(ty, values));
                Ok(Value::Tuple(items.collect::<Result<_, RecordError>>()?))
            }
            TypeDefKind::Type(ty) => self.flat(ty, values),
            TypeDefKind::List(ty) => {
                let (start, count) = (word(next(values)?)?, word(next(values)?)?);
                self.list(ty, start, count)
            }
            TypeDefKind::Flags(flags) => {
                let words = flags.flags.len().div_ceil(32);
                let (all, rest) = split(values, words)?;
                *values = rest;
                let is_set = |place: usize| all.get(place / 32).is_some_and(|word| word >> (place % 32) & 1 == 1);
                let set = flags.flags.iter().enumerate().filter(|(place, _)| is_set(*place));
                Ok(Value::Flags(set.map(|(_, flag)| flag.name.clone()).collect()))
            }
            TypeDefKind::Handle(handle) => {
                let value = word(next(values)?)?;
                Ok(self.handle(handle, value))
            }
            TypeDefKind::Resource
            | TypeDefKind::Variant(_)
            | TypeDefKind::Enum(_)
            | TypeDefKind::Option(_)
            | TypeDefKind::Result(_)
            | TypeDefKind::Map(..)
            | TypeDefKind::FixedLengthList(..)
            | TypeDefKind::Future(_)
            | TypeDefKind::Stream(_)
            | TypeDefKind::Unknown => Err(wrong("a value is of no type that can be written")),
        }
    }

    fn flags(&mut self, flags: &Flags, at: u32) -> Result<Value, RecordError> {
        let mut set = Vec::new();
        for (place, flag) in flags.flags.iter().enumerate() {
            if self.memory.number(at + small(place / 8), 1)? >> (place % 8) & 1 == 1 {
                set.push(flag.name.clone());
            }
        }
        Ok(Value::Flags(set))
    }

    /// A value in memory.
    pub fn load(&mut self, ty: &Type, at: u32) -> Result<Value, RecordError> {
        let Type::Id(id) = ty else {
            if matches!(ty, Type::String) {
                let [start, count] = self.pair(at)?;
                return self.string(start, count);
            }
            let size = small(self.layout.sizes.size(ty).size_wasm32());
            return scalar(ty, extended(ty, self.memory.number(at, size)?));
        };
        if let Some(cases) = self.layout.cases(*id) {
            let (size, payload) = self.layout.tag(&cases);
            let tag = word(self.memory.number(at, size)?)?;
            let (name, ty) = case(cases, tag)?;
            let inner = ty.map(|ty| self.load(&ty, at + payload)).transpose()?;
            return Ok(Value::Word(name, Vec::from_iter(inner)));
        }
        match &self.layout.resolve.types[*id].kind {
            TypeDefKind::Record(record) => {
                let types: Vec<Type> = record.fields.iter().map(|field| field.ty).collect();
                let parts = self.layout.parts(&types);
                let fields = record.fields.iter().zip(parts);
                let fields = fields.map(|(field, (offset, ty))| Ok((field.name.clone(), self.load(&ty, at + offset)?)));
                Ok(Value::Record(fields.collect::<Result<_, RecordError>>()?, false))
            }
            TypeDefKind::Tuple(tuple) => {
                let parts = self.layout.parts(&tuple.types).into_iter();
                let items = parts.map(|(offset, ty)| self.load(&ty, at + offset));
                Ok(Value::Tuple(items.collect::<Result<_, RecordError>>()?))
            }
            TypeDefKind::Type(ty) => self.load(ty, at),
            TypeDefKind::List(ty) => {
                let [start, count] = self.pair(at)?;
                self.list(ty, start, count)
            }
            TypeDefKind::Flags(flags) => self.flags(flags, at),
            TypeDefKind::Handle(handle) => {
                let value = word(self.memory.number(at, 4)?)?;
                Ok(self.handle(handle, value))
            }
            TypeDefKind::Resource
            | TypeDefKind::Variant(_)
            | TypeDefKind::Enum(_)
            | TypeDefKind::Option(_)
            | TypeDefKind::Result(_)
            | TypeDefKind::Map(..)
            | TypeDefKind::FixedLengthList(..)
            | TypeDefKind::Future(_)
            | TypeDefKind::Stream(_)
            | TypeDefKind::Unknown => Err(wrong("a value is of no type that can be written")),
        }
    }

    fn pair(&self, at: u32) -> Result<[u32; 2], RecordError> {
        Ok([word(self.memory.number(at, 4)?)?, word(self.memory.number(at + 4, 4)?)?])
    }

    fn string(&self, start: u32, count: u32) -> Result<Value, RecordError> {
        let bytes = self.memory.get(start, count)?.to_vec();
        String::from_utf8(bytes).map(Value::Text).map_err(|_| wrong("a string is no text"))
    }

    fn list(&mut self, ty: &Type, start: u32, count: u32) -> Result<Value, RecordError> {
        if let Type::U8 = ty {
            return Ok(Value::Bytes(self.memory.get(start, count)?.to_vec()));
        }
        let size = small(self.layout.sizes.size(ty).size_wasm32());
        let items = (0..count).map(|place| self.load(ty, start + place * size));
        Ok(Value::List(items.collect::<Result<_, _>>()?))
    }

    fn handle(&mut self, handle: &Handle, value: u32) -> Value {
        Value::Handle(match handle {
            Handle::Own(id) => (self.name)(*id, value, true),
            Handle::Borrow(id) => (self.name)(*id, value, false),
        })
    }
}

fn wrong(reason: &str) -> RecordError {
    RecordError::Line { reason: reason.to_owned() }
}

fn next(values: &mut &[u64]) -> Result<u64, RecordError> {
    let (first, rest) = values.split_first().ok_or_else(|| wrong("a value is missing"))?;
    *values = rest;
    Ok(*first)
}

fn split(values: &[u64], count: usize) -> Result<(&[u64], &[u64]), RecordError> {
    values.split_at_checked(count).ok_or_else(|| wrong("a value is missing"))
}

fn word(value: u64) -> Result<u32, RecordError> {
    // A case of another length may have left more in the place.
    u32::try_from(value & u64::from(u32::MAX)).map_err(|_| wrong("a number is too large"))
}

fn case(cases: Vec<(String, Option<Type>)>, tag: u32) -> Result<(String, Option<Type>), RecordError> {
    cases.into_iter().nth(tag as usize).ok_or_else(|| wrong("a case is not there"))
}

/// A number of a type, as it would be passed without memory.
fn extended(ty: &Type, value: u64) -> u64 {
    match ty {
        Type::S8 => i64::from((value as u8).cast_signed()).cast_unsigned(),
        Type::S16 => i64::from((value as u16).cast_signed()).cast_unsigned(),
        Type::Bool
        | Type::U8
        | Type::U16
        | Type::U32
        | Type::U64
        | Type::S32
        | Type::S64
        | Type::F32
        | Type::F64
        | Type::Char
        | Type::String
        | Type::ErrorContext
        | Type::Id(_) => value,
    }
}

/// A value of a type that has no parts.
fn scalar(ty: &Type, value: u64) -> Result<Value, RecordError> {
    let low = value as u32;
    Ok(match ty {
        Type::Bool => Value::Word((low != 0).to_string(), Vec::new()),
        Type::U8 | Type::U16 | Type::U32 => Value::Number(low.to_string()),
        Type::U64 => Value::Number(value.to_string()),
        Type::S8 | Type::S16 | Type::S32 => Value::Number(low.cast_signed().to_string()),
        Type::S64 => Value::Number(value.cast_signed().to_string()),
        Type::F32 => float(f32::from_bits(low)),
        Type::F64 => float(f64::from_bits(value)),
        Type::Char => Value::Char(char::from_u32(low).ok_or_else(|| wrong("a character is none"))?),
        Type::String | Type::ErrorContext | Type::Id(_) => {
            return Err(wrong("a value is of no type that can be written"));
        }
    })
}

/// What is no number is written as a word.
fn float(value: impl ToString) -> Value {
    let text = value.to_string().to_lowercase();
    if text.contains(|letter: char| letter.is_ascii_digit()) {
        Value::Number(text)
    } else {
        Value::Word(text, Vec::new())
    }
}
