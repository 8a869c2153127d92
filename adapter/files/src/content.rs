//! What is in a file of `/tmp`: chunks, so that a file grows without being copied and gives memory back when it is cut.
//!
//! A chunk has no more memory than is written to in it. What was never written reads as zeros.

use crate::errors::{Answer, Code};
use crate::quota::Quota;

/// How many bytes of a file a chunk stands for.
pub const CHUNK: usize = 64 << 10;
/// The least that a chunk with bytes has room for.
const LEAST: usize = 64;
/// What a chunk without bytes is charged with: its place in the list.
const HOLE: u32 = 16;

/// A part of a file. Its bytes end where nothing was written any more.
#[derive(Debug)]
struct Chunk {
    bytes: Vec<u8>,
    /// What the quota was charged with for it.
    charged: u32,
}

/// The bytes of a file.
#[derive(Debug)]
pub struct Content {
    size: u64,
    chunks: Vec<Chunk>,
}

/// A stretch of a file within one chunk.
struct Stretch {
    chunk: usize,
    start: usize,
    end: usize,
}

/// The stretches between two places, in order.
fn stretches(start: u64, end: u64) -> impl Iterator<Item = Stretch> {
    let size = CHUNK as u64;
    let mut at = start;
    core::iter::from_fn(move || {
        if at >= end {
            return None;
        }
        let (chunk, within) = (at / size, at % size);
        let length = (size - within).min(end - at);
        at = at.saturating_add(length);
        // Both are at most `CHUNK`.
        let (from, to) = (within as usize, within.saturating_add(length) as usize);
        Some(Stretch { chunk: usize::try_from(chunk).unwrap_or(usize::MAX), start: from, end: to })
    })
}

impl Content {
    /// An empty file.
    pub const fn new() -> Self {
        Self { size: 0, chunks: Vec::new() }
    }

    /// The size in bytes.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Up to `length` bytes from `offset` on; fewer only at the end.
    pub fn read(&self, offset: u64, length: usize) -> Answer<Vec<u8>> {
        let end = offset.saturating_add(length as u64).min(self.size);
        let mut read = Vec::new();
        let room = usize::try_from(end.saturating_sub(offset)).unwrap_or(length);
        read.try_reserve_exact(room).map_err(|_| Code::InsufficientMemory)?;
        for Stretch { chunk, start, end } in stretches(offset, end) {
            let bytes = self.chunks.get(chunk).map_or(&[][..], |chunk| &chunk.bytes);
            let written = bytes.get(start..end.min(bytes.len())).unwrap_or_default();
            read.extend_from_slice(written);
            let zeros = (end - start).saturating_sub(written.len());
            read.resize(read.len().saturating_add(zeros), 0);
        }
        Ok(read)
    }

