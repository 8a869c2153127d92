//! Which handle holds what.

use composer::plan::{RawFunction, TypePath};
use indexmap::IndexMap;

use super::calls::Came;
use crate::script::wave::Value;

/// All handles of a script.
#[derive(Debug, Default)]
pub struct State {
    /// What the script holds, by name.
    pub held: IndexMap<String, Held>,
    cells: Vec<Cell>,
    raw: u64,
    friendly: u64,
}

/// What a friendly handle is of.
#[derive(Debug, Clone)]
pub enum Held {
    /// A wrapper.
    Wrapper {
        /// Its resource.
        path: TypePath,
        /// Where the raw handle is.
        cell: usize,
        /// First answers that are kept, by raw method.
        kept: IndexMap<String, Result<Option<Value>, Came>>,
        /// Where the raw handles are that came out of it and are held, by method.
        out: IndexMap<String, usize>,
    },
    /// Options: what was set, by field.
    Options {
        /// Their resource.
        path: TypePath,
        /// The fields that were set.
        fields: IndexMap<String, Field>,
    },
}

/// A field that was set.
#[derive(Debug, Clone)]
pub enum Field {
    /// To a value.
    Value(Value),
    /// To what a handle holds: the cell outlives the handle.
    Cell(usize),
}

/// Where a raw handle is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// It is made by this when it is first needed.
    Pending(RawFunction),
    /// It is there, by this name.
    Present(String),
    /// It was used up.
    Taken,
}

impl Held {
    /// The resource.
    pub fn path(&self) -> &TypePath {
        let (Self::Wrapper { path, .. } | Self::Options { path, .. }) = self;
        path
    }
}

impl State {
    /// A raw handle that the script has not had.
    pub fn raw_handle(&mut self) -> Value {
        self.raw += 1;
        Value::Handle(format!("raw#{}", self.raw))
    }

    /// Another cell.
    pub fn add(&mut self, cell: Cell) -> usize {
        self.cells.push(cell);
        self.cells.len() - 1
    }

    /// What is in a cell.
    pub fn at(&self, cell: usize) -> Cell {
        self.cells.get(cell).cloned().unwrap_or(Cell::Taken)
    }

    /// Puts something else into a cell.
    pub fn put(&mut self, cell: usize, what: Cell) {
        if let Some(slot) = self.cells.get_mut(cell) {
            *slot = what;
        }
    }

    /// The cell behind a friendly handle.
    pub fn cell(&self, name: &str) -> Option<usize> {
        match self.held.get(name)? {
            Held::Wrapper { cell, .. } => Some(*cell),
            Held::Options { .. } => None,
        }
    }

    /// A friendly handle of a wrapper.
    pub fn hold_wrapper(&mut self, path: &TypePath, cell: usize) -> Value {
        self.hold(Held::Wrapper { path: path.clone(), cell, kept: IndexMap::new(), out: IndexMap::new() })
    }

    /// A friendly handle.
    pub fn hold(&mut self, held: Held) -> Value {
        self.friendly += 1;
        let name = format!("{}#{}", held.path().name, self.friendly);
        self.held.insert(name.clone(), held);
        Value::Handle(name)
    }
}
