//! How a function is called by a core module, and where its sizes and its outcome are to be seen.
//!
//! The canonical ABI says where the length of each text or byte list is, among the arguments or in the memory that a
//! function answers in. So sizes and outcomes are known without lifting a value.

use wasm_encoder::ValType;
use wit_parser::abi::{AbiVariant, FlatTypes, WasmSignature, WasmType};
use wit_parser::{Function, Int, Resolve, Result_, SizeAlign, Type, TypeDefKind, TypeOwner};

use super::refusal::{self, Refusal};
use super::value_type::{self, Field, ValueType, size};
use crate::core_type::core_types;

/// A function as it is imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Signature {
    pub params: Vec<ValType>,
    pub results: Vec<ValType>,
    /// The lengths of what it is given.
    pub given: Vec<Length>,
    /// The lengths of what it answers, where it does not fail.
    pub answered: Vec<Length>,
    pub outcome: Outcome,
    /// Where in the answer it is seen whether there is a value, if there may be none.
    pub may_be_none: Option<u32>,
    /// The cases of its error, in their order.
    pub errors: Vec<String>,
    /// The type that has these cases, as `interface.type`.
    pub error_type: Option<String>,
    /// What it is given, and what it answers.
    pub arguments: Vec<Field>,
    pub answers: Option<ValueType>,
    /// Whether it is given all of that in memory, and whether it answers there.
    pub takes_memory: bool,
    pub answers_in_memory: bool,
    /// How a call is answered with an error, or why it cannot be.
    pub refusal: Result<Refusal, &'static str>,
}

/// How it is seen whether a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It cannot fail, or says so in its one result.
    Never,
    /// Its one result is not zero.
    Result,
    /// The first byte where it answers is not zero; the case of the error is there, too, if it has cases.
    Memory { case: Option<Place> },
}

/// A length, in bytes, which counts where all conditions are met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Length {
    pub at: At,
    /// Places of options that must have a value.
    pub when: Vec<At>,
}

/// Where something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    /// An argument.
    Argument(u32),
    /// So many bytes behind where this argument points.
    Behind(u32, u32),
}

/// A number in memory, behind where the function answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub offset: u32,
    /// Its size in bytes.
    pub size: u32,
}

impl Signature {
    /// The argument that says where the function answers, if it answers in memory.
    pub fn answer(&self) -> u32 {
        (self.params.len() as u32).saturating_sub(1)
    }
}

/// The values that a function is given: behind the first parameter, or each in parameters of its own.
fn given(types: &Types<'_>, signature: &WasmSignature, function: &Function) -> Vec<Length> {
    let mut given = Vec::new();
    if signature.indirect_params {
        let params: Vec<_> = function.params.iter().map(|param| param.ty).collect();
        for (offset, ty) in types.sizes.field_offsets(&params) {
            types.behind(*ty, 0, offset.size_wasm32() as u32, &[], &mut given);
        }
    } else {
        let mut next = 0;
        function.params.iter().for_each(|param| types.arguments(param.ty, &mut next, &[], &mut given));
    }
    given
}

/// Finds the signature of an imported function.
pub(super) fn of(resolve: &Resolve, sizes: &SizeAlign, function: &Function) -> Signature {
    let types = Types { resolve, sizes };
    let signature = resolve.wasm_signature(AbiVariant::GuestImport, function);
    let given = given(&types, &signature, function);
    let answer = (signature.params.len() as u32).saturating_sub(1);
    let result = function.result.and_then(|ty| types.result(ty));
    let (ok, err, payload) = match result {
        Some(result) => {
            let payload = sizes.payload_offset(Int::U8, [result.ok.as_ref(), result.err.as_ref()]);
            (result.ok, Some(result.err), payload.size_wasm32() as u32)
        }
        None => (function.result, None, 0),
    };
    let mut answered = Vec::new();
    if let Some(ok) = ok.filter(|_| signature.retptr) {
        types.behind(ok, answer, payload, &[], &mut answered);
    }
    let case = err.flatten().and_then(|err| types.case(err, payload));
    let (errors, case, error_type) = match (err, case) {
        (None, _) => (Vec::new(), None, None),
        (Some(_), Some(Cases { names, place, ty })) => (names, Some(place), ty),
        (Some(_), None) => (vec!["error".to_owned()], None, None),
    };
    let may_be_none = ok.filter(|_| signature.retptr).and_then(|ok| types.option(ok)).map(|_| payload);
    let outcome = match (err, signature.retptr) {
        (None, _) => Outcome::Never,
        (Some(_), true) => Outcome::Memory { case },
        (Some(_), false) => Outcome::Result,
    };
    let (params, results) = core_types(&signature);
    let types: Vec<_> = function.params.iter().map(|param| param.ty).collect();
    let argument = |(at, ty): (wit_parser::ArchitectureSize, &Type)| Field {
        name: None,
        offset: at.size_wasm32() as u32,
        ty: value_type::of(resolve, sizes, *ty),
    };
    Signature {
        params,
        results,
        given,
        answered,
        outcome,
        may_be_none,
        errors,
        error_type,
        arguments: sizes.field_offsets(&types).into_iter().map(argument).collect(),
        answers: function.result.map(|ty| value_type::of(resolve, sizes, ty)),
        takes_memory: signature.indirect_params,
        answers_in_memory: signature.retptr,
        refusal: refusal::of(resolve, sizes, function),
    }
}

