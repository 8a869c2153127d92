//! The guests on a scripted host: a folder of `fixtures/script` is a case, of the adapter unless it says another.
//!
//! `host.toml` says what is called, which raw calls that must cause and what those answer; `transcript.txt` is
//! what happened, and `error.txt` what a script that is wrong on purpose is told. `BLESS=1` rewrites both.

#[path = "support/components.rs"]
mod components;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};
use std::{env, io};

use host_test::apps;
use host_test::guests::{Component, Guest};
use host_test::script::{Host, Script};
use host_test::summary;
use indexmap::IndexMap;
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let hosts = Arc::new(Hosts::default());
    let cases = cases().unwrap_or_else(|error| panic!("fixtures/script: {error}"));
    let trial = |folder: PathBuf| {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let hosts = Arc::clone(&hosts);
        Trial::test(name, move || case(&hosts, &folder))
    };
    let count = cases.len();
    let without = GUESTS.iter().filter(|guest| !cases.iter().any(|folder| plays(folder, guest)));
    let without: Vec<_> = without.copied().collect();
    let every_guest = Trial::test("every-guest-has-a-case", move || match without.as_slice() {
        [] => Ok(()),
        [..] => Err(format!("no script is of `{}`; write one", without.join("`, `")).into()),
    });
    let trials = cases.into_iter().map(trial).chain([every_guest]).collect();
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    if conclusion.num_filtered_out == 0 {
        let figures = IndexMap::from([("scripts written by hand".to_owned(), count.to_string())]);
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        summary::record(folder, "script", &figures).unwrap_or_else(|error| panic!("{error}"));
    }
    conclusion.exit_code()
}

/// The guests that scripts can be of.
const GUESTS: [&str; 3] = ["adapter", "entry", "harbour"];

/// Whether a script is of a guest.
fn plays(folder: &Path, guest: &str) -> bool {
    Script::read(folder).is_ok_and(|script| script.component.as_deref().unwrap_or(GUESTS[0]) == guest)
}

fn cases() -> io::Result<Vec<PathBuf>> {
    let folders = fs::read_dir(apps::fixture("script"))?.map(|entry| entry.map(|entry| entry.path()));
    let mut folders: Vec<_> = folders.collect::<io::Result<_>>()?;
    folders.retain(|folder| folder.is_dir());
    folders.sort();
    Ok(folders)
}

/// The guests, whole, each compiled once for all cases.
#[derive(Default)]
struct Hosts {
    adapter: OnceLock<Component>,
    entry: OnceLock<Component>,
    harbour: OnceLock<Component>,
}

impl Hosts {
    fn host(&self, name: &str) -> Result<&Host, Failed> {
        let component = match name {
            "adapter" => self.adapter.get_or_init(|| components::fastly(Guest::Adapter)),
            "entry" => self.entry.get_or_init(|| components::fastly(Guest::Entry)),
            "harbour" => self.harbour.get_or_init(components::harbour),
            other => {
                return Err(format!("there is no component `{other}`; name one of {GUESTS:?}").into());
            }
        };
        Ok(&component.host)
    }
}

fn case(hosts: &Hosts, folder: &Path) -> Result<(), Failed> {
    let (transcript, result) = match Script::read(folder) {
        Ok(script) => {
            let outcome = hosts.host(script.component.as_deref().unwrap_or("adapter"))?.play(&script);
            (outcome.transcript, outcome.result)
        }
        Err(error) => (String::new(), Err(error)),
    };
    let wrong_on_purpose = folder.join("error.txt");
    match result {
        Err(error) if wrong_on_purpose.exists() => golden(&wrong_on_purpose, &format!("{error}\n"))?,
        Err(error) => return Err(format!("{error}\n\n{transcript}").into()),
        Ok(()) if wrong_on_purpose.exists() => {
            return Err(format!("it went as the script says, which has an error.txt\n\n{transcript}").into());
        }
        Ok(()) => {}
    }
    golden(&folder.join("transcript.txt"), &transcript)
}

fn golden(path: &Path, found: &str) -> Result<(), Failed> {
    if env::var_os("BLESS").is_some() {
        return fs::write(path, found).map_err(|error| format!("{}: {error}", path.display()).into());
    }
    let wanted = fs::read_to_string(path).unwrap_or_default();
    if wanted == found {
        return Ok(());
    }
    let line = wanted.lines().zip(found.lines()).take_while(|(wanted, found)| wanted == found).count() + 1;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Err(format!("{name} differs from line {line} on; read this, then BLESS=1 to keep it:\n\n{found}").into())
}
