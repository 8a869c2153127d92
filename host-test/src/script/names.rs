//! Which handle has which name.

use std::collections::HashMap;

use indexmap::IndexMap;
use wasmtime::component::{ResourceAny, ResourceType};

/// The resources of the host and of the component, by name.
#[derive(Debug, Default)]
pub struct Names {
    /// Those of the host: a representation is a place in this list.
    raw: Vec<String>,
    /// Those that are open, in the order in which they were opened.
    open: IndexMap<String, u32>,
    /// Those of the component that the script holds.
    held: IndexMap<String, ResourceAny>,
    /// Those that it held once.
    let_go: HashMap<String, ResourceAny>,
}

impl Names {
    /// Opens a resource of the host; the answer is its representation, or nothing if the name is taken.
    pub fn open(&mut self, name: String) -> Option<u32> {
        if self.find(&name).is_some() {
            return None;
        }
        let rep = u32::try_from(self.raw.len()).ok()?;
        self.raw.push(name.clone());
        self.open.insert(name, rep);
        Some(rep)
    }

    /// A live resource of the host.
    pub fn find(&self, name: &str) -> Option<u32> {
        self.open.get(name).copied()
    }

    /// Its name.
    pub fn of(&self, rep: u32) -> String {
        let raw = usize::try_from(rep).ok().and_then(|place| self.raw.get(place));
        raw.map_or_else(|| format!("unknown#{rep}"), Clone::clone)
    }

    /// Closes it: the component has dropped it, or given it to the host.
    pub fn close(&mut self, rep: u32) {
        let name = self.of(rep);
        if self.open.get(&name) == Some(&rep) {
            self.open.shift_remove(&name);
        }
    }

    /// The resources of the host that are open.
    pub fn open_ones(&self) -> Vec<&str> {
        self.open.keys().map(String::as_str).collect()
    }

    /// A name that no resource of the host has had: `request#1`, `request#2`.
    pub fn fresh(&self, resource: &str) -> String {
        let free = |name: &String| !self.raw.contains(name);
        let mut names = (1_u64..).map(|number| format!("{resource}#{number}"));
        names.find(free).unwrap_or_default()
    }

    /// The resource of the component that the script holds by this name.
    pub fn held(&self, name: &str) -> Option<ResourceAny> {
        self.held.get(name).copied()
    }

    /// The one that it held by this name once.
    pub fn let_go(&self, name: &str) -> Option<ResourceAny> {
        self.let_go.get(name).copied()
    }

    /// What the script calls a resource that it holds.
    pub fn name_of(&self, resource: &ResourceAny) -> Option<&str> {
        self.held.iter().find(|(_, of)| *of == resource).map(|(name, _)| name.as_str())
    }

    /// Holds a resource by a name, which must be free.
    pub fn hold(&mut self, name: String, resource: ResourceAny) -> bool {
        let free = !self.held.contains_key(&name);
        if free {
            self.held.insert(name, resource);
        }
        free
    }

    /// Lets go of it.
    pub fn release(&mut self, resource: &ResourceAny) {
        let Some(name) = self.name_of(resource).map(str::to_owned) else { return };
        self.held.shift_remove(&name);
        self.let_go.insert(name, *resource);
    }
}

/// The name of a resource's type, from those known.
pub fn type_name(types: &[(ResourceType, String)], ty: &ResourceType) -> String {
    let found = types.iter().find(|(of, _)| of == ty);
    found.map_or_else(|| "resource".to_owned(), |(_, name)| name.clone())
}
