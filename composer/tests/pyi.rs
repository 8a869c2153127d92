//! Type stubs as they are written: those of the small world in full, and lines of somebody's own in them.
//!
//! `fixtures/stubs/` are the stubs of `fixtures/cli/world`; `BLESS=1` rewrites them.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use composer::python::stubs::archive::{self, ArchiveError};
use composer::python::stubs::kept::{Kept, KeptError};
use composer::python::stubs::stubs;
use support::scene::SMALL;
use support::{bless, golden, repository};

fn small(plain: bool) -> BTreeMap<String, String> {
    stubs(&SMALL.plan, &BTreeMap::new(), plain)
}

#[test]
fn the_stubs_of_the_small_world() {
    for (name, plain) in [("small", false), ("small-plain", true)] {
        let folder = repository("fixtures/stubs").join(name);
        for (file, text) in small(plain) {
            let path = folder.join(&file);
            if bless() {
                fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a folder for it");
            }
            golden(&path, &text).unwrap_or_else(|error| panic!("{error}"));
        }
        let known = small(plain);
        forgotten(&folder, &folder, &known);
    }
}

/// Fails where a golden file is nobody's.
fn forgotten(root: &Path, folder: &Path, known: &BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            forgotten(root, &path, known);
            continue;
        }
        let name = path.strip_prefix(root).expect("it is below").to_string_lossy().replace('\\', "/");
        assert!(known.contains_key(&name), "{} is no stub any more; delete it", path.display());
    }
}

const TEXT: &str = r#""""Docs.

    # keep
