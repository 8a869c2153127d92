//! One request from its start to its end: a row for each function, and in it a bar for each call.

use indexmap::IndexMap;

use super::figures::{counted, percent, time, waits};
use super::lines::{Call, Request};
use super::svg::{Bar, Colours, Drawing, Text};

/// How many functions have rows of their own.
const ROWS: usize = 60;

/// Calls that are nearer to each other than this part of the width, of 100, are drawn as one.
const NEAR: f64 = 0.15;

/// How many parts the scale has.
const PARTS: u64 = 4;

/// Draws it; `of` is how many requests there are.
pub(super) fn draw(drawing: &mut Drawing, colours: &Colours<'_>, request: &Request, of: usize) {
    let heading = match of {
        1 => format!("Request {}", request.number),
        of => format!("Request {}, the longest of {of}", request.number),
    };
    let inside = request
        .calls
        .iter()
        .filter(|call| !waits(&call.function))
        .fold(0, |sum: u64, call| sum.saturating_add(call.us));
    let waiting =
        request.calls.iter().filter(|call| waits(&call.function)).fold(0, |sum: u64, call| sum.saturating_add(call.us));
    let calls = counted(request.calls.len(), "call", "calls");
    let short = format!("{calls}, {} to the last one's end", time(request.total));
    let long = format!("{short}; {} in calls, {} waiting", time(inside), time(waiting));
    drawing.heading(&Text::plain(&heading), &Text { sizes: [long.clone(), long, short] });

    let mut rows: IndexMap<&str, Vec<&Call>> = IndexMap::new();
    request.calls.iter().for_each(|call| rows.entry(&call.function).or_default().push(call));
    let marks = (0..=PARTS).map(|part| {
        let at = u64::try_from(u128::from(request.total) * u128::from(part) / u128::from(PARTS)).unwrap_or(u64::MAX);
        (percent(part, PARTS), time(at))
    });
    drawing.scale(&marks.collect::<Vec<_>>());
    for (function, calls) in rows.iter().take(ROWS) {
        row(drawing, request, function, calls, &colours.of(function));
    }
    if rows.len() > ROWS {
        drawing.note(&Text::plain(&format!(
            "{} more are not drawn.",
            counted(rows.len() - ROWS, "function", "functions")
        )));
    }
}

fn row(drawing: &mut Drawing, request: &Request, function: &str, calls: &[&Call], colour: &str) {
    let total = calls.iter().fold(0, |sum: u64, call| sum.saturating_add(call.us));
    let failed = calls.iter().filter(|call| call.failed()).count();
    let errors = if failed == 0 { String::new() } else { format!(", {}", counted(failed, "error", "errors")) };
    let figures = format!("{} in {}", time(total), counted(calls.len(), "call", "calls"));
    let figures = [
        format!("{figures}{errors}"),
        format!("{figures}{errors}"),
        format!("{figures}{}", if failed == 0 { "" } else { " !" }),
    ];
    let title = format!("{function}\n{}", figures[0]);
    let bars = bars(request, calls, colour);
    drawing.row(&Text::name(function), &Text { sizes: figures }, &title, &bars);
}

/// A bar for each call; calls that end the same way and are too near to each other to be told apart share one.
fn bars(request: &Request, calls: &[&Call], colour: &str) -> Vec<Bar> {
    let mut bars: Vec<(Bar, bool, Vec<&Call>)> = Vec::new();
    for call in calls {
        let (from, width) = (percent(call.start_us, request.total), percent(call.us, request.total));
        let failed = call.failed();
        if let Some((bar, as_this, together)) = bars.last_mut()
            && *as_this == failed
            && from - (bar.from + bar.width) < NEAR
            && (width < NEAR || bar.width < NEAR)
        {
            bar.width = (from + width - bar.from).max(bar.width);
            together.push(call);
            continue;
        }
        let kind = if waits(&call.function) { "waiting" } else { colour };
        let class = if failed { format!("{kind} failed") } else { kind.to_owned() };
        bars.push((Bar { from, width, class, title: String::new() }, failed, vec![call]));
    }
    bars.into_iter().map(|(bar, _, together)| Bar { title: title(&together), ..bar }).collect()
}

fn title(together: &[&Call]) -> String {
    match together {
        [call] => format!(
            "{}, call {}\n{} from {} on\n{}\n{} B in, {} B out",
            call.function,
            call.sequence,
            time(call.us),
            time(call.start_us),
            call.outcome,
            call.bytes_in,
            call.bytes_out
        ),
        [first, .., last] => {
            let sum = together.iter().fold(0, |sum: u64, call| sum.saturating_add(call.us));
            format!(
                "{}, calls {} to {}\n{} together, from {} on\n{}",
                first.function,
                first.sequence,
                last.sequence,
                time(sum),
                time(first.start_us),
                first.outcome
            )
        }
        [] => String::new(),
    }
}
