//! Lists of handles that a host does not take as they come.

use crate::errors::Invalid;

/// Refuses an empty list.
pub fn at_least_one<T>(list: &[T]) -> Result<(), Invalid> {
    if list.is_empty() { Err(Invalid) } else { Ok(()) }
}

/// Refuses a list in which two handles were lent out of one cell.
///
/// Resources that share a cell are one to the host, so it is the cells that count. Such lists are short, and
/// comparing each with each is less code than sorting.
pub fn distinct<T>(lent: &[&T]) -> Result<(), Invalid> {
    let mut rest = lent;
    while let Some((first, others)) = rest.split_first() {
        if others.iter().any(|other| core::ptr::eq(*first, *other)) {
            return Err(Invalid);
        }
        rest = others;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handles::{Handle, Shared};

    #[test]
    fn an_empty_list_has_not_at_least_one() {
        assert_eq!(at_least_one::<u32>(&[]), Err(Invalid));
        assert_eq!(at_least_one(&[7]), Ok(()));
    }

    #[test]
    fn handles_of_different_cells_are_distinct_whatever_they_hold() {
        let (one, other, third) = (Handle::<_>::new(7), Handle::<_>::new(7), Handle::<_>::new(7));
        let lent = [&*one.lend().unwrap(), &*other.lend().unwrap(), &*third.lend().unwrap()];
        assert_eq!(distinct(&lent), Ok(()));
        assert_eq!(distinct::<u32>(&[]), Ok(()));
    }

    #[test]
    fn handles_that_share_a_cell_are_one() {
        let (one, other) = (Handle::<_>::new(7), Handle::<_>::new(8));
        let shared = one.clone();
        let lent = [&*one.lend().unwrap(), &*other.lend().unwrap(), &*shared.lend().unwrap()];
        assert_eq!(distinct(&lent), Err(Invalid));
        // Wherever the two of it are.
        let third = Handle::<_>::new(9);
        let (a, b, c) = (&*one.lend().unwrap(), &*other.lend().unwrap(), &*third.lend().unwrap());
        for lent in [[a, b, c, a], [a, b, c, b], [a, b, c, c], [a, a, b, c], [a, b, b, c], [a, b, a, c]] {
            assert_eq!(distinct(&lent), Err(Invalid));
        }
        assert_eq!(distinct(&[b, b]), Err(Invalid));
        assert_eq!(distinct(&[a, b, b]), Err(Invalid));
        let kept = Shared::new(7);
        let again = kept.clone();
        assert_eq!(distinct(&[kept.lend(), again.lend()]), Err(Invalid));
    }
}
