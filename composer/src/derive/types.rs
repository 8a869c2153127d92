//! Reshapes types: the named ones of an interface, and the types that signatures spell.

use std::collections::HashSet;

use wit_parser::{
    Case as RawCase, Function as RawFunctionDef, Handle, InterfaceId, Type as RawType, TypeDefKind, TypeId,
};

use super::error::leave_out;
use super::facts::Facts;
use super::reshape::item_name;
use super::{DeriveError, Refused, errors, groups, options, placement, values};
use crate::plan::{
    Case, CaseFrom, Field, Function, Interface, Kind, LeftOut, Primitive, RawFunction, Rule, Side, Type, TypeDef,
    TypeKind, TypePath, Wrapper,
};

/// The friendly type definitions of an adapted interface, which has its functions and notes what it leaves out.
pub(super) fn definitions(
    facts: &Facts<'_>,
    ids: &[TypeId],
    interface: &mut Interface,
    refused: &mut Refused,
) -> Vec<TypeDef> {
    let mut types = Vec::new();
    let folded = errors::folded_payloads(facts);
    for ty in ids {
        let path = facts.raw_path(*ty);
        let reason = facts.lines.leave_out(&path).cloned().or_else(|| {
            if facts.is_extra(*ty) {
                Some("a placeholder for what a later version adds".to_owned())
            } else if folded.contains(ty) {
                Some("its fields are fields of the error record".to_owned())
            } else if let Ok(Some(conversion)) = values::of_type(facts, *ty) {
                Some(values::instead(&conversion))
            } else if groups::is_hidden(facts, *ty) {
                Some("its getters are fields of a record".to_owned())
            } else {
                split_away(facts, *ty).then(|| "each of its cases is a function of its own".to_owned())
            }
        });
        match reason {
            Some(reason) => interface.left_out.push(LeftOut { path, reason }),
            None => types.extend(refused.note(definition(facts, *ty, &interface.functions))),
        }
    }
    types
}

/// A variant that only a split function takes is not spelled any more.
fn split_away(facts: &Facts<'_>, id: TypeId) -> bool {
    let TypeDefKind::Variant(_) = facts.type_def(id).kind else { return false };
    let users = facts.users_of(id);
    !users.is_empty() && users.iter().all(|path| facts.lines.split(path).is_some())
}

fn definition(facts: &Facts<'_>, id: TypeId, functions: &[Function]) -> Result<TypeDef, DeriveError> {
    let def = facts.type_def(id);
    let path = facts.raw_path(id);
    let type_path = facts.type_path(id);
    let mut rules = Vec::new();
    if def.name.as_deref() != Some(type_path.name.as_str()) {
        rules.push(Rule::Rename);
    }
    if facts.lines.moved(&path).is_some() {
        rules.push(Rule::Move);
    }
    if matches!(def.kind, TypeDefKind::Handle(_)) {
        return Err(DeriveError::shape(
            path,
            "it is a handle with a name of its own, but the bindings of the guests do not support that",
            "spell the handle where it is used",
        ));
    }
    let kind = if facts.is_options(id) {
        rules.push(Rule::Options);
        TypeKind::Options(options::definition(facts, id)?)
    } else if facts.is_raw_resource(facts.root(id)) {
        rules.push(Rule::Wrap);
        TypeKind::Wrapper(wrapper(facts, id, &type_path, functions)?)
    } else if let Some(error) = errors::definition(facts, id, &type_path)? {
        rules.push(Rule::Errors);
        error
            .detail_error()
            .iter()
            .flat_map(|error| &error.fields)
            .for_each(|field| values::rules(&field.ty, &mut rules));
        error
    } else {
        plain(facts, id, &path, &mut rules)?
    };
    rules.sort_unstable();
    rules.dedup();
    Ok(TypeDef {
        name: type_path.name,
        raw: Some(path),
        docs: def.docs.contents.clone(),
        kind,
        crosses: Default::default(),
        rules,
    })
}

/// What is kept and held comes from the functions as they are, so that it is under their names and of their types.
fn wrapper(
    facts: &Facts<'_>,
    id: TypeId,
    type_path: &TypePath,
    functions: &[Function],
) -> Result<Wrapper, DeriveError> {
    let (mut remembers, mut holds_of) = (Vec::new(), Vec::new());
    let mut kept = HashSet::new();
    for function in functions {
        let is_method = matches!(&function.kind, Kind::Method(resource) if *resource == type_path.name);
        let Some(call) = function.body.call().filter(|_| is_method) else { continue };
        // The text variant of a method asks the method.
        if let Some(ok) = call.ok.as_ref().filter(|_| call.remember && kept.insert(call.raw.path())) {
            remembers.push((function.name.clone(), ok.clone()));
        }
        if call.holds.is_some()
            && let Some(given) = call.ok.as_ref().and_then(Type::handle).and_then(|given| facts.held_by(given))
        {
            holds_of.push((function.name.clone(), given));
        }
    }
    let made_by = placement::maker(facts, id).map(|(interface, raw)| raw_function(facts, interface, raw));
    Ok(Wrapper {
        holds: facts.raw_type_path(id),
        consumable: facts.is_consumable(id),
        made_by: made_by.transpose()?,
        remembers,
        holds_of,
    })
}

