//! The rules file: what WIT does not say about a world.
//!
//! Paths in it are raw ones, below the package: `interface.function`, `interface.resource.function`,
//! `interface.type`, `interface.type.case`. A line that matches nothing is an error, so that a world
//! that moved is noticed. `Lines` keeps count of which lines were asked for.

mod calls;
mod names;

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde::Deserialize;
use thiserror::Error;

use crate::stub::StubRules;
pub use calls::HandleRules;

/// A parsed rules file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Rules {
    /// The friendly package.
    pub package: PackageRules,
    /// Where the raw WIT is found when none is given.
    pub source: Option<Source>,
    /// How errors are told.
    pub errors: ErrorRules,
    /// How buffers and cursors are spelled.
    pub buffers: BufferRules,
    /// How placeholders for fields to come are spelled.
    pub extra: ExtraRules,
    /// How resources that are made of another one's alias are tied to it.
    pub wrap: WrapRules,
    /// Defaults and required fields of the options records.
    pub options: IndexMap<String, OptionsRules>,
    /// Raw items without a friendly twin, and why.
    pub leave_out: IndexMap<String, String>,
    /// Friendly names that differ from the raw ones.
    pub rename: IndexMap<String, String>,
    /// Functions that become one for each case of their variant parameter: case to name.
    pub split: IndexMap<String, IndexMap<String, String>>,
    /// Methods that the host answers once only, and why.
    pub remember: IndexMap<String, String>,
    /// Bytes that are text.
    pub text: TextRules,
    /// Variants of an IPv4 and an IPv6 tuple.
    pub addresses: AddressRules,
    /// Spans of time: the path of a type, a function's result, a parameter or a field, to its unit.
    pub seconds: IndexMap<String, Time>,
    /// Items joined into one value: the path of a function's result, a parameter or a field, to what joins them.
    pub joined: IndexMap<String, Separator>,
    /// Records for values without names of their own: friendly path of the record to what it stands for.
    pub records: IndexMap<String, RecordRules>,
    /// Enums for numbers that are choices: friendly path of the enum to what it stands for.
    pub choices: IndexMap<String, ChoiceRules>,
    /// Integers that are nothing but true or false: the path of a function's result, a parameter or a field.
    pub flags: FlagRules,
    /// Getters that are one thing: friendly path of the function that gets them all.
    pub groups: IndexMap<String, GroupRules>,
    /// Functions of which some answer means that there is nothing.
    pub absent: IndexMap<String, AbsentRules>,
    /// Which functions are methods of resources of other interfaces.
    pub methods: MethodRules,
    /// Types that live in another interface than the raw one: raw path to interface.
    #[serde(rename = "move")]
    pub moved: IndexMap<String, String>,
    /// Functions without parameters that make a resource, and become its constructor: the raw
    /// resource is made when it is first needed.
    pub constructors: ConstructorRules,
    /// Functions that take some of the bytes they are given and return how many: what such a one is called
    /// beside the one that takes all of them.
    pub complete: IndexMap<String, String>,
    /// Functions that read as many bytes as they are asked for: what is called so beside such a one reads to the end.
    pub read_all: IndexMap<String, String>,
    /// Lists of handles that the host does not take as they come: the path of a parameter, to what it must be.
    pub handles: IndexMap<String, HandleRules>,
    /// What items should say of themselves: path to text.
    pub docs: IndexMap<String, String>,
    /// What the host has besides, and the WIT does not say.
    pub host: HostRules,
    /// What the host lacks and the app asks for all the same.
    pub stub: StubRules,
    /// What is written into the producers section.
    pub metadata: MetadataRules,
}

/// The friendly package.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct PackageRules {
    /// Its name without version, such as `acme:friendly`; it takes the raw package's version.
    pub name: String,
}

/// A folder of WIT inside a crate that `Cargo.lock` pins.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Source {
    /// The crate.
    #[serde(rename = "crate")]
    pub crate_name: String,
    /// The folder inside it.
    pub path: String,
    /// The world to reshape.
    pub world: String,
}

/// How errors are told.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ErrorRules {
    /// The error of functions that have none of their own, and need one to say that a handle was consumed.
    pub default: Option<String>,
    /// Prefixes of the fields that a detail's payload is folded into: `interface.variant.case` to prefix.
    pub detail_prefix: IndexMap<String, String>,
}

