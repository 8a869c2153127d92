//! That what is measured is what it says: both worlds do the same work, and a count that changed fails the check.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use anyhow::Result;
use host_test::bench::fuel::{Baseline, Change, Counted};
use host_test::bench::guest::{Guests, SPECS};
use host_test::bench::host::Mode;
use host_test::bench::{self, Bench, Options};

static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench");
    std::fs::create_dir_all(&folder).expect("the folder of tests can be written");
    folder
});

fn bench() -> Bench {
    let guests =
        env::var_os("COMPOSER_GUESTS").expect("COMPOSER_GUESTS names no folder; run the tests with `just test`");
    Bench::new(Options { guests: guests.into(), out: FOLDER.clone(), apps: None, rounds: 1 })
}

#[test]
fn both_worlds_do_the_same_work_and_a_count_that_changed_is_told() -> Result<()> {
    let bench = bench();
    let guests = Guests::new(bench.parts()?, Mode::Counted)?;
    for spec in SPECS {
        guests.same_work(spec)?;
    }

    let now = bench::instructions(&bench, &[])?;
    assert_eq!(now.rows.len(), SPECS.len());
    assert!(now.rows.values().all(|row| row.raw > 0 && row.adapted > row.raw), "{now:#?}");
    assert_eq!(now, bench::instructions(&bench, &[])?, "a count is exact");

    let file = FOLDER.join("fuel.toml");
    let mut old = now.clone();
    let nop = old.rows.get_mut("nop method").expect("there is such a row");
    *nop = Counted { adapted: nop.adapted / 2, ..*nop };
    old.write(&file)?;
    let changes = Baseline::read(&file)?.compare(&now, true);
    assert!(matches!(changes.as_slice(), [Change::Grew(name, ..)] if name == "nop method"), "{changes:?}");
    Ok(())
}

#[test]
fn a_filter_is_words_that_are_all_in_a_name() -> Result<()> {
    let titles = |words: &[&str]| -> Result<Vec<String>> {
        let words: Vec<String> = words.iter().map(ToString::to_string).collect();
        Ok(bench::measurements(&words)?.iter().map(bench::Measurement::title).collect())
    };
    assert_eq!(
        titles(&["guest body 1", "MB", "host"])?,
        ["guest body read 1 MB on the host's wasmtime", "guest body write 1 MB on the host's wasmtime"]
    );
    assert!(titles(&["guest"])?.len() >= SPECS.len());
    let error = titles(&["no such row"]).expect_err("nothing is called so").to_string();
    assert_eq!(error, "no row is called `no such row`; `just bench --list` says what there is");
    Ok(())
}
