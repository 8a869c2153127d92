//! What the Python package is called that goes with the bindings.

use heck::{ToSnakeCase as _, ToUpperCamelCase as _};

use crate::names;
use crate::plan::Python;
use crate::rules::{PythonRules, RulesError};

/// Names from the rules, else from the friendly package: `acme-py:compute` makes `acme_py` and `AcmeError`.
pub(super) fn python(rules: &PythonRules, friendly: &str) -> Result<Python, RulesError> {
    let namespace = friendly.split(':').next().unwrap_or(friendly);
    let package = match &rules.package {
        Some(name) => checked("package", name, "a module")?,
        None => names::escaped(namespace.to_snake_case()),
    };
    let error = match &rules.error {
        Some(name) => checked("error", name, "a class")?,
        None => format!("{}Error", namespace.strip_suffix("-py").unwrap_or(namespace).to_upper_camel_case()),
    };
    Ok(Python { package, error })
}

fn checked(key: &'static str, name: &str, wanted: &'static str) -> Result<String, RulesError> {
    let is_word = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let is_name = is_word && name.starts_with(|c: char| c.is_ascii_alphabetic());
    if is_name && names::escaped(name.to_owned()) == name {
        return Ok(name.to_owned());
    }
    Err(RulesError::Python { key, name: name.to_owned(), wanted })
}
