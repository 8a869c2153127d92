//! Mutations: changes that break the adapter on purpose, to see that a test notices each.
//!
//! A file of `fixtures/mutants` lists some: where the change is, what stands there, what takes its place, and which
//! promise that breaks. `just mutants` makes one after the other in a copy of the project.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;

/// A change of one place.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mutant {
    /// What goes wrong with it, in plain words.
    pub name: String,
    /// The file, from the project's folder on.
    pub file: String,
    /// The text that it takes away: it stands in the file once.
    pub find: String,
    /// What it puts there.
    pub replace: String,
    /// The promise that it breaks.
    pub breaks: String,
}

/// Why there is no list of mutations, or one of them cannot be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MutantError {
    /// A file or a folder cannot be read.
    #[error("cannot read {}: {source}; correct the path", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A list is no TOML, or has lines that a list does not have.
    #[error("{} is no list of mutants: {message}; correct it there", path.display())]
    Toml {
        /// The list.
        path: PathBuf,
        /// What the parser says.
        message: String,
    },
    /// Two mutations go by one name.
    #[error("two mutants are called `{name}`; give one of them another name")]
    Twice {
        /// The name.
        name: String,
    },
    /// What a mutation takes away is not there, or there more than once.
    #[error(
        "mutant `{name}`: its `find` stands in {file} {count} times, and must once; the code has changed, so write anew \
         what the mutant changes"
    )]
    Count {
        /// The mutation.
        name: String,
        /// The file.
        file: String,
        /// How often it is there.
        count: usize,
    },
    /// A mutation that changes nothing.
    #[error("mutant `{name}`: its `replace` is its `find`, which breaks nothing; correct one of them")]
    Nothing {
        /// The mutation.
        name: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lines {
    mutant: Vec<Mutant>,
}

/// The mutations of all lists in a folder, list by list.
pub fn read(folder: &Path) -> Result<Vec<Mutant>, MutantError> {
    let unread = |source| MutantError::Read { path: folder.to_owned(), source };
    let entries = fs::read_dir(folder).map_err(unread)?;
    let mut lists = entries.map(|entry| Ok(entry.map_err(unread)?.path())).collect::<Result<Vec<_>, MutantError>>()?;
    lists.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    lists.sort();
    let mut mutants = Vec::new();
    for path in lists {
        let lines: Lines = toml::from_str(&text(&path)?)
            .map_err(|error| MutantError::Toml { path: path.clone(), message: error.to_string() })?;
        mutants.extend(lines.mutant);
    }
    let mut names = HashSet::new();
    match mutants.iter().find(|mutant| !names.insert(mutant.name.as_str())) {
        Some(twin) => Err(MutantError::Twice { name: twin.name.clone() }),
        None => Ok(mutants),
    }
}

impl Mutant {
    /// What its file becomes; `root` is the folder of the project.
    pub fn mutated(&self, root: &Path) -> Result<String, MutantError> {
        let text = text(&root.join(&self.file))?;
        let count = text.matches(&self.find).count();
        if count != 1 {
            return Err(MutantError::Count { name: self.name.clone(), file: self.file.clone(), count });
        }
        if self.find == self.replace {
            return Err(MutantError::Nothing { name: self.name.clone() });
        }
        Ok(text.replacen(&self.find, &self.replace, 1))
    }
}

fn text(path: &Path) -> Result<String, MutantError> {
    fs::read_to_string(path).map_err(|source| MutantError::Read { path: path.to_owned(), source })
}
