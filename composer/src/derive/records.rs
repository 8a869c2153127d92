//! Values that are records or enums of the rules' own: tuples, joined texts and integers that are choices.

use wit_parser::{Type as RawType, TypeDefKind};

use super::survey::Survey;
use super::{DeriveError, rule_paths};
use crate::plan::{Conversion, Primitive, TypePath};
use crate::rules::RecordRules;

/// What a value means.
pub(super) enum Meaning<'a> {
    /// Something else than its raw type says.
    Conversion(Conversion),
    /// A record, by parts that are still to be mapped.
    Tuple(Tuple<'a>),
}

/// A raw tuple that a record stands for.
pub(super) struct Tuple<'a> {
    /// What its parts' paths begin with: the path of the tuple's type, or of the value where the type has no name.
    pub path: String,
    /// The record.
    pub record: TypePath,
    /// Its line.
    pub rules: &'a RecordRules,
    /// The raw parts, one for each field.
    pub parts: &'a [RawType],
    /// Whether the raw tuple has a name.
    pub is_named: bool,
}

/// The record that stands for the value at `path`, if the rules have one.
pub(super) fn record<'a>(survey: &Survey<'a>, path: &str, ty: &RawType) -> Result<Option<Meaning<'a>>, DeriveError> {
    let tuple = tuple(survey, ty);
    let is_text = *ty == RawType::String;
    if tuple.is_none() && !is_text {
        return Ok(None);
    }
    let Some((name, rules)) = survey.world.usage.record(path) else { return Ok(None) };
    let record = rule_paths::type_path(survey, "records", name)?;
    let meaning = match tuple {
        Some((parts, is_named)) => {
            Meaning::Tuple(of_tuple(Tuple { path: path.to_owned(), record, rules, parts, is_named })?)
        }
        None => Meaning::Conversion(of_text(path, record, rules)?),
    };
    Ok(Some(meaning))
}

fn of_tuple(tuple: Tuple<'_>) -> Result<Tuple<'_>, DeriveError> {
    let Tuple { path, record, rules, parts, .. } = &tuple;
    if rules.fields.len() != parts.len() {
        return Err(DeriveError::shape(
            path,
            format!("it is a tuple of {}, but `fields` of its record has {}", parts.len(), rules.fields.len()),
            format!("give `fields` under [records.\"{}.{}\"] one for each part", record.interface, record.name),
        ));
    }
    match rules.flags.first() {
        Some(flag) => Err(flags_of_tuple(path, flag, record)),
        None => Ok(tuple),
    }
}

fn flags_of_tuple(path: &str, flag: &str, record: &TypePath) -> DeriveError {
    DeriveError::shape(
        path,
        format!("the rules say that `{flag}` is one character of a text, but it is a part of a tuple"),
        format!("delete `flags` under [records.\"{}.{}\"]", record.interface, record.name),
    )
}

/// Flags come first, a character each; every other item has a NUL after it.
fn of_text(path: &str, record: TypePath, rules: &RecordRules) -> Result<Conversion, DeriveError> {
    let flags = rules.fields.keys().take(rules.flags.len());
    if let Some(flag) = rules.flags.iter().zip(flags).find(|(flag, field)| flag != field).map(|(flag, _)| flag) {
        return Err(DeriveError::shape(
            path,
            format!("`flags` has `{flag}`, but the flags must be the first of the fields"),
            format!("correct `flags` or `fields` under [records.\"{}.{}\"]", record.interface, record.name),
        ));
    }
    let fields = rules.fields.keys().map(|name| (name.clone(), rules.flags.contains(name))).collect();
    Ok(Conversion::Packed { record, fields })
}

/// The enum that stands for the integer at `path`, if the rules have one.
pub(super) fn choice(survey: &Survey<'_>, path: &str, count: Primitive) -> Result<Option<Conversion>, DeriveError> {
    let Some((name, rules)) = survey.world.usage.choice(path) else { return Ok(None) };
    let choice = rule_paths::type_path(survey, "choices", name)?;
    let most = match count {
        Primitive::U8 => u64::from(u8::MAX),
        Primitive::U16 => u64::from(u16::MAX),
        Primitive::U32 => u64::from(u32::MAX),
        Primitive::U64
        | Primitive::Bool
        | Primitive::S8
        | Primitive::S16
        | Primitive::S32
        | Primitive::S64
        | Primitive::F32
        | Primitive::F64
        | Primitive::Char
        | Primitive::String => u64::MAX,
    };
    if let Some((case, number)) = rules.cases.iter().find(|(_, case)| case.is > most) {
        return Err(DeriveError::shape(
            path,
            format!("the rules give the number {} to case `{case}`, but the integer is at most {most}", number.is),
            format!("correct `cases` under [choices.\"{name}\"]"),
        ));
    }
    Ok(Some(Conversion::Choice { choice, count }))
}

/// The parts of a raw tuple, and whether it has a name.
fn tuple<'a>(survey: &Survey<'a>, ty: &RawType) -> Option<(&'a [RawType], bool)> {
    let RawType::Id(id) = ty else { return None };
    let def = survey.world.type_def(survey.world.definition(*id));
    let TypeDefKind::Tuple(tuple) = &def.kind else { return None };
    Some((&tuple.types, def.name.is_some()))
}
