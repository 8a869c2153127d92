//! A raw type of a signature to a friendly one.

use wit_parser::{Case as RawCase, Handle, Type as RawType, TypeDefKind, TypeId};

use super::records::{Meaning, Tuple};
use super::survey::Survey;
use super::{DeriveError, Remedy, values};
use crate::plan::{Case, CaseFrom, Conversion, Primitive, Rule, Side, Type};

/// How a raw type is mapped: where it is a value by itself, or what a parameter is.
pub(super) type MapType = fn(&Survey<'_>, &str, &RawType) -> Result<Type, DeriveError>;

/// How what a named type is made of is mapped.
pub(super) fn parts_of(survey: &Survey<'_>, id: TypeId) -> MapType {
    if survey.is_only_given(id) { given } else { map }
}

/// A type of a signature.
pub(super) fn map(survey: &Survey<'_>, path: &str, ty: &RawType) -> Result<Type, DeriveError> {
    if let Some(meaning) = values::meaning(survey, path, ty)? {
        return conversion(survey, meaning).map(Type::Converted);
    }
    let primitive = |primitive| Ok(Type::Primitive(primitive));
    match ty {
        RawType::Bool => primitive(Primitive::Bool),
        RawType::U8 => primitive(Primitive::U8),
        RawType::U16 => primitive(Primitive::U16),
        RawType::U32 => primitive(Primitive::U32),
        RawType::U64 => primitive(Primitive::U64),
        RawType::S8 => primitive(Primitive::S8),
        RawType::S16 => primitive(Primitive::S16),
        RawType::S32 => primitive(Primitive::S32),
        RawType::S64 => primitive(Primitive::S64),
        RawType::F32 => primitive(Primitive::F32),
        RawType::F64 => primitive(Primitive::F64),
        RawType::Char => primitive(Primitive::Char),
        RawType::String => primitive(Primitive::String),
        RawType::ErrorContext => Err(unsupported(survey, path, "an `error-context`")),
        RawType::Id(id) => {
            let definition = survey.world.definition(*id);
            if survey.world.type_def(definition).name.is_some() {
                named(survey, definition)
            } else {
                structural(survey, path, definition)
            }
        }
    }
}

/// A type of a signature, spelled out even where it has a name of its own.
pub(super) fn unnamed(survey: &Survey<'_>, path: &str, ty: &RawType) -> Result<Type, DeriveError> {
    match survey.world.named(ty) {
        Some(id) => structural(survey, path, id),
        None => map(survey, path, ty),
    }
}

/// The type of a parameter that holds handles inside: they are lent in the friendly world, given away or not. What has them
/// is spelled out where it can be, as the host may return it under the same name.
pub(super) fn given(survey: &Survey<'_>, path: &str, ty: &RawType) -> Result<Type, DeriveError> {
    let Some(id) = survey.world.named(ty).filter(|_| survey.has_handle(ty)) else { return map(survey, path, ty) };
    if let Some(meaning) = values::meaning(survey, path, ty)? {
        return conversion_of(survey, meaning, given).map(Type::Converted);
    }
    match &survey.world.type_def(id).kind {
        TypeDefKind::Option(_)
        | TypeDefKind::List(_)
        | TypeDefKind::Tuple(_)
        | TypeDefKind::Result(_)
        | TypeDefKind::Type(_) => structural_of(survey, path, id, given),
        TypeDefKind::Handle(Handle::Own(resource)) => {
            let resource = survey.type_path(*resource);
            Ok(match resource.side {
                Side::Friendly => Type::Converted(Conversion::Take(resource)),
                Side::Raw => Type::Own(resource),
            })
        }
        TypeDefKind::Handle(Handle::Borrow(_))
        | TypeDefKind::Record(_)
        | TypeDefKind::Variant(_)
        | TypeDefKind::Map(..)
        | TypeDefKind::FixedLengthList(..)
        | TypeDefKind::Future(_)
        | TypeDefKind::Stream(_)
        | TypeDefKind::Enum(_)
        | TypeDefKind::Flags(_)
        | TypeDefKind::Resource
        | TypeDefKind::Unknown => map(survey, path, ty),
    }
}

/// A type of a function that is passed on as it is: streams and futures are, too.
pub(super) fn passed(survey: &Survey<'_>, path: &str, ty: &RawType) -> Result<Type, DeriveError> {
    let Some(id) = survey.world.named(ty) else { return map(survey, path, ty) };
    let boxed = |ty: &Option<RawType>| ty.as_ref().map(|ty| passed(survey, path, ty).map(Box::new)).transpose();
    match &survey.world.type_def(id).kind {
        _ if survey.world.type_def(id).name.is_some() => map(survey, path, ty),
        TypeDefKind::Stream(of) => Ok(Type::Stream(boxed(of)?)),
        TypeDefKind::Future(of) => Ok(Type::Future(boxed(of)?)),
        TypeDefKind::Option(_)
        | TypeDefKind::List(_)
        | TypeDefKind::Tuple(_)
        | TypeDefKind::Result(_)
        | TypeDefKind::Type(_) => structural_of(survey, path, id, passed),
        TypeDefKind::Handle(_)
        | TypeDefKind::Record(_)
        | TypeDefKind::Variant(_)
        | TypeDefKind::Map(..)
        | TypeDefKind::FixedLengthList(..)
        | TypeDefKind::Enum(_)
        | TypeDefKind::Flags(_)
        | TypeDefKind::Resource
        | TypeDefKind::Unknown => map(survey, path, ty),
    }
}

fn named(survey: &Survey<'_>, id: TypeId) -> Result<Type, DeriveError> {
    let type_path = survey.type_path(id);
    Ok(if survey.is_options(id) { Type::Borrow(type_path) } else { Type::Named(type_path) })
}

pub(super) fn structural(survey: &Survey<'_>, path: &str, id: TypeId) -> Result<Type, DeriveError> {
    structural_of(survey, path, id, map)
}

/// A type without a name, what it is made of mapped by `map`.
fn structural_of(survey: &Survey<'_>, path: &str, id: TypeId, map: MapType) -> Result<Type, DeriveError> {
    let boxed = |ty: &RawType| map(survey, path, ty).map(Box::new);
    match &survey.world.type_def(id).kind {
        TypeDefKind::Option(inner) => Ok(Type::Option(boxed(inner)?)),
        // The bytes of a list have no meaning by themselves: a line about the list is not about each of them.
        TypeDefKind::List(RawType::U8) => Ok(Type::bytes()),
        TypeDefKind::List(inner) => Ok(Type::List(boxed(inner)?)),
        TypeDefKind::Tuple(tuple) => {
            Ok(Type::Tuple(tuple.types.iter().map(|part| map(survey, path, part)).collect::<Result<_, _>>()?))
        }
        TypeDefKind::Result(result) => Ok(Type::Result {
            ok: result.ok.as_ref().map(boxed).transpose()?,
            err: result.err.as_ref().map(boxed).transpose()?,
        }),
        TypeDefKind::Handle(Handle::Own(resource)) => Ok(Type::Own(survey.type_path(*resource))),
        TypeDefKind::Handle(Handle::Borrow(resource)) => Ok(Type::Borrow(survey.type_path(*resource))),
        TypeDefKind::Type(inner) => map(survey, path, inner),
        TypeDefKind::Map(..) => Err(unsupported(survey, path, "a `map`")),
        TypeDefKind::FixedLengthList(..) => Err(unsupported(survey, path, "a list of fixed length")),
        TypeDefKind::Future(_) => Err(uncarried(survey, path, "a `future`", ADAPTER)),
        TypeDefKind::Stream(_) => Err(uncarried(survey, path, "a `stream`", ADAPTER)),
        TypeDefKind::Record(_)
        | TypeDefKind::Variant(_)
        | TypeDefKind::Enum(_)
        | TypeDefKind::Flags(_)
        | TypeDefKind::Resource
        | TypeDefKind::Unknown => Err(unsupported(survey, path, "a type without a name")),
    }
}

/// Who cannot carry what is awaited.
const ADAPTER: &str = "calls of the adapter";

fn unsupported(survey: &Survey<'_>, path: &str, what: &str) -> DeriveError {
    uncarried(survey, path, what, "Python bindings")
}

fn uncarried(survey: &Survey<'_>, path: &str, what: &str, by: &str) -> DeriveError {
    let is_in = |function: &String| path == function || path.starts_with(&format!("{function}."));
    let imported =
        survey.world.imported_functions().map(|(id, function)| survey.world.function_path(id, function)).find(is_in);
    let interface = path.split('.').next();
    let is_exported =
        survey.world.raw.exports.iter().any(|id| interface == Some(survey.world.interface_name(*id).as_str()));
    let advice = match imported {
        Some(function) => format!("use a list, an option or a resource instead, or {}", Remedy::LeaveOut(function)),
        None if is_exported => {
            "use a list, an option or a resource instead; what the app exports cannot be left out".to_owned()
        }
        None => "use a list, an option or a resource instead, or leave out what uses it under [leave-out]".to_owned(),
    };
    DeriveError::shape(path, format!("it holds {what}, which the {by} cannot carry"), advice)
}

/// Refuses a list that lends what no cell holds.
pub(super) fn lent_list(path: &str, param: &str, advice: &str) -> DeriveError {
    let reason =
        format!("parameter `{param}` is or holds a list that lends resources of an interface that is not adapted");
    DeriveError::shape(path, reason, advice)
}

pub(super) fn bare_case(name: &str, docs: Option<&String>) -> Case {
    Case { name: name.to_owned(), payload: None, docs: docs.cloned(), from: CaseFrom::Raw(name.to_owned()) }
}

/// A case that carries a placeholder becomes `other`, with what the placeholder's one getter says.
pub(super) fn variant_case(
    survey: &Survey<'_>,
    path: &str,
    case: &RawCase,
    rules: &mut Vec<Rule>,
    map: MapType,
) -> Result<Case, DeriveError> {
    let case_path = format!("{path}.{}", case.name);
    let docs = case.docs.contents.clone();
    let Some(ty) = &case.ty else {
        return Ok(Case { name: case.name.clone(), payload: None, docs, from: CaseFrom::Raw(case.name.clone()) });
    };
    let Some(extra) = survey.world.handle_of(ty).filter(|resource| survey.world.is_extra(*resource)) else {
        let payload = Some(map(survey, &case_path, ty)?);
        return Ok(Case { name: case.name.clone(), payload, docs, from: CaseFrom::Raw(case.name.clone()) });
    };
    rules.push(Rule::Extra);
    let getter = survey
        .world
        .resource_functions(extra)
        .into_iter()
        .find(|function| function.params.len() == 1 && function.result.is_some());
    let docs = Some("A case that this version of the interface has no name for.".to_owned());
    let name = "other".to_owned();
    Ok(match getter.and_then(|getter| Some((getter, getter.result?))) {
        Some((getter, result)) => Case {
            name,
            payload: Some(map(survey, &case_path, &result)?),
            docs,
            from: CaseFrom::RawGetter { case: case.name.clone(), getter: getter.item_name().to_owned() },
        },
        None => Case { name, payload: None, docs, from: CaseFrom::RawDropped(case.name.clone()) },
    })
}

/// The conversion that a value means; the parts of a tuple are mapped here.
pub(super) fn conversion(survey: &Survey<'_>, meaning: Meaning<'_>) -> Result<Conversion, DeriveError> {
    conversion_of(survey, meaning, map)
}

/// The conversion that a value means, the parts of a tuple mapped by `map`.
fn conversion_of(survey: &Survey<'_>, meaning: Meaning<'_>, map: MapType) -> Result<Conversion, DeriveError> {
    let Tuple { path, record, rules, parts, is_named } = match meaning {
        Meaning::Conversion(conversion) => return Ok(conversion),
        Meaning::Tuple(tuple) => tuple,
    };
    // Each part has a path of its own, or a text among them would be the record again.
    let part = |(field, ty): (&String, &RawType)| map(survey, &format!("{path}.{field}"), ty);
    let parts = rules.fields.keys().zip(parts).map(part).collect::<Result<Vec<_>, _>>()?;
    Ok(Conversion::Record { record, fields: rules.fields.keys().cloned().collect(), parts, is_named })
}
