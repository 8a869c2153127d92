//! What varies of the package, as a module of plain data: the rest of the package reads it.

use super::Bound;
use super::families::{self, Family};
use super::literal::{dict, list, optional, text, tuple};
use crate::plan::Plan;

/// The module.
pub(super) fn write(plan: &Plan, bound: &Bound, entry: &str) -> String {
    let families = families::families(plan, bound);
    let families: Vec<_> = families.iter().map(family).collect();
    let constants = [
        ("The app's own module.", "ENTRY", text(entry)),
        ("The exception that all others are.", "ERROR", text(&plan.python.error)),
        ("Whether functions fail that the app exports.", "EXPORTS_FAIL", flag(families::exports_fail(plan))),
        ("The error types of what the app binds.", "FAMILIES", list(&families, 0)),
    ];
    let mut out = "\"\"\"What this build is about.\"\"\"\n".to_owned();
    for (docs, name, value) in constants {
        out.push_str(&format!("\n# {docs}\n{name} = {value}\n"));
    }
    out
}

fn flag(value: bool) -> String {
    if value { "True" } else { "False" }.to_owned()
}

fn family(family: &Family) -> String {
    let texts = |texts: &[String]| tuple(&texts.iter().map(|value| text(value)).collect::<Vec<_>>());
    let cases = family.cases.iter().map(|(case, class, docs)| {
        let value = tuple(&[text(class), text(docs.as_deref().unwrap_or_default())]);
        (text(case), value)
    });
    let payloads: Vec<_> = family.payloads.iter().map(|class| format!("wit_world.imports.{class}")).collect();
    let items = [
        (text("name"), text(&family.name)),
        (text("docs"), optional(family.docs.as_deref())),
        (text("payloads"), texts(&payloads)),
        (text("code"), optional(family.code.as_deref())),
        (text("fields"), texts(&family.fields)),
        (text("cases"), dict(&cases.collect::<Vec<_>>(), 2)),
    ];
    dict(&items, 1)
}
