//! Where in the values of a type handles are that are given away, in the memory of a module.

use wit_parser::{Handle, Resolve, SizeAlign, Type, TypeDefKind, TypeId};

use super::flat;

/// A way to a handle that is given away, from the address of a value on.
#[derive(Debug, Clone)]
pub struct Owned {
    /// What must be so: at that offset there is a tag of so many bytes, and it is this one.
    pub cases: Vec<Case>,
    /// Where the handle is.
    pub offset: u32,
    /// Which of the values it is, where they are passed without memory.
    pub flat: u32,
    /// What it is a handle of.
    pub resource: TypeId,
}

/// A case of a variant.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// Where its tag is.
    pub offset: u32,
    /// Which of the values that is, where they are passed without memory.
    pub flat: u32,
    /// How many bytes that has.
    pub size: u32,
    /// Which it is.
    pub tag: u32,
}

/// Where a value is: in memory, and among those that are passed without it.
#[derive(Debug, Clone, Copy)]
struct Place {
    offset: u32,
    flat: u32,
}

/// Why handles cannot be followed.
pub const IN_A_LIST: &str = "it gives away handles in a list";

/// The resource that a type names, whatever it is called on the way.
pub fn resource(resolve: &Resolve, id: TypeId) -> TypeId {
    match &resolve.types[id].kind {
        TypeDefKind::Type(Type::Id(other)) => resource(resolve, *other),
        TypeDefKind::Type(_)
        | TypeDefKind::Record(_)
        | TypeDefKind::Resource
        | TypeDefKind::Handle(_)
        | TypeDefKind::Flags(_)
        | TypeDefKind::Tuple(_)
        | TypeDefKind::Variant(_)
        | TypeDefKind::Enum(_)
        | TypeDefKind::Option(_)
        | TypeDefKind::Result(_)
        | TypeDefKind::List(_)
        | TypeDefKind::Map(..)
        | TypeDefKind::FixedLengthList(..)
        | TypeDefKind::Future(_)
        | TypeDefKind::Stream(_)
        | TypeDefKind::Unknown => id,
    }
}

/// Types and what they take of memory.
#[derive(Clone, Copy)]
pub struct Layout<'a> {
    /// The types.
    pub resolve: &'a Resolve,
    /// Their sizes.
    pub sizes: &'a SizeAlign,
}

