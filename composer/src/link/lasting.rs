//! Objects of a snapshot that last as long as an instance: their reference counts are set to the one that says so.
//!
//! An interpreter that counts references in its objects writes to a page of the snapshot whenever one of them is passed
//! on, and the host copies that page for the instance. CPython does not count an object whose count is high enough.
//! The app lists its objects in its memory, with the count that they are to have, and nothing is changed unless all of
//! them look as they should: a plausible count, and their type behind it.

use memchr::memmem;

use super::image::Image;

/// What a list begins with. The app writes it into its memory once.
const MARK: &[u8] = b"composer:lasting-objects:\xf3\x1e\x8c";
/// An address, and the address of the type.
const ENTRY: usize = 8;
/// More references than an object has, and fewer than one that lasts.
const COUNTS: std::ops::Range<u32> = 1..1 << 28;

/// What came of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lasting {
    /// There is none.
    NotListed,
    /// So many objects last now.
    Set(usize),
    /// An object is not what the list says, and all are left as they are.
    Unknown,
}

/// Sets the counts of what an image lists, and takes the list out.
pub(super) fn set(image: &mut Image) -> Lasting {
    let bytes = &mut image.bytes;
    // What the list was made of may still lie about where it was made.
    let marks: Vec<usize> = memmem::find_iter(bytes, MARK).collect();
    if marks.is_empty() {
        return Lasting::NotListed;
    }
    let found = marks.into_iter().find_map(|mark| Some((mark, list(bytes, mark + MARK.len())?)));
    let Some((mark, (forever, entries))) = found else { return Lasting::Unknown };
    for [address, _] in &entries {
        bytes[*address as usize..*address as usize + 4].copy_from_slice(&forever.to_le_bytes());
    }
    bytes[mark..mark + MARK.len() + ENTRY + entries.len() * ENTRY].fill(0);
    Lasting::Set(entries.len())
}

/// The count of what lasts, and the entries; none where an entry is not that of an object.
fn list(bytes: &[u8], start: usize) -> Option<(u32, Vec<[u32; 2]>)> {
    let (forever, count) = (word(bytes, start)?, word(bytes, start + 4)? as usize);
    let entries = bytes.get(start + ENTRY..)?.get(..count.checked_mul(ENTRY)?)?;
    let entry = |at: usize| {
        let [address, ty] = [word(entries, at * ENTRY)?, word(entries, at * ENTRY + 4)?];
        let count = word(bytes, address as usize)?;
        // What was listed may last since then: Python interns names forever when they are first used as such.
        let is_counted = COUNTS.contains(&count) || count == forever;
        (is_counted && word(bytes, address as usize + 4)? == ty).then_some([address, ty])
    };
    let entries = (0..count).map(entry).collect::<Option<Vec<_>>>()?;
    (!entries.is_empty()).then_some((forever, entries))
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}
