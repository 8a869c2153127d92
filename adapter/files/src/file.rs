//! What is done with a file that is open: at a place that the call names, or in order as a stream does.

use crate::errors::{Answer, Code};
use crate::image::Kind;
use crate::open::Opened;
use crate::tmp::{Id, Time};
use crate::tree::{Node, Tree};

/// The most bytes that one call reads.
pub const READ_MAX: u64 = 1 << 20;
/// What zeros are written from.
const ZEROS: [u8; 4096] = [0; 4096];

/// How far a stream is that reads a file.
#[derive(Debug)]
pub struct Reader {
    /// The file. The stream counts as a handle of it.
    pub node: Node,
    position: u64,
}

/// Where a stream writes in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// At this place next.
    At(u64),
    /// At the end, wherever that is.
    End,
}

/// How far a stream is that writes a file.
#[derive(Debug)]
pub struct Writer {
    id: Id,
    position: Position,
}

/// `read`: up to `length` bytes at `offset`, and whether the file ends there.
pub fn read(tree: &Tree<'_>, opened: Opened, length: u64, offset: u64) -> Answer<(Vec<u8>, bool)> {
    check_readable(tree, opened)?;
    let bytes = tree.read(opened.node, offset, length.min(READ_MAX) as usize)?;
    let is_end = offset.saturating_add(bytes.len() as u64) >= tree.size(opened.node)?;
    Ok((bytes, is_end))
}

/// `write`: all bytes at `offset`, or nothing.
pub fn write(tree: &mut Tree<'_>, opened: Opened, bytes: &[u8], offset: u64, now: Time) -> Answer<u64> {
    let id = writable(tree, opened)?;
    put(tree, id, Position::At(offset), bytes, now)?;
    Ok(bytes.len() as u64)
}

/// `set-size`.
pub fn set_size(tree: &mut Tree<'_>, opened: Opened, size: u64, now: Time) -> Answer<()> {
    match (tree.kind(opened.node)?, opened.node) {
        (Kind::Directory, _) => Err(Code::BadDescriptor),
        (Kind::File, Node::Tmp(id)) if opened.may_write => {
            tree.tmp.change(id, now, |content, quota| content.set_size(size, quota))
        }
        (Kind::File, Node::Tmp(_) | Node::Fixed(_)) => Err(Code::Invalid),
    }
}

/// `set-times` and `set-times-at`: what is none stays as it is.
pub fn set_times(
    tree: &mut Tree<'_>,
    node: Node,
    accessed: Option<Time>,
    modified: Option<Time>,
    now: Time,
) -> Answer<()> {
    const BILLION: u32 = 1_000_000_000;
    if [accessed, modified].iter().flatten().any(|time| time.nanoseconds >= BILLION) {
        return Err(Code::Invalid);
    }
    match node {
        Node::Fixed(_) => Err(Code::ReadOnly),
        Node::Tmp(id) => tree.tmp.set_times(id, accessed, modified, now),
    }
}

impl Reader {
    /// `read-via-stream`.
    pub fn open(tree: &mut Tree<'_>, opened: Opened, offset: u64) -> Answer<Self> {
        check_readable(tree, opened)?;
        tree.hold(opened.node)?;
        Ok(Self { node: opened.node, position: offset })
    }

    /// Up to `length` bytes, which is bounded; `None` at the end.
    pub fn read(&mut self, tree: &Tree<'_>, length: u64) -> Answer<Option<Vec<u8>>> {
        let bytes = tree.read(self.node, self.position, length.min(READ_MAX) as usize)?;
        if bytes.is_empty() && length > 0 {
            return Ok(None);
        }
        self.position = self.position.saturating_add(bytes.len() as u64);
        Ok(Some(bytes))
    }

    /// Goes on by up to `length` bytes; `None` at the end.
    pub fn skip(&mut self, tree: &Tree<'_>, length: u64) -> Answer<Option<u64>> {
        let skipped = tree.size(self.node)?.saturating_sub(self.position).min(length);
        if skipped == 0 && length > 0 {
            return Ok(None);
        }
        self.position = self.position.saturating_add(skipped);
        Ok(Some(skipped))
    }
}

impl Writer {
    /// `write-via-stream` and `append-via-stream`.
    pub fn open(tree: &mut Tree<'_>, opened: Opened, position: Position) -> Answer<Self> {
        let id = writable(tree, opened)?;
        tree.hold(opened.node)?;
        Ok(Self { id, position })
    }

    /// The file. The stream counts as a handle of it.
    pub const fn node(&self) -> Node {
        Node::Tmp(self.id)
    }

    /// Writes all bytes, or nothing. After an error it can be tried again.
    pub fn write(&mut self, tree: &mut Tree<'_>, bytes: &[u8], now: Time) -> Answer<()> {
        put(tree, self.id, self.position, bytes, now)?;
        if let Position::At(position) = &mut self.position {
            *position = position.saturating_add(bytes.len() as u64);
        }
        Ok(())
    }

    /// Writes zeros.
    pub fn write_zeros(&mut self, tree: &mut Tree<'_>, length: u64, now: Time) -> Answer<()> {
        if length > tree.tmp.limit() {
            return Err(Code::InsufficientSpace);
        }
        let mut left = length;
        while left > 0 {
            let piece = usize::try_from(left).ok().and_then(|left| ZEROS.get(..left)).unwrap_or(&ZEROS);
            self.write(tree, piece, now)?;
            left = left.saturating_sub(piece.len() as u64);
        }
        Ok(())
    }
}

fn put(tree: &mut Tree<'_>, id: Id, position: Position, bytes: &[u8], now: Time) -> Answer<()> {
    if bytes.is_empty() {
        return Ok(());
    }
    tree.tmp.change(id, now, |content, quota| {
        let offset = match position {
            Position::At(offset) => offset,
            Position::End => content.size(),
        };
        content.write(offset, bytes, quota)
    })
}

fn check_readable(tree: &Tree<'_>, opened: Opened) -> Answer<()> {
    match tree.kind(opened.node)? {
        Kind::File if opened.may_read => Ok(()),
        Kind::File | Kind::Directory => Err(Code::BadDescriptor),
    }
}

fn writable(tree: &Tree<'_>, opened: Opened) -> Answer<Id> {
    match (tree.kind(opened.node)?, opened.node) {
        (Kind::File, Node::Tmp(id)) if opened.may_write => Ok(id),
        (Kind::File | Kind::Directory, Node::Tmp(_) | Node::Fixed(_)) => Err(Code::BadDescriptor),
    }
}
