//! Bytes that a host takes piece by piece.

use crate::errors::Failure;

/// Calls with what is left until the host has taken all of it: parts of what was given, none copied.
///
/// The host is asked once even where there is nothing to take, so that what it has to say is heard. One
/// that takes nothing of something would be asked for ever: that ends in `TooLarge`. One that claims to
/// have taken more than there was has taken all.
pub fn write_all<N: Into<u64>, E>(bytes: &[u8], mut call: impl FnMut(&[u8]) -> Result<N, E>) -> Result<(), Failure<E>> {
    let mut rest = bytes;
    loop {
        let taken: u64 = call(rest).map_err(Failure::Host)?.into();
        rest = usize::try_from(taken).ok().and_then(|taken| rest.get(taken..)).unwrap_or_default();
        if rest.is_empty() {
            return Ok(());
        }
        if taken == 0 {
            return Err(Failure::TooLarge);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    /// A host that takes what `takes` says of each rest, however much that is.
    fn host(bytes: &[u8], takes: impl Fn(&[u8]) -> u64) -> (Vec<u8>, usize, Result<(), Failure<u8>>) {
        let (mut taken, mut calls) = (Vec::new(), 0);
        let outcome = write_all(bytes, |rest| {
            calls += 1;
            let count = takes(rest);
            taken.extend(rest.iter().take(usize::try_from(count).unwrap_or(usize::MAX)));
            Ok(count)
        });
        (taken, calls, outcome)
    }

    proptest! {
        #[test]
        fn every_byte_arrives_once_and_in_order(bytes: Vec<u8>, most in 1u64..50) {
            let (taken, calls, outcome) = host(&bytes, |rest| most.min(rest.len() as u64));
            prop_assert_eq!(outcome, Ok(()));
            prop_assert!(calls <= bytes.len() + 1);
            prop_assert_eq!(taken, bytes);
        }
    }

    #[test]
    fn what_is_taken_at_once_is_given_once() {
        assert_eq!(host(b"all of it", |rest| rest.len() as u64), (b"all of it".to_vec(), 1, Ok(())));
    }

    #[test]
    fn nothing_is_given_once() {
        assert_eq!(host(b"", |_| 0), (Vec::new(), 1, Ok(())));
    }

    #[test]
    fn a_host_that_takes_no_more_ends() {
        let stuck = |rest: &[u8]| if rest.len() > 3 { 2 } else { 0 };
        assert_eq!(host(b"abcdefg", stuck), (b"abcd".to_vec(), 3, Err(Failure::TooLarge)));
    }

    #[test]
    fn a_host_that_claims_more_than_there_was_has_taken_all() {
        for claim in [4, u64::from(u32::MAX), u64::MAX] {
            assert_eq!(host(b"abc", |_| claim), (b"abc".to_vec(), 1, Ok(())));
        }
    }

    #[test]
    fn what_the_host_says_is_passed_on() {
        let mut answers = [Ok(2u32), Err("closed")].into_iter();
        assert_eq!(write_all(b"abc", |_| answers.next().unwrap()), Err(Failure::Host("closed")));
    }
}
