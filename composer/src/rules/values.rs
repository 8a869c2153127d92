//! The tables about values: text, addresses, times, joined items, records, choices, groups, and what
//! becomes a method or a constructor.

use indexmap::IndexMap;
use serde::Deserialize;

/// Bytes that are text.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct TextRules {
    /// Function results, parameters and fields that are text and nothing else.
    pub values: Vec<String>,
    /// Functions whose bytes are mostly text: each gets a text variant, with `-text` after its name.
    pub variants: Vec<String>,
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

/// A record that a rule defines.
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

/// An enum that a rule defines.
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

/// Names with their values.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PairsRules {
    /// The raw function that lists the names.
    pub names: String,
    /// The raw function that takes a name and gives its values.
    pub values: String,
    /// What the function says of itself.
    pub docs: String,
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
    /// Constructors that are static functions, as they can fail or use up a handle: path to name.
    pub functions: IndexMap<String, String>,
}

/// Parameters that are a `result`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ResultRules {
    /// Paths of parameters that the app only ever says `ok` with: what that carries is the friendly parameter.
    pub ok: Vec<String>,
}
