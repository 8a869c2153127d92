//! The one tree that apps see: the read-only files of the image, and `/tmp` among them.

use crate::errors::{Answer, Code};
use crate::image::{Image, Kind};
use crate::tmp::{Id, Time, Times, Tmp};

/// The name of `/tmp` in the root.
const TMP: &str = "tmp";
/// How many descriptors and streams may be open at the same time.
pub const HANDLES: u32 = 4096;

/// A file or a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Node {
    /// It is in the image, with this number.
    Fixed(u32),
    /// It is in `/tmp`.
    Tmp(Id),
}

impl Node {
    /// The root directory.
    pub const ROOT: Self = Self::Fixed(Image::ROOT);
    /// `/tmp`.
    pub const TMP: Self = Self::Tmp(Tmp::ROOT);
}

/// What `stat` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat {
    /// Directory or file.
    pub kind: Kind,
    /// How many names it has.
    pub links: u32,
    /// The size of a file in bytes; 0 for a directory.
    pub size: u64,
    /// When it was changed.
    pub times: Times,
}

/// The entry of a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Directory or file.
    pub kind: Kind,
    /// Its name.
    pub name: String,
}

/// All files.
#[derive(Debug)]
pub struct Tree<'a> {
    image: Image<'a>,
    /// What is in `/tmp`.
    pub tmp: Tmp,
    handles: u32,
}

impl<'a> Tree<'a> {
    /// The files of an image, and an empty `/tmp`.
    pub fn new(image: Image<'a>, now: Time) -> Self {
        Self { image, tmp: Tmp::new(u64::from(image.limit()), now), handles: 0 }
    }

    /// Whether a node is a directory or a file.
    pub fn kind(&self, node: Node) -> Answer<Kind> {
        match node {
            Node::Fixed(fixed) => self.image.kind(fixed),
            Node::Tmp(id) => self.tmp.kind(id),
        }
    }

    /// What is known of a node.
    pub fn stat(&self, node: Node) -> Answer<Stat> {
        let kind = self.kind(node)?;
        match node {
            Node::Fixed(fixed) => {
                let size = match kind {
                    Kind::File => u64::from(self.image.size(fixed)?),
                    Kind::Directory => 0,
                };
                let time = Time { seconds: self.image.modified(fixed)?, nanoseconds: 0 };
                Ok(Stat { kind, links: 1, size, times: Times { accessed: time, modified: time, changed: time } })
            }
            Node::Tmp(id) => {
                let size = match kind {
                    Kind::File => self.tmp.content(id)?.size(),
                    Kind::Directory => 0,
                };
                Ok(Stat { kind, links: self.tmp.links(id)?, size, times: self.tmp.times(id)? })
            }
        }
    }

    /// What tells a node from all others, as the lower and the upper half of `metadata-hash-value`. It stays the same as
    /// long as the node lives.
    pub fn hash(&self, node: Node) -> Answer<(u64, u64)> {
        match node {
            Node::Fixed(fixed) => self.image.hash(fixed),
            Node::Tmp(id) => {
                let serial = self.tmp.serial(id)?;
                Ok((mixed(serial), mixed(!serial)))
            }
        }
    }

    /// What a name in a directory leads to, if there is such a name.
    pub fn child(&self, directory: Node, name: &str) -> Answer<Option<Node>> {
        match directory {
            Node::ROOT if name == TMP => Ok(Some(Node::TMP)),
            Node::Fixed(fixed) => match self.image.kind(fixed)? {
                Kind::Directory => Ok(self.image.child(fixed, name.as_bytes())?.map(Node::Fixed)),
                Kind::File => Err(Code::NotDirectory),
            },
            Node::Tmp(id) => Ok(self.tmp.directory(id)?.names.find(name).map(Node::Tmp)),
        }
    }

    /// The directory that a directory is in. The root is in itself; a directory that was removed is in none.
    pub fn parent(&self, directory: Node) -> Answer<Node> {
        match directory {
            Node::Fixed(fixed) => Ok(Node::Fixed(self.image.parent(fixed)?)),
            Node::TMP => Ok(Node::ROOT),
            Node::Tmp(id) => self.tmp.directory(id)?.parent.map(Node::Tmp).ok_or(Code::NoEntry),
        }
    }

    /// The first entry whose name is greater, if the directory has one; the empty name is before all.
    pub fn entry_after(&self, directory: Node, name: &str) -> Answer<Option<Entry>> {
        let (found, node) = match directory {
            Node::Fixed(fixed) => {
                let child = self.image.child_after(fixed, name.as_bytes())?;
                let found = child.map(|child| self.image.name(child)).transpose()?;
                let is_tmp = directory == Node::ROOT && name < TMP && found.is_none_or(|found| found > TMP.as_bytes());
                match (found, child) {
                    _ if is_tmp => (TMP, Node::TMP),
                    (Some(found), Some(child)) => {
                        (core::str::from_utf8(found).map_err(|_| Code::Io)?, Node::Fixed(child))
                    }
                    (None, _) | (_, None) => return Ok(None),
                }
            }
            Node::Tmp(id) => match self.tmp.directory(id)?.names.after(name) {
                Some((found, child)) => (found, Node::Tmp(child)),
                None => return Ok(None),
            },
        };
        Ok(Some(Entry { kind: self.kind(node)?, name: String::from(found) }))
    }

    /// Up to `length` bytes of a file from `offset` on; fewer only at the end.
    pub fn read(&self, file: Node, offset: u64, length: usize) -> Answer<Vec<u8>> {
        match file {
            Node::Fixed(fixed) => {
                let contents = self.image.contents(fixed)?;
                // Behind the end there is nothing.
                let rest = usize::try_from(offset).ok().and_then(|start| contents.get(start..)).unwrap_or_default();
                let found = rest.get(..length).unwrap_or(rest);
                let mut read = Vec::new();
                read.try_reserve_exact(found.len()).map_err(|_| Code::InsufficientMemory)?;
                read.extend_from_slice(found);
                Ok(read)
            }
            Node::Tmp(id) => self.tmp.content(id)?.read(offset, length),
        }
    }

    /// The size of a file.
    pub fn size(&self, file: Node) -> Answer<u64> {
        Ok(self.stat(file)?.size)
    }

    /// Fails if no more handle may be opened.
    pub fn check_handles(&self) -> Answer<()> {
        if self.handles < HANDLES { Ok(()) } else { Err(Code::InsufficientMemory) }
    }

    /// One more handle leads to a node.
    pub fn hold(&mut self, node: Node) -> Answer<()> {
        self.check_handles()?;
        if let Node::Tmp(id) = node {
            self.tmp.hold(id)?;
        }
        self.handles = self.handles.saturating_add(1);
        Ok(())
    }

    /// One handle less leads to a node.
    pub fn release(&mut self, node: Node) {
        if let Node::Tmp(id) = node {
            self.tmp.release(id);
        }
        self.handles = self.handles.saturating_sub(1);
    }
}

/// Spreads a number over 64 bits; two numbers never give the same.
const fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
