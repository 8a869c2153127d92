//! The guests on a scripted host: a folder of `fixtures/script` is a case, of the adapter unless it says another.
//!
//! `host.toml` says what is called, which raw calls that must cause and what those answer; `transcript.txt` is
//! what happened, and `error.txt` what a script that is wrong on purpose is told. `BLESS=1` rewrites both.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};
use std::{env, io};

use composer::bundle::{Bundle, FILES, Guests};
use composer::encode::encode;
use composer::wit::{ADAPTER_WORLD, ENTRY_WORLD};
use host_test::apps;
use host_test::script::{Host, Script};
use libtest_mimic::{Arguments, Failed, Trial};
use wasmtime::{Config, Engine, OptLevel};

fn main() -> ExitCode {
    let hosts = Arc::new(Hosts::default());
    let cases = cases().unwrap_or_else(|error| panic!("fixtures/script: {error}"));
    let trial = |folder: PathBuf| {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let hosts = Arc::clone(&hosts);
        Trial::test(name, move || case(&hosts, &folder))
    };
    libtest_mimic::run(&Arguments::from_args(), cases.into_iter().map(trial).collect()).exit_code()
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
    bundle: OnceLock<Bundle>,
    adapter: OnceLock<Host>,
    entry: OnceLock<Host>,
    harbour: OnceLock<Host>,
}

impl Hosts {
    fn host(&self, name: &str) -> Result<&Host, Failed> {
        let bundle = || self.bundle.get_or_init(|| read(&guests()));
        match name {
            "adapter" => Ok(self.adapter.get_or_init(|| adapter(bundle()))),
            "entry" => Ok(self.entry.get_or_init(|| host(bundle(), name, &bundle().guests.entry, ENTRY_WORLD))),
            "harbour" => Ok(self.harbour.get_or_init(|| adapter(&read(&harbour())))),
            other => Err(format!("there is no component `{other}`; name `adapter`, `entry` or `harbour`").into()),
        }
    }
}

fn guests() -> PathBuf {
    env::var_os("COMPOSER_GUESTS").expect("COMPOSER_GUESTS names no folder; run the tests with `just test`").into()
}

/// The guests of the world that has every shape of WIT, where the tests of the second world build them too.
fn harbour() -> PathBuf {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("second-world").join("guests");
    let world = apps::fixture("worlds").join("harbour");
    let mut command = apps::command().unwrap_or_else(|error| panic!("{error:?}"));
    command.args(["guests", "--world", "office"]).arg("--wit").arg(world.join("wit"));
    command.arg("--rules").arg(world.join("reshape.toml")).arg("--out").arg(&out);
    command.arg("--sources").arg(apps::fixture("").with_file_name("adapter"));
    // In the folder of all builds, guests of two worlds would push each other out.
    let output = command.env_remove("CARGO_TARGET_DIR").output().expect("the command runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    out
}

fn read(folder: &Path) -> Bundle {
    let read = |name| fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let text = |name| String::from_utf8(read(name)).expect("it is text");
    let [wit, rules, world, adapter, entry] = FILES;
    let guests = Guests { adapter: read(adapter), entry: read(entry) };
    Bundle { wit: read(wit), rules: text(rules), world: text(world), guests }
}

fn adapter(bundle: &Bundle) -> Host {
    host(bundle, "adapter", &bundle.guests.adapter, ADAPTER_WORLD)
}

fn host(bundle: &Bundle, name: &str, module: &[u8], world: &str) -> Host {
    let friendly = bundle.world().unwrap_or_else(|error| panic!("{error}")).friendly;
    let component = encode(name, module, &friendly, world, None).unwrap_or_else(|error| panic!("{error}"));
    let mut config = Config::new();
    // It runs for a moment: what counts is how soon it is compiled.
    config.cranelift_opt_level(OptLevel::None);
    let engine = Engine::new(&config).expect("an engine");
    Host::new(&engine, &component).unwrap_or_else(|error| panic!("{error}"))
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
