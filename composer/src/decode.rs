//! The types of a component, and WIT in its binary form, out of bytes that may be anything.
//!
//! The decoder takes much for granted that a file from elsewhere need not hold: it panics on some damaged ones, and
//! makes room for as many bytes as a section says it has. So bytes are validated first, and a panic is an error.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};

use thiserror::Error;
use wasmparser::{Validator, WasmFeatures};
use wit_component::DecodedWasm;

thread_local! {
    static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Why bytes have no types to decode.
#[derive(Debug, Error)]
#[error("{message}")]
pub struct DecodeError {
    /// What the validator or the decoder says.
    pub message: String,
}

/// Decodes a component or a WIT package.
pub fn decode(bytes: &[u8]) -> Result<DecodedWasm, DecodeError> {
    validate(bytes)?;
    guarded(|| wit_component::decode(bytes).map_err(|error| DecodeError { message: format!("{error:#}") }))
}

/// Whether bytes are WebAssembly that keeps its own rules.
pub fn validate(bytes: &[u8]) -> Result<(), DecodeError> {
    let valid = guarded(|| {
        let valid = Validator::new_with_features(WasmFeatures::all()).validate_all(bytes);
        valid.map_err(|error| DecodeError { message: error.to_string() })
    });
    valid.map(drop)
}

/// What a decoder that may panic gives. Its panic is an error like others.
pub fn guarded<T>(decode: impl FnOnce() -> Result<T, DecodeError>) -> Result<T, DecodeError> {
    let before = IS_GUARDED.replace(true);
    // What the decoder was working on is dropped, so nobody sees it half done.
    let result = panic::catch_unwind(AssertUnwindSafe(decode));
    IS_GUARDED.set(before);
    result.unwrap_or_else(|_| Err(DecodeError { message: "its types contradict each other".to_owned() }))
}

/// Whether a panic on this thread, now, becomes an error, so that nobody need be told of it.
pub fn is_guarded() -> bool {
    IS_GUARDED.get()
}
