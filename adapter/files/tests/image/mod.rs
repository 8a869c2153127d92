//! Writes images for tests: independent of the composer, so that both have to agree with the description of the format.

use std::collections::{BTreeMap, VecDeque};

/// When the files of a test were changed, in seconds since 1970.
pub const MODIFIED: u64 = 1_100_000_000;

/// A directory's entries, or a file's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// Names in the order of their bytes.
    Directory(BTreeMap<String, Item>),
    /// The contents.
    File(Vec<u8>),
}

impl Item {
    /// An empty directory.
    pub fn directory() -> Self {
        Self::Directory(BTreeMap::new())
    }

    /// Adds a file, and the directories that lead to it.
    pub fn with(mut self, path: &str, bytes: &[u8]) -> Self {
        let mut at = &mut self;
        for part in path.split('/') {
            let Self::Directory(entries) = at else { panic!("{path} leads through a file") };
            at = entries.entry(part.to_owned()).or_insert_with(Self::directory);
        }
        *at = Self::File(bytes.to_vec());
        self
    }
}

/// The image of a root directory, with a limit of `/tmp` in bytes.
pub fn write(root: &Item, limit: u32) -> Vec<u8> {
    // Nodes in the order of levels: the children of each directory follow one another, behind it.
    let mut nodes = vec![("", root, 0)];
    let mut first_children = Vec::new();
    let mut waiting = VecDeque::from([0]);
    while let Some(index) = waiting.pop_front() {
        first_children.push(nodes.len());
        if let Item::Directory(entries) = nodes[index].1 {
            for (name, item) in entries {
                waiting.push_back(nodes.len());
                nodes.push((name, item, index));
            }
        }
    }
    let (start, mut data) = (32, Vec::new());
    let data_start = start + 48 * nodes.len();
    let mut table = Vec::new();
    for (index, (name, item, parent)) in nodes.iter().enumerate() {
        let name_at = data_start + data.len();
        data.extend_from_slice(name.as_bytes());
        let (kind, first, count) = match item {
            Item::Directory(entries) => (0, first_children[index], entries.len()),
            Item::File(bytes) => {
                let at = data_start + data.len();
                data.extend_from_slice(bytes);
                (1, at, bytes.len())
            }
        };
        for word in [name_at, name.len(), kind, first, count, *parent] {
            table.extend_from_slice(&(word as u32).to_le_bytes());
        }
        let hash = index as u64 + 1;
        for long in [MODIFIED + index as u64, hash, hash << 32] {
            table.extend_from_slice(&long.to_le_bytes());
        }
    }
    let mut image = b"FIL1".to_vec();
    for word in [(data_start + data.len()) as u32, nodes.len() as u32, start as u32, limit, 0, 0, 0] {
        image.extend_from_slice(&word.to_le_bytes());
    }
    [image, table, data].concat()
}
