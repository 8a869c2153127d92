//! Plan to type stubs: what editors, checkers and documentation know of the bindings and the package.
//!
//! ```text
//! Plan ─┬─ module ─► wit_world/imports/*.pyi, exports/*.pyi      (annotations, docstring, restructured_text)
//!       └─ exceptions ─► the package's __init__.pyi
//! the world's own modules, which are typed themselves ─► beside them
//! ```
//!
//! `kept` has the lines that a person adds to them, and `archive` puts them into a component.

pub mod archive;
pub mod kept;

mod annotations;
mod docstring;
mod exceptions;
mod fields;
mod functions;
mod module;
mod restructured_text;
mod types;

use std::collections::{BTreeMap, BTreeSet};

use super::BINDINGS;
use super::bound::{Bound, foreign};
use super::families::{Family, families};
use super::functions::{Keywords, keywords};
use crate::plan::{Function, Interface, Plan, TypePath};
use crate::prose::python::module as module_of;

/// What componentize-py ships beside the bindings; the line `# Err` stands for one of the classes below.
const TYPES: &str = include_str!("types.pyi");

/// The exception as componentize-py has it, and as the package does.
const PLAIN_ERR: &str = r#"@dataclass(frozen=True)
class Err(Exception, Generic[E]):
    """A result that is a failure, and what functions raise that fail."""

    value: E"#;
const ERR: &str = r#"class Err(Exception, Generic[E]):
    """A result that is a failure, and what functions raise that fail."""

    def __init__(self, value: E) -> None: ...
    @property
    def value(self) -> E:
        """What failed: the member of an enum, a record, or the case of a variant.""""#;

const WORLD: &str = include_str!("world.pyi");

/// What componentize-py ships besides where a world has anything that is awaited.
const AWAITED: [(&str, &str); 4] = [
    ("__init__.pyi", include_str!("awaited/__init__.pyi")),
    ("futures.pyi", include_str!("awaited/futures.pyi")),
    ("streams.pyi", include_str!("awaited/streams.pyi")),
    ("py.typed", ""),
];

/// The stubs of the whole world, by path: of the bindings, and unless they are `plain` of the package with `own`, the
/// modules that were written for the world.
pub fn stubs(plan: &Plan, own: &BTreeMap<String, String>, plain: bool) -> BTreeMap<String, String> {
    let bound = Bound::with_foreign(plan);
    let families = if plain { Vec::new() } else { families(plan, &bound) };
    let stubs = Stubs { plan, bound, families, plain };
    let mut files = BTreeMap::from([
        ("componentize_py_types.pyi".to_owned(), TYPES.replace("# Err", if plain { PLAIN_ERR } else { ERR })),
        (format!("{BINDINGS}/py.typed"), String::new()),
        (format!("{BINDINGS}/__init__.pyi"), world(plan)),
        (format!("{BINDINGS}/imports/__init__.pyi"), String::new()),
    ]);
    files.insert(format!("{BINDINGS}/exports/__init__.pyi"), module::exports(&stubs));
    if plan.has_awaited() {
        let shipped = AWAITED.map(|(name, text)| (format!("componentize_py_async_support/{name}"), text.to_owned()));
        files.extend(shipped);
    }
    for interface in &plan.interfaces {
        if let Some(name) = stubs.module(&interface.name) {
            files.insert(format!("{BINDINGS}/imports/{name}.pyi"), module::import(&stubs, interface));
        }
    }
    for name in foreign(plan) {
        if let Some(name) = stubs.module(&name) {
            files.insert(format!("{BINDINGS}/imports/{name}.pyi"), module::INCOMPLETE.to_owned());
        }
    }
    for interface in &plan.exports {
        let name = module_of(&interface.name);
        files.insert(format!("{BINDINGS}/exports/{name}.pyi"), module::export_types(&stubs, interface));
    }
    if !plain {
        let package = &plan.python.package;
        files.insert(format!("{package}/py.typed"), String::new());
        files.insert(format!("{package}/__init__.pyi"), exceptions::package(&stubs));
        files.extend(own.iter().map(|(name, text)| (format!("{package}/{name}"), text.clone())));
    }
    files
}

/// The module of the bindings themselves. What stands in the world has no types here: the plan passes it on. The makers of
/// streams and futures are there, too, and named after whatever these are of.
fn world(plan: &Plan) -> String {
    let in_world = &plan.in_world;
    if in_world.imports.is_empty() && in_world.exports.is_empty() && !plan.has_awaited() {
        return WORLD.to_owned();
    }
    let any = "\ndef __getattr__(name: str) -> Any: ...\n";
    WORLD.replace("import Protocol", "import Any, Protocol") + any
}

/// What the stubs are made of.
struct Stubs<'p> {
    plan: &'p Plan,
    bound: Bound,
    families: Vec<Family>,
    /// Whether the package is left out.
    plain: bool,
}

impl Stubs<'_> {
    /// The module of an interface that the world imports, or of another package's by its full name.
    fn module(&self, interface: &str) -> Option<String> {
        let module = match self.plan.interface(interface) {
            Some(interface) => self.bound.module(self.plan, interface),
            None => self.bound.named(interface),
        };
        module.map(str::to_owned)
    }

    /// Whether an interface is one of those that the app exports.
    fn is_exported(&self, interface: &Interface) -> bool {
        self.plan.exports.iter().any(|export| std::ptr::eq(export, interface))
    }

    /// The options that a function takes by keyword.
    fn keywords(&self, interface: &Interface, function: &Function) -> Option<Keywords> {
        if self.plain { None } else { keywords(self.plan, &self.bound, interface, function) }
    }

    /// The exceptions of an error type.
    fn family(&self, path: &TypePath) -> Option<&Family> {
        self.families.iter().find(|family| family.path == *path)
    }
}

/// The names that a module is for.
fn all(names: &BTreeSet<impl AsRef<str>>) -> String {
    let names: String = names.iter().map(|name| format!("    \"{}\",\n", name.as_ref())).collect();
    if names.is_empty() { "__all__: list[str] = []\n".to_owned() } else { format!("__all__ = [\n{names}]\n") }
}
