//! Functions: their signatures, with options by keyword, and their docstrings.

use std::collections::BTreeSet;

use super::annotations::Annotations;
use super::docstring::Docstring;
use super::{Stubs, fields};
use crate::plan::{Function, Interface, Kind, Type, TypePath};
use crate::prose::python::{camel, snake};
use crate::python::functions::{Keywords, Options, options};

/// How long a line may get.
const WIDTH: usize = 100;

/// A parameter.
struct Parameter {
    name: String,
    annotation: String,
    default: Option<&'static str>,
    docs: String,
}

/// Functions of one module.
pub(super) struct Functions<'p> {
    pub(super) stubs: &'p Stubs<'p>,
    pub(super) interface: &'p Interface,
    pub(super) annotations: &'p Annotations<'p>,
}

impl Functions<'_> {
    /// A function at this depth; `taken` are the names that mean something else there.
    pub(super) fn source(&self, function: &Function, depth: usize, taken: &BTreeSet<String>) -> Vec<String> {
        let exported = self.stubs.is_exported(self.interface);
        let (decorator, receiver, name) = match &function.kind {
            Kind::Freestanding if exported => {
                (Some(self.annotations.import("abc", "abstractmethod")), Some("self"), snake(&function.name))
            }
            Kind::Freestanding => (None, None, snake(&function.name)),
            Kind::Method(_) => (None, Some("self"), snake(&function.name)),
            Kind::Static(_) => (Some("classmethod".to_owned()), Some("cls"), snake(&function.name)),
            Kind::Constructor(_) => (None, Some("self"), "__init__".to_owned()),
        };
        let positional = self.positional(function, taken);
        let keywords = self.keywords(function, taken);
        let docs = self.docs(function, positional.iter().chain(&keywords));
        let mut parts: Vec<String> = receiver.map(str::to_owned).into_iter().collect();
        parts.extend(positional.iter().map(Parameter::source));
        if !keywords.is_empty() {
            parts.push("*".to_owned());
        }
        parts.extend(keywords.iter().map(Parameter::source));
        let indent = "    ".repeat(depth);
        let mut lines: Vec<_> = decorator.map(|name| format!("{indent}@{name}")).into_iter().collect();
        let keyword = if function.is_async { "async def" } else { "def" };
        let start = format!("{indent}{keyword} {name}");
        lines.extend(def(&start, &parts, &self.result(function, taken), &indent, docs.is_empty()));
        lines.extend(docs);
        lines
    }

    fn positional(&self, function: &Function, taken: &BTreeSet<String>) -> Vec<Parameter> {
        let keywords = self.stubs.keywords(self.interface, function);
        let parameter = |param: &crate::plan::Param| {
            let name = snake(&param.name);
            let ty = &param.ty;
            let is_options =
                keywords.as_ref().is_some_and(|keywords| keywords.with_options.is_none() && keywords.param == name);
            if is_options {
                let (ty, _) = ty.clone().unwrapped();
                let annotation = format!("{} | None", self.annotations.taken(&ty, taken));
                return Parameter { name, annotation, default: Some("None"), docs: fields::OPTIONS.to_owned() };
            }
            let annotation = if self.stubs.is_exported(self.interface) {
                self.annotations.given(ty, taken)
            } else {
                self.annotations.taken(ty, taken)
            };
            let docs = fields::of_param(self.stubs, function, param);
            Parameter { name, annotation, default: None, docs }
        };
        let mut all: Vec<_> = function.params.iter().map(parameter).collect();
        if let Some(Keywords { with_options: Some(_), param, ty, .. }) = &keywords {
            let annotation = format!("{} | None", self.annotations.taken(&Type::Named(ty.clone()), taken));
            all.push(Parameter {
                name: param.clone(),
                annotation,
                default: Some("None"),
                docs: fields::OPTIONS.to_owned(),
            });
        }
        all
    }

    /// The options by keyword: of a function that passes them on, or of the constructor of their class.
    fn keywords(&self, function: &Function, taken: &BTreeSet<String>) -> Vec<Parameter> {
        if self.stubs.plain {
            return Vec::new();
        }
        if let Kind::Constructor(class) = &function.kind {
            return self.options(&TypePath::friendly(&self.interface.name, class), false, taken);
        }
        let Some(Keywords { ty, .. }) = self.stubs.keywords(self.interface, function) else { return Vec::new() };
        self.options(&ty, true, taken)
    }

    /// The options of a class, and what it requires besides where that is asked for.
    fn options(&self, class: &TypePath, required: bool, taken: &BTreeSet<String>) -> Vec<Parameter> {
        let Some(interface) = self.stubs.plan.interface(&class.interface) else { return Vec::new() };
        let name = camel(&class.name);
        let Some(Options { setters, .. }) = options(interface).into_iter().find(|options| options.class == name) else {
            return Vec::new();
        };
        let of = |kind: Kind| interface.functions.iter().filter(move |function| function.kind == kind);
        let constructor = of(Kind::Constructor(class.name.clone())).next();
        let needs = || constructor.into_iter().flat_map(|constructor| &constructor.params);
        let required = needs().filter(|_| required).map(|param| Parameter {
            name: snake(&param.name),
            annotation: self.annotations.taken(&param.ty, taken),
            default: Some("..."),
            docs: fields::of_required(interface, class, param),
        });
        // What is required has a setter, too.
        let settable = setters.iter().filter(|(keyword, ..)| !needs().any(|param| snake(&param.name) == *keyword));
        let optional = settable.filter_map(|(keyword, method, _)| {
            let setter = of(Kind::Method(class.name.clone())).find(|function| snake(&function.name) == *method)?;
            let types: Vec<_> = setter.params.iter().map(|param| self.annotations.taken(&param.ty, taken)).collect();
            let annotation = match types.as_slice() {
                [only] if only.ends_with("None") => only.clone(),
                [only] => format!("{only} | None"),
                several => format!("tuple[{}] | None", several.join(", ")),
            };
            let docs = fields::of_setter(setter);
            Some(Parameter { name: keyword.clone(), annotation, default: Some("None"), docs })
        });
        required.chain(optional).collect()
    }

    /// What it returns when it does not raise.
    fn result(&self, function: &Function, taken: &BTreeSet<String>) -> String {
        let ty = match &function.kind {
            Kind::Constructor(_) => None,
            Kind::Freestanding | Kind::Method(_) | Kind::Static(_) => function.ok(),
        };
        let Some(ty) = ty else { return "None".to_owned() };
        let is_own = matches!((&function.kind, ty), (Kind::Static(class), Type::Own(path))
            if path.interface == self.interface.name && path.name == *class);
        if is_own { self.annotations.import("typing", "Self") } else { self.annotations.given(ty, taken) }
    }

    fn docs<'a>(&self, function: &Function, params: impl Iterator<Item = &'a Parameter>) -> Vec<String> {
        let mut docs = Docstring::new(function.docs.as_deref());
        let returns =
            fields::of_result(function, &docs.blocks).filter(|_| !matches!(function.kind, Kind::Constructor(_)));
        let mut is_first = true;
        docs.blocks.retain(|block| !fields::is_field(self.stubs, block, std::mem::take(&mut is_first)));
        for param in params {
            docs.field(format!("param {}", param.name), &param.docs);
        }
        if let Some(returns) = returns {
            docs.field("returns", &returns);
        }
        for (exception, when) in fields::of_errors(self.stubs, self.interface, function) {
            docs.field(format!("raises {exception}"), &when);
        }
        docs.source(if matches!(function.kind, Kind::Freestanding) && !self.stubs.is_exported(self.interface) {
            1
        } else {
            2
        })
    }
}

impl Parameter {
    fn source(&self) -> String {
        let default = self.default.map(|default| format!(" = {default}")).unwrap_or_default();
        format!("{}: {}{default}", self.name, self.annotation)
    }
}

/// The lines of a signature, a parameter a line where it is long.
fn def(start: &str, params: &[String], result: &str, indent: &str, ends: bool) -> Vec<String> {
    let end = if ends { " ..." } else { "" };
    let line = format!("{start}({}) -> {result}:{end}", params.join(", "));
    if line.chars().count() <= WIDTH {
        return vec![line];
    }
    let params = params.iter().map(|param| format!("{indent}    {param},"));
    let last = format!("{indent}) -> {result}:{end}");
    [format!("{start}(")].into_iter().chain(params).chain([last]).collect()
}
