//! Sorts the functions of an interface: adapted, passed on as they are, or left out; and the ones
//! that the rules define.

use wit_parser::{Function as RawFunctionDef, InterfaceId, TypeId};

use super::facts::Facts;
use super::placement::Placements;
use super::reshape::{fallible, item_name, reshape};
use super::{DeriveError, Refused, check_plan, groups, needs, options, pairs, placement, types};
use crate::plan::{AdapterCase, Body, Function, Kind, LeftOut, Param, Rule, Type};

/// The friendly functions of an adapted interface.
pub(super) fn adapted(
    facts: &Facts<'_>,
    placements: &Placements<'_>,
    id: InterfaceId,
    left_out: &mut Vec<LeftOut>,
    refused: &mut Refused,
) -> Vec<Function> {
    let interface = facts.interface_name(id);
    let types = placements.types(&interface);
    let mut functions = options::functions(facts, types, refused);
    functions.extend(types.iter().filter_map(|ty| refused.note(share(facts, *ty))).flatten());
    let own = placements.functions(&interface).iter();
    // What a group has taken in is called by that.
    for (id, raw) in own.filter(|(id, raw)| !facts.lines.is_grouped(&facts.function_path(*id, raw))) {
        match left_out_reason(facts, *id, raw) {
            Some(reason) => left_out.push(LeftOut { path: reason.0, reason: reason.1 }),
            None => functions.extend(refused.note(reshape(facts, *id, raw)).into_iter().flatten()),
        }
    }
    functions.extend(groups::functions(facts, &interface, refused));
    functions.extend(pairs::functions(facts, &interface, &functions, refused));
    functions
}

/// The functions of an interface that the app imports as it is.
pub(super) fn direct(facts: &Facts<'_>, id: InterfaceId, refused: &mut Refused) -> Vec<Function> {
    unchanged(facts, id, refused)
}

/// The functions that the app exports: friendly resources, no calls of ours.
pub(super) fn exported(facts: &Facts<'_>, id: InterfaceId, refused: &mut Refused) -> Vec<Function> {
    let mut functions = unchanged(facts, id, refused);
    functions.iter_mut().for_each(without_empty_result);
    refused.extend(check_plan::exported(facts, id, &functions));
    functions
}

/// A `result` without types tells the host that something went wrong, and nobody what. Without it an
/// error that the app does not catch ends in a traceback; the entry tells the host that all went well.
fn without_empty_result(function: &mut Function) {
    if function.result == Some(Type::Result { ok: None, err: None }) {
        function.result = None;
        function.rules.push(Rule::Errors);
    }
}

fn unchanged(facts: &Facts<'_>, id: InterfaceId, refused: &mut Refused) -> Vec<Function> {
    let functions = facts.resolve().interfaces[id].functions.values();
    functions.filter_map(|raw| refused.note(unchanged_function(facts, id, raw))).collect()
}

fn unchanged_function(facts: &Facts<'_>, id: InterfaceId, raw: &RawFunctionDef) -> Result<Function, DeriveError> {
    let path = facts.function_path(id, raw);
    let kind = facts.kind(id, raw)?;
    let skip = usize::from(matches!(kind, Kind::Method(_)));
    let params = raw.params.iter().skip(skip).map(|param| {
        Ok(Param { name: param.name.clone(), ty: types::map(facts, &format!("{path}.{}", param.name), &param.ty)? })
    });
    Ok(Function {
        name: item_name(&kind, raw),
        docs: raw.docs.contents.clone(),
        params: params.collect::<Result<_, DeriveError>>()?,
        result: raw.result.as_ref().map(|ty| types::map(facts, &path, ty)).transpose()?,
        kind,
        body: Body::Direct,
        rules: Vec::new(),
    })
}

/// Left out by a line of the rules, or because it belongs to a placeholder resource.
fn left_out_reason(facts: &Facts<'_>, id: InterfaceId, raw: &RawFunctionDef) -> Option<(String, String)> {
    let path = facts.function_path(id, raw);
    if let Some(reason) = facts.lines.leave_out(&path) {
        return Some((path, reason.clone()));
    }
    let of_extra = raw.kind.resource().is_some_and(|resource| facts.is_extra(resource));
    of_extra.then(|| (path, "folded into what carries the placeholder resource".to_owned()))
}

/// `subscribe` and its like: an alias gives a handle of what it aliases.
fn share(facts: &Facts<'_>, ty: TypeId) -> Result<Option<Function>, DeriveError> {
    let Some(resource) = facts.aliased_resource(ty) else { return Ok(None) };
    let Some(method) = facts.lines.share(&facts.raw_path(resource)) else { return Ok(None) };
    let Some(id) = facts.owner(ty) else { return Ok(None) };
    let path = format!("{}.{method}", facts.raw_path(ty));
    let shared = facts.type_path(resource);
    let error = if facts.is_consumable(ty) {
        let error = needs::default(facts, id, &path, AdapterCase::AlreadyConsumed)?;
        needs::need(facts, &path, &error, AdapterCase::AlreadyConsumed)?;
        if placement::maker(facts, ty).is_some() {
            needs::need(facts, &path, &error, AdapterCase::LimitExceeded)?;
        }
        Some(types::map(facts, &path, &error)?)
    } else {
        None
    };
    Ok(Some(Function {
        name: method.clone(),
        kind: Kind::Method(facts.type_path(ty).name),
        docs: Some(format!(
            "Gives a handle to wait on: `{}`, which `{}` takes.\n\nBoth stay usable; the wait ends when either is used up.",
            shared.name, shared.interface
        )),
        params: Vec::new(),
        result: Some(fallible(Some(Type::Own(shared.clone())), error).unwrap_or(Type::Own(shared.clone()))),
        body: Body::Share(shared),
        rules: vec![Rule::Wrap],
    }))
}
