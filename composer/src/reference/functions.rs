//! Functions and methods as Python signatures, with the raw calls behind them.

use super::Page;
use super::anchors::{self, Place};
use super::html::{code, escape, permalink};
use super::markdown;
use crate::plan::{Function, Interface, Kind, Operation, Paging, Plan, Type, TypePath};
use crate::prose::python::{self, Spelling};

/// How long a signature on one line may get.
const WIDTH: usize = 84;

impl Page<'_> {
    /// A function, its docs, and what it calls.
    pub(super) fn function_entry(&self, interface: &Interface, function: &Function, place: &Place<'_>) -> String {
        let is_export = self.plan.exports.iter().any(|export| std::ptr::eq(export, interface));
        let id = if is_export {
            place.member(&python::snake(&function.name))
        } else {
            anchors::function_id(interface, function)
        };
        let mut out = format!("<div class=\"function\" id=\"{}\">\n", escape(&id));
        out.push_str(&format!(
            "<h4><code>{}</code>{}</h4>\n",
            self.signature(interface, function, is_export),
            permalink(&id)
        ));
        out.push_str(&markdown::render(place, function.docs.as_deref().unwrap_or_default()));
        if let Some(raw) = raw_calls(interface, function).filter(|_| !is_export) {
            out.push_str(&format!("<p class=\"raw\">{raw}</p>\n"));
        }
        out.push_str("</div>\n");
        out
    }

    /// `def get(self, key: str) -> str | None`, with links, over several lines where it is long.
    fn signature(&self, interface: &Interface, function: &Function, is_export: bool) -> String {
        let spelling = Spelling::new(self.plan, &interface.name);
        let plain = |ty: &Type| spelling.ty(ty);
        let linked = |ty: &Type| spelling.annotation(ty, &|path| self.class_link(&spelling, path));
        let text = text(&layout(function, is_export, &plain, None));
        let is_long = text.lines().any(|line| line.chars().count() > WIDTH);
        layout(function, is_export, &linked, is_long.then_some("\n    "))
    }

    /// A class in a signature.
    pub(super) fn class_link(&self, spelling: &Spelling<'_>, path: &TypePath) -> String {
        let name = escape(&spelling.name(path));
        match self.anchors.class(path) {
            Some(id) => format!("<a href=\"#{}\">{name}</a>", escape(&id)),
            None => name,
        }
    }
}

/// A signature; `indent` is what a line of its own for each parameter begins with.
fn layout(function: &Function, is_export: bool, spell: &dyn Fn(&Type) -> String, indent: Option<&str>) -> String {
    let receiver = match &function.kind {
        Kind::Method(_) => Some("self"),
        Kind::Static(_) => Some("cls"),
        Kind::Freestanding | Kind::Constructor(_) if is_export => Some("self"),
        Kind::Freestanding | Kind::Constructor(_) => None,
    };
    let params = function.params.iter().map(|param| format!("{}: {}", python::snake(&param.name), spell(&param.ty)));
    let params: Vec<String> = receiver.map(str::to_owned).into_iter().chain(params).collect();
    let params = match indent {
        Some(indent) => params.iter().map(|param| format!("{indent}{param},")).collect::<String>() + "\n",
        None => params.join(", "),
    };
    let name = python::snake(&function.name);
    let def = if function.is_async { "async def" } else { "def" };
    match &function.kind {
        Kind::Constructor(_) if is_export => format!("def <b>__init__</b>({params}) -> None"),
        Kind::Constructor(class) => format!("{}({params})", python::camel(class)),
        Kind::Static(_) => format!("@classmethod\n{def} <b>{name}</b>({params}){}", returns(function, spell)),
        Kind::Freestanding | Kind::Method(_) => format!("{def} <b>{name}</b>({params}){}", returns(function, spell)),
    }
}

/// A signature without links as plain text.
fn text(layout: &str) -> String {
    layout.replace("<b>", "").replace("</b>", "").replace("&gt;", ">")
}

/// What it returns when it does not raise.
fn returns(function: &Function, spell: &dyn Fn(&Type) -> String) -> String {
    format!(" -&gt; {}", function.ok().map_or("None".to_owned(), spell))
}

/// The raw functions behind a function, in small print.
fn raw_calls(interface: &Interface, function: &Function) -> Option<String> {
    if !super::is_call(&function.operation) {
        return None;
    }
    Some(match &function.operation {
        Operation::Call(call) => {
            let path = code(&call.raw.path());
            let calls = match &call.paging {
                Paging::Once { .. } if call.remember => format!("calls {path}, and keeps the first answer"),
                Paging::Once { .. } => format!("calls {path}"),
                Paging::Grow { .. } if call.remember => {
                    format!("calls {path} until the answer fits, and keeps the first answer")
                }
                Paging::Grow { .. } => format!("calls {path} until the answer fits"),
                Paging::Pages { .. } => format!("calls {path} for each page"),
                Paging::WriteAll { .. } => format!("calls {path} until all is taken"),
                Paging::ReadAll { .. } => format!("calls {path} until nothing is left"),
            };
            let calls = match &call.holds {
                Some(over) => format!("{calls}, and gives the same again until {} says yes", code(&over.path())),
                None => calls,
            };
            match call.ok.as_ref().and_then(|ok| ok.reader()) {
                Some(read) => format!("{calls}, then {} until nothing is left", code(&read.path())),
                None => calls,
            }
        }
        Operation::Group(group) => {
            let calls: Vec<_> = group.members.iter().map(|member| code(&member.call.raw.path())).collect();
            format!("calls {}", calls.join(", "))
        }
        Operation::Pairs(pairs) => {
            let (names, values) = (code(&pairs.names.raw.path()), code(&pairs.values.raw.path()));
            format!("calls {names}, then {values} for each name")
        }
        Operation::Direct
        | Operation::NewOptions
        | Operation::SetOption(_)
        | Operation::Share(_)
        | Operation::Later => {
            format!("is {}", code(&function.path(&interface.name)))
        }
    })
}

/// The classes that an app writes for an interface that it exports.
pub(super) fn skeleton(plan: &Plan, export: &Interface) -> String {
    let spelling = Spelling::new(plan, &export.name);
    let class = python::exported(export);
    let named = export.functions.iter().flat_map(Function::types).flat_map(Type::names);
    let mut modules: Vec<_> = named.map(|path| python::module(&path.interface)).collect();
    modules.sort();
    modules.dedup();
    let mut lines = vec!["from wit_world import exports".to_owned()];
    if !modules.is_empty() {
        lines.push(format!("from wit_world.imports import {}", modules.join(", ")));
    }
    let mut of_class = |start: String, functions: &[&Function]| {
        lines.extend([String::new(), start]);
        for function in functions {
            let signature = layout(function, true, &|ty| spelling.ty(ty), None);
            lines.push(format!("    {}: ...", text(&signature).replace('\n', "\n    ")));
        }
    };
    let own: Vec<_> = export.freestanding().collect();
    if !own.is_empty() {
        of_class(format!("class {class}(exports.{class}):"), &own);
    }
    let module = python::module(&export.name);
    for (resource, functions) in export.by_resource() {
        let name = python::camel(resource);
        of_class(format!("# in {module}.py\nclass {name}(exports.{module}.{name}):"), &functions);
    }
    lines.join("\n")
}
