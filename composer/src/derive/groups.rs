//! Getters that are one thing, in one record: what the host does not have is none.

use wit_parser::{Type as RawType, TypeId};

use super::required::{Outcome, Requirement};
use super::reshape::{fallible, reshape};
use super::survey::Survey;
use super::{DeriveError, Refused, absent, placement, rule_paths};
use crate::plan::{Call, Function, Group, Kind, Member, Operation, Paging, RawFunction, Rule, Type};
use crate::rules::GroupRules;

/// The functions of this friendly interface that get a group of getters each.
pub(super) fn functions(survey: &Survey<'_>, interface: &str, refused: &mut Refused) -> Vec<Outcome> {
    let groups = survey.world.usage.rules.groups.iter();
    let here = groups.filter(|(path, _)| path.split('.').next() == Some(interface));
    // `check_rules` has refused those whose path is that of no function.
    let functions = here.filter_map(|(path, rules)| Some((path, rules, rule_paths::parse_function_path(path)?)));
    functions.filter_map(|(path, rules, at)| refused.note(group_function(survey, path, at, rules))).collect()
}

/// Whether a resource is made for a group alone: the app sees its getters' answers.
pub(super) fn is_hidden(survey: &Survey<'_>, resource: TypeId) -> bool {
    let groups = survey.world.usage.rules.groups.values();
    let mut makers = groups.filter_map(|group| survey.world.imported_function(group.of.as_ref()?));
    makers.any(|(_, raw)| survey.world.made(raw) == Some(resource))
}

fn group_function(
    survey: &Survey<'_>,
    path: &str,
    (interface, kind, name): (&str, Kind, &str),
    rules: &GroupRules,
) -> Result<Outcome, DeriveError> {
    let refused = |reason: String, advice: &str| Err(DeriveError::shape(path, reason, advice));
    let record = rule_paths::type_path(survey, "groups", &format!("{interface}.{}", rules.record))?;
    let of = rules.of.as_ref().map(|of| maker(survey, path, of)).transpose()?;
    if let Some(field) = rules.keep.iter().find(|field| !rules.members.contains_key(*field)) {
        return refused(
            format!("`keep` has `{field}`, but there is no such member"),
            "correct `keep` of the group in [groups]",
        );
    }
    let mut members = Vec::new();
    let mut required = Vec::new();
    let mut error: Option<Type> = None;
    for (field, getter) in &rules.members {
        let (call, needs) = member(survey, path, getter, &kind, interface, of.as_ref())?;
        required.extend(needs);
        if error.is_some() && call.error.is_some() && error != call.error {
            return refused(
                format!("its member `{getter}` has another error type than the members before it"),
                "make one group for each error type",
            );
        }
        error = error.or_else(|| call.error.clone());
        let missing = missing(survey, getter, &call, rules)?;
        members.push(Member { field: field.clone(), call, missing });
    }
    if let Some(case) = rules.missing.first().filter(|_| !members.iter().any(|member: &Member| member.call.raw_error)) {
        return refused(
            format!("`{case}` means that a member is missing, but no member can fail"),
            "delete `missing` of the group in [groups]",
        );
    }
    let result = fallible(Some(Type::Named(record.clone())), error.clone());
    let function = Function {
        name: name.to_owned(),
        kind,
        docs: Some(rules.docs.clone()),
        params: Vec::new(),
        result,
        operation: Operation::Group(Box::new(Group { record, of: of.map(|(raw, _)| raw), members, error })),
        is_async: false,
        rules: vec![Rule::Groups],
    };
    Ok(Outcome { function, required })
}

