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
    let annotations = Annotations::outside(stubs, names(stubs).into_iter().map(str::to_owned).collect());
    let any = annotations.import("typing", "Any");
    annotations.import("componentize_py_types", "Err");
    let mut classes = format!(
        r#"
class {base}(Err[{any}]):
    """Whatever the bindings raise."""

    @property
    def code(self) -> {any}:
        """Which case it is: the member of the enum, where there is one; otherwise what `value` is."""
    @property
    def function(self) -> str | None:
        """The function that failed; `None` where no call of the bindings raised it."""
    @property
    def raw(self) -> str | None:
        """What the host said or a policy refused, in an app that is built with a trace or a policy; else `None`."""
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
    let members = definition(stubs.plan, &family.path).map(members).unwrap_or_default();
    let attributes: Vec<_> = members
        .iter()
        .filter_map(|member| Some((family.attribute(&member.name)?, member.ty.as_ref()?, member.docs.as_deref())))
        .collect();
    let taken: BTreeSet<_> = attributes.iter().map(|(name, ..)| name.clone()).collect();
    let property = |name: &str, ty: &Type, docs: Option<&str>| {
        let ty = annotations.given(ty, &taken);
        property(&annotations.builtins("property", &taken), name, &ty, docs)
    };
    let value = Type::Named(family.path.clone());
    lines.extend(property("value", &value, Some("What the bindings have for the failure.")));
    if !taken.contains("code") {
        lines.extend(property("code", &value, Some("Which case it is.")));
    }
    for (name, ty, docs) in attributes {
        lines.extend(property(&name, ty, docs));
    }
    for (_, class, docs) in &family.cases {
        let class_var = annotations.import("typing", "ClassVar");
        lines.push(format!("    {class}: {class_var}[{}[_{name}_{class}]]", annotations.builtins("type", &taken)));
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

fn property(decorator: &str, name: &str, ty: &str, docs: Option<&str>) -> Vec<String> {
    let docs = Docstring::new(docs).source(2);
    let ends = if docs.is_empty() { " ..." } else { "" };
    let head = [format!("    @{decorator}"), format!("    def {name}(self) -> {ty}:{ends}")];
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
