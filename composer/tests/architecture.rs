//! The claims of ARCHITECTURE.md as tests: which layer may name what, and that what is written of exists.

mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use composer::bundle;
use support::repository;
use support::source::{files, names, text};

/// Where documents name a path, it starts with one of these.
const FOLDERS: [&str; 5] = ["adapter", "composer", "host-test", "fixtures", ".ci"];

#[test]
fn the_library_is_pure() {
    for file in library() {
        refuse(
            &file,
            &[
                "std::fs",
                "std::process",
                "std::env",
                "std::net",
                "std::io::stdin",
                "std::io::stdout",
                "std::io::stderr",
                "tempfile",
                "clap",
                "indicatif",
            ],
        );
    }
}

/// `anyhow::Error` is what wit-component fails with: it may be kept as a source, and that is all.
#[test]
fn the_library_has_errors_of_its_own() {
    for file in library() {
        let source = text(&file);
        let is_more = |name: &&String| name.starts_with("anyhow::") && *name != "anyhow::Error";
        if let Some(name) = names(&source).iter().find(is_more) {
            panic!("{} names `{name}`; it needs an error type", file.display());
        }
        assert!(!source.contains("anyhow!("), "{} makes an error without a type", file.display());
    }
}

#[test]
fn deriving_writes_nothing() {
    for file in sources("derive") {
        refuse(
            &file,
            &[
                "wasm_encoder",
                "wac_graph",
                "walrus",
                "wasmparser",
                "quote",
                "proc_macro2",
                "syn",
                "wit_encoder",
                "wit_component",
            ],
        );
    }
}

#[test]
fn glue_reads_the_plan_alone() {
    for file in sources("glue") {
        refuse(
            &file,
            &["wit_parser", "wit_component", "wac_graph", "walrus", "wasm_encoder", "crate::read", "crate::rules"],
        );
    }
}

#[test]
fn the_plan_is_plain_data() {
    let mut other = dependencies();
    other.retain(|name| !["serde", "indexmap"].contains(&name.as_str()));
    let other: Vec<&str> = other.iter().map(String::as_str).collect();
    for file in sources("plan") {
        refuse(&file, &other);
        let stages: Vec<_> = names(&text(&file)).into_iter().filter(|name| name.starts_with("crate::")).collect();
        assert!(stages.iter().all(|name| name.starts_with("crate::plan")), "{} names {stages:?}", file.display());
    }
}

/// Otherwise the tests above hold nothing.
#[test]
fn names_are_found_however_they_are_written() {
    let found = names("use std::{self, io::{Read, Write as _}, fs}; fn f() -> std::env::Args { quote::quote!(a b) }");
    for name in ["std::fs", "std::io::Read", "std::io::Write", "std::env::Args", "quote::quote"] {
        assert!(found.contains(name), "{found:?} lacks `{name}`");
    }
    assert!(!found.contains("std::b") && !found.contains("std::f"), "{found:?}");
}

#[test]
fn no_vendor_is_named_in_the_composer() {
    for file in files().iter().filter(|file| file.starts_with("composer/src")) {
        let text = text(file).to_lowercase();
        for (number, line) in text.lines().enumerate() {
            for vendor in ["fastly", "viceroy"] {
                assert!(!line.contains(vendor), "{}:{} names a vendor: {line}", file.display(), number + 1);
            }
        }
    }
}

/// What is said, what is run and what is written has one place each, which knows what may go wrong there.
#[test]
fn the_edge_has_one_place_for_each_thing() {
    let places: [(&[&str], &[&str]); 3] = [
        (&["eprintln!", "println!(", "print!("], &[]),
        (&[".output()", ".status()", ".spawn()"], &["interrupt.rs"]),
        (&["fs::write(", "fs::rename(", "tempfile::"], &["temporary.rs"]),
    ];
    let edge = files()
        .into_iter()
        .filter(|file| file.starts_with("composer/src/cli") && file.extension().is_some_and(|it| it == "rs"));
    for file in edge {
        let source = text(&file);
        for (calls, allowed) in places {
            let is_place = allowed.iter().any(|place| file.ends_with(place));
            let found = calls.iter().find(|call| !is_place && source.contains(**call));
            assert_eq!(found, None, "{} does it by itself; use `output`, `process` or `temporary`", file.display());
        }
    }
}

#[test]
fn every_rust_file_says_what_it_is() {
    for file in files().iter().filter(|file| file.extension().is_some_and(|extension| extension == "rs")) {
        assert!(text(file).starts_with("//! "), "{} does not begin with `//!`", file.display());
    }
}

#[test]
fn every_path_in_the_documents_exists() {
    let files = files();
    for document in ["ARCHITECTURE.md", "CONTRIBUTING.md", "GLOSSARY.md", "README.md", "SECURITY.md"] {
        let path = repository(document);
        assert!(path.is_file(), "there is no {document}; this test reads the paths in it");
        for named in code_spans(&text(Path::new(document))) {
            let is_below = named.contains('/') && FOLDERS.contains(&named.split('/').next().unwrap_or_default());
            let is_name = !named.contains('/') && (named.ends_with(".rs") || named.ends_with(".toml"));
            if is_below {
                assert!(repository(&named).exists(), "{document} names `{named}`, which does not exist");
            } else if is_name {
                let found = files.iter().any(|file| file.file_name().is_some_and(|name| *name == *named));
                assert!(found, "{document} names `{named}`, and no file is called so");
            }
        }
    }
}

