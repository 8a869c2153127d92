//! First stage: `host.toml` to plain data. Nothing here knows a component.
//!
//! ```toml
//! about = "what the case shows"
//! component = "entry"                             # where there are several to choose from
//!
//! [[call]]                                        # an exported function, or `drop store#a`
//! do = 'config-store.store.get(store#a, "colour")'
//! expect = 'ok(some("red"))'                      # or `trap = "part of a message"`; or nothing, for any value
//!                                                 # or `refused = "…"`: the engine does not let the call in
//! within = 250                                    # milliseconds of the script's clock, which only `after` moves
//! unordered = true                                # the raw calls may come in any order
//!
//! [[call.raw]]                                    # a raw call that it must cause
//! call = 'config-store.store.get(store#1, "colour", _)'
//! gives = 'ok(some("red"))'                       # or `trap = "message"`; or nothing, where nothing is returned
//! times = 2                                       # once, unless said; or "any"
//! after = 100
//! reenter = 'config-store.store.get(store#a, "x")'  # a call from inside this one, which the engine must refuse
//!
//! [[raw]]                                         # raw calls that may come during any of the calls
//! call = "compute-runtime.get-vcpu-ms()"
//! gives = "7"
//! times = "any"
//! ```
//!
//! A function goes by `interface.function` or `interface.resource.function`, by `interface.resource` if it is the
//! constructor, by the full name of the interface where the short one is not enough, or as transcripts have it.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

use super::error::ScriptError;
use super::wave::{Call, Value};

/// A script.
#[derive(Debug, Clone)]
pub struct Script {
    /// Which component it is for, where whoever plays it has several.
    pub component: Option<String>,
    /// The calls of exported functions, in order.
    pub calls: Vec<Step>,
    /// Raw calls that may come at any time, next to those of a call.
    pub raw: Section,
}

/// A call of an exported function, and what it must cause.
#[derive(Debug, Clone)]
pub struct Step {
    /// The call as it was written.
    pub text: String,
    /// What is to be done.
    pub action: Action,
    /// What must come of it.
    pub end: End,
    /// How long it may take on the script's clock, in milliseconds.
    pub within: Option<u64>,
    /// The raw calls that it must cause.
    pub raw: Section,
}

/// What a step does.
#[derive(Debug, Clone)]
pub enum Action {
    /// Calls an exported function.
    Call(Call),
    /// Drops a resource by name.
    Drop(String),
}

/// How a call ends.
#[derive(Debug, Clone, PartialEq)]
pub enum End {
    /// In whatever way, as long as it is no trap.
    Any,
    /// With a value like this.
    Value(Value),
    /// With a trap that says this.
    Trap(String),
    /// Before it began: the engine does not let it in, and says this. Handles may be stale, or of another type.
    /// The engine lets nothing else in after that, so it ends the script, as a trap does.
    Refused(String),
}

/// Raw calls that belong together.
#[derive(Debug, Clone, Default)]
pub struct Section {
    /// The calls.
    pub expected: Vec<Arc<Expected>>,
    /// Whether they may come in any order.
    pub unordered: bool,
}

/// A raw call and its answer.
#[derive(Debug, Clone)]
pub struct Expected {
    /// The call.
    pub call: Call,
    /// What it answers.
    pub answer: Answer,
    /// How often it comes; without a number, any number of times.
    pub times: Option<u64>,
    /// How long it takes on the script's clock, in milliseconds.
    pub after: u64,
    /// What the host calls before it answers: it is not let in.
    pub reenter: Option<Call>,
    /// The line of the script, counted from 1; none where nobody wrote it.
    pub line: Option<usize>,
}

/// What a raw call answers.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Nothing.
    Nothing,
    /// A value.
    Value(Value),
    /// A trap with a message.
    Trap(String),
}

impl Script {
    /// Reads a script; the files that it names are in `folder`.
    pub fn parse(text: &str, folder: &Path) -> Result<Self, ScriptError> {
        let lines: Lines = toml::from_str(text).map_err(|error| toml_error(&error, text))?;
        let place = Place { text, folder };
        let calls = lines.call.into_iter().map(|line| step(line, place)).collect::<Result<_, _>>()?;
        Ok(Self { component: lines.component, calls, raw: section(lines.raw, lines.unordered, place)? })
    }

    /// Reads `host.toml` in `folder`.
    pub fn read(folder: &Path) -> Result<Self, ScriptError> {
        let path = folder.join("host.toml");
        let text = fs::read_to_string(&path).map_err(|source| ScriptError::Read { path, source })?;
        Self::parse(&text, folder)
    }
}

