//! The observer: a core module inside an observed app, which is told of each observed call.
//!
//! The composer puts a wrapper around each observed function. A wrapper asks the clock, calls what was there, and tells
//! the observer here what the call came to. The observer counts in tables of a fixed size, which the composer laid out
//! (`tables`), and writes lines of JSON (`line`) to the standard error or to a log endpoint (`output`). It allocates
//! nothing, so that what it needs is known when an app is composed.
//!
//! Whatever depends on the host is compiled for wasm32 alone.

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

pub mod chance;
#[cfg(target_arch = "wasm32")]
mod evidence;
#[cfg(target_arch = "wasm32")]
mod hooks;
#[cfg(target_arch = "wasm32")]
mod host;
pub mod line;
#[cfg(target_arch = "wasm32")]
mod otlp;
#[cfg(target_arch = "wasm32")]
mod output;
#[cfg(target_arch = "wasm32")]
mod policy;
#[cfg(target_arch = "wasm32")]
mod profile;
#[cfg(target_arch = "wasm32")]
mod single;
#[cfg(target_arch = "wasm32")]
mod state;
#[cfg(target_arch = "wasm32")]
mod switch;
#[cfg(target_arch = "wasm32")]
mod tables;
#[cfg(target_arch = "wasm32")]
mod trace;
pub mod value;
#[cfg(target_arch = "wasm32")]
mod values;

#[cfg(target_arch = "wasm32")]
mod exports {
    //! What the wrappers call.

    use super::otlp::Trace;
    use super::state::{self, Call};
    use super::value::Value;
    use super::values;
    use super::{evidence, host};

    /// A request begins.
    #[unsafe(no_mangle)]
    extern "C" fn begin() {
        state::with(|state| state.begin(host::now()));
    }

    /// A request ends, if one is under way.
    #[unsafe(no_mangle)]
    extern "C" fn end() {
        state::with(|state| state.end(host::now()));
    }

    /// A request begins in the app, and this is the adapter's observer: which one it is, and what its spans share.
    #[unsafe(export_name = "begin-raw")]
    extern "C" fn begin_raw(request: u64, high: u64, low: u64, root: u64, epoch: u64, chance: u64) {
        // Spans of the two observers must not have the same ids.
        let trace = Trace { high, low, root, epoch, chance: !chance };
        state::with(|state| state.begin_raw(request, host::now(), trace));
    }

    /// A request ends in the app: how long it took, and whether it is to have a line.
    #[unsafe(export_name = "end-raw")]
    extern "C" fn end_raw(total: u64, is_over: u32) {
        state::with(|state| state.end_raw(total, is_over != 0));
    }

    /// A function that a policy is about is to be called: the place of the error's case that it answers with instead, or
    /// -1 where it is let through.
    #[unsafe(no_mangle)]
    extern "C" fn decide(function: u32) -> i32 {
        state::with(|state| state.decide(function)).map_or(-1, u32::cast_signed)
    }

    /// This is the adapter's observer, and observing is switched off in the app.
    #[unsafe(export_name = "switch-off")]
    extern "C" fn switch_off() {
        host::set(0);
    }

    /// This is the adapter's observer: the last raw call that failed since then, or 0.
    #[unsafe(no_mangle)]
    extern "C" fn evidence(since: u64) -> u64 {
        state::with(|state| state.evidence(since))
    }

    /// Eight bytes of what is known of the call that failed last.
    #[unsafe(export_name = "evidence-text")]
    extern "C" fn evidence_text(at: u32) -> u64 {
        evidence::read(at)
    }

    /// A call of an observed function returned. `case` is the place of the error's case, or -1.
    #[unsafe(no_mangle)]
    extern "C" fn leave(function: u32, start: u64, case: i32, bytes_in: u32, bytes_out: u32) {
        let call = Call { function, start, end: host::now(), case, bytes_in, bytes_out };
        state::with(|state| state.leave(&call));
    }

    /// The arguments of a call are to come, or its answer.
    #[unsafe(export_name = "value-begin")]
    extern "C" fn value_begin(which: u32) {
        values::begin(which);
    }

    #[unsafe(export_name = "value-put")]
    extern "C" fn value_put(characters: u64) {
        values::with(|value| value.put(characters));
    }

    #[unsafe(export_name = "value-separate")]
    extern "C" fn value_separate() {
        values::with(Value::separate);
    }

    #[unsafe(export_name = "value-unsigned")]
    extern "C" fn value_unsigned(number: u64) {
        values::with(|value| value.unsigned(number));
    }

    #[unsafe(export_name = "value-signed")]
    extern "C" fn value_signed(number: i64) {
        values::with(|value| value.signed(number));
    }

    #[unsafe(export_name = "value-float")]
    extern "C" fn value_float(number: f64) {
        values::with(|value| value.float(number));
    }

    #[unsafe(export_name = "value-character")]
    extern "C" fn value_character(character: u32) {
        values::with(|value| value.character(character));
    }

    #[unsafe(export_name = "value-byte")]
    extern "C" fn value_byte(byte: u32) {
        values::with(|value| value.byte(byte as u8));
    }
}
