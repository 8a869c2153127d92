//! Names with their values, a pair for each value.

use alloc::string::String;
use alloc::vec::Vec;

use crate::buffers;
use crate::cursors::MOST_ITEMS;
use crate::errors::TooLarge;

/// A value of which it is known how large it is.
pub trait Value {
    /// How many bytes it has.
    fn size(&self) -> usize;
}

impl Value for String {
    fn size(&self) -> usize {
        self.len()
    }
}

impl Value for Vec<u8> {
    fn size(&self) -> usize {
        self.len()
    }
}

/// Asks for the values of each name. What is collected is bounded, since a name is there as often as it has values.
pub fn collect<V: Value, I: IntoIterator<Item = V>, E: From<TooLarge>>(
    names: Vec<String>,
    mut values: impl FnMut(String) -> Result<I, E>,
) -> Result<Vec<(String, V)>, E> {
    let mut pairs = Pairs { pairs: Vec::with_capacity(names.len()), total: 0 };
    for name in names {
        for value in values(name.clone())? {
            pairs.add(&name, value)?;
        }
    }
    Ok(pairs.pairs)
}

struct Pairs<V> {
    pairs: Vec<(String, V)>,
    total: u64,
}

impl<V: Value> Pairs<V> {
    /// Compiled once for each kind of value, and not for each call.
    #[inline(never)]
    fn add(&mut self, name: &str, value: V) -> Result<(), TooLarge> {
        self.total = self.total.saturating_add(name.len() as u64).saturating_add(value.size() as u64);
        if self.total > buffers::CAP || self.pairs.len() >= MOST_ITEMS {
            return Err(TooLarge);
        }
        self.pairs.push((name.into(), value));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::string::ToString;
    use std::vec;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    proptest! {
        #[test]
        fn every_value_comes_once_with_its_name_and_in_order(
            all in proptest::collection::vec((".{0,9}", proptest::collection::vec(".{0,9}", 0..4)), 0..20),
        ) {
            let mut values = all.iter().map(|(_, values)| values.clone());
            let listed = all.iter().map(|(name, _)| name.clone()).collect();
            let collected = collect(listed, |_| Ok::<_, TooLarge>(values.next().unwrap()));
            let wanted = all.iter().flat_map(|(name, values)| values.iter().map(|value| (name.clone(), value.clone())));
            prop_assert_eq!(collected, Ok(wanted.collect()));
        }
    }

    #[test]
    fn each_name_is_asked_for() {
        let collected = collect(names(&["a", "b"]), |name| Ok::<_, TooLarge>(Some(name.into_bytes())));
        assert_eq!(collected, Ok(vec![("a".into(), b"a".to_vec()), ("b".into(), b"b".to_vec())]));
    }

    #[test]
    fn what_is_gone_is_no_pair() {
        let there = |name: String| Ok::<_, TooLarge>((name != "gone").then_some(name));
        assert_eq!(collect(names(&["gone", "here"]), there), Ok(vec![("here".into(), "here".into())]));
    }

    #[derive(Debug, PartialEq)]
    enum Says {
        Closed,
        TooLarge,
    }

    impl From<TooLarge> for Says {
        fn from(_: TooLarge) -> Self {
            Self::TooLarge
        }
    }

    #[test]
    fn what_fails_ends_it() {
        let mut asked = 0;
        let closed = |_| {
            asked += 1;
            if asked == 2 { Err(Says::Closed) } else { Ok(Some(String::new())) }
        };
        assert_eq!(collect(names(&["a", "b", "c"]), closed), Err(Says::Closed));
        assert_eq!(asked, 2);
    }

    #[test]
    fn one_name_with_values_without_end_ends() {
        let endless = |_| Ok(core::iter::repeat_n(Vec::<u8>::new(), MOST_ITEMS + 1));
        assert_eq!(collect(names(&["a"]), endless), Err(Says::TooLarge));
        let most = |_| Ok::<_, Says>(core::iter::repeat_n(Vec::<u8>::new(), MOST_ITEMS));
        assert_eq!(collect(names(&["a"]), most).map(|pairs| pairs.len()), Ok(MOST_ITEMS));
    }

    #[test]
    fn more_bytes_than_the_cap_are_too_large() {
        let half = buffers::CAP as usize / 2;
        let collected = |name: &str, value: usize| {
            collect(vec![name.into()], |_| Ok::<_, Says>(vec![vec![0; value], vec![0; half - 1]])).map(|all| all.len())
        };
        assert_eq!(collected("a", half - 1), Ok(2));
        assert_eq!(collected("a", half), Err(Says::TooLarge));
        assert_eq!(collected("ab", half - 1), Err(Says::TooLarge));
    }
}