/// The name of a raw function.
pub(super) fn raw_function(
    facts: &Facts<'_>,
    id: InterfaceId,
    raw: &RawFunctionDef,
) -> Result<RawFunction, DeriveError> {
    let kind = facts.kind(id, raw)?;
    Ok(RawFunction { interface: facts.interface_name(id), name: item_name(&kind, raw), kind })
}

fn plain(facts: &Facts<'_>, id: TypeId, path: &str, rules: &mut Vec<Rule>) -> Result<TypeKind, DeriveError> {
    match &facts.type_def(id).kind {
        TypeDefKind::Record(record) => {
            let fields = record.fields.iter().map(|field| {
                let ty = map(facts, &format!("{path}.{}", field.name), &field.ty)?;
                let name = values::without_unit(&field.name, ty.is_time());
                values::rules(&ty, rules);
                Ok(Field { name, raw_name: field.name.clone(), ty, docs: field.docs.contents.clone() })
            });
            Ok(TypeKind::Record(fields.collect::<Result<_, DeriveError>>()?))
        }
        TypeDefKind::Variant(variant) => {
            let cases = variant.cases.iter().map(|case| variant_case(facts, path, case, rules));
            Ok(TypeKind::Variant(cases.collect::<Result<_, _>>()?))
        }
        TypeDefKind::Enum(enum_) => Ok(TypeKind::Enum(
            enum_.cases.iter().map(|case| bare_case(&case.name, case.docs.contents.as_ref())).collect(),
        )),
        TypeDefKind::Flags(flags) => Ok(TypeKind::Flags(
            flags.flags.iter().map(|flag| bare_case(&flag.name, flag.docs.contents.as_ref())).collect(),
        )),
        TypeDefKind::Type(ty) => Ok(TypeKind::Alias(map(facts, path, ty)?)),
        TypeDefKind::Tuple(_)
        | TypeDefKind::Option(_)
        | TypeDefKind::Result(_)
        | TypeDefKind::List(_)
        | TypeDefKind::Handle(_)
        | TypeDefKind::Map(..)
        | TypeDefKind::FixedLengthList(..)
        | TypeDefKind::Future(_)
        | TypeDefKind::Stream(_)
        | TypeDefKind::Resource
        | TypeDefKind::Unknown => Ok(TypeKind::Alias(structural(facts, path, id)?)),
    }
}

pub(super) fn bare_case(name: &str, docs: Option<&String>) -> Case {
    Case { name: name.to_owned(), payload: None, docs: docs.cloned(), from: CaseFrom::Raw(name.to_owned()) }
}

/// A case that carries a placeholder becomes `other`, with what the placeholder's one getter says.
pub(super) fn variant_case(
    facts: &Facts<'_>,
    path: &str,
    case: &RawCase,
    rules: &mut Vec<Rule>,
) -> Result<Case, DeriveError> {
    let case_path = format!("{path}.{}", case.name);
    let docs = case.docs.contents.clone();
    let Some(ty) = &case.ty else {
        return Ok(Case { name: case.name.clone(), payload: None, docs, from: CaseFrom::Raw(case.name.clone()) });
    };
    let Some(extra) = facts.handle_of(ty).filter(|resource| facts.is_extra(*resource)) else {
        let payload = Some(map(facts, &case_path, ty)?);
        return Ok(Case { name: case.name.clone(), payload, docs, from: CaseFrom::Raw(case.name.clone()) });
    };
    rules.push(Rule::Extra);
    let getter = facts
        .resource_functions(extra)
        .into_iter()
        .find(|function| function.params.len() == 1 && function.result.is_some());
    let docs = Some("A case that this version of the interface has no name for.".to_owned());
    let name = "other".to_owned();
    Ok(match getter.and_then(|getter| Some((getter, getter.result?))) {
        Some((getter, result)) => Case {
            name,
            payload: Some(map(facts, &case_path, &result)?),
            docs,
            from: CaseFrom::RawGetter { case: case.name.clone(), getter: getter.item_name().to_owned() },
        },
        None => Case { name, payload: None, docs, from: CaseFrom::RawDropped(case.name.clone()) },
    })
}

/// A type of a signature.
pub(super) fn map(facts: &Facts<'_>, path: &str, ty: &RawType) -> Result<Type, DeriveError> {
    if let Some(converted) = values::converted(facts, path, ty)? {
        return Ok(converted);
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
        RawType::ErrorContext => Err(unsupported(facts, path, "an `error-context`")),
        RawType::Id(id) => {
            let definition = facts.definition(*id);
            if facts.type_def(definition).name.is_some() {
                named(facts, definition)
            } else {
                structural(facts, path, definition)
            }
        }
    }
}

/// A type of a signature, spelled out even where it has a name of its own.
pub(super) fn unnamed(facts: &Facts<'_>, path: &str, ty: &RawType) -> Result<Type, DeriveError> {
    match facts.named(ty) {
        Some(id) => structural(facts, path, id),
        None => map(facts, path, ty),
    }
}

