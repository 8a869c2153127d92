//! Names that Python takes for itself, all in one place: what is escaped, and what cannot be had.
//!
//! A keyword gets an underscore, as the bindings have it. A name that would hide something that the bindings of
//! componentize-py 0.25.1 themselves need is refused when the plan is made, with the line to add. It is refused and not
//! mended in the bindings, since `--plain` leaves those as they are, and one plan serves both. Names need to differ within
//! their module and class only: each interface is a module of its own.

/// What the bindings give a trailing underscore.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
    "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// What the classes and functions of a module are made with: a class of that name would hide it. `NotImplemented` is
/// what Python's dataclasses answer when they are compared with something else.
const CLASSES: [&str; 10] =
    ["Enum", "Err", "Flag", "List", "NotImplemented", "Optional", "Result", "Some", "Tuple", "Union"];

/// Builtins that the bindings spell signatures and decorators with: a function of that name would hide it from what
/// comes after. Builtins that they do not use, such as `list` or `open`, are good names.
const BUILTINS: [&str; 6] = ["bool", "bytes", "classmethod", "float", "int", "str"];

/// What the functions of a module are made with: a function or a parameter of that name would hide it.
const BODIES: [&str; 3] = ["componentize_py_runtime", "isinstance", "weakref"];

/// What an object of the host's is held by: a method of that name would be hidden by it.
const HELD: [&str; 2] = ["finalizer", "handle"];

/// What every class of Python has: a record's field of that name would be taken for one with a default.
const OF_CLASSES: &str = "mro";

/// What a module of the bindings imports before other modules of theirs: one of that name would hide it.
const MODULES: [&str; 6] = ["abstractmethod", "auto", "classmethod", "dataclass", "isinstance", "weakref"];

/// What the class of an exported interface is made with.
const EXPORTED: &str = "Protocol";

/// What a method of an exported interface is made with: a method before it of that name would hide it.
const ABSTRACT: &str = "abstractmethod";

/// The modules of the standard library that the sandbox has, one a line.
const LIBRARY: &str = include_str!("names/modules.txt");

/// What Python itself calls with a capital, one a line.
const PYTHON: &str = include_str!("names/classes.txt");

/// The modules that componentize-py brings along, besides those whose names start with `componentize_py_`.
const BROUGHT: [&str; 2] = ["poll_loop", "wit_world"];

/// What the exceptions are made of.
const EXCEPTIONS: [&str; 4] = ["Err", "Ok", "Result", "Some"];

/// What a method calls the object that it is of.
pub(crate) const RECEIVER: &str = "self";

/// What a static function calls the class that it is of.
pub(crate) const CLASS: &str = "cls";

/// A Python name as the bindings have it.
pub(crate) fn escaped(name: String) -> String {
    if KEYWORDS.contains(&name.as_str()) { format!("{name}_") } else { name }
}

/// Whether a class of this name would hide what the bindings need.
pub(crate) fn hides_as_class(class: &str) -> bool {
    CLASSES.contains(&class)
}

/// Whether a function of a module would hide what the bindings need.
pub(crate) fn hides_as_function(function: &str) -> bool {
    BUILTINS.contains(&function) || BODIES.contains(&function)
}

/// Whether a method, or a static function, would hide what the bindings need, or be hidden by it.
pub(crate) fn hides_as_method(method: &str) -> bool {
    BUILTINS.contains(&method) || HELD.contains(&method)
}

/// Whether a function that the app exports would hide what the bindings need.
pub(crate) fn hides_as_export(function: &str) -> bool {
    BUILTINS.contains(&function) || function == ABSTRACT
}

/// Whether a parameter would hide what the bindings need.
pub(crate) fn hides_as_parameter(parameter: &str) -> bool {
    BODIES.contains(&parameter)
}

/// Whether a field of a record would be hidden by what every class has.
pub(crate) fn hides_as_field(field: &str) -> bool {
    field == OF_CLASSES
}

/// Whether a module of the bindings would hide what the others need.
pub(crate) fn hides_as_module(module: &str) -> bool {
    MODULES.contains(&module)
}

/// Whether the class of an interface that the app exports would hide what the others need.
pub(crate) fn hides_as_exported_class(class: &str) -> bool {
    class == EXPORTED
}

/// Why a package cannot have this name, if it cannot.
pub(crate) fn refused_package(name: &str) -> Option<&'static str> {
    if !is_identifier(name) {
        return Some("is no name of a module in Python; use letters, digits and `_`");
    }
    if KEYWORDS.contains(&name) {
        return Some("is a keyword of Python; choose another name");
    }
    if LIBRARY.lines().any(|module| module == name) {
        return Some("is a module of Python's standard library, which it would hide; choose another name");
    }
    let is_brought = BROUGHT.contains(&name) || name.starts_with("componentize_py_");
    is_brought.then_some("is a module of the bindings, which it would hide; choose another name")
}

/// Why the exception that all others are cannot have this name, if it cannot.
pub(crate) fn refused_exception(name: &str) -> Option<&'static str> {
    if !is_identifier(name) {
        return Some("is no name of a class in Python; use letters, digits and `_`");
    }
    if KEYWORDS.contains(&name) {
        return Some("is a keyword of Python; choose another name");
    }
    if PYTHON.lines().any(|class| class == name) {
        return Some("is a name of Python's own, which it would hide; choose another name");
    }
    if EXCEPTIONS.contains(&name) {
        return Some("is a name of the bindings' own, which it would hide; choose another name");
    }
    let is_capital = name.starts_with(|c: char| c.is_ascii_uppercase());
    (!is_capital).then_some("is in lower case, as the modules of the package are; start it with a capital letter")
}

fn is_identifier(name: &str) -> bool {
    let is_word = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_word && name.starts_with(|c: char| c.is_ascii_alphabetic())
}
