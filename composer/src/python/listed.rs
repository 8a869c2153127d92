//! What the package changes in the bindings, as a list: there is nothing else.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Bound;
use super::families::{Family, families};
use super::functions::{Changed, modules};
use crate::plan::Plan;
use crate::prose::python::function_name as spelled;

/// A change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Change {
    /// The bindings' exception is replaced by one of which others are kinds.
    Errors {
        /// The base of them all.
        base: String,
        /// Each family and its cases.
        families: Vec<(String, Vec<String>)>,
    },
    /// A class is replaced by a subclass whose constructor takes keywords.
    Options {
        /// The class, with its module.
        class: String,
        /// The keywords.
        keywords: Vec<String>,
    },
    /// A class is replaced by a subclass once a module of the world's own is imported.
    Replaced {
        /// The class, with its module.
        class: String,
        /// The module that replaces it, with its package.
        by: String,
    },
    /// What is left of a `with` is marked as closed.
    Closed {
        /// The function, with its module.
        function: String,
    },
    /// A class whose objects the host holds gets a method that lets them go.
    Closes {
        /// The function, with its module.
        function: String,
    },
    /// A function that fails lets go of the error that it raises, which would keep its frame, and that the error.
    LetsGo {
        /// The function, with its module.
        function: String,
    },
    /// A function gets lines at its start.
    Function {
        /// The function, with its module.
        function: String,
        /// The parameters it looks at.
        looks_at: Vec<String>,
        /// The class of options that it takes by keyword.
        options: Option<String>,
    },
}

/// All changes, for an app that binds all of the world; `own` are the modules that were written for it, by file name.
pub fn changes(plan: &Plan, own: &BTreeMap<String, String>) -> Vec<Change> {
    let bound = Bound::whole(plan);
    let errors = Change::Errors {
        base: plan.python.error.clone(),
        families: families(plan, &bound).into_iter().map(family).collect(),
    };
    let modules = modules(plan, &bound);
    let options = modules.iter().flat_map(|module| {
        module.options.iter().map(|options| Change::Options {
            class: format!("{}.{}", module.name, options.class),
            keywords: options.setters.iter().map(|(keyword, _, _)| keyword.clone()).collect(),
        })
    });
    let closed = modules.iter().flat_map(|module| {
        let function = |class: &String| format!("{}.{class}.__exit__", module.name);
        module.resources.iter().map(move |class| Change::Closed { function: function(class) })
    });
    let closes = modules.iter().flat_map(|module| {
        let function = |class: &String| format!("{}.{class}.close", module.name);
        module.closes.iter().map(move |class| Change::Closes { function: function(class) })
    });
    let functions =
        modules.iter().flat_map(|module| module.functions.iter().map(|of| listed_function(&module.name, of)));
    let fallible = plan.interfaces.iter().flat_map(|interface| {
        let module = bound.module(plan, interface).unwrap_or_default();
        let failing = interface.functions.iter().filter(|function| function.error().is_some());
        failing.map(move |function| format!("{module}.{}", spelled(&function.kind, &function.name)))
    });
    let lets_go = fallible.map(|function| Change::LetsGo { function });
    let replaced = own.iter().flat_map(|(file, text)| replaced(&plan.python.package, file, text));
    [errors]
        .into_iter()
        .chain(options)
        .chain(replaced)
        .chain(closes)
        .chain(closed)
        .chain(lets_go)
        .chain(functions)
        .collect()
}

/// The decorator of classes that take the place of generated ones.
const REPLACES: &str = "@in_place_of(";

/// The classes that a module replaces: those below the decorator, under their own names.
fn replaced(package: &str, file: &str, text: &str) -> Vec<Change> {
    let by = format!("{package}.{}", file.trim_end_matches(".py"));
    let lines = text.lines().zip(text.lines().skip(1));
    let classes = lines.filter_map(|(decorator, class)| {
        let module = decorator.strip_prefix(REPLACES)?.strip_suffix(')')?;
        let class = class.strip_prefix("class ")?.split('(').next()?;
        Some(Change::Replaced { class: format!("{module}.{class}"), by: by.clone() })
    });
    classes.collect()
}

fn family(family: Family) -> (String, Vec<String>) {
    (family.name, family.cases.into_iter().map(|(_, class, _)| class).collect())
}

fn listed_function(module: &str, changed: &Changed) -> Change {
    Change::Function {
        function: format!("{module}.{}", changed.name),
        looks_at: changed.checks.iter().map(|(param, _, _)| param.clone()).collect(),
        options: changed.keywords.as_ref().map(|keywords| keywords.class.clone()),
    }
}

/// The changes as text, one a line.
pub fn text(plan: &Plan, changes: &[Change]) -> String {
    let package = &plan.python.package;
    let mut out = format!("{package} changes in the bindings of {}\n", plan.friendly);
    let mut heading = "";
    for change in changes {
        let (title, line) = match change {
            Change::Errors { base, families } => {
                let families: Vec<_> = families.iter().map(|(name, _)| name.as_str()).collect();
                let line = format!("Err: {base} and its families {}", families.join(", "));
                ("replaced: the exception", line)
            }
            Change::Options { class, keywords } => {
                ("replaced by a subclass that takes options by keyword", format!("{class}: {}", keywords.join(", ")))
            }
            Change::Replaced { class, by } => {
                ("replaced by a subclass once a module is imported", format!("{class}: {by}"))
            }
            Change::Closed { function } => ("marks its object as closed", function.clone()),
            Change::Closes { function } => ("lets its object go, as the end of a `with` does", function.clone()),
            Change::LetsGo { function } => ("lets go of the error that it raises", function.clone()),
            Change::Function { function, looks_at, options } => {
                let looks_at = (!looks_at.is_empty()).then(|| looks_at.join(", "));
                let options = options.as_ref().map(|class| format!("keywords of {class}"));
                let what: Vec<_> = looks_at.into_iter().chain(options).collect();
                ("looks at its arguments first", format!("{function}: {}", what.join("; ")))
            }
        };
        if title != heading {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "\n{title}");
            heading = title;
        }
        let _ = writeln!(out, "  {line}");
    }
    out
}
