//! Answers that come page by page, NUL after each item.

use alloc::string::String;
use alloc::vec::Vec;

use crate::buffers::{self, Fit, Limit};
use crate::errors::Failure;

/// The most items that are ever collected.
pub const MOST_ITEMS: usize = 1 << 20;

/// A page: items with a NUL after each.
pub trait Page {
    /// What it is made of.
    type Item;
    /// Appends its items; a last one without its NUL counts.
    fn split_into(&self, items: &mut Vec<Self::Item>);
    /// How many bytes it holds.
    fn size(&self) -> usize;
}

impl Page for String {
    type Item = String;

    fn split_into(&self, items: &mut Vec<String>) {
        items.extend(self.split_terminator('\0').map(String::from));
    }

    fn size(&self) -> usize {
        self.len()
    }
}

impl Page for Vec<u8> {
    type Item = Vec<u8>;

    fn split_into(&self, items: &mut Vec<Vec<u8>>) {
        let terminated = self.strip_suffix(&[0]);
        if let Some(page) = terminated.or_else(|| (!self.is_empty()).then_some(self)) {
            items.extend(page.split(|byte| *byte == 0).map(<[u8]>::to_vec));
        }
    }

    fn size(&self) -> usize {
        self.len()
    }
}

/// Collects every page. A host whose cursor does not advance, or that goes on for ever, ends in `TooLarge`.
pub fn collect<L: Limit, P: Page, E>(
    mut call: impl FnMut(L, u32) -> Result<(P, Option<u32>), E>,
    fit: impl Fn(&E) -> Fit,
) -> Result<Vec<P::Item>, Failure<E>> {
    let mut items = Vec::new();
    let mut cursor = 0;
    let mut total = 0u64;
    loop {
        let (page, next) = buffers::grow(|limit| call(limit, cursor), &fit)?;
        match take_in(&page, next, &mut items, &mut total, cursor) {
            Turn::Done => return Ok(items),
            Turn::GoOn(next) => cursor = next,
            Turn::GiveUp => return Err(Failure::TooLarge),
        }
    }
}

/// What comes after a page.
enum Turn {
    Done,
    GoOn(u32),
    GiveUp,
}

/// Compiled once for each kind of page, and not for each call.
#[inline(never)]
fn take_in<P: Page>(page: &P, next: Option<u32>, items: &mut Vec<P::Item>, total: &mut u64, cursor: u32) -> Turn {
    page.split_into(items);
    *total = total.saturating_add(page.size() as u64);
    match next {
        None => Turn::Done,
        Some(next) if next > cursor && *total <= buffers::CAP && items.len() <= MOST_ITEMS => Turn::GoOn(next),
        Some(_) => Turn::GiveUp,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec;

    /// A host with these values and at most `page` bytes a page.
    fn pages(values: &[Vec<u8>], page: usize) -> impl FnMut(u64, u32) -> Result<(Vec<u8>, Option<u32>), Fit> {
        move |limit, cursor| {
            let limit = page.min(usize::try_from(limit).unwrap_or(usize::MAX));
            let mut out = Vec::new();
            for (index, value) in values.iter().enumerate().skip(cursor as usize) {
                if out.len() + value.len() + 1 > limit {
                    return if out.is_empty() { Err(Fit::TooSmall(0)) } else { Ok((out, Some(index as u32))) };
                }
                out.extend(value);
                out.push(0);
            }
            Ok((out, None))
        }
    }

    proptest! {
        #[test]
        fn every_value_arrives_whole_and_in_order(
            values in proptest::collection::vec(proptest::collection::vec(1u8.., 0..20), 0..40),
            page in 21usize..100,
        ) {
            let collected = collect(pages(&values, page), |error| *error);
            prop_assert_eq!(collected, Ok(values));
        }
    }

    #[test]
    fn text_and_bytes_split_alike() {
        for text in ["", "a\0", "a\0b\0", "\0", "a\0\0b\0", "a\0b"] {
            let (mut strings, mut bytes) = (Vec::new(), Vec::new());
            String::from(text).split_into(&mut strings);
            text.as_bytes().to_vec().split_into(&mut bytes);
            let strings: Vec<_> = strings.into_iter().map(String::into_bytes).collect();
            assert_eq!(strings, bytes, "{text:?}");
        }
    }

    #[test]
    fn no_values_are_no_items() {
        assert_eq!(collect(pages(&[], 10), |error| *error), Ok(vec![]));
    }

    #[test]
    fn a_name_longer_than_any_page_is_too_large() {
        assert_eq!(collect(pages(&[vec![1; 50]], 10), |error| *error), Err(Failure::TooLarge));
    }

    #[test]
    fn a_cursor_that_does_not_advance_ends() {
        for stuck in [0, 1] {
            let mut calls = 0;
            let stubborn = |_: u64, _| {
                calls += 1;
                Ok::<_, Fit>((String::from("x\0"), Some(stuck)))
            };
            assert_eq!(collect(stubborn, |error| *error), Err(Failure::TooLarge));
            assert!(calls <= 2);
        }
    }

    #[test]
    fn pages_without_end_end() {
        let endless = |_: u64, cursor: u32| {
            assert!(cursor <= 64, "more is collected than the cap");
            Ok::<_, Fit>((vec![1u8; 1 << 20], Some(cursor + 1)))
        };
        assert_eq!(collect(endless, |error| *error), Err(Failure::TooLarge));
    }

    #[test]
    fn as_many_items_as_there_may_be_are_collected() {
        // That they were all is known when the next page is empty.
        let pages = |_: u64, cursor: u32| {
            let is_last = cursor == 16;
            let items = if is_last { 0 } else { MOST_ITEMS / 16 };
            Ok::<_, Fit>((vec![0u8; items], (!is_last).then_some(cursor + 1)))
        };
        assert_eq!(collect(pages, |error| *error).map(|items| items.len()), Ok(MOST_ITEMS));
    }

    #[test]
    fn items_without_end_end() {
        let endless = |_: u64, cursor: u32| {
            assert!(cursor <= 16, "more items are collected than there may be");
            Ok::<_, Fit>((vec![0u8; MOST_ITEMS / 16], Some(cursor + 1)))
        };
        assert_eq!(collect(endless, |error| *error), Err(Failure::TooLarge));
    }
}
