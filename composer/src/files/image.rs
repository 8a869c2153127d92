//! Writes the image of a tree: an index that is searched in place, and the contents.
//!
//! The same tree gives the same bytes. All numbers are little-endian, and `u32` unless said; offsets count from the start
//! of the image.
//!
//! | header | | node, one a file or folder | |
//! |---|---|---|---|
//! | 0 | `FIL1` | 0, 4 | offset and length of the name |
//! | 4 | length of the image | 8 | 0: folder, 1: file |
//! | 8 | how many nodes | 12 | folder: its first child; file: offset of its contents |
//! | 12 | offset of the nodes | 16 | folder: how many children; file: how many bytes |
//! | 16 | limit of `/tmp` in bytes | 20 | the folder that it is in |
//! | 20 | zero | 24 | `u64`: when it was changed, in seconds since 1970 |
//! | | | 32 | two `u64`: a hash that no other node has, lower half first |
//!
//! Node 0 is the root. The children of a folder are one after another behind it, in the order of the bytes of their names,
//! so that a name is found by halving. Then come the names, then the contents. Equal ones are there once.

use std::collections::{BTreeMap, HashMap, VecDeque};

use sha2::{Digest, Sha256};
use thiserror::Error;

use super::Files;
use super::tree::Tree;

/// How an image begins.
pub(crate) const MAGIC: [u8; 4] = *b"FIL1";
/// The size of the header, in bytes.
pub(crate) const HEADER: usize = 32;
/// The size of a node, in bytes.
pub(crate) const NODE: usize = 48;
/// What contents and the index are aligned to.
const ALIGN: usize = 8;

/// The first second of 1980-01-03 and the first of 2026. `zipfile` refuses what was changed before 1980, and what is to
/// come confuses a browser's cache.
const FIRST_SECOND: u64 = 315_705_600;
const END_SECOND: u64 = 1_767_225_600;

/// The image would be of more bytes than a memory can have.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "the files are of {bytes} bytes, and a component can have 4 GiB of them at most; leave large ones out with --exclude"
)]
pub struct TooLarge {
    /// The sum of the sizes of the files.
    pub bytes: u64,
}

/// A hash of SHA-256.
type Hash = [u8; 32];

/// What a folder or a file is before it has its place.
enum Item<'t> {
    Folder(BTreeMap<&'t str, Item<'t>>),
    File(&'t [u8], Hash),
}

/// A node in its place.
struct Placed<'t> {
    name: &'t str,
    parent: usize,
    hash: Hash,
    path: String,
    what: What<'t>,
}

enum What<'t> {
    Folder { first: usize, count: usize },
    File(&'t [u8]),
}

/// Writes the image of files.
pub fn write(files: &Files) -> Result<Vec<u8>, TooLarge> {
    let nodes = placed(&files.tree);
    let too_large = TooLarge { bytes: files.tree.bytes() };
    Writer::new(nodes.len()).write(&nodes, files.max_tmp).ok_or(too_large)
}

/// The tree as folders in folders.
fn nested(tree: &Tree) -> BTreeMap<&str, Item<'_>> {
    let mut root = BTreeMap::new();
    for (path, contents) in tree.files() {
        let mut folder = &mut root;
        let mut parts = path.split('/').peekable();
        while let Some(part) = parts.next() {
            if parts.peek().is_none() {
                folder.insert(part, Item::File(contents, Sha256::digest(contents).into()));
                break;
            }
            match folder.entry(part).or_insert_with(|| Item::Folder(BTreeMap::new())) {
                Item::Folder(inside) => folder = inside,
                // A tree has no file above another one.
                Item::File(..) => break,
            }
        }
    }
    root
}

/// All nodes in their order: level by level, so that the children of each folder are one after another.
fn placed(tree: &Tree) -> Vec<Placed<'_>> {
    let root = nested(tree);
    let mut nodes = vec![Placed {
        name: "",
        parent: 0,
        hash: folder_hash(&root),
        path: String::new(),
        what: What::Folder { first: 1, count: root.len() },
    }];
    let mut waiting = VecDeque::from([(0, root)]);
    while let Some((parent, children)) = waiting.pop_front() {
        let (first, count) = (nodes.len(), children.len());
        let above = match nodes.get_mut(parent) {
            Some(folder) => {
                folder.what = What::Folder { first, count };
                folder.path.clone()
            }
            None => String::new(),
        };
        for (name, item) in children {
            let path = format!("{above}/{name}");
            let (hash, what) = match item {
                Item::File(contents, hash) => (hash, What::File(contents)),
                Item::Folder(inside) => {
                    let hash = folder_hash(&inside);
                    waiting.push_back((nodes.len(), inside));
                    (hash, What::Folder { first: 0, count: 0 })
                }
            };
            nodes.push(Placed { name, parent, hash, path, what });
        }
    }
    nodes
}

