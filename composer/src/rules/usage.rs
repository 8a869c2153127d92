//! Which lines of the rules were asked for: one that never was does nothing, and is refused.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashSet};

use indexmap::IndexMap;

use crate::nearest::nearest;

use super::{AbsentRules, ChoiceRules, OptionsRules, RecordRules, Rules, RulesError, Separator, Time};

/// How many lines that match nothing are told what is near to them: it is looked for among all paths.
const MOST_HINTS: usize = 100;

/// The rules of one derivation, with the lines that were asked for.
#[derive(Debug)]
pub struct RuleUsage<'a> {
    /// The rules.
    pub rules: &'a Rules,
    used: RefCell<BTreeSet<(&'static str, String)>>,
}

impl<'a> RuleUsage<'a> {
    /// No line was asked for yet.
    pub fn new(rules: &'a Rules) -> Self {
        Self { rules, used: RefCell::default() }
    }

    pub(super) fn ask<'m, V>(&self, table: &'static str, map: &'m IndexMap<String, V>, path: &str) -> Option<&'m V> {
        let value = map.get(path)?;
        self.used.borrow_mut().insert((table, path.to_owned()));
        Some(value)
    }

    /// Why this item has no friendly counterpart, if it has none.
    pub fn leave_out(&self, path: &str) -> Option<&'a String> {
        self.ask("leave-out", &self.rules.leave_out, path)
    }

    /// Whether this interface stays as it is, whatever it has.
    pub fn is_kept(&self, interface: &str) -> bool {
        self.rules.keep.contains_key(interface)
    }

    /// Notes that an interface stays as it is of which something would change.
    pub fn keep(&self, interface: &str) {
        self.ask("keep", &self.rules.keep, interface);
    }

    /// The friendly name of this item, if it is not the raw one.
    pub fn rename(&self, path: &str) -> Option<&'a String> {
        self.ask("rename", &self.rules.rename, path)
    }

    /// The functions this one is split into, if it is.
    pub fn split(&self, path: &str) -> Option<&'a IndexMap<String, String>> {
        self.ask("split", &self.rules.split, path)
    }

    /// Whether the host answers this method once only.
    pub fn remember(&self, path: &str) -> bool {
        self.ask("remember", &self.rules.remember, path).is_some()
    }

    /// What says that what this method gave is over, where that is held as long as its object.
    pub fn hold(&self, path: &str) -> Option<&'a String> {
        self.ask("hold", &self.rules.hold, path)
    }

    /// Defaults and required fields of this options record.
    pub fn options(&self, path: &str) -> Option<&'a OptionsRules> {
        self.ask("options", &self.rules.options, path)
    }

    /// The default error for the functions of a raw interface, if there is one.
    pub fn default_error(&self, interface: &str) -> Option<&'a String> {
        let of_interface = self.ask("errors.interfaces", &self.rules.errors.interfaces, interface);
        of_interface.or(self.rules.errors.default.as_ref())
    }

    /// The prefix of the fields that this case's payload becomes.
    pub fn detail_prefix(&self, path: &str) -> Option<&'a String> {
        self.ask("errors.detail-prefix", &self.rules.errors.detail_prefix, path)
    }

    /// The method that ties an alias to this resource.
    pub fn share(&self, path: &str) -> Option<&'a String> {
        self.ask("wrap.share", &self.rules.wrap.share, path)
    }

    /// Whether this error case says that a buffer was too small.
    pub fn too_small(&self, path: &str) -> bool {
        self.listed("buffers.too-small", &self.rules.buffers.too_small, path)
    }

    /// Whether this error case may say so.
    pub fn maybe_too_small(&self, path: &str) -> bool {
        self.listed("buffers.maybe-too-small", &self.rules.buffers.maybe_too_small, path)
    }

    /// Whether the bytes at this path are text.
    pub fn is_text(&self, path: &str) -> bool {
        self.listed("text.values", &self.rules.text.values, path)
    }

    /// Whether this function has a text variant.
    pub fn has_text_variant(&self, path: &str) -> bool {
        self.listed("text.variants", &self.rules.text.variants, path)
    }

    /// Whether this variant is an address.
    pub fn is_address(&self, path: &str) -> bool {
        self.listed("addresses.types", &self.rules.addresses.types, path)
    }

    /// The unit of the time at this path, if it is one.
    pub fn seconds(&self, path: &str) -> Option<Time> {
        self.ask("seconds", &self.rules.seconds, path).copied()
    }

    /// What joins the items at this path, if they are joined.
    pub fn joined(&self, path: &str) -> Option<Separator> {
        self.ask("joined", &self.rules.joined, path).copied()
    }

    /// The record that the value at this path becomes: its friendly path.
    pub fn record(&self, path: &str) -> Option<(&'a String, &'a RecordRules)> {
        self.at("records", &self.rules.records, path, |rules| &rules.at)
    }

    /// The enum that the value at this path becomes: its friendly path.
    pub fn choice(&self, path: &str) -> Option<(&'a String, &'a ChoiceRules)> {
        self.at("choices", &self.rules.choices, path, |rules| &rules.at)
    }

    /// Whether the integer at this path is true or false.
    pub fn is_flag(&self, path: &str) -> bool {
        self.listed("flags.values", &self.rules.flags.values, path)
    }

    /// Whether a group has this getter, and it is no function of its own.
    pub fn is_grouped(&self, path: &str) -> bool {
        self.rules.groups.values().any(|group| {
            let mut taken = group.members.iter().filter(|(field, _)| !group.keep.contains(field));
            group.of.as_deref() == Some(path) || taken.any(|(_, member)| member == path)
        })
    }

    /// Notes that a member of a group was found.
    pub fn member(&self, path: &str) {
        self.used.borrow_mut().insert(("groups", path.to_owned()));
    }

    /// What means nothing among the answers of this function.
    pub fn absent(&self, path: &str) -> Option<&'a AbsentRules> {
        self.ask("absent", &self.rules.absent, path)
    }

    /// Whether functions of this interface are methods of resources of others.
    pub fn moves_across(&self, interface: &str) -> bool {
        self.listed("methods.across", &self.rules.methods.across, interface)
    }

    /// Whether this function is no method of the resource it works on.
    pub fn stays(&self, path: &str) -> bool {
        self.ask("methods.stay", &self.rules.methods.stay, path).is_some()
    }

    /// The name without a start that says no more than where it stands.
    pub fn stripped<'n>(&self, name: &'n str) -> Option<&'n str> {
        let leaves_a_name = |start: &&String| {
            name.strip_prefix(start.as_str()).is_some_and(|rest| wit_parser::validate_id(rest).is_ok())
        };
        let start = self.rules.methods.strip.iter().find(leaves_a_name)?;
        self.used.borrow_mut().insert(("methods.strip", start.clone()));
        name.strip_prefix(start.as_str())
    }

    /// The interface that this type lives in, if it is not the raw one.
    pub fn moved(&self, path: &str) -> Option<&'a String> {
        self.ask("move", &self.rules.moved, path)
    }

    /// Whether this function becomes a constructor that makes its resource later.
    pub fn is_lazy(&self, path: &str) -> bool {
        self.listed("constructors.lazy", &self.rules.constructors.lazy, path)
    }

    /// The name of the static function that this constructor is, if it is one.
    pub fn constructor_function(&self, path: &str) -> Option<&'a String> {
        self.ask("constructors.functions", &self.rules.constructors.functions, path)
    }

    /// Whether this parameter is a `result` that is always its `ok`.
    pub fn is_always_ok(&self, path: &str) -> bool {
        self.listed("results.ok", &self.rules.results.ok, path)
    }

    fn at<R>(
        &self,
        table: &'static str,
        map: &'a IndexMap<String, R>,
        path: &str,
        at: impl Fn(&R) -> &Vec<String>,
    ) -> Option<(&'a String, &'a R)> {
        let found = map.iter().find(|(_, rules)| at(rules).iter().any(|line| line == path));
        if found.is_some() {
            self.used.borrow_mut().insert((table, path.to_owned()));
        }
        found
    }

    pub(super) fn listed(&self, table: &'static str, list: &[String], path: &str) -> bool {
        let found = list.iter().any(|line| line == path);
        if found {
            self.used.borrow_mut().insert((table, path.to_owned()));
        }
        found
    }

    /// The lines that nothing asked for; `paths` are all there are. Of one whose path is there, that is known where it
    /// was looked up.
    pub fn unmatched(
        &self,
        package: &str,
        paths: &[String],
        is_looked_up: impl Fn(&str, &str) -> bool,
    ) -> Vec<RulesError> {
        let used = self.used.borrow();
        let unmatched = self.all().into_iter().filter(|line| !used.contains(line));
        let known: HashSet<&str> = paths.iter().map(String::as_str).collect();
        let error = |(place, (table, key)): (usize, (&'static str, String))| {
            let line = format!("{table}.\"{key}\"");
            // The start of a name is no path.
            if table != "methods.strip" && !known.contains(key.as_str()) {
                let near = if place < MOST_HINTS { paths } else { &[] };
                return Some(self.no_match(line, &key, package, near));
            }
            is_looked_up(table, &key).then(|| RulesError::NoEffect { line, path: key, wanted: wanted(table) })
        };
        unmatched.enumerate().filter_map(error).collect()
    }

    /// The error of a line that names what is not there.
    pub fn no_match(&self, line: String, name: &str, package: &str, names: &[String]) -> RulesError {
        let hint = nearest(name, names).map(|near| format!(", perhaps to `{near}`,")).unwrap_or_default();
        RulesError::NoMatch { line, package: package.to_owned(), hint }
    }

    fn all(&self) -> Vec<(&'static str, String)> {
        let rules = self.rules;
        let mut all = Vec::new();
        let mut add =
            |table: &'static str, keys: Vec<&String>| all.extend(keys.into_iter().map(|key| (table, key.clone())));
        add("errors.interfaces", rules.errors.interfaces.keys().collect());
        add("errors.detail-prefix", rules.errors.detail_prefix.keys().collect());
        add("buffers.too-small", rules.buffers.too_small.iter().collect());
        add("buffers.maybe-too-small", rules.buffers.maybe_too_small.iter().collect());
        add("wrap.share", rules.wrap.share.keys().collect());
        add("options", rules.options.keys().collect());
        add("leave-out", rules.leave_out.keys().collect());
        add("keep", rules.keep.keys().collect());
        add("rename", rules.rename.keys().collect());
        add("split", rules.split.keys().collect());
        add("remember", rules.remember.keys().collect());
        add("hold", rules.hold.keys().collect());
        add("text.values", rules.text.values.iter().collect());
        add("text.variants", rules.text.variants.iter().collect());
        add("text.bodies", rules.text.bodies.iter().collect());
        add("addresses.types", rules.addresses.types.iter().collect());
        add("seconds", rules.seconds.keys().collect());
        add("joined", rules.joined.keys().collect());
        add("records", rules.records.values().flat_map(|record| &record.at).collect());
        add("choices", rules.choices.values().flat_map(|choice| &choice.at).collect());
        add("flags.values", rules.flags.values.iter().collect());
        add("groups", rules.groups.values().flat_map(|group| group.members.values().chain(&group.of)).collect());
        add("absent", rules.absent.keys().collect());
        add("methods.across", rules.methods.across.iter().collect());
        add("methods.strip", rules.methods.strip.iter().collect());
        add("methods.stay", rules.methods.stay.keys().collect());
        add("move", rules.moved.keys().collect());
        add("constructors.lazy", rules.constructors.lazy.iter().collect());
        add("constructors.functions", rules.constructors.functions.keys().collect());
        add("results.ok", rules.results.ok.iter().collect());
        add("complete", rules.complete.keys().collect());
        add("read-all", rules.read_all.keys().collect());
        add("handles", rules.handles.keys().collect());
        all
    }
}

