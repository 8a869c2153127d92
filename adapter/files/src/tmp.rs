//! `/tmp`: files and directories in memory.
//!
//! A node lives as long as a name or a handle leads to it, so a file that is unlinked while it is open can still be read
//! and written. What it took is given back with the last of them.

use crate::content::Content;
use crate::errors::{Answer, Code};
use crate::image::Kind;
use crate::names::Names;
use crate::quota::Quota;

/// A point in time, as in `wasi:clocks/wall-clock.datetime`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Time {
    /// Seconds since 1970.
    pub seconds: u64,
    /// Less than 1,000,000,000.
    pub nanoseconds: u32,
}

/// When a node was read, written and changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// When it was made, or what `set-times` said since.
    pub accessed: Time,
    /// When its contents or its entries were changed.
    pub modified: Time,
    /// When anything of it was changed.
    pub changed: Time,
}

/// The place of a node. It is used again once the node is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Id(u32);

/// A directory.
#[derive(Debug)]
pub struct Directory {
    /// The directory that it is in; none for the root of `/tmp`, and once it was removed.
    pub parent: Option<Id>,
    /// What is in it.
    pub names: Names,
}

/// What a node is.
#[derive(Debug)]
enum Body {
    Directory(Directory),
    File(Content),
}

#[derive(Debug)]
struct Node {
    /// Which of all nodes that there ever were it is.
    serial: u64,
    /// How many names it has.
    links: u32,
    /// How many handles it has.
    holds: u32,
    times: Times,
    body: Body,
}

/// All nodes of `/tmp`.
#[derive(Debug)]
pub struct Tmp {
    slots: Vec<Option<Node>>,
    free: Vec<u32>,
    quota: Quota,
    serial: u64,
}

impl Tmp {
    /// The root of `/tmp`.
    pub const ROOT: Id = Id(0);

    /// An empty `/tmp` for so many bytes, made at this time.
    pub fn new(limit: u64, now: Time) -> Self {
        let times = Times { accessed: now, modified: now, changed: now };
        let body = Body::Directory(Directory { parent: None, names: Names::new() });
        let root = Node { serial: 0, links: 1, holds: 0, times, body };
        Self { slots: vec![Some(root)], free: Vec::new(), quota: Quota::new(limit), serial: 0 }
    }

    /// How many bytes may be used.
    pub const fn limit(&self) -> u64 {
        self.quota.limit()
    }

    /// How many bytes of the limit are used.
    pub fn used(&self) -> u64 {
        self.quota.used()
    }

    /// How many nodes there are.
    pub fn count(&self) -> usize {
        self.slots.len().saturating_sub(self.free.len())
    }

    /// Whether a node is a directory or a file.
    pub fn kind(&self, id: Id) -> Answer<Kind> {
        match self.node(id)?.body {
            Body::Directory(_) => Ok(Kind::Directory),
            Body::File(_) => Ok(Kind::File),
        }
    }

    /// When a node was changed.
    pub fn times(&self, id: Id) -> Answer<Times> {
        Ok(self.node(id)?.times)
    }

    /// How many names a node has.
    pub fn links(&self, id: Id) -> Answer<u32> {
        Ok(self.node(id)?.links)
    }

    /// What no other node has or had.
    pub fn serial(&self, id: Id) -> Answer<u64> {
        Ok(self.node(id)?.serial)
    }

    /// A directory.
    pub fn directory(&self, id: Id) -> Answer<&Directory> {
        match &self.node(id)?.body {
            Body::Directory(directory) => Ok(directory),
            Body::File(_) => Err(Code::NotDirectory),
        }
    }

    /// What is in a file.
    pub fn content(&self, id: Id) -> Answer<&Content> {
        match &self.node(id)?.body {
            Body::File(content) => Ok(content),
            Body::Directory(_) => Err(Code::IsDirectory),
        }
    }

    /// Changes the contents of a file.
    pub fn change(
        &mut self,
        id: Id,
        now: Time,
        work: impl FnOnce(&mut Content, &mut Quota) -> Answer<()>,
    ) -> Answer<()> {
        let node = slot(&mut self.slots, id)?;
        let Body::File(content) = &mut node.body else { return Err(Code::IsDirectory) };
        work(content, &mut self.quota)?;
        node.times = Times { modified: now, changed: now, ..node.times };
        Ok(())
    }

    /// Sets the times of a node that are given.
    pub fn set_times(&mut self, id: Id, accessed: Option<Time>, modified: Option<Time>, now: Time) -> Answer<()> {
        let times = &mut slot(&mut self.slots, id)?.times;
        *times = Times {
            accessed: accessed.unwrap_or(times.accessed),
            modified: modified.unwrap_or(times.modified),
            changed: now,
        };
        Ok(())
    }

    /// Makes a file or a directory. The name is known not to exist.
    pub fn make(&mut self, parent: Id, name: &str, kind: Kind, now: Time) -> Answer<Id> {
        self.check_alive(parent)?;
        let body = match kind {
            Kind::File => Body::File(Content::new()),
            Kind::Directory => Body::Directory(Directory { parent: Some(parent), names: Names::new() }),
        };
        let id = match self.free.last() {
            Some(&free) => Id(free),
            None => {
                self.slots.try_reserve(1).map_err(|_| Code::InsufficientSpace)?;
                Id(u32::try_from(self.slots.len()).map_err(|_| Code::InsufficientSpace)?)
            }
        };
        // Room for what `free` will ever have, so that nothing is allocated when a node goes.
        let ever = self.slots.len().saturating_add(1).saturating_sub(self.free.len());
        self.free.try_reserve(ever).map_err(|_| Code::InsufficientSpace)?;
        self.add_name(parent, name, id, now)?;
        self.serial = self.serial.saturating_add(1);
        let times = Times { accessed: now, modified: now, changed: now };
        let node = Node { serial: self.serial, links: 1, holds: 0, times, body };
        self.free.pop();
        match self.slots.get_mut(id.0 as usize) {
            Some(slot) => *slot = Some(node),
            None => self.slots.push(Some(node)),
        }
        Ok(id)
    }

