//! The lines of a sketch as a rules file; `fit` says which paths they may have.

use proptest::sample::Index;
use toml::{Table as Toml, Value as Any};
use wit_parser::{Function, Resolve, Type, TypeDefKind};

use super::spots::{Spots, Value};
use super::write::{CURSOR, EXTRA, SIZE, SMALL};
use super::{Line, Sketch, names};

/// A table of the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is a table of the rules file, under its own name")]
pub enum Table {
    LeaveOut,
    Rename,
    Move,
    TextValues,
    TextVariants,
    TextBodies,
    Seconds,
    Joined,
    Choices,
    Flags,
    Records,
    Addresses,
    Absent,
    Complete,
    ReadAll,
    Lazy,
    Across,
    Stay,
    Strip,
    Handles,
    Groups,
    Pairs,
    Split,
    Remember,
    Share,
    Options,
    DetailPrefix,
    MaybeTooSmall,
    Docs,
}

impl Table {
    /// Every table.
    pub const ALL: [Self; 29] = [
        Self::LeaveOut,
        Self::Rename,
        Self::Move,
        Self::TextValues,
        Self::TextVariants,
        Self::TextBodies,
        Self::Seconds,
        Self::Joined,
        Self::Choices,
        Self::Flags,
        Self::Records,
        Self::Addresses,
        Self::Absent,
        Self::Complete,
        Self::ReadAll,
        Self::Lazy,
        Self::Across,
        Self::Stay,
        Self::Strip,
        Self::Handles,
        Self::Groups,
        Self::Pairs,
        Self::Split,
        Self::Remember,
        Self::Share,
        Self::Options,
        Self::DetailPrefix,
        Self::MaybeTooSmall,
        Self::Docs,
    ];
}

/// Writes the rules of a sketch whose WIT this is.
pub fn rules(sketch: &Sketch, resolve: &Resolve) -> String {
    let spots = Spots::of(resolve);
    let mut rules = Rules { spots, text: Toml::new() };
    rules.set(&["package", "name"], "acme:friendly");
    rules.spell(sketch);
    for line in &sketch.lines {
        rules.line(line);
    }
    toml::to_string(&rules.text).expect("a table is TOML")
}

/// The rules so far.
pub(super) struct Rules<'r> {
    /// What their lines can name.
    pub(super) spots: Spots<'r>,
    text: Toml,
}