/// The call of a member, and what its error must have.
fn member(
    survey: &Survey<'_>,
    group: &str,
    getter: &str,
    kind: &Kind,
    interface: &str,
    of: Option<&(RawFunction, TypeId)>,
) -> Result<(Call, Vec<Requirement>), DeriveError> {
    let refused = |reason: &str| {
        let advice = format!("correct its line under [groups.\"{group}\"]");
        Err(DeriveError::shape(getter, format!("the rules make it a member of a group, but {reason}"), advice))
    };
    // A line that matches nothing is refused with all others.
    let Some((id, raw)) = survey.world.imported_function(getter) else {
        return refused("the world does not import such a function");
    };
    survey.world.usage.member(getter);
    let placement = placement::of(survey, id, raw)?;
    let fits = match of {
        Some((_, resource)) => raw.kind.resource() == Some(*resource) && matches!(placement.kind, Kind::Method(_)),
        None => match (kind, &placement.kind) {
            (Kind::Method(_), Kind::Method(_)) => placement.kind == *kind && placement.interface == interface,
            (Kind::Freestanding, Kind::Freestanding) => true,
            (Kind::Freestanding, _) | (Kind::Method(_) | Kind::Static(_) | Kind::Constructor(_), _) => false,
        },
    };
    if !fits {
        return refused("it is not a getter of the group's object");
    }
    let mut outcomes = reshape(survey, id, raw)?;
    let Some(Outcome { function, required }) = outcomes.pop().filter(|_| outcomes.is_empty()) else {
        return refused("it becomes several functions");
    };
    let Function { params, operation: Operation::Call(call), .. } = function else {
        return refused("it does not call the host");
    };
    if !params.is_empty() {
        return refused("it has parameters");
    }
    if call.ok.is_none() {
        return refused("it returns nothing");
    }
    if call.raw_fallible && !call.raw_error {
        return refused("it fails without an error type");
    }
    if call.remember || matches!(call.paging, Paging::Pages { .. }) {
        return refused("it is remembered, or gives pages");
    }
    Ok((*call, required))
}

/// The function that makes what the getters are called on, and the resource.
fn maker(survey: &Survey<'_>, group: &str, of: &String) -> Result<(RawFunction, TypeId), DeriveError> {
    let found = survey.world.imported_function(of).and_then(|(id, raw)| Some((id, raw, survey.world.made(raw)?)));
    let Some((id, raw, resource)) = found.filter(|(_, raw, _)| !survey.world.result_of(raw).fallible) else {
        return Err(DeriveError::shape(
            of,
            "it is the `of` of a group, but it has parameters, can fail, or makes no resource",
            format!("correct `of` under [groups.\"{group}\"]"),
        ));
    };
    survey.world.usage.member(of);
    let mut functions = survey
        .world
        .resource_functions(survey.world.root(resource))
        .into_iter()
        .map(|raw| survey.world.function_path(id, raw));
    let is_left =
        |path: &String| !survey.world.usage.is_grouped(path) && !survey.world.usage.rules.leave_out.contains_key(path);
    if let Some(left) = functions.find(is_left) {
        return Err(DeriveError::shape(
            left,
            format!("its resource is made by `{of}` for a group, and the app does not see it"),
            format!("make it a member of [groups.\"{group}\"], too, or leave it out under [leave-out]"),
        ));
    }
    Ok((survey.world.raw_function(id, raw)?, resource))
}

/// The cases of the friendly error that mean that the host does not have it.
fn missing(survey: &Survey<'_>, getter: &str, call: &Call, rules: &GroupRules) -> Result<Vec<String>, DeriveError> {
    if !call.raw_error {
        return Ok(Vec::new());
    }
    let mut cases = Vec::new();
    for path in &rules.missing {
        match path.rsplit_once('.') {
            Some((error, case)) if is_error(call, survey, error) && can_fail_with(survey, error, case) => {
                cases.push(case.to_owned());
            }
            Some(_) | None => {
                return Err(DeriveError::shape(
                    getter,
                    format!(
                        "it is a member of a group in which `{path}` means that there is nothing, but it has no such error case"
                    ),
                    "correct `missing` under its group in [groups]",
                ));
            }
        }
    }
    Ok(cases)
}

fn can_fail_with(survey: &Survey<'_>, error: &str, case: &str) -> bool {
    survey.world.find_type(error).is_some_and(|id| absent::can_fail_with(survey, &RawType::Id(id)).contains(&case))
}

fn is_error(call: &Call, survey: &Survey<'_>, error: &str) -> bool {
    let error_path = survey.world.find_type(error).map(|id| survey.type_path(survey.world.definition(id)));
    matches!((&call.error, error_path), (Some(Type::Named(path)), Some(error_path)) if *path == error_path)
}
