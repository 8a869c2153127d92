//! What the composer gives the observer.

use super::otlp::Trace;
use super::state::Call;
use super::tables::{Function, Text};

/// The functions themselves.
mod given {
    use super::Text;

    #[link(wasm_import_module = "host")]
    unsafe extern "C" {
        pub fn now() -> u64;
        pub fn tables() -> u32;
        pub fn stderr() -> u32;
        pub fn stderr_write(stream: u32, at: *const u8, length: u32, result: *mut u32);
        pub fn log_open(at: *const u8, length: u32, result: *mut u32);
        pub fn log_write(endpoint: u32, at: *const u8, length: u32);
        pub fn switch_open(at: *const u8, length: u32, result: *mut u32);
        pub fn switch_get(store: u32, at: *const u8, length: u32, most: u64, result: *mut u8);
        pub fn set(on: u32);
        pub fn evidence(since: u64) -> u64;
        pub fn wall(result: *mut u64);
        pub fn random() -> u64;
        pub fn hook_before(
            hook: u32,
            request: u64,
            sequence: u64,
            function: *const u8,
            function_length: u32,
            errors: *const Text,
            errors_count: u32,
            decision: *mut u32,
        );
        pub fn hook_after(
            hook: u32,
            request: u64,
            sequence: u64,
            function: *const u8,
            function_length: u32,
            errors: *const Text,
            errors_count: u32,
            nanos: u64,
            is_error: u32,
            error: u32,
            bytes_in: u64,
            bytes_out: u64,
        );
        #[link_name = "switch-off"]
        pub fn switch_off();
        #[link_name = "begin-raw"]
        pub fn begin_raw(request: u64, high: u64, low: u64, root: u64, epoch: u64, chance: u64);
        #[link_name = "end-raw"]
        pub fn end_raw(total: u64, is_over: u32);
    }
}

/// How many bytes the host takes of a stream in one call.
const PIECE: usize = 4096;

/// The time, in nanoseconds since some moment.
pub fn now() -> u64 {
    // SAFETY: it takes nothing.
    unsafe { given::now() }
}

/// Where the tables are.
pub fn tables() -> u32 {
    // SAFETY: it takes nothing.
    unsafe { given::tables() }
}

/// A handle of the standard error.
pub fn stderr() -> u32 {
    // SAFETY: it takes nothing.
    unsafe { given::stderr() }
}

/// Writes to the standard error; nobody could be told where it fails.
pub fn stderr_write(stream: u32, bytes: &[u8]) {
    // A result: its case, then the case of the error, then that error's handle.
    let mut result = [0_u32; 3];
    for piece in bytes.chunks(PIECE) {
        // SAFETY: the piece is memory of ours, and the result is as large as the host's answer.
        unsafe { given::stderr_write(stream, piece.as_ptr(), piece.len() as u32, result.as_mut_ptr()) }
    }
}

/// How it is opened what has a name.
type Open = unsafe extern "C" fn(*const u8, u32, *mut u32);

fn open(by: Open, name: &[u8]) -> Option<u32> {
    // A result: its case, then a handle or the case of the error.
    let mut result = [0_u32; 2];
    // SAFETY: the name is memory of ours, and the result is as large as the host's answer.
    unsafe { by(name.as_ptr(), name.len() as u32, result.as_mut_ptr()) }
    let [case, handle] = result;
    (case & 0xff == 0).then_some(handle)
}

/// Opens a log endpoint.
pub fn log_open(name: &[u8]) -> Option<u32> {
    open(given::log_open, name)
}

/// Opens the store of the switch.
pub fn switch_open(name: &[u8]) -> Option<u32> {
    open(given::switch_open, name)
}

/// How many bytes the composer leaves for what a store answers, and for a text in it.
const ROOM: usize = 64;

/// What a store answers.
#[repr(C, align(8))]
pub struct Answer([u8; ROOM]);

impl Answer {
    fn number(&self, at: u32) -> Option<u32> {
        let bytes = self.0.get(at as usize..)?.first_chunk()?;
        Some(u32::from_le_bytes(*bytes))
    }

