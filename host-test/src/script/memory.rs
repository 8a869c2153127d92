//! How much memory a component has, and how much it may have.

use wasmtime::ResourceLimiter;

/// The memory of a component, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// How much it has, all its memories together.
    pub has: usize,
    /// How much it may have.
    pub most: usize,
}

impl Default for Memory {
    fn default() -> Self {
        Self { has: 0, most: usize::MAX }
    }
}

impl ResourceLimiter for Memory {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let has = self.has.saturating_add(desired.saturating_sub(current));
        let may = has <= self.most;
        if may {
            self.has = has;
        }
        Ok(may)
    }

    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(true)
    }
}