impl Rules<'_> {
    /// What nearly every world needs.
    fn spell(&mut self, sketch: &Sketch) {
        let errors: Vec<_> = self.spots.calls.iter().filter_map(|call| self.error(call.function)).collect();
        let error = errors.first().cloned().or_else(|| {
            let small = self.spots.cases.iter().map(|(path, _)| path.rsplit_once('.').unwrap_or_default());
            small.into_iter().find(|(_, case)| *case == SMALL).map(|(of, _)| of.to_owned())
        });
        if let (Some(error), false) = (error, sketch.unsaid.default) {
            self.set(&["errors", "default"], error);
        }
        let takes = |name| {
            let params = self.spots.calls.iter().flat_map(|call| &call.function.params);
            params.into_iter().any(|param| param.name == name)
        };
        let (size, cursor) = (takes(SIZE), takes(CURSOR));
        if !sketch.unsaid.buffers {
            if size {
                self.set(&["buffers", "size-parameter"], SIZE);
            }
            if cursor {
                self.set(&["buffers", "cursor-parameter"], CURSOR);
            }
            let small = self.spots.cases.iter().map(|(path, _)| path);
            let is_error =
                |path: &&String| errors.iter().any(|error| path.strip_suffix(SMALL) == Some(&format!("{error}.")));
            let small: Vec<_> = small.filter(is_error).cloned().collect();
            for path in small {
                self.push(&["buffers", "too-small"], path);
            }
        }
        let is_extra = |path: &str| path.split('.').nth(1).is_some_and(|name| name.starts_with(EXTRA));
        if !sketch.unsaid.extra && self.spots.types.iter().any(|named| is_extra(&named.path)) {
            self.set(&["extra", "prefix"], EXTRA);
        }
        if !sketch.unsaid.required {
            for (path, fields) in self.options() {
                for field in fields {
                    self.push(&["options", &path, "required"], field);
                }
            }
        }
    }

    /// The options that functions take, with the fields that are not optional.
    pub(super) fn options(&self) -> Vec<(String, Vec<String>)> {
        let mut found = Vec::new();
        for named in self.spots.types.iter().filter(|named| named.path.ends_with("-options")) {
            let TypeDefKind::Record(record) = &self.spots.resolve.types[named.id].kind else { continue };
            let is_taken =
                |value: &&Value| value.is_param && self.spots.kind(&value.ty) == self.spots.kind(&Type::Id(named.id));
            if !self.spots.values.iter().any(|value| is_taken(&value)) {
                continue;
            }
            let is_optional = |ty: &Type| matches!(self.spots.kind(ty), Some(TypeDefKind::Option(_)));
            let needed = record.fields.iter().filter(|field| !is_optional(&field.ty));
            let needed: Vec<_> = needed.map(|field| field.name.clone()).collect();
            let has_optional = record.fields.len() > needed.len();
            if has_optional && !needed.is_empty() {
                found.push((named.path.clone(), needed));
            }
        }
        found
    }

    /// The path of the named error that a function fails with.
    pub(super) fn error(&self, function: &Function) -> Option<String> {
        let mut ty = self.spots.result(function)?.1?;
        while let Type::Id(id) = ty {
            match self.spots.resolve.types[id].kind {
                TypeDefKind::Type(next) => ty = next,
                TypeDefKind::Variant(_) | TypeDefKind::Enum(_) => break,
                TypeDefKind::Record(_)
                | TypeDefKind::Resource
                | TypeDefKind::Handle(_)
                | TypeDefKind::Flags(_)
                | TypeDefKind::Tuple(_)
                | TypeDefKind::Option(_)
                | TypeDefKind::Result(_)
                | TypeDefKind::List(_)
                | TypeDefKind::Map(..)
                | TypeDefKind::FixedLengthList(..)
                | TypeDefKind::Future(_)
                | TypeDefKind::Stream(_)
                | TypeDefKind::Unknown => return None,
            }
        }
        let Type::Id(id) = ty else { return None };
        self.spots.types.iter().find(|named| named.id == id).map(|named| named.path.clone())
    }

    fn line(&mut self, line: &Line) {
        let Some(path) = self.path(line) else { return };
        let interface = path.split('.').next().unwrap_or_default().to_owned();
        let name = |pool: &[&'static str]| *line.other.get(pool);
        let path = path.as_str();
        match line.table {
            Table::LeaveOut => self.set(&["leave-out", path], "an app does without"),
            Table::Rename => self.set(&["rename", path], name(&names::FUNCTIONS)),
            Table::Move => {
                let others = self.spots.interfaces.iter().filter(|other| !line.fits || **other != interface);
                let others: Vec<_> = others.cloned().collect();
                if !others.is_empty() {
                    self.set(&["move", path], line.other.get(&others).clone());
                }
            }
            Table::TextValues => self.push(&["text", "values"], path),
            Table::TextVariants => self.push(&["text", "variants"], path),
            Table::TextBodies => self.push(&["text", "bodies"], path),
            Table::Seconds => self.set(&["seconds", path], name(&["s", "ms", "ns"])),
            Table::Joined => self.set(&["joined", path], name(&["space", "nul"])),
            Table::Choices => {
                let of = format!("{interface}.choice");
                self.push(&["choices", &of, "at"], path);
                self.set(&["choices", &of, "docs"], "One of two.");
                for (is, case) in [(0, "first-of-all"), (7, "none")] {
                    self.set(&["choices", &of, "cases", case, "is"], is);
                    self.set(&["choices", &of, "cases", case, "docs"], "A case.");
                }
            }
            Table::Flags => self.push(&["flags", "values"], path),
            Table::Records => self.record(&interface, path),
            Table::Addresses => self.push(&["addresses", "types"], path),
            Table::Absent => {
                let call = self.spots.calls.iter().find(|call| call.path == path);
                let error = call.and_then(|call| self.error(call.function)).unwrap_or_default();
                let is_of = |(path, _): &&(String, Option<Type>)| {
                    path.strip_prefix(&error).is_some_and(|rest| rest.starts_with('.'))
                };
                let cases: Vec<_> = self.spots.cases.iter().filter(is_of).map(|(path, _)| path.clone()).collect();
                self.set(&["absent", path, "why"], "the host says so");
                if cases.is_empty() {
                    self.set(&["absent", path, "empty"], true);
                } else {
                    let case = line.other.get(&cases).rsplit('.').next().unwrap_or_default().to_owned();
                    self.push(&["absent", path, "errors"], case);
                }
            }
            Table::Complete => self.set(&["complete", path], "write-some"),
            Table::ReadAll => self.set(&["read-all", path], "read-whole"),
            Table::Lazy => self.push(&["constructors", "lazy"], path),
            Table::Across => self.push(&["methods", "across"], interface),
            Table::Stay => self.set(&["methods", "stay", path], "an app should see it"),
            Table::Strip => {
                let start = path.rsplit('.').next().and_then(|name| name.split_once('-'));
                if let Some((start, _)) = start {
                    self.push(&["methods", "strip"], format!("{start}-"));
                }
            }
            Table::Handles => {
                self.set(&["handles", path, "distinct"], true);
                self.set(&["handles", path, "at-least-one"], line.other.index(2) == 0);
            }
            Table::Groups => self.group(path, &line.other),
            Table::Pairs => self.pairs(path, &line.other),
            Table::Split => self.split(path),
            Table::Remember => self.set(&["remember", path], "the host says it once"),
            Table::Share => self.set(&["wrap", "share", path], "as-shared"),
            Table::Options => {
                let fields: Vec<_> = self.options().into_iter().filter(|(of, _)| of == path).collect();
                let field = fields.first().map_or("depth", |(_, fields)| line.other.get(fields).as_str()).to_owned();
                let literal = name(&["0", "1", "true", "\"a\"", "'c'", "1.5", "none", "[]"]);
                if let Some(Any::Table(options)) = self.text.get_mut("options")
                    && let Some(Any::Table(of)) = options.get_mut(path)
                    && let Some(Any::Array(required)) = of.get_mut("required")
                {
                    required.retain(|other| other.as_str() != Some(&field));
                }
                self.set(&["options", path, "defaults", &field], literal);
            }
            Table::DetailPrefix => self.set(&["errors", "detail-prefix", path], name(&["found", "dns"])),
            Table::MaybeTooSmall => self.push(&["buffers", "maybe-too-small"], path),
            Table::Docs => self.set(&["docs", path], name(&names::DOCS)),
        }
    }

    fn record(&mut self, interface: &str, path: &str) {
        let values = self.spots.values.iter().map(|value| (&value.path, value.ty));
        let types = self.spots.types.iter().map(|named| (&named.path, Type::Id(named.id)));
        let ty = values.chain(types).find(|(of, _)| *of == path).map(|(_, ty)| self.spots.bare(&ty, true));
        let parts = match ty.and_then(|ty| self.spots.kind(&ty)) {
            Some(TypeDefKind::Tuple(tuple)) => tuple.types.len(),
            Some(_) | None => 2,
        };
        let of = format!("{interface}.parts-{}", path.split('.').skip(1).collect::<Vec<_>>().join("-"));
        self.push(&["records", &of, "at"], path);
        self.set(&["records", &of, "docs"], "Its `value`, in parts.");
        for (field, _) in ["one", "two", "three", "four", "five", "six", "seven", "eight"].iter().zip(0..parts) {
            self.set(&["records", &of, "fields", field], "A part.");
        }
    }

    /// Two getters that are called in the same way.
    fn group(&mut self, path: &str, other: &Index) {
        let (of, name) = path.rsplit_once('.').unwrap_or_default();
        let beside: Vec<_> =
            self.getters().filter(|call| call.path.rsplit_once('.').is_some_and(|(beside, _)| beside == of)).collect();
        if beside.is_empty() {
            return;
        }
        let second = other.get(&beside);
        let members =
            [(name.to_owned(), path.to_owned()), (second.function.item_name().to_owned(), second.path.clone())];
        let group = format!("{of}.info");
        self.set(&["groups", &group, "record"], "info-record");
        self.set(&["groups", &group, "docs"], "Gets all that is known.");
        self.set(&["groups", &group, "record-docs"], "All that is known.");
        for (field, getter) in members {
            self.set(&["groups", &group, "members", &field], getter);
        }
    }

    /// What lists names, and something beside it that takes one.
    fn pairs(&mut self, path: &str, other: &Index) {
        let (of, _) = path.rsplit_once('.').unwrap_or_default();
        let takes_name =
            |function: &Function| function.params.iter().any(|param| self.spots.bare(&param.ty, false) == Type::String);
        let beside = self.spots.calls.iter().filter(|call| call.path.rsplit_once('.').is_some_and(|(at, _)| at == of));
        let takers: Vec<_> = beside.filter(|call| takes_name(call.function)).map(|call| call.path.clone()).collect();
        if takers.is_empty() {
            return;
        }
        let pairs = format!("{of}.all-pairs");
        self.set(&["pairs", &pairs, "names"], path);
        self.set(&["pairs", &pairs, "values"], other.get(&takers).as_str());
        self.set(&["pairs", &pairs, "docs"], "Gets all of them.");
    }

    fn split(&mut self, path: &str) {
        let call = self.spots.calls.iter().find(|call| call.path == path);
        let variant = call.and_then(|call| {
            let mut kinds = call.function.params.iter().filter_map(|param| self.spots.kind(&param.ty));
            kinds.find_map(|kind| if let TypeDefKind::Variant(variant) = kind { Some(variant) } else { None })
        });
        let cases = variant.map(|variant| variant.cases.iter().map(|case| case.name.clone()).collect());
        let cases: Vec<String> = cases.unwrap_or_else(|| vec!["none".to_owned()]);
        for case in cases {
            let name = format!("do-{case}");
            self.set(&["split", path, &case], name);
        }
    }

    /// Sets what is at these keys.
    fn set(&mut self, keys: &[&str], value: impl Into<Any>) {
        if let Some((last, table)) = self.table(keys) {
            table.insert(last, value.into());
        }
    }

    /// Adds to the list at these keys.
    fn push(&mut self, keys: &[&str], value: impl Into<Any>) {
        let Some((last, table)) = self.table(keys) else { return };
        let list = table.entry(last).or_insert_with(|| Any::Array(Vec::new()));
        let (Any::Array(list), value) = (list, value.into()) else { return };
        if !list.contains(&value) {
            list.push(value);
        }
    }

    /// The table that the last key is in, and that key.
    fn table(&mut self, keys: &[&str]) -> Option<(String, &mut Toml)> {
        let (last, tables) = keys.split_last()?;
        let mut table = &mut self.text;
        for key in tables {
            table = table.entry(*key).or_insert_with(|| Any::Table(Toml::new())).as_table_mut()?;
        }
        Some(((*last).to_owned(), table))
    }
}
