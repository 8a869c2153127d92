//! Hooks: components that are told of calls, and decide about them.

use super::line::Line;
use super::state::{Call, State};
use super::tables::{Function, Tables, Text};
use super::{host, output};

/// The cases of a decision.
const PROCEED: u32 = 0;
const REFUSE: u32 = 1;

/// Asks the hooks in their order. The first that refuses the call decides: the place of the error's case, and the hook.
pub fn before(state: &mut State, function: &Function) -> Option<(u32, Text)> {
    let hooks = Tables::get().hooks();
    if hooks.is_empty() || !function.is_reported() {
        return None;
    }
    state.hooked += 1;
    for (place, name) in hooks.iter().enumerate() {
        announce(state, place, *name);
        let [case, carried] = host::hook_before(place as u32, state.current(), state.hooked, function);
        let refused = match case & 0xff {
            PROCEED => continue,
            REFUSE => function.refused(),
            _ => function.refused().and(Some(carried)).filter(|case| (*case as usize) < function.errors().len()),
        };
        match refused {
            Some(case) => return Some((case, *name)),
            None => complain(state, function, *name),
        }
    }
    None
}

/// Tells the hooks what a call came to.
pub fn after(state: &State, function: &Function, call: &Call) {
    if !function.is_reported() {
        return;
    }
    for place in 0..Tables::get().hooks().len() {
        host::hook_after(place as u32, state.current(), state.hooked, function, call);
    }
}

/// A line before a hook is first called in a request: if it traps, nothing is written any more.
fn announce(state: &mut State, place: usize, name: Text) {
    let bit = 1 << (place & 31);
    if state.announced & bit != 0 {
        return;
    }
    state.announced |= bit;
    let mut line = Line::new(Tables::get().line());
    line.text(b"{\"kind\":\"hook\",\"request\":").number(state.current());
    line.text(b",\"hook\":").quoted(name.bytes()).text(b"}");
    output::write(&mut line);
}

/// A line where a hook decides what cannot be.
fn complain(state: &State, function: &Function, name: Text) {
    let mut line = Line::new(Tables::get().line());
    line.text(b"{\"kind\":\"problem\",\"message\":\"the hook refuses a call with an error that the function does not have, so the host is asked\",\"request\":");
    line.number(state.current()).text(b",\"hook\":").quoted(name.bytes());
    line.text(b",\"function\":").quoted(function.name.bytes()).text(b"}");
    output::write(&mut line);
}
