//! A first rules file for a world: what stands in the way is left out or given a default, each with its reason.
//!
//! The world is derived again and again, and each refusal becomes a line, until nothing is refused or no line helps.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::mem;

use wit_parser::{Function, InterfaceId, Resolve, Type, TypeDefKind, TypeId};

use crate::bundle::{World, WorldError};
use crate::derive::{DeriveError, Refusals, Remedy};
use crate::read::{self, RawWorld, types_in};
use crate::rules::{NEW_ERROR, RulesError};

/// The lines of a rules file, so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Draft {
    /// The package that is reshaped, where it is not that of the world.
    package: Option<String>,
    /// The path of the default error.
    default: Option<String>,
    /// Items with another name, and why.
    rename: BTreeMap<String, (String, String)>,
    /// Constructors that are static functions, and why.
    constructors: BTreeMap<String, String>,
    /// Interfaces that stay as they are, and why.
    keep: BTreeMap<String, String>,
    /// Interfaces that stay as they are without such a line.
    unkept: BTreeSet<String>,
    /// What is left out, and why.
    leave_out: BTreeMap<String, String>,
    /// Options records, with the fields that the app must give.
    required: BTreeMap<String, BTreeSet<String>>,
}

/// The text of a rules file by which the world can be reshaped. Fails with what no line lifts.
pub fn rules(resolve: &Resolve, world: &str) -> Result<String, WorldError> {
    let package = only_package(&read::read(resolve.clone(), world, None)?);
    // What cannot be reshaped can still pass as it is.
    let reshaped = package.and_then(|package| rules_for(resolve, world, Some(package)).ok());
    reshaped.map_or_else(|| rules_for(resolve, world, None), Ok)
}

/// The same, where this package is reshaped, and not that of the world.
fn rules_for(resolve: &Resolve, world: &str, package: Option<String>) -> Result<String, WorldError> {
    let raw = read::read(resolve.clone(), world, package.as_deref())?;
    let (mut draft, mut first) = (Draft { package, ..Draft::default() }, None);
    loop {
        let refusals = match World::new(resolve.clone(), world, &draft.text()) {
            Ok(_) => return Ok(draft.commented(world)),
            Err(WorldError::Refused(refusals)) => refusals,
            Err(other) => return Err(other),
        };
        let before = draft.clone();
        draft.lift(&raw, &refusals);
        if draft == before {
            // What is wrong with lines that nobody wrote is no help.
            let is_of_lines = refusals.all().iter().any(|refusal| match &refusal.error {
                DeriveError::Shape { remedy: Remedy::Keep(interface), .. } => draft.unkept.contains(interface),
                DeriveError::Shape { .. } => false,
                DeriveError::Rules(_) => true,
            });
            return Err(first.filter(|_| is_of_lines).unwrap_or(refusals).into());
        }
        first.get_or_insert(refusals);
    }
}

impl Draft {
    /// Adds a line for each refusal that one lifts.
    fn lift(&mut self, raw: &RawWorld, refusals: &Refusals) {
        // What is kept may be why the rest was refused, so that all other lines are found anew.
        if self.keep_more(refusals) {
            *self = Self {
                package: self.package.take(),
                keep: mem::take(&mut self.keep),
                unkept: mem::take(&mut self.unkept),
                ..Self::default()
            };
            return;
        }
        for refusal in refusals.all() {
            let (path, reason, remedy) = match &refusal.error {
                DeriveError::Shape { path, reason, remedy } => (path, reason, remedy),
                DeriveError::Rules(RulesError::NoEffect { path, .. }) if self.keep.remove(path).is_some() => {
                    self.unkept.insert(path.clone());
                    continue;
                }
                DeriveError::Rules(_) => continue,
            };
            let left = left_out_for(raw, path);
            match remedy {
                Remedy::DefaultError if self.default.is_none() && !left.is_empty() => {
                    self.default = Some(default_error(raw).unwrap_or_else(|| NEW_ERROR.to_owned()));
                    continue;
                }
                Remedy::Options { record, field } => {
                    self.required.entry(record.clone()).or_default().insert(field.clone());
                    continue;
                }
                Remedy::Rename { path, name } => {
                    self.rename.entry(path.clone()).or_insert_with(|| (name.clone(), reason.clone()));
                    continue;
                }
                Remedy::ConstructorFunction(path) => {
                    self.constructors.entry(path.clone()).or_insert_with(|| reason.clone());
                    continue;
                }
                Remedy::Keep(_) => continue,
                Remedy::DefaultError | Remedy::LeaveOut(_) | Remedy::Words(_) => {}
            }
            for left in left {
                self.leave_out.entry(left).or_insert_with(|| reason.clone());
            }
        }
    }

