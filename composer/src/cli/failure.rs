//! What a failure of componentize-py means: what happened to the app, and what to do about it.

use std::path::Path;
use std::time::Duration;

use anyhow::anyhow;
use composer::bundle::World;
use composer::python::lacks;

use super::componentize::Sources;
use super::imported::{Event, Imported, LeftOpen, Phase, Place, Raised, What, split};

/// How much is shown of what componentize-py says.
const MOST_SAID: usize = 4_000;

/// How componentize-py ended.
#[derive(Debug)]
pub enum Ended {
    /// With a component.
    Well,
    /// With an error, and what it said.
    Badly(String),
    /// It did not come to an end in this time.
    TimedOut(Duration),
}

impl Ended {
    /// Whether the app ended or hung where nobody noted the place.
    pub fn leaves_place_open(&self, imported: &Imported) -> bool {
        let is_untold = matches!(imported.last(), Some(Event { what: What::Started, .. }));
        match self {
            Self::Well => false,
            Self::Badly(_) | Self::TimedOut(_) => is_untold,
        }
    }
}

/// What happened to the app, and what to do about it.
pub fn failure(world: &World, sources: &Sources<'_>, ended: &Ended, imported: &Imported) -> anyhow::Error {
    let at = |place: &Option<Place>| place.as_ref().map(frames).unwrap_or_default();
    let (advice, text) = match (imported.last(), ended) {
        (Some(Event { what: What::Raised(raised), phase }), _) => {
            (raised_advice(world, sources, raised, *phase), raised.text.clone())
        }
        (Some(Event { what: What::Host { function, text }, phase }), _) => {
            (host_advice(function, *phase), text.clone())
        }
        (Some(Event { what: What::Exit { called, text }, .. }), _) => (
            format!(
                "the app ends its process when it is imported, which happens at build time: `{called}`; raise an exception that says why, or end at a request"
            ),
            text.clone(),
        ),
        (Some(Event { what: What::Open { files }, .. }), _) => (open_advice(sources.app, files), String::new()),
        (Some(Event { what: What::NoClass { name }, .. }), _) => (
            format!(
                "the entry module `{}` has no `{name}`, and the host calls that class; define it there",
                sources.entry
            ),
            String::new(),
        ),
        (Some(Event { what: What::NoResource { module, name }, .. }), _) => (
            format!(
                "the host makes objects of `{name}`, which the bindings look for in the module `{module}` of the app; define the class in a file `{module}.py` beside `{}`",
                sources.entry
            ),
            String::new(),
        ),
        (_, Ended::TimedOut(limit)) => (
            format!(
                "importing the app took more than {} seconds; it happens at build time, and must come to an end: more time is to be had with --timeout SECONDS",
                limit.as_secs()
            ),
            at(&imported.place),
        ),
        (Some(Event { what: What::Started, .. }), Ended::Badly(said)) => (
            format!("the app ends the sandbox when it is imported, which happens at build time: {}", trap(said)),
            at(&imported.place),
        ),
        (Some(Event { what: What::Imported, .. }) | None, Ended::Badly(said)) => (tool_advice(said), String::new()),
        (Some(Event { what: What::Started | What::Imported, .. }) | None, Ended::Well) => {
            ("componentize-py says no reason".to_owned(), String::new())
        }
    };
    let text = located(&text, sources.app);
    let text = text.trim_end();
    if text.is_empty() { anyhow!("{advice}") } else { anyhow!("{advice}\n{text}") }
}

fn raised_advice(world: &World, sources: &Sources<'_>, raised: &Raised, phase: Phase) -> String {
    if let Some(advice) = sources.packages.advice(&raised.text) {
        return advice;
    }
    if let Some(sentence) = raised.lacks.as_ref().and_then(|(module, name)| lacks::sentence(module, name.as_deref())) {
        return sentence;
    }
    let file = raised.file.as_deref().unwrap_or_default();
    match raised.kind.as_str() {
        "ModuleNotFoundError" => {
            "a package is missing: add it to requirements.txt in the app's folder, or give --virtualenv".to_owned()
        }
        "SyntaxError" | "IndentationError" | "TabError" => syntax_advice(world, sources, file),
        "MemoryError" => {
            "the app wants more memory than a sandbox has, when it is imported, which happens at build time".to_owned()
        }
        "FileNotFoundError" if !file.is_empty() && Path::new(file).is_relative() && sources.app.join(file).exists() => {
            format!("the app is imported in another folder than its own: open `Path(__file__).parent / \"{file}\"`")
        }
        _ if phase == Phase::Handlers => "correct what the host calls".to_owned(),
        _ if phase == Phase::Make => {
            "the app fails where the object is made that the host calls, which happens once, at build time".to_owned()
        }
        _ => "the app fails when it is imported, which happens at build time".to_owned(),
    }
}

