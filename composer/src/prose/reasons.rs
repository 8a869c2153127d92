//! When the adapter itself fails, case by case, beside where a handle was used up.

use super::python::{self, snake};
use super::text::either;
use crate::plan::{
    AdapterCase, Arg, Call, Conversion, Function, LIMIT, Operation, Paging, Plan, Separator, Type, TypeKind, TypePath,
};

/// The adapter's cases that a function may raise, and after `when` the reason of each.
pub(super) fn of(plan: &Plan, function: &Function) -> Vec<(AdapterCase, String)> {
    let calls = function.operation.calls();
    let lifts: Vec<_> = calls.iter().filter_map(|call| call.ok.as_ref()).flat_map(Type::lifts_with).collect();
    let lifting = |case, reason: &str| (case, lifts.contains(&case).then(|| reason.to_owned()));
    let reasons = [
        (AdapterCase::InvalidArgument, invalid(plan, function, &calls)),
        (
            AdapterCase::ValueTooLarge,
            calls.iter().find_map(|call| too_large(call)).or_else(|| many(&function.operation)),
        ),
        lifting(AdapterCase::CannotRead, "the answer cannot be read to its end"),
        lifting(AdapterCase::NotText, "the answer is not UTF-8"),
        (AdapterCase::Failed, calls.iter().any(|call| fails_unspoken(call)).then(|| "the host fails".to_owned())),
        lifting(AdapterCase::UnknownValue, "the answer is nothing that this version knows"),
    ];
    reasons.into_iter().filter_map(|(case, reason)| Some((case, reason?))).collect()
}

/// Whether the host fails and does not say why.
fn fails_unspoken(call: &Call) -> bool {
    call.raw_fallible && !call.raw_error && call.error.is_some()
}

/// What can be wrong with an argument, in words.
fn invalid(plan: &Plan, function: &Function, calls: &[&Call]) -> Option<String> {
    let mut faults = Vec::new();
    for check in calls.iter().flat_map(|call| &call.checks) {
        let empty = check.at_least_one.then_some("is empty");
        let twice = check.distinct.then_some("has an object twice");
        let both: Vec<_> = empty.into_iter().chain(twice).map(str::to_owned).collect();
        faults.push(format!("`{}` {}", snake(&check.param), either(&both, "or")));
    }
    for param in &function.params {
        faults_in(&format!("`{}`", snake(&param.name)), &param.ty, &mut faults);
    }
    for (param, ty) in calls.iter().flat_map(|call| &call.args).filter_map(options) {
        if let Some(TypeKind::Options(options)) = python::definition(plan, ty).map(|def| &def.kind)
            && options.lowers_fallibly()
        {
            faults.push(format!("`{}` holds something that the host cannot take", snake(param)));
        }
    }
    (!faults.is_empty()).then(|| either(&faults, "or"))
}

/// What can be wrong with a value of this name, or with a field of it.
fn faults_in(name: &str, ty: &Type, faults: &mut Vec<String>) {
    match ty {
        Type::Converted(Conversion::Record { fields, parts, .. }) => {
            for (field, part) in fields.iter().zip(parts) {
                faults_in(&format!("`{}` of {name}", snake(field)), part, faults);
            }
        }
        Type::Converted(conversion) => faults.extend(wrong(conversion).map(|what| format!("{name} {what}"))),
        Type::Primitive(_)
        | Type::List(_)
        | Type::Option(_)
        | Type::Tuple(_)
        | Type::Result { .. }
        | Type::Named(_)
        | Type::Own(_)
        | Type::Borrow(_)
        | Type::Stream(_)
        | Type::Future(_) => ty.structure().into_iter().for_each(|part| faults_in(name, part, faults)),
    }
}

/// The options that an argument is made of, and the parameter that they are.
fn options(arg: &Arg) -> Option<(&String, &TypePath)> {
    match arg {
        Arg::Options { param: Some(param), ty } | Arg::Case { payload: Some((param, ty)), .. } => Some((param, ty)),
        Arg::Options { param: None, .. }
        | Arg::Case { payload: None, .. }
        | Arg::Lend(_)
        | Arg::Take(_)
        | Arg::TakeOk(_)
        | Arg::Param(_) => None,
    }
}

/// What is wrong with a value that cannot be converted for the host.
fn wrong(conversion: &Conversion) -> Option<String> {
    match conversion {
        Conversion::Address(_) => Some("is no IP address".to_owned()),
        Conversion::Seconds { per_second, step, .. } => Some(no_time(*per_second, *step)),
        Conversion::Joined { separator: Separator::Space, .. } => {
            Some("has an item that is empty or holds a space".to_owned())
        }
        Conversion::Joined { separator: Separator::Nul, .. } => Some("has an item that holds a zero byte".to_owned()),
        Conversion::Text
        | Conversion::Take(_)
        | Conversion::Record { .. }
        | Conversion::Packed { .. }
        | Conversion::Choice { .. }
        | Conversion::Flag { .. }
        | Conversion::Body(_) => None,
    }
}

/// What is wrong with a span of time that the host does not take.
fn no_time(per_second: u64, step: u64) -> String {
    match (per_second, step) {
        (1, 1) => "is negative, too long, or no whole number of seconds".to_owned(),
        (1, 60) => "is negative, too long, or no whole minute".to_owned(),
        (1, step) => format!("is negative, too long, or no multiple of {step} seconds"),
        (_, _) => "is negative or too long".to_owned(),
    }
}

/// What is put together of several answers is too large where none of them is.
fn many(body: &Operation) -> Option<String> {
    match body {
        Operation::Pairs(_) => Some("the answer is too large to take in".to_owned()),
        Operation::Direct
        | Operation::Call(_)
        | Operation::NewOptions
        | Operation::SetOption(_)
        | Operation::Share(_)
        | Operation::Later
        | Operation::Group(_) => None,
    }
}

fn too_large(call: &Call) -> Option<String> {
    let lifts = call.ok.as_ref().is_some_and(|ok| ok.lifts_with().contains(&AdapterCase::ValueTooLarge));
    match &call.paging {
        Paging::Once { .. } if !lifts => None,
        Paging::Once { .. } | Paging::Grow { .. } | Paging::Pages { .. } => {
            Some("the answer is too large to take in".to_owned())
        }
        Paging::WriteAll { param, .. } => Some(format!("the host takes no more of `{}`", snake(param))),
        Paging::ReadAll { .. } => Some(format!("there are more than `{LIMIT}` bytes")),
    }
}
