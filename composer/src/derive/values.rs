//! Values that mean more than their raw type says: text, addresses, spans of time, joined items.
//!
//! Nothing in WIT tells them apart, so each is a line of the rules, at the path of a type, of a
//! function's result, of a parameter or of a field.

use wit_parser::{Type as RawType, TypeDefKind, TypeId};

use super::records::Meaning;
use super::survey::Survey;
use super::{DeriveError, bodies, records};
use crate::plan::{Conversion, Primitive, Rule, Separator, Type, TypePath};
use crate::rules;

/// What the rules say of the value at `path`, if they say anything.
pub(super) fn meaning<'a>(survey: &Survey<'a>, path: &str, ty: &RawType) -> Result<Option<Meaning<'a>>, DeriveError> {
    if let RawType::Id(id) = ty
        && let Some(meaning) = of_type(survey, survey.world.definition(*id))?
    {
        return Ok(Some(meaning));
    }
    match bodies::text(survey, path, ty)? {
        Some(conversion) => Ok(Some(Meaning::Conversion(conversion))),
        None => at_path(survey, path, ty),
    }
}

/// What the rules say of a named type, wherever it stands.
pub(super) fn of_type<'a>(survey: &Survey<'a>, id: TypeId) -> Result<Option<Meaning<'a>>, DeriveError> {
    if survey.world.type_def(id).name.is_none() {
        return Ok(None);
    }
    let path = survey.world.raw_path(id);
    let some = |conversion| Ok(Some(Meaning::Conversion(conversion)));
    if survey.world.usage.is_address(&path) {
        return some(address(survey, &path, id)?);
    }
    if let Some(record) = records::record(survey, &path, &RawType::Id(id))? {
        return Ok(Some(record));
    }
    if let TypeDefKind::Type(count) = &survey.world.type_def(id).kind
        && let Some(count) = count_of(count)
        && let Some(choice) = records::choice(survey, &path, count)?
    {
        return some(choice);
    }
    let Some(time) = survey.world.usage.seconds(&path) else { return Ok(None) };
    let TypeDefKind::Type(count) = &survey.world.type_def(id).kind else { return Err(no_count(&path)) };
    let count = count_of(count).ok_or_else(|| no_count(&path))?;
    some(seconds(time, count))
}

fn at_path<'a>(survey: &Survey<'a>, path: &str, ty: &RawType) -> Result<Option<Meaning<'a>>, DeriveError> {
    if let Some(record) = records::record(survey, path, ty)? {
        return Ok(Some(record));
    }
    let some = |conversion: Option<Conversion>| Ok(conversion.map(Meaning::Conversion));
    if let Some(count) = count_of(ty) {
        if let Some(choice) = records::choice(survey, path, count)? {
            return some(Some(choice));
        }
        if survey.world.usage.is_flag(path) {
            return some(Some(Conversion::Flag { count }));
        }
        return some(survey.world.usage.seconds(path).map(|time| seconds(time, count)));
    }
    let bytes = survey.world.is_bytes(ty);
    if bytes && survey.world.usage.is_text(path) {
        return some(Some(Conversion::Text));
    }
    let text = *ty == RawType::String;
    if !text && !bytes {
        return Ok(None);
    }
    some(survey.world.usage.joined(path).map(|separator| joined(separator, text)))
}

fn seconds(time: rules::Time, count: Primitive) -> Conversion {
    let (unit, step) = time.parts();
    Conversion::Seconds { per_second: unit.per_second(), count, step }
}

fn joined(separator: rules::Separator, text: bool) -> Conversion {
    let separator = match separator {
        rules::Separator::Space => Separator::Space,
        rules::Separator::Nul => Separator::Nul,
    };
    Conversion::Joined { separator, raw_text: text, text }
}

