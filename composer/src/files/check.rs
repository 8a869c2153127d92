//! Holds an image to all that the guest takes for granted.

use std::collections::HashSet;

use thiserror::Error;

use super::image::{HEADER, MAGIC, NODE};
use super::tree::{TMP, wrong};

/// The last second of the year 9999, after which Python has no dates.
const LAST_SECOND: u64 = 253_402_300_799;

/// A file or a folder of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node<'i> {
    /// Its name; that of the root is empty.
    pub name: &'i str,
    /// The place of the folder that it is in. The root is in itself.
    pub parent: usize,
    /// What it is.
    pub kind: Kind<'i>,
    /// When it was changed, in seconds since 1970.
    pub changed: u64,
    /// A number that no other node has.
    pub identity: u128,
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind<'i> {
    /// A folder.
    Folder {
        /// The place of its first child.
        first: usize,
        /// How many children it has.
        count: usize,
    },
    /// A file.
    File {
        /// What it holds.
        contents: &'i [u8],
    },
}

/// A valid image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image<'i> {
    /// Its nodes. The root is the first one.
    pub nodes: Vec<Node<'i>>,
    /// How many bytes can be written to `/tmp`, at most.
    pub max_tmp: u32,
}

/// What is wrong with an image.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ImageError {
    /// The header is not that of an image.
    #[error("the image of the files is damaged: {message}; build the app again")]
    Header {
        /// What is wrong with it.
        message: &'static str,
    },
    /// A node breaks a rule.
    #[error("the image of the files is damaged: node {node} {message}; build the app again")]
    Node {
        /// The place of the node.
        node: usize,
        /// Which rule.
        message: &'static str,
    },
}

/// Reads an image, and checks all of it.
pub fn check(image: &[u8]) -> Result<Image<'_>, ImageError> {
    let header = |message| ImageError::Header { message };
    if image.get(..4) != Some(&MAGIC) {
        return Err(header("it does not begin with `FIL1`"));
    }
    let number = |at| u32_at(image, at).map(|number| number as usize).ok_or(header("it is shorter than its header"));
    if number(4)? != image.len() {
        return Err(header("its length is not the one that it says"));
    }
    let (count, nodes) = (number(8)?, number(12)?);
    if number(20)? != 0 || number(24)? != 0 || number(28)? != 0 {
        return Err(header("its reserved bytes are not zero"));
    }
    let end = count.checked_mul(NODE).and_then(|size| size.checked_add(nodes));
    if count == 0 || nodes < HEADER || !nodes.is_multiple_of(8) || end.is_none_or(|end| end > image.len()) {
        return Err(header("its nodes are not in it"));
    }
    let max_tmp = u32_at(image, 16).ok_or(header("it is shorter than its header"))?;
    let nodes: Vec<_> = (0..count).map(|node| read(image, nodes, node)).collect::<Result<_, _>>()?;
    structure(&nodes)?;
    Ok(Image { nodes, max_tmp })
}

/// One node, of which all offsets are inside of the image.
fn read(image: &[u8], nodes: usize, node: usize) -> Result<Node<'_>, ImageError> {
    let at = nodes + node * NODE;
    let wrong_one = |message| ImageError::Node { node, message };
    let short = || wrong_one("is not in the image");
    let number = |offset| u32_at(image, at + offset).map(|number| number as usize).ok_or_else(short);
    let long = |offset| u64_at(image, at + offset).ok_or_else(short);
    let name = bytes(image, number(0)?, number(4)?).ok_or(wrong_one("has a name that is not in the image"))?;
    let name = std::str::from_utf8(name).map_err(|_| wrong_one("has a name that is not UTF-8"))?;
    let (first, size) = (number(12)?, number(16)?);
    let kind = match number(8)? {
        0 => Kind::Folder { first, count: size },
        1 => {
            let contents = bytes(image, first, size).ok_or(wrong_one("has contents that are not in the image"))?;
            Kind::File { contents }
        }
        2.. => return Err(wrong_one("is neither a file nor a folder")),
    };
    let identity = u128::from(long(40)?) << 64 | u128::from(long(32)?);
    Ok(Node { name, parent: number(20)?, kind, changed: long(24)?, identity })
}

/// That the nodes are one tree: each is in the range of its parent's children, and no other node is.
fn structure(nodes: &[Node<'_>]) -> Result<(), ImageError> {
    let mut identities = HashSet::new();
    for (place, node) in nodes.iter().enumerate() {
        let wrong_one = |message| ImageError::Node { node: place, message };
        if node.identity == 0 || !identities.insert(node.identity) {
            return Err(wrong_one("has the metadata hash of another node, or zero"));
        }
        if node.changed > LAST_SECOND {
            return Err(wrong_one("was changed after the year 9999"));
        }
        if let Kind::Folder { first, count } = node.kind {
            children(nodes, place, first, count)?;
        }
        if place == 0 {
            root(node)?;
            continue;
        }
        if wrong(node.name).is_some() {
            return Err(wrong_one("has a name that no file can have"));
        }
        if node.parent == 0 && node.name == TMP {
            return Err(wrong_one("is `/tmp`, which the guest has itself"));
        }
        let siblings = nodes.get(node.parent).map(|parent| parent.kind);
        match siblings {
            Some(Kind::Folder { first, count }) if node.parent < place && place >= first && place - first < count => {}
            Some(Kind::Folder { .. } | Kind::File { .. }) | None => {
                return Err(wrong_one("is not among the children of its folder"));
            }
        }
    }
    Ok(())
}

fn root(node: &Node<'_>) -> Result<(), ImageError> {
    let is_folder = match node.kind {
        Kind::Folder { .. } => true,
        Kind::File { .. } => false,
    };
    if is_folder && node.name.is_empty() && node.parent == 0 {
        return Ok(());
    }
    Err(ImageError::Node { node: 0, message: "is not the root" })
}

/// That the children of a folder are behind it, know it, and are sorted by name.
fn children(nodes: &[Node<'_>], place: usize, first: usize, count: usize) -> Result<(), ImageError> {
    let wrong_one = |message| ImageError::Node { node: place, message };
    if count == 0 {
        return Ok(());
    }
    let end = first.checked_add(count);
    let children = end.and_then(|end| nodes.get(first..end)).filter(|_| first > place);
    let children = children.ok_or(wrong_one("has children that are not behind it"))?;
    if children.iter().any(|child| child.parent != place) {
        return Err(wrong_one("has a child that is in another folder"));
    }
    let is_sorted = children.windows(2).all(|pair| match pair {
        [one, next] => one.name.as_bytes() < next.name.as_bytes(),
        _ => true,
    });
    if is_sorted { Ok(()) } else { Err(wrong_one("has children that are not sorted by name")) }
}

fn bytes(image: &[u8], at: usize, length: usize) -> Option<&[u8]> {
    image.get(at..at.checked_add(length)?)
}

fn u32_at(image: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*image.get(at..)?.first_chunk()?))
}

fn u64_at(image: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*image.get(at..)?.first_chunk()?))
}
