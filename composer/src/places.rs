//! Where a refusal is about: the line of the rules file, and the item of the WIT.

use std::collections::HashMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use wit_parser::{Span, TypeDefKind};

use crate::derive::{DeriveError, Remedy};
use crate::read::RawWorld;
use crate::rules::RulesError;

/// A part of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, as the WIT parser was given it.
    pub file: String,
    /// From where to where, in bytes.
    pub range: Range<usize>,
}

/// What a refusal is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// The line in the text of the rules, in bytes.
    pub rules: Option<Range<usize>>,
    /// The item in the WIT. What was decoded from binary WIT has none.
    pub wit: Option<Place>,
}

/// The places of a rules file: of each key, and of each text in a list or as a value.
#[derive(Debug, Default)]
pub struct RulesIndex {
    keys: HashMap<Vec<String>, Range<usize>>,
    /// By the table that they are in, however deep.
    texts: HashMap<(String, String), Range<usize>>,
}

impl RulesIndex {
    /// Of a text that is no TOML, there are no places.
    pub fn new(rules: &str) -> Self {
        let mut index = Self::default();
        if let Ok(table) = DeTable::parse(rules) {
            index.add_table(&mut Vec::new(), table.get_ref());
        }
        index
    }

    fn add_table(&mut self, above: &mut Vec<String>, table: &DeTable<'_>) {
        for (key, value) in table {
            above.push(key.get_ref().to_string());
            self.keys.insert(above.clone(), key.span());
            self.add_value(above, value);
            above.pop();
        }
    }

    fn add_value(&mut self, above: &mut Vec<String>, value: &Spanned<DeValue<'_>>) {
        match value.get_ref() {
            DeValue::Table(table) => self.add_table(above, table),
            DeValue::Array(items) => items.iter().for_each(|item| self.add_value(above, item)),
            DeValue::String(text) => {
                let table = above.first().cloned().unwrap_or_default();
                self.texts.entry((table, text.to_string())).or_insert_with(|| value.span());
            }
            DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {}
        }
    }

    /// The place of the key that these lead to, or of the text that is the last of them.
    fn get(&self, keys: &[String]) -> Option<Range<usize>> {
        let text = || self.texts.get(&(keys.first()?.clone(), keys.last()?.clone()));
        self.keys.get(keys).or_else(text).cloned()
    }
}

/// Finds what a refusal is about.
pub fn find(error: &DeriveError, rules: &RulesIndex, raw: &RawWorld) -> Places {
    match error {
        DeriveError::Rules(error) => Places { rules: rules_range(error, rules), wit: None },
        DeriveError::Shape { path, remedy, .. } => {
            let named = tables_of(remedy);
            let lines = named.iter().map(|keys| [keys.as_slice(), std::slice::from_ref(path)].concat());
            let tables = named.iter().filter(|keys| keys.len() > 1).cloned();
            Places { rules: lines.chain(tables).find_map(|keys| rules.get(&keys)), wit: wit_place(raw, path) }
        }
    }
}

fn rules_range(error: &RulesError, rules: &RulesIndex) -> Option<Range<usize>> {
    let at = |keys: &[&str]| rules.get(&keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>());
    match error {
        RulesError::Parse { at, .. } => at.clone(),
        RulesError::NoMatch { line: named, .. }
        | RulesError::NoPhrase { line: named }
        | RulesError::NoEffect { line: named, .. }
        | RulesError::Name { line: named, .. } => rules.get(&keys(named)),
        RulesError::HostPackage { name } => at(&["host", "packages", name]),
        RulesError::Python { key, .. } => at(&["python", key]),
        RulesError::PythonError { .. } => at(&["python", "error"]),
        RulesError::Package { .. } => at(&["package", "name"]),
        RulesError::NoPython { .. } => None,
    }
}

