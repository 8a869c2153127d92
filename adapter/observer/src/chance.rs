//! Numbers that look like chance, the same after the same beginning.

/// The next number (SplitMix64, by Steele, Lea and Flood: "Fast splittable pseudorandom number generators", 2014).
pub fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::next;

    #[test]
    fn one_in_so_many_is_about_that() {
        for seed in 0..20 {
            let mut state = seed;
            let failed = (0..10_000).filter(|_| next(&mut state).is_multiple_of(20)).count();
            assert!((400..600).contains(&failed), "{failed}");
        }
    }

    #[test]
    fn the_same_beginning_gives_the_same() {
        let [mut one, mut other] = [7, 7];
        assert!((0..100).all(|_| next(&mut one) == next(&mut other)));
    }
}