/// Whose source it is that does not parse.
fn syntax_advice(world: &World, sources: &Sources<'_>, file: &str) -> String {
    let package = format!("/{}/", world.plan.python.package);
    if sources.app.join(file).is_file() && Path::new(file).is_relative() {
        "correct the source".to_owned()
    } else if file.starts_with("/world/") || (sources.python.is_some() && file.contains(&package)) {
        "the bindings that were made of the world are no Python, which is no fault of the app's; look at the docs of what this line is about, in the WIT".to_owned()
    } else {
        "the source of a package is not of this Python, which is 3.14; take another version of it".to_owned()
    }
}

fn host_advice(function: &str, phase: Phase) -> String {
    match phase {
        Phase::Import | Phase::Handlers | Phase::End => format!(
            "the app calls the host when it is imported, which happens at build time, where there is none: `{function}`; call it in a function that runs at a request"
        ),
        Phase::Make => format!(
            "the app calls the host where the object is made that the host calls, which happens once, at build time, where there is none: `{function}`; call it in the method that serves the request, not in `__init__`"
        ),
    }
}

fn open_advice(app: &Path, files: &[LeftOpen]) -> String {
    let shown = |file: &LeftOpen| {
        let name = file.name.as_deref().map_or("a file or folder that has no name".to_owned(), |name| own(name, app));
        let place = file.place.as_ref().map(|place| format!(", in `{place}`")).unwrap_or_default();
        format!("\n  {name}{place}")
    };
    let files: String = files.iter().map(shown).collect();
    format!(
        "the app leaves files open when it is imported, and at a request they are not: what reads one then gets an error, or another file. Read them while it is imported, and close them (`with open(…) as file:`), or open them at the request{files}"
    )
}

/// Why the sandbox ended, in a line.
fn trap(said: &str) -> String {
    let reason = said.lines().rev().find_map(|line| line.split_once("wasm trap: ")).map(|(_, reason)| reason);
    match reason {
        Some("call stack exhausted") => "functions call each other without end".to_owned(),
        Some(reason) => reason.to_owned(),
        None => bounded(&tools_words(said)),
    }
}

/// What componentize-py says that is no fault of the app's code.
fn tool_advice(said: &str) -> String {
    if said.contains("fuel allocated for hostcalls") {
        return "the app has more in memory, once it is imported, than componentize-py takes, which is 128 MiB; import less, or have the data in a store".to_owned();
    }
    format!("componentize-py failed: {}", bounded(&tools_words(said)))
}

/// All that it says, without where in its own code it was.
fn tools_words(said: &str) -> String {
    // The tool's Python reports every failure as an assertion that failed.
    let said = said.split_once("AssertionError: ").map_or(said, |(_, said)| said);
    let said = said.split("\nStack backtrace").next().unwrap_or_default();
    let is_code = |line: &str| line.contains(": 0x") || line.contains(":  0x");
    let lines: Vec<_> = said.lines().filter(|line| !is_code(line)).collect();
    let words = lines.join("\n");
    if words.trim().is_empty() { "it said nothing".to_owned() } else { words.trim().to_owned() }
}

fn bounded(text: &str) -> String {
    let (shown, left) = split(text, MOST_SAID);
    if left.is_empty() { shown.to_owned() } else { format!("{shown}\n… and {} bytes more", left.len()) }
}

/// Frames as a traceback shows them.
fn frames(place: &Place) -> String {
    place.iter().map(|(file, line, function)| format!("  File \"{file}\", line {line}, in {function}\n")).collect()
}

/// A traceback in which files are called as the person who builds calls them.
fn located(text: &str, app: &Path) -> String {
    let line = |line: &str| match line.split_once("File \"") {
        Some((indent, rest)) if indent.trim_start_matches([' ', '|', '+', '-']).is_empty() => {
            let (file, rest) = rest.split_once('"').unwrap_or((rest, ""));
            format!("{indent}File \"{}\"{rest}\n", own(file, app))
        }
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

/// A file as the person who builds calls it: below the app's folder, or of a package.
fn own(file: &str, app: &Path) -> String {
    let inside = file.strip_prefix('/').and_then(|file| file.split_once('/'));
    match inside {
        // The sandbox has each folder under a number, and the bindings under a name of their own.
        Some((folder, name)) if folder == "world" || folder.chars().all(|c| c.is_ascii_digit()) => {
            let below = app.join(name);
            if below.is_file() { below.display().to_string() } else { name.to_owned() }
        }
        None if !file.starts_with(['/', '<']) && app.join(file).exists() => app.join(file).display().to_string(),
        Some(_) | None => file.to_owned(),
    }
}