    /// Gives a file one more name, which is known not to exist.
    pub fn link(&mut self, id: Id, parent: Id, name: &str, now: Time) -> Answer<()> {
        self.check_alive(parent)?;
        if self.node(id)?.links == 0 {
            return Err(Code::NoEntry);
        }
        self.add_name(parent, name, id, now)?;
        let node = slot(&mut self.slots, id)?;
        node.links = node.links.saturating_add(1);
        node.times.changed = now;
        Ok(())
    }

    /// Takes a name away. A directory is known to be empty.
    pub fn unlink(&mut self, parent: Id, name: &str, now: Time) -> Answer<()> {
        let id = self.entries(parent, now)?.remove(name).ok_or(Code::NoEntry)?;
        self.quota.give_name();
        let node = slot(&mut self.slots, id)?;
        node.links = node.links.saturating_sub(1);
        node.times.changed = now;
        if let Body::Directory(directory) = &mut node.body {
            directory.parent = None;
        }
        self.free_unused(id);
        Ok(())
    }

    /// Gives what has one name another one; what had that name is known to be replaceable.
    pub fn rename(&mut self, old: (Id, &str), new: (Id, &str), now: Time) -> Answer<()> {
        let (old_parent, old_name) = old;
        let (new_parent, new_name) = new;
        self.check_alive(new_parent)?;
        let id = self.directory(old_parent)?.names.find(old_name).ok_or(Code::NoEntry)?;
        match self.directory(new_parent)?.names.find(new_name) {
            Some(_) => {
                // The name stays, so nothing is allocated for it.
                let replaced = self.entries(new_parent, now)?.replace(new_name, id).ok_or(Code::NoEntry)?;
                self.entries(old_parent, now)?.remove(old_name);
                self.quota.give_name();
                let node = slot(&mut self.slots, replaced)?;
                node.links = node.links.saturating_sub(1);
                node.times.changed = now;
                if let Body::Directory(directory) = &mut node.body {
                    directory.parent = None;
                }
                self.free_unused(replaced);
            }
            None => {
                self.entries(new_parent, now)?.insert(new_name, id)?;
                self.entries(old_parent, now)?.remove(old_name);
            }
        }
        let node = slot(&mut self.slots, id)?;
        node.times.changed = now;
        if let Body::Directory(directory) = &mut node.body {
            directory.parent = Some(new_parent);
        }
        Ok(())
    }

    /// Whether a directory is another one or in it.
    pub fn is_within(&self, directory: Id, other: Id) -> Answer<bool> {
        let mut at = Some(directory);
        while let Some(id) = at {
            if id == other {
                return Ok(true);
            }
            at = self.directory(id)?.parent;
        }
        Ok(false)
    }

    /// One more handle leads to a node.
    pub fn hold(&mut self, id: Id) -> Answer<()> {
        let node = slot(&mut self.slots, id)?;
        node.holds = node.holds.saturating_add(1);
        Ok(())
    }

    /// One handle less leads to a node.
    pub fn release(&mut self, id: Id) {
        if let Ok(node) = slot(&mut self.slots, id) {
            node.holds = node.holds.saturating_sub(1);
            self.free_unused(id);
        }
    }

    /// In a directory that was removed nothing can be made.
    fn check_alive(&self, id: Id) -> Answer<()> {
        if self.node(id)?.links == 0 { Err(Code::NoEntry) } else { Ok(()) }
    }

    fn add_name(&mut self, parent: Id, name: &str, id: Id, now: Time) -> Answer<()> {
        self.quota.take_name()?;
        let answer = self.entries(parent, now).and_then(|names| names.insert(name, id));
        if answer.is_err() {
            self.quota.give_name();
        }
        answer
    }

    /// The entries of a directory, which are about to be changed.
    fn entries(&mut self, id: Id, now: Time) -> Answer<&mut Names> {
        let node = slot(&mut self.slots, id)?;
        let Body::Directory(directory) = &mut node.body else { return Err(Code::NotDirectory) };
        node.times = Times { modified: now, changed: now, ..node.times };
        Ok(&mut directory.names)
    }

    /// Frees a node that neither a name nor a handle leads to.
    fn free_unused(&mut self, id: Id) {
        let Some(place) = self.slots.get_mut(id.0 as usize) else { return };
        if place.as_ref().is_none_or(|node| node.links != 0 || node.holds != 0) {
            return;
        }
        if let Some(Node { body: Body::File(mut content), .. }) = place.take() {
            // Cutting never fails.
            let _ = content.set_size(0, &mut self.quota);
        }
        self.free.push(id.0);
    }

    fn node(&self, id: Id) -> Answer<&Node> {
        self.slots.get(id.0 as usize).and_then(Option::as_ref).ok_or(Code::Io)
    }
}

/// A node that is changed, beside the quota.
fn slot(slots: &mut [Option<Node>], id: Id) -> Answer<&mut Node> {
    slots.get_mut(id.0 as usize).and_then(Option::as_mut).ok_or(Code::Io)
}
