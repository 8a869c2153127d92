//! Types as annotations, and the imports that these need.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::Stubs;
use crate::plan::{Conversion, Interface, Primitive, Type, TypePath};
use crate::prose::python::{Spelling, camel, definition, shouty};

/// Classes of Python that a member of a class may be called like.
const BUILTINS: [&str; 10] =
    ["BaseException", "bool", "bytes", "float", "int", "list", "property", "str", "tuple", "type"];

/// What an annotation of the bindings may have besides the world's classes, and where that is from.
const FOUND: [(&str, &str); 5] = [
    ("componentize_py_types", "Some"),
    ("componentize_py_types", "Result"),
    ("componentize_py_async_support.streams", "ByteStreamReader"),
    ("componentize_py_async_support.streams", "StreamReader"),
    ("componentize_py_async_support.futures", "FutureReader"),
];

/// The imports of a module, as they are found to be needed.
#[derive(Debug, Default)]
pub(super) struct Imports {
    /// Names by module, with what each is called here: `from typing import Self`.
    names: BTreeMap<&'static str, BTreeSet<(&'static str, String)>>,
    /// The other modules of the bindings, and what each is called here where its own name is taken.
    modules: BTreeSet<(String, Option<String>)>,
    /// Whether a class of Python is called by its module.
    builtins: bool,
}

impl Imports {
    /// The lines; `modules` is where the bindings' other modules are from here.
    pub(super) fn source(&self, modules: &str) -> Vec<String> {
        let from = |(module, names): (&&str, &BTreeSet<(&str, String)>)| {
            let renamed = |(name, alias): &(&str, String)| {
                if name == alias { alias.clone() } else { format!("{name} as {alias}") }
            };
            let names: Vec<_> = names.iter().map(renamed).collect();
            format!("from {module} import {}", names.join(", "))
        };
        let (other, python): (Vec<_>, Vec<_>) =
            self.names.iter().partition(|(module, _)| module.starts_with("componentize_py"));
        let mut lines: Vec<String> = self.builtins.then(|| "import builtins".to_owned()).into_iter().collect();
        lines.extend(python.into_iter().map(from));
        let other = other.into_iter().map(from);
        let siblings = self.modules.iter().map(|(module, alias)| match alias {
            Some(alias) => format!("from {modules} import {module} as {alias}"),
            None => format!("from {modules} import {module}"),
        });
        for group in [other.collect::<Vec<_>>(), siblings.collect()] {
            if !group.is_empty() && !lines.is_empty() {
                lines.push(String::new());
            }
            lines.extend(group);
        }
        lines
    }
}

/// Types from inside one module.
pub(super) struct Annotations<'p> {
    stubs: &'p Stubs<'p>,
    /// The interface whose classes need no module.
    own: Option<&'p str>,
    /// The classes and functions that the module has: what it imports under such a name gets another one.
    names: BTreeSet<String>,
    spelling: Spelling<'p>,
    imports: RefCell<Imports>,
}

impl<'p> Annotations<'p> {
    /// Inside the module of an interface.
    pub(super) fn within(stubs: &'p Stubs<'p>, interface: &'p Interface, names: BTreeSet<String>) -> Self {
        Self { own: Some(&interface.name), ..Self::outside(stubs, names) }
    }

    /// In a module that is no interface's.
    pub(super) fn outside(stubs: &'p Stubs<'p>, names: BTreeSet<String>) -> Self {
        Self { stubs, own: None, names, spelling: Spelling::new(stubs.plan, ""), imports: RefCell::default() }
    }

    /// The imports of everything that was asked for.
    pub(super) fn imports(self) -> Imports {
        self.imports.into_inner()
    }

    /// Notes that a name is used, and gives what it is called here.
    pub(super) fn import(&self, module: &'static str, name: &'static str) -> String {
        let alias = if self.names.contains(name) { format!("_{name}") } else { name.to_owned() };
        self.imports.borrow_mut().names.entry(module).or_default().insert((name, alias.clone()));
        alias
    }

    /// What the bindings give: `taken` are the names that mean something else here.
    pub(super) fn given(&self, ty: &Type, taken: &BTreeSet<String>) -> String {
        let text = self.spelling.annotation(ty, &|path| self.class(path, taken));
        for (module, name) in FOUND {
            if identifiers(&text).any(|(_, found)| found == name) {
                self.import(module, name);
            }
        }
        self.builtins(&text, taken)
    }

