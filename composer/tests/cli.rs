//! The command line, as a person sees it: what it prints, what it refuses and how, what it leaves behind.
//!
//! `fixtures/cli/<case>.txt` is the transcript of a case: the command, what it printed, the exit code,
//! the files that it made.
//! A refusal exits with 1, prints nothing on standard output, and leaves every file as it was. Most
//! cases run on the small world of `fixtures/cli/world`, whose guests are made here and do nothing;
//! those of Python apps run on the guests of `COMPOSER_GUESTS` with the componentize-py of
//! `COMPONENTIZE_PY`, which `just test` sets.
//!
//! `BLESS=1 cargo test --test cli` rewrites the transcripts; look at the difference before you commit it.

mod support;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};
use support::hosts::*;
use support::import_scenes::*;
use support::package_scenes::*;
use support::scans::*;
use support::scene::Scene;
use support::scenes::*;
use support::stubs::*;
use support::{golden, repository};

/// What a case expects.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// It prints something.
    Well,
    /// It refuses, and leaves nothing behind.
    Badly,
    /// It refuses, shows on standard output what differs or stands in the way, and leaves everything.
    Differs,
    /// It is used wrongly, which clap says.
    Unused,
}
use Ends::{Badly, Differs, Unused, Well};

/// A name, how it ends, what is there before, and the arguments.
struct Case(&'static str, Ends, fn(&mut Scene) -> Result<(), String>, &'static [&'static str]);

/// The small world, given as a person gives a world.
macro_rules! small {
    ($($argument:literal),*) => { &["--wit", "wit", "--rules", "rules.toml", "--world", "service", $($argument),*] };
}

/// The world with every shape of WIT.
macro_rules! harbour {
    ($($argument:literal),*) => { &["--wit", "wit", "--rules", "reshape.toml", "--world", "office", $($argument),*] };
}

/// The guests of the small world.
macro_rules! compose {
    ($($argument:literal),*) => { &["compose", "app.wasm", "--guests", "guests", $($argument),*] };
}

const CASES: &[Case] = &[
    // What there is.
    Case("help", Well, nothing, &["--help"]),
    Case("help-build", Well, nothing, &["build", "--help"]),
    Case("help-compose", Well, nothing, &["compose", "--help"]),
    Case("help-wit", Well, nothing, &["wit", "--help"]),
    Case("help-explain", Well, nothing, &["explain", "--help"]),
    Case("help-guests", Well, nothing, &["guests", "--help"]),
    Case("version", Well, nothing, &["--version"]),
    Case("unknown-command", Unused, nothing, &["built"]),
    Case("build-without-app", Unused, nothing, &["build"]),
    // The plan.
    Case("explain", Well, world, small!["explain"]),
    Case("explain-pattern", Well, world, small!["explain", "store.handle"]),
    Case("explain-star", Well, world, small!["explain", "http*send"]),
    Case("explain-note", Badly, world, small!["explain", "until"]),
    Case("explain-raw", Well, world, small!["explain", "http.send"]),
    Case("explain-json", Well, world, small!["explain", "store.handle.get", "--json"]),
    Case("explain-python", Well, world, small!["explain", "--python"]),
    Case("explain-python-json", Well, world, small!["explain", "--python", "--json"]),
    Case("explain-guests", Well, guests, &["explain", "clock", "--guests", "guests"]),
    Case("explain-nothing", Badly, world, small!["explain", "nothing-like-this"]),
    Case("wit", Well, world, small!["wit"]),
    Case("wit-out", Well, world, small!["wit", "--out", "friendly"]),
    Case("glue", Well, world, small!["guests", "--out", "built", "--glue-only"]),
    Case("wit-into-file", Badly, world, small!["wit", "--out", "rules.toml"]),
    // A world with every shape of WIT, two versions of a package among what it uses.
    Case("harbour-explain", Well, harbour, harbour!["explain", "pilot"]),
    Case("harbour-raw", Well, harbour, harbour!["explain", "vessels.rename"]),
    Case("harbour-wit", Well, harbour, harbour!["wit"]),
    Case("harbour-wit-out", Well, harbour, harbour!["wit", "--out", "friendly"]),
    // Where the world comes from.
    Case("no-guests", Badly, nothing, &["explain"]),
    Case("wit-without-rules", Badly, world, &["explain", "--wit", "wit"]),
    Case("wit-missing", Badly, world, &["explain", "--wit", "nowhere", "--rules", "rules.toml", "--world", "service"]),
    Case(
        "wit-is-file",
        Badly,
        world,
        &["explain", "--wit", "rules.toml", "--rules", "rules.toml", "--world", "service"],
    ),
    Case("wit-empty", Badly, wit_empty, small!["explain"]),
    Case("wit-does-not-parse", Badly, wit_does_not_parse, small!["explain"]),
    Case("wit-without-dependency", Badly, wit_without_dependency, small!["explain"]),
    Case("wit-not-given", Badly, world, &["explain", "--rules", "rules.toml"]),
    Case("world-not-given", Badly, world, &["explain", "--wit", "wit", "--rules", "rules.toml"]),
    Case("world-unknown", Badly, world, &["explain", "--wit", "wit", "--rules", "rules.toml", "--world", "services"]),
    Case("rules-missing", Badly, world, &["explain", "--wit", "wit", "--rules", "nowhere.toml", "--world", "service"]),
    Case("rules-not-toml", Badly, rules_not_toml, small!["explain"]),
    Case("rules-in-one-line", Badly, rules_in_one_line, small!["explain"]),
    Case("world-of-nothing", Well, world_of_nothing, small!["explain"]),
    Case("world-of-others", Well, world_of_others, small!["explain"]),
    Case("package-of-others", Well, package_of_others, small!["wit"]),
    Case("package-unknown", Badly, package_unknown, small!["explain"]),
    Case("rules-line-matches-nothing", Badly, rules_line_matches_nothing, small!["wit"]),
    Case("shape-without-rule", Badly, shape_without_rule, small!["wit"]),
    Case("gates-shut", Well, gated, small!["explain"]),
    Case("gates-open", Well, gated, small!["wit", "--features", "stamps,drones"]),
    Case("gates-unknown", Badly, gated, small!["wit", "--features", "stamp"]),
    Case("three-mistakes", Badly, three_mistakes, small!["wit"]),
    Case("three-mistakes-json", Differs, three_mistakes, small!["wit", "--json"]),
    Case("typo-and-consequence", Badly, typo_and_consequence, small!["wit"]),
    Case("guests-of-nothing", Badly, world, small!["guests", "--out", "rules.toml"]),
    // Type stubs.
    Case("help-inspect", Well, nothing, &["inspect", "--help"]),
    Case("help-split", Well, nothing, &["split", "--help"]),
    Case("inspect", Well, composed, &["inspect", "app.wasm"]),
    Case("inspect-app", Well, fine, &["inspect", "app.wasm"]),
    Case("inspect-no-component", Badly, not_wasm, &["inspect", "app.wasm"]),
    Case("split", Well, composed, &["split", "app.wasm", "--out", "parts"]),
    Case("split-app", Badly, fine, &["split", "app.wasm", "--out", "parts"]),
    Case("split-no-component", Badly, not_wasm, &["split", "app.wasm", "--out", "parts"]),
    Case("split-into-file", Badly, composed, &["split", "app.wasm", "--out", "app.wasm"]),
    Case("help-stubs", Well, nothing, &["stubs", "--help"]),
    Case("stubs", Well, world, small!["stubs", "--out", "stubs"]),
    Case("stubs-plain", Well, world, small!["stubs", "--out", "stubs", "--plain"]),
    Case("stubs-check", Well, stubs, small!["stubs", "--out", "stubs", "--check"]),
    Case("stubs-again", Well, stubs_with_lines, small!["stubs", "--out", "stubs"]),
    Case("stubs-missing", Differs, world, small!["stubs", "--out", "stubs", "--check", "--plain"]),
    Case("stubs-stale", Differs, stubs_stale, small!["stubs", "--out", "stubs", "--check"]),
    Case("stubs-of-host", Differs, stubs_on_hosts, small!["stubs", "--out", "stubs", "--check", "--host-wit", "older"]),
    Case("stubs-by-hand", Badly, stubs_by_hand, small!["stubs", "--out", "stubs"]),
    Case("stubs-of-somebody", Badly, stubs_of_somebody, small!["stubs", "--out", "stubs"]),
    Case("stubs-keep-open", Badly, stubs_keep_open, small!["stubs", "--out", "stubs"]),
    Case("stubs-keep-without-file", Badly, stubs_keep_without_file, small!["stubs", "--out", "stubs", "--plain"]),
    Case("stubs-manifest-damaged", Badly, stubs_manifest_damaged, small!["stubs", "--out", "stubs"]),
    Case("stubs-above", Badly, stubs_above, small!["stubs", "--out", "stubs"]),
    Case("stubs-elsewhere", Badly, stubs_elsewhere, small!["stubs", "--out", "stubs"]),
    Case("stubs-link", Badly, stubs_link, small!["stubs", "--out", "stubs"]),
    Case("stubs-over-link", Badly, stubs_over_link, small!["stubs", "--out", "stubs"]),
    Case("stubs-with-hook", Badly, stubs_with_hook, &["stubs", "--out", "stubs", "app.wasm"]),
    Case("stubs-with-escape", Badly, stubs_with_escape, &["stubs", "--out", "stubs", "app.wasm"]),
    Case("stubs-with-test", Badly, stubs_with_test, &["stubs", "--out", "stubs", "app.wasm"]),
    Case("stubs-among-own", Badly, stubs_among_own, &["stubs", "--out", "stubs", "app.wasm"]),
    Case("stubs-to-standard-output", Badly, world, small!["stubs", "--out", "-"]),
    Case("stubs-into-file", Badly, world, small!["stubs", "--out", "rules.toml"]),
    Case("stubs-of-missing", Badly, nothing, &["stubs", "--out", "stubs", "out.wasm"]),
    Case("stubs-of-no-component", Badly, not_wasm, &["stubs", "--out", "stubs", "app.wasm"]),
    Case("stubs-of-other", Badly, fine, &["stubs", "--out", "stubs", "app.wasm"]),
    Case("stubs-of-plain-component", Unused, fine, &["stubs", "--out", "stubs", "app.wasm", "--plain"]),
    // Guests.
    Case("guests-missing", Badly, fine, &["compose", "app.wasm", "--guests", "nowhere"]),
    Case("guests-lack-a-file", Badly, guests_lack_a_file, compose![]),
    Case("guests-wit-damaged", Badly, guests_wit_damaged, compose![]),
    Case("guests-rules-damaged", Badly, guests_rules_damaged, compose![]),
    Case("guests-adapter-damaged", Badly, guests_adapter_damaged, compose![]),
    Case("guests-of-another-world", Badly, guests_of_another_world, compose![]),
    // Apps that are components.
    Case("compose", Well, fine, compose!["-o", "out.wasm"]),
    Case("compose-with-stub", Well, with_stub, compose![]),
    Case("compose-missing", Badly, guests, compose![]),
    Case("compose-folder", Badly, guests, &["compose", "guests", "--guests", "guests"]),
    Case("compose-not-wasm", Badly, not_wasm, compose![]),
    Case("compose-core-module", Badly, core_module, compose![]),
    Case("compose-damaged", Badly, damaged, compose![]),
    Case("compose-wit-package", Badly, wit_package, compose![]),
    Case("compose-composed", Badly, composed, compose![]),
    Case("compose-unknown-import", Badly, unknown_import, compose![]),
    Case("compose-incompatible-import", Badly, incompatible_import, compose![]),
    Case("compose-missing-export", Badly, missing_export, compose![]),
    Case("compose-raw-import", Badly, raw_import, compose![]),
    Case("compose-raw-world", Badly, raw_world, compose![]),
    Case("compose-other-version", Badly, other_version, compose![]),
    Case("compose-other-version-export", Badly, other_version_export, compose![]),
    Case("compose-other-signature", Badly, other_signature, compose![]),
    Case("compose-other-function", Badly, other_function, compose![]),
    Case("compose-other-type", Badly, other_type, compose![]),
    Case("compose-into-missing-folder", Well, fine, compose!["-o", "nowhere/out.wasm"]),
    Case("compose-below-file", Badly, fine, compose!["-o", "app.wasm/out.wasm"]),
    Case("compose-into-folder", Badly, fine, compose!["-o", "guests"]),
    // Hosts with another raw world than the guests'.
    Case("explain-older", Well, hosts, small!["explain", "--host-wit", "older"]),
    Case("explain-older-json", Well, hosts, small!["explain", "--host-wit", "older", "handle.get", "--json"]),
    Case("explain-older-nothing", Well, hosts, small!["explain", "--host-wit", "older", "handle.open"]),
    Case("explain-newer", Well, hosts, small!["explain", "--host-wit", "newer"]),
    Case("wit-older", Well, hosts, small!["wit", "--host-wit", "older"]),
    Case("compose-older", Well, modest, compose!["--host-wit", "older"]),
    Case("compose-newer", Well, fine_on_hosts, compose!["--host-wit", "newer"]),
    Case("compose-older-lacks", Badly, fine_on_hosts, compose!["--host-wit", "older"]),
    Case("host-wit-missing", Badly, fine_on_hosts, compose!["--host-wit", "oldest"]),
    Case("host-world-alone", Unused, fine_on_hosts, compose!["--host-world", "service"]),
    Case("host-world-unknown", Badly, hosts, small!["wit", "--host-wit", "older", "--host-world", "services"]),
    Case("host-of-another-package", Badly, host_of_another_package, small!["wit", "--host-wit", "older"]),
    Case("host-calls-otherwise", Badly, host_calls_otherwise, small!["wit", "--host-wit", "older"]),
    Case("build-older", Well, older_python, &["build", "app", "--host-wit", "older"]),
    Case("build-older-uses-lost", Badly, older_python_uses_lost, &["build", "app", "--host-wit", "older"]),
    // Python apps.
    Case("build-missing-app", Badly, nothing, &["build", "nowhere"]),
    Case("build-without-main", Badly, without_main, &["build", "app"]),
    Case("build-without-entry", Badly, fine_app, &["build", "app", "--entry", "start"]),
    Case("build-without-guests", Badly, fine_app, &["build", "app"]),
    Case("build-without-componentize-py", Badly, without_componentize_py, &["build", "app", "--guests", "guests"]),
    Case(
        "build-componentize-py-missing",
        Badly,
        named_guests,
        &["build", "app", "--guests", "guests", "--componentize-py", "nowhere"],
    ),
    Case("build-into-folder", Badly, fine_app, &["build", "app", "-o", "app"]),
    Case("build-no-virtualenv", Badly, python, &["build", "app", "--virtualenv", "app"]),
    Case("build-requirements-missing", Badly, python, &["build", "app", "--requirements", "nowhere.txt"]),
    Case(
        "build-two-sources-of-packages",
        Unused,
        python,
        &["build", "app", "--requirements", "a", "--virtualenv", "b"],
    ),
    Case("build-entry-is-path", Badly, src_layout, &["build", "app", "--entry", "src/shop/start.py"]),
    Case("build-entry-in-src", Badly, src_layout, &["build", "app", "--entry", "shop.main"]),
    Case("build-app-is-file", Badly, fine_app, &["build", "app/main.py"]),
    // Packages to install.
    Case("build-only-sources", Badly, only_sources, &["build", "app"]),
    Case("build-only-other-wheels", Badly, only_other_wheels, &["build", "app"]),
    Case("build-cannot-do-without", Badly, cannot_do_without, &["build", "app"]),
    Case("build-dynamic-dependencies", Badly, dynamic_dependencies, &["build", "app"]),
    Case("build-dependencies-not-a-list", Badly, dependencies_not_a_list, &["build", "app"]),
    Case("build-project-not-toml", Badly, project_not_toml, &["build", "app"]),
    Case("build-dependencies-from-uv", Badly, dependencies_from_uv, &["build", "app"]),
    Case("build-dependencies-from-poetry", Badly, dependencies_from_poetry, &["build", "app"]),
    Case("build-group-unknown", Badly, groups, &["build", "app", "--group", "test"]),
    Case("build-group-includes-itself", Badly, groups, &["build", "app", "--group", "edge"]),
    Case("build-group-without-project", Badly, python, &["build", "app", "--group", "dev"]),
    Case("build-syntax-error", Badly, syntax_error, &["build", "app"]),
    Case("build-syntax-error-in-main", Badly, syntax_error_in_main, &["build", "app"]),
    Case("build-missing-package", Badly, missing_package, &["build", "app"]),
    Case("build-hides-package", Badly, hides_package, &["build", "app"]),
    Case("build-plain-without-package", Badly, imports_package, &["build", "app", "--plain"]),
    Case("build-without-class", Badly, without_class, &["build", "app"]),
    Case("build-unknown-interface", Badly, unknown_interface, &["build", "app"]),
    Case("build-unknown-names", Badly, unknown_names, &["build", "app"]),
    Case("build-async-handle", Badly, async_handle, &["build", "app"]),
    Case("build-wrong-parameters", Badly, wrong_parameters, &["build", "app"]),
    Case("build-packages-hide-package", Badly, packages_hide_package, &["build", "app", "--virtualenv", "env"]),
    Case("build-calls-at-import", Badly, calls_at_import, &["build", "app"]),
    Case("build-fails-at-import", Badly, fails_at_import, &["build", "app"]),
    // What an app does while it is imported, which happens at build time.
    Case("build-prints-at-import", Well, prints_at_import, &["build", "app"]),
    Case("build-calls-in-init", Badly, calls_in_init, &["build", "app"]),
    Case("build-exits-at-import", Badly, exits_at_import, &["build", "app"]),
    Case("build-aborts-at-import", Badly, aborts_at_import, &["build", "app"]),
    Case("build-endless-import", Badly, endless_import, &["build", "app", "--timeout", "3"]),
    Case("build-lacks-module", Badly, lacks_module, &["build", "app"]),
    Case("build-lacks-name", Badly, lacks_name, &["build", "app"]),
    Case("build-leaves-file-open", Badly, leaves_file_open, &["build", "app"]),
    Case("build-opens-from-elsewhere", Badly, opens_from_elsewhere, &["build", "app", "--no-files"]),
    Case("build-opens-in-its-folder", Well, opens_from_elsewhere, &["build", "app"]),
    Case("build-connects-at-import", Badly, connects_at_import, &["build", "app"]),
    Case("build-holds-too-much", Badly, holds_too_much, &["build", "app"]),
    // The files that it has at a request.
    Case(
        "build-files",
        Well,
        with_files,
        &["build", "app", "--include", "/.notes", "--exclude", "drafts/", "--stdlib", "none"],
    ),
    Case("build-files-none", Well, with_files, &["build", "app", "--no-files"]),
    Case("build-files-of-project", Well, with_files_of_project, &["build", "app"]),
    Case("build-files-unused-pattern", Well, with_files, &["build", "app", "--exclude", "drfats/", "--stdlib", "none"]),
    Case("build-files-bad-pattern", Badly, with_files, &["build", "app", "--exclude", "draft[z-a]"]),
    Case("build-files-unknown-key", Badly, with_unknown_key, &["build", "app"]),
    Case("build-files-bad-stdlib", Badly, with_files, &["build", "app", "--stdlib", "most"]),
    Case("build-files-and-none", Unused, with_files, &["build", "app", "--no-files", "--exclude", "drafts/"]),
    Case("build-files-beyond-memory", Badly, with_files, &["build", "app", "--max-tmp-mib", "127"]),
    Case("build-files-beyond-all-memory", Badly, with_files, &["build", "app", "--max-tmp-mib", "4096"]),
    Case("build-files-unreadable", Badly, with_name_that_is_no_text, &["build", "app"]),
    Case("compose-files-of-nothing", Badly, fine, compose!["--files", "app.wasm"]),
];

fn main() -> ExitCode {
    let cases = CASES.iter().map(|case| Trial::test(case.0, || run(case)));
    let trials = cases.chain([Trial::test("no-transcript-is-forgotten", no_transcript_is_forgotten)]).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn run(Case(name, ends, prepare, arguments): &Case) -> Result<(), Failed> {
    let mut scene = Scene::new();
    prepare(&mut scene)?;
    let before = scene.files();
    let output = scene.run(arguments);
    let text = scene.text(arguments, &output);
    let wanted = match ends {
        Well => 0,
        Badly | Differs => 1,
        Unused => 2,
    };
    if output.status.code() != Some(wanted) {
        return Err(format!("it ends with {}, and should with {wanted}:\n{text}", output.status).into());
    }
    if text.contains("panicked") {
        return Err(format!("it panics:\n{text}").into());
    }
    if [Badly, Unused].contains(ends) && !output.stdout.is_empty() {
        return Err(format!("it fails, and prints on standard output:\n{text}").into());
    }
    let after = scene.files();
    if *ends != Well && after != before {
        return Err(format!("it fails, and leaves other files: {:?}", after.keys()).into());
    }
    let new = after.keys().filter(|file| !before.contains_key(*file)).map(|file| format!("+ {file}\n"));
    let text = text + &new.collect::<String>();
    Ok(golden(&repository("fixtures/cli").join(format!("{name}.txt")), &text)?)
}

fn no_transcript_is_forgotten() -> Result<(), Failed> {
    for entry in std::fs::read_dir(repository("fixtures/cli"))? {
        let path = entry?.path();
        let is_known = CASES.iter().any(|case| path.file_stem().is_some_and(|stem| stem == case.0));
        if path.is_file() && !is_known {
            return Err(format!("no case writes {}; delete it", path.display()).into());
        }
    }
    Ok(())
}
