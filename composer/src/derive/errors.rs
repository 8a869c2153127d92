//! Reshapes errors: cases that only serve buffers go, nested errors are flattened, details and base
//! errors become one record, and what only the adapter can say is added.

use std::collections::HashSet;

use indexmap::IndexMap;
use wit_parser::{Type as RawType, TypeDefKind, TypeId, Variant};

use super::details::{DetailShape, nested_error};
use super::mapping::{bare_case, variant_case};
use super::required::{Made, Required};
use super::survey::Survey;
use super::{DeriveError, mapping, values};
use crate::plan::{
    AdapterCase, Case, CaseFrom, DetailError, DetailField, ErrorType, Rule, Type, TypeDef, TypeKind, TypePath,
};

/// The definition of a type that some function fails with; none for any other type.
pub(super) fn definition(
    survey: &Survey<'_>,
    required: &Required,
    id: TypeId,
    type_path: &TypePath,
) -> Result<Option<TypeKind>, DeriveError> {
    if let Some(shape) = details_of(survey, id) {
        return merged_kind(survey, required, id, &shape).map(Some);
    }
    if !is_error(survey, id) {
        return Ok(None);
    }
    if let Some(taker) = survey.taker_of(id) {
        // What stays as it is goes both ways as any other type does.
        return if survey.changed_errors.contains(&id) {
            Err(DeriveError::shape(
                survey.world.raw_path(id),
                format!(
                    "it is the error of functions and a parameter of `{taker}`; the host has no case for the errors that the adapter adds"
                ),
                format!("leave out `{taker}` under [leave-out]"),
            ))
        } else {
            Ok(None)
        };
    }
    if survey.world.record_of(id).is_some() {
        return Ok(detail_error(survey, required, id)?.map(TypeKind::DetailError));
    }
    let has_cases = matches!(survey.world.type_def(id).kind, TypeDefKind::Enum(_) | TypeDefKind::Variant(_));
    has_cases.then(|| error(survey, required, id, type_path).map(TypeKind::Error)).transpose()
}

/// The errors of a friendly interface that the raw world does not have.
pub(super) fn made(required: &Required, interface: &str) -> Vec<TypeDef> {
    let def = |(path, made): (&TypePath, &Made)| {
        let reported = made.reports.as_ref().map(|error| Case {
            name: "reported".to_owned(),
            payload: Some(error.clone()),
            docs: Some("What the host reports.".to_owned()),
            from: CaseFrom::Carried,
        });
        let adapter_cases: Vec<_> = AdapterCase::ALL.into_iter().filter(|case| required.has(path, *case)).collect();
        let cases = reported.into_iter().chain(adapter_cases.iter().copied().map(adapter_case)).collect();
        let docs = match made.reports {
            Some(_) => "What the host reports, and what it has no word for.",
            None => "What the host has no word for.",
        };
        TypeDef {
            name: path.name.clone(),
            raw: None,
            docs: Some(docs.to_owned()),
            kind: TypeKind::Error(ErrorType { is_enum: made.reports.is_none(), cases, adapter_cases, ..empty() }),
            crosses: Default::default(),
            rules: vec![Rule::Errors],
        }
    };
    required.made_for(interface).map(def).collect()
}

/// Payload records of details: their fields move into the error record.
pub(super) fn folded_payloads(survey: &Survey<'_>) -> HashSet<TypeId> {
    let mut folded = HashSet::new();
    for ty in &survey.detailed_errors {
        if let Some(shape) = survey.details(*ty) {
            let payloads = shape.variant.cases.iter().filter_map(|case| case.ty);
            folded.extend(payloads.filter_map(|payload| {
                let RawType::Id(id) = payload else { return None };
                survey.world.record_of(id).map(|_| id)
            }));
        }
    }
    folded
}

fn is_error(survey: &Survey<'_>, id: TypeId) -> bool {
    survey.errors.contains(&survey.world.definition(id))
}

fn error(survey: &Survey<'_>, required: &Required, id: TypeId, type_path: &TypePath) -> Result<ErrorType, DeriveError> {
    let path = survey.world.raw_path(id);
    let mut error = empty();
    if let TypeDefKind::Enum(enum_) = &survey.world.type_def(id).kind {
        for case in &enum_.cases {
            if survey.world.usage.too_small(&format!("{path}.{}", case.name)) {
                error.too_small.insert(case.name.clone(), false);
            } else {
                add(&path, &mut error.cases, bare_case(&case.name, case.docs.contents.as_ref()))?;
                note_maybe_too_small(survey, &path, &case.name, &mut error);
            }
        }
    }
    if let TypeDefKind::Variant(variant) = &survey.world.type_def(id).kind {
        variant_cases(survey, required, &path, variant, &mut error)?;
    }
    for case in AdapterCase::ALL {
        let lifted = case == AdapterCase::ValueTooLarge && !error.too_small.is_empty();
        if lifted || required.has(type_path, case) {
            // A host that has a word for it means by it what the adapter means.
            let shared = error.cases.iter().any(|other| other.name == case.name() && other.payload.is_none());
            if !shared {
                add(&path, &mut error.cases, adapter_case(case))?;
            }
            error.adapter_cases.push(case);
        }
    }
    error.is_enum = error.cases.iter().all(|case| case.payload.is_none());
    Ok(error)
}

