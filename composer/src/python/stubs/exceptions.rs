//! The exceptions, spelled out: at run time they are made when they are first needed.

use std::collections::BTreeSet;

use super::annotations::Annotations;
use super::docstring::Docstring;
use super::{Stubs, all};
use crate::plan::Type;
use crate::prose::python::definition;
use crate::prose::{members, text};
use crate::python::BINDINGS;
use crate::python::families::Family;

const DOCS: &str = "What the bindings cannot say, and Python people expect: a class for each error, for each case of any \
    of them, and for each case of each. A case is found under its error too, as `OpenError.NotFound`.";

/// The package itself, whose names they are.
pub(super) fn package(stubs: &Stubs<'_>) -> String {
    let base = &stubs.plan.python.error;
    let annotations = Annotations::outside(stubs);
    annotations.import("typing", "Any");
    annotations.import("componentize_py_types", "Err");
    let mut classes = format!(
        r#"
class {base}(Err[Any]):
    """Whatever the bindings raise."""

    @property
    def code(self) -> Any:
        """Which case it is: the member of the enum, where there is one; otherwise what `value` is."""
    @property
    def function(self) -> str | None:
        """The function that failed; `None` where no call of the bindings raised it."""
"#
    );
    for name in cases(stubs) {
        classes.push_str(&format!("\nclass {name}({base}):\n    \"\"\"This case, whatever failed with it.\"\"\"\n"));
    }
    for family in &stubs.families {
        classes.push_str(&of_family(stubs, &annotations, family));
    }
    let docs = Docstring::new(Some(DOCS)).source(0).join("\n");
    let imports = annotations.imports().source(&format!("{BINDINGS}.imports")).join("\n");
    format!("{docs}\n\n{imports}\n\n{}{classes}", all(&names(stubs)))
}

/// An error type, and its cases.
fn of_family(stubs: &Stubs<'_>, annotations: &Annotations<'_>, family: &Family) -> String {
    let (name, base) = (&family.name, &stubs.plan.python.error);
    let mut lines = vec![format!("class {name}({base}):")];
    lines.extend(sentence(family.docs.as_deref()));
    lines.push(String::new());
    let value = annotations.given(&Type::Named(family.path.clone()), &BTreeSet::new());
    lines.extend(property("value", &value, Some("What the bindings have for the failure.")));
    if family.code.is_none() {
        lines.extend(property("code", &value, Some("Which case it is.")));
    }
    let members = definition(stubs.plan, &family.path).map(members).unwrap_or_default();
    for member in members {
        let Some(ty) = member.ty.filter(|_| family.has_field(&member.name)) else { continue };
        let is_code = family.code.as_ref() == Some(&member.name);
        let name = if is_code { "code" } else { &member.name };
        lines.extend(property(name, &annotations.given(&ty, &BTreeSet::new()), member.docs.as_deref()));
    }
    for (_, class, docs) in &family.cases {
        annotations.import("typing", "ClassVar");
        lines.push(format!("    {class}: ClassVar[type[_{name}_{class}]]"));
        lines.extend(sentence(docs.as_deref()));
    }
    for (_, class, docs) in &family.cases {
        let docs = sentence(docs.as_deref());
        let ends = if docs.is_empty() { " ..." } else { "" };
        lines.push(format!("\nclass _{name}_{class}({name}, {class}):{ends}"));
        lines.extend(docs);
    }
    format!("\n{}\n", lines.join("\n"))
}

fn property(name: &str, ty: &str, docs: Option<&str>) -> Vec<String> {
    let docs = Docstring::new(docs).source(2);
    let ends = if docs.is_empty() { " ..." } else { "" };
    let head = ["    @property".to_owned(), format!("    def {name}(self) -> {ty}:{ends}")];
    head.into_iter().chain(docs).collect()
}

/// What messages begin with, as a sentence.
fn sentence(docs: Option<&str>) -> Vec<String> {
    Docstring::new(docs.map(text::stopped).as_deref()).source(1)
}

/// The cases of all errors.
fn cases<'s>(stubs: &'s Stubs<'_>) -> BTreeSet<&'s str> {
    stubs.families.iter().flat_map(|family| &family.cases).map(|(_, class, _)| class.as_str()).collect()
}

/// Every exception.
fn names<'s>(stubs: &'s Stubs<'_>) -> BTreeSet<&'s str> {
    let families = stubs.families.iter().map(|family| family.name.as_str());
    cases(stubs).into_iter().chain(families).chain([stubs.plan.python.error.as_str()]).collect()
}
