//! Times in the docs of what is in seconds now: `in milliseconds`, `1,500ms`.

use super::python::snake;
use super::text::{capital, either};
use crate::markdown::{self, Content};
use crate::plan::{Function, Type};

/// Says every time of a doc in seconds.
pub(super) fn seconds(doc: &mut Option<String>) {
    let Some(text) = doc.take() else { return };
    let mut blocks = markdown::parse(&text);
    for block in &mut blocks {
        match &mut block.content {
            Content::Text { text, .. } => *text = in_seconds(text),
            Content::Verbatim { .. } | Content::Section(_) | Content::Definition { .. } => {}
        }
    }
    *doc = markdown::write(&blocks);
}

/// The unit, where nothing says it: the raw docs leave it to a name, and the name has lost it.
pub(super) fn unsaid(function: &Function) -> Option<String> {
    if function.docs.as_deref().is_some_and(|docs| docs.to_lowercase().contains("second")) {
        return None;
    }
    let is_returned = function.result.as_ref().is_some_and(Type::is_time);
    let times = function.params.iter().filter(|param| param.ty.is_time());
    let times: Vec<_> = times.map(|param| format!("`{}`", snake(&param.name))).collect();
    match times.as_slice() {
        [] => is_returned.then(|| "The time is in seconds.".to_owned()),
        [only] => Some(format!("{only} is in seconds.")),
        all => Some(format!("{} are in seconds.", either(all, "and"))),
    }
}

fn in_seconds(text: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for word in text.split(' ') {
        let (core, stop) = word.split_at(word.trim_end_matches(['.', ',', ';', ':', ')']).len());
        // `1,000ms (1s)` says it twice.
        let is_repeated = core.strip_prefix('(').and_then(|core| core.strip_suffix('s')).is_some_and(is_number);
        if is_repeated
            && stop.starts_with(')')
            && let Some(last) = words.last_mut().filter(|last| last.ends_with(['d', 's']))
        {
            last.push_str(stop.trim_start_matches(')'));
            continue;
        }
        let core = match core {
            "milliseconds" | "nanoseconds" => "seconds".to_owned(),
            core => core.strip_suffix("ms").and_then(spoken).unwrap_or_else(|| core.to_owned()),
        };
        words.push(core + stop);
    }
    words.join(" ")
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|digit| digit.is_ascii_digit() || digit == ',')
}

/// A count of milliseconds, in words.
fn spoken(count: &str) -> Option<String> {
    let count: f64 = count.replace(',', "").parse().ok().filter(|_| is_number(count))?;
    let seconds = count / 1000.0;
    Some(if seconds == 1.0 { "1 second".to_owned() } else { format!("{seconds} seconds") })
}

/// What a getter says of itself, for the field that holds its answer: `The age`, and not `Gets the age`.
pub(super) fn of_field(doc: &mut Option<String>) {
    let Some(text) = doc.take() else { return };
    let mut blocks = markdown::parse(&text);
    if let Some(Content::Text { text, .. }) = blocks.first_mut().map(|block| &mut block.content) {
        let rest = ["Gets ", "Returns "].iter().find_map(|verb| text.strip_prefix(verb)).unwrap_or(text);
        *text = capital(&rest.replacen(", returning `None`", ", `None`", 1));
    }
    *doc = markdown::write(&blocks);
}