    /// The text in it, where the option is at one place, and the text at another.
    pub fn text(&self, option: u32, text: u32) -> Option<&'static [u8]> {
        let [is_error, is_some] = [self.0.first()?, self.0.get(option as usize)?];
        let (at, length) = (self.number(text)?, self.number(text + 4)?);
        // SAFETY: the host wrote a text of that length there, in room that it was given.
        (*is_error == 0 && *is_some == 1).then(|| unsafe {
            core::slice::from_raw_parts(core::ptr::with_exposed_provenance(at as usize), length as usize)
        })
    }
}

/// Reads a text of the store.
pub fn switch_get(store: u32, key: &[u8]) -> Answer {
    let mut answer = Answer([0; ROOM]);
    // SAFETY: the key is memory of ours, and the answer is as large as the composer found that it has to be.
    unsafe { given::switch_get(store, key.as_ptr(), key.len() as u32, ROOM as u64, answer.0.as_mut_ptr()) }
    answer
}

/// Says whether wrappers observe.
pub fn set(on: u32) {
    // SAFETY: it takes no memory.
    unsafe { given::set(on) }
}

/// Tells the adapter's observer, if there is one, that observing is switched off.
pub fn switch_off() {
    // SAFETY: it takes nothing.
    unsafe { given::switch_off() }
}

/// Writes a line to a log endpoint.
pub fn log_write(endpoint: u32, line: &[u8]) {
    // SAFETY: the line is memory of ours.
    unsafe { given::log_write(endpoint, line.as_ptr(), line.len() as u32) }
}

/// Tells the adapter's observer, if there is one, that a request begins.
pub fn begin_raw(request: u64, trace: &Trace) {
    let Trace { high, low, root, epoch, chance } = *trace;
    // SAFETY: it takes no memory.
    unsafe { given::begin_raw(request, high, low, root, epoch, chance) }
}

/// Tells it that the request ended, how long it took, and whether it is to have a line.
pub fn end_raw(total: u64, is_over: bool) {
    // SAFETY: it takes no memory.
    unsafe { given::end_raw(total, u32::from(is_over)) }
}

/// The last raw call that failed since then, as the adapter's observer packs it.
pub fn evidence(since: u64) -> u64 {
    // SAFETY: it takes no memory.
    unsafe { given::evidence(since) }
}

/// The time of day, in nanoseconds since 1970.
pub fn wall() -> u64 {
    // Seconds, and nanoseconds in 32 bits.
    let mut time = [0_u64; 2];
    // SAFETY: the result is as large as the host's answer.
    unsafe { given::wall(time.as_mut_ptr()) }
    let [seconds, nanos] = time;
    seconds.wrapping_mul(1_000_000_000).wrapping_add(nanos & 0xffff_ffff)
}

/// A number that nobody can foresee.
pub fn random() -> u64 {
    // SAFETY: it takes nothing.
    unsafe { given::random() }
}

/// What a hook decided: the number of the case, and what it carries.
pub fn hook_before(hook: u32, request: u64, sequence: u64, function: &Function) -> [u32; 2] {
    let (name, errors) = (function.name.bytes(), function.errors());
    let mut decision = [0_u32; 2];
    // SAFETY: the name and the cases are memory of ours, and the decision is as large as a hook's answer.
    unsafe {
        given::hook_before(
            hook,
            request,
            sequence,
            name.as_ptr(),
            name.len() as u32,
            errors.as_ptr(),
            errors.len() as u32,
            decision.as_mut_ptr(),
        );
    }
    decision
}

/// Tells a hook what a call came to.
pub fn hook_after(hook: u32, request: u64, sequence: u64, function: &Function, call: &Call) {
    let (name, errors) = (function.name.bytes(), function.errors());
    let error = u32::try_from(call.case).ok();
    // SAFETY: the name and the cases are memory of ours.
    unsafe {
        given::hook_after(
            hook,
            request,
            sequence,
            name.as_ptr(),
            name.len() as u32,
            errors.as_ptr(),
            errors.len() as u32,
            call.took(),
            u32::from(error.is_some()),
            error.unwrap_or_default(),
            u64::from(call.bytes_in),
            u64::from(call.bytes_out),
        );
    }
}
