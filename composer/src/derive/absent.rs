//! Answers that mean that there is nothing: hosts say so in many ways, Python in one.

use wit_parser::Type as RawType;

use super::shapes::RawResult;
use super::survey::Survey;
use super::{DeriveError, mapping};
use crate::plan::{Absent, Type};

/// The friendly value of a function, and which of its answers are none.
pub(super) fn of(
    survey: &Survey<'_>,
    path: &str,
    raw: &RawResult,
    ok: Option<Type>,
) -> Result<(Option<Type>, Option<Absent>), DeriveError> {
    let Some(rules) = survey.world.usage.absent(path) else { return Ok((ok, None)) };
    let refused = |reason: String| Err(DeriveError::shape(path, reason, format!("correct [absent.\"{path}\"]")));
    let (Some(ok), Some(value)) = (ok, raw.ok) else {
        return refused("`[absent]` is set for it, but it returns nothing".to_owned());
    };
    if rules.errors.is_empty() && !rules.empty {
        return refused("`[absent]` is set for it, but its line has neither `errors` nor `empty`".to_owned());
    }
    let cases = raw.err.map(|error| can_fail_with(survey, &error)).unwrap_or_default();
    if let Some(case) = rules.errors.iter().find(|case| !cases.contains(&case.as_str())) {
        return refused(match cases.as_slice() {
            [] => format!(
                "`errors` has `{case}`, but it fails with no case without a payload, and no other can mean that"
            ),
            cases => format!(
                "`errors` has `{case}`, but that is not one of the cases without a payload that the app gets: {}",
                cases.iter().map(|case| format!("`{case}`")).collect::<Vec<_>>().join(", ")
            ),
        });
    }
    // An option under a name of its own would become an option of an option.
    let ok = match survey.world.option_of(&value) {
        Some(_) if matches!(ok, Type::Named(_)) => mapping::unnamed(survey, path, &value)?,
        Some(_) | None => ok,
    };
    let (inner, raw_optional) = ok.unwrapped();
    if rules.empty && !matches!(inner, Type::List(_)) && !can_be_empty(survey, &value) {
        return refused("`empty` is set for it, but its answer is neither text nor a list".to_owned());
    }
    let absent = Absent { errors: rules.errors.clone(), empty: rules.empty, raw_optional };
    Ok((Some(Type::Option(Box::new(inner))), Some(absent)))
}

/// The cases that the friendly error has, too, and that carry nothing: those that ask for a larger buffer it has not.
pub(super) fn can_fail_with<'a>(survey: &Survey<'a>, error: &RawType) -> Vec<&'a str> {
    let Some(id) = survey.world.named(error) else { return Vec::new() };
    let path = survey.world.raw_path(id);
    let asks_for_more = |case: &str| survey.world.usage.rules.buffers.too_small.contains(&format!("{path}.{case}"));
    survey.world.bare_cases(id).into_iter().filter(|case| !asks_for_more(case)).collect()
}

/// Whether a raw value, or what it is an option of, is text or a list.
fn can_be_empty(survey: &Survey<'_>, ty: &RawType) -> bool {
    let ty = survey.world.option_of(ty).unwrap_or(ty);
    survey.world.primitive_of(ty) == RawType::String || survey.world.is_list(ty)
}
