//! A sketch as WIT.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use proptest::sample::Index;

use super::names::{self, docs, fresh};
use super::{Function, Interface, Param, Shape, Sketch, Type, Value};

/// The world that every sketch is of.
pub const WORLD: &str = "service";
/// The interface that it exports.
const EXPORTED: &str = "handler";
/// What starts the name of a placeholder.
pub const EXTRA: &str = "extra-";
/// What limits an answer.
pub const SIZE: &str = "max-len";
/// Where a page starts.
pub const CURSOR: &str = "cursor";
/// The case of an error that says that a buffer was too small.
pub const SMALL: &str = "too-small";

/// A type that is in scope.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) name: String,
    pub(super) what: What,
    /// Whether a value of it has handles that are given away, itself included.
    pub(super) owns: bool,
    /// Whether a value of it has handles that are lent.
    pub(super) lends: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Resource,
    Placeholder,
    Failure,
    Options,
    Value,
}

/// Where a value stands.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    Param,
    Answer,
    /// Inside of a type.
    Inside,
}

/// Writes the package.
pub fn wit(sketch: &Sketch) -> String {
    let version = if sketch.versioned { "@1.0.0" } else { "" };
    let mut text = format!("package acme:raw{version};\n");
    let mut taken = BTreeSet::new();
    let mut before: Vec<(String, Known)> = Vec::new();
    let mut imports = Vec::new();
    for interface in &sketch.interfaces {
        let name = fresh(&interface.name, &names::INTERFACES, &mut taken);
        let mut scope = Scope { daring: sketch.daring, ..Scope::default() };
        let body = scope.interface(interface, &before);
        let _ = write!(text, "\ninterface %{name} {{\n{body}}}\n");
        before.extend(scope.known.into_iter().map(|known| (name.clone(), known)));
        imports.push(name);
    }
    if let Some(functions) = &sketch.exported {
        let mut scope = Scope { daring: sketch.daring, ..Scope::default() };
        let uses: String = before
            .iter()
            .filter(|(_, known)| sketch.daring || known.what == What::Resource)
            .map(|(of, known)| scope.uses(of, known, false))
            .collect();
        let functions: String = functions.iter().map(|function| scope.write_function(function, None)).collect();
        let _ = write!(text, "\ninterface {EXPORTED} {{\n{uses}{functions}}}\n");
    }
    let imports: String = imports.iter().map(|name| format!("  import %{name};\n")).collect();
    let exports = if sketch.exported.is_some() { format!("  export {EXPORTED};\n") } else { String::new() };
    let _ = write!(text, "\nworld {WORLD} {{\n{imports}{exports}}}\n");
    text
}

/// What an interface has so far.
#[derive(Default)]
pub(super) struct Scope {
    pub(super) daring: bool,
    pub(super) known: Vec<Known>,
    pub(super) taken: BTreeSet<String>,
}

impl Scope {
    fn interface(&mut self, interface: &Interface, before: &[(String, Known)]) -> String {
        let mut text = String::new();
        if !before.is_empty() {
            for (pick, renamed) in &interface.uses {
                let (of, known) = pick.get(before);
                text.push_str(&self.uses(of, known, *renamed));
            }
        }
        let has_failure = self.known.iter().any(|known| known.what == What::Failure)
            || interface.types.iter().any(|ty| matches!(ty.shape, Shape::Failure { .. }));
        // Most functions need one to fail with.
        match before.iter().find(|(_, known)| known.what == What::Failure) {
            Some((of, known)) if !has_failure => text.push_str(&self.uses(of, known, false)),
            None if !has_failure && !self.daring => {
                let name = fresh(&interface.name, &["error"], &mut self.taken);
                self.know(&name, What::Failure, (false, false));
                text.push_str(&format!("  variant %{name} {{ missing, {SMALL}(u64) }}\n"));
            }
            Some(_) | None => {}
        }
        // Functions may have to do with types that come after their resource.
        let mut resources = Vec::new();
        for ty in &interface.types {
            text.push_str(&self.ty(ty, &mut resources));
        }
        for (name, docs, constructor, members) in resources {
            let mut taken = BTreeSet::new();
            let mut body = String::new();
            if let Some(params) = constructor {
                let _ = writeln!(body, "    constructor({});", self.params(params, &mut BTreeSet::new()).join(", "));
            }
            for member in members {
                body.push_str(&self.write_function(member, Some(&mut taken)));
            }
            let _ = write!(text, "{docs}  resource %{name} {{\n{body}  }}\n");
        }
        for function in &interface.functions {
            text.push_str(&self.write_function(function, None));
        }
        if !self.daring {
            text.push_str(&self.options_taken(&interface.name));
        }
        text
    }

