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
    /// Lines of calls are spans.
    pub const OTLP: u32 = 32;

    /// Of a function: it waits for something.
    pub const WAITS: u32 = 1;
    /// Of a function: lines are about it.
    pub const REPORTED: u32 = 2;
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
    switch: *const Switch,
    raw: *const Raw,
    raw_count: u32,
    hooks: *const Text,
    hook_count: u32,
}

/// A raw function that the adapter's observer knows, at the same place there.
#[repr(C)]
pub struct Raw {
    pub name: Text,
    errors: *const Text,
    error_count: u32,
}

/// What turns observing off.
#[repr(C)]
pub struct Switch {
    pub store: Text,
    pub key: Text,
    /// Where in the answer of the store the option is, and its text.
    pub option: u32,
    pub text: u32,
}

/// What holds for the calls of a function.
#[repr(C)]
pub struct Policy {
    /// The options that say so, as lines repeat them.
    pub deny: Text,
    pub limit: Text,
    pub fail: Text,
    /// The place of the error's case.
    pub case: u32,
    pub is_denied: u32,
    /// How many calls of a request are let through.
    pub most: u32,
    /// So many calls of so many fail.
    pub one: u32,
    pub of: u32,
    /// Whether chance has begun.
    pub has_begun: u32,
    pub chance: u64,
    /// How many calls there were in this request.
    pub count: u32,
    /// Whether a line of this request says that a call was refused, as a number.
    pub is_told: u32,
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
    flags: u32,
    policy: *mut Policy,
    /// The place of the case that hooks refuse a call with, or -1.
    refused: i32,
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

    /// The raw functions behind the observed ones.
    pub fn raw(&self) -> &'static [Raw] {
        // SAFETY: as many are there.
        unsafe { slice::from_raw_parts(self.raw, self.raw_count as usize) }
    }

    /// What hooks are called.
    pub fn hooks(&self) -> &'static [Text] {
        // SAFETY: as many are there.
        unsafe { slice::from_raw_parts(self.hooks, self.hook_count as usize) }
    }

    /// What turns observing off, if anything does.
    pub fn switch(&self) -> Option<&'static Switch> {
        // SAFETY: it is there, or the pointer is null.
        unsafe { self.switch.as_ref() }
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

impl Raw {
    pub fn errors(&self) -> &'static [Text] {
        // SAFETY: as many are there.
        unsafe { slice::from_raw_parts(self.errors, self.error_count as usize) }
    }
}

impl Function {
    /// Whether it waits for something.
    pub fn waits(&self) -> bool {
        self.flags & flags::WAITS != 0
    }

    /// The place of the case that hooks refuse a call with, if it can be refused.
    pub fn refused(&self) -> Option<u32> {
        u32::try_from(self.refused).ok()
    }

    /// Whether lines are about it.
    pub fn is_reported(&self) -> bool {
        self.flags & flags::REPORTED != 0
    }

    /// What holds for its calls, if anything does.
    pub fn policy(&self) -> Option<&'static mut Policy> {
        // SAFETY: it is this function's alone, and there is one thread; or the pointer is null.
        unsafe { self.policy.as_mut() }
    }

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
