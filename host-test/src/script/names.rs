//! Which handle has which name.

use wasmtime::component::{ResourceAny, ResourceType};

/// The resources of the host and of the component, by name.
#[derive(Debug, Default)]
pub struct Names {
    /// Those of the host: a representation is a place in this list.
    raw: Vec<Raw>,
    /// Those of the component that the script holds.
    held: Vec<(String, ResourceAny)>,
}

#[derive(Debug)]
struct Raw {
    name: String,
    live: bool,
}

impl Names {
    /// Opens a resource of the host; the answer is its representation, or nothing if the name is taken.
    pub fn open(&mut self, name: String) -> Option<u32> {
        if self.find(&name).is_some() {
            return None;
        }
        self.raw.push(Raw { name, live: true });
        u32::try_from(self.raw.len() - 1).ok()
    }

    /// A live resource of the host.
    pub fn find(&self, name: &str) -> Option<u32> {
        let place = self.raw.iter().position(|raw| raw.live && raw.name == name)?;
        u32::try_from(place).ok()
    }

    /// Its name.
    pub fn of(&self, rep: u32) -> String {
        let raw = usize::try_from(rep).ok().and_then(|place| self.raw.get(place));
        raw.map_or_else(|| format!("unknown#{rep}"), |raw| raw.name.clone())
    }

    /// Closes it: the component has dropped it, or given it to the host.
    pub fn close(&mut self, rep: u32) {
        if let Some(raw) = usize::try_from(rep).ok().and_then(|place| self.raw.get_mut(place)) {
            raw.live = false;
        }
    }

    /// The resources of the host that are open.
    pub fn open_ones(&self) -> Vec<&str> {
        self.raw.iter().filter(|raw| raw.live).map(|raw| raw.name.as_str()).collect()
    }

    /// A name that no resource of the host has had: `request#1`, `request#2`.
    pub fn fresh(&self, resource: &str) -> String {
        let free = |name: &String| self.raw.iter().all(|raw| raw.name != *name);
        let mut names = (1_u64..).map(|number| format!("{resource}#{number}"));
        names.find(free).unwrap_or_default()
    }

    /// The resource of the component that the script holds by this name.
    pub fn held(&self, name: &str) -> Option<ResourceAny> {
        self.held.iter().find(|(of, _)| of == name).map(|(_, resource)| *resource)
    }

    /// What the script calls a resource that it holds.
    pub fn name_of(&self, resource: &ResourceAny) -> Option<&str> {
        self.held.iter().find(|(_, of)| of == resource).map(|(name, _)| name.as_str())
    }

    /// Holds a resource by a name, which must be free.
    pub fn hold(&mut self, name: String, resource: ResourceAny) -> bool {
        let free = self.held(&name).is_none();
        if free {
            self.held.push((name, resource));
        }
        free
    }

    /// Lets go of it.
    pub fn release(&mut self, resource: &ResourceAny) {
        self.held.retain(|(_, of)| of != resource);
    }
}

/// The name of a resource's type, from those known.
pub fn type_name(types: &[(ResourceType, String)], ty: &ResourceType) -> String {
    let found = types.iter().find(|(of, _)| of == ty);
    found.map_or_else(|| "resource".to_owned(), |(_, name)| name.clone())
}