/// How buffers and cursors are spelled.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct BufferRules {
    /// The parameter that limits how large an answer may be.
    pub size_parameter: Option<String>,
    /// The parameter that says where a page starts.
    pub cursor_parameter: Option<String>,
    /// Error cases that say that the limit was too small.
    pub too_small: Vec<String>,
    /// Error cases that may say it, once one of the others was said.
    pub maybe_too_small: Vec<String>,
}

/// How placeholders are spelled.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ExtraRules {
    /// Resources whose name starts so are placeholders for what a later version adds.
    pub prefix: Option<String>,
}

/// Bytes that are text.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct TextRules {
    /// Function results, parameters and fields that are text and nothing else.
    pub values: Vec<String>,
    /// Functions whose bytes are mostly text: each gets a twin, `-text` after its name, that takes or returns text.
    pub twins: Vec<String>,
    /// Functions whose answer is a handle to read a text from, and whose friendly answer is the text.
    pub bodies: Vec<String>,
}

/// Variants that are addresses.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct AddressRules {
    /// `variant { ipv4(tuple of four u8), ipv6(tuple of eight u16) }`, by its path.
    pub types: Vec<String>,
}

/// What a count of time is a count of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Time {
    /// A unit.
    Plain(Unit),
    /// A unit of which the host only takes some counts.
    Stepped {
        /// The unit.
        unit: Unit,
        /// What a count is a multiple of: the host would cut off the rest.
        step: u64,
    },
}

impl Time {
    /// The unit, and what a count is a multiple of.
    pub fn parts(self) -> (Unit, u64) {
        match self {
            Self::Plain(unit) => (unit, 1),
            Self::Stepped { unit, step } => (unit, step),
        }
    }
}

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Seconds.
    S,
    /// Milliseconds.
    Ms,
    /// Nanoseconds.
    Ns,
}

impl Unit {
    /// How many of it are in a second.
    pub fn per_second(self) -> u64 {
        match self {
            Self::S => 1,
            Self::Ms => 1_000,
            Self::Ns => 1_000_000_000,
        }
    }
}

/// What joins items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Separator {
    /// A space between them.
    Space,
    /// A NUL after each.
    Nul,
}

/// A record that a rule makes up.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RecordRules {
    /// The tuples that it stands for: paths of types, parameters, fields and functions' results. Or the texts of
    /// joined items: paths of functions' results.
    pub at: Vec<String>,
    /// What it says of itself.
    pub docs: String,
    /// Its fields in raw order, each with what it says of itself.
    pub fields: IndexMap<String, String>,
    /// Fields of a text that are one character, `\x01` or NUL, and no item with a NUL after it.
    #[serde(default)]
    pub flags: Vec<String>,
}

/// An enum that a rule makes up.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ChoiceRules {
    /// The integers that it stands for: paths of types, parameters, fields and functions' results.
    pub at: Vec<String>,
    /// What it says of itself.
    pub docs: String,
    /// Its cases.
    pub cases: IndexMap<String, ChoiceCase>,
}

/// A case of such an enum.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ChoiceCase {
    /// The integer.
    pub is: u64,
    /// What it says of itself.
    pub docs: String,
}

/// Integers that are true or false.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct FlagRules {
    /// Paths of functions' results, parameters and fields. 1 is true, and so is what else is not 0.
    pub values: Vec<String>,
}

/// Getters in one record.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct GroupRules {
    /// The record, in the interface of the function.
    pub record: String,
    /// What the function says of itself.
    pub docs: String,
    /// What the record says of itself.
    pub record_docs: String,
    /// Raw errors of a member that mean that there is nothing: paths of cases.
    #[serde(default)]
    pub missing: Vec<String>,
    /// Fields whose getters stay functions of their own, too.
    #[serde(default)]
    pub keep: Vec<String>,
    /// A function without parameters that makes the resource whose getters these are.
    #[serde(default)]
    pub of: Option<String>,
    /// Field to raw getter.
    pub members: IndexMap<String, String>,
}

/// Answers that mean that there is nothing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct AbsentRules {
    /// Cases of the function's error.
    pub errors: Vec<String>,
    /// Whether an empty text or list is one.
    pub empty: bool,
    /// What the host does that asks for this.
    pub why: String,
}

/// Functions as methods.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct MethodRules {
    /// Interfaces whose functions on a resource of another interface are methods there.
    pub across: Vec<String>,
    /// Starts of function names that say no more than their interface or resource does.
    pub strip: Vec<String>,
    /// Functions on a resource of another interface that stay where they are, and why.
    pub stay: IndexMap<String, String>,
}

