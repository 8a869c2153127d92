//! Sorts the functions of an interface: adapted, passed on as they are, or left out; and the ones
//! that the rules define.

use wit_parser::{Function as RawFunctionDef, InterfaceId, TypeId};

use super::placement::Placements;
use super::required::{At, Outcome};
use super::reshape::{fallible, reshape};
use super::survey::Survey;
use super::world::item_name;
use super::{DeriveError, Refused, awaited, check_plan, groups, mapping, options, pairs, required};
use crate::plan::{AdapterCase, Function, Kind, LeftOut, Operation, Param, Rule, Type};

/// The friendly functions of an adapted interface.
pub(super) fn adapted(
    survey: &Survey<'_>,
    placements: &Placements<'_>,
    id: InterfaceId,
    left_out: &mut Vec<LeftOut>,
    refused: &mut Refused,
) -> Vec<Outcome> {
    let interface = survey.world.interface_name(id);
    let types = placements.types(&interface);
    let mut functions: Vec<Outcome> =
        options::functions(survey, types, refused).into_iter().map(Outcome::from).collect();
    functions.extend(types.iter().filter_map(|ty| refused.note(share(survey, *ty))).flatten());
    let own = placements.functions(&interface).iter();
    // What a group has taken in is called by that.
    for (id, raw) in own.filter(|(id, raw)| !survey.world.usage.is_grouped(&survey.world.function_path(*id, raw))) {
        match left_out_reason(survey, *id, raw) {
            Some(reason) => left_out.push(LeftOut { path: reason.0, reason: reason.1 }),
            None => functions.extend(refused.note(reshape(survey, *id, raw)).into_iter().flatten()),
        }
    }
    functions.extend(groups::functions(survey, &interface, refused));
    functions.extend(pairs::functions(survey, &interface, &functions, refused));
    functions
}

/// The functions of an interface that the app imports as it is.
pub(super) fn direct(survey: &Survey<'_>, id: InterfaceId, refused: &mut Refused) -> Vec<Function> {
    let functions = survey.world.resolve().interfaces[id].functions.values();
    refused.extend(functions.filter_map(|function| awaited::imported(survey, id, function).err()));
    unchanged(survey, id, refused)
}

/// The functions that the app exports: friendly resources, no calls of ours.
pub(super) fn exported(survey: &Survey<'_>, id: InterfaceId, refused: &mut Refused) -> Vec<Function> {
    let raw = survey.world.resolve().interfaces[id].functions.values();
    refused.extend(raw.filter_map(|function| awaited::exported(survey, id, function).err()));
    let mut functions = unchanged(survey, id, refused);
    functions.iter_mut().for_each(without_empty_result);
    refused.extend(check_plan::exported(survey, id, &functions));
    functions
}

/// The functions that the app exports and the host calls as they are.
pub(super) fn passed(survey: &Survey<'_>, id: InterfaceId, refused: &mut Refused) -> Vec<Function> {
    refused.extend(check_plan::passed(survey, id));
    unchanged(survey, id, refused)
}

/// A `result` without types tells the host that something went wrong, and nobody what. Without it an
/// error that the app does not catch ends in a traceback; the entry tells the host that all went well.
fn without_empty_result(function: &mut Function) {
    if function.result == Some(Type::Result { ok: None, err: None }) {
        function.result = None;
        function.rules.push(Rule::Errors);
    }
}

fn unchanged(survey: &Survey<'_>, id: InterfaceId, refused: &mut Refused) -> Vec<Function> {
    let functions = survey.world.resolve().interfaces[id].functions.values();
    functions.filter_map(|raw| refused.note(unchanged_function(survey, id, raw))).collect()
}

fn unchanged_function(survey: &Survey<'_>, id: InterfaceId, raw: &RawFunctionDef) -> Result<Function, DeriveError> {
    let path = survey.world.function_path(id, raw);
    let kind = survey.world.kind(id, raw)?;
    let skip = usize::from(matches!(kind, Kind::Method(_)));
    let params = raw.params.iter().skip(skip).map(|param| {
        let ty = mapping::passed(survey, &format!("{path}.{}", param.name), &param.ty)?;
        Ok(Param { name: param.name.clone(), ty })
    });
    Ok(Function {
        name: item_name(&kind, raw),
        docs: raw.docs.contents.clone(),
        params: params.collect::<Result<_, DeriveError>>()?,
        result: raw.result.as_ref().map(|ty| mapping::passed(survey, &path, ty)).transpose()?,
        kind,
        operation: Operation::Direct,
        is_async: raw.kind.is_async(),
        rules: Vec::new(),
    })
}

/// Left out by a line of the rules, or because it belongs to a placeholder resource.
fn left_out_reason(survey: &Survey<'_>, id: InterfaceId, raw: &RawFunctionDef) -> Option<(String, String)> {
    let path = survey.world.function_path(id, raw);
    if let Some(reason) = survey.world.usage.leave_out(&path) {
        return Some((path, reason.clone()));
    }
    let of_extra = raw.kind.resource().is_some_and(|resource| survey.world.is_extra(resource));
    of_extra.then(|| (path, "folded into what carries the placeholder resource".to_owned()))
}

/// `subscribe` and its like: an alias gives a handle of what it aliases.
fn share(survey: &Survey<'_>, ty: TypeId) -> Result<Option<Outcome>, DeriveError> {
    let Some(resource) = survey.world.aliased_resource(ty) else { return Ok(None) };
    let Some(method) = survey.world.usage.share(&survey.world.raw_path(resource)) else { return Ok(None) };
    let Some(id) = survey.world.owner(ty) else { return Ok(None) };
    let path = format!("{}.{method}", survey.world.raw_path(ty));
    let shared = survey.type_path(resource);
    let mut required = Vec::new();
    let interface = survey.type_path(ty).interface;
    let error = if survey.is_consumable(ty) {
        let unmade = survey.maker(ty).map(|_| AdapterCase::LimitExceeded);
        let cases: Vec<_> = [AdapterCase::AlreadyConsumed].into_iter().chain(unmade).collect();
        let at = At { id, path: &path, interface: &interface };
        let (error, needs) = required::fails(survey, at, None, &cases)?;
        required = needs;
        Some(error)
    } else {
        None
    };
    let function = Function {
        name: method.clone(),
        kind: Kind::Method(survey.type_path(ty).name),
        docs: Some(format!(
            "Gives an object to wait on: `{}`, which `{}` takes.\n\nBoth stay usable; the wait ends when either is used up.",
            shared.name, shared.interface
        )),
        params: Vec::new(),
        result: Some(fallible(Some(Type::Own(shared.clone())), error).unwrap_or(Type::Own(shared.clone()))),
        operation: Operation::Share(shared),
        is_async: false,
        rules: vec![Rule::Wrap],
    };
    Ok(Some(Outcome { function, required }))
}
