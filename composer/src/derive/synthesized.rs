//! Types that only the rules define: records for tuples and joined texts, enums for integers that are choices.

use wit_parser::{Type as RawType, TypeDefKind};

use super::facts::Facts;
use super::{DeriveError, types};
use crate::plan::{Case, CaseFrom, Conversion, Field, Kind, Primitive, Rule, Type, TypeDef, TypeKind, TypePath};
use crate::rules::{ChoiceRules, RecordRules};

/// The record that stands for the value at `path`, if the rules have one.
pub(super) fn record(facts: &Facts<'_>, path: &str, ty: &RawType) -> Result<Option<Conversion>, DeriveError> {
    let tuple = tuple(facts, ty);
    let is_text = *ty == RawType::String;
    if tuple.is_none() && !is_text {
        return Ok(None);
    }
    let Some((name, rules)) = facts.lines.record(path) else { return Ok(None) };
    let record = type_path(facts, "records", name)?;
    let conversion = match tuple {
        Some(tuple) => of_tuple(facts, path, record, rules, &tuple)?,
        None => of_text(facts, path, record, rules)?,
    };
    Ok(Some(conversion))
}

/// The enum that stands for the integer at `path`, if the rules have one.
pub(super) fn choice(facts: &Facts<'_>, path: &str, count: Primitive) -> Result<Option<Conversion>, DeriveError> {
    let Some((name, rules)) = facts.lines.choice(path) else { return Ok(None) };
    let choice = type_path(facts, "choices", name)?;
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
    facts.synthesize(&choice, || enum_(&choice.name, rules));
    Ok(Some(Conversion::Choice { choice, count }))
}

fn enum_(name: &str, rules: &ChoiceRules) -> TypeDef {
    let cases = rules.cases.iter().map(|(case, number)| Case {
        name: case.clone(),
        payload: None,
        docs: Some(number.docs.clone()),
        from: CaseFrom::Number(number.is),
    });
    definition(name, &rules.docs, TypeKind::Enum(cases.collect()), Rule::Choices)
}

/// A type that no raw one is behind.
pub(super) fn definition(name: &str, docs: &str, kind: TypeKind, rule: Rule) -> TypeDef {
    TypeDef {
        name: name.to_owned(),
        raw: None,
        docs: Some(docs.to_owned()),
        kind,
        crosses: Default::default(),
        rules: vec![rule],
    }
}

fn of_tuple(
    facts: &Facts<'_>,
    path: &str,
    record: TypePath,
    rules: &RecordRules,
    raw: &RawTuple,
) -> Result<Conversion, DeriveError> {
    if rules.fields.len() != raw.parts.len() {
        return Err(DeriveError::shape(
            path,
            format!("it is a tuple of {}, but `fields` of its record has {}", raw.parts.len(), rules.fields.len()),
            format!("give `fields` under [records.\"{}.{}\"] one for each part", record.interface, record.name),
        ));
    }
    if let Some(flag) = rules.flags.first() {
        return Err(flags_of_tuple(path, flag, &record));
    }
    // Each part has a path of its own, or a text among them would be the record again.
    let part = |(field, ty): (&String, &RawType)| types::map(facts, &format!("{path}.{field}"), ty);
    let parts = rules.fields.keys().zip(&raw.parts).map(part).collect::<Result<Vec<_>, _>>()?;
    let fields: Vec<_> = rules.fields.iter().zip(&parts).map(|((name, docs), ty)| field(name, docs, ty)).collect();
    let names = rules.fields.keys().cloned().collect();
    if !facts
        .synthesize(&record, || definition(&record.name, &rules.docs, TypeKind::Record(fields.clone()), Rule::Records))
    {
        return Err(DeriveError::shape(
            path,
            format!("its parts differ from those of another tuple that becomes `{}`", record.name),
            "give each a record of its own under [records]",
        ));
    }
    Ok(Conversion::Record { record, fields: names, parts, is_named: raw.is_named })
}

fn flags_of_tuple(path: &str, flag: &str, record: &TypePath) -> DeriveError {
    DeriveError::shape(
        path,
        format!("the rules say that `{flag}` is one character of a text, but it is a part of a tuple"),
        format!("delete `flags` under [records.\"{}.{}\"]", record.interface, record.name),
    )
}

/// Flags come first, a character each; every other item has a NUL after it.
fn of_text(facts: &Facts<'_>, path: &str, record: TypePath, rules: &RecordRules) -> Result<Conversion, DeriveError> {
    let flags = rules.fields.keys().take(rules.flags.len());
    if let Some(flag) = rules.flags.iter().zip(flags).find(|(flag, field)| flag != field).map(|(flag, _)| flag) {
        return Err(DeriveError::shape(
            path,
            format!("`flags` has `{flag}`, but the flags must be the first of the fields"),
            format!("correct `flags` or `fields` under [records.\"{}.{}\"]", record.interface, record.name),
        ));
    }
    let fields: Vec<_> = rules.fields.keys().map(|name| (name.clone(), rules.flags.contains(name))).collect();
    facts.synthesize(&record, || {
        let fields = rules.fields.iter().map(|(name, docs)| {
            let is_flag = rules.flags.contains(name);
            field(name, docs, &Type::Primitive(if is_flag { Primitive::Bool } else { Primitive::String }))
        });
        definition(&record.name, &rules.docs, TypeKind::Record(fields.collect()), Rule::Records)
    });
    Ok(Conversion::Packed { record, fields })
}

fn field(name: &str, docs: &str, ty: &Type) -> Field {
    Field { name: name.to_owned(), raw_name: name.to_owned(), ty: ty.clone(), docs: Some(docs.to_owned()) }
}

/// The friendly path that a rule's key is.
pub(super) fn type_path(facts: &Facts<'_>, table: &str, key: &str) -> Result<TypePath, DeriveError> {
    let refused = |reason: String| {
        DeriveError::shape(
            key,
            reason,
            format!("write the line as `[{table}.\"interface.type\"]`, with names that WIT allows"),
        )
    };
    let Some((interface, name)) = key.split_once('.') else {
        return Err(refused("the rules define it, but it is not the path of a type".to_owned()));
    };
    wit_parser::validate_id(name)
        .map_err(|error| refused(format!("the rules define it, but its name is not valid: {error:#}")))?;
    if !facts.is_reshaped(interface) {
        return Err(DeriveError::shape(
            key,
            format!("the rules define it, but the world imports no interface `{interface}`"),
            format!("write another interface into its line under [{table}]"),
        ));
    }
    Ok(TypePath::friendly(interface, name))
}

/// A raw tuple.
struct RawTuple {
    parts: Vec<RawType>,
    is_named: bool,
}

fn tuple(facts: &Facts<'_>, ty: &RawType) -> Option<RawTuple> {
    let RawType::Id(id) = ty else { return None };
    let def = facts.type_def(facts.definition(*id));
    let TypeDefKind::Tuple(tuple) = &def.kind else { return None };
    Some(RawTuple { parts: tuple.types.clone(), is_named: def.name.is_some() })
}

/// The interface, kind and name of a function that only the rules define; `None` if this is not the path of a function.
pub(super) fn parse_function_path(path: &str) -> Option<(&str, Kind, &str)> {
    match path.split('.').collect::<Vec<_>>().as_slice() {
        [interface, name] => Some((interface, Kind::Freestanding, name)),
        [interface, resource, name] => Some((interface, Kind::Method((*resource).to_owned()), name)),
        [] | [_] | [_, _, _, _, ..] => None,
    }
}
