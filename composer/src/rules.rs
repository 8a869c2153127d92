//! The rules file: what WIT does not say about a world.
//!
//! Paths in it are raw ones, below the package: `interface.function`, `interface.resource.function`,
//! `interface.type`, `interface.type.case`. A line that matches nothing is an error, so that a world
//! that moved is noticed. `RuleUsage` keeps count of which lines were asked for.

mod calls;
mod names;
mod observe;
mod place;
mod usage;
mod values;
mod wrong;

use indexmap::IndexMap;
use serde::Deserialize;
use thiserror::Error;

use crate::stub::StubRules;
pub use calls::HandleRules;
pub use observe::{LogRules, ObserveRules, SwitchRules};
pub use usage::RuleUsage;
pub use values::*;

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
    /// Raw items without a friendly counterpart, and why.
    pub leave_out: IndexMap<String, String>,
    /// Raw interfaces that stay as they are, and why.
    pub keep: IndexMap<String, String>,
    /// Friendly names that differ from the raw ones.
    pub rename: IndexMap<String, String>,
    /// Functions that become one for each case of their variant parameter: case to name.
    pub split: IndexMap<String, IndexMap<String, String>>,
    /// Methods that the host answers once only, and why.
    pub remember: IndexMap<String, String>,
    /// Methods that give what the host has one thing behind, with their object: each with the method that says when
    /// what was given is over.
    pub hold: IndexMap<String, String>,
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
    /// Names with their values: friendly path of the function that gives all of them.
    pub pairs: IndexMap<String, PairsRules>,
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
    /// Parameters that are results.
    pub results: ResultRules,
    /// Functions that take some of the bytes they are given and return how many: what such a one is called
    /// beside the one that takes all of them.
    pub complete: IndexMap<String, String>,
    /// Functions that read as many bytes as they are asked for: what is called so beside such a one reads to the end.
    pub read_all: IndexMap<String, String>,
    /// Lists of handles that the host does not take as they come: the path of a parameter, to what it must be.
    pub handles: IndexMap<String, HandleRules>,
    /// What items should say of themselves: path to text.
    pub docs: IndexMap<String, String>,
    /// Phrases of the raw docs, and what the friendly docs say instead.
    pub wording: IndexMap<String, String>,
    /// What the host has besides, and the WIT does not say.
    pub host: HostRules,
    /// What the host lacks and the app asks for all the same.
    pub stub: StubRules,
    /// What is written into the producers section.
    pub metadata: MetadataRules,
    /// The Python package that goes with the bindings.
    pub python: PythonRules,
    /// What an observer has to know of functions.
    pub observe: ObserveRules,
}

/// The friendly package.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct PackageRules {
    /// Its name without version, such as `acme:friendly`; it takes the raw package's version.
    pub name: String,
    /// The package whose interfaces are reshaped, such as `acme:raw`: that of the world, if nothing is said.
    pub raw: Option<String>,
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

/// What `default` under `[errors]` is where the composer makes an error for each interface that needs one.
pub const NEW_ERROR: &str = "new";

/// How errors are told.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ErrorRules {
    /// The error of functions that have none of their own, and need one to say that a handle was consumed: its path, or
    /// [`NEW_ERROR`].
    pub default: Option<String>,
    /// The same for the functions of one raw interface: `interface` to what `default` would be.
    pub interfaces: IndexMap<String, String>,
    /// Prefixes of the fields that a detail's payload is folded into: `interface.variant.case` to prefix.
    pub detail_prefix: IndexMap<String, String>,
}

impl ErrorRules {
    /// The default error for the functions of a raw interface, if there is one.
    pub fn default_in(&self, interface: &str) -> Option<&String> {
        self.interfaces.get(interface).or(self.default.as_ref())
    }

    /// All default errors.
    pub fn defaults(&self) -> impl Iterator<Item = &String> {
        self.default.iter().chain(self.interfaces.values())
    }
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
    /// How large each memory of a component can be, in MiB.
    pub max_memory_mib: Option<u32>,
    /// How large a component can be, in MB.
    pub max_component_mb: Option<u32>,
    /// Files of an app's folder that are for tools of the host and not for the app, as lines of a `.gitignore` file.
    pub project_files: Vec<String>,
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

/// The Python package that goes with the bindings.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct PythonRules {
    /// Its name; the friendly package's namespace when there is none.
    pub package: Option<String>,
    /// The exception that all others of it are; named after the namespace when there is none.
    pub error: Option<String>,
}

/// Why a rules file is not one.
#[derive(Debug, Clone, Error)]
pub enum RulesError {
    /// It is not TOML, or has a table or key that means nothing.
    #[error("cannot read the rules: {message}")]
    Parse {
        /// What the parser says, with the place.
        message: String,
        /// Where that is in the text, in bytes.
        at: Option<std::ops::Range<usize>>,
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
    /// A phrase that no docs have.
    #[error(
        "rules line `{line}` has no effect: no docs of this world have this phrase; delete the line, or quote the phrase as it is in the WIT, in one line"
    )]
    NoPhrase {
        /// The table and key.
        line: String,
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
    /// A name that Python cannot have.
    #[error("rules line `python.{key} = \"{name}\"` {why}")]
    Python {
        /// The key.
        key: &'static str,
        /// The name.
        name: String,
        /// Why it will not do, and what to do.
        why: &'static str,
    },
    /// A name that comes of the friendly package's, and that Python cannot have.
    #[error(
        "the friendly package makes the Python name `{name}`, which {why} with a line `{key} = \"{other}\"` under [python]"
    )]
    NoPython {
        /// The key that would give another one.
        key: &'static str,
        /// The name.
        name: String,
        /// Why it will not do, and what to do.
        why: &'static str,
        /// Another name.
        other: &'static str,
    },
    /// An exception for all errors that is called as the one for some is.
    #[error("rules line `python.error = \"{name}\"` is what an exception of `{path}` is called; choose another name")]
    PythonError {
        /// The name.
        name: String,
        /// The error type.
        path: String,
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
        let text = self.text.values.iter().chain(&self.text.variants).chain(&self.text.bodies);
        let at = self.records.values().map(|record| &record.at);
        let at = at.chain(self.choices.values().map(|choice| &choice.at)).flatten();
        let at = at.chain(self.records.keys()).chain(self.choices.keys());
        let times = self.seconds.keys().chain(self.joined.keys()).chain(self.absent.keys());
        let mut paths = text.chain(&self.addresses.types).chain(times).chain(at).chain(&self.flags.values);
        paths.any(|path| path.split('.').next() == Some(interface))
    }

    /// Parses the text of a rules file.
    pub fn parse(text: &str) -> Result<Self, RulesError> {
        toml::from_str(text).map_err(|error| place::refused(&error))
    }

    /// Parses what of the text means something, and gives each key and value that does not. Fails if it is not TOML.
    pub fn parse_known(text: &str) -> Result<(Self, Vec<RulesError>), RulesError> {
        wrong::parse(text)
    }
}
