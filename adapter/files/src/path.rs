//! Paths: from a directory to what a path leads to.
//!
//! A path is relative to the directory of a descriptor. `..` goes up in the one tree, and in the root it stays there, so
//! no path leaves the tree. There are no symbolic links.

use crate::errors::{Answer, Code};
use crate::image::Kind;
use crate::tree::{Node, Tree};

/// A path has fewer bytes than this (`PATH_MAX` of Linux, which counts the zero at the end).
const PATH_MAX: usize = 4096;
/// A name has at most so many bytes (`NAME_MAX` of Linux).
const NAME_MAX: usize = 255;

/// The last part of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Last<'p> {
    /// A name, which may exist or not.
    Name(&'p str),
    /// `.` or `..`: the directory of the place itself.
    Dots,
}

/// Where a path leads to.
#[derive(Debug, Clone, Copy)]
pub struct Place<'p> {
    /// The directory of the last name; for dots, what they lead to.
    pub directory: Node,
    /// The last part.
    pub last: Last<'p>,
    /// Whether the path ends with a slash, and so has to be a directory.
    pub has_slash: bool,
}

impl Place<'_> {
    /// What is there, if something is.
    pub fn find(&self, tree: &Tree<'_>) -> Answer<Option<Node>> {
        match self.last {
            Last::Name(name) => tree.child(self.directory, name),
            Last::Dots => Ok(Some(self.directory)),
        }
    }

    /// What is there; a slash at the end asks for a directory.
    pub fn existing(&self, tree: &Tree<'_>) -> Answer<Node> {
        let node = self.find(tree)?.ok_or(Code::NoEntry)?;
        if self.has_slash {
            check_directory(tree, node)?;
        }
        Ok(node)
    }
}

/// Where a path leads to, from a directory. All parts but the last have to exist.
pub fn place<'p>(tree: &Tree<'_>, start: Node, path: &'p str) -> Answer<Place<'p>> {
    if tree.kind(start)? == Kind::File {
        return Err(Code::NotDirectory);
    }
    if path.is_empty() {
        return Err(Code::NoEntry);
    }
    if path.len() >= PATH_MAX {
        return Err(Code::NameTooLong);
    }
    if path.bytes().any(|byte| byte == 0) {
        return Err(Code::Invalid);
    }
    if path.starts_with('/') {
        return Err(Code::NotPermitted);
    }
    let trimmed = path.trim_end_matches('/');
    let has_slash = trimmed.len() < path.len();
    let (before, last) = trimmed.rsplit_once('/').unwrap_or(("", trimmed));
    let mut directory = start;
    for part in before.split('/') {
        directory = step(tree, directory, part)?;
    }
    match last {
        "." | ".." => Ok(Place { directory: step(tree, directory, last)?, last: Last::Dots, has_slash }),
        name => {
            check_directory(tree, directory)?;
            check_name(name)?;
            Ok(Place { directory, last: Last::Name(name), has_slash })
        }
    }
}

/// What a path leads to, from a directory.
pub fn find(tree: &Tree<'_>, start: Node, path: &str) -> Answer<Node> {
    place(tree, start, path)?.existing(tree)
}

/// What one part of a path leads to, which has to exist.
fn step(tree: &Tree<'_>, directory: Node, part: &str) -> Answer<Node> {
    match part {
        // Two slashes are one.
        "" => Ok(directory),
        "." => check_directory(tree, directory).map(|()| directory),
        ".." => check_directory(tree, directory).and_then(|()| tree.parent(directory)),
        name => {
            check_directory(tree, directory)?;
            check_name(name)?;
            tree.child(directory, name)?.ok_or(Code::NoEntry)
        }
    }
}

/// Fails if it is a file.
pub fn check_directory(tree: &Tree<'_>, node: Node) -> Answer<()> {
    match tree.kind(node)? {
        Kind::Directory => Ok(()),
        Kind::File => Err(Code::NotDirectory),
    }
}

fn check_name(name: &str) -> Answer<()> {
    if name.len() > NAME_MAX { Err(Code::NameTooLong) } else { Ok(()) }
}
