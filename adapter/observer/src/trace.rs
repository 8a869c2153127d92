//! The line of a call.

use super::line::Line;
use super::state::{Call, State};
use super::tables::{Function, Tables};
use super::{evidence, output, values};

/// Writes what a call came to.
pub fn call(state: &State, function: &Function, call: &Call) {
    let mut line = Line::new(Tables::get().line());
    line.text(b"{\"kind\":\"call\",\"request\":").number(state.current());
    line.text(b",\"sequence\":").number(state.calls);
    line.text(b",\"function\":").quoted(function.name.bytes());
    line.text(b",\"start_us\":").micros(call.start.saturating_sub(state.began));
    line.text(b",\"us\":").micros(call.took());
    line.text(b",\"outcome\":");
    let error = usize::try_from(call.case).ok().and_then(|case| function.errors().get(case));
    line.quoted(error.map_or(b"ok", |error| error.bytes()));
    line.text(b",\"bytes_in\":").number(u64::from(call.bytes_in));
    line.text(b",\"bytes_out\":").number(u64::from(call.bytes_out));
    values::take(|arguments, answer| {
        line.text(b",\"arguments\":").quoted(arguments).text(b",\"answer\":").quoted(answer);
    });
    if let Some((raw, error)) = evidence::last(call.start) {
        line.text(b",\"raw\":{\"function\":").quoted(raw.name.bytes());
        line.text(b",\"error\":").quoted(error.bytes()).text(b"}");
    }
    line.text(b"}");
    output::write(&mut line);
}
