//! Opening: what a descriptor is for, and what it may do.

use crate::errors::{Answer, Code};
use crate::image::Kind;
use crate::path::{self, Last};
use crate::tmp::Time;
use crate::tree::{Node, Tree};

/// What a descriptor is for. It counts as a handle of its node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// What it is about.
    pub node: Node,
    /// Whether it was opened for reading.
    pub may_read: bool,
    /// Whether it was opened for writing.
    pub may_write: bool,
}

/// How something is to be opened: `wasi:filesystem/types.open-flags`, and those of `descriptor-flags` that matter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct How {
    /// Make the file if there is none.
    pub create: bool,
    /// Fail if it is no directory.
    pub directory: bool,
    /// With `create`: fail if it exists.
    pub exclusive: bool,
    /// Cut the file to nothing.
    pub truncate: bool,
    /// For reading.
    pub read: bool,
    /// For writing.
    pub write: bool,
}

impl How {
    /// Whether only a file can be opened so.
    const fn needs_file(self) -> bool {
        self.create || self.truncate || self.write
    }

    /// What is opened so. Without `write` it is for reading, whatever the flags say: that is how wasmtime does it, and
    /// wasi-libc opens folders with no flags at all.
    const fn opened(self, node: Node) -> Opened {
        Opened { node, may_read: self.read || !self.write, may_write: self.needs_file() }
    }
}

/// Opens what a path leads to, from a directory.
pub fn open(tree: &mut Tree<'_>, start: Node, path: &str, how: How, now: Time) -> Answer<Opened> {
    path::check_directory(tree, start)?;
    if how.directory && (how.create || how.exclusive || how.truncate) {
        return Err(Code::Invalid);
    }
    // Nothing is made or cut where the descriptor could not be given.
    tree.check_handles()?;
    let place = path::place(tree, start, path)?;
    if how.create && place.has_slash && place.last != Last::Dots {
        return Err(Code::IsDirectory);
    }
    let opened = match (place.find(tree)?, place.last) {
        (Some(node), _) => existing(tree, node, how, place.has_slash, now)?,
        (None, Last::Name(name)) if how.create => match place.directory {
            Node::Fixed(_) => return Err(Code::ReadOnly),
            Node::Tmp(parent) => how.opened(Node::Tmp(tree.tmp.make(parent, name, Kind::File, now)?)),
        },
        (None, Last::Name(_) | Last::Dots) => return Err(Code::NoEntry),
    };
    tree.hold(opened.node)?;
    Ok(opened)
}

/// Opens what is there.
fn existing(tree: &mut Tree<'_>, node: Node, how: How, has_slash: bool, now: Time) -> Answer<Opened> {
    if how.create && how.exclusive {
        return Err(Code::Exist);
    }
    match (tree.kind(node)?, node) {
        (Kind::Directory, _) if how.needs_file() => Err(Code::IsDirectory),
        (Kind::Directory, _) => Ok(how.opened(node)),
        (Kind::File, _) if how.directory || has_slash => Err(Code::NotDirectory),
        (Kind::File, Node::Fixed(_)) if how.truncate || how.write => Err(Code::ReadOnly),
        // `create` of a file that is there asks for nothing.
        (Kind::File, Node::Fixed(_)) => Ok(Opened { node, may_read: true, may_write: false }),
        (Kind::File, Node::Tmp(id)) => {
            if how.truncate {
                tree.tmp.change(id, now, |content, quota| content.set_size(0, quota))?;
            }
            Ok(how.opened(node))
        }
    }
}

/// The two directories that `get-directories` gives, or none if no more handle may be opened. `/` says that nothing in it
/// can be written, so that `access` says it of its files.
pub fn preopens(tree: &mut Tree<'_>) -> Option<[(Opened, &'static str); 2]> {
    let root = Opened { node: Node::ROOT, may_read: true, may_write: false };
    let tmp = Opened { node: Node::TMP, may_read: true, may_write: true };
    tree.hold(root.node).ok()?;
    if tree.hold(tmp.node).is_err() {
        tree.release(root.node);
        return None;
    }
    Some([(root, "/"), (tmp, "/tmp")])
}