    /// What the bindings take, with what the package makes of it.
    pub(super) fn taken(&self, ty: &Type, taken: &BTreeSet<String>) -> String {
        match ty {
            Type::Option(inner) if !matches!(**inner, Type::Option(_)) => {
                format!("{} | None", self.taken(inner, taken))
            }
            Type::Converted(Conversion::Address(_)) if !self.stubs.plain => {
                let v4 = self.import("ipaddress", "IPv4Address");
                let v6 = self.import("ipaddress", "IPv6Address");
                self.builtins(&format!("str | {v4} | {v6}"), taken)
            }
            Type::Converted(Conversion::Seconds { .. }) if !self.stubs.plain => {
                let timedelta = self.import("datetime", "timedelta");
                self.builtins(&format!("float | {timedelta}"), taken)
            }
            Type::Named(path) if !self.stubs.plain && !self.stubs.plan.enum_cases(path).is_empty() => {
                let literal = self.import("typing", "Literal");
                let cases = self.stubs.plan.enum_cases(path).iter();
                let names: Vec<_> = cases.map(|case| format!("\"{}\"", shouty(&case.name).to_lowercase())).collect();
                format!("{} | {literal}[{}]", self.given(ty, taken), names.join(", "))
            }
            Type::Named(path) => match self.stubs.plan.alias(path) {
                Some(target) => self.taken(target, taken),
                None => self.given(ty, taken),
            },
            Type::Primitive(_)
            | Type::List(_)
            | Type::Option(_)
            | Type::Tuple(_)
            | Type::Result { .. }
            | Type::Own(_)
            | Type::Borrow(_)
            | Type::Stream(_)
            | Type::Future(_)
            | Type::Converted(_) => self.given(ty, taken),
        }
    }

    /// A class, with its module where it is another one's.
    fn class(&self, path: &TypePath, taken: &BTreeSet<String>) -> String {
        let class = camel(&path.name);
        if self.own == Some(path.interface.as_str()) {
            // Of an interface that is passed on as it is, the plan has no types.
            let is_known = definition(self.stubs.plan, path).is_some();
            return if is_known { class } else { self.import("typing", "Any") };
        }
        let Some(module) = self.stubs.module(&path.interface) else {
            return self.import("typing", "Any");
        };
        let is_taken = taken.contains(&module) || self.names.contains(&module);
        let alias = is_taken.then(|| format!("_{module}"));
        let name = alias.clone().unwrap_or_else(|| module.clone());
        self.imports.borrow_mut().modules.insert((module, alias));
        format!("{name}.{class}")
    }

    /// Python's own classes by their module, where their names are taken.
    pub(super) fn builtins(&self, text: &str, taken: &BTreeSet<String>) -> String {
        let is_taken = |name: &str| taken.contains(name) || self.names.contains(name);
        let mut out = String::new();
        let mut done = 0;
        for (at, name) in identifiers(text) {
            if BUILTINS.contains(&name) && is_taken(name) && !text[..at].ends_with('.') {
                self.imports.borrow_mut().builtins = true;
                out.push_str(&text[done..at]);
                out.push_str("builtins.");
                done = at;
            }
        }
        out.push_str(&text[done..]);
        out
    }

    /// The range of an integer in words; none for what is none.
    pub(super) fn range(ty: &Type) -> Option<&'static str> {
        let Type::Primitive(primitive) = ty else { return None };
        match primitive {
            Primitive::U8 => Some("from 0 to 255"),
            Primitive::U16 => Some("from 0 to 65535"),
            Primitive::U32 => Some("from 0 to 4294967295"),
            Primitive::U64 => Some("not negative"),
            Primitive::S8 => Some("from -128 to 127"),
            Primitive::S16 => Some("from -32768 to 32767"),
            Primitive::S32 => Some("from -2147483648 to 2147483647"),
            Primitive::S64
            | Primitive::Bool
            | Primitive::F32
            | Primitive::F64
            | Primitive::Char
            | Primitive::String => None,
        }
    }
}

/// The names in a text of Python, and where each begins; what is quoted has none.
fn identifiers(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let starts = text.char_indices().filter(move |(at, c)| is_part(*c) && !text[..*at].ends_with(is_part));
    let named = starts.map(move |(at, _)| {
        let rest = &text[at..];
        (at, &rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())])
    });
    named.filter(|(at, _)| !text[..*at].ends_with('"'))
}
