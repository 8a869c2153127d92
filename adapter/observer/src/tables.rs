//! The tables that the composer lays out behind the observer's own memory: what is observed, and room for counts.
//!
//! `composer/src/observe/tables.rs` writes them; the two have to agree.

use core::ffi::c_void;
use core::ptr;
use core::slice;

use super::host;

/// What is to be done with calls.
pub mod flags {
    /// A line a request.
    pub const PROFILE: u32 = 1;
    /// Also of a request below the limit.
    pub const PROFILE_ALL: u32 = 2;
    /// A block to read after the line.
    pub const TEXT: u32 = 4;
    /// A line a call.
    pub const TRACE: u32 = 8;
    /// It is the adapter's: calls are raw ones.
    pub const RAW: u32 = 16;
}

/// All of it.
#[repr(C)]
pub struct Tables {
    pub flags: u32,
    functions: u32,
    /// From how many nanoseconds on a request has a line.
    pub over: u64,
    function: *const Function,
    line: *mut u8,
    line_size: u32,
    /// The log endpoint's name; empty for the standard error.
    pub log: Text,
}

/// Bytes that never change.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Text {
    at: *const u8,
    length: u32,
}

/// An observed function.
#[repr(C)]
pub struct Function {
    pub name: Text,
    errors: *const Text,
    error_count: u32,
    totals: *mut Totals,
    /// Whether it waits for something, as a number.
    pub waits: u32,
}

/// What the calls of a function in one request came to. A count for each error case is behind it.
#[repr(C)]
#[derive(Default)]
pub struct Totals {
    pub count: u64,
    pub total: u64,
    pub longest: u64,
    pub bytes_in: u64,
    pub bytes_out: u64,
    /// Whether it is in the report already, as a number.
    pub listed: u64,
}

impl Tables {
    /// The tables of this app.
    pub fn get() -> &'static Self {
        // SAFETY: the composer laid them out there, and they are never written but for counts and lines.
        unsafe { &*ptr::with_exposed_provenance::<c_void>(host::tables() as usize).cast() }
    }

    pub fn functions(&self) -> &'static [Function] {
        // SAFETY: as many are there.
        unsafe { slice::from_raw_parts(self.function, self.functions as usize) }
    }

    /// Room for a line. Nobody else has it: lines are written one after the other.
    pub fn line(&self) -> &'static mut [u8] {
        // SAFETY: it is that long, and nothing else is there.
        unsafe { slice::from_raw_parts_mut(self.line, self.line_size as usize) }
    }
}

impl Text {
    pub fn bytes(&self) -> &'static [u8] {
        // SAFETY: the composer wrote it there.
        unsafe { slice::from_raw_parts(self.at, self.length as usize) }
    }
}

impl Function {
    pub fn errors(&self) -> &'static [Text] {
        // SAFETY: as many are there.
        unsafe { slice::from_raw_parts(self.errors, self.error_count as usize) }
    }

    /// What its calls came to so far.
    pub fn totals(&self) -> &'static mut Totals {
        // SAFETY: it is this function's alone, and one call at a time is counted.
        unsafe { &mut *self.totals }
    }

    /// How often each error came.
    pub fn error_counts(&self) -> &'static mut [u32] {
        // SAFETY: the composer left so much room behind the totals.
        unsafe { slice::from_raw_parts_mut(self.totals.add(1).cast(), self.error_count as usize) }
    }
}
