//! What stands in the world itself, and passes between host and app as it is.

use serde::Serialize;

use super::LeftOut;

/// Functions, types and interfaces that stand in the world and not in an interface of a package.
#[derive(Debug, Clone, Default, Serialize)]
pub struct InWorld {
    /// What the host has.
    pub imports: Vec<WorldItem>,
    /// What the app has.
    pub exports: Vec<WorldItem>,
    /// What the app cannot have of these, and interfaces that it cannot have at all, each with the reason.
    pub left_out: Vec<LeftOut>,
}

/// An item of a world.
#[derive(Debug, Clone, Serialize)]
pub struct WorldItem {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: WorldItemKind,
}

/// What an item of a world is.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WorldItemKind {
    /// A type, and what it is: `record`, say.
    Type(String),
    /// A function.
    Function(Passed),
    /// An interface that the app exports: its functions.
    Interface(Vec<Passed>),
}

/// A function that is passed on.
#[derive(Debug, Clone, Serialize)]
pub struct Passed {
    /// Its name.
    pub name: String,
    /// How many parameters it has.
    pub params: usize,
    /// Whether it is an `async func`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_async: bool,
    /// Its signature, in WIT.
    pub signature: String,
}

impl WorldItem {
    /// The functions that it is, or has.
    pub fn functions(&self) -> &[Passed] {
        match &self.kind {
            WorldItemKind::Function(function) => std::slice::from_ref(function),
            WorldItemKind::Interface(functions) => functions,
            WorldItemKind::Type(_) => &[],
        }
    }
}

impl InWorld {
    /// Whether the app imports an item of this name.
    pub fn has_import(&self, name: &str) -> bool {
        self.imports.iter().any(|item| item.name == name)
    }

    /// Whether the app exports an item of this name.
    pub fn has_export(&self, name: &str) -> bool {
        self.exports.iter().any(|item| item.name == name)
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.imports.is_empty() && self.exports.is_empty() && self.left_out.is_empty()
    }
}
