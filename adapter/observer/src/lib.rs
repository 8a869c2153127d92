//! The observer: a core module inside an observed app, which is told of each observed call.
//!
//! The composer puts a wrapper around each observed function. A wrapper asks the clock, calls what was there, and tells
//! the observer here what the call came to. The observer counts in tables of a fixed size, which the composer laid out
//! (`tables`), and writes lines of JSON (`line`) to the standard error or to a log endpoint (`output`). It allocates
//! nothing, so that what it needs is known when an app is composed.
//!
//! Whatever depends on the host is compiled for wasm32 alone.

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

#[cfg(target_arch = "wasm32")]
mod host;
pub mod line;
#[cfg(target_arch = "wasm32")]
mod output;
#[cfg(target_arch = "wasm32")]
mod profile;
#[cfg(target_arch = "wasm32")]
mod state;
#[cfg(target_arch = "wasm32")]
mod tables;
#[cfg(target_arch = "wasm32")]
mod trace;

#[cfg(target_arch = "wasm32")]
mod exports {
    //! What the wrappers call.

    use super::host;
    use super::state::{self, Call};

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

    /// A request begins in the app, and this is the adapter's observer: which one it is.
    #[unsafe(export_name = "begin-raw")]
    extern "C" fn begin_raw(request: u64) {
        state::with(|state| state.begin_raw(request, host::now()));
    }

    /// A request ends in the app: how long it took, and whether it is to have a line.
    #[unsafe(export_name = "end-raw")]
    extern "C" fn end_raw(total: u64, is_over: u32) {
        state::with(|state| state.end_raw(total, is_over != 0));
    }

    /// A call of an observed function returned. `case` is the place of the error's case, or -1.
    #[unsafe(no_mangle)]
    extern "C" fn leave(function: u32, start: u64, case: i32, bytes_in: u32, bytes_out: u32) {
        let call = Call { function, start, end: host::now(), case, bytes_in, bytes_out };
        state::with(|state| state.leave(&call));
    }
}
