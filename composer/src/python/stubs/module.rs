//! Modules of the bindings: one an interface, and the classes that an app implements.

use std::collections::BTreeSet;

use super::annotations::Annotations;
use super::docstring::Docstring;
use super::functions::Functions;
use super::{Stubs, all, types};
use crate::plan::{Function, Interface, Kind, TypeDef, TypePath};
use crate::prose::python::{camel, exported, snake};
use crate::python::functions::has_close;

/// How they are let go without a `with`, which the package adds where the world has nothing of the name.
const CLOSE: &str = r#"    def close(self) -> None:
        """Lets go of what the host holds, as leaving its `with` does. To close it again is no error; to use it is."""
"#;

/// A module of which the plan does not hold what it has.
pub(super) const INCOMPLETE: &str = "\
from typing import Any

def __getattr__(name: str) -> Any: ...
";

/// The module of an interface that the world imports.
pub(super) fn import(stubs: &Stubs<'_>, interface: &Interface) -> String {
    let free = || interface.functions.iter().filter(|function| function.kind == Kind::Freestanding);
    let names: BTreeSet<_> = free().map(|function| snake(&function.name)).collect();
    let public: BTreeSet<_> = interface.types.iter().flat_map(types::names).chain(names).collect();
    let annotations = Annotations::within(stubs, interface, public.clone());
    let nothing = BTreeSet::new();
    let mut body = of_types(&annotations, interface);
    let functions = Functions { stubs, interface, annotations: &annotations };
    let resources = interface.types.iter().filter(|def| def.kind.is_resource());
    body.extend(resources.map(|def| resource(&functions, def)));
    body.extend(free().map(|function| functions.source(function, 0, &nothing)));
    body.extend(rest(&annotations, interface));
    written(interface.docs.as_deref(), annotations, ".", public, &body)
}

/// What stands for the types of an interface that is passed on.
fn rest(annotations: &Annotations<'_>, interface: &Interface) -> Option<Vec<String>> {
    let any = is_incomplete(interface).then(|| annotations.import("typing", "Any"))?;
    Some(vec![annotations.builtins(&format!("def __getattr__(name: str) -> {any}: ..."), &BTreeSet::new())])
}

/// The module with the types of an interface that the app implements.
pub(super) fn export_types(stubs: &Stubs<'_>, interface: &Interface) -> String {
    let resources = interface.by_resource().into_keys().map(camel);
    let public: BTreeSet<_> = interface.types.iter().flat_map(types::names).chain(resources).collect();
    let annotations = Annotations::within(stubs, interface, public.clone());
    let mut body = of_types(&annotations, interface);
    let functions = Functions { stubs, interface, annotations: &annotations };
    body.extend(interface.by_resource().into_iter().map(|(resource, own)| made(&functions, resource, &own)));
    body.extend(rest(&annotations, interface));
    written(interface.docs.as_deref(), annotations, "..imports", public, &body)
}

/// The class that an app's own derives from, of which the host makes objects.
fn made(functions: &Functions<'_>, resource: &str, own: &[&Function]) -> Vec<String> {
    functions.annotations.import("typing", "Protocol");
    let taken: BTreeSet<_> = own.iter().map(|function| snake(&function.name)).collect();
    let mut class = vec![format!("class {}(Protocol):", camel(resource))];
    for function in own {
        class.extend(functions.source(function, 1, &taken));
    }
    class
}

/// The module with what an app implements, as the classes that it derives from.
pub(super) fn exports(stubs: &Stubs<'_>) -> String {
    let classes = || stubs.plan.exports.iter().filter(|interface| interface.freestanding().next().is_some());
    let names: BTreeSet<_> = classes().map(exported).collect();
    let annotations = Annotations::outside(stubs, names.clone());
    annotations.import("typing", "Protocol");
    let mut body = Vec::new();
    for interface in classes() {
        let functions = Functions { stubs, interface, annotations: &annotations };
        let taken: BTreeSet<_> = interface.freestanding().map(|function| snake(&function.name)).collect();
        let mut class = vec![format!("class {}(Protocol):", exported(interface))];
        class.extend(docs(interface.docs.as_deref()));
        for function in interface.freestanding() {
            class.extend(functions.source(function, 1, &taken));
        }
        body.push(class);
    }
    written(Some("What the app implements."), annotations, "..imports", names, &body)
}

/// Whether an interface, which is passed on as it is, has types: the plan holds its functions alone.
fn is_incomplete(interface: &Interface) -> bool {
    let is_own = |path: &TypePath| path.interface == interface.name;
    let used = interface.functions.iter().flat_map(|function| function.names(&interface.name));
    used.filter(is_own).any(|path| !interface.types.iter().any(|def| def.name == path.name))
}

fn of_types(annotations: &Annotations<'_>, interface: &Interface) -> Vec<Vec<String>> {
    interface.types.iter().map(|def| types::source(annotations, def)).filter(|lines| !lines.is_empty()).collect()
}

/// A class of objects that the host holds.
fn resource(functions: &Functions<'_>, def: &TypeDef) -> Vec<String> {
    let annotations = functions.annotations;
    let is_of = |function: &&Function| match &function.kind {
        Kind::Method(class) | Kind::Static(class) | Kind::Constructor(class) => *class == def.name,
        Kind::Freestanding => false,
    };
    let own = || functions.interface.functions.iter().filter(is_of);
    let taken: BTreeSet<_> = own().map(|function| snake(&function.name)).collect();
    let mut lines = vec![format!("class {}:", camel(&def.name))];
    lines.extend(docs(def.docs.as_deref()));
    for function in own() {
        lines.extend(functions.source(function, 1, &taken));
    }
    lines.extend(release(annotations, &taken));
    if !functions.stubs.plain && !has_close(functions.interface, &def.name) {
        lines.extend(CLOSE.lines().map(str::to_owned));
    }
    lines
}

/// How objects that the host holds are let go.
fn release(annotations: &Annotations<'_>, taken: &BTreeSet<String>) -> Vec<String> {
    let (this, traceback) = (annotations.import("typing", "Self"), annotations.import("types", "TracebackType"));
    let text = format!(
        r#"    def __enter__(self) -> {this}: ...
    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: {traceback} | None,
    ) -> bool | None:
        """Lets go of what the host holds; the object is of no use from then on."""
"#
    );
    annotations.builtins(&text, taken).lines().map(str::to_owned).collect()
}

/// The docs of a class, set apart from what follows.
fn docs(docs: Option<&str>) -> Vec<String> {
    let mut lines = Docstring::new(docs).source(1);
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines
}

/// A module: its docs, its imports, its names, and what it holds.
fn written(
    docs: Option<&str>,
    annotations: Annotations<'_>,
    modules: &str,
    names: BTreeSet<String>,
    body: &[Vec<String>],
) -> String {
    let mut lines = Docstring::new(docs).source(0);
    let imports = annotations.imports().source(modules);
    if !lines.is_empty() && !imports.is_empty() {
        lines.push(String::new());
    }
    lines.extend(imports);
    finish(lines.join("\n"), &names, body)
}

fn finish(mut out: String, names: &BTreeSet<String>, body: &[Vec<String>]) -> String {
    if !out.is_empty() {
        out.push_str("\n\n");
    }
    out.push_str(&all(names));
    for lines in body {
        out.push('\n');
        out.push_str(&lines.join("\n"));
        out.push('\n');
    }
    out
}
