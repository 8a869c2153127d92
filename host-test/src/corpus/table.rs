//! What came of each package, as rows of a table: one text that the repository keeps and a page quotes.

use std::fmt;
use std::fs;
use std::path::Path;

use super::CorpusError;
use crate::quote::Quote;

/// The table, where a page quotes it.
pub const QUOTE: Quote = Quote { name: "packages", next: "put them there with `just corpus --bless`" };

const HEAD: &str = "| package | version | builds | first request | what is said |\n|---|---|---|---|---|\n";

/// What stands for a version that is not known, or a request that was not made.
const NONE: &str = "–";

/// What came of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The package, as the registry calls it.
    pub package: String,
    /// The version that was installed, if any was.
    pub version: Option<String>,
    /// How far it came.
    pub outcome: Outcome,
    /// What was said: by the composer where it refuses, by the app where its request fails.
    pub said: String,
}

/// How far a package came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Its first real thing came to the right value.
    Right,
    /// It came to another value.
    Wrong,
    /// It raised an exception.
    Fails,
    /// The composer does not build it.
    Refused,
}

impl Outcome {
    const ALL: [Self; 4] = [Self::Right, Self::Wrong, Self::Fails, Self::Refused];

    /// What stands under `builds` and under `first request`.
    fn cells(self) -> [&'static str; 2] {
        match self {
            Self::Right => ["yes", "right"],
            Self::Wrong => ["yes", "wrong"],
            Self::Fails => ["yes", "fails"],
            Self::Refused => ["no", NONE],
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = self.version.as_deref().unwrap_or(NONE);
        let [builds, request] = self.outcome.cells();
        write!(f, "| {} | {version} | {builds} | {request} | {} |", self.package, self.said)
    }
}

impl Row {
    /// A row; what is said is one line of a table's cell.
    pub fn new(package: &str, version: Option<String>, outcome: Outcome, said: &str) -> Self {
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "/");
        Self { package: package.to_owned(), version, outcome, said }
    }

    /// Whether this is the same but for versions, whoever's they are.
    pub fn is_like(&self, other: &Self) -> bool {
        let [this, other] = [self, other].map(|row| (row.package.as_str(), row.outcome, unversioned(&row.said)));
        this == other
    }
}

/// A text without its numbers.
fn unversioned(text: &str) -> String {
    let mut parts = text.split(|c: char| c.is_ascii_digit() || c == '.').filter(|part| !part.is_empty());
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + "#" + part)
}

/// The rows as a table.
pub fn text(rows: &[Row]) -> String {
    rows.iter().fold(HEAD.to_owned(), |text, row| format!("{text}{row}\n"))
}

/// Reads a table; one that is not there has no rows.
pub fn read(path: &Path) -> Result<Vec<Row>, CorpusError> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = fs::read_to_string(path).map_err(CorpusError::file(path))?;
    let rows = text.lines().skip(HEAD.lines().count());
    let row = |line: &str| row(line).ok_or_else(|| CorpusError::Row { path: path.to_owned(), line: line.to_owned() });
    rows.map(row).collect()
}

fn row(line: &str) -> Option<Row> {
    let line = line.strip_prefix("| ")?.strip_suffix(" |")?;
    let mut cells = line.splitn(5, " | ");
    let mut cell = || cells.next();
    let (package, version, builds, request, said) = (cell()?, cell()?, cell()?, cell()?, cell()?);
    let outcome = Outcome::ALL.into_iter().find(|outcome| outcome.cells() == [builds, request])?;
    let version = Some(version).filter(|version| *version != NONE).map(str::to_owned);
    Some(Row { package: package.to_owned(), version, outcome, said: said.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_as_they_were_written() {
        for outcome in Outcome::ALL {
            for said in ["", "no `a` / b"] {
                for version in [None, Some("1.2".to_owned())] {
                    let written = Row::new("a-b", version, outcome, said);
                    assert_eq!(row(&written.to_string()), Some(written));
                }
            }
        }
        for line in ["", "| a |", "| a | 1 | maybe | right |  |", "a | 1 | yes | right |  |"] {
            assert_eq!(row(line), None, "{line}");
        }
    }

    #[test]
    fn what_is_said_is_one_line() {
        let row = Row::new("a", None, Outcome::Refused, "one\n  two | three\n");
        assert_eq!(row.to_string(), "| a | – | no | – | one two / three |");
    }

    #[test]
    fn versions_are_no_difference() {
        let row = |version: &str, said: &str| Row::new("a", Some(version.to_owned()), Outcome::Refused, said);
        assert!(row("1.0", "needs b 2.41.5, compiled").is_like(&row("1.1", "needs b 10.3, compiled")));
        assert!(!row("1.0", "needs b 2.41.5, compiled").is_like(&row("1.0", "needs c 2.41.5, compiled")));
        assert!(!row("1.0", "needs b").is_like(&Row::new("a", None, Outcome::Fails, "needs b")));
    }
}