#[test]
fn no_component_is_committed() {
    let found: Vec<_> = files().into_iter().filter(|file| file.extension().is_some_and(|ext| ext == "wasm")).collect();
    assert!(found.is_empty(), "{found:?} can be built, so they need not be here");
}

#[test]
fn the_build_script_knows_the_files_of_a_bundle() {
    let script = syn::parse_file(&text(Path::new("composer/build.rs"))).expect("the build script is Rust");
    let listed = script.items.iter().find_map(|item| {
        let syn::Item::Const(item) = item else { return None };
        (item.ident == "FILES").then(|| strings(&item.expr))
    });
    assert_eq!(listed.expect("the build script has `FILES`"), bundle::FILES);
}

/// The strings of an array.
fn strings(expr: &syn::Expr) -> Vec<String> {
    let syn::Expr::Array(array) = expr else { return Vec::new() };
    let literals = array.elems.iter().filter_map(|element| {
        let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = element else { return None };
        Some(text.value())
    });
    literals.collect()
}

/// The files of the library: all but the binary's.
fn library() -> Vec<PathBuf> {
    let is_edge = |file: &PathBuf| file.starts_with("composer/src/cli") || file.ends_with("composer/src/main.rs");
    sources("").into_iter().filter(|file| !is_edge(file)).collect()
}

/// The Rust files of a stage, a folder or a file; it has some.
fn sources(stage: &str) -> Vec<PathBuf> {
    let folder = Path::new("composer/src").join(stage);
    let file = folder.with_extension("rs");
    let is_rust = |path: &Path| path.extension().is_some_and(|extension| extension == "rs");
    let found: Vec<_> =
        files().into_iter().filter(|path| is_rust(path) && (path.starts_with(&folder) || *path == file)).collect();
    assert!(!found.is_empty(), "there is no stage `{stage}`; tell this test what became of it");
    found
}

/// Fails if a file names one of these crates or modules, or something in one.
fn refuse(file: &Path, forbidden: &[&str]) {
    for name in names(&text(file)) {
        for path in forbidden {
            let is_it = name == *path || name.strip_prefix(path).is_some_and(|rest| rest.starts_with("::"));
            assert!(!is_it, "{} names `{name}`, and its layer must not", file.display());
        }
    }
}

/// The crates that the composer depends on, as Rust names them.
fn dependencies() -> BTreeSet<String> {
    let manifest: toml::Table = text(Path::new("composer/Cargo.toml")).parse().expect("the manifest is TOML");
    let dependencies = manifest["dependencies"].as_table().expect("there are dependencies");
    dependencies.keys().map(|name| name.replace('-', "_")).collect()
}

/// What stands in backticks in a Markdown text, outside of blocks.
fn code_spans(text: &str) -> Vec<String> {
    let mut in_block = false;
    let prose = text.lines().filter(|line| {
        let is_fence = line.trim_start().starts_with("```");
        in_block ^= is_fence;
        !in_block && !is_fence
    });
    prose.flat_map(|line| line.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}

/// What one person reads at once: a file, and a function of the sources. Tests may have longer tables.
#[test]
fn files_and_functions_are_short() {
    let (most_of_a_file, most_of_a_function) = (400, 60);
    for file in files().iter().filter(|file| file.extension().is_some_and(|kind| kind == "rs" || kind == "py")) {
        let source = text(file);
        let lines: Vec<&str> = source.lines().collect();
        assert!(lines.len() <= most_of_a_file, "{} has {} lines", file.display(), lines.len());
        let is_source = file.iter().any(|part| part == "src") && file.extension().is_some_and(|kind| kind == "rs");
        for (start, line) in lines.iter().enumerate().filter(|_| is_source) {
            let indent = &line[..line.len() - line.trim_start().len()];
            let opens = is_function(line.trim_start()) && !line.trim_end().ends_with([';', '}']);
            // What is declared alone has no body, and ends with the declaration.
            let end = |line: &&str| {
                **line == format!("{indent}}}")
                    || line.trim_end().ends_with(';') && line.starts_with(&format!("{indent})"))
            };
            let Some(length) = lines[start..].iter().position(end).filter(|_| opens) else { continue };
            assert!(
                length < most_of_a_function,
                "{}:{}: `{}` has {} lines",
                file.display(),
                start + 1,
                line.trim(),
                length + 1
            );
        }
    }
}

/// Whether a line begins a function.
fn is_function(line: &str) -> bool {
    let words = line.split_whitespace().map(|word| word.split('(').next().unwrap_or_default());
    let mut words =
        words.skip_while(|word| ["pub", "const", "async", "unsafe", "extern"].contains(word) || word.starts_with('"'));
    words.next() == Some("fn")
}
