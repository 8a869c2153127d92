//! What a name in backticks means, seen from the item whose docs have it.

use heck::ToKebabCase as _;

use super::names::{Item, Names, Sort, resource};
use super::python::{module, shouty, snake};
use crate::plan::{Function, Operation, Type, TypePath};

/// What a name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// It is called so in Python.
    Python(String),
    /// It is of the raw world and has no friendly counterpart.
    Gone,
}

/// Where a doc stands.
#[derive(Debug, Clone)]
pub(crate) struct Scope<'n> {
    names: &'n Names,
    interface: &'n str,
    class: Option<&'n str>,
    function: Option<&'n Function>,
    spelled: Vec<TypePath>,
}

impl<'n> Scope<'n> {
    /// The docs of an interface.
    pub(crate) fn interface(names: &'n Names, interface: &'n str) -> Self {
        Self { names, interface, class: None, function: None, spelled: Vec::new() }
    }

    /// The docs of a type or of its members.
    pub(crate) fn class(names: &'n Names, interface: &'n str, class: &'n str) -> Self {
        Self { class: Some(class), ..Self::interface(names, interface) }
    }

    /// The docs of a function.
    pub(crate) fn in_function(names: &'n Names, interface: &'n str, function: &'n Function) -> Self {
        let spelled = function.types().flat_map(Type::names).collect();
        let class = resource(&function.kind);
        Self { class, function: Some(function), spelled, ..Self::interface(names, interface) }
    }

    /// Whether these are not the docs of an interface.
    pub(crate) fn of_item(&self) -> bool {
        self.class.is_some() || self.function.is_some()
    }

    /// Whether the function is the variant without options.
    fn takes_defaults(&self) -> bool {
        let Some(Function { operation: Operation::Call(call), .. }) = self.function else { return false };
        call.default_options().is_some()
    }

    /// What a span of code means, if it names something.
    pub(crate) fn meaning(&self, code: &str) -> Option<Meaning> {
        let is_rust = code.contains("::");
        let path = code.split('(').next().filter(|_| is_rust).unwrap_or(code).trim();
        let parts: Vec<String> = if is_rust {
            path.split("::").map(|part| part.to_kebab_case()).collect()
        } else {
            path.split('.').map(str::to_owned).collect()
        };
        if !parts.iter().all(|part| is_kebab(part)) {
            return None;
        }
        match parts.as_slice() {
            [name] => self.single(name),
            [owner, name] => self.pair(owner, name),
            [interface, owner, name] => self.triple(interface, owner, name),
            [] | [_, _, _, _, ..] => None,
        }
    }

    fn single(&self, name: &str) -> Option<Meaning> {
        let params = self.function.map(|function| function.params.as_slice()).unwrap_or_default();
        if params.iter().any(|param| param.name == name) {
            return Some(Meaning::Python(snake(name)));
        }
        if self.is_gone(name) {
            return Some(Meaning::Gone);
        }
        let is_type = |item: &Item| item.sort == Sort::Type;
        let is_case = |item: &Item| item.sort == Sort::Case;
        let of_type = self.own_member(name).or_else(|| self.case_of_signature(name));
        // A case may be called as a value is, and is meant where its type is spoken of.
        if of_type.is_none() && super::values::literal(name).is_some() {
            return None;
        }
        let here = self
            .own_member(name)
            .or_else(|| self.find(name, |item| self.is_here(item) && item.owner.is_none()))
            .or(of_type)
            .or_else(|| self.only(name, |item| self.is_here(item) && is_case(item)))
            .or_else(|| self.only(name, |item| self.is_here(item) && item.sort == Sort::Function));
        if let Some(item) = here {
            return Some(Meaning::Python(self.spell(item)));
        }
        if self.names.interfaces.contains_key(name) {
            return Some(Meaning::Python(self.names.module(name)));
        }
        // A single word may be just that; a type that is used here, or the only one of its name, is meant.
        let is_long = name.contains('-');
        self.only(name, |item| self.is_used(item) && is_type(item))
            .or_else(|| self.only(name, |item| self.is_used(item) && is_case(item)))
            .or_else(|| self.only(name, |item| item.sort != Sort::Field && (is_long || is_type(item))))
            .map(|item| Meaning::Python(self.spell(item)))
            .or_else(|| self.names.lost.contains(name).then_some(Meaning::Gone))
    }