    /// Adds the interfaces that have to stay as they are, and says whether there are any.
    fn keep_more(&mut self, refusals: &Refusals) -> bool {
        let before = self.keep.len();
        for refusal in refusals.all() {
            if let DeriveError::Shape { path, reason, remedy: Remedy::Keep(interface) } = &refusal.error
                && !self.unkept.contains(interface)
            {
                self.keep.entry(interface.clone()).or_insert_with(|| format!("`{path}`: {reason}"));
            }
        }
        self.keep.len() > before
    }

    fn text(&self) -> String {
        self.write(|_, _| {})
    }

    /// The same, with what each part is for.
    fn commented(&self, world: &str) -> String {
        let start = format!(
            "# Rules for the world `{world}`, as `composer rules --init` wrote them. By these it can be reshaped; what they leave out\n# an app cannot call. `composer explain` shows what becomes of each item. `composer/README.md` explains each table.\n"
        );
        let text = self.write(|text, comment| {
            let _ = writeln!(text, "# {comment}");
        });
        if text.is_empty() {
            format!("{start}\n# Nothing stands in the way of it.\n")
        } else {
            format!("{start}{text}")
        }
    }

    fn write(&self, comment: impl Fn(&mut String, &str)) -> String {
        let mut text = String::new();
        if let Some(package) = &self.package {
            text.push_str("\n[package]\n");
            comment(
                &mut text,
                "The package that is reshaped: the world has no interface of its own, and imports those of this one alone.",
            );
            let _ = writeln!(text, "raw = \"{package}\"");
        }
        if let Some(default) = &self.default {
            text.push_str("\n[errors]\n");
            comment(
                &mut text,
                "The error of functions that have none, and can be given what was used up already. Name the one that fits.",
            );
            let _ = writeln!(text, "default = \"{default}\"");
        }
        for (record, fields) in &self.required {
            let _ = writeln!(text, "\n[options.\"{record}\"]");
            comment(&mut text, "These are no options in the WIT. A field in `defaults` need not be given.");
            let fields: Vec<_> = fields.iter().map(|field| format!("\"{field}\"")).collect();
            let _ = writeln!(text, "required = [{}]", fields.join(", "));
        }
        if !self.rename.is_empty() {
            text.push_str("\n[rename]\n");
            for (path, (name, reason)) in &self.rename {
                comment(&mut text, reason);
                let _ = writeln!(text, "\"{path}\" = \"{name}\"");
            }
        }
        if !self.constructors.is_empty() {
            text.push_str("\n[constructors.functions]\n");
            for (path, reason) in &self.constructors {
                comment(&mut text, reason);
                let _ = writeln!(text, "\"{path}\" = \"new\"");
            }
        }
        let reasons = [
            ("keep", "Interfaces that stay as they are, each with the reason.", &self.keep),
            ("leave-out", "What cannot be reshaped, each with the reason.", &self.leave_out),
        ];
        for (table, what, lines) in reasons.into_iter().filter(|(_, _, lines)| !lines.is_empty()) {
            let _ = writeln!(text, "\n[{table}]");
            comment(&mut text, what);
            for (path, reason) in lines {
                let _ = writeln!(text, "\"{path}\" = {}", toml::Value::String(reason.clone()));
            }
        }
        text
    }
}

