//! The entries of a directory of `/tmp`, sorted by the bytes of their names.

use crate::errors::{Answer, Code};
use crate::tmp::Id;

#[derive(Debug)]
struct Entry {
    name: String,
    node: Id,
}

/// Names, each with what it leads to.
#[derive(Debug)]
pub struct Names {
    entries: Vec<Entry>,
}

impl Names {
    /// No names.
    pub const fn new() -> Self {
        Self { entries: Vec::new() }
    }

    /// Whether there is no name.
    pub const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What a name leads to.
    pub fn find(&self, name: &str) -> Option<Id> {
        self.entries.get(self.place(name).ok()?).map(|entry| entry.node)
    }

    /// The first name that is greater, and what it leads to.
    pub fn after(&self, name: &str) -> Option<(&str, Id)> {
        let place = self.entries.partition_point(|entry| entry.name.as_str() <= name);
        self.entries.get(place).map(|entry| (entry.name.as_str(), entry.node))
    }

    /// Adds a name that there is not.
    pub fn insert(&mut self, name: &str, node: Id) -> Answer<()> {
        let Err(place) = self.place(name) else { return Err(Code::Exist) };
        let mut owned = String::new();
        owned.try_reserve_exact(name.len()).map_err(|_| Code::InsufficientSpace)?;
        owned.push_str(name);
        self.entries.try_reserve(1).map_err(|_| Code::InsufficientSpace)?;
        self.entries.insert(place, Entry { name: owned, node });
        Ok(())
    }

    /// Lets a name lead to something else; gives what it led to.
    pub fn replace(&mut self, name: &str, node: Id) -> Option<Id> {
        let place = self.place(name).ok()?;
        self.entries.get_mut(place).map(|entry| core::mem::replace(&mut entry.node, node))
    }

    /// Takes a name away; gives what it led to.
    pub fn remove(&mut self, name: &str) -> Option<Id> {
        let place = self.place(name).ok()?;
        let entry = self.entries.remove(place);
        if self.entries.len() < self.entries.capacity() / 4 {
            self.entries.shrink_to_fit();
        }
        Some(entry.node)
    }

    /// Where a name is, or where it would be.
    fn place(&self, name: &str) -> Result<usize, usize> {
        self.entries.binary_search_by(|entry| entry.name.as_str().cmp(name))
    }
}
