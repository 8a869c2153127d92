//! Reshapes errors: cases that only serve buffers go, nested errors are flattened, details and base
//! errors become one record, and what only the adapter can say is added.

use std::collections::HashSet;

use indexmap::IndexMap;
use wit_parser::{Record, Type as RawType, TypeDefKind, TypeId, Variant};

use super::facts::Facts;
use super::types::{bare_case, variant_case};
use super::{DeriveError, types, values};
use crate::plan::{AdapterCase, Case, CaseFrom, DetailError, DetailField, ErrorType, Type, TypeKind, TypePath};

/// The definition of a type that some function fails with; none for any other type.
pub(super) fn definition(facts: &Facts<'_>, id: TypeId, type_path: &TypePath) -> Result<Option<TypeKind>, DeriveError> {
    if let Some(shape) = details_of(facts, id) {
        return merged_kind(facts, id, &shape).map(Some);
    }
    if !is_error(facts, id) {
        return Ok(None);
    }
    if let Some(taker) = facts.taker_of(id) {
        // What stays as it is goes both ways as any other type does.
        return if facts.changed_errors.contains(&id) {
            Err(DeriveError::shape(
                facts.raw_path(id),
                format!(
                    "it is the error of functions and a parameter of `{taker}`; the host has no case for the errors that the adapter adds"
                ),
                format!("leave out `{taker}` under [leave-out]"),
            ))
        } else {
            Ok(None)
        };
    }
    if facts.record_of(id).is_some() {
        return Ok(detail_error(facts, id)?.map(TypeKind::DetailError));
    }
    let has_cases = matches!(facts.type_def(id).kind, TypeDefKind::Enum(_) | TypeDefKind::Variant(_));
    has_cases.then(|| error(facts, id, type_path).map(TypeKind::Error)).transpose()
}

/// Payload records of details: their fields move into the error record.
pub(super) fn folded_payloads(facts: &Facts<'_>) -> HashSet<TypeId> {
    let mut folded = HashSet::new();
    for ty in &facts.detailed_errors {
        if let Some(shape) = DetailShape::of(facts, *ty) {
            let payloads = shape.variant.cases.iter().filter_map(|case| case.ty);
            folded.extend(payloads.filter_map(|payload| {
                let RawType::Id(id) = payload else { return None };
                facts.record_of(id).map(|_| id)
            }));
        }
    }
    folded
}

/// The errors that have details: most worlds have few, and every type is compared with theirs.
pub(super) fn detailed(facts: &Facts<'_>) -> Vec<TypeId> {
    let mut detailed: Vec<_> =
        facts.errors().iter().copied().filter(|error| DetailShape::of(facts, *error).is_some()).collect();
    detailed.sort();
    detailed
}

fn is_error(facts: &Facts<'_>, id: TypeId) -> bool {
    facts.errors().contains(&facts.definition(id))
}

fn error(facts: &Facts<'_>, id: TypeId, type_path: &TypePath) -> Result<ErrorType, DeriveError> {
    let path = facts.raw_path(id);
    let mut error = ErrorType {
        cases: Vec::new(),
        is_enum: false,
        says: Vec::new(),
        too_small: IndexMap::new(),
        maybe_too_small: Vec::new(),
        nested: IndexMap::new(),
    };
    if let TypeDefKind::Enum(enum_) = &facts.type_def(id).kind {
        for case in &enum_.cases {
            if facts.lines.too_small(&format!("{path}.{}", case.name)) {
                error.too_small.insert(case.name.clone(), false);
            } else {
                add(&path, &mut error.cases, bare_case(&case.name, case.docs.contents.as_ref()))?;
                note_maybe_too_small(facts, &path, &case.name, &mut error);
            }
        }
    }
    if let TypeDefKind::Variant(variant) = &facts.type_def(id).kind {
        variant_cases(facts, &path, variant, &mut error)?;
    }
    for case in AdapterCase::ALL {
        let lifted = case == AdapterCase::ValueTooLarge && !error.too_small.is_empty();
        if lifted || facts.needed(type_path, case) {
            // A host that has a word for it means by it what the adapter means.
            let shared = error.cases.iter().any(|other| other.name == case.name() && other.payload.is_none());
            if !shared {
                add(&path, &mut error.cases, adapter_case(case))?;
            }
            error.says.push(case);
        }
    }
    error.is_enum = error.cases.iter().all(|case| case.payload.is_none());
    Ok(error)
}

