//! What to do about a refusal.

use std::fmt;

/// What to do about a refusal, as words and, where a line of the rules is enough, as that line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remedy {
    /// The function at this path is left out.
    LeaveOut(String),
    /// The interface of this name stays as it is.
    Keep(String),
    /// The item gets another name, such as this one.
    Rename {
        /// Its path.
        path: String,
        /// A name that it can have.
        name: String,
    },
    /// The rules name the error of functions that have none.
    DefaultError,
    /// The constructor at this path is a static function.
    ConstructorFunction(String),
    /// A field of options is required, or has a default.
    Options {
        /// The path of the record.
        record: String,
        /// The field.
        field: String,
    },
    /// Something that depends on what is wanted.
    Words(String),
}

impl fmt::Display for Remedy {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LeaveOut(path) => write!(out, "leave it out with a line `\"{path}\" = \"why\"` under [leave-out]"),
            Self::Keep(interface) => {
                write!(out, "keep what it uses as it is with a line `\"{interface}\" = \"why\"` under [keep]")
            }
            Self::Rename { path, name } => {
                write!(out, "give it another name, such as with a line `\"{path}\" = \"{name}\"` under [rename]")
            }
            Self::DefaultError => {
                out.write_str(
                    "name an error of the world in the rules: `default = \"interface.type\"` under [errors], or `default = \"new\"`, by which the composer makes one",
                )
            }
            Self::ConstructorFunction(path) => write!(
                out,
                "make it a static function with a line `\"{path}\" = \"new\"` under [constructors.functions], or leave it out under [leave-out]"
            ),
            Self::Options { record, .. } => {
                write!(out, "give it one in the rules: `[options.\"{record}\"]`, with `required` or `defaults`")
            }
            Self::Words(words) => out.write_str(words),
        }
    }
}

impl From<String> for Remedy {
    fn from(words: String) -> Self {
        Self::Words(words)
    }
}

impl From<&str> for Remedy {
    fn from(words: &str) -> Self {
        Self::Words(words.to_owned())
    }
}

impl From<&Remedy> for Remedy {
    fn from(remedy: &Remedy) -> Self {
        remedy.clone()
    }
}