    /// Writes all bytes at `offset`, or nothing if there is no room for them.
    pub fn write(&mut self, offset: u64, bytes: &[u8], quota: &mut Quota) -> Answer<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        let end = offset.checked_add(bytes.len() as u64).ok_or(Code::Invalid)?;
        if end > quota.limit() {
            return Err(Code::InsufficientSpace);
        }
        for stretch in stretches(offset, end) {
            if let Err(code) = self.make_room(stretch.chunk, stretch.end, quota) {
                stretches(offset, end).for_each(|stretch| self.give_room_back(stretch.chunk, quota));
                self.drop_holes_at_end(quota);
                return Err(code);
            }
        }
        let mut rest = bytes;
        for Stretch { chunk, start, end } in stretches(offset, end) {
            let Some((part, behind)) = rest.split_at_checked(end - start) else { break };
            rest = behind;
            let Some(chunk) = self.chunks.get_mut(chunk) else { return Err(Code::Io) };
            if chunk.bytes.len() < end {
                chunk.bytes.resize(end, 0);
            }
            if let Some(place) = chunk.bytes.get_mut(start..end) {
                place.copy_from_slice(part);
            }
        }
        self.size = self.size.max(end);
        Ok(())
    }

    /// Cuts the file, or makes it longer with zeros that take no memory.
    pub fn set_size(&mut self, size: u64, quota: &mut Quota) -> Answer<()> {
        if size > self.size && size > quota.limit() {
            return Err(Code::InsufficientSpace);
        }
        if size < self.size {
            let chunk = CHUNK as u64;
            let kept = usize::try_from(size.div_ceil(chunk)).unwrap_or(usize::MAX);
            for dropped in self.chunks.drain(kept.min(self.chunks.len())..) {
                quota.give(u64::from(dropped.charged));
            }
            let last = usize::try_from(size / chunk).unwrap_or(usize::MAX);
            if let Some(last) = self.chunks.get_mut(last) {
                last.bytes.truncate((size % chunk) as usize);
                if last.bytes.len() < last.bytes.capacity() / 2 {
                    last.fit(quota);
                }
            }
            self.drop_holes_at_end(quota);
        }
        self.size = size;
        Ok(())
    }

    /// Makes room for the first `length` bytes of a chunk.
    fn make_room(&mut self, index: usize, length: usize, quota: &mut Quota) -> Answer<()> {
        while self.chunks.len() < index {
            quota.take(u64::from(HOLE))?;
            if let Err(code) = self.push(HOLE) {
                quota.give(u64::from(HOLE));
                return Err(code);
            }
        }
        let is_new = self.chunks.len() == index;
        if is_new {
            self.push(0)?;
        }
        let Some(chunk) = self.chunks.get_mut(index) else { return Err(Code::Io) };
        let answer = chunk.grow(length, quota);
        if answer.is_err() && is_new {
            self.chunks.pop();
        }
        answer
    }

    fn push(&mut self, charged: u32) -> Answer<()> {
        self.chunks.try_reserve(1).map_err(|_| Code::InsufficientSpace)?;
        self.chunks.push(Chunk { bytes: Vec::new(), charged });
        Ok(())
    }

    /// Chunks without bytes say nothing where no other follows.
    fn drop_holes_at_end(&mut self, quota: &mut Quota) {
        while let Some(hole) = self.chunks.pop_if(|last| last.bytes.is_empty()) {
            quota.give(u64::from(hole.charged));
        }
        if self.chunks.is_empty() {
            self.chunks = Vec::new();
        }
    }

    /// A write failed after there was room for a part of it.
    fn give_room_back(&mut self, index: usize, quota: &mut Quota) {
        if let Some(chunk) = self.chunks.get_mut(index) {
            chunk.fit(quota);
        }
    }
}

impl Chunk {
    /// Makes room for so many bytes: some more than needed, if the quota has them, as a file is mostly written in order.
    fn grow(&mut self, length: usize, quota: &mut Quota) -> Answer<()> {
        if self.bytes.capacity() >= length {
            return Ok(());
        }
        let left = quota.left().saturating_add(u64::from(self.charged));
        let generous = length.next_power_of_two().clamp(LEAST, CHUNK);
        let wanted = if generous as u64 <= left { generous } else { length };
        quota.take((wanted as u64).saturating_sub(u64::from(self.charged)))?;
        let more = wanted.saturating_sub(self.bytes.len());
        if self.bytes.try_reserve_exact(more).is_err() {
            quota.give((wanted as u64).saturating_sub(u64::from(self.charged)));
            return Err(Code::InsufficientSpace);
        }
        self.charged = self.charged.max(wanted as u32);
        Ok(())
    }

    /// Keeps no more memory than there are bytes.
    fn fit(&mut self, quota: &mut Quota) {
        self.bytes.shrink_to_fit();
        let charge = (self.bytes.len() as u32).max(HOLE);
        quota.give(u64::from(self.charged.saturating_sub(charge)));
        self.charged = self.charged.min(charge);
    }
}
