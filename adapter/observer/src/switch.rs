//! Whether observing is switched on: a text in a store of the host says so, and is read once a sandbox.

use super::host::{self, Answer};
use super::tables::Switch;

/// What stands in the store where it is switched on.
const ON: &[u8] = b"on";

/// Reads the switch. Without a store, or a text in it, it is off.
pub fn is_on(switch: &Switch) -> bool {
    let Some(store) = host::switch_open(switch.store.bytes()) else { return false };
    let answer: Answer = host::switch_get(store, switch.key.bytes());
    answer.text(switch.option, switch.text).is_some_and(|text| text == ON)
}
