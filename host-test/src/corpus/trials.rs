//! The packages as tests, each with a name of its own: they run side by side, and some can be picked.

use std::sync::{Arc, Mutex, PoisonError};

use libtest_mimic::{Failed, Trial};

use super::table::Row;
use super::{Corpus, Version};

/// What a run came to: a row for each package that was tried.
pub type Rows = Arc<Mutex<Vec<Row>>>;

/// A test for each package: it fails where the row is another one than the table has, unless that is to change.
pub fn trials(corpus: &Arc<Corpus>, rows: &Rows, bless: bool) -> Vec<Trial> {
    let trial = |name: &str| {
        let (corpus, rows, package) = (Arc::clone(corpus), Arc::clone(rows), name.to_owned());
        Trial::test(name, move || try_out(&corpus, &rows, &package, bless))
    };
    corpus.names().map(trial).collect()
}

fn try_out(corpus: &Corpus, rows: &Rows, package: &str, bless: bool) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let row = corpus.try_out(package, Version::Latest, folder.path()).map_err(|error| error.to_string())?;
    let known = corpus.row(package);
    let outcome = match known {
        _ if bless => Ok(()),
        Some(known) if *known == row => Ok(()),
        Some(known) => Err(format!("the table has\n{known}\nand this is\n{row}").into()),
        None => Err(format!("the table has no row for\n{row}").into()),
    };
    rows.lock().unwrap_or_else(PoisonError::into_inner).push(row);
    outcome
}
