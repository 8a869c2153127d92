//! Other people's packages and reports: a few packages as the table has them, and every report's case.
//!
//! `just corpus` tries all packages. Here are one that works, one that needs a compiled module, and one that needs a module
//! that this Python has not got; in the version of the table, so that a new one fails nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use host_test::apps::fixture;
use host_test::corpus::table::{Outcome, QUOTE, text};
use host_test::corpus::{Corpus, TOLD, Version, app, reports, trial};

fn corpus() -> Corpus {
    Corpus::read(&fixture("corpus")).unwrap_or_else(|error| panic!("{error}"))
}

/// Tries a package in the version of the table, which must have the row that this comes to.
fn as_in_the_table(package: &str) -> Outcome {
    let (corpus, folder) = (corpus(), tempfile::tempdir().expect("a temporary folder"));
    let row = corpus.try_out(package, Version::OfTable, folder.path()).unwrap_or_else(|error| panic!("{error}"));
    let known = corpus.row(package).unwrap_or_else(|| panic!("the table has no row for {package}"));
    assert!(row.is_like(known), "the table has\n{known}\nand this is\n{row}");
    row.outcome
}

#[test]
fn a_pure_package_works() {
    assert_eq!(as_in_the_table("jinja2"), Outcome::Right);
}

#[test]
fn a_package_whose_core_is_compiled_is_refused() {
    assert_eq!(as_in_the_table("pydantic"), Outcome::Refused);
}

#[test]
fn a_package_that_needs_a_missing_module_is_refused() {
    assert_eq!(as_in_the_table("pyjwt"), Outcome::Refused);
}

#[test]
fn the_table_has_every_package_and_the_page_quotes_it() {
    let corpus = corpus();
    let rows = corpus.with(&[]);
    let known: Vec<_> = rows.iter().map(|row| row.package.as_str()).collect();
    assert_eq!(known, corpus.names().collect::<Vec<_>>());
    let page = fixture("..").join("docs/packages.md");
    QUOTE.check(&page, &text(&rows)).unwrap_or_else(|error| panic!("{error}"));
    // The composer could not have known otherwise.
    for row in &rows {
        let is_fine = match row.outcome {
            Outcome::Right => row.said.is_empty(),
            Outcome::Refused => !row.said.is_empty(),
            Outcome::Fails => row.said.ends_with(TOLD),
            Outcome::Wrong => false,
        };
        assert!(is_fine, "{row}");
    }
    assert!(rows.iter().filter(|row| row.outcome == Outcome::Right).count() >= 40, "40 packages work at least");
}

#[test]
fn what_public_reports_say_is_not_so_here() {
    let reports = reports::read(&fixture("corpus")).unwrap_or_else(|error| panic!("{error}"));
    assert!(reports.len() >= 20, "{}", reports.len());
    let scenes: Vec<_> = reports.iter().filter_map(|(name, report)| Some((name, report.scene.as_ref()?))).collect();
    let path = |at: usize| format!("/{at}");
    let subjects: Vec<_> = scenes.iter().enumerate().map(|(at, (_, scene))| (path(at), *scene)).collect();
    let folder = tempfile::tempdir().expect("a temporary folder");
    app::write(&folder.path().join("reports"), &[], &subjects).unwrap_or_else(|error| panic!("{error}"));
    let built = trial::build(folder.path(), "reports").unwrap_or_else(|error| panic!("{error}"));
    let built = built.unwrap_or_else(|refusal| panic!("{refusal}"));
    let server = trial::serve(&built.wasm).unwrap_or_else(|error| panic!("{error}"));
    let mut wrong = BTreeMap::new();
    for (at, (name, scene)) in scenes.iter().enumerate() {
        let response = trial::ask(&server, &path(at)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let found = trial::answer(&server, &response).unwrap_or_else(|error| panic!("{name}: {error}"));
        if found.as_ref() != Ok(&scene.value) {
            wrong.insert(*name, found);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn transcripts_hold_what_public_reports_ask_for() {
    let reports = reports::read(&fixture("corpus")).unwrap_or_else(|error| panic!("{error}"));
    for (name, report) in &reports {
        let (Some(transcript), Some(text)) = (&report.transcript, &report.has) else { continue };
        let path = fixture(transcript);
        let found = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {}: {error}", path.display()));
        assert!(found.contains(text.as_str()), "{name}: {} has no `{text}`", path.display());
    }
}

/// A list that is wrong is told by its name and line, and not passed over.
#[test]
fn a_list_that_is_wrong_is_refused() {
    let refusal = |file: &str, text: &str| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join(file), text).expect("the list is written");
        let read: fn(&Path) -> _ = match file {
            "reports.toml" => |folder| reports::read(folder).err(),
            _ => |folder| Corpus::read(folder).err(),
        };
        read(folder.path()).map(|error| error.to_string()).unwrap_or_default()
    };
    let subject = "top = ''\nvalue = 1\n";
    for (file, text, said) in [
        ("packages.toml", format!("[a]\n{subject}"), "a: it has neither `first` nor `wsgi`"),
        ("packages.toml", format!("[a]\n{subject}first = '1'\nwsgi = 'app'\n"), "a: it has both"),
        ("packages.toml", format!("[a]\n{subject}first = '1'\nwarm_up = ['/']\n"), "`warm_up` is for"),
        ("packages.toml", format!("[a]\n{subject}frist = '1'\n"), "unknown field `frist`"),
        ("reports.toml", "['a/b#1']\nsays = 'c'\n".to_owned(), "a/b#1: it has not just one"),
        (
            "reports.toml",
            "['a/b#1']\nsays = 'c'\ntranscript = 'cli/help.txt'\n".to_owned(),
            "a/b#1: it has not just one",
        ),
    ] {
        let found = refusal(file, &text);
        assert!(found.contains(said) && found.contains("is no list of the corpus"), "{text}\n{found}");
    }
}
