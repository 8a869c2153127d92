//! How much may be kept in `/tmp`, and how much is.

use crate::errors::{Answer, Code};

/// `/tmp` may have this many names, and one more for every `BYTES_PER_NAME` of the limit.
const NAMES: u64 = 1024;
const BYTES_PER_NAME: u64 = 2048;

/// What `/tmp` may hold. A name costs memory too, so names are counted beside the bytes of files.
#[derive(Debug)]
pub struct Quota {
    limit: u64,
    used: u64,
    names: u64,
}

impl Quota {
    /// Nothing is used of a limit in bytes. Where it is 0, nothing can be made.
    pub const fn new(limit: u64) -> Self {
        Self { limit, used: 0, names: 0 }
    }

    /// The largest size that a file may have, in bytes.
    pub const fn limit(&self) -> u64 {
        self.limit
    }

    /// How many bytes are used.
    pub const fn used(&self) -> u64 {
        self.used
    }

    /// How many bytes are left.
    pub const fn left(&self) -> u64 {
        self.limit.saturating_sub(self.used)
    }

    /// Uses bytes, if they are there.
    pub const fn take(&mut self, bytes: u64) -> Answer<()> {
        if bytes > self.left() {
            return Err(Code::InsufficientSpace);
        }
        self.used = self.used.saturating_add(bytes);
        Ok(())
    }

    /// Gives bytes back.
    pub const fn give(&mut self, bytes: u64) {
        self.used = self.used.saturating_sub(bytes);
    }

    /// Uses one name, if it is there.
    pub const fn take_name(&mut self) -> Answer<()> {
        let names = if self.limit == 0 { 0 } else { NAMES.saturating_add(self.limit / BYTES_PER_NAME) };
        if self.names >= names {
            return Err(Code::InsufficientSpace);
        }
        self.names = self.names.saturating_add(1);
        Ok(())
    }

    /// Gives one name back.
    pub const fn give_name(&mut self) {
        self.names = self.names.saturating_sub(1);
    }
}
