//! Files of a stage that use each other in a circle: those of today, which may only get fewer.
//!
//! A file uses another one of its folder where it names `super::` and that file's module.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use support::source::{files, names, text};

/// The circles of today, by folder. Take a file out of the list when it is out of the circle.
const CIRCLES: &[(&str, &[&str])] = &[
    ("bypass", &["to_end", "trampoline"]),
    ("cli", &["componentize", "failure", "files", "scan"]),
    ("link", &["encode", "items"]),
    ("observe", &["refusal", "signature"]),
    ("observe", &["ground", "host", "known", "tables"]),
];

type Uses = BTreeMap<String, BTreeSet<String>>;

#[test]
fn circles_only_get_fewer() {
    let known = |folder: &str, circle: &BTreeSet<String>| {
        CIRCLES.iter().any(|(of, files)| *of == folder && circle.iter().all(|file| files.contains(&file.as_str())))
    };
    let mut found = Vec::new();
    for (folder, uses) in stages() {
        for circle in circles(&uses) {
            assert!(known(&folder, &circle), "files of `{folder}` use each other in a circle: {circle:?}");
            found.push((folder.clone(), circle));
        }
    }
    for (folder, files) in CIRCLES {
        for file in *files {
            let is_there = found.iter().any(|(of, circle)| of == folder && circle.contains(*file));
            assert!(is_there, "`{folder}/{file}.rs` is in no circle any more; take it out of the list of this test");
        }
    }
}

/// The folders of the composer's sources, with which file uses which.
fn stages() -> BTreeMap<String, Uses> {
    let mut stages: BTreeMap<String, Uses> = BTreeMap::new();
    for file in files().iter().filter(|file| file.starts_with("composer/src")) {
        let inside: Vec<_> = file.iter().skip(2).map(|part| part.to_string_lossy().into_owned()).collect();
        if let [folder, name] = inside.as_slice()
            && let Some(module) = name.strip_suffix(".rs").filter(|module| *module != "mod")
        {
            stages.entry(folder.clone()).or_default().insert(module.to_owned(), used(file));
        }
    }
    for uses in stages.values_mut() {
        let modules: BTreeSet<String> = uses.keys().cloned().collect();
        uses.iter_mut().for_each(|(of, used)| used.retain(|module| module != of && modules.contains(module)));
    }
    stages
}

fn used(file: &Path) -> BTreeSet<String> {
    let source = text(file);
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let names = names(code);
    names.iter().filter_map(|name| name.strip_prefix("super::")?.split("::").next().map(str::to_owned)).collect()
}

/// The sets of files of which each reaches each.
fn circles(uses: &Uses) -> Vec<BTreeSet<String>> {
    let reached: BTreeMap<&String, BTreeSet<&String>> = uses.keys().map(|from| (from, reached(uses, from))).collect();
    let mut circles: Vec<BTreeSet<String>> = Vec::new();
    for (from, all) in &reached {
        let circle: BTreeSet<String> =
            all.iter().filter(|to| reached[**to].contains(*from)).map(|to| (*to).clone()).collect();
        if circle.len() > 1 && !circles.contains(&circle) {
            circles.push(circle);
        }
    }
    circles
}

fn reached<'u>(uses: &'u Uses, from: &String) -> BTreeSet<&'u String> {
    let mut reached = BTreeSet::new();
    let mut ahead: Vec<&String> = uses[from].iter().collect();
    while let Some(next) = ahead.pop() {
        if reached.insert(next) {
            ahead.extend(&uses[next]);
        }
    }
    reached
}
