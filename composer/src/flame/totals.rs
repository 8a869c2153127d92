//! All requests together: where their time went, and what each function took of it.

use super::figures::{Total, Totals, counted, percent, size, time, waits};
use super::svg::{Bar, Colours, Drawing, Text};

/// How many functions have rows of their own.
const ROWS: usize = 60;

/// The parts of a request, as the style colours them.
const PARTS: [(&str, &str); 4] = [
    ("inside", "in host calls"),
    ("waiting", "waiting in host calls"),
    ("outside", "in the app"),
    ("measuring", "measuring"),
];

/// Draws it.
pub(super) fn draw(drawing: &mut Drawing, colours: &Colours<'_>, totals: &Totals) {
    let requests = counted(totals.requests, "request", "requests");
    let about = "Each bar is all the time in a function; the strong part of it is the longest call.";
    drawing.heading(
        &Text::plain(&format!("All of {requests}")),
        &Text { sizes: [about.to_owned(), about.to_owned(), "All the time; strong, the longest call.".to_owned()] },
    );
    if let Some(shares) = totals.shares {
        self::shares(drawing, shares);
    }
    let most = totals.functions.first().map_or(0, |(_, total)| total.total);
    for (function, total) in totals.functions.iter().take(ROWS) {
        row(drawing, function, total, most, &colours.of(function));
    }
    let more = totals.functions.len().saturating_sub(ROWS);
    if more > 0 {
        drawing.note(&Text::plain(&format!("{} more are not drawn.", counted(more, "function", "functions"))));
    }
    if totals.unlisted > 0 {
        drawing.note(&Text::plain(&format!("{} calls are in no list: there was no room.", totals.unlisted)));
    }
}

/// Where the time went, as one bar.
fn shares(drawing: &mut Drawing, shares: [u64; 4]) {
    let whole = shares.iter().fold(0, |sum: u64, part| sum.saturating_add(*part));
    let (mut bars, mut legend, mut from) = (Vec::new(), Vec::new(), 0.0);
    for ((class, what), part) in PARTS.iter().zip(shares).filter(|(_, part)| *part > 0) {
        let width = percent(part, whole);
        let text = format!("{} {what} ({width:.0} %)", time(part));
        bars.push(Bar { from, width, class: (*class).to_owned(), title: text.clone() });
        legend.push((*class, text));
        from += width;
    }
    drawing.row(&Text::plain("All time"), &Text::plain(&time(whole)), "Where the time of all requests went", &bars);
    drawing.legend(&legend);
}

fn row(drawing: &mut Drawing, function: &str, total: &Total, most: u64, colour: &str) {
    let Total { count, longest, errors, bytes: [given, answered], .. } = total;
    let failed = total.failed();
    let errors_in_words = match failed {
        0 => String::new(),
        1 => ", 1 error".to_owned(),
        failed => format!(", {failed} errors"),
    };
    let calls = if *count == 1 { "1 call".to_owned() } else { format!("{count} calls") };
    let sum = format!("{} in {calls}", time(total.total));
    let figures = [
        format!("{sum}, longest {}{errors_in_words}", time(*longest)),
        format!("{sum}{errors_in_words}"),
        format!("{sum}{}", if failed == 0 { "" } else { " !" }),
    ];
    let cases: String = errors.iter().map(|(case, count)| format!("\n{count} × {case}")).collect();
    let title = format!("{function}\n{}{cases}\n{} in, {} out", figures[0], size(*given), size(*answered));
    let class = if waits(function) { "waiting" } else { colour };
    let width = percent(total.total, most);
    let bars = [
        Bar { from: 0.0, width, class: format!("{class} rest"), title: title.clone() },
        Bar { from: 0.0, width: percent(*longest, most).min(width), class: class.to_owned(), title: title.clone() },
    ];
    drawing.row(&Text::name(function), &Text { sizes: figures }, &title, &bars);
}