/// The cases of an error.
struct Cases {
    names: Vec<String>,
    /// Where the number of the case is.
    place: Place,
    ty: Option<String>,
}

/// Types with their sizes.
pub(super) struct Types<'a> {
    pub resolve: &'a Resolve,
    pub sizes: &'a SizeAlign,
}

impl<'a> Types<'a> {
    /// What a named type is in the end.
    pub fn kind(&self, ty: Type) -> Option<&'a TypeDefKind> {
        let Type::Id(id) = ty else { return None };
        let kind = &self.resolve.types[id].kind;
        if let TypeDefKind::Type(ty) = kind { self.kind(*ty) } else { Some(kind) }
    }

    /// The type that an alias of a primitive stands for.
    pub fn plain(&self, ty: Type) -> Type {
        if let Type::Id(id) = ty
            && let TypeDefKind::Type(of) = self.resolve.types[id].kind
        {
            return self.plain(of);
        }
        ty
    }

    pub fn result(&self, ty: Type) -> Option<&'a Result_> {
        if let TypeDefKind::Result(result) = self.kind(ty)? { Some(result) } else { None }
    }

    /// Whether it is a pointer and a length in bytes.
    fn is_bytes(&self, ty: Type) -> bool {
        if self.plain(ty) == Type::String {
            return true;
        }
        matches!(self.kind(ty), Some(TypeDefKind::List(of)) if self.plain(*of) == Type::U8)
    }

    /// The types that a value of this one is made of side by side.
    pub fn parts(&self, ty: Type) -> Option<Vec<Type>> {
        let kind = self.kind(ty)?;
        if let TypeDefKind::Record(record) = kind {
            Some(record.fields.iter().map(|field| field.ty).collect())
        } else if let TypeDefKind::Tuple(tuple) = kind {
            Some(tuple.types.clone())
        } else {
            None
        }
    }

    fn option(&self, ty: Type) -> Option<Type> {
        if let TypeDefKind::Option(of) = self.kind(ty)? { Some(*of) } else { None }
    }

    /// Lengths in arguments from `next` on.
    fn arguments(&self, ty: Type, next: &mut u32, when: &[At], lengths: &mut Vec<Length>) {
        if self.is_bytes(ty) {
            lengths.push(Length { at: At::Argument(*next + 1), when: when.to_vec() });
            *next += 2;
        } else if let Some(parts) = self.parts(ty) {
            parts.into_iter().for_each(|part| self.arguments(part, next, when, lengths));
        } else if let Some(of) = self.option(ty) {
            let when = [when, &[At::Argument(*next)]].concat();
            *next += 1;
            self.arguments(of, next, &when, lengths);
        } else {
            let mut room = [WasmType::I32; Resolve::MAX_FLAT_PARAMS + 1];
            let mut flat = FlatTypes::new(&mut room);
            self.resolve.push_flat(&ty, &mut flat);
            *next += flat.to_vec().len() as u32;
        }
    }

    /// Lengths in memory.
    fn behind(&self, ty: Type, argument: u32, offset: u32, when: &[At], lengths: &mut Vec<Length>) {
        if self.is_bytes(ty) {
            lengths.push(Length { at: At::Behind(argument, offset + 4), when: when.to_vec() });
        } else if let Some(parts) = self.parts(ty) {
            for (at, part) in self.sizes.field_offsets(&parts) {
                self.behind(*part, argument, offset + at.size_wasm32() as u32, when, lengths);
            }
        } else if let Some(of) = self.option(ty) {
            let payload = self.sizes.payload_offset(Int::U8, [None, Some(&of)]).size_wasm32() as u32;
            let when = [when, &[At::Behind(argument, offset)]].concat();
            self.behind(of, argument, offset + payload, &when, lengths);
        }
    }

    /// The cases of an error, and where the case is that it is: the error's own, or those of the first of its fields that
    /// has some.
    fn case(&self, ty: Type, offset: u32) -> Option<Cases> {
        let kind = self.kind(ty)?;
        let cases = |names: Vec<String>, tag: Int| {
            Some(Cases { names, place: Place { offset, size: size(tag) }, ty: self.path(ty) })
        };
        if let TypeDefKind::Enum(of) = kind {
            cases(of.cases.iter().map(|case| case.name.clone()).collect(), of.tag())
        } else if let TypeDefKind::Variant(of) = kind {
            cases(of.cases.iter().map(|case| case.name.clone()).collect(), of.tag())
        } else {
            let parts = self.parts(ty)?;
            let mut fields = self.sizes.field_offsets(&parts).into_iter();
            fields.find_map(|(at, field)| self.case(*field, offset + at.size_wasm32() as u32))
        }
    }

    /// The interface and the name of a type, where that is declared.
    fn path(&self, ty: Type) -> Option<String> {
        let Type::Id(id) = ty else { return None };
        let def = &self.resolve.types[id];
        if let TypeDefKind::Type(of) = def.kind {
            return self.path(of);
        }
        let TypeOwner::Interface(interface) = def.owner else { return None };
        Some(format!("{}.{}", self.resolve.interfaces[interface].name.as_ref()?, def.name.as_ref()?))
    }
}
