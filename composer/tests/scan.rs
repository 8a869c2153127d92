//! What `composer build` reads of an app's sources, by the tests of `composer/tests/support/scan/`, which the Python of
//! the build runs, and what it says of raw names.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use composer::python::stubs::stubs;
use composer::renamed::{Renamed, Renaming};
use support::bound::{program, ran, write};
use support::host::{self, WORLD};
use support::repository;

/// A folder with the stubs of the whole world.
static STUBS: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("scan");
    let _ = fs::remove_dir_all(&folder);
    write(&folder, &stubs(&WORLD.plan, &host::own(), false));
    folder
});

/// Runs a module of tests.
fn run(test: &str) {
    let mut command = Command::new(program("python3"));
    let script = repository("composer/tests/support/scan").join(test);
    let command = command.args(["-W", "error", "-B"]).arg(script).env("STUBS", &*STUBS);
    let output = ran(command.env("PYTHONPATH", repository("composer/src/cli/scan")));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("\nRan ") && !said.contains("Ran 0 tests"), "{said}");
}

#[test]
fn interfaces_that_an_app_binds() {
    run("interfaces_test.py");
}

#[test]
fn names_that_an_app_spells() {
    run("names_test.py");
}

#[test]
fn names_that_do_not_exist() {
    run("missing_test.py");
}

/// Every file of the scanner goes into the binary.
#[test]
fn the_scanner_is_whole() {
    let rust = fs::read_to_string(repository("composer/src/cli/scan.rs")).expect("it is text");
    let files = fs::read_dir(repository("composer/src/cli/scan")).expect("a folder");
    let names = files.map(|entry| support::name(&entry.expect("an entry").path()));
    for file in names.filter(|name| name.ends_with(".py")) {
        assert!(rust.contains(&format!("include_str!(\"scan/{file}\")")), "{file}");
    }
}

#[test]
fn raw_names_say_what_became_of_them() {
    let renaming = Renaming::new(&WORLD.plan);
    let to = |name: &str| match renaming.find(name) {
        Some(Renamed::To(names)) => names.clone(),
        found => panic!("{name}: {found:?}"),
    };
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(to("compute_runtime.get_vcpu_ms"), names(&["compute_runtime.get_vcpu_time"]));
    assert_eq!(to("http_req.Request.new"), names(&["http_req.Request()"]));
    assert_eq!(to("http_downstream.downstream_client_ip_addr"), names(&["http_req.Request.client_ip_addr"]));
    assert!(renaming.find("kv_store.Store.isnert").is_none());
    for (name, why) in [
        ("log.Endpoint.clone", "another name for the same object does, where some hosts end the sandbox"),
        ("types.IpAddress", "its values have a type of Python's own"),
        ("types.IpAddress_Ipv4", "its values have a type of Python's own"),
    ] {
        assert_eq!(renaming.find(name), Some(&Renamed::LeftOut(why.to_owned())), "{name}");
    }
}