    fn pair(&self, owner: &str, name: &str) -> Option<Meaning> {
        let is_type = |item: &Item| item.sort == Sort::Type;
        let ty = self
            .find(owner, |item| self.is_here(item) && is_type(item))
            .or_else(|| self.only(owner, |item| self.is_used(item) && is_type(item)))
            .or_else(|| self.only(owner, is_type));
        if let Some(ty) = ty {
            let class = ty.class.as_deref().unwrap_or_default();
            if self.names.gone.contains(&format!("{}.{class}.{name}", ty.interface)) {
                return Some(Meaning::Gone);
            }
            if let Some(member) = self.member(&ty.interface, class, name) {
                return Some(Meaning::Python(self.spell(member)));
            }
        }
        if self.names.gone.contains(&format!("{owner}.{name}")) {
            return Some(Meaning::Gone);
        }
        let item = self
            .find(name, |item| item.interface == owner && item.owner.is_none())
            .or_else(|| self.find(name, |item| item.interface == owner && item.sort == Sort::Function))
            .or_else(|| self.only(name, |item| is_type(item) && self.uses(owner, item)));
        if let Some(item) = item {
            return Some(Meaning::Python(self.spell(item)));
        }
        let ty = ty?;
        // A member that is not there: the type is, at least. One of an interface that the plan only
        // passes on may be there all the same.
        let class = self.spell(ty);
        let key = (ty.interface.clone(), ty.name.clone());
        let is_opaque = self.names.opaque.contains(&key);
        Some(Meaning::Python(if is_opaque { format!("{class}.{}", shouty(name)) } else { class }))
    }

    fn triple(&self, interface: &str, owner: &str, name: &str) -> Option<Meaning> {
        let path = format!("{interface}.{owner}.{name}");
        if self.names.gone.contains(&path) {
            return Some(Meaning::Gone);
        }
        let ty = self.find(owner, |item| item.interface == interface && item.sort == Sort::Type)?;
        let member = self.member(interface, ty.class.as_deref().unwrap_or_default(), name)?;
        Some(Meaning::Python(self.spell(member)))
    }

    fn is_gone(&self, name: &str) -> bool {
        let here = self.class.map(|class| format!("{}.{class}.{name}", self.interface));
        let signature = self.spelled.iter().map(|path| format!("{}.{}.{name}", path.interface, path.name));
        let top = format!("{}.{name}", self.interface);
        signature.chain(here).chain([top]).any(|path| self.names.gone.contains(&path))
            || name == "options" && self.takes_defaults()
    }

    /// A member of the type that the docs are about.
    fn own_member(&self, name: &str) -> Option<&'n Item> {
        self.member(self.interface, self.class?, name)
    }

    fn member(&self, interface: &str, class: &str, name: &str) -> Option<&'n Item> {
        self.find(name, |item| item.interface == interface && item.owner.as_deref() == Some(class))
    }

    fn case_of_signature(&self, name: &str) -> Option<&'n Item> {
        self.find(name, |item| {
            let is_of = |path: &TypePath| path.interface == item.interface && item.owner.as_ref() == Some(&path.name);
            item.sort == Sort::Case && self.spelled.iter().any(is_of)
        })
    }

    fn is_here(&self, item: &Item) -> bool {
        item.interface == self.interface || item.declared_in == self.interface
    }

    fn is_used(&self, item: &Item) -> bool {
        self.uses(self.interface, item)
    }

    fn uses(&self, interface: &str, item: &Item) -> bool {
        let class = item.class.clone().unwrap_or_default();
        let uses = self.names.uses.get(interface);
        uses.is_some_and(|uses| uses.contains(&(item.interface.clone(), class)))
    }

    fn find(&self, name: &str, matches: impl Fn(&Item) -> bool) -> Option<&'n Item> {
        self.names.called(name).iter().find(|item| matches(item))
    }

    /// What matches, if all that matches is of one class; a raw function can have become several.
    fn only(&self, name: &str, matches: impl Fn(&Item) -> bool) -> Option<&'n Item> {
        let all: Vec<_> = self.names.called(name).iter().filter(|item| matches(item)).collect();
        let raw: Vec<_> = all.iter().copied().filter(|item| item.raw).collect();
        let found = if raw.is_empty() { all } else { raw };
        let (first, rest) = found.split_first()?;
        rest.iter().all(|item| item.interface == first.interface && item.class == first.class).then_some(first)
    }

    /// From here: without the module where it is this one, without the class where it is this one's method or field.
    fn spell(&self, item: &Item) -> String {
        let is_member = matches!(item.sort, Sort::Function | Sort::Field);
        if item.declared_in != self.interface {
            let is_exported = self.names.interfaces.get(&item.declared_in) == Some(&true);
            return if is_exported {
                item.python.clone()
            } else {
                format!("{}.{}", module(&item.declared_in), item.python)
            };
        }
        let is_own = self.class.is_some() && item.class.as_deref() == self.class;
        match item.python.split_once('.') {
            Some((_, member)) if is_member && is_own => member.to_owned(),
            Some(_) | None => item.python.clone(),
        }
    }
}

fn is_kebab(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && !name.ends_with('-')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}
