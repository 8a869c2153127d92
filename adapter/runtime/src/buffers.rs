//! Calls that limit how large an answer may be: the largest limit first, then a bounded growth.

use crate::errors::Failure;

/// The most that is ever asked for after a host refused the largest limit, in bytes.
pub const CAP: u64 = 64 << 20;

/// What is asked for first after that, in bytes.
pub const FIRST: u64 = 64 << 10;

/// How often a host is asked after that, whatever it claims.
pub const TRIES: usize = 6;

/// What an error says of the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// It was too small; the host says how large it should be, and may be wrong.
    TooSmall(u64),
    /// It may have been too small: some hosts say so with a case that has another meaning too.
    MaybeTooSmall,
    /// Something else is wrong.
    Unrelated,
}

/// A type that a size parameter has.
pub trait Limit: Copy {
    /// This many bytes, or as many as the type can say.
    fn bytes(bytes: u64) -> Self;
}

impl Limit for u64 {
    fn bytes(bytes: u64) -> Self {
        bytes
    }
}

impl Limit for u32 {
    fn bytes(bytes: u64) -> Self {
        u32::try_from(bytes).unwrap_or(u32::MAX)
    }
}

/// Calls until the answer fits: with the largest limit, then with `FIRST` and four times as much each time,
/// or with what the host claims to need where that is more, up to `CAP`.
///
/// The claim is a hint only. Hosts are known that claim zero for every size.
pub fn grow<L: Limit, T, E>(mut call: impl FnMut(L) -> Result<T, E>, fit: impl Fn(&E) -> Fit) -> Result<T, Failure<E>> {
    let mut next = Next::Largest;
    loop {
        match call(L::bytes(next.limit())) {
            Ok(value) => return Ok(value),
            Err(error) => match next.after(fit(&error)) {
                After::Ask(then) => next = then,
                After::Fail => return Err(Failure::Host(error)),
                After::GiveUp => return Err(Failure::TooLarge),
            },
        }
    }
}

/// What is asked for next. No function is passed here by reference: a table of functions would keep
/// alive what only another app needs.
#[derive(Clone, Copy)]
enum Next {
    Largest,
    Bounded { limit: u64, left: usize },
}

enum After {
    Ask(Next),
    Fail,
    GiveUp,
}

impl Next {
    fn limit(self) -> u64 {
        match self {
            Self::Largest => u64::MAX,
            Self::Bounded { limit, .. } => limit,
        }
    }

    #[inline(never)]
    fn after(self, fit: Fit) -> After {
        match (self, fit) {
            (_, Fit::Unrelated) | (Self::Largest, Fit::MaybeTooSmall) => After::Fail,
            (Self::Largest, Fit::TooSmall(claim)) => {
                After::Ask(Self::Bounded { limit: FIRST.max(claim).min(CAP), left: TRIES })
            }
            (Self::Bounded { limit, left }, fit) => {
                if limit == CAP || left <= 1 {
                    return After::GiveUp;
                }
                let claim = if let Fit::TooSmall(claim) = fit { claim } else { 0 };
                After::Ask(Self::Bounded { limit: limit.saturating_mul(4).max(claim).min(CAP), left: left - 1 })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    /// A host that answers once the limit is `needs`, refuses the largest limit, and claims what `claim` says.
    fn host(needs: u64, claim: impl Fn(u64) -> u64, asked: &mut Vec<u64>) -> Result<u64, Failure<Fit>> {
        grow(
            |limit: u64| {
                asked.push(limit);
                if limit != u64::MAX && limit >= needs { Ok(limit) } else { Err(Fit::TooSmall(claim(limit))) }
            },
            |error| *error,
        )
    }

    #[test]
    fn the_largest_limit_comes_first() {
        let mut asked = Vec::new();
        let answer = grow(
            |limit: u64| {
                asked.push(limit);
                Ok::<_, Fit>(7)
            },
            |error| *error,
        );
        assert_eq!((answer, asked), (Ok(7), Vec::from([u64::MAX])));
    }

    #[test]
    fn an_honest_claim_is_taken() {
        let mut asked = Vec::new();
        assert_eq!(host(1 << 20, |_| 1 << 20, &mut asked), Ok(1 << 20));
        assert_eq!(asked, [u64::MAX, 1 << 20]);
    }

    #[test]
    fn a_claim_of_zero_or_of_everything_still_ends() {
        for claim in [0, 1, u64::MAX] {
            let mut asked = Vec::new();
            assert!(host(5_000_000, |_| claim, &mut asked).is_ok(), "claim {claim}");
            assert!(asked.len() <= TRIES + 1);
        }
    }

    #[test]
    fn a_host_that_never_says_yes_ends_in_too_large() {
        for claim in [0, 1, 4096, u64::MAX] {
            let mut asked = Vec::new();
            assert_eq!(host(u64::MAX, |_| claim, &mut asked), Err(Failure::TooLarge));
            assert!(asked.len() <= TRIES + 1, "asked {asked:?}");
            assert!(asked.iter().skip(1).all(|limit| *limit <= CAP));
        }
    }

    #[test]
    fn a_claim_that_comes_late_is_held_to_the_cap() {
        let mut asked = Vec::new();
        let claim = |limit| if limit == u64::MAX { 0 } else { u64::MAX };
        assert_eq!(host(u64::MAX, claim, &mut asked), Err(Failure::TooLarge));
        assert_eq!(asked, [u64::MAX, FIRST, CAP]);
    }

    #[test]
    fn an_error_that_is_not_about_sizes_ends_the_call_whenever_it_comes() {
        let mut answers = [Err(Fit::TooSmall(0)), Err(Fit::Unrelated), Ok(3)].into_iter();
        let answer = grow(|_: u64| answers.next().unwrap(), |error| *error);
        assert_eq!(answer, Err(Failure::Host(Fit::Unrelated)));
    }

    #[test]
    fn another_case_for_too_small_counts_once_the_first_was_said() {
        let mut answers = [Err(Fit::TooSmall(0)), Err(Fit::MaybeTooSmall), Ok(3)].into_iter();
        let answer = grow(|_: u64| answers.next().unwrap(), |error| *error);
        assert_eq!(answer, Ok(3));
        let alone: Result<u8, _> = grow(|_: u64| Err(Fit::MaybeTooSmall), |error| *error);
        assert_eq!(alone, Err(Failure::Host(Fit::MaybeTooSmall)));
    }

    #[test]
    fn a_small_size_type_is_not_overrun() {
        let mut asked = Vec::new();
        let _: Result<(), _> = grow(
            |limit: u32| {
                asked.push(limit);
                Err(Fit::TooSmall(u64::MAX))
            },
            |error| *error,
        );
        assert_eq!(asked.first(), Some(&u32::MAX));
    }
}
