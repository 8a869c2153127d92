//! What the composer gives the observer.

/// The functions themselves.
mod given {
    #[link(wasm_import_module = "host")]
    unsafe extern "C" {
        pub fn now() -> u64;
        pub fn tables() -> u32;
        pub fn stderr() -> u32;
        pub fn stderr_write(stream: u32, at: *const u8, length: u32, result: *mut u32);
        pub fn log_open(at: *const u8, length: u32, result: *mut u32);
        pub fn log_write(endpoint: u32, at: *const u8, length: u32);
        #[link_name = "begin-raw"]
        pub fn begin_raw(request: u64);
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

/// Opens a log endpoint.
pub fn log_open(name: &[u8]) -> Option<u32> {
    // A result: its case, then a handle or the case of the error.
    let mut result = [0_u32; 2];
    // SAFETY: the name is memory of ours, and the result is as large as the host's answer.
    unsafe { given::log_open(name.as_ptr(), name.len() as u32, result.as_mut_ptr()) }
    let [case, handle] = result;
    (case & 0xff == 0).then_some(handle)
}

/// Writes a line to a log endpoint.
pub fn log_write(endpoint: u32, line: &[u8]) {
    // SAFETY: the line is memory of ours.
    unsafe { given::log_write(endpoint, line.as_ptr(), line.len() as u32) }
}

/// Tells the adapter's observer, if there is one, that a request begins.
pub fn begin_raw(request: u64) {
    // SAFETY: it takes no memory.
    unsafe { given::begin_raw(request) }
}

/// Tells it that the request ended, how long it took, and whether it is to have a line.
pub fn end_raw(total: u64, is_over: bool) {
    // SAFETY: it takes no memory.
    unsafe { given::end_raw(total, u32::from(is_over)) }
}
