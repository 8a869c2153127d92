//! What the package changes in the bindings, as a list: there is nothing else.

use std::fmt::Write as _;

use super::Bound;
use super::families::{Family, families};
use super::functions::{Changed, modules};
use crate::plan::Plan;

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

/// All changes, for an app that binds all of the world.
pub fn changes(plan: &Plan) -> Vec<Change> {
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
    let functions = modules.iter().flat_map(|module| module.functions.iter().map(|of| function(&module.name, of)));
    [errors].into_iter().chain(options).chain(functions).collect()
}

fn family(family: Family) -> (String, Vec<String>) {
    (family.name, family.cases.into_iter().map(|(_, class, _)| class).collect())
}

fn function(module: &str, changed: &Changed) -> Change {
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