fn named(facts: &Facts<'_>, id: TypeId) -> Result<Type, DeriveError> {
    let type_path = facts.type_path(id);
    Ok(if facts.is_options(id) { Type::Borrow(type_path) } else { Type::Named(type_path) })
}

fn structural(facts: &Facts<'_>, path: &str, id: TypeId) -> Result<Type, DeriveError> {
    let boxed = |ty: &RawType| map(facts, path, ty).map(Box::new);
    match &facts.type_def(id).kind {
        TypeDefKind::Option(inner) => Ok(Type::Option(boxed(inner)?)),
        TypeDefKind::List(inner) => Ok(Type::List(boxed(inner)?)),
        TypeDefKind::Tuple(tuple) => {
            Ok(Type::Tuple(tuple.types.iter().map(|part| map(facts, path, part)).collect::<Result<_, _>>()?))
        }
        TypeDefKind::Result(result) => Ok(Type::Result {
            ok: result.ok.as_ref().map(boxed).transpose()?,
            err: result.err.as_ref().map(boxed).transpose()?,
        }),
        TypeDefKind::Handle(Handle::Own(resource)) => Ok(Type::Own(facts.type_path(*resource))),
        TypeDefKind::Handle(Handle::Borrow(resource)) => Ok(Type::Borrow(facts.type_path(*resource))),
        TypeDefKind::Type(inner) => map(facts, path, inner),
        TypeDefKind::Map(..) => Err(unsupported(facts, path, "a `map`")),
        TypeDefKind::FixedLengthList(..) => Err(unsupported(facts, path, "a list of fixed length")),
        TypeDefKind::Future(_) => Err(unsupported(facts, path, "a `future`")),
        TypeDefKind::Stream(_) => Err(unsupported(facts, path, "a `stream`")),
        TypeDefKind::Record(_)
        | TypeDefKind::Variant(_)
        | TypeDefKind::Enum(_)
        | TypeDefKind::Flags(_)
        | TypeDefKind::Resource
        | TypeDefKind::Unknown => Err(unsupported(facts, path, "a type without a name")),
    }
}

fn unsupported(facts: &Facts<'_>, path: &str, what: &str) -> DeriveError {
    let is_in = |function: &String| path == function || path.starts_with(&format!("{function}."));
    let imported = facts.imported_functions().map(|(id, function)| facts.function_path(id, function)).find(is_in);
    let interface = path.split('.').next();
    let is_exported = facts.raw.exports.iter().any(|id| interface == Some(facts.interface_name(*id).as_str()));
    let advice = match imported {
        Some(function) => format!("use a list, an option or a resource instead, or {}", leave_out(&function)),
        None if is_exported => {
            "use a list, an option or a resource instead; what the app exports cannot be left out".to_owned()
        }
        None => "use a list, an option or a resource instead, or leave out what uses it under [leave-out]".to_owned(),
    };
    DeriveError::shape(path, format!("it holds {what}, which the Python bindings cannot carry"), advice)
}

/// What a page is made of, if the function returns a page: `tuple<string or list<u8>, option<u32>>`.
pub(super) fn page_item(facts: &Facts<'_>, function: &RawFunctionDef) -> Option<Type> {
    let RawType::Id(id) = facts.result_of(function).ok? else { return None };
    let TypeDefKind::Tuple(tuple) = &facts.type_def(id).kind else { return None };
    let [page, next] = tuple.types.as_slice() else { return None };
    if facts.option_of(next) != Some(&RawType::U32) {
        return None;
    }
    if *page == RawType::String {
        return Some(Type::Primitive(Primitive::String));
    }
    facts.is_bytes(page).then(|| Type::List(Box::new(Type::Primitive(Primitive::U8))))
}

/// Whether a raw type holds a handle of an adapted resource anywhere.
pub(super) fn has_handle(facts: &Facts<'_>, ty: &RawType) -> bool {
    facts.handles_in(ty).iter().any(|resource| facts.type_path(*resource).side == Side::Friendly)
}

/// Refuses a list that lends what no cell holds.
pub(super) fn lent_list(path: &str, param: &str, advice: &str) -> DeriveError {
    let reason =
        format!("parameter `{param}` is or holds a list that lends resources of an interface that is not adapted");
    DeriveError::shape(path, reason, advice)
}

/// The owned handles of a friendly type.
pub(super) fn owned_handles(ty: &Type, found: &mut Vec<TypePath>) {
    match ty {
        Type::Own(path) => found.push(path.clone()),
        Type::List(inner) | Type::Option(inner) => owned_handles(inner, found),
        Type::Tuple(parts) => parts.iter().for_each(|part| owned_handles(part, found)),
        Type::Result { ok, err } => ok.iter().chain(err).for_each(|part| owned_handles(part, found)),
        Type::Converted(conversion) => conversion.parts().iter().for_each(|part| owned_handles(part, found)),
        Type::Primitive(_) | Type::Named(_) | Type::Borrow(_) => {}
    }
}