/// The package of all interfaces that a world imports, where that is another one than the world's.
fn only_package(raw: &RawWorld) -> Option<String> {
    let mut packages = raw.foreign().filter_map(|id| raw.resolve.interfaces[id].package);
    let first = packages.next().filter(|_| raw.imports.is_empty())?;
    let is_only = packages.all(|package| package == first);
    is_only.then(|| raw.resolve.packages[first].name.to_string())
}

/// The error that functions fail with most, of an interface that uses no other.
fn default_error(raw: &RawWorld) -> Option<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (_, function) in functions(raw) {
        let Some(error) = error_of(&raw.resolve, function) else { continue };
        let def = &raw.resolve.types[error];
        let wit_parser::TypeOwner::Interface(owner) = def.owner else { continue };
        let is_own = raw.resolve.interfaces[owner].package == Some(raw.package);
        let has_cases = matches!(def.kind, TypeDefKind::Enum(_) | TypeDefKind::Variant(_));
        let is_free = raw.resolve.interface_direct_deps(owner).all(|dependency| dependency == owner);
        if let (true, Some(name)) = (is_own && has_cases && is_free, &def.name) {
            *counts.entry(format!("{}.{name}", raw.interface_name(owner))).or_default() += 1;
        }
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(path, _)| path)
}

/// The type that a function fails with, where it was defined.
fn error_of(resolve: &Resolve, function: &Function) -> Option<TypeId> {
    let Type::Id(result) = function.result? else { return None };
    let TypeDefKind::Result(result) = &resolve.types[result].kind else { return None };
    let Type::Id(mut id) = result.err? else { return None };
    while let TypeDefKind::Type(Type::Id(next)) = resolve.types[id].kind {
        id = next;
    }
    Some(id)
}

fn functions(raw: &RawWorld) -> impl Iterator<Item = (InterfaceId, &Function)> {
    raw.imports
        .iter()
        .flat_map(|id| raw.resolve.interfaces[*id].functions.values().map(move |function| (*id, function)))
}

/// The functions that are left out for a refusal: the one at the path, or all that use the type there.
fn left_out_for(raw: &RawWorld, path: &str) -> Vec<String> {
    if raw.in_world.imports.iter().any(|key| raw.resolve.name_world_key(key) == path) {
        return vec![path.to_owned()];
    }
    let named = functions(raw).map(|(id, function)| (raw.function_path(id, function), function));
    let named: Vec<_> = named.collect();
    let is_in = |function: &String| path == function || path.starts_with(&format!("{function}."));
    if let Some((function, _)) = named.iter().find(|(function, _)| is_in(function)) {
        return vec![function.clone()];
    }
    let Some((item, ty)) = type_at(raw, path) else { return Vec::new() };
    let users = named.iter().filter(|(_, function)| mentions(&raw.resolve, function, ty));
    users.map(|(function, _)| function.clone()).chain([item]).collect()
}

/// The type at a path, or at one that a part of it is at, with its own path.
fn type_at(raw: &RawWorld, path: &str) -> Option<(String, TypeId)> {
    raw.imports.iter().find_map(|id| {
        let interface = raw.interface_name(*id);
        let rest = path.strip_prefix(&interface)?.strip_prefix('.')?;
        let name = rest.split('.').next()?;
        let ty = raw.resolve.interfaces[*id].types.get(name).copied()?;
        Some((format!("{interface}.{name}"), ty))
    })
}

/// Whether a signature has to do with a type.
fn mentions(resolve: &Resolve, function: &Function, ty: TypeId) -> bool {
    let types = function.params.iter().map(|param| param.ty).chain(function.result);
    types_in(resolve, types).contains(&ty)
}