fn variant_cases(facts: &Facts<'_>, path: &str, variant: &Variant, error: &mut ErrorType) -> Result<(), DeriveError> {
    for case in &variant.cases {
        let case_path = format!("{path}.{}", case.name);
        if facts.lines.too_small(&case_path) {
            if !case.ty.is_none_or(|ty| is_size(facts, &ty)) {
                return Err(DeriveError::shape(
                    case_path,
                    "it says that a buffer was too small, but its payload is not a size",
                    "delete its line in `too-small` under [buffers]",
                ));
            }
            error.too_small.insert(case.name.clone(), case.ty.is_some());
        } else if let Some(nested) = nested_error(facts, case.ty.as_ref()) {
            let base = facts.type_path(nested);
            for inner in self::error(facts, nested, &base)?.cases {
                add(path, &mut error.cases, Case { from: CaseFrom::Nested, ..inner })?;
            }
            error.nested.insert(case.name.clone(), base);
        } else {
            add(path, &mut error.cases, variant_case(facts, path, case, &mut Vec::new())?)?;
            note_maybe_too_small(facts, path, &case.name, error);
            if case.ty.is_some() && error.maybe_too_small.contains(&case.name) {
                return Err(DeriveError::shape(
                    case_path,
                    "it may say that a buffer was too small, but it has a payload",
                    "delete its line in `maybe-too-small` under [buffers]",
                ));
            }
        }
    }
    Ok(())
}

fn note_maybe_too_small(facts: &Facts<'_>, path: &str, case: &str, error: &mut ErrorType) {
    if facts.lines.maybe_too_small(&format!("{path}.{case}")) {
        error.maybe_too_small.push(case.to_owned());
    }
}

/// Cases of one name are one case: a nested error may say what the outer one says too. They are not
/// where one of them carries something else, or is the adapter's own.
fn add(path: &str, cases: &mut Vec<Case>, case: Case) -> Result<(), DeriveError> {
    let Some(known) = cases.iter().find(|other| other.name == case.name) else {
        cases.push(case);
        return Ok(());
    };
    let is_nested = |case: &Case| matches!(case.from, CaseFrom::Nested);
    if known.payload == case.payload && (is_nested(known) || is_nested(&case)) {
        return Ok(());
    }
    Err(DeriveError::shape(
        path,
        format!("two of its cases become `{}`, but they have different meanings", case.name),
        "leave out the functions that fail with it under [leave-out]",
    ))
}

fn is_size(facts: &Facts<'_>, ty: &RawType) -> bool {
    matches!(facts.primitive_of(ty), RawType::U8 | RawType::U16 | RawType::U32 | RawType::U64)
}

fn adapter_case(case: AdapterCase) -> Case {
    let docs = match case {
        AdapterCase::AlreadyConsumed => {
            "The object was used up by an earlier call, such as one that sent or closed it."
        }
        AdapterCase::ValueTooLarge => "The value is larger than the host gives out, or than the adapter takes in.",
        AdapterCase::InvalidArgument => "An argument is not what it should be, such as a negative span of time.",
        AdapterCase::NotText => "The host's value is not UTF-8, and was asked for as text.",
        AdapterCase::UnknownValue => "The host's value is nothing that this version knows.",
        AdapterCase::LimitExceeded => "The host gives out no more objects of this kind.",
        AdapterCase::CannotRead => "The host had an answer, and it could not be read to its end.",
    };
    Case { name: case.name().to_owned(), payload: None, docs: Some(docs.to_owned()), from: CaseFrom::Adapter(case) }
}

/// The variant or enum that a payload is, if some function fails with it too.
pub(super) fn nested_error(facts: &Facts<'_>, payload: Option<&RawType>) -> Option<TypeId> {
    let RawType::Id(id) = payload? else { return None };
    let id = facts.definition(*id);
    let shaped = matches!(facts.type_def(id).kind, TypeDefKind::Variant(_) | TypeDefKind::Enum(_));
    (shaped && is_error(facts, id)).then_some(id)
}

/// `record { detail: option<variant>, error: base }`, taken apart.
pub(super) struct DetailShape<'a> {
    detail_field: &'a str,
    pub detail: TypeId,
    variant: &'a Variant,
    base_field: &'a str,
    pub base: TypeId,
}

