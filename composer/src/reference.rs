//! The friendly world as one page of HTML, for who writes the app.
//!
//! Module by module as the Python bindings have them, readable top to bottom: no script, nothing that
//! is loaded from elsewhere. Docs are expected in Python's terms, as `prose::rewrite` leaves them.

mod anchors;
mod classes;
mod functions;
mod html;
mod markdown;
mod types;

use crate::plan::{Disposition, Interface, Kind, Operation, Plan};
use crate::prose::python;
use anchors::{Anchors, Place};
use html::{code, escape};

const STYLE: &str = include_str!("reference/style.css");

/// What a page is made of.
struct Page<'p> {
    plan: &'p Plan,
    anchors: Anchors,
}

/// Writes the page.
pub fn page(plan: &Plan) -> String {
    let page = Page { plan, anchors: Anchors::of(plan) };
    let mut main = page.introduction();
    for export in &plan.exports {
        main.push_str(&page.exported(export));
    }
    for interface in &plan.interfaces {
        main.push_str(&page.module(interface));
    }
    let title = escape(&plan.friendly);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n{}<main>\n{main}</main>\n</body>\n</html>\n",
        page.navigation()
    )
}

impl Page<'_> {
    /// The contents, at the side where there is room.
    fn navigation(&self) -> String {
        let mut out = "<nav aria-label=\"Contents\">\n<p><a href=\"#top\">Contents</a></p>\n<ul>\n".to_owned();
        for export in &self.plan.exports {
            out.push_str(&html::item(&html::link(&anchors::export(export), &python::exported(export))));
        }
        for interface in &self.plan.interfaces {
            let module = python::module(&interface.name);
            out.push_str(&html::item(&html::link(&module, &module)));
        }
        out.push_str("</ul>\n</nav>\n");
        out
    }

    fn introduction(&self) -> String {
        let Plan { friendly, raw, .. } = self.plan;
        let mut out = format!(
            "<header id=\"top\">\n<h1>{}</h1>\n<p>What a Python app imports and what it provides, module by module. \
             {} is what lies below; small print says which of its functions are called.</p>\n",
            escape(friendly),
            code(raw)
        );
        let example = self.plan.interfaces.iter().find(|interface| !interface.functions.is_empty());
        if let Some(interface) = example {
            let import = format!("from wit_world.imports import {}", python::module(&interface.name));
            out.push_str(&format!("<pre><code>{}</code></pre>\n", escape(&import)));
        }
        out.push_str(
            "<p>What fails raises <code>Err</code> of <code>componentize_py_types</code>, and its <code>value</code> \
             says why. An object that a call uses up can be handed over once; a second use raises too. \
             Spans of time are seconds, as <code>float</code>; what is finer than the host counts is rounded.</p>\n</header>\n",
        );
        out.push_str("<table class=\"contents\">\n<tbody>\n");
        for export in &self.plan.exports {
            let name = html::link(&anchors::export(export), &python::exported(export));
            out.push_str(&html::row(&[name, "What the app provides.".to_owned()]));
        }
        for interface in &self.plan.interfaces {
            let module = python::module(&interface.name);
            let place = Place::module(&self.anchors, &module);
            let summary = markdown::summary(&place, interface.docs.as_deref().unwrap_or_default());
            out.push_str(&html::row(&[html::link(&module, &module), summary]));
        }
        out.push_str("</tbody>\n</table>\n");
        out
    }

    /// What the app implements, as the class that it writes.
    fn exported(&self, export: &Interface) -> String {
        let class = python::exported(export);
        let id = anchors::export(export);
        let place = Place::class(&self.anchors, "exports", &class);
        let mut out = html::open_section(&id, &class, "provided by the app");
        out.push_str(&format!("<pre><code>{}</code></pre>\n", escape(&functions::skeleton(self.plan, export))));
        out.push_str(&markdown::render(&place, export.docs.as_deref().unwrap_or_default()));
        for function in &export.functions {
            out.push_str(&self.function_entry(export, function, &place));
        }
        out.push_str("</section>\n");
        out
    }

    fn module(&self, interface: &Interface) -> String {
        let module = python::module(&interface.name);
        let place = Place::module(&self.anchors, &module);
        let mut out = html::open_section(&module, &module, "module");
        out.push_str(&markdown::render(&place, interface.docs.as_deref().unwrap_or_default()));
        out.push_str(&self.index(interface, &module));
        for def in classes::in_order(interface) {
            out.push_str(&self.class(interface, def));
        }
        let free: Vec<_> = interface.functions.iter().filter(|function| function.kind == Kind::Freestanding).collect();
        if !free.is_empty() {
            out.push_str("<h3 class=\"group\">Functions</h3>\n");
        }
        for function in free {
            out.push_str(&self.function_entry(interface, function, &place));
        }
        for def in types::in_order(interface) {
            out.push_str(&self.type_def(interface, def));
        }
        out.push_str(&small_print(interface));
        out.push_str("</section>\n");
        out
    }

    /// The names of a module in a line or two.
    fn index(&self, interface: &Interface, module: &str) -> String {
        let free = interface.functions.iter().filter(|function| function.kind == Kind::Freestanding);
        let functions =
            free.map(|function| python::snake(&function.name)).map(|name| (name.clone(), format!("{name}()")));
        let classes = classes::in_order(interface).into_iter().map(|def| python::camel(&def.name));
        let others = types::in_order(interface).into_iter().map(|def| python::camel(&def.name));
        let twice = |name: String| (name.clone(), name);
        let names: Vec<_> = classes
            .map(twice)
            .chain(functions)
            .chain(others.map(twice))
            .map(|(name, text)| html::link(&format!("{module}.{name}"), &text))
            .collect();
        html::index(&names)
    }
}

/// What of the raw interface has no place here, and why.
fn small_print(interface: &Interface) -> String {
    let mut out = String::new();
    if interface.disposition == Disposition::Direct {
        out.push_str("<p class=\"small\">Passed on as it is: calls cost nothing extra.</p>\n");
    }
    if !interface.left_out.is_empty() {
        let items = interface
            .left_out
            .iter()
            .map(|left| html::item(&format!("{}: {}", code(&left.path), markdown::plain(&left.reason))));
        out.push_str(&format!(
            "<details class=\"small\">\n<summary>Raw items without a counterpart</summary>\n<ul>\n{}</ul>\n</details>\n",
            items.collect::<String>()
        ));
    }
    out
}

/// Whether a function calls below at all.
fn is_call(body: &Operation) -> bool {
    match body {
        Operation::Direct | Operation::Call(_) | Operation::Group(_) | Operation::Pairs(_) => true,
        Operation::NewOptions | Operation::SetOption(_) | Operation::Share(_) | Operation::Later => false,
    }
}
