//! The line of a request, and the block to read.

use super::line::Line;
use super::output;
use super::state::State;
use super::tables::{Function, Tables, flags};

/// Room for what comes behind the calls.
const END: usize = 64;

/// Writes what a request came to.
pub fn report(state: &State, total: u64, observer: u64) {
    let tables = Tables::get();
    let mut line = Line::new(tables.line());
    let inside = state.inside.min(total);
    let is_raw = tables.flags & flags::RAW != 0;
    line.text(if is_raw { b"{\"kind\":\"raw-profile\"".as_slice() } else { b"{\"kind\":\"profile\"" });
    line.text(b",\"request\":").number(state.request);
    for (name, nanos) in [
        ("total", total),
        ("inside", inside),
        ("waiting", state.waiting.min(inside)),
        ("outside", total - inside),
        ("observer", observer),
    ] {
        line.text(b",\"").text(name.as_bytes()).text(b"_us\":").micros(nanos);
    }
    line.text(b",\"calls\":[");
    let (mut unlisted, mut is_first) = (0, true);
    while let Some(function) = longest() {
        function.totals().listed = 1;
        let before = line.length();
        if !is_first {
            line.text(b",");
        }
        one(&mut line, function);
        if line.is_cut() || line.left() < END {
            line.back_to(before);
            unlisted += 1;
        } else {
            is_first = false;
        }
    }
    line.text(b"],\"unlisted\":").number(unlisted).text(b"}");
    output::write(&mut line);
    if tables.flags & flags::TEXT != 0 {
        block(state.request, total, inside, state.waiting.min(inside));
    }
}

/// The function that took longest, of those that are not in the report yet.
fn longest() -> Option<&'static Function> {
    let mut longest: Option<&Function> = None;
    for function in Tables::get().functions() {
        let totals = function.totals();
        let is_longer = longest.is_none_or(|longest| totals.total > longest.totals().total);
        if totals.count != 0 && totals.listed == 0 && is_longer {
            longest = Some(function);
        }
    }
    longest
}

fn one(line: &mut Line<'_>, function: &Function) {
    let totals = function.totals();
    line.text(b"{\"function\":").quoted(function.name.bytes());
    line.text(b",\"count\":").number(totals.count);
    line.text(b",\"total_us\":").micros(totals.total);
    line.text(b",\"longest_us\":").micros(totals.longest);
    line.text(b",\"errors\":{");
    let mut is_first = true;
    for (error, count) in function.errors().iter().zip(function.error_counts()) {
        if *count != 0 {
            if !is_first {
                line.text(b",");
            }
            is_first = false;
            line.quoted(error.bytes()).text(b":").number(u64::from(*count));
        }
    }
    line.text(b"},\"bytes_in\":").number(totals.bytes_in);
    line.text(b",\"bytes_out\":").number(totals.bytes_out).text(b"}");
}

/// Writes the block to read, the longest first.
fn block(request: u64, total: u64, inside: u64, waiting: u64) {
    let tables = Tables::get();
    for function in tables.functions() {
        function.totals().listed = 0;
    }
    let mut line = Line::new(tables.line());
    let is_raw = tables.flags & flags::RAW != 0;
    line.text(if is_raw { b"raw calls of request ".as_slice() } else { b"request " }).number(request).text(b": ");
    millis(&mut line, total);
    line.text(b" ms, ");
    millis(&mut line, inside);
    line.text(b" ms of them in host calls (waiting: ");
    millis(&mut line, waiting);
    line.text(b" ms)\n     total ms  longest ms   calls  errors  function");
    while let Some(function) = longest() {
        let totals = function.totals();
        totals.listed = 1;
        let before = line.length();
        line.text(b"\n");
        line.right(13, |cell| millis(cell, totals.total)).right(12, |cell| millis(cell, totals.longest));
        line.right(8, |cell| {
            cell.number(totals.count);
        });
        let errors = function.error_counts().iter().map(|count| u64::from(*count)).sum();
        line.right(8, |cell| {
            cell.number(errors);
        });
        line.text(b"  ").text(function.name.bytes());
        if line.is_cut() || line.left() < END {
            line.back_to(before);
        }
    }
    output::write(&mut line);
}

/// Milliseconds with two digits behind the point.
fn millis(line: &mut Line<'_>, nanos: u64) {
    line.number(nanos / 1_000_000).text(b".").digits(nanos % 1_000_000 / 10_000, 2);
}
