//! Sorts the functions of an interface: adapted, passed on as they are, or left out; and the ones
//! that the rules make up.

use wit_parser::{Function as RawFunctionDef, InterfaceId};

use super::facts::Facts;
use super::reshape::{default_error, fallible, item_name, note_need, raw_path, reshape};
use super::{DeriveError, options, types};
use crate::plan::{self, AdapterCase, Body, Function, Kind, LeftOut, Param, Rule, Type};

/// The friendly functions of an adapted interface.
pub(super) fn adapted(
    facts: &Facts<'_>,
    id: InterfaceId,
    left_out: &mut Vec<LeftOut>,
) -> Result<Vec<Function>, DeriveError> {
    let mut functions = options::functions(facts, id)?;
    functions.extend(shares(facts, id)?);
    for raw in facts.resolve().interfaces[id].functions.values() {
        match left_out_reason(facts, id, raw)? {
            Some(reason) => left_out.push(LeftOut { path: reason.0, reason: reason.1 }),
            None => functions.extend(reshape(facts, id, raw)?),
        }
    }
    refuse_twins(facts, id, &functions)?;
    Ok(functions)
}

/// The functions of an interface that the app imports as it is.
pub(super) fn direct(facts: &Facts<'_>, id: InterfaceId) -> Result<Vec<Function>, DeriveError> {
    unchanged(facts, id)
}

/// The functions that the app exports: friendly types, no calls of ours.
pub(super) fn exported(facts: &Facts<'_>, id: InterfaceId) -> Result<Vec<Function>, DeriveError> {
    unchanged(facts, id)
}

fn unchanged(facts: &Facts<'_>, id: InterfaceId) -> Result<Vec<Function>, DeriveError> {
    facts.resolve().interfaces[id]
        .functions
        .values()
        .map(|raw| {
            let path = raw_path(facts, id, raw)?;
            let kind = facts.kind(id, raw)?;
            let skip = usize::from(matches!(kind, Kind::Method(_)));
            let params = raw
                .params
                .iter()
                .skip(skip)
                .map(|param| Ok(Param { name: param.name.clone(), ty: types::map(facts, &format!("{path}.{}", param.name), &param.ty)? }));
            Ok(Function {
                name: item_name(&kind, raw),
                docs: raw.docs.contents.clone(),
                params: params.collect::<Result<_, DeriveError>>()?,
                result: raw.result.as_ref().map(|ty| types::map(facts, &path, ty)).transpose()?,
                kind,
                body: Body::Direct,
                rules: Vec::new(),
            })
        })
        .collect()
}

/// Left out by a line of the rules, or because it belongs to a placeholder resource.
fn left_out_reason(
    facts: &Facts<'_>,
    id: InterfaceId,
    raw: &RawFunctionDef,
) -> Result<Option<(String, String)>, DeriveError> {
    let path = plan::path(
        &facts.interface_name(id),
        // A line can leave out what has a kind we refuse, so the path must not depend on refusing it.
        &facts.kind(id, raw).unwrap_or(Kind::Freestanding),
        raw.item_name(),
    );
    if let Some(reason) = facts.lines.leave_out(&path) {
        return Ok(Some((path, reason.clone())));
    }
    let of_extra = raw.kind.resource().is_some_and(|resource| facts.is_extra(resource));
    Ok(of_extra.then(|| (path, "folded into what carries the placeholder resource".to_owned())))
}

/// `subscribe` and its like: an alias gives a handle of what it aliases.
fn shares(facts: &Facts<'_>, id: InterfaceId) -> Result<Vec<Function>, DeriveError> {
    let mut functions = Vec::new();
    for (name, ty) in &facts.resolve().interfaces[id].types {
        let Some(resource) = facts.aliased_resource(*ty) else { continue };
        let Some(method) = facts.lines.share(&facts.raw_path(resource)) else { continue };
        if facts.definition(*ty) != *ty {
            continue;
        }
        let path = format!("{}.{name}.{method}", facts.interface_name(id));
        let shared = facts.home(resource);
        let error = facts.is_consumable(*ty).then(|| default_error(facts, &path)).transpose()?;
        if let Some(error) = &error {
            note_need(facts, &path, error, AdapterCase::AlreadyConsumed)?;
        }
        functions.push(Function {
            name: method.clone(),
            kind: Kind::Method(name.clone()),
            docs: Some(format!(
                "Gives a handle to wait on: `{}`, which `{}` takes.\n\nBoth stay usable; the wait ends when either is used up.",
                shared.name, shared.interface
            )),
            params: Vec::new(),
            result: Some(fallible(Some(Type::Own(shared.clone())), error).unwrap_or(Type::Own(shared.clone()))),
            body: Body::Share(shared),
            rules: vec![Rule::Wrap],
        });
    }
    Ok(functions)
}

fn refuse_twins(facts: &Facts<'_>, id: InterfaceId, functions: &[Function]) -> Result<(), DeriveError> {
    let interface = facts.interface_name(id);
    let mut seen = std::collections::BTreeSet::new();
    for function in functions {
        let path = function.path(&interface);
        if !seen.insert(path.clone()) {
            return Err(DeriveError::shape(
                path,
                "two raw functions become this one",
                "give one of them another name with a line under [rename]",
            ));
        }
    }
    Ok(())
}