/// What a table is about, for a line that names something else.
fn wanted(table: &str) -> &'static str {
    match table {
        "errors.interfaces" => "an interface with functions that need a default error",
        "errors.detail-prefix" => "a case with a record in the detail of an error",
        "buffers.too-small" | "buffers.maybe-too-small" => "a case of an error that some function fails with",
        "wrap.share" => "a resource that another interface has under another name",
        "options" => "a record that functions take as a parameter of its own, and that none returns",
        "split" => "a function that the world imports and the rules keep",
        "remember" | "hold" => "a method that the world imports and the rules keep",
        "text.bodies" => "a function that returns a handle, which is given away, or an option of one",
        "handles" => "a parameter of a function that the world imports and the rules keep",
        "complete" | "read-all" => "a function that the world imports and the rules keep",
        "leave-out" => "an interface that the world imports, nor a type or a function of one",
        "keep" => "an interface that the world imports and of which something would change",
        "rename" => {
            "a type or a function that the rules keep, a field of options, or a parameter that the app gives by its name"
        }
        "text.values" => "a `list<u8>` that a function takes or returns, or that a field is",
        "text.variants" => "a function that the world imports and the rules keep",
        "addresses.types" => "a type that a function takes or returns",
        "seconds" => "an unsigned integer that is a type, a parameter, a result or a field",
        "joined" => "a `string` or a `list<u8>` that is a parameter, a result or a field",
        "records" => "a tuple that is a type, a parameter, a result or a field, nor a `string` that the host gives",
        "choices" => "an unsigned integer that is a type, a parameter, a result or a field",
        "flags.values" => {
            "an unsigned integer that is a parameter, a result or a field, and that no other line converts"
        }
        "groups" => "a getter of an interface that the world imports",
        "absent" => "a function that the world imports and the rules keep",
        "methods.across" => "an interface with functions on resources of others",
        "methods.strip" => "the start of a freestanding function's name, up to a hyphen",
        "methods.stay" => "a function on a resource of another interface that `across` would make a method",
        "move" => "a type that an interface of the world defines and the rules keep",
        "constructors.lazy" => "a function that the world imports and the rules keep",
        "constructors.functions" => "a constructor that the world imports and the rules keep",
        "results.ok" => "a parameter that is a `result` whose `ok` is a resource that is given away",
        _ => "what the table is about",
    }
}
