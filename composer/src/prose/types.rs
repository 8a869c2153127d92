//! WIT types in backticks, as Python has them.

use super::python;
use super::scope::{Meaning, Scope};
use super::values::primitive;

/// The Python of a WIT type that is spelled out.
pub(super) fn type_name(scope: &Scope<'_>, code: &str) -> Option<String> {
    let code = code.trim();
    if let Some(primitive) = primitive(code) {
        return Some(python::primitive(primitive).to_owned());
    }
    let Some((outer, arguments)) = code.strip_suffix('>').and_then(|code| code.split_once('<')) else {
        return match scope.meaning(code)? {
            Meaning::Python(name) => Some(name),
            Meaning::Gone => None,
        };
    };
    let arguments = split(arguments);
    let names = || arguments.iter().map(|part| type_name(scope, part)).collect::<Option<Vec<_>>>();
    match outer {
        "list" if arguments == ["u8"] => Some("bytes".to_owned()),
        "list" => Some(format!("list[{}]", names()?.join(", "))),
        "option" => Some(format!("{} | None", names()?.join(", "))),
        "tuple" => Some(format!("tuple[{}]", names()?.join(", "))),
        "borrow" | "own" => names()?.pop(),
        "result" => arguments.first().filter(|ok| **ok != "_").and_then(|ok| type_name(scope, ok)),
        _ => None,
    }
}

/// The arguments of a type, which can have arguments of their own.
fn split(arguments: &str) -> Vec<&str> {
    let mut depth = 0;
    let mut start = 0;
    let mut parts = Vec::new();
    for (at, c) in arguments.char_indices() {
        match c {
            '<' => depth += 1,
            '>' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(arguments[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(arguments[start..].trim());
    parts
}
