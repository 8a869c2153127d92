//! The image: the read-only files, as the composer laid them out. It is read in place, and nothing is read before it is
//! asked for, so files that no request needs cost nothing.
//!
//! All numbers are little-endian. The image begins with a header of 32 bytes: `FIL1`, its length, how many nodes it has,
//! where they are, the limit of `/tmp`. A node has 48 bytes. Node 0 is the root. The children of a directory follow one
//! another, sorted by the bytes of their names.
//!
//! The composer checks an image. Even so, what an image says is never trusted to be within it.

use core::cmp::Ordering;
use core::ops::Range;

use crate::errors::{Answer, Code};

/// How many bytes a node has.
const NODE_SIZE: usize = 48;
/// What an image begins with.
const MAGIC: u32 = u32::from_le_bytes(*b"FIL1");
/// The limit of `/tmp` in bytes where there is no image.
const DEFAULT_LIMIT: u32 = 32 << 20;

/// Where the words of the header are.
mod header {
    pub const MAGIC: usize = 0;
    pub const NODE_COUNT: usize = 8;
    pub const NODES: usize = 12;
    pub const TMP_LIMIT: usize = 16;
}

/// Where the words of a node are.
mod field {
    pub const NAME: usize = 0;
    pub const NAME_LENGTH: usize = 4;
    pub const KIND: usize = 8;
    pub const FIRST: usize = 12;
    pub const COUNT: usize = 16;
    pub const PARENT: usize = 20;
    pub const MODIFIED: usize = 24;
    pub const HASH_LOWER: usize = 32;
    pub const HASH_UPPER: usize = 40;
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A directory.
    Directory,
    /// A regular file.
    File,
}

/// An image in memory.
#[derive(Debug, Clone, Copy)]
pub struct Image<'a> {
    bytes: &'a [u8],
}

impl<'a> Image<'a> {
    /// The root directory's node.
    pub const ROOT: u32 = 0;

    /// The image in these bytes; no bytes are an image of an empty root directory.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// How many bytes may be written to `/tmp`.
    pub fn limit(&self) -> u32 {
        if self.bytes.is_empty() { DEFAULT_LIMIT } else { self.word(header::TMP_LIMIT).unwrap_or_default() }
    }

    /// Whether a node is a directory or a file.
    pub fn kind(&self, node: u32) -> Answer<Kind> {
        if self.bytes.is_empty() {
            return Ok(Kind::Directory);
        }
        match self.field(node, field::KIND)? {
            0 => Ok(Kind::Directory),
            1 => Ok(Kind::File),
            2.. => Err(Code::Io),
        }
    }

    /// The name of a node; the root has an empty one.
    pub fn name(&self, node: u32) -> Answer<&'a [u8]> {
        self.slice(self.field(node, field::NAME)?, self.field(node, field::NAME_LENGTH)?)
    }

    /// What is in a file.
    pub fn contents(&self, node: u32) -> Answer<&'a [u8]> {
        self.slice(self.field(node, field::FIRST)?, self.field(node, field::COUNT)?)
    }

    /// The size of a file in bytes.
    pub fn size(&self, node: u32) -> Answer<u32> {
        self.field(node, field::COUNT)
    }

    /// The nodes of a directory's children, in the order of their names.
    pub fn children(&self, node: u32) -> Answer<Range<u32>> {
        if self.bytes.is_empty() {
            return Ok(0..0);
        }
        let first = self.field(node, field::FIRST)?;
        let end = first.checked_add(self.field(node, field::COUNT)?).ok_or(Code::Io)?;
        Ok(first..end)
    }

    /// The directory that a node is in; the root is in itself.
    pub fn parent(&self, node: u32) -> Answer<u32> {
        if node == Self::ROOT { Ok(Self::ROOT) } else { self.field(node, field::PARENT) }
    }

    /// When a node was changed, in seconds since 1970.
    pub fn modified(&self, node: u32) -> Answer<u64> {
        if self.bytes.is_empty() { Ok(0) } else { self.long(node, field::MODIFIED) }
    }

    /// What tells a node from all others: the lower and the upper half.
    pub fn hash(&self, node: u32) -> Answer<(u64, u64)> {
        if self.bytes.is_empty() {
            return Ok((1, 0));
        }
        Ok((self.long(node, field::HASH_LOWER)?, self.long(node, field::HASH_UPPER)?))
    }

    /// The child of this name, if the directory has one.
    pub fn child(&self, directory: u32, name: &[u8]) -> Answer<Option<u32>> {
        let children = self.children(directory)?;
        let at = self.first_where(children.clone(), |other| other >= name)?;
        Ok(if at < children.end && self.name(at)? == name { Some(at) } else { None })
    }

    /// The first child whose name is greater, if the directory has one.
    pub fn child_after(&self, directory: u32, name: &[u8]) -> Answer<Option<u32>> {
        let children = self.children(directory)?;
        let at = self.first_where(children.clone(), |other| other.cmp(name) == Ordering::Greater)?;
        Ok(if at < children.end { Some(at) } else { None })
    }

    /// The first of the nodes whose name is so; the end of the range if none is.
    fn first_where(&self, nodes: Range<u32>, is_so: impl Fn(&[u8]) -> bool) -> Answer<u32> {
        let Range { start: mut low, end: mut high } = nodes;
        while low < high {
            let middle = low + (high - low) / 2;
            if is_so(self.name(middle)?) {
                high = middle;
            } else {
                low = middle.saturating_add(1);
            }
        }
        Ok(low)
    }

    fn field(&self, node: u32, field: usize) -> Answer<u32> {
        self.word(self.place(node, field)?).ok_or(Code::Io)
    }

    fn long(&self, node: u32, field: usize) -> Answer<u64> {
        let place = self.place(node, field)?;
        let bytes = self.bytes.get(place..).and_then(|rest| rest.first_chunk()).ok_or(Code::Io)?;
        Ok(u64::from_le_bytes(*bytes))
    }

    /// Where a field of a node is.
    fn place(&self, node: u32, field: usize) -> Answer<usize> {
        let is_image = self.word(header::MAGIC) == Some(MAGIC);
        if !is_image || self.word(header::NODE_COUNT).is_none_or(|count| node >= count) {
            return Err(Code::Io);
        }
        let nodes = self.word(header::NODES).ok_or(Code::Io)? as usize;
        let within = (node as usize).checked_mul(NODE_SIZE).ok_or(Code::Io)?;
        nodes.checked_add(within).and_then(|place| place.checked_add(field)).ok_or(Code::Io)
    }

    fn word(&self, place: usize) -> Option<u32> {
        Some(u32::from_le_bytes(*self.bytes.get(place..)?.first_chunk()?))
    }

    fn slice(&self, start: u32, length: u32) -> Answer<&'a [u8]> {
        let (start, length) = (start as usize, length as usize);
        let end = start.checked_add(length).ok_or(Code::Io)?;
        self.bytes.get(start..end).ok_or(Code::Io)
    }
}
