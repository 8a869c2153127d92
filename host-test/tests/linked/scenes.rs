//! The scenes of the conformance app.

use std::collections::BTreeSet;
use std::fs;

use host_test::apps;

/// The paths that the modules of the app say they answer.
pub fn paths() -> BTreeSet<String> {
    let files = fs::read_dir(apps::fixture("apps/conformance")).expect("the folder of the app");
    let files = files.map(|entry| entry.expect("a file").path());
    let python = files.filter(|path| path.extension().is_some_and(|extension| extension == "py"));
    let text: String = python.map(|path| fs::read_to_string(path).expect("a module is text")).collect();
    // A route is a key of a dict: a string that begins with a slash, and a colon.
    let strings: Vec<&str> = text.split('"').collect();
    let keys = strings.windows(2).filter(|pair| pair[0].starts_with('/') && pair[1].starts_with(':'));
    keys.map(|pair| pair[0].to_owned()).collect()
}
