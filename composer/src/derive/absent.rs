//! Answers that mean that there is nothing: hosts say so in many ways, Python in one.

use wit_parser::Type as RawType;

use super::DeriveError;
use super::facts::Facts;
use crate::plan::{Absent, Type};

/// The friendly value of a function, and which of its answers are none.
pub(super) fn of(
    facts: &Facts<'_>,
    path: &str,
    error: Option<&RawType>,
    ok: Option<Type>,
) -> Result<(Option<Type>, Option<Absent>), DeriveError> {
    let Some(rules) = facts.lines.absent(path) else { return Ok((ok, None)) };
    let refused = |reason: String| Err(DeriveError::shape(path, reason, format!("correct [absent.\"{path}\"]")));
    let Some(ok) = ok else { return refused("some answer of it is to mean nothing, and it gives nothing".to_owned()) };
    if rules.errors.is_empty() && !rules.empty {
        return refused("some answer of it is to mean nothing, and its line does not say which".to_owned());
    }
    let cases = error.and_then(|error| facts.named(error)).map(|error| facts.bare_cases(error)).unwrap_or_default();
    if let Some(case) = rules.errors.iter().find(|case| !cases.contains(&case.as_str())) {
        return refused(format!("`{case}` is to mean nothing, and it does not fail so"));
    }
    let (inner, raw_optional) = ok.unwrapped();
    if rules.empty && !matches!(inner, Type::List(_)) && !is_text(&inner) {
        return refused(
            "an empty answer of it is to mean nothing, and its answer is neither text nor a list".to_owned(),
        );
    }
    let absent = Absent { errors: rules.errors.clone(), empty: rules.empty, raw_optional };
    Ok((Some(Type::Option(Box::new(inner))), Some(absent)))
}

fn is_text(ty: &Type) -> bool {
    *ty == Type::Primitive(crate::plan::Primitive::String)
}
