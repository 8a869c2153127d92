//! The line of a call.

use super::line::Line;
use super::output;
use super::state::{Call, State};
use super::tables::{Function, Tables};

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
    line.text(b",\"bytes_out\":").number(u64::from(call.bytes_out)).text(b"}");
    output::write(&mut line);
}
