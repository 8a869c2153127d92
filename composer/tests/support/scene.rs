//! A folder of its own for each case of the command line, and the command run in it.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use composer::bundle::{FILES, World};
use composer::wit::{ADAPTER_WORLD, ENTRY_WORLD};
use tempfile::TempDir;
use wit_parser::Resolve;

use super::{dummy, repository};

/// The small world of `fixtures/cli/world`.
pub static SMALL: LazyLock<World> = LazyLock::new(|| {
    let mut resolve = Resolve::default();
    resolve.push_dir(repository("fixtures/cli/world/wit")).expect("the WIT parses");
    World::new(resolve, "acme:raw/service", &rules()).unwrap_or_else(|error| panic!("{error}"))
});

fn rules() -> String {
    fs::read_to_string(repository("fixtures/cli/world/rules.toml")).expect("the world has rules")
}

/// A folder, and the environment that the command is run with.
pub struct Scene {
    folder: TempDir,
    environment: Vec<(&'static str, OsString)>,
    hidden: Vec<(String, &'static str)>,
}

impl Scene {
    /// An empty folder.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().canonicalize().expect("it is there").display().to_string();
        Self { folder, environment: Vec::new(), hidden: vec![(path, "[here]")] }
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A file in the folder.
    pub fn file(&self, name: &str, contents: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("it is in the folder")).expect("the folder is made");
        fs::write(path, contents).expect("the file is written");
    }

    /// The small world: `wit/` and `rules.toml`.
    pub fn world(&self) {
        let wit = fs::read(repository("fixtures/cli/world/wit/raw.wit")).expect("the world has WIT");
        self.file("wit/raw.wit", wit);
        self.file("rules.toml", rules());
    }

    /// The world of `fixtures/worlds/harbour`: `wit/` and `reshape.toml`.
    pub fn harbour(&self) {
        let mut files = BTreeMap::new();
        list(&repository("fixtures/worlds/harbour"), "", &mut files);
        let wanted = files.into_iter().filter(|(name, _)| name.starts_with("wit/") || name == "reshape.toml");
        wanted.for_each(|(name, contents)| self.file(&name, contents));
    }

    /// The stubs of the small world: `stubs/`.
    pub fn stubs(&self) {
        let output =
            self.run(&["--wit", "wit", "--rules", "rules.toml", "--world", "service", "stubs", "--out", "stubs"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Changes a file.
    pub fn edit(&self, name: &str, change: impl FnOnce(String) -> String) {
        let text = fs::read_to_string(self.path(name)).expect("the file is there");
        self.file(name, change(text));
    }

    /// Removes a file.
    pub fn remove(&self, name: &str) {
        fs::remove_file(self.path(name)).expect("the file is there");
    }

    /// Guests of the small world that do nothing: `guests/`.
    pub fn guests(&self) {
        let raw = &SMALL.raw;
        let friendly = |name| SMALL.friendly.world(name).expect("the friendly package has the world");
        let guest = |name| dummy::module(&SMALL.friendly.resolve, friendly(name));
        let wit = wit_component::encode(&raw.resolve, raw.package, false).expect("the WIT is encoded");
        let [adapter, entry] = [ADAPTER_WORLD, ENTRY_WORLD].map(guest);
        let contents =
            [wit, rules().into(), SMALL.plan.world.clone().into(), adapter, entry, Vec::new(), Vec::new(), "{}".into()];
        for (name, bytes) in FILES.iter().zip(contents) {
            self.file(&format!("guests/{name}"), bytes);
        }
    }

    /// An app for the small world, with guests for it: `app.wasm` has these imports and exports.
    pub fn app(&self, items: &str) {
        self.app_of(&[], items);
    }

    /// Likewise, with packages that the small world has not.
    pub fn app_of(&self, packages: &[&str], items: &str) {
        self.guests();
        let mut resolve = SMALL.friendly.resolve.clone();
        let app = format!("package local:app;\nworld app {{ {items} }}\n");
        let mut last = None;
        for text in packages.iter().copied().chain([app.as_str()]) {
            last = Some(resolve.push_source("app.wit", text).unwrap_or_else(|error| panic!("{error:#}")));
        }
        let world = resolve.select_world(&last.map_or(Vec::new(), |last| vec![last]), None).expect("one world");
        self.file("app.wasm", dummy::component(&resolve, world));
    }

    /// An app for whatever world this is, with guests for the small one: `app.wasm`.
    pub fn other_app(&self, wit: &str) {
        self.guests();
        self.file("app.wasm", dummy::of_wit(wit));
    }

    /// A variable of the environment that this one runs in, which the test command sets.
    pub fn needs(&mut self, name: &'static str, shown: &'static str) -> Result<(), String> {
        let value = env::var_os(name).ok_or_else(|| format!("{name} is not set; run `just test`, which sets it"))?;
        self.hidden.push((value.to_string_lossy().into_owned(), shown));
        self.environment.push((name, value));
        Ok(())
    }

    /// A variable of the environment.
    pub fn variable(&mut self, name: &'static str, value: impl Into<OsString>) {
        self.environment.push((name, value.into()));
    }

    /// Runs the command in the folder.
    pub fn run(&self, arguments: &[&str]) -> Output {
        let scratch = tempfile::tempdir_in(env::temp_dir()).expect("a temporary folder");
        self.command(arguments).env("TMPDIR", scratch.path()).output().expect("the command runs")
    }

    /// The command in the folder, not run yet.
    pub fn command(&self, arguments: &[&str]) -> Command {
        self.in_folder(env!("CARGO_BIN_EXE_composer"), arguments)
    }

    /// The command as a shell runs it, where `composer` is its name.
    pub fn shell(&self, script: &str) -> Output {
        let script = format!("composer() {{ \"{}\" \"$@\"; }}; {script}", env!("CARGO_BIN_EXE_composer"));
        self.in_folder("bash", &["-c", &script]).output().expect("there is a shell")
    }

    fn in_folder(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("COMPOSER_GUESTS")
            .env_remove("COMPONENTIZE_PY")
            .env_remove("VIRTUAL_ENV")
            .env("COLUMNS", "100")
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// What a person sees, without what differs from run to run.
    pub fn text(&self, arguments: &[&str], output: &Output) -> String {
        let quoted: Vec<_> =
            arguments.iter().map(|a| if a.contains(' ') { format!("'{a}'") } else { (*a).to_owned() }).collect();
        let mut text = format!("$ composer {}\n", quoted.join(" ").trim_end());
        text.push_str(&String::from_utf8_lossy(&output.stdout));
        text.push_str(&String::from_utf8_lossy(&output.stderr));
        text.push_str(&format!("[exit {}]\n", output.status.code().unwrap_or(-1)));
        for (path, shown) in &self.hidden {
            text = text.replace(path, shown);
        }
        let text = text.replace(concat!("composer ", env!("CARGO_PKG_VERSION")), "composer [version]");
        let text = [".composer-tmp-"].iter().fold(text, |text, prefix| without_random(&text, prefix));
        without_sizes(&text)
    }

    /// The files of the folder, by their path in it.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        list(self.folder.path(), "", &mut files);
        files
    }
}

fn list(folder: &Path, below: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    for path in fs::read_dir(folder).expect("the folder can be read").flatten().map(|entry| entry.path()) {
        let name = format!("{below}{}", super::name(&path));
        if path.is_dir() {
            list(&path, &format!("{name}/"), files);
        } else {
            files.insert(name, fs::read(&path).expect("the file can be read"));
        }
    }
}

/// Sizes are those of the tools that made the parts.
fn without_sizes(text: &str) -> String {
    let mut words: Vec<&str> = text.split(' ').collect();
    for index in 1..words.len() {
        let unit = words[index].split(|c: char| !c.is_ascii_uppercase()).next();
        let is_unit = unit.is_some_and(|unit| ["B", "KB", "MB"].contains(&unit));
        let number = words[index - 1].trim_start_matches('(');
        if is_unit && number.parse::<f64>().is_ok() {
            words[index - 1] = if number == words[index - 1] { "[some]" } else { "([some]" };
        }
    }
    words.join(" ")
}

/// Names of temporary files end in six letters that no two runs share.
fn without_random(text: &str, prefix: &str) -> String {
    let mut parts = text.split(prefix);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let random = part.chars().take_while(char::is_ascii_alphanumeric).count();
        out.push_str(prefix);
        out.push_str(if random == 6 { "[random]" } else { "" });
        out.push_str(if random == 6 { part.get(6..).unwrap_or_default() } else { part });
    }
    out
}