    /// A function for each options record: of those that nothing takes most are refused.
    fn options_taken(&mut self, pick: &Index) -> String {
        let options = self.known.iter().filter(|known| known.what == What::Options);
        let names: Vec<_> = options.map(|known| known.name.clone()).collect();
        let mut take = |name: String| {
            let function = fresh(pick, &["take", "fetch", "send-with"], &mut self.taken);
            format!("  %{function}: func(key: string, options: %{name}) -> result<_, string>;\n")
        };
        names.into_iter().map(&mut take).collect()
    }

    fn uses(&mut self, of: &str, known: &Known, renamed: bool) -> String {
        let name = known.name.clone();
        let is_free = !self.taken.contains(&name) && !renamed;
        let local = if is_free { name.clone() } else { self.other_name(&name) };
        self.taken.insert(local.clone());
        self.known.push(Known { name: local.clone(), ..known.clone() });
        let renamed = if local == name { String::new() } else { format!(" as %{local}") };
        format!("  use %{of}.{{%{name}{renamed}}};\n")
    }

    /// The last of these names are refused.
    pub(super) fn pool(&self, names: &'static [&'static str]) -> &'static [&'static str] {
        if self.daring { names } else { names.split_last_chunk::<{ names::REFUSED }>().map_or(names, |(good, _)| good) }
    }

    fn other_name(&self, name: &str) -> String {
        let names = ('a'..='z').map(|letter| format!("{letter}{letter}-{name}"));
        let is_free =
            |name: &String| ![name.clone(), format!("{EXTRA}{name}")].iter().any(|name| self.taken.contains(name));
        let free = names.into_iter().find(is_free);
        free.unwrap_or_else(|| format!("{name}-{}", "y".repeat(self.taken.len() + 1)))
    }

    fn know(&mut self, name: &str, what: What, (owns, lends): (bool, bool)) {
        self.known.push(Known { name: name.to_owned(), what, owns, lends });
    }

    fn ty<'s>(&mut self, ty: &'s Type, resources: &mut Vec<Resource<'s>>) -> String {
        let name = fresh(&ty.name, self.pool(&names::TYPES), &mut self.taken);
        let docs = docs(&ty.docs, "  ");
        let plain = (false, false);
        match &ty.shape {
            Shape::Alias(value) => {
                let (text, holds) = self.value(value, Place::Inside);
                let same = self.known.iter().find(|known| text == format!("%{}", known.name)).map(|known| known.what);
                self.know(&name, same.unwrap_or(What::Value), holds);
                format!("{docs}  type %{name} = {text};\n")
            }
            Shape::OtherName(pick) => {
                let of = self.resource(pick).unwrap_or_else(|| "string".to_owned());
                let is_resource = of.starts_with('%');
                let what = if is_resource { What::Resource } else { What::Value };
                self.know(&name, what, (is_resource, false));
                format!("{docs}  type %{name} = {of};\n")
            }
            Shape::Resource { constructor, members } => {
                self.know(&name, What::Resource, (true, false));
                resources.push((name, docs, constructor.as_deref(), members));
                String::new()
            }
            Shape::Record(fields) => {
                let mut holds = plain;
                let mut taken = BTreeSet::new();
                let mut field = |(name, value): &(Index, Value)| {
                    let (text, held) = self.value(value, Place::Inside);
                    holds = (holds.0 || held.0, holds.1 || held.1);
                    format!("    %{}: {text},\n", fresh(name, self.pool(&names::PARTS), &mut taken))
                };
                let fields: String = fields.iter().map(&mut field).collect();
                self.know(&name, What::Value, holds);
                format!("{docs}  record %{name} {{\n{fields}  }}\n")
            }
            Shape::Variant(cases) => {
                let (cases, holds) = self.cases(cases, &mut BTreeSet::new());
                self.know(&name, What::Value, holds);
                format!("{docs}  variant %{name} {{\n{cases}  }}\n")
            }
            Shape::Failure { small, cases } => {
                let mut taken = BTreeSet::new();
                let (cases, holds) = self.cases(cases, &mut taken);
                self.know(&name, What::Failure, holds);
                let small = if *small { format!("    {SMALL}(u64),\n") } else { String::new() };
                format!("{docs}  variant %{name} {{\n{cases}{small}  }}\n")
            }
            Shape::Enum(cases) => {
                self.know(&name, What::Value, plain);
                format!("{docs}  enum %{name} {{ {} }}\n", case_names(cases, self.pool(&names::PARTS)))
            }
            Shape::Flags(cases) => {
                self.know(&name, What::Value, plain);
                format!("{docs}  flags %{name} {{ {} }}\n", case_names(cases, self.pool(&names::PARTS)))
            }
            Shape::Options { fields, extra } => self.options(&name, &docs, fields, extra.as_deref()),
            Shape::Address => {
                self.know(&name, What::Value, plain);
                let ipv6 = ["u16"; 8].join(", ");
                format!("{docs}  variant %{name} {{ ipv4(tuple<u8, u8, u8, u8>), ipv6(tuple<{ipv6}>) }}\n")
            }
        }
    }

    fn options(
        &mut self,
        name: &str,
        docs: &str,
        fields: &[(Index, Value, bool)],
        extra: Option<&[Function]>,
    ) -> String {
        let name = format!("{name}-options");
        let is_taken = [name.clone(), format!("{EXTRA}{name}")].iter().any(|name| self.taken.contains(name));
        let name = if is_taken { self.other_name(&name) } else { name };
        self.taken.extend([name.clone(), format!("{EXTRA}{name}")]);
        let mut taken = BTreeSet::from(["extra".to_owned()]);
        let mut lines = Vec::new();
        let mut placeholder = String::new();
        for (field, value, is_optional) in fields {
            let place = if self.daring { Place::Inside } else { Place::Param };
            let (text, _) = self.value(value, place);
            let text = if *is_optional { format!("option<{text}>") } else { text };
            lines.push(format!("    %{}: {text},\n", fresh(field, self.pool(&names::PARTS), &mut taken)));
        }
        if let Some(setters) = extra {
            let extra = format!("{EXTRA}{name}");
            let mut taken = BTreeSet::new();
            let setters: String = setters.iter().map(|setter| self.write_function(setter, Some(&mut taken))).collect();
            placeholder = format!("  resource %{extra} {{\n{setters}  }}\n");
            lines.push(format!("    extra: option<borrow<%{extra}>>,\n"));
            self.know(&extra, What::Placeholder, (true, false));
        }
        if lines.is_empty() {
            lines.push("    depth: option<u32>,\n".to_owned());
        }
        // A lent handle may not be in an answer; where nothing is dared, options are parameters anyway.
        self.know(&name, What::Options, (false, true));
        format!("{placeholder}{docs}  record %{name} {{\n{}  }}\n", lines.concat())
    }

    fn cases(&self, cases: &[(Index, Option<Value>)], taken: &mut BTreeSet<String>) -> (String, (bool, bool)) {
        let mut holds = (false, false);
        let case = |(name, value): &(Index, Option<Value>)| {
            let name = fresh(name, self.pool(&names::PARTS), taken);
            let Some(value) = value else { return format!("    %{name},\n") };
            let (text, held) = self.value(value, Place::Inside);
            holds = (holds.0 || held.0, holds.1 || held.1);
            format!("    %{name}({text}),\n")
        };
        let text = cases.iter().map(case).collect();
        (text, holds)
    }
}

/// A resource whose functions are still to be written: name, docs, parameters of the constructor, functions.
type Resource<'s> = (String, String, Option<&'s [Param]>, &'s [Function]);

fn case_names(cases: &[Index], pool: &[&str]) -> String {
    let mut taken = BTreeSet::new();
    let names: Vec<_> = cases.iter().map(|case| format!("%{}", fresh(case, pool, &mut taken))).collect();
    names.join(", ")
}
