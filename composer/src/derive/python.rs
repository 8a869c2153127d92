//! What the Python package is called that goes with the bindings.

use heck::{ToSnakeCase as _, ToUpperCamelCase as _};

use crate::names;
use crate::plan::{Plan, Python};
use crate::python::error_called;
use crate::rules::{PythonRules, RulesError};

/// Names from the rules, else from the friendly package: `acme-py:compute` makes `acme_py` and `AcmeError`.
pub(super) fn python(rules: &PythonRules, friendly: &str) -> Result<Python, RulesError> {
    let namespace = friendly.split(':').next().unwrap_or(friendly);
    let package = match &rules.package {
        Some(name) => name.clone(),
        None => made("package", names::escaped(namespace.to_snake_case()), "another", names::refused_package)?,
    };
    let error = match &rules.error {
        Some(name) => name.clone(),
        None => made(
            "error",
            format!("{}Error", namespace.strip_suffix("-py").unwrap_or(namespace).to_upper_camel_case()),
            "Another",
            names::refused_exception,
        )?,
    };
    Ok(Python { package, error })
}

/// A name that comes of the friendly package's.
fn made(
    key: &'static str,
    name: String,
    other: &'static str,
    refused: fn(&str) -> Option<&'static str>,
) -> Result<String, RulesError> {
    match refused(&name) {
        Some(why) => Err(RulesError::NoPython { key, name, why, other }),
        None => Ok(name),
    }
}

/// Refuses an exception of the rules' own that is called as one for an error of the world is.
pub(super) fn check_error(rules: &PythonRules, plan: &Plan) -> Result<(), RulesError> {
    let Some(name) = &rules.error else { return Ok(()) };
    match error_called(plan, name) {
        Some(path) => {
            Err(RulesError::PythonError { name: name.clone(), path: format!("{}.{}", path.interface, path.name) })
        }
        None => Ok(()),
    }
}