/// The keys of a line as messages have it: `table."path".field`, perhaps with ` = value`.
fn keys(line: &str) -> Vec<String> {
    let line = line.split_once(" = ").map_or(line, |(line, _)| line);
    // Every other part stands between quotes.
    let parts = line.split('"').enumerate();
    let keys = parts.flat_map(|(place, part)| {
        let bare = part.split('.').filter(|key| !key.is_empty()).map(str::to_owned);
        if place % 2 == 1 { vec![part.to_owned()] } else { bare.collect() }
    });
    keys.collect()
}

/// The tables of the rules that have to do with a refusal, each by its keys.
fn tables_of(remedy: &Remedy) -> Vec<Vec<String>> {
    match remedy {
        Remedy::ConstructorFunction(_) => vec![vec!["constructors".to_owned(), "functions".to_owned()]],
        Remedy::LeaveOut(_) => vec![vec!["leave-out".to_owned()]],
        Remedy::Keep(_) => vec![vec!["keep".to_owned()]],
        Remedy::Rename { .. } => vec![vec!["rename".to_owned()]],
        Remedy::DefaultError => vec![vec!["errors".to_owned()]],
        Remedy::Options { record, .. } => vec![vec!["options".to_owned(), record.clone()]],
        Remedy::Words(words) => tables_in(words),
    }
}

/// The tables that words name, each by its keys.
fn tables_in(words: &str) -> Vec<Vec<String>> {
    let starts = words.split('[').skip(1);
    starts.filter_map(|rest| rest.split_once(']')).map(|(table, _)| keys(table)).collect()
}

/// The place of a raw item: an interface, a type, a function, or a part of one.
fn wit_place(raw: &RawWorld, path: &str) -> Option<Place> {
    let interfaces = raw.resolve.interfaces.iter().map(|(id, _)| (id, raw.interface_name(id)));
    let (id, rest) = interfaces
        .filter(|(_, name)| !name.is_empty())
        .find_map(|(id, name)| path.strip_prefix(&name).map(|rest| (id, rest.to_owned())))
        .filter(|(_, rest)| rest.is_empty() || rest.starts_with('.'))?;
    let interface = &raw.resolve.interfaces[id];
    let functions = interface.functions.values();
    let mut functions = functions.map(|function| (raw.function_path(id, function), function.span));
    let span = match rest.trim_start_matches('.') {
        "" => interface.span,
        item => {
            let (of, part) = item.split_once('.').map_or((item, None), |(of, part)| (of, Some(part)));
            let is_in = |function: &str| path == function || path.starts_with(&format!("{function}."));
            let function = functions.find(|(function, _)| is_in(function)).map(|(_, span)| span);
            function.or_else(|| {
                let def = &raw.resolve.types[*interface.types.get(of)?];
                Some(part.and_then(|part| part_span(&def.kind, part)).unwrap_or(def.span))
            })?
        }
    };
    let found = raw.resolve.source_map.resolve_span(span)?;
    Some(Place { file: found.path.to_owned(), range: found.range })
}

fn part_span(kind: &TypeDefKind, part: &str) -> Option<Span> {
    let is_it = |name: &String| name == part;
    match kind {
        TypeDefKind::Record(record) => record.fields.iter().find(|field| is_it(&field.name)).map(|field| field.span),
        TypeDefKind::Variant(variant) => variant.cases.iter().find(|case| is_it(&case.name)).map(|case| case.span),
        TypeDefKind::Enum(found) => found.cases.iter().find(|case| is_it(&case.name)).map(|case| case.span),
        TypeDefKind::Flags(flags) => flags.flags.iter().find(|flag| is_it(&flag.name)).map(|flag| flag.span),
        TypeDefKind::Resource
        | TypeDefKind::Handle(_)
        | TypeDefKind::Tuple(_)
        | TypeDefKind::Option(_)
        | TypeDefKind::Result(_)
        | TypeDefKind::List(_)
        | TypeDefKind::Map(..)
        | TypeDefKind::FixedLengthList(..)
        | TypeDefKind::Future(_)
        | TypeDefKind::Stream(_)
        | TypeDefKind::Type(_)
        | TypeDefKind::Unknown => None,
    }
}
