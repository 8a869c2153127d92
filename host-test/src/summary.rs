//! What the test run did, in figures: each test binary that counts writes a file, and at the end they are one table.

use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use thiserror::Error;

use crate::quote::Quote;

/// Where the figures are, below the folder for temporary files of the build.
pub const FOLDER: &str = "figures";

/// The table, where a page quotes it.
pub const QUOTE: Quote = Quote { name: "figures", next: "put them there with `figures --quote`" };

/// Why there is no table.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SummaryError {
    /// A file cannot be read or written.
    #[error("{}: {source}; run the tests first, or correct the path", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A file of figures is none.
    #[error("{} holds no figures: {message}; run the tests again", path.display())]
    Figures {
        /// The file.
        path: PathBuf,
        /// What the parser says.
        message: String,
    },
}

/// Writes figures down, in place of those that were there by this name.
pub fn record(folder: &Path, name: &str, figures: &IndexMap<String, String>) -> Result<(), SummaryError> {
    let path = folder.join(FOLDER).join(format!("{name}.toml"));
    let file = |source| SummaryError::File { path: path.clone(), source };
    fs::create_dir_all(folder.join(FOLDER)).map_err(file)?;
    let text = toml::to_string(figures)
        .map_err(|error| SummaryError::Figures { path: path.clone(), message: error.to_string() })?;
    fs::write(&path, text).map_err(file)
}

/// All figures that were written down, as a table.
pub fn table(folder: &Path) -> Result<String, SummaryError> {
    let folder = folder.join(FOLDER);
    let file = |path: &Path| {
        let path = path.to_owned();
        move |source| SummaryError::File { path, source }
    };
    let entries = fs::read_dir(&folder).map_err(file(&folder))?;
    let mut paths: Vec<_> =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>().map_err(file(&folder))?;
    paths.sort();
    let mut table = String::from("| what | how much |\n|---|---|\n");
    for path in paths {
        let text = fs::read_to_string(&path).map_err(file(&path))?;
        let figures: IndexMap<String, String> = toml::from_str(&text)
            .map_err(|error| SummaryError::Figures { path: path.clone(), message: error.message().to_owned() })?;
        for (what, count) in figures {
            // A string takes all that is written to it.
            let _ = writeln!(table, "| {what} | {count} |");
        }
    }
    Ok(table)
}

/// A count as people read it: `12,345`.
pub fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let first = digits.len() % 3;
    let (head, tail) = digits.split_at(first);
    let groups = tail.as_bytes().chunks(3).map(|group| String::from_utf8_lossy(group).into_owned());
    [head.to_owned()].into_iter().filter(|head| !head.is_empty()).chain(groups).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped_by_three() {
        for (count, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(count), text);
        }
    }
}
