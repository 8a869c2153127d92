//! Names that Python takes for itself, all in one place: what is escaped, and what cannot be had.
//!
//! A keyword gets an underscore, as the bindings have it. What would hide something that the bindings
//! themselves need is refused when the plan is made, with the line to add. Names need to differ within
//! their module and class only: each interface is a module of its own.

/// What the bindings give a trailing underscore.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
    "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// What the bindings import into every module and spell signatures with: a class of that name would hide it.
const IMPORTED: [&str; 8] = ["Enum", "Flag", "List", "Optional", "Result", "Some", "Tuple", "Union"];

/// Builtins that the bindings spell signatures and decorators with: a function of that name would hide
/// it from what comes after. Builtins that they do not use, such as `list` or `open`, are good names.
const BUILTIN: [&str; 6] = ["bool", "bytes", "classmethod", "float", "int", "str"];

/// What a method calls the object that it is of.
pub(crate) const RECEIVER: &str = "self";

/// A Python name as the bindings have it.
pub(crate) fn escaped(name: String) -> String {
    if KEYWORDS.contains(&name.as_str()) { format!("{name}_") } else { name }
}

/// Whether a class of this name would hide what the bindings import.
pub(crate) fn hides_import(class: &str) -> bool {
    IMPORTED.contains(&class)
}

/// Whether a function of this name would hide a builtin that the bindings need.
pub(crate) fn hides_builtin(function: &str) -> bool {
    BUILTIN.contains(&function)
}
