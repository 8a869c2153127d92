//! What errors must be able to say beyond what the host says: which ones change, and which cannot.

use std::collections::HashSet;

use wit_parser::{InterfaceId, Type as RawType, TypeDefKind, TypeId};

use super::DeriveError;
use super::errors::{DetailShape, nested_error};
use super::facts::Facts;
use crate::plan::{AdapterCase, Side};

/// The error of functions that have none of their own, in the interface `id`, where the adapter has this to say.
pub(super) fn default(
    facts: &Facts<'_>,
    id: InterfaceId,
    path: &str,
    case: AdapterCase,
) -> Result<RawType, DeriveError> {
    let advice = "name an error of the world in the rules: `default = \"interface.type\"` under [errors]";
    let rule = facts.lines.rules.errors.default.as_ref();
    let Some((name, error)) = rule.and_then(|name| Some((name, facts.find_type(name)?))) else {
        return Err(DeriveError::shape(
            path,
            format!("it has no error type, but must be able to report {}", saying(case)),
            advice,
        ));
    };
    let owner = facts.owner(facts.definition(error));
    if owner.is_some_and(|owner| owner != id && facts.depends_on(owner, id)) {
        return Err(DeriveError::shape(
            path,
            format!(
                "it needs the default error `{name}`, but the interface of that error uses the interface of this function"
            ),
            "name an error of an interface that uses no other one: `default` under [errors]",
        ));
    }
    Ok(RawType::Id(error))
}

/// The default error is there, and can say what it is for.
pub(super) fn check_default(facts: &Facts<'_>) -> Result<(), DeriveError> {
    let Some(name) = &facts.lines.rules.errors.default else { return Ok(()) };
    let Some(id) = facts.find_type(name) else {
        let mut names = facts.all_paths();
        names.retain(|name| facts.find_type(name).is_some());
        let line = format!("errors.default = \"{name}\"");
        return Err(facts.lines.no_match(line, name, &facts.package_name(), &names).into());
    };
    let id = facts.definition(id);
    if matches!(facts.type_def(id).kind, TypeDefKind::Enum(_) | TypeDefKind::Variant(_)) {
        return Ok(());
    }
    Err(DeriveError::shape(
        name,
        "it is the default error, but is neither an enum nor a variant",
        "name another type in `default` under [errors]",
    ))
}

/// Notes that an error must have a case, and refuses one that cannot.
pub(super) fn need(facts: &Facts<'_>, path: &str, error: &RawType, case: AdapterCase) -> Result<(), DeriveError> {
    let what = saying(case);
    let refused = |why: &str, advice: &str| {
        Err(DeriveError::shape(path, format!("it must be able to report {what}, but its error {why}"), advice))
    };
    if facts.primitive_of(error) == RawType::String {
        return Ok(());
    }
    let Some(id) = facts.named(error).filter(|id| can_say_more(facts, *id)) else {
        return refused(
            "is neither an enum, a variant nor a string",
            "make it one, or leave the function out under [leave-out]",
        );
    };
    let type_path = facts.type_path(id);
    if type_path.side == Side::Raw {
        return refused("belongs to another package", "leave the function out under [leave-out]");
    }
    facts.need(&type_path, case);
    Ok(())
}

/// What an error says with a case of the adapter.
fn saying(case: AdapterCase) -> &'static str {
    match case {
        AdapterCase::AlreadyConsumed => "that a handle was consumed",
        AdapterCase::ValueTooLarge => "that a value is too large",
        AdapterCase::InvalidArgument => "that an argument is not what it should be",
        AdapterCase::UnknownValue => "that a value has no name",
        AdapterCase::LimitExceeded => "that there are no more objects of a kind",
        AdapterCase::NotText => "that a value is not text",
        AdapterCase::CannotRead => "that its answer cannot be read",
    }
}

/// Whether cases can be added to an error.
fn can_say_more(facts: &Facts<'_>, id: TypeId) -> bool {
    matches!(facts.type_def(id).kind, TypeDefKind::Enum(_) | TypeDefKind::Variant(_))
        || DetailShape::of(facts, id).is_some()
}

/// The types that do not stay as they are because some function fails with them.
pub(super) fn changed(facts: &Facts<'_>) -> HashSet<TypeId> {
    let mut changed: HashSet<TypeId> = HashSet::new();
    for error in facts.errors() {
        let path = facts.raw_path(*error);
        let is_small = |case: &&str| facts.lines.rules.buffers.too_small.contains(&format!("{path}.{case}"));
        if facts.case_names(*error).iter().any(is_small) {
            changed.insert(*error);
        }
        let payloads = facts.payloads_of(&RawType::Id(*error)).unwrap_or_default();
        let nested: Vec<_> = payloads.iter().filter_map(|payload| nested_error(facts, Some(payload))).collect();
        if !nested.is_empty() {
            changed.insert(*error);
            changed.extend(nested);
        }
        if let Some(shape) = DetailShape::of(facts, *error) {
            changed.extend([*error, shape.detail, shape.base]);
        }
    }
    let default = facts.lines.rules.errors.default.as_ref().and_then(|name| facts.find_type(name));
    for (interface, function) in facts.imported_functions() {
        let names = &facts.lines.rules.buffers;
        let handles = function.params.iter().flat_map(|param| facts.handles_in(&param.ty));
        let touches = handles.into_iter().any(|resource| facts.is_consumable(resource));
        let touches = touches || facts.lines.rules.may_fail(&facts.function_path(interface, function));
        let err = facts.result_of(function).err;
        let pages = err.is_some()
            && function.params.iter().any(|param| {
                [&names.size_parameter, &names.cursor_parameter]
                    .into_iter()
                    .any(|name| name.as_ref() == Some(&param.name))
            });
        match err {
            Some(error) if touches || pages => changed.extend(facts.named(&error)),
            None if touches => changed.extend(default.map(|error| facts.definition(error))),
            Some(_) | None => {}
        }
    }
    changed
}

/// What an error record must be able to say, its base error must be able to say.
pub(super) fn spread_needs(facts: &Facts<'_>) {
    for error in facts.errors() {
        let Some(shape) = DetailShape::of(facts, *error) else { continue };
        let base = facts.type_path(shape.base);
        for case in AdapterCase::ALL {
            if facts.needed(&facts.type_path(*error), case) {
                facts.need(&base, case);
            }
        }
    }
}