fn address(survey: &Survey<'_>, path: &str, id: TypeId) -> Result<Conversion, DeriveError> {
    let refused = || {
        DeriveError::shape(
            path,
            "the rules call it an address, but it is not a variant of a tuple of four `u8` and one of eight `u16`",
            "delete its line under [addresses]",
        )
    };
    let TypeDefKind::Variant(variant) = &survey.world.type_def(id).kind else { return Err(refused()) };
    let tuple = |case: usize, part: RawType, parts: usize| {
        let RawType::Id(payload) = variant.cases.get(case)?.ty? else { return None };
        let TypeDefKind::Tuple(tuple) = &survey.world.type_def(survey.world.definition(payload)).kind else {
            return None;
        };
        (tuple.types.len() == parts && tuple.types.iter().all(|ty| *ty == part)).then_some(())
    };
    let fits = variant.cases.len() == 2 && tuple(0, RawType::U8, 4).and(tuple(1, RawType::U16, 8)).is_some();
    if fits { Ok(Conversion::Address(survey.world.raw_type_path(id))) } else { Err(refused()) }
}

fn no_count(path: &str) -> DeriveError {
    DeriveError::shape(
        path,
        "the rules call it a span of time, but it is not an unsigned integer",
        "delete its line under [seconds]",
    )
}

fn count_of(ty: &RawType) -> Option<Primitive> {
    match ty {
        RawType::U8 => Some(Primitive::U8),
        RawType::U16 => Some(Primitive::U16),
        RawType::U32 => Some(Primitive::U32),
        RawType::U64 => Some(Primitive::U64),
        RawType::Bool
        | RawType::S8
        | RawType::S16
        | RawType::S32
        | RawType::S64
        | RawType::F32
        | RawType::F64
        | RawType::Char
        | RawType::String
        | RawType::ErrorContext
        | RawType::Id(_) => None,
    }
}

/// Why a type has no friendly counterpart: what replaces it.
pub(super) fn instead(meaning: &Meaning<'_>) -> String {
    let stands = |record: &TypePath| format!("the record `{}.{}` stands for it", record.interface, record.name);
    let conversion = match meaning {
        Meaning::Tuple(tuple) => return stands(&tuple.record),
        Meaning::Conversion(conversion) => conversion,
    };
    match conversion {
        Conversion::Record { record, .. } | Conversion::Packed { record, .. } => stands(record),
        Conversion::Choice { choice, .. } => format!("the enum `{}.{}` stands for it", choice.interface, choice.name),
        Conversion::Text
        | Conversion::Address(_)
        | Conversion::Seconds { .. }
        | Conversion::Joined { .. }
        | Conversion::Flag { .. }
        | Conversion::Take(_)
        | Conversion::Body(_) => "its values have a type of Python's own".to_owned(),
    }
}

/// The type in a text variant: its bytes are text.
pub(super) fn textual(ty: Type) -> Type {
    match ty {
        ty if ty == Type::bytes() => Type::Converted(Conversion::Text),
        Type::Option(inner) => Type::Option(Box::new(textual(*inner))),
        Type::List(inner) => Type::List(Box::new(textual(*inner))),
        Type::Converted(Conversion::Joined { separator, raw_text, text: _ }) => {
            Type::Converted(Conversion::Joined { separator, raw_text, text: true })
        }
        Type::Primitive(_)
        | Type::Tuple(_)
        | Type::Result { .. }
        | Type::Named(_)
        | Type::Own(_)
        | Type::Borrow(_)
        | Type::Stream(_)
        | Type::Future(_)
        | Type::Converted(_) => ty,
    }
}

/// A name without the unit that it ends in, for a value that is in seconds now.
pub(super) fn without_unit(name: &str, is_time: bool) -> String {
    let unit = ["-ns", "-ms", "-secs", "-sec"].into_iter().find_map(|unit| name.strip_suffix(unit));
    if is_time { unit.unwrap_or(name).to_owned() } else { name.to_owned() }
}

/// The rules that a type shows were applied.
pub(super) fn rules(ty: &Type, rules: &mut Vec<Rule>) {
    rules.extend(ty.conversions().map(|conversion| match conversion {
        Conversion::Text => Rule::Text,
        Conversion::Address(_) => Rule::Addresses,
        Conversion::Seconds { .. } => Rule::Durations,
        Conversion::Joined { .. } => Rule::Joined,
        Conversion::Record { .. } | Conversion::Packed { .. } => Rule::Records,
        Conversion::Choice { .. } | Conversion::Flag { .. } => Rule::Choices,
        Conversion::Body(_) => Rule::Bodies,
        Conversion::Take(_) => Rule::Borrow,
    }));
}