fn empty() -> ErrorType {
    ErrorType {
        cases: Vec::new(),
        is_enum: false,
        adapter_cases: Vec::new(),
        too_small: IndexMap::new(),
        maybe_too_small: Vec::new(),
        nested: IndexMap::new(),
    }
}

fn variant_cases(
    survey: &Survey<'_>,
    required: &Required,
    path: &str,
    variant: &Variant,
    error: &mut ErrorType,
) -> Result<(), DeriveError> {
    for case in &variant.cases {
        let case_path = format!("{path}.{}", case.name);
        if survey.world.usage.too_small(&case_path) {
            if !case.ty.is_none_or(|ty| is_size(survey, &ty)) {
                return Err(DeriveError::shape(
                    case_path,
                    "it says that a buffer was too small, but its payload is not a size",
                    "delete its line in `too-small` under [buffers]",
                ));
            }
            error.too_small.insert(case.name.clone(), case.ty.is_some());
        } else if let Some(nested) = nested_error(&survey.world, &survey.errors, case.ty.as_ref()) {
            let base = survey.type_path(nested);
            for inner in self::error(survey, required, nested, &base)?.cases {
                add(path, &mut error.cases, Case { from: CaseFrom::Nested, ..inner })?;
            }
            error.nested.insert(case.name.clone(), base);
        } else {
            add(path, &mut error.cases, variant_case(survey, path, case, &mut Vec::new(), mapping::map)?)?;
            note_maybe_too_small(survey, path, &case.name, error);
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

fn note_maybe_too_small(survey: &Survey<'_>, path: &str, case: &str, error: &mut ErrorType) {
    if survey.world.usage.maybe_too_small(&format!("{path}.{case}")) {
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

fn is_size(survey: &Survey<'_>, ty: &RawType) -> bool {
    matches!(survey.world.primitive_of(ty), RawType::U8 | RawType::U16 | RawType::U32 | RawType::U64)
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
        AdapterCase::Failed => "The host failed, and did not say why.",
    };
    Case { name: case.name().to_owned(), payload: None, docs: Some(docs.to_owned()), from: CaseFrom::Adapter(case) }
}

fn detail_error(survey: &Survey<'_>, required: &Required, id: TypeId) -> Result<Option<DetailError>, DeriveError> {
    let Some(shape) = survey.details(id) else { return Ok(None) };
    let mut fields: Vec<DetailField> = Vec::new();
    let mut payload_cases = Vec::new();
    for case in &shape.variant.cases {
        let Some(ty) = case.ty else { continue };
        let is_placeholder = survey.world.handle_of(&ty).is_some_and(|resource| survey.world.is_extra(resource));
        let record = survey.world.named_record(&ty);
        let case_path = format!("{}.{}", survey.world.raw_path(shape.detail), case.name);
        if record.is_none() && !is_placeholder {
            return Err(DeriveError::shape(
                case_path,
                "it is the detail of an error, but its payload is not a record",
                "leave out the functions that fail with it under [leave-out]",
            ));
        }
        payload_cases.push(case.name.clone());
        let Some((payload, record)) = record else { continue };
        let prefix = survey.world.usage.detail_prefix(&case_path).cloned().unwrap_or_else(|| case.name.clone());
        for field in &record.fields {
            let optional = survey.world.option_of(&field.ty);
            let path = format!("{}.{}", survey.world.raw_path(payload), field.name);
            let inner = mapping::map(survey, &path, optional.unwrap_or(&field.ty))?;
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
        kind: survey.type_path(shape.detail),
        base: survey.type_path(shape.base),
        detail: survey.world.raw_type_path(shape.detail),
        fields,
        payload_cases,
        adapter_cases: AdapterCase::ALL.into_iter().filter(|case| required.has(&survey.type_path(id), *case)).collect(),
    }))
}

/// The error record whose details this variant holds, taken apart, if there is one.
fn details_of<'a>(survey: &Survey<'a>, id: TypeId) -> Option<DetailShape<'a>> {
    let shapes = survey.detailed_errors.iter().filter_map(|error| survey.details(*error));
    shapes.into_iter().find(|shape| shape.detail == id)
}

/// All details and all base errors in one enum, details first.
fn merged_kind(
    survey: &Survey<'_>,
    required: &Required,
    id: TypeId,
    shape: &DetailShape<'_>,
) -> Result<TypeKind, DeriveError> {
    let path = survey.world.raw_path(id);
    let mut cases = Vec::new();
    for case in &shape.variant.cases {
        let mut case = variant_case(survey, &path, case, &mut Vec::new(), mapping::map)?;
        case.payload = None;
        add(&path, &mut cases, case)?;
    }
    for case in error(survey, required, shape.base, &survey.type_path(shape.base))?.cases {
        if case.payload.is_some() {
            return Err(DeriveError::shape(
                &path,
                format!(
                    "its cases and those of `{}` become one enum, but case `{}` has a payload",
                    survey.world.raw_path(shape.base),
                    case.name
                ),
                "leave out the functions that fail with it under [leave-out]",
            ));
        }
        add(&path, &mut cases, Case { from: CaseFrom::Nested, ..case })?;
    }
    Ok(TypeKind::Enum(cases))
}
