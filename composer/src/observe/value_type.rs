//! What values are made of, as far as it takes to write them: a type with the places of its parts.

use wit_parser::{Flags, Handle, Int, Resolve, SizeAlign, Type, TypeDefKind};

/// A type of values. Offsets and sizes are in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ValueType {
    Bool,
    Integer {
        size: u32,
        is_signed: bool,
    },
    Float {
        size: u32,
    },
    Char,
    Text,
    List {
        of: Box<ValueType>,
        stride: u32,
    },
    /// A record, or a tuple where its fields have no names.
    Fields(Vec<Field>),
    /// A variant, and whatever is made like one.
    Choice {
        tag: u32,
        payload: u32,
        cases: Vec<(String, Option<ValueType>)>,
    },
    Flags {
        /// How large a number is that has them, and how many of 32 bits there are.
        size: u32,
        words: u32,
        names: Vec<String>,
    },
    /// A handle of a resource of this name.
    Handle(String),
    /// Whatever is not written, passed in so many arguments.
    Opaque(u32),
}

/// A part of a record or a tuple.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub name: Option<String>,
    pub offset: u32,
    pub ty: ValueType,
}

impl ValueType {
    /// How many arguments it is passed in.
    pub fn flat(&self) -> u32 {
        match self {
            Self::Bool | Self::Integer { .. } | Self::Float { .. } | Self::Char | Self::Handle(_) => 1,
            Self::Text | Self::List { .. } => 2,
            Self::Fields(fields) => fields.iter().map(|field| field.ty.flat()).sum(),
            Self::Choice { cases, .. } => {
                1 + cases.iter().filter_map(|(_, ty)| Some(ty.as_ref()?.flat())).max().unwrap_or_default()
            }
            Self::Flags { words, .. } => *words,
            Self::Opaque(flat) => *flat,
        }
    }

    /// How deep lists are inside of each other.
    pub fn lists(&self) -> u32 {
        match self {
            Self::List { of, .. } => 1 + of.lists(),
            Self::Fields(fields) => fields.iter().map(|field| field.ty.lists()).max().unwrap_or_default(),
            Self::Choice { cases, .. } => {
                cases.iter().filter_map(|(_, ty)| Some(ty.as_ref()?.lists())).max().unwrap_or_default()
            }
            Self::Bool
            | Self::Integer { .. }
            | Self::Float { .. }
            | Self::Char
            | Self::Text
            | Self::Flags { .. }
            | Self::Handle(_)
            | Self::Opaque(_) => 0,
        }
    }
}

/// Finds what a type is made of.
pub(super) fn of(resolve: &Resolve, sizes: &SizeAlign, ty: Type) -> ValueType {
    let integer = |size, is_signed| ValueType::Integer { size, is_signed };
    match ty {
        Type::Bool => ValueType::Bool,
        Type::U8 => integer(1, false),
        Type::U16 => integer(2, false),
        Type::U32 => integer(4, false),
        Type::U64 => integer(8, false),
        Type::S8 => integer(1, true),
        Type::S16 => integer(2, true),
        Type::S32 => integer(4, true),
        Type::S64 => integer(8, true),
        Type::F32 => ValueType::Float { size: 4 },
        Type::F64 => ValueType::Float { size: 8 },
        Type::Char => ValueType::Char,
        Type::String => ValueType::Text,
        Type::ErrorContext => ValueType::Opaque(1),
        Type::Id(id) => named(resolve, sizes, &resolve.types[id].kind),
    }
}

fn flags_of(flags: &Flags) -> ValueType {
    let names: Vec<String> = flags.flags.iter().map(|flag| flag.name.clone()).collect();
    let count = names.len() as u32;
    let size = match count {
        0..=8 => 1,
        9..=16 => 2,
        _ => 4,
    };
    ValueType::Flags { size, words: count.div_ceil(32), names }
}

fn named(resolve: &Resolve, sizes: &SizeAlign, kind: &TypeDefKind) -> ValueType {
    let part = |ty: &Type| of(resolve, sizes, *ty);
    match kind {
        TypeDefKind::Type(ty) => part(ty),
        TypeDefKind::List(ty) => {
            ValueType::List { of: Box::new(part(ty)), stride: sizes.size(ty).size_wasm32() as u32 }
        }
        TypeDefKind::Record(record) => {
            let offsets = sizes.field_offsets(record.fields.iter().map(|field| &field.ty));
            let fields = record.fields.iter().zip(offsets);
            let field = |name: &str, offset: usize, ty: &Type| Field {
                name: Some(name.to_owned()),
                offset: offset as u32,
                ty: part(ty),
            };
            ValueType::Fields(fields.map(|(of, (at, ty))| field(&of.name, at.size_wasm32(), ty)).collect())
        }
        TypeDefKind::Tuple(tuple) => {
            let offsets = sizes.field_offsets(&tuple.types).into_iter();
            let field = |offset: usize, ty: &Type| Field { name: None, offset: offset as u32, ty: part(ty) };
            ValueType::Fields(offsets.map(|(at, ty)| field(at.size_wasm32(), ty)).collect())
        }
        TypeDefKind::Enum(of) => {
            let cases = of.cases.iter().map(|case| (case.name.clone(), None)).collect();
            ValueType::Choice { tag: size(of.tag()), payload: 0, cases }
        }
        TypeDefKind::Variant(of) => {
            let payload = sizes.payload_offset(of.tag(), of.cases.iter().map(|case| case.ty.as_ref()));
            let cases = of.cases.iter().map(|case| (case.name.clone(), case.ty.as_ref().map(part))).collect();
            ValueType::Choice { tag: size(of.tag()), payload: payload.size_wasm32() as u32, cases }
        }
        TypeDefKind::Option(ty) => {
            let payload = sizes.payload_offset(Int::U8, [None, Some(ty)]).size_wasm32() as u32;
            let cases = vec![("none".to_owned(), None), ("some".to_owned(), Some(part(ty)))];
            ValueType::Choice { tag: 1, payload, cases }
        }
        TypeDefKind::Result(result) => {
            let payload = sizes.payload_offset(Int::U8, [result.ok.as_ref(), result.err.as_ref()]).size_wasm32() as u32;
            let [ok, err] = [result.ok.as_ref().map(part), result.err.as_ref().map(part)];
            ValueType::Choice { tag: 1, payload, cases: vec![("ok".to_owned(), ok), ("err".to_owned(), err)] }
        }
        TypeDefKind::Flags(flags) => flags_of(flags),
        TypeDefKind::Handle(Handle::Own(id) | Handle::Borrow(id)) => {
            ValueType::Handle(resolve.types[*id].name.clone().unwrap_or_default())
        }
        TypeDefKind::Resource | TypeDefKind::Future(_) | TypeDefKind::Stream(_) | TypeDefKind::Unknown => {
            ValueType::Opaque(1)
        }
        // Both are of no released toolchain's bindings yet.
        TypeDefKind::Map(..) => ValueType::Opaque(2),
        TypeDefKind::FixedLengthList(ty, count) => ValueType::Opaque(part(ty).flat() * count),
    }
}

/// How many bytes a number of this kind has.
pub(super) fn size(number: Int) -> u32 {
    match number {
        Int::U8 => 1,
        Int::U16 => 2,
        Int::U32 => 4,
        Int::U64 => 8,
    }
}
