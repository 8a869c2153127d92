//! The sources of the repository: which files there are, and which names a Rust file uses.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::repository;

/// Every file of the repository that git does not ignore, relative to its root.
pub fn files() -> Vec<PathBuf> {
    let root = repository("");
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(&root)
        .output()
        .ok()
        .filter(|output| output.status.success());
    let mut files: Vec<PathBuf> = match listed {
        Some(output) => String::from_utf8_lossy(&output.stdout).lines().map(PathBuf::from).collect(),
        None => walk(&root).iter().filter_map(|path| Some(path.strip_prefix(&root).ok()?.to_owned())).collect(),
    };
    files.retain(|path| root.join(path).is_file());
    files.sort();
    files
}

/// The files below a folder, without what is built and what is hidden.
fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let kept = entries.filter(|path| {
        let name = super::name(path);
        let is_hidden = name.starts_with('.') && name != ".ci";
        !is_hidden && !["target", "build"].contains(&name.as_str())
    });
    kept.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

/// The text of a file of the repository.
pub fn text(path: &Path) -> String {
    fs::read_to_string(repository("").join(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every path of names in a Rust file, such as `std::fs` and `std::fs::read`; groups of `use` are taken apart.
pub fn names(source: &str) -> BTreeSet<String> {
    let tokens: TokenStream = source.parse().unwrap_or_else(|error| panic!("{error}"));
    let mut names = BTreeSet::new();
    collect(tokens, "", &mut names);
    names
}

fn collect(tokens: TokenStream, prefix: &str, names: &mut BTreeSet<String>) {
    let mut path = prefix.to_owned();
    // How many colons came last: two of them and the path goes on.
    let mut colons = if prefix.is_empty() { 0 } else { 2 };
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => {
                path = if colons == 2 { format!("{path}::{ident}") } else { ident.to_string() };
                names.insert(path.trim_start_matches("::").to_owned());
                colons = 0;
            }
            TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
            TokenTree::Group(group) => {
                let is_use = colons == 2 && group.delimiter() == Delimiter::Brace;
                collect(group.stream(), if is_use { &path } else { "" }, names);
                colons = 0;
            }
            TokenTree::Punct(punct) if punct.as_char() == ',' => {
                path = prefix.to_owned();
                colons = if prefix.is_empty() { 0 } else { 2 };
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {
                path.clear();
                colons = 0;
            }
        }
    }
}
