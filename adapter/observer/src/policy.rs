//! Which calls are refused.

use super::line::Line;
use super::state::State;
use super::tables::{Function, Policy, Tables, Text};
use super::{chance, host, output};

/// The place of the case that a call is refused with, if it is, and the option that it is refused by.
pub fn refused(state: &State, function: &Function) -> Option<(u32, Text)> {
    let policy = function.policy()?;
    policy.count = policy.count.saturating_add(1);
    let by = if policy.is_denied != 0 {
        policy.deny
    } else if policy.count > policy.most {
        policy.limit
    } else if fails(policy) {
        policy.fail
    } else {
        return None;
    };
    if policy.is_told == 0 {
        policy.is_told = 1;
        tell(state, function, policy, by);
    }
    Some((policy.case, by))
}

/// Whether chance has this call fail.
fn fails(policy: &mut Policy) -> bool {
    if policy.of == 0 {
        return false;
    }
    if policy.has_begun == 0 {
        policy.has_begun = 1;
        policy.chance = host::now();
    }
    let number = chance::next(&mut policy.chance);
    number % u64::from(policy.of) < u64::from(policy.one)
}

/// A line of the first refused call of a function in a request.
fn tell(state: &State, function: &Function, policy: &Policy, by: Text) {
    let mut line = Line::new(Tables::get().line());
    line.text(b"{\"kind\":\"refused\",\"request\":").number(state.current());
    line.text(b",\"function\":").quoted(function.name.bytes());
    line.text(b",\"call\":").number(u64::from(policy.count));
    let case = function.errors().get(policy.case as usize);
    line.text(b",\"error\":").quoted(case.map_or(b"error", |case| case.bytes()));
    line.text(b",\"by\":").quoted(by.bytes()).text(b"}");
    output::write(&mut line);
}

/// Begins to count anew, for another request.
pub fn clear(function: &Function) {
    if let Some(policy) = function.policy() {
        (policy.count, policy.is_told) = (0, 0);
    }
}
