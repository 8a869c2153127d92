//! Changes of the tree: directories and names that come and go. All of this works in `/tmp` and nowhere else.

use crate::errors::{Answer, Code};
use crate::image::Kind;
use crate::path::{self, Last, Place};
use crate::tmp::Time;
use crate::tree::{Node, Tree};

/// `create-directory-at`.
pub fn create_directory(tree: &mut Tree<'_>, start: Node, path: &str, now: Time) -> Answer<()> {
    let place = path::place(tree, start, path)?;
    match (place.find(tree)?, place.last, place.directory) {
        (Some(_), _, _) | (None, Last::Dots, _) => Err(Code::Exist),
        (None, Last::Name(_), Node::Fixed(_)) => Err(Code::ReadOnly),
        (None, Last::Name(name), Node::Tmp(parent)) => {
            tree.tmp.make(parent, name, Kind::Directory, now)?;
            Ok(())
        }
    }
}

/// `remove-directory-at`.
pub fn remove_directory(tree: &mut Tree<'_>, start: Node, path: &str, now: Time) -> Answer<()> {
    let place = path::place(tree, start, path)?;
    let Last::Name(name) = place.last else { return Err(Code::Invalid) };
    let node = place.find(tree)?.ok_or(Code::NoEntry)?;
    match (tree.kind(node)?, node, place.directory) {
        (Kind::File, _, _) => Err(Code::NotDirectory),
        (Kind::Directory, Node::TMP, _) => Err(Code::Busy),
        (Kind::Directory, Node::Tmp(id), Node::Tmp(parent)) => {
            check_empty(tree, id)?;
            tree.tmp.unlink(parent, name, now)
        }
        (Kind::Directory, Node::Fixed(_), _) | (Kind::Directory, Node::Tmp(_), Node::Fixed(_)) => Err(Code::ReadOnly),
    }
}

/// `unlink-file-at`.
pub fn unlink_file(tree: &mut Tree<'_>, start: Node, path: &str, now: Time) -> Answer<()> {
    let place = path::place(tree, start, path)?;
    let Last::Name(name) = place.last else { return Err(Code::IsDirectory) };
    let node = place.find(tree)?.ok_or(Code::NoEntry)?;
    match (tree.kind(node)?, place.directory) {
        (Kind::Directory, _) => Err(Code::IsDirectory),
        (Kind::File, _) if place.has_slash => Err(Code::NotDirectory),
        (Kind::File, Node::Fixed(_)) => Err(Code::ReadOnly),
        (Kind::File, Node::Tmp(parent)) => tree.tmp.unlink(parent, name, now),
    }
}

/// `link-at`: a hard link.
pub fn link(tree: &mut Tree<'_>, old: (Node, &str), new: (Node, &str), now: Time) -> Answer<()> {
    // A descriptor that is a file is wrong whatever the paths are.
    path::check_directory(tree, new.0)?;
    let (from, to) = (path::place(tree, old.0, old.1)?, path::place(tree, new.0, new.1)?);
    let node = from.existing(tree)?;
    if to.has_slash {
        // A directory cannot be made so: it is there already, or the path is wrong.
        to.existing(tree)?;
    }
    let (None, Last::Name(name)) = (to.find(tree)?, to.last) else { return Err(Code::Exist) };
    match (node, to.directory) {
        (Node::Fixed(_), Node::Tmp(_)) | (Node::Tmp(_), Node::Fixed(_)) => Err(Code::CrossDevice),
        (Node::Fixed(_), Node::Fixed(_)) => Err(Code::ReadOnly),
        (Node::Tmp(id), Node::Tmp(parent)) => match tree.tmp.kind(id)? {
            Kind::Directory => Err(Code::NotPermitted),
            Kind::File => tree.tmp.link(id, parent, name, now),
        },
    }
}

/// `rename-at`.
pub fn rename(tree: &mut Tree<'_>, old: (Node, &str), new: (Node, &str), now: Time) -> Answer<()> {
    // A descriptor that is a file is wrong whatever the paths are.
    path::check_directory(tree, new.0)?;
    let (from, to) = (path::place(tree, old.0, old.1)?, path::place(tree, new.0, new.1)?);
    let (Last::Name(old_name), Last::Name(new_name)) = (from.last, to.last) else { return Err(Code::Busy) };
    let node = from.find(tree)?.ok_or(Code::NoEntry)?;
    if tree.kind(node)? == Kind::File && (from.has_slash || to.has_slash) {
        return Err(Code::NotDirectory);
    }
    let replaced = to.find(tree)?;
    if node == Node::TMP || replaced == Some(Node::TMP) {
        return Err(Code::Busy);
    }
    match (from.directory, to.directory) {
        (Node::Fixed(_), Node::Tmp(_)) | (Node::Tmp(_), Node::Fixed(_)) => Err(Code::CrossDevice),
        (Node::Fixed(_), Node::Fixed(_)) => Err(Code::ReadOnly),
        (Node::Tmp(old_parent), Node::Tmp(new_parent)) => {
            check_within(tree, node, &from, replaced, &to)?;
            match replaced {
                Some(replaced) if replaced == node => Ok(()),
                Some(replaced) => {
                    check_replaceable(tree, node, replaced)?;
                    tree.tmp.rename((old_parent, old_name), (new_parent, new_name), now)
                }
                None => tree.tmp.rename((old_parent, old_name), (new_parent, new_name), now),
            }
        }
    }
}

/// A directory is not moved into itself, nor over one that it is in.
fn check_within(tree: &Tree<'_>, node: Node, from: &Place<'_>, replaced: Option<Node>, to: &Place<'_>) -> Answer<()> {
    if let (Node::Tmp(id), Node::Tmp(parent)) = (node, to.directory)
        && tree.tmp.is_within(parent, id)?
    {
        return Err(Code::Invalid);
    }
    if let (Some(Node::Tmp(id)), Node::Tmp(parent)) = (replaced, from.directory)
        && tree.tmp.is_within(parent, id)?
    {
        return Err(Code::NotEmpty);
    }
    Ok(())
}

/// A file replaces a file, and a directory an empty directory.
fn check_replaceable(tree: &Tree<'_>, node: Node, replaced: Node) -> Answer<()> {
    match (tree.kind(node)?, tree.kind(replaced)?, replaced) {
        (Kind::File, Kind::File, _) => Ok(()),
        (Kind::File, Kind::Directory, _) => Err(Code::IsDirectory),
        (Kind::Directory, Kind::File, _) => Err(Code::NotDirectory),
        (Kind::Directory, Kind::Directory, Node::Tmp(id)) => check_empty(tree, id),
        (Kind::Directory, Kind::Directory, Node::Fixed(_)) => Err(Code::ReadOnly),
    }
}

fn check_empty(tree: &Tree<'_>, id: crate::tmp::Id) -> Answer<()> {
    if tree.tmp.directory(id)?.names.is_empty() { Ok(()) } else { Err(Code::NotEmpty) }
}
