//! The values of the call that is under way.

use super::single::Single;
use super::value::Value;

struct Values {
    arguments: Value,
    answer: Value,
    /// Whether pieces are of the answer.
    is_answer: bool,
    /// Whether there are any since they were last taken.
    is_there: bool,
}

static VALUES: Single<Values> =
    Single::new(Values { arguments: Value::EMPTY, answer: Value::EMPTY, is_answer: false, is_there: false });

/// The arguments are to come (0), or the answer.
pub fn begin(which: u32) {
    VALUES.with(|values| {
        values.is_answer = which != 0;
        values.is_there = true;
        if !values.is_answer {
            values.arguments.clear();
            values.answer.clear();
        }
    });
}

/// Adds to what is to come.
pub fn with(work: impl FnOnce(&mut Value)) {
    VALUES.with(|values| work(if values.is_answer { &mut values.answer } else { &mut values.arguments }));
}

/// Takes the arguments and the answer, if the call had wrappers that wrote them.
pub fn take(work: impl FnOnce(&[u8], &[u8])) {
    VALUES.with(|values| {
        if values.is_there {
            values.is_there = false;
            work(values.arguments.bytes(), values.answer.bytes());
        }
    });
}