impl<'a> Layout<'a> {
    /// Every handle that is given away with a value of a type.
    pub fn owned(&self, ty: &Type) -> Result<Vec<Owned>, &'static str> {
        let mut found = Vec::new();
        self.walk(ty, Place { offset: 0, flat: 0 }, &[], &mut found)?;
        Ok(found)
    }

    /// Every handle that is given away with some values, one after the other.
    pub fn owned_of(&self, types: &[Type]) -> Result<Vec<Owned>, &'static str> {
        let mut found = Vec::new();
        self.walk_all(types, Place { offset: 0, flat: 0 }, &[], &mut found)?;
        Ok(found)
    }

    /// The cases of a type that is one of several: each with what is in it, or none if it is something else.
    pub fn cases(&self, id: TypeId) -> Option<Vec<(String, Option<Type>)>> {
        match &self.resolve.types[id].kind {
            TypeDefKind::Option(ty) => Some(vec![("none".to_owned(), None), ("some".to_owned(), Some(*ty))]),
            TypeDefKind::Result(result) => Some(vec![("ok".to_owned(), result.ok), ("err".to_owned(), result.err)]),
            TypeDefKind::Variant(variant) => {
                Some(variant.cases.iter().map(|case| (case.name.clone(), case.ty)).collect())
            }
            TypeDefKind::Enum(cases) => Some(cases.cases.iter().map(|case| (case.name.clone(), None)).collect()),
            TypeDefKind::Record(_)
            | TypeDefKind::Resource
            | TypeDefKind::Handle(_)
            | TypeDefKind::Flags(_)
            | TypeDefKind::Tuple(_)
            | TypeDefKind::List(_)
            | TypeDefKind::Map(..)
            | TypeDefKind::FixedLengthList(..)
            | TypeDefKind::Future(_)
            | TypeDefKind::Stream(_)
            | TypeDefKind::Type(_)
            | TypeDefKind::Unknown => None,
        }
    }

    /// How many bytes the tag of so many cases has, and where what is in them begins.
    pub fn tag(&self, cases: &[(String, Option<Type>)]) -> (u32, u32) {
        let tag = match cases.len() {
            0..=0x100 => wit_parser::Int::U8,
            0x101..=0x1_0000 => wit_parser::Int::U16,
            _ => wit_parser::Int::U32,
        };
        let size = match tag {
            wit_parser::Int::U8 => 1,
            wit_parser::Int::U16 => 2,
            wit_parser::Int::U32 | wit_parser::Int::U64 => 4,
        };
        let offset = self.sizes.payload_offset(tag, cases.iter().map(|(_, ty)| ty.as_ref()));
        (size, small(offset.size_wasm32()))
    }

    /// The parts of a type that has several, each with its offset.
    pub fn parts(&self, types: &[Type]) -> Vec<(u32, Type)> {
        let offsets = self.sizes.field_offsets(types.iter()).into_iter();
        offsets.map(|(offset, ty)| (small(offset.size_wasm32()), *ty)).collect()
    }

    fn walk_all(&self, types: &[Type], at: Place, cases: &[Case], found: &mut Vec<Owned>) -> Result<(), &'static str> {
        let mut flat = at.flat;
        for (offset, ty) in self.parts(types) {
            self.walk(&ty, Place { offset: at.offset + offset, flat }, cases, found)?;
            flat += small(flat::count(self.resolve, &ty));
        }
        Ok(())
    }

    fn walk(&self, ty: &Type, at: Place, cases: &[Case], found: &mut Vec<Owned>) -> Result<(), &'static str> {
        let Type::Id(id) = ty else { return Ok(()) };
        if let Some(all) = self.cases(*id) {
            let (size, payload) = self.tag(&all);
            for (tag, (_, ty)) in all.iter().enumerate() {
                let Some(ty) = ty else { continue };
                let case = Case { offset: at.offset, flat: at.flat, size, tag: small(tag) };
                let at = Place { offset: at.offset + payload, flat: at.flat + 1 };
                self.walk(ty, at, &[cases, &[case]].concat(), found)?;
            }
            return Ok(());
        }
        match &self.resolve.types[*id].kind {
            TypeDefKind::Handle(Handle::Own(of)) => {
                let Place { offset, flat } = at;
                found.push(Owned { cases: cases.to_vec(), offset, flat, resource: resource(self.resolve, *of) });
                Ok(())
            }
            TypeDefKind::Type(ty) => self.walk(ty, at, cases, found),
            TypeDefKind::Record(record) => {
                let types: Vec<Type> = record.fields.iter().map(|field| field.ty).collect();
                self.walk_all(&types, at, cases, found)
            }
            TypeDefKind::Tuple(tuple) => self.walk_all(&tuple.types, at, cases, found),
            TypeDefKind::List(ty) if self.owned(ty)?.is_empty() => Ok(()),
            TypeDefKind::List(_) => Err(IN_A_LIST),
            TypeDefKind::Handle(Handle::Borrow(_)) | TypeDefKind::Flags(_) => Ok(()),
            TypeDefKind::Map(..)
            | TypeDefKind::FixedLengthList(..)
            | TypeDefKind::Future(_)
            | TypeDefKind::Stream(_)
            | TypeDefKind::Resource
            | TypeDefKind::Unknown
            | TypeDefKind::Variant(_)
            | TypeDefKind::Enum(_)
            | TypeDefKind::Option(_)
            | TypeDefKind::Result(_) => Err("it has a map, a future or a stream"),
        }
    }
}

/// A size of a type: types are small.
pub fn small(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}