impl<'a> DetailShape<'a> {
    pub fn of(facts: &Facts<'a>, id: TypeId) -> Option<Self> {
        let TypeDefKind::Record(Record { fields }) = &facts.type_def(id).kind else { return None };
        let [first, second] = fields.as_slice() else { return None };
        let (detail_field, base_field) =
            if facts.option_of(&first.ty).is_some() { (first, second) } else { (second, first) };
        let RawType::Id(detail) = facts.option_of(&detail_field.ty)? else { return None };
        let detail = facts.definition(*detail);
        let TypeDefKind::Variant(variant) = &facts.type_def(detail).kind else { return None };
        let base = nested_error(facts, Some(&base_field.ty))?;
        Some(Self { detail_field: &detail_field.name, detail, variant, base_field: &base_field.name, base })
    }
}

fn detail_error(facts: &Facts<'_>, id: TypeId) -> Result<Option<DetailError>, DeriveError> {
    let Some(shape) = DetailShape::of(facts, id) else { return Ok(None) };
    let mut fields: Vec<DetailField> = Vec::new();
    let mut payload_cases = Vec::new();
    for case in &shape.variant.cases {
        let Some(ty) = case.ty else { continue };
        let is_placeholder = facts.handle_of(&ty).is_some_and(|resource| facts.is_extra(resource));
        let record = facts.named_record(&ty);
        let case_path = format!("{}.{}", facts.raw_path(shape.detail), case.name);
        if record.is_none() && !is_placeholder {
            return Err(DeriveError::shape(
                case_path,
                "it is the detail of an error, but its payload is not a record",
                "leave out the functions that fail with it under [leave-out]",
            ));
        }
        payload_cases.push(case.name.clone());
        let Some((payload, record)) = record else { continue };
        let prefix = facts.lines.detail_prefix(&case_path).cloned().unwrap_or_else(|| case.name.clone());
        for field in &record.fields {
            let optional = facts.option_of(&field.ty);
            let path = format!("{}.{}", facts.raw_path(payload), field.name);
            let inner = types::map(facts, &path, optional.unwrap_or(&field.ty))?;
            let name = format!("{prefix}-{}", values::without_unit(&field.name, inner.is_time()));
            if fields.iter().any(|other| other.name == name) {
                return Err(DeriveError::shape(
                    case_path,
                    format!("its field would be called `{name}` in the error record, like a field of another case"),
                    "give it another prefix under [errors.detail-prefix]",
                ));
            }
            fields.push(DetailField {
                name,
                ty: Type::Option(Box::new(inner)),
                case: case.name.clone(),
                field: field.name.clone(),
                optional: optional.is_some(),
                docs: field.docs.contents.clone(),
            });
        }
    }
    Ok(Some(DetailError {
        detail_field: shape.detail_field.to_owned(),
        base_field: shape.base_field.to_owned(),
        kind: facts.type_path(shape.detail),
        base: facts.type_path(shape.base),
        detail: facts.raw_type_path(shape.detail),
        fields,
        payload_cases,
        says: AdapterCase::ALL.into_iter().filter(|case| facts.needed(&facts.type_path(id), *case)).collect(),
    }))
}

/// The error record whose details this variant holds, taken apart, if there is one.
fn details_of<'a>(facts: &Facts<'a>, id: TypeId) -> Option<DetailShape<'a>> {
    let shapes = facts.detailed_errors.iter().filter_map(|error| DetailShape::of(facts, *error));
    shapes.into_iter().find(|shape| shape.detail == id)
}

/// All details and all base errors in one enum, details first.
fn merged_kind(facts: &Facts<'_>, id: TypeId, shape: &DetailShape<'_>) -> Result<TypeKind, DeriveError> {
    let path = facts.raw_path(id);
    let mut cases = Vec::new();
    for case in &shape.variant.cases {
        let mut case = variant_case(facts, &path, case, &mut Vec::new())?;
        case.payload = None;
        add(&path, &mut cases, case)?;
    }
    for case in error(facts, shape.base, &facts.type_path(shape.base))?.cases {
        if case.payload.is_some() {
            return Err(DeriveError::shape(
                &path,
                format!(
                    "its cases and those of `{}` become one enum, but case `{}` has a payload",
                    facts.raw_path(shape.base),
                    case.name
                ),
                "leave out the functions that fail with it under [leave-out]",
            ));
        }
        add(&path, &mut cases, Case { from: CaseFrom::Nested, ..case })?;
    }
    Ok(TypeKind::Enum(cases))
}