/// Where a line of a script is.
#[derive(Debug, Clone, Copy)]
struct Place<'a> {
    text: &'a str,
    folder: &'a Path,
}

impl Place<'_> {
    /// The line with this place in the text.
    fn line(self, at: usize) -> usize {
        self.text.get(..at).unwrap_or_default().matches('\n').count() + 1
    }
}

/// A TOML error would draw the offending line over several of its own: the line's number does.
fn toml_error(error: &toml::de::Error, text: &str) -> ScriptError {
    let line = error.span().and_then(|span| text.get(..span.start)).map(|before| before.matches('\n').count() + 1);
    let message = error.message().lines().collect::<Vec<_>>().join(", ");
    ScriptError::Toml { message: line.map_or(message.clone(), |line| format!("line {line}: {message}")) }
}

fn step(line: CallLine, place: Place<'_>) -> Result<Step, ScriptError> {
    let folder = place.folder;
    let action = match line.r#do.strip_prefix("drop ") {
        Some(name) => Action::Drop(name.trim().to_owned()),
        None => Action::Call(with_files(Call::parse(&line.r#do)?, folder)?),
    };
    let both = |message| ScriptError::Both { at: format!("`{}`", line.r#do), message };
    let end = match (&line.expect, line.trap, line.refused) {
        (None, None, None) => End::Any,
        (Some(text), None, None) => End::Value(Value::parse(text)?.with_files(folder)?),
        (None, Some(message), None) => End::Trap(message),
        (None, None, Some(message)) => End::Refused(message),
        (Some(_), Some(_), _) => return Err(both("it has `expect` and `trap`")),
        (Some(_), None, Some(_)) => return Err(both("it has `expect` and `refused`")),
        (None, Some(_), Some(_)) => return Err(both("it has `trap` and `refused`")),
    };
    let raw = section(line.raw, line.unordered, place)?;
    Ok(Step { text: line.r#do, action, end, within: line.within, raw })
}

fn section(lines: Vec<RawLine>, unordered: bool, place: Place<'_>) -> Result<Section, ScriptError> {
    let expected = lines.into_iter().map(|line| expected(line, place).map(Arc::new)).collect::<Result<_, _>>()?;
    Ok(Section { expected, unordered })
}

fn expected(line: RawLine, place: Place<'_>) -> Result<Expected, ScriptError> {
    let folder = place.folder;
    let (at, text) = (place.line(line.call.span().start), line.call.into_inner());
    let answer = match (line.gives, line.trap) {
        (None, None) => Answer::Nothing,
        (Some(value), None) => Answer::Value(Value::parse(&value)?.with_files(folder)?),
        (None, Some(message)) => Answer::Trap(message),
        (Some(_), Some(_)) => {
            return Err(ScriptError::Both { at: format!("`{text}`"), message: "it has `gives` and `trap`" });
        }
    };
    let times = match line.times {
        None => Some(1),
        Some(Times::Number(times)) => Some(times),
        Some(Times::Word(Word::Any)) => None,
    };
    let reenter = line.reenter.map(|text| with_files(Call::parse(&text)?, folder)).transpose()?;
    let call = with_files(Call::parse(&text)?, folder)?;
    Ok(Expected { call, answer, times, after: line.after, reenter, line: Some(at) })
}

fn with_files(call: Call, folder: &Path) -> Result<Call, ScriptError> {
    let arguments = call.arguments.into_iter().map(|value| value.with_files(folder)).collect::<Result<_, _>>()?;
    Ok(Call { arguments, ..call })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lines {
    /// What the case shows: for whoever reads the script.
    #[serde(rename = "about")]
    _about: String,
    component: Option<String>,
    #[serde(default)]
    call: Vec<CallLine>,
    #[serde(default)]
    raw: Vec<RawLine>,
    #[serde(default)]
    unordered: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallLine {
    r#do: String,
    expect: Option<String>,
    trap: Option<String>,
    refused: Option<String>,
    within: Option<u64>,
    #[serde(default)]
    raw: Vec<RawLine>,
    #[serde(default)]
    unordered: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLine {
    call: toml::Spanned<String>,
    gives: Option<String>,
    trap: Option<String>,
    times: Option<Times>,
    #[serde(default)]
    after: u64,
    reenter: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Times {
    Number(u64),
    Word(Word),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Word {
    Any,
}