"""

from typing import Self

__all__ = ["One", "Two"]

class One:
    """One."""

    class Inner:
        x: int

    def first(self) -> Self: ...

class Two:
    def second(self) -> Self: ...
"#;

/// Adds blocks before lines of `TEXT`, and writes a new text with them.
fn again(blocks: &[(&str, &str)], new: &str) -> Result<String, KeptError> {
    let mut text = TEXT.to_owned();
    for (before, line) in blocks {
        let indent = &line[..line.len() - line.trim_start().len()];
        let block = format!("{indent}# keep\n{line}\n{indent}# end keep\n");
        text = if before.is_empty() { text + &block } else { text.replacen(before, &format!("{block}{before}"), 1) };
    }
    let kept = Kept::read(&text)?;
    assert_eq!(kept.written, TEXT);
    kept.add_to(new)
}

#[test]
fn nothing_added_is_nothing_kept() {
    let kept = Kept::read(TEXT).expect("it can be read");
    assert!(kept.is_empty());
    assert_eq!(kept.add_to(TEXT).expect("it can be added to"), TEXT);
}

#[test]
fn lines_stay_in_their_class() {
    let text = again(&[("class Two", "    mine: int"), ("", "    also: int")], TEXT).expect("they are kept");
    let one = "    def first(self) -> Self: ...\n    # keep\n    mine: int\n    # end keep\n\nclass Two:";
    assert!(text.contains(one), "{text}");
    assert!(text.ends_with("second(self) -> Self: ...\n    # keep\n    also: int\n    # end keep\n"), "{text}");
    let inner = again(&[("\n    def first", "        y: int")], TEXT).expect("they are kept");
    assert!(inner.contains("        x: int\n        # keep\n        y: int\n        # end keep\n"), "{inner}");
}

#[test]
fn lines_stay_at_the_start_and_at_the_end() {
    let text = again(&[("__all__", "import mine"), ("", "LIMIT: int")], TEXT).expect("they are kept");
    assert!(text.contains("\"Two\"]\n# keep\nimport mine\n# end keep\n\nclass One"), "{text}");
    assert!(text.ends_with("\n# keep\nLIMIT: int\n# end keep\n"), "{text}");
    // And once more, from there.
    let kept = Kept::read(&text).expect("it can be read");
    assert_eq!(kept.add_to(TEXT).expect("it can be added to"), text);
}

#[test]
fn a_class_that_is_gone_is_told() {
    let new = TEXT.split("\nclass Two").next().expect("there is a start");
    let error = again(&[("", "    mine: int")], new).expect_err("there is no class for it");
    assert!(matches!(&error, KeptError::NoClass { class } if class == "Two"), "{error}");
    let error = Kept::read("# keep\nmine: int\n").expect_err("it does not end");
    assert!(matches!(error, KeptError::Open { line: 1 }), "{error}");
}

/// A component with these files for stubs.
fn with_files(files: impl IntoIterator<Item = (String, String)>) -> Vec<u8> {
    let mut component = wat::parse_str("(component)").expect("it is one");
    archive::add(&mut component, &files.into_iter().collect()).expect("it is added");
    component
}

#[test]
fn what_unpacks_to_more_than_stubs_can_be_is_refused() {
    let one = with_files([("a.pyi".to_owned(), " ".repeat(65 << 20))]);
    assert!(one.len() < 1 << 20, "it is packed");
    let together = with_files((0..9).map(|number| (format!("a{number}.pyi"), " ".repeat(8 << 20))));
    let many = with_files((0..4001).map(|number| (format!("a{number}.pyi"), String::new())));
    for component in [one, together, many] {
        let error = archive::read(&component).expect_err("it is too large");
        assert!(matches!(error, ArchiveError::TooLarge { .. }), "{error}");
    }
}

#[test]
fn what_is_no_stub_is_refused() {
    let package = "package/__init__.pyi";
    let refused = [
        &["conftest.py"][..],
        &["main.py", "__init__.pyi"],
        &["package/module.py"],
        &[package, "package/tests/module.py"],
        &[package, "package/setup.py"],
        &[package, "package/test_it.py"],
        &[package, "package/a.py", "other/__init__.pyi", "other/b.py"],
        &["wit_world/__init__.pyi", "wit_world/a.py"],
        &[".hidden.pyi"],
        &[".hidden/a.pyi"],
        &["../a.pyi"],
        &["a/../../a.pyi"],
        &["/a.pyi"],
        &["C:/a.pyi"],
        &["a\\b.pyi"],
        &["a/"],
        &["a//b.pyi"],
        &["a b.pyi"],
        &["a.pyc"],
        &["Makefile"],
        &["a\u{7}.pyi"],
        &[""],
    ];
    for names in refused {
        let component = with_files(names.iter().map(|name| ((*name).to_owned(), String::new())));
        let error = archive::read(&component).expect_err(names[0]);
        assert!(matches!(error, ArchiveError::NoStub { .. }), "{names:?}: {error}");
        assert!(!error.to_string().chars().any(char::is_control), "{names:?}: {error:?}");
    }
    let taken = [package, "package/py.typed", "package/module.py", "package/_own.py", "componentize_py_types.pyi"];
    let component = with_files(taken.map(|name| (name.to_owned(), String::new())));
    assert_eq!(archive::read(&component).expect("they are stubs").len(), taken.len());
}

#[test]
fn an_archive_is_what_was_put_into_it() {
    let component = wat::parse_str("(component (core module) (component))").expect("it is one");
    let files = small(false);
    let with = || {
        let mut with = component.clone();
        archive::add(&mut with, &files).expect("it is added");
        with
    };
    assert_eq!(with(), with(), "the same bytes each time");
    let with = with();
    assert_eq!(archive::read(&with).expect("it is read"), files);
    assert!(with.starts_with(&component));
    wasmparser::Validator::new().validate_all(&with).expect("it is valid");
    assert!(matches!(archive::read(&component), Err(ArchiveError::Missing)));
    // One of a part is that part's.
    let nested = wat::parse_str(r#"(component (component (@custom "python-stubs" "x")))"#).expect("it is one");
    assert!(matches!(archive::read(&nested), Err(ArchiveError::Missing)));
    let damaged = wat::parse_str(r#"(component (@custom "python-stubs" "x"))"#).expect("it is one");
    assert!(matches!(archive::read(&damaged), Err(ArchiveError::Damaged { .. })));
    let (cut, _) = with.split_at(with.len() - 10);
    assert!(matches!(archive::read(cut), Err(ArchiveError::Component { .. })));
}
