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
    /// What the app cannot have, each with the reason.
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
    /// A type.
    Type,
    /// A function with so many parameters.
    Function(usize),
    /// An interface that the app exports: its functions, each with how many parameters it has.
    Interface(Vec<(String, usize)>),
}

impl InWorld {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.imports.is_empty() && self.exports.is_empty() && self.left_out.is_empty()
    }
}
