//! Where the canonical ABI puts the arguments and answers of a bulk function, on both sides.

use wit_parser::{Int, Resolve, Result_, SizeAlign, Type, TypeDefKind, TypeId};

use super::imports::{Import, Known};
use crate::plan::{self, Bulk};

/// The arguments and answers of a friendly function and of the raw one behind it.
#[derive(Debug)]
pub(super) struct Layout {
    /// Which argument says how much is moved.
    pub amount: Amount,
    /// What the raw function answers with.
    pub answer: Answer,
    /// How many bytes that takes, and where in them the value or the error is.
    pub raw: Place,
    /// The same of the friendly function.
    pub friendly: Place,
    /// The friendly error of each raw one, by its place.
    pub errors: Vec<u32>,
    /// How often the raw function is called.
    pub repeat: Repeat,
}

/// How often a raw function is called, with the place of the friendly error that this can come to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Repeat {
    Once,
    /// Until all is taken, unless the host takes nothing.
    UntilTaken(u32),
    /// To the end, unless that is beyond the limit. The raw function is asked for so many bytes at a time as a scalar of
    /// this kind can say.
    ToEnd(u32, Scalar),
}

/// A `result` in memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub size: u32,
    pub payload: u64,
}

/// The argument that says how much is moved, by its first local.
#[derive(Debug, Clone, Copy)]
pub(super) enum Amount {
    /// The bytes: where they are, and how many.
    Bytes(u32),
    /// How many are asked for.
    Count(u32, Scalar),
}

/// What a function answers with, where it does not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Nothing,
    Bytes,
    Scalar(Scalar),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scalar {
    I32,
    I64,
}

/// Errors of more cases than a byte can tell apart are left to the adapter.
const MAX_CASES: usize = 256;

/// Finds the layout; none if it is not one that a trampoline can be made for.
pub(super) fn of(known: &Known, bulk: &Bulk, friendly: &Import, raw: &Import) -> Option<Layout> {
    let resolve = &known.resolve;
    let mut sizes = SizeAlign::default();
    sizes.fill(resolve).ok()?;
    let (friendly, raw) = (known.function(friendly)?, known.function(raw)?);
    let (friendly_id, raw_id) = (result_id(resolve, friendly.result?)?, result_id(resolve, raw.result?)?);
    let (friendly_result, raw_result) = (result(resolve, friendly_id)?, result(resolve, raw_id)?);
    let answer = answer(resolve, raw_result.ok)?;
    // Where all is to be taken, how much was is not passed on.
    let is_passed_on = !matches!(bulk.repeat, plan::Repeat::UntilTaken { .. });
    if is_passed_on && self::answer(resolve, friendly_result.ok)? != answer {
        return None;
    }
    let place = |id: TypeId, result: &Result_| Place {
        size: sizes.size(&Type::Id(id)).size_wasm32() as u32,
        payload: sizes.payload_offset(Int::U8, [result.ok.as_ref(), result.err.as_ref()]).size_wasm32() as u64,
    };
    let (ours, theirs) = (cases(resolve, friendly_result.err?)?, cases(resolve, raw_result.err?)?);
    let number = |name: &str| ours.iter().position(|case| case == name).map(|place| place as u32);
    let error = |case: &String| number(&bulk.errors.iter().find(|(raw, _)| raw == case)?.1);
    Some(Layout {
        amount: amount(resolve, &friendly.params, &bulk.amount)?,
        answer,
        raw: place(raw_id, raw_result),
        friendly: place(friendly_id, friendly_result),
        errors: theirs.iter().map(error).collect::<Option<_>>()?,
        repeat: match &bulk.repeat {
            plan::Repeat::Once => Repeat::Once,
            plan::Repeat::UntilTaken { stuck } => Repeat::UntilTaken(number(stuck)?),
            plan::Repeat::ToEnd { too_large } => {
                Repeat::ToEnd(number(too_large)?, scalar(resolve, raw.params.get(1)?.ty)?)
            }
        },
    })
}

fn amount(resolve: &Resolve, params: &[wit_parser::Param], name: &str) -> Option<Amount> {
    let mut local = 0;
    for param in params {
        let scalar = scalar(resolve, param.ty);
        if param.name == name {
            return if is_bytes(resolve, param.ty) {
                Some(Amount::Bytes(local))
            } else {
                scalar.map(|scalar| Amount::Count(local, scalar))
            };
        }
        local += if is_bytes(resolve, param.ty) { 2 } else { 1 };
    }
    None
}

/// The type that a name stands for.
fn definition(resolve: &Resolve, id: TypeId) -> TypeId {
    if let TypeDefKind::Type(Type::Id(of)) = resolve.types[id].kind { definition(resolve, of) } else { id }
}

fn result_id(resolve: &Resolve, ty: Type) -> Option<TypeId> {
    if let Type::Id(id) = ty { Some(definition(resolve, id)) } else { None }
}

fn result(resolve: &Resolve, id: TypeId) -> Option<&Result_> {
    if let TypeDefKind::Result(result) = &resolve.types[id].kind { Some(result) } else { None }
}

fn answer(resolve: &Resolve, ty: Option<Type>) -> Option<Answer> {
    match ty {
        None => Some(Answer::Nothing),
        Some(ty) if is_bytes(resolve, ty) => Some(Answer::Bytes),
        Some(ty) => scalar(resolve, ty).map(Answer::Scalar),
    }
}

fn is_bytes(resolve: &Resolve, ty: Type) -> bool {
    result_id(resolve, ty).is_some_and(|id| matches!(resolve.types[id].kind, TypeDefKind::List(Type::U8)))
}

fn scalar(resolve: &Resolve, ty: Type) -> Option<Scalar> {
    if let Type::Id(id) = ty {
        let TypeDefKind::Type(of) = resolve.types[definition(resolve, id)].kind else { return None };
        return scalar(resolve, of);
    }
    if ty == Type::U32 {
        Some(Scalar::I32)
    } else if ty == Type::U64 {
        Some(Scalar::I64)
    } else {
        None
    }
}

fn cases(resolve: &Resolve, ty: Type) -> Option<Vec<String>> {
    let kind = &resolve.types[result_id(resolve, ty)?].kind;
    let names: Vec<String> = if let TypeDefKind::Enum(of) = kind {
        of.cases.iter().map(|case| case.name.clone()).collect()
    } else if let TypeDefKind::Variant(of) = kind {
        of.cases.iter().map(|case| case.name.clone()).collect()
    } else {
        return None;
    };
    (names.len() <= MAX_CASES).then_some(names)
}
