//! Bytes that a host gives out chunk by chunk, until one is empty.

use alloc::vec::Vec;

use crate::buffers::{CAP, Limit};
use crate::errors::{CannotRead, Failure, TooLarge};

/// How many bytes are asked for at first.
pub const CHUNK: u64 = 64 << 10;

/// How many are asked for at most, of a host that gives as many as it is asked for.
pub const MOST: u64 = 1 << 20;

/// Reads to the end, or until there are more than `limit` bytes: that is `TooLarge`, and so is more than
/// there is memory for.
///
/// Never more than one byte beyond the limit is asked for. A host that gives more than it was asked for is
/// held to the limit all the same; one that never comes to an end comes to the limit.
pub fn read_all<L: Limit, E>(limit: u64, mut call: impl FnMut(L) -> Result<Vec<u8>, E>) -> Result<Vec<u8>, Failure<E>> {
    let mut all = Vec::new();
    let (mut left, mut size) = (limit, CHUNK);
    loop {
        let chunk = call(L::bytes(left.saturating_add(1).min(size))).map_err(Failure::Host)?;
        if chunk.is_empty() {
            return Ok(all);
        }
        left = left.checked_sub(chunk.len() as u64).ok_or(Failure::TooLarge)?;
        if chunk.len() as u64 >= size {
            size = (2 * size).min(MOST);
        }
        if all.is_empty() {
            // Most of what is read comes in one chunk, which need not be copied.
            all = chunk;
        } else {
            all.try_reserve(chunk.len()).map_err(|_| Failure::TooLarge)?;
            all.extend_from_slice(&chunk);
        }
    }
}

/// Reads to the end what is an answer in itself, and how long that is the app cannot say: `CAP` bytes at most.
///
/// Why a read failed is no answer to what was asked, so it is not passed on. One result stands inside the
/// other, because the glue turns each error into a case of its own.
pub fn whole<H, L: Limit, E>(
    handle: &H,
    read: impl Fn(&H, L) -> Result<Vec<u8>, E>,
) -> Result<Result<Vec<u8>, TooLarge>, CannotRead> {
    match read_all(CAP, |size| read(handle, size)) {
        Ok(all) => Ok(Ok(all)),
        Err(Failure::TooLarge) => Ok(Err(TooLarge)),
        Err(Failure::Host(_)) => Err(CannotRead),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::cell::RefCell;
    use proptest::prelude::*;
    use std::vec;

    /// A host that holds these bytes and gives at most `most` at a time; how much it was asked for.
    fn host(bytes: &[u8], most: usize, limit: u64) -> (Result<Vec<u8>, Failure<()>>, Vec<u32>) {
        let (mut rest, mut asked) = (bytes, Vec::new());
        let outcome = read_all(limit, |size: u32| {
            asked.push(size);
            let (chunk, after) = rest.split_at(rest.len().min(most).min(size as usize));
            rest = after;
            Ok(chunk.to_vec())
        });
        (outcome, asked)
    }

    proptest! {
        #[test]
        fn every_byte_arrives_unless_there_are_too_many(bytes: Vec<u8>, most in 1usize..50, limit in 0u64..200) {
            let (outcome, asked) = host(&bytes, most, limit);
            if bytes.len() as u64 <= limit {
                prop_assert_eq!(outcome, Ok(bytes));
            } else {
                prop_assert_eq!(outcome, Err(Failure::TooLarge));
            }
            prop_assert!(asked.iter().all(|size| u64::from(*size) <= limit + 1));
        }
    }

    #[test]
    fn the_limit_itself_is_not_too_much() {
        assert_eq!(host(b"abc", 2, 3).0, Ok(b"abc".to_vec()));
        assert_eq!(host(b"abc", 2, 2).0, Err(Failure::TooLarge));
        assert_eq!(host(b"", 2, 0).0, Ok(Vec::new()));
        assert_eq!(host(b"a", 2, 0).0, Err(Failure::TooLarge));
    }

    #[test]
    fn no_limit_is_no_limit() {
        let bytes = vec![7; 4 * MOST as usize];
        let (outcome, asked) = host(&bytes, usize::MAX, u64::MAX);
        assert!(outcome == Ok(bytes));
        let asked: Vec<_> = asked.into_iter().map(u64::from).collect();
        assert_eq!(asked, [CHUNK, 2 * CHUNK, 4 * CHUNK, 8 * CHUNK, MOST, MOST, MOST, MOST, MOST]);
    }

    #[test]
    fn a_host_that_gives_little_is_not_asked_for_more() {
        let (outcome, asked) = host(&[7; 5000], 1000, u64::MAX);
        assert_eq!(outcome.map(|all| all.len()), Ok(5000));
        assert!(asked.iter().all(|size| u64::from(*size) == CHUNK));
    }

    #[test]
    fn a_host_that_gives_more_than_it_was_asked_for_is_held_to_the_limit() {
        let mut chunks = [vec![1; 500_000], vec![2; 500_000], Vec::new()].into_iter();
        let all = read_all(1_000_000, |_: u64| Ok::<_, ()>(chunks.next().unwrap()));
        assert_eq!(all.map(|all| all.len()), Ok(1_000_000));
        let mut calls = 0;
        let more = read_all(10, |size: u64| {
            calls += 1;
            assert_eq!(size, 11);
            Ok::<_, ()>(vec![0; 12])
        });
        assert_eq!((more, calls), (Err(Failure::TooLarge), 1));
    }

    #[test]
    fn a_host_without_end_comes_to_the_limit() {
        let mut calls = 0;
        let endless = read_all(100, |_: u64| {
            calls += 1;
            Ok::<_, ()>(vec![0])
        });
        assert_eq!((endless, calls), (Err(Failure::TooLarge), 101));
    }

    #[test]
    fn an_answer_is_read_to_its_end_or_not_at_all() {
        type Chunks = RefCell<vec::IntoIter<Result<Vec<u8>, &'static str>>>;
        let next = |chunks: &Chunks, _: u32| chunks.borrow_mut().next().unwrap();
        let all = RefCell::new(vec![Ok(b"{}".to_vec()), Ok(b" ".to_vec()), Ok(Vec::new())].into_iter());
        assert_eq!(whole(&all, next), Ok(Ok(b"{} ".to_vec())));
        let cut = RefCell::new(vec![Ok(b"{".to_vec()), Err("cut off")].into_iter());
        assert_eq!(whole(&cut, next), Err(CannotRead));
        let endless = |_: &(), size: u64| Ok::<_, ()>(vec![b' '; size as usize]);
        assert_eq!(whole(&(), endless), Ok(Err(TooLarge)));
    }

    #[test]
    fn what_the_host_says_is_passed_on() {
        let mut answers = [Ok(vec![1]), Err("closed")].into_iter();
        assert_eq!(read_all(9, |_: u64| answers.next().unwrap()), Err(Failure::Host("closed")));
    }
}
