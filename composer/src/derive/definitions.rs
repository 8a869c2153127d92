//! The friendly definitions of the types of an interface.

use std::collections::HashSet;

use wit_parser::{TypeDefKind, TypeId};

use super::required::Required;
use super::survey::Survey;
use super::{DeriveError, Refused, errors, groups, mapping, options, values};
use crate::plan::{Field, Function, Interface, Kind, LeftOut, Rule, Type, TypeDef, TypeKind, TypePath, Wrapper};

/// The friendly type definitions of an adapted interface, which has its functions and notes what it leaves out.
pub(super) fn definitions(
    survey: &Survey<'_>,
    required: &Required,
    ids: &[TypeId],
    interface: &mut Interface,
    refused: &mut Refused,
) -> Vec<TypeDef> {
    let mut types = Vec::new();
    let folded = errors::folded_payloads(survey);
    for ty in ids {
        let path = survey.world.raw_path(*ty);
        let reason = survey.world.usage.leave_out(&path).cloned().or_else(|| {
            if survey.world.is_extra(*ty) {
                Some("a placeholder for what a later version adds".to_owned())
            } else if folded.contains(ty) {
                Some("its fields are fields of the error record".to_owned())
            } else if let Ok(Some(conversion)) = values::of_type(survey, *ty) {
                Some(values::instead(&conversion))
            } else if groups::is_hidden(survey, *ty) {
                Some("its getters are fields of a record".to_owned())
            } else {
                split_away(survey, *ty).then(|| "each of its cases is a function of its own".to_owned())
            }
        });
        match reason {
            Some(reason) => interface.left_out.push(LeftOut { path, reason }),
            None => types.extend(refused.note(definition(survey, required, *ty, &interface.functions))),
        }
    }
    types
}

/// A variant that only a split function takes is not spelled any more.
fn split_away(survey: &Survey<'_>, id: TypeId) -> bool {
    let TypeDefKind::Variant(_) = survey.world.type_def(id).kind else { return false };
    let users = survey.users_of(id);
    !users.is_empty() && users.iter().all(|path| survey.world.usage.split(path).is_some())
}

fn definition(
    survey: &Survey<'_>,
    required: &Required,
    id: TypeId,
    functions: &[Function],
) -> Result<TypeDef, DeriveError> {
    let def = survey.world.type_def(id);
    let path = survey.world.raw_path(id);
    let type_path = survey.type_path(id);
    let mut rules = Vec::new();
    if def.name.as_deref() != Some(type_path.name.as_str()) {
        rules.push(Rule::Rename);
    }
    if survey.world.usage.moved(&path).is_some() {
        rules.push(Rule::Move);
    }
    if matches!(def.kind, TypeDefKind::Handle(_)) {
        return Err(DeriveError::shape(
            path,
            "it is a handle with a name of its own, but the bindings of the guests do not support that",
            "spell the handle where it is used",
        ));
    }
    let kind = if survey.is_options(id) {
        rules.push(Rule::Options);
        TypeKind::Options(options::definition(survey, id)?)
    } else if survey.world.is_raw_resource(survey.world.root(id)) {
        rules.push(Rule::Wrap);
        TypeKind::Wrapper(wrapper(survey, id, &type_path, functions)?)
    } else if let Some(error) = errors::definition(survey, required, id, &type_path)? {
        rules.push(Rule::Errors);
        error
            .detail_error()
            .iter()
            .flat_map(|error| &error.fields)
            .for_each(|field| values::rules(&field.ty, &mut rules));
        error
    } else {
        plain(survey, id, &path, &mut rules)?
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
    survey: &Survey<'_>,
    id: TypeId,
    type_path: &TypePath,
    functions: &[Function],
) -> Result<Wrapper, DeriveError> {
    let (mut remembers, mut holds_of) = (Vec::new(), Vec::new());
    let mut kept = HashSet::new();
    for function in functions {
        let is_method = matches!(&function.kind, Kind::Method(resource) if *resource == type_path.name);
        let Some(call) = function.operation.call().filter(|_| is_method) else { continue };
        // The text variant of a method asks the method.
        if let Some(ok) = call.ok.as_ref().filter(|_| call.remember && kept.insert(call.raw.path())) {
            remembers.push((function.name.clone(), ok.clone()));
        }
        if call.holds.is_some()
            && let Some(given) = call.ok.as_ref().and_then(Type::handle).and_then(|given| survey.held_by(given))
        {
            holds_of.push((function.name.clone(), given));
        }
    }
    let made_by = survey.maker(id).map(|(interface, raw)| survey.world.raw_function(interface, raw));
    Ok(Wrapper {
        holds: survey.world.raw_type_path(id),
        consumable: survey.is_consumable(id),
        made_by: made_by.transpose()?,
        remembers,
        holds_of,
    })
}

fn plain(survey: &Survey<'_>, id: TypeId, path: &str, rules: &mut Vec<Rule>) -> Result<TypeKind, DeriveError> {
    match &survey.world.type_def(id).kind {
        TypeDefKind::Record(record) => {
            let map = mapping::parts_of(survey, id);
            let fields = record.fields.iter().map(|field| {
                let ty = map(survey, &format!("{path}.{}", field.name), &field.ty)?;
                let name = values::without_unit(&field.name, ty.is_time());
                values::rules(&ty, rules);
                Ok(Field { name, raw_name: field.name.clone(), ty, docs: field.docs.contents.clone() })
            });
            Ok(TypeKind::Record(fields.collect::<Result<_, DeriveError>>()?))
        }
        TypeDefKind::Variant(variant) => {
            let map = mapping::parts_of(survey, id);
            let cases = variant.cases.iter().map(|case| mapping::variant_case(survey, path, case, rules, map));
            Ok(TypeKind::Variant(cases.collect::<Result<_, _>>()?))
        }
        TypeDefKind::Enum(enum_) => Ok(TypeKind::Enum(
            enum_.cases.iter().map(|case| mapping::bare_case(&case.name, case.docs.contents.as_ref())).collect(),
        )),
        TypeDefKind::Flags(flags) => Ok(TypeKind::Flags(
            flags.flags.iter().map(|flag| mapping::bare_case(&flag.name, flag.docs.contents.as_ref())).collect(),
        )),
        TypeDefKind::Type(ty) => Ok(TypeKind::Alias(mapping::map(survey, path, ty)?)),
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
        | TypeDefKind::Unknown => Ok(TypeKind::Alias(mapping::structural(survey, path, id)?)),
    }
}