/// Functions that become constructors.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ConstructorRules {
    /// Those that can fail: the resource is made when it is first needed, and fails then.
    pub lazy: Vec<String>,
}

/// How aliases of resources are tied to what they alias.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct WrapRules {
    /// Aliased resource to the method that gives its handle.
    pub share: IndexMap<String, String>,
}

/// Defaults and required fields of an options record.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct OptionsRules {
    /// Fields without a sensible default.
    pub required: Vec<String>,
    /// What the other fields are unless set: field to WAVE literal.
    pub defaults: IndexMap<String, String>,
}

/// What the host has besides the world.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct HostRules {
    /// Packages that it has whole, with versions, such as `wasi:cli@0.2.6`: their WIT need not be at hand.
    pub packages: Vec<String>,
}

/// What is written into the producers section.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct MetadataRules {
    /// The `sdk` field.
    pub sdk: Option<String>,
    /// The `processed-by` field that lists the app's packages, as JSON.
    pub packages_field: Option<String>,
}

/// Why a rules file is not one.
#[derive(Debug, Error)]
pub enum RulesError {
    /// It is not TOML, or has a table or key that means nothing.
    #[error("cannot read the rules: {message}")]
    Parse {
        /// What the parser says, with the place.
        message: String,
    },
    /// A line that matches nothing in the world.
    #[error("rules line `{line}` matches nothing in `{package}`; correct it{hint} or delete the line")]
    NoMatch {
        /// The table and key.
        line: String,
        /// The raw package.
        package: String,
        /// The nearest path there is.
        hint: String,
    },
    /// A line whose path is there, and is not of the kind that the table is about.
    #[error("rules line `{line}` has no effect: `{path}` is not {wanted}; delete the line")]
    NoEffect {
        /// The table and key.
        line: String,
        /// The path.
        path: String,
        /// What the table is about.
        wanted: &'static str,
    },
    /// A name that is no name in WIT.
    #[error(
        "rules line `{line}` gives the name `{name}`, which WIT does not allow: {message}; use lower case and hyphens"
    )]
    Name {
        /// The table and key.
        line: String,
        /// The name.
        name: String,
        /// What the parser says.
        message: String,
    },
    /// A package that the host cannot have, since it is none.
    #[error(
        "rules line `host.packages` has `{name}`, which is no package with a version; write it as `namespace:name@1.2.3`"
    )]
    HostPackage {
        /// The name.
        name: String,
    },
    /// A name that the friendly package cannot have.
    #[error("rules line `package.name = \"{name}\"` {why}; write it as `namespace:name`")]
    Package {
        /// The name.
        name: String,
        /// Why it will not do.
        why: &'static str,
    },
}

impl Rules {
    /// Whether a value of this interface means more than its type says.
    pub fn converts_in(&self, interface: &str) -> bool {
        let text = self.text.values.iter().chain(&self.text.twins).chain(&self.text.bodies);
        let at = self.records.values().map(|record| &record.at);
        let at = at.chain(self.choices.values().map(|choice| &choice.at)).flatten();
        let at = at.chain(self.records.keys()).chain(self.choices.keys());
        let times = self.seconds.keys().chain(self.joined.keys()).chain(self.absent.keys());
        let mut paths = text.chain(&self.addresses.types).chain(times).chain(at).chain(&self.flags.values);
        paths.any(|path| path.split('.').next() == Some(interface))
    }

    /// Parses the text of a rules file.
    pub fn parse(text: &str) -> Result<Self, RulesError> {
        toml::from_str(text).map_err(|error| RulesError::Parse { message: error.to_string().trim_end().to_owned() })
    }
}

/// The rules of one derivation, with the lines that were asked for.
#[derive(Debug)]
pub struct Lines<'a> {
    /// The rules.
    pub rules: &'a Rules,
    asked: RefCell<BTreeSet<(&'static str, String)>>,
}

impl<'a> Lines<'a> {
    /// No line was asked for yet.
    pub fn new(rules: &'a Rules) -> Self {
        Self { rules, asked: RefCell::default() }
    }

    fn ask<'m, V>(&self, table: &'static str, map: &'m IndexMap<String, V>, path: &str) -> Option<&'m V> {
        let value = map.get(path)?;
        self.asked.borrow_mut().insert((table, path.to_owned()));
        Some(value)
    }

    /// Why this item has no friendly twin, if it has none.
    pub fn leave_out(&self, path: &str) -> Option<&'a String> {
        self.ask("leave-out", &self.rules.leave_out, path)
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

