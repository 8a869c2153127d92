//! What the host says to each friendly function, as a table to read and to compare.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

const ABOUT: &str = "\
What Viceroy, as the tests set it up, says to each friendly function when it is called as it is meant to be.
BLESS=1 rewrites this; look at the difference before you commit it.
";

const OK: &str = "ok";

/// An outcome that is an answer, though there is nothing in it, or nothing in some of its fields.
const NOTHING: &str = "nothing";

/// The function was not called: nothing gave what it is called on or with.
const NO_HANDLE: &str = "no handle";

/// What came of a call, by the function's path.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    outcomes: BTreeMap<String, String>,
}

/// Whether the host does what is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Ability {
    Cannot,
    Nothing,
    Works,
}

impl Ability {
    const ALL: [Self; 3] = [Self::Cannot, Self::Nothing, Self::Works];

    fn of(outcome: &str) -> Self {
        match outcome {
            OK => Self::Works,
            _ if outcome.starts_with(NOTHING) => Self::Nothing,
            _ => Self::Cannot,
        }
    }

    fn heading(self) -> &'static str {
        match self {
            Self::Cannot => "What Viceroy cannot do",
            Self::Nothing => "What Viceroy does, and has nothing to answer with, or nothing in some fields",
            Self::Works => "What Viceroy does",
        }
    }
}

impl Table {
    pub fn new(outcomes: BTreeMap<String, String>) -> Self {
        Self { outcomes }
    }

    /// Reads what [`Table::text`] writes; what is no row is there for people.
    fn read(text: &str) -> Self {
        let rows = text.lines().filter_map(|line| line.strip_prefix("  ")?.split_once(": "));
        Self::new(rows.map(|(function, outcome)| (function.to_owned(), outcome.to_owned())).collect())
    }

    fn count(&self, is_meant: impl Fn(&str) -> bool) -> usize {
        self.outcomes.values().filter(|outcome| is_meant(outcome)).count()
    }

    /// How many functions there are, were called, and cannot be done.
    pub fn summary(&self) -> String {
        let all = self.outcomes.len();
        let called = all - self.count(|outcome| outcome.starts_with(NO_HANDLE));
        let cannot = self.count(|outcome| Ability::of(outcome) == Ability::Cannot);
        format!("{called} of {all} functions called, {cannot} that Viceroy cannot do")
    }

    fn text(&self) -> String {
        let mut text = format!("{ABOUT}{}.\n", self.summary());
        for ability in Ability::ALL {
            let mut rows: Vec<_> = self.outcomes.iter().filter(|(_, said)| Ability::of(said) == ability).collect();
            // What cannot be done for one reason is together.
            rows.sort_by_key(|(function, said)| (*said, *function));
            // Writing to a string cannot fail.
            let _ = writeln!(text, "\n{} ({})", ability.heading(), rows.len());
            for (function, said) in rows {
                let _ = writeln!(text, "  {function}: {said}");
            }
        }
        text
    }

    /// Compares it with a golden file, or rewrites the file.
    pub fn golden(&self, path: &Path) -> Result<(), String> {
        let (name, text) = (path.file_name().unwrap_or_default().to_string_lossy(), self.text());
        if env::var_os("BLESS").is_some_and(|value| value == "1") {
            return fs::write(path, text).map_err(|error| format!("cannot write {name}: {error}"));
        }
        let kept = fs::read_to_string(path).map_err(|error| format!("{name}: {error}; write it with BLESS=1"))?;
        if kept == text {
            return Ok(());
        }
        let mut changes = self.changes(&Self::read(&kept));
        if changes.is_empty() {
            changes.push("its rows are right, and it is not as BLESS=1 writes it".to_owned());
        }
        Err(format!("{name} differs; if this is right, rewrite it with BLESS=1:\n- {}", changes.join("\n- ")))
    }

    /// What is otherwise than in another table, in words.
    fn changes(&self, before: &Self) -> Vec<String> {
        let functions: BTreeSet<_> = self.outcomes.keys().chain(before.outcomes.keys()).collect();
        let change = |function: &&String| match (before.outcomes.get(*function), self.outcomes.get(*function)) {
            (Some(before), Some(now)) => changed(function, before, now),
            (None, Some(now)) => Some(format!("the table lacks {function}, to which Viceroy says {now}")),
            (Some(_), None) => Some(format!("the table has {function}, which is no friendly function")),
            (None, None) => None,
        };
        functions.iter().filter_map(change).collect()
    }
}

fn changed(function: &str, before: &str, now: &str) -> Option<String> {
    use Ability::{Cannot, Nothing, Works};
    if before == now {
        return None;
    }
    Some(match (Ability::of(before), Ability::of(now)) {
        (Cannot, Works | Nothing) => {
            format!("Viceroy now does {function} ({now}; it was {before}): take it from what it cannot do")
        }
        (Works | Nothing, Cannot) => format!("Viceroy no longer does {function}: {now}, it was {before}"),
        (Nothing, Works) => format!("Viceroy now has an answer to {function}; it was {before}"),
        (Works, Nothing) => format!("Viceroy no longer has an answer to {function}: {now}"),
        (Cannot, Cannot) | (Nothing, Nothing) | (Works, Works) => {
            format!("Viceroy answers {function} otherwise: {now}, it was {before}")
        }
    })
}

fn table(rows: &[(&str, &str)]) -> Table {
    Table::new(rows.iter().map(|(function, said)| ((*function).to_owned(), (*said).to_owned())).collect())
}

#[test]
fn a_table_is_read_as_it_was_written() {
    let rows =
        [("a.b", "ok"), ("a.c", "nothing"), ("a.d", "nothing in x, y"), ("a.e", "no handle: a.f"), ("a.f", "e.E.F")];
    let written = table(&rows);
    assert_eq!(Table::read(&written.text()), written);
    assert_eq!(written.summary(), "4 of 5 functions called, 2 that Viceroy cannot do");
}

#[test]
fn what_differs_is_said_in_words() {
    let before = table(&[
        ("gone", "ok"),
        ("learned", "types.Error.UNSUPPORTED"),
        ("lost", "ok"),
        ("more", "nothing"),
        ("other", "no handle: learned"),
        ("same", "ok"),
        ("worse", "nothing"),
    ]);
    let now = table(&[
        ("learned", "nothing"),
        ("lost", "ends the sandbox"),
        ("more", "ok"),
        ("new", "ok"),
        ("other", "types.Error.UNSUPPORTED"),
        ("same", "ok"),
        ("worse", "nothing in length"),
    ]);
    let wanted = [
        "the table has gone, which is no friendly function",
        "Viceroy now does learned (nothing; it was types.Error.UNSUPPORTED): take it from what it cannot do",
        "Viceroy no longer does lost: ends the sandbox, it was ok",
        "Viceroy now has an answer to more; it was nothing",
        "the table lacks new, to which Viceroy says ok",
        "Viceroy answers other otherwise: types.Error.UNSUPPORTED, it was no handle: learned",
        "Viceroy answers worse otherwise: nothing in length, it was nothing",
    ];
    assert_eq!(now.changes(&before), wanted);
}
