//! Lines of a profile or a trace as one picture.
//!
//! [`read`] takes the lines out of whatever text they are in, and [`draw`] makes a self-contained SVG of them: the time line
//! of one request, where calls were traced, and what each function came to in all requests.

mod figures;
mod lines;
mod svg;
mod timeline;
mod totals;

use thiserror::Error;

use figures::{Totals, counted};
pub use lines::{Call, Function, Lines, Profile, Request};
use svg::{Colours, Drawing, Text};

/// Why there is no picture.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum FlameError {
    /// A line of a profile or a trace lacks something.
    #[error(
        "line {line} is of a {kind} and cannot be read: {message}; it was written by another version, so take a composer of the version that built the app"
    )]
    Line {
        /// Its number, from 1.
        line: usize,
        /// What it is of.
        kind: String,
        /// What is wrong with it.
        message: String,
    },
    /// There is nothing to draw.
    #[error(
        "there is no line of a profile or a trace in it ({}); build the app with `--profile` or `--trace`, and give what it then writes to its standard error, or to its log endpoint",
        counted(*.skipped, "other line", "other lines")
    )]
    Nothing {
        /// How many lines are something else.
        skipped: usize,
    },
    /// The request is not there.
    #[error("no call of request {request} is in it; {there}")]
    NoRequest {
        /// The number that was asked for.
        request: u64,
        /// Which there are.
        there: String,
    },
}

/// Takes the lines of profiles and traces out of a text.
pub fn read(text: &str) -> Result<Lines, FlameError> {
    lines::read(text)
}

/// Draws them. The time line is of the request with this number, or of the one that took longest.
pub fn draw(lines: &Lines, request: Option<u64>) -> Result<String, FlameError> {
    let chosen = choose(lines, request)?;
    let traced = lines.requests.iter().flat_map(|request| &request.calls).map(|call| call.function.as_str());
    let profiled = lines.profiles.iter().flat_map(|profile| &profile.calls).map(|call| call.function.as_str());
    let colours = Colours::new(traced.chain(profiled));
    let mut drawing = Drawing::default();
    drawing.title("Host calls", &summary(lines));
    if let Some(request) = chosen {
        timeline::draw(&mut drawing, &colours, request, lines.requests.len());
    }
    totals::draw(&mut drawing, &colours, &Totals::of(lines));
    if lines.skipped > 0 {
        let note = format!("Not drawn: {} of the file.", counted(lines.skipped, "other line", "other lines"));
        drawing.note(&Text::plain(&note));
    }
    Ok(drawing.finish())
}

fn choose(lines: &Lines, number: Option<u64>) -> Result<Option<&Request>, FlameError> {
    let longest = || lines.requests.iter().max_by_key(|request| request.total);
    let Some(number) = number else { return Ok(longest()) };
    let found = lines.requests.iter().filter(|request| request.number == number).max_by_key(|request| request.total);
    found.map(Some).ok_or_else(|| {
        let there: Vec<_> = lines.requests.iter().map(|request| request.number.to_string()).take(10).collect();
        let there = match there.as_slice() {
            [] => "it has no line of a trace: build the app with `--trace`".to_owned(),
            [..] => format!("there are calls of request {}", there.join(", ")),
        };
        FlameError::NoRequest { request: number, there }
    })
}

fn summary(lines: &Lines) -> String {
    let profiles = counted(lines.profiles.len(), "request profiled", "requests profiled");
    let calls = lines.requests.iter().map(|request| request.calls.len()).sum();
    let traced = counted(calls, "call traced", "calls traced");
    match (lines.profiles.is_empty(), lines.requests.is_empty()) {
        (false, false) => format!("{profiles}, {traced}"),
        (false, true) => profiles,
        (true, _) => format!("{traced} in {}", counted(lines.requests.len(), "request", "requests")),
    }
}
