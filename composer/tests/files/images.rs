//! What an image says: the files that went in, found as the guest finds them.

use std::collections::{BTreeMap, BTreeSet};

use composer::files::check::check;
use composer::files::{Files, Kind, image, read};
use proptest::prelude::*;

use crate::{MAX_TMP, files};

/// 1980-01-02 and 2026-01-01, in seconds since 1970.
const YEARS: std::ops::Range<u64> = 315_619_200..1_767_225_600;

fn written(files: &Files) -> Vec<u8> {
    image::write(files).expect("it is small")
}

/// When each file and folder was changed, by its path.
fn times(files: &Files) -> BTreeMap<String, u64> {
    let image = written(files);
    let image = check(&image).expect("it is valid");
    let mut paths: Vec<String> = Vec::new();
    for node in &image.nodes {
        let above = paths.get(node.parent).cloned().unwrap_or_default();
        paths.push(if node.name.is_empty() { String::new() } else { format!("{above}/{}", node.name) });
    }
    paths.into_iter().zip(image.nodes.iter().map(|node| node.changed)).collect()
}

#[test]
fn the_header_is_as_agreed() {
    let image = written(&files([("a/b", "contents")]));
    let word = |at: usize| u32::from_le_bytes(image[at..at + 4].try_into().expect("four bytes"));
    assert_eq!(&image[..4], b"FIL1");
    assert_eq!((word(4) as usize, word(8), word(12), word(16)), (image.len(), 3, 32, MAX_TMP));
    assert_eq!(image[20..32], [0; 12]);
    // The root, then its child, then the child of that.
    let node =
        |at: usize| (word(32 + 48 * at + 8), word(32 + 48 * at + 12), word(32 + 48 * at + 16), word(32 + 48 * at + 20));
    assert_eq!((node(0), node(1)), ((0, 1, 1, 0), (0, 2, 1, 0)));
    let (kind, at, size, parent) = node(2);
    assert_eq!((kind, size, parent), (1, 8, 1));
    assert_eq!(&image[at as usize..at as usize + 8], b"contents");
}

#[test]
fn no_files_are_an_empty_root() {
    let image = written(&files::<&str, &str>([]));
    let image = check(&image).expect("it is valid");
    assert_eq!(image.nodes.len(), 1);
    assert_eq!(image.nodes[0].kind, Kind::Folder { first: 1, count: 0 });
}

#[test]
fn the_same_contents_are_there_once() {
    let many = files((0..50).map(|number| (format!("f{number}"), "x".repeat(10_000))));
    assert!(written(&many).len() < 20_000, "{}", written(&many).len());
}

#[test]
fn times_are_of_the_contents() {
    let before = times(&files([("a/one", "1"), ("a/two", "2"), ("b/three", "3")]));
    assert!(before.values().all(|time| YEARS.contains(time)), "{before:?}");
    assert_eq!(before, times(&files([("b/three", "3"), ("a/two", "2"), ("a/one", "1")])));
    // A cache that knows a file by its time and its size sees that it is another one, and a folder shows it, too.
    let after = times(&files([("a/one", "9"), ("a/two", "2"), ("b/three", "3")]));
    let changed: BTreeSet<_> = before.keys().filter(|path| before[*path] != after[*path]).map(String::as_str).collect();
    assert_eq!(changed, BTreeSet::from(["", "/a", "/a/one"]));
    // Where a file is does not matter.
    assert_eq!(times(&files([("c", "1")]))["/c"], before["/a/one"]);
}

/// Paths in which names are few, so that they meet.
fn paths() -> impl Strategy<Value = Vec<(String, Vec<u8>)>> {
    let name = prop_oneof![Just("a"), Just("b"), Just("B"), Just("a.b"), Just("é"), Just("tmp"), Just("long-name.txt")];
    let path = prop::collection::vec(name, 1..5).prop_map(|names| names.join("/"));
    prop::collection::vec((path, prop::collection::vec(any::<u8>(), 0..40)), 0..40)
}

/// The files that a tree takes of these.
pub fn made(of: Vec<(String, Vec<u8>)>) -> Files {
    let mut files = files::<&str, &str>([]);
    for (path, contents) in of {
        // Some are in the way of others.
        let _ = files.tree.insert(&path, contents);
    }
    files
}

pub fn trees() -> impl Strategy<Value = Files> {
    paths().prop_map(made)
}

/// What is at a path, looked for as the guest does: by halving, in each folder.
fn found<'i>(image: &check::Image<'i>, path: &str) -> Option<&'i [u8]> {
    let mut at = image.nodes.first()?;
    for name in path.split('/') {
        let Kind::Folder { first, count } = at.kind else { return None };
        let children = &image.nodes[first..first + count];
        let place = children.binary_search_by(|child| child.name.as_bytes().cmp(name.as_bytes())).ok()?;
        at = &children[place];
    }
    match at.kind {
        Kind::File { contents } => Some(contents),
        Kind::Folder { .. } => None,
    }
}

use composer::files::check;

proptest! {
    #[test]
    fn what_went_in_is_found(files in trees()) {
        let bytes = written(&files);
        prop_assert_eq!(&bytes, &written(&files));
        let image = check(&bytes).expect("it is valid");
        prop_assert_eq!(image.max_tmp, MAX_TMP);
        for (path, contents) in files.tree.files() {
            prop_assert_eq!(found(&image, path), Some(contents));
            prop_assert_eq!(found(&image, &format!("{path}x")), None);
        }
        let listed: Vec<_> = read::list(&image).into_iter().map(|file| (file.path, file.size)).collect();
        let wanted: Vec<_> = files.tree.files().map(|(path, contents)| (format!("/{path}"), contents.len())).collect();
        prop_assert_eq!(listed, wanted);
    }
}