    /// Defaults and required fields of this options record.
    pub fn options(&self, path: &str) -> Option<&'a OptionsRules> {
        self.ask("options", &self.rules.options, path)
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

    /// Whether this function has a twin that speaks text.
    pub fn has_text_twin(&self, path: &str) -> bool {
        self.listed("text.twins", &self.rules.text.twins, path)
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
        self.asked.borrow_mut().insert(("groups", path.to_owned()));
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
        self.asked.borrow_mut().insert(("methods.strip", start.clone()));
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

    fn at<R>(
        &self,
        table: &'static str,
        map: &'a IndexMap<String, R>,
        path: &str,
        at: impl Fn(&R) -> &Vec<String>,
    ) -> Option<(&'a String, &'a R)> {
        let found = map.iter().find(|(_, rules)| at(rules).iter().any(|line| line == path));
        if found.is_some() {
            self.asked.borrow_mut().insert((table, path.to_owned()));
        }
        found
    }

    fn listed(&self, table: &'static str, list: &[String], path: &str) -> bool {
        let found = list.iter().any(|line| line == path);
        if found {
            self.asked.borrow_mut().insert((table, path.to_owned()));
        }
        found
    }

    /// Fails on the first line that nothing asked for; `paths` are all there are.
    pub fn check_all_matched(&self, package: &str, paths: &[String]) -> Result<(), RulesError> {
        let asked = self.asked.borrow();
        let Some((table, key)) = self.all().into_iter().find(|line| !asked.contains(line)) else { return Ok(()) };
        let line = format!("{table}.\"{key}\"");
        // The start of a name is no path.
        if paths.contains(&key) || table == "methods.strip" {
            return Err(RulesError::NoEffect { line, path: key, wanted: wanted(table) });
        }
        Err(self.no_match(line, &key, package, paths))
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
        add("errors.detail-prefix", rules.errors.detail_prefix.keys().collect());
        add("buffers.too-small", rules.buffers.too_small.iter().collect());
        add("buffers.maybe-too-small", rules.buffers.maybe_too_small.iter().collect());
        add("wrap.share", rules.wrap.share.keys().collect());
        add("options", rules.options.keys().collect());
        add("leave-out", rules.leave_out.keys().collect());
        add("rename", rules.rename.keys().collect());
        add("split", rules.split.keys().collect());
        add("remember", rules.remember.keys().collect());
        add("text.values", rules.text.values.iter().collect());
        add("text.twins", rules.text.twins.iter().collect());
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
        add("complete", rules.complete.keys().collect());
        add("read-all", rules.read_all.keys().collect());
        add("handles", rules.handles.keys().collect());
        all
    }
}

/// What a table is about, for a line that names something else.
fn wanted(table: &str) -> &'static str {
    match table {
        "errors.detail-prefix" => "a case with a record in the detail of an error",
        "buffers.too-small" | "buffers.maybe-too-small" => "a case of an error that some function fails with",
        "wrap.share" => "a resource that another interface has under another name",
        "options" => "a record that functions take as a parameter of its own, and that none returns",
        "split" => "a function that the world imports and the rules keep",
        "remember" => "a method that the world imports and the rules keep",
        "text.bodies" => "a function that returns a handle, which is given away, or an option of one",
        "handles" => "a parameter of a function that the world imports and the rules keep",
        "complete" | "read-all" => "a function that the world imports and the rules keep",
        "leave-out" => "a type or a function of an interface that the world imports",
        "rename" => {
            "a type or a function that the rules keep, a field of options, or a parameter that the app gives by its name"
        }
        "text.values" => "a `list<u8>` that a function takes or returns, or that a field is",
        "text.twins" => "a function that the world imports and the rules keep",
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
        _ => "what the table is about",
    }
}

/// The candidate that shares the longest start or end with `name`, if it shares half of it.
fn nearest<'c>(name: &str, candidates: &'c [String]) -> Option<&'c String> {
    let likeness = |candidate: &str| {
        let start = candidate.chars().zip(name.chars()).take_while(|(a, b)| a == b).count();
        let end = candidate.chars().rev().zip(name.chars().rev()).take_while(|(a, b)| a == b).count();
        start.max(end)
    };
    candidates
        .iter()
        // What is as near and shorter has less that was not asked for.
        .max_by_key(|candidate| (likeness(candidate), Reverse(candidate.len())))
        .filter(|candidate| likeness(candidate) * 2 >= name.len())
}
