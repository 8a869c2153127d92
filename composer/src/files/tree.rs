//! Paths and what the files there hold: plain data, checked when it is put in.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use thiserror::Error;

/// The longest name of a file or a folder, in bytes (POSIX, `NAME_MAX` of most systems).
pub const LONGEST_NAME: usize = 255;

/// The folder of the root that the guest has itself.
pub const TMP: &str = "tmp";

/// The files of an app, by their paths from the root, without a leading `/`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    files: BTreeMap<String, Vec<u8>>,
}

/// Why a file cannot be in a tree.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TreeError {
    /// A part of its path is no name.
    #[error("`{path}` cannot be in the component: {why}; rename it, or leave it out with --exclude")]
    Name {
        /// The path.
        path: String,
        /// What is wrong with which part.
        why: String,
    },
    /// It would be in the folder for temporary files.
    #[error(
        "`{path}` cannot be in the component: `/tmp` is the folder for what a request writes, and is empty at its start; put the file into another folder"
    )]
    Tmp {
        /// The path.
        path: String,
    },
    /// There is a file with this path.
    #[error("`{path}` is there twice; leave one of the two out")]
    Twice {
        /// The path.
        path: String,
    },
    /// What is a file for one path is a folder for another.
    #[error("`{path}` is in `{file}`, which is a file and no folder; leave one of the two out")]
    InFile {
        /// The path.
        path: String,
        /// The path of the file that stands where a folder should.
        file: String,
    },
}

impl Tree {
    /// A tree without files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a file in. `path` is from the root, with `/` between its parts and none at its start.
    pub fn insert(&mut self, path: &str, contents: Vec<u8>) -> Result<(), TreeError> {
        let mut parts = path.split('/');
        if let Some(why) = path.split('/').find_map(wrong) {
            return Err(TreeError::Name { path: path.to_owned(), why });
        }
        if parts.next() == Some(TMP) {
            return Err(TreeError::Tmp { path: path.to_owned() });
        }
        let above = path.match_indices('/').map(|(at, _)| path.split_at(at).0);
        if let Some(file) = above.into_iter().find(|above| self.files.contains_key(*above)) {
            return Err(TreeError::InFile { path: path.to_owned(), file: file.to_owned() });
        }
        let inside = format!("{path}/");
        if let Some((below, _)) =
            self.files.range(inside.clone()..).next().filter(|(below, _)| below.starts_with(&inside))
        {
            return Err(TreeError::InFile { path: below.clone(), file: path.to_owned() });
        }
        match self.files.entry(path.to_owned()) {
            Entry::Vacant(place) => {
                place.insert(contents);
                Ok(())
            }
            Entry::Occupied(_) => Err(TreeError::Twice { path: path.to_owned() }),
        }
    }

    /// The files with their contents, in the order of their paths.
    pub fn files(&self) -> impl ExactSizeIterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(path, contents)| (path.as_str(), contents.as_slice()))
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The sum of their sizes, in bytes.
    pub fn bytes(&self) -> u64 {
        self.files.values().map(|contents| contents.len() as u64).sum()
    }
}

/// What is wrong with the name of a file or a folder, in words.
pub(crate) fn wrong(name: &str) -> Option<String> {
    match name {
        "" => Some("a part of its path is empty".to_owned()),
        "." | ".." => Some(format!("`{name}` in its path is no name")),
        _ if name.contains('\0') => Some("a part of its path has a NUL character".to_owned()),
        _ if name.contains('/') => Some("a name has a `/`".to_owned()),
        _ if name.len() > LONGEST_NAME => {
            Some(format!("a part of its path is of {} bytes, and {LONGEST_NAME} are the most", name.len()))
        }
        _ => None,
    }
}
