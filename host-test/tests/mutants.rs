//! The lists of mutations are about the code that there is; `just mutants` makes the mutations.

use std::path::{Path, PathBuf};

use host_test::apps::fixture;
use host_test::mutants::{Mutant, MutantError, read};

fn root() -> PathBuf {
    fixture("").parent().expect("fixtures are in the project").to_owned()
}

#[test]
fn each_mutation_can_be_made() {
    let mutants = read(&fixture("mutants")).unwrap_or_else(|error| panic!("{error}"));
    let wrong: Vec<_> = mutants.iter().filter_map(|mutant| mutant.mutated(&root()).err()).collect();
    let wrong: Vec<_> = wrong.iter().map(ToString::to_string).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_broken_is_the_adapter() {
    let mutants = read(&fixture("mutants")).unwrap_or_else(|error| panic!("{error}"));
    for mutant in &mutants {
        let is_in = PLACES.iter().any(|place| mutant.file.starts_with(place));
        assert!(is_in, "`{}` changes {}", mutant.name, mutant.file);
    }
    for place in PLACES {
        assert!(mutants.iter().any(|mutant| mutant.file.starts_with(place)), "nothing is broken in {place}");
    }
}

/// What can be broken: the checks know which tests are about each.
const PLACES: [&str; 9] = [
    "adapter/runtime/src/",
    "adapter/python/wsgi.py",
    "adapter/python/",
    "composer/src/bypass/",
    "composer/src/derive/",
    "composer/src/glue/",
    "composer/src/prune.rs",
    "composer/src/python/launch/",
    "composer/src/python/package/",
];

#[test]
fn a_list_that_rots_is_told_apart_from_one_that_changes_nothing() {
    let mutant = |find: &str, replace: &str| Mutant {
        name: "it".to_owned(),
        file: "LICENSE".to_owned(),
        find: find.to_owned(),
        replace: replace.to_owned(),
        breaks: "nothing".to_owned(),
    };
    let outcome = |find, replace| mutant(find, replace).mutated(&root());
    assert!(matches!(outcome("no text of a licence", ""), Err(MutantError::Count { count: 0, .. })));
    assert!(matches!(outcome("License", "Licence"), Err(MutantError::Count { count: 2.., .. })));
    let title = "Apache License\n";
    assert!(matches!(outcome(title, title), Err(MutantError::Nothing { .. })));
    assert!(outcome(title, "").is_ok_and(|text| !text.contains(title)));
    assert!(matches!(read(Path::new("/nowhere")), Err(MutantError::Read { .. })));
}
