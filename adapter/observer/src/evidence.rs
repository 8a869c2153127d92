//! What the host said where an app is told something else: the last raw call that failed.
//!
//! The adapter's observer sees raw calls, and the app's one writes lines. A failure passes between them as one number. The
//! app may ask for it as a text, which it is handed eight bytes at a time: so no memory is shared.

use super::host;
use super::single::Single;
use super::tables::{Raw, Tables, Text};
use super::value::Value;

/// A raw call that failed.
#[derive(Clone, Copy)]
pub struct Failed {
    /// The place of the function, and that of the error's case.
    pub function: u32,
    pub case: u32,
    pub start: u64,
}

impl Failed {
    /// As one number, which is never 0.
    pub fn packed(self) -> u64 {
        u64::from(self.function + 1) << 32 | u64::from(self.case)
    }
}

/// The function that failed last of those that were called since then, and its error.
pub fn last(since: u64) -> Option<(&'static Raw, Text)> {
    let packed = host::evidence(since);
    let function = ((packed >> 32) as u32).checked_sub(1)?;
    let raw = Tables::get().raw().get(function as usize)?;
    Some((raw, *raw.errors().get(packed as u32 as usize)?))
}

static TEXT: Single<Value> = Single::new(Value::EMPTY);

/// Keeps what is known of a call that failed: the option that refused it, or the last raw call that failed since then.
pub fn keep(refused: Option<Text>, since: u64) {
    TEXT.with(|text| {
        text.clear();
        if let Some(by) = refused {
            text.text(b"refused by ");
            text.text(by.bytes());
        } else if let Some((raw, error)) = last(since) {
            text.text(raw.name.bytes());
            text.text(b": ");
            text.text(error.bytes());
        }
    });
}

/// Eight bytes of the text from this one on; behind its end all are zero, and it is forgotten.
pub fn read(at: u32) -> u64 {
    let mut piece = [0; 8];
    TEXT.with(|text| {
        let rest = text.bytes().get(at as usize..).unwrap_or_default();
        for (byte, to) in rest.iter().zip(&mut piece) {
            *to = *byte;
        }
        if rest.is_empty() {
            text.clear();
        }
    });
    u64::from_le_bytes(piece)
}
