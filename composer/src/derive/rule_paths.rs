//! The friendly paths of what only the rules define.

use super::DeriveError;
use super::survey::Survey;
use crate::plan::{Kind, TypePath};

/// The friendly path that a rule's key is.
pub(super) fn type_path(survey: &Survey<'_>, table: &str, key: &str) -> Result<TypePath, DeriveError> {
    let refused = |reason: String| {
        DeriveError::shape(
            key,
            reason,
            format!("write the line as `[{table}.\"interface.type\"]`, with names that WIT allows"),
        )
    };
    let Some((interface, name)) = key.split_once('.') else {
        return Err(refused("the rules define it, but it is not the path of a type".to_owned()));
    };
    wit_parser::validate_id(name)
        .map_err(|error| refused(format!("the rules define it, but its name is not valid: {error:#}")))?;
    if !survey.is_reshaped(interface) {
        return Err(DeriveError::shape(
            key,
            format!("the rules define it, but the world imports no interface `{interface}`"),
            format!("write another interface into its line under [{table}]"),
        ));
    }
    Ok(TypePath::friendly(interface, name))
}

/// The interface, kind and name of a function that only the rules define; `None` if this is not the path of a function.
pub(super) fn parse_function_path(path: &str) -> Option<(&str, Kind, &str)> {
    match path.split('.').collect::<Vec<_>>().as_slice() {
        [interface, name] => Some((interface, Kind::Freestanding, name)),
        [interface, resource, name] => Some((interface, Kind::Method((*resource).to_owned()), name)),
        [] | [_] | [_, _, _, _, ..] => None,
    }
}
