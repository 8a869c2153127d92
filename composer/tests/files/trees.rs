//! What can be in a tree.

use composer::files::Tree;

/// What putting in the last of these paths says.
fn refused(paths: &[&str]) -> String {
    let (last, before) = paths.split_last().expect("there are paths");
    let mut tree = Tree::new();
    for path in before {
        tree.insert(path, Vec::new()).unwrap_or_else(|error| panic!("{path}: {error}"));
    }
    tree.insert(last, Vec::new()).expect_err("it is refused").to_string()
}

#[test]
fn a_path_is_made_of_names() {
    for (path, why) in [
        ("", "a part of its path is empty"),
        ("/a", "a part of its path is empty"),
        ("a//b", "a part of its path is empty"),
        ("a/", "a part of its path is empty"),
        ("a/./b", "`.` in its path is no name"),
        ("../a", "`..` in its path is no name"),
        ("a\0b", "a part of its path has a NUL character"),
    ] {
        let said = refused(&[path]);
        assert!(said.starts_with(&format!("`{path}` cannot be in the component: {why};")), "{said}");
    }
    let said = refused(&[&format!("a/{}", "n".repeat(256))]);
    assert!(said.contains("a part of its path is of 256 bytes, and 255 are the most"), "{said}");
    let mut tree = Tree::new();
    tree.insert(&"é".repeat(127), Vec::new()).expect("254 bytes are a name");
}

#[test]
fn the_folder_for_temporary_files_is_the_guests() {
    for path in ["tmp", "tmp/a", "tmp/a/b"] {
        let said = refused(&[path]);
        assert!(said.contains("`/tmp` is the folder for what a request writes"), "{said}");
    }
    let mut tree = Tree::new();
    tree.insert("a/tmp/b", Vec::new()).expect("it is another folder");
    tree.insert("tmpl", Vec::new()).expect("it is another name");
}

#[test]
fn a_path_is_one_thing() {
    assert_eq!(refused(&["a/b", "a/b"]), "`a/b` is there twice; leave one of the two out");
    let in_file = "`a/b/c` is in `a/b`, which is a file and no folder; leave one of the two out";
    assert_eq!(refused(&["a/b", "a/b/c"]), in_file);
    assert_eq!(refused(&["a/b/c", "a/b"]), in_file);
    let mut tree = Tree::new();
    for path in ["a/b/c", "a/b.c", "a/b-c", "a/bc"] {
        tree.insert(path, Vec::new()).unwrap_or_else(|error| panic!("{path}: {error}"));
    }
    assert_eq!(tree.len(), 4);
}