/// What changes when something in a folder does: a name, or contents.
fn folder_hash(children: &BTreeMap<&str, Item<'_>>) -> Hash {
    let mut hash = Sha256::new();
    for (name, item) in children {
        hash.update((name.len() as u64).to_le_bytes());
        hash.update(name);
        match item {
            Item::File(_, of_contents) => {
                hash.update([1]);
                hash.update(of_contents);
            }
            Item::Folder(inside) => {
                hash.update([0]);
                hash.update(folder_hash(inside));
            }
        }
    }
    hash.finalize().into()
}

/// When something with this hash is said to be changed. The clock of the build would make each build another one, and a
/// constant would have browsers keep what was changed, as web servers make an `ETag` of time and size.
fn changed_at(hash: &Hash) -> u64 {
    FIRST_SECOND + half(hash, 0) % (END_SECOND - FIRST_SECOND)
}

/// A hash of path and contents, as two numbers of which at least one is not zero.
fn identity(path: &str, hash: &Hash) -> [u64; 2] {
    let of_both: Hash = Sha256::new().chain_update(path).chain_update([0]).chain_update(hash).finalize().into();
    [half(&of_both, 0) | 1, half(&of_both, 1)]
}

/// Eight bytes of a hash, as a number.
fn half(hash: &Hash, which: usize) -> u64 {
    hash.iter().skip(8 * which).take(8).rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Writes names and contents behind the index, each once.
struct Writer<'t> {
    index: Vec<u8>,
    behind: Vec<u8>,
    start: usize,
    names: HashMap<&'t str, u32>,
    contents: HashMap<Hash, u32>,
}

impl<'t> Writer<'t> {
    fn new(nodes: usize) -> Self {
        let start = HEADER + nodes * NODE;
        Self { index: Vec::new(), behind: Vec::new(), start, names: HashMap::new(), contents: HashMap::new() }
    }

    /// The image; nothing if a number in it would be beyond `u32`.
    fn write(mut self, nodes: &[Placed<'t>], max_tmp: u32) -> Option<Vec<u8>> {
        // All names come before all contents: a search then stays in few pages.
        for node in nodes {
            if !self.names.contains_key(node.name) {
                let at = self.put(node.name.as_bytes())?;
                self.names.insert(node.name, at);
            }
        }
        for node in nodes {
            self.node(node)?;
        }
        let length = u32::try_from(self.start + self.behind.len()).ok()?;
        let header = [length, u32::try_from(nodes.len()).ok()?, HEADER as u32, max_tmp, 0, 0, 0];
        let header = header.iter().flat_map(|number| number.to_le_bytes());
        let mut image = Vec::with_capacity(length as usize);
        image.extend(MAGIC.into_iter().chain(header));
        image.append(&mut self.index);
        image.append(&mut self.behind);
        Some(image)
    }

    fn node(&mut self, node: &Placed<'t>) -> Option<()> {
        let name = *self.names.get(node.name)?;
        let (kind, first, count) = match &node.what {
            What::Folder { first, count } => (0, u32::try_from(*first).ok()?, *count),
            What::File(contents) => (1, self.file(&node.hash, contents)?, contents.len()),
        };
        let [count, parent] = [count, node.parent].map(u32::try_from);
        let numbers = [name, u32::try_from(node.name.len()).ok()?, kind, first, count.ok()?, parent.ok()?];
        self.index.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        let [lower, upper] = identity(&node.path, &node.hash);
        let numbers = [changed_at(&node.hash), lower, upper];
        self.index.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        Some(())
    }

    /// Where contents are.
    fn file(&mut self, hash: &Hash, contents: &[u8]) -> Option<u32> {
        if let Some(at) = self.contents.get(hash) {
            return Some(*at);
        }
        self.behind.resize(self.behind.len().next_multiple_of(ALIGN), 0);
        let at = self.put(contents)?;
        self.contents.insert(*hash, at);
        Some(at)
    }

    fn put(&mut self, bytes: &[u8]) -> Option<u32> {
        let at = u32::try_from(self.start + self.behind.len()).ok()?;
        self.behind.extend_from_slice(bytes);
        Some(at)
    }
}
