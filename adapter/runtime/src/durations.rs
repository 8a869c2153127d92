//! Durations: seconds as a float for Python, counts of a unit for a host.
//!
//! The arithmetic is on integers. A product of floats is rounded twice, which is enough to land one
//! nanosecond beside a count that the float says exactly.

use crate::errors::Invalid;

/// A type that a host counts units with.
pub trait Count: Copy + Into<u64> + TryFrom<u64> {
    /// The largest count.
    const MOST: u64;
}

impl Count for u8 {
    const MOST: u64 = 0xff;
}

impl Count for u16 {
    const MOST: u64 = 0xffff;
}

impl Count for u32 {
    const MOST: u64 = 0xffff_ffff;
}

impl Count for u64 {
    const MOST: u64 = u64::MAX;
}

/// How many units in the last place of a float its value may be off: literals are off by half of one,
/// and what was added up from literals by a few.
const SLACK: u128 = 4;

/// Counts are compared with this many bits after the point: room for 64 before it, and nothing of a float
/// is lost that is large enough for its last place to matter.
const FRACTION: u32 = 50;

/// How far off a count may always be, about a millionth: what is left of `0.1 + 0.2 - 0.3` is no nanosecond.
const NEAR: u128 = 1 << (FRACTION - 20);

/// The seconds nearest to a count of units, `per_second` of which are a second (zero is taken for one).
///
/// The same as Python's `count / per_second`.
pub fn to_seconds<C: Count>(count: C, per_second: u64) -> f64 {
    seconds(count.into(), per_second)
}

/// The count that some seconds are, in units of which `per_second` are a second (zero is taken for one).
///
/// Nothing is cut off. Of seconds and longer units, what is not a whole number, to within what a float can
/// say, is refused. Of finer ones the nearest count is taken, since a timeout is what is left of another
/// one and no whole number of anything; but some time is never no time. Negative, endless and too large
/// values are refused, and the largest count comes back from its own seconds.
pub fn from_seconds<C: Count>(seconds: f64, per_second: u64) -> Result<C, Invalid> {
    C::try_from(nearest(seconds, per_second, C::MOST)?).map_err(|_| Invalid)
}

/// A count that is a multiple of `step` (zero is taken for one); the host would cut off the rest.
pub fn stepped<C: Count>(count: C, step: u64) -> Result<C, Invalid> {
    if count.into().is_multiple_of(step.max(1)) { Ok(count) } else { Err(Invalid) }
}

/// Compiled once and not for each type.
#[inline(never)]
fn seconds(count: u64, per_second: u64) -> f64 {
    // The quotient has 97 bits or more for units down to the nanosecond: enough to tell on which side of
    // two floats' middle it lies, so that the conversion rounds once and right.
    let shift = 64 + count.leading_zeros().min(63);
    let (shifted, per_second) = (u128::from(count) << shift, u128::from(per_second.max(1)));
    (shifted / per_second) as f64 / (1u128 << shift) as f64
}

/// Compiled once and not for each type.
#[inline(never)]
fn nearest(seconds: f64, per_second: u64, most: u64) -> Result<u64, Invalid> {
    if !seconds.is_finite() || seconds < 0.0 {
        return Err(Invalid);
    }
    // The float is mantissa * 2^exponent; `place` is what one in the last place of it is worth.
    // Zero and subnormals have no leading one, and are shifted out with it or without it.
    let bits = seconds.abs().to_bits();
    let mantissa = u128::from((bits & ((1 << 52) - 1)) | (1 << 52));
    let exponent = (bits >> 52) as i32 - 1075;
    let per_second = u128::from(per_second.max(1));
    let exact = scale(mantissa * per_second, exponent)?;
    let place = scale(per_second, exponent)?;

    let slack = NEAR.max(place.saturating_mul(SLACK));
    let nearest = exact.saturating_add(1 << (FRACTION - 1)) >> FRACTION;
    let count = nearest.min(u128::from(most));
    let is_whole = exact.abs_diff(count << FRACTION) <= slack;
    let is_fine = per_second > 1;
    let count = if is_fine && count == 0 && !is_whole { 1 } else { count };
    let is_taken = is_whole || (is_fine && nearest <= u128::from(most));
    if is_taken { u64::try_from(count).map_err(|_| Invalid) } else { Err(Invalid) }
}

/// value * 2^exponent with `FRACTION` bits after the point, if it is at all of the size of a count.
fn scale(value: u128, exponent: i32) -> Result<u128, Invalid> {
    let shift = exponent + FRACTION as i32;
    let by = shift.unsigned_abs();
    if shift < 0 {
        Ok(value.checked_shr(by).unwrap_or(0))
    } else if by <= value.leading_zeros() {
        value.checked_shl(by).ok_or(Invalid)
    } else {
        Err(Invalid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::time::Duration;
    use proptest::prelude::*;

    const S: u64 = 1;
    const MS: u64 = 1_000;
    const NS: u64 = 1_000_000_000;
    const UNITS: [u64; 3] = [S, MS, NS];

    /// From here on floats are more than a nanosecond apart. It is less than 2^53 ns, where integers end in floats.
    const APART: u64 = (1 << 23) * NS;

    fn comes_back<C: Count + core::fmt::Debug + PartialEq>(count: C) {
        for unit in UNITS {
            assert_eq!(from_seconds(to_seconds(count, unit), unit), Ok(count), "of {unit}");
        }
    }

    proptest! {
        #[test]
        fn small_counts_come_back(byte: u8, short: u16, word: u32) {
            comes_back(byte);
            comes_back(short);
            comes_back(word);
        }

        #[test]
        fn nanoseconds_come_back_as_long_as_floats_tell_them_apart(count in 0..=APART, near in 0..=1u64 << 50) {
            for count in [count, near, APART - near] {
                prop_assert_eq!(from_seconds(to_seconds(count, NS), NS), Ok(count));
            }
        }

        #[test]
        fn large_counts_come_back_as_the_nearest(count: u64) {
            for unit in UNITS {
                let seconds = to_seconds(count, unit);
                let back: u64 = from_seconds(seconds, unit).unwrap();
                prop_assert_eq!(to_seconds(back, unit), seconds);
                // Half a place each way, and half a unit.
                let place = (seconds.next_up() - seconds) * unit as f64;
                prop_assert!(back.abs_diff(count) as f64 <= place / 2.0 + 0.5);
            }
        }

        #[test]
        fn nanoseconds_are_those_of_the_standard_library(count in 0..=APART) {
            let duration = Duration::from_nanos(count);
            prop_assert_eq!(Duration::try_from_secs_f64(to_seconds(count, NS)), Ok(duration));
            // Its seconds are rounded twice, and are still the same count.
            prop_assert_eq!(from_seconds(duration.as_secs_f64(), NS), Ok(count));
        }

        #[test]
        fn a_count_is_never_far_off(bits: u64, seconds in 0.0..1e11f64, unit in proptest::sample::select(&UNITS)) {
            for seconds in [f64::from_bits(bits), seconds, (seconds * 1e3) as u64 as f64 / 1e3, seconds * 1e-11] {
                if let Ok(count) = from_seconds::<u64>(seconds, unit) {
                    let off = (to_seconds(count, unit) - seconds).abs();
                    let place = seconds.next_up() - seconds;
                    let most = if unit == S { 1e-6 } else if count == 1 { 1.0 } else { 0.501 };
                    prop_assert!(off <= 5.0 * place + most / unit as f64, "{seconds} is not {count}");
                }
            }
        }

        #[test]
        fn a_part_of_a_second_is_refused(count in 0..u32::MAX, part in 0.001..0.999f64) {
            let seconds = f64::from(count) + part;
            prop_assert_eq!(from_seconds::<u64>(seconds, S), Err(Invalid), "{}", seconds);
        }

        #[test]
        fn a_part_of_a_finer_unit_goes_to_the_nearest_and_never_to_none(count in 0..u32::MAX, part in 0.001..0.999f64) {
            let seconds = (f64::from(count) + part) / 1e3;
            let nearest = u64::from(count) + u64::from(part >= 0.5);
            let found = from_seconds::<u64>(seconds, MS).unwrap();
            // Half a unit may be either.
            prop_assert!(found == nearest.max(1) || (part - 0.5).abs() < 0.001, "{} is {}", seconds, found);
            prop_assert!(found > 0);
        }

        #[test]
        fn what_is_below_zero_is_refused(seconds in proptest::num::f64::NEGATIVE) {
            for unit in UNITS {
                prop_assert_eq!(from_seconds::<u64>(seconds, unit), if seconds == 0.0 { Ok(0) } else { Err(Invalid) });
            }
        }
    }

    #[test]
    fn literals_are_whole() {
        assert_eq!(from_seconds(0.1, NS), Ok(100_000_000u64));
        assert_eq!(from_seconds(0.1 + 0.2, NS), Ok(300_000_000u64));
        assert_eq!(from_seconds(0.1 + 0.2 - 0.3, NS), Ok(0u64));
        assert_eq!(from_seconds(1.1 - 1.0, NS), Ok(100_000_000u64));
        assert_eq!(from_seconds(1e-9, NS), Ok(1u64));
        assert_eq!(from_seconds(86_400.000_000_001, NS), Ok(86_400_000_000_001u64));
        assert_eq!(from_seconds(0.001, MS), Ok(1u32));
        assert_eq!(from_seconds(4_294_967.295, MS), Ok(u32::MAX));
        assert_eq!(from_seconds(29.999, MS), Ok(29_999u16));
        assert_eq!(from_seconds(7.0, S), Ok(7u8));
        assert_eq!(from_seconds(-0.0, NS), Ok(0u64));
        assert_eq!(from_seconds(f64::MIN_POSITIVE / 2.0, NS), Ok(0u64));
    }

    #[test]
    fn finer_units_are_rounded() {
        assert_eq!(from_seconds(0.0005, MS), Ok(1u64));
        assert_eq!(from_seconds(0.000_001, MS), Ok(1u64));
        assert_eq!(from_seconds(1.2344, MS), Ok(1234u32));
        assert_eq!(from_seconds(1.2346, MS), Ok(1235u32));
        assert_eq!(from_seconds(1.0 / 3.0, NS), Ok(333_333_333u64));
        assert_eq!(from_seconds(5e-10, NS), Ok(1u64));
        assert_eq!(from_seconds(4_294_967.295_4, MS), Ok(u32::MAX));
        assert_eq!(from_seconds::<u32>(4_294_967.295_6, MS), Err(Invalid));
    }

    #[test]
    fn four_places_are_float_error_and_five_are_not() {
        // Where a place is more than a millionth.
        for (seconds, count) in [(1e10f64, 10_000_000_000u64), (1e12, 1_000_000_000_000)] {
            let place = seconds.next_up() - seconds;
            for (near, beside) in [(4.0, 5.0), (-4.0, -5.0)] {
                assert_eq!(from_seconds(seconds + near * place, S), Ok(count));
                assert_eq!(from_seconds::<u64>(seconds + beside * place, S), Err(Invalid));
            }
        }
    }

    #[test]
    fn the_rest_is_refused() {
        for (seconds, unit) in [
            (1.5, S),
            (0.5, S),
            (1.000_01, S),
            (-1.0, S),
            (-f64::MIN_POSITIVE, NS),
            (f64::NAN, S),
            (f64::INFINITY, NS),
            (f64::NEG_INFINITY, NS),
            (f64::MAX, S),
            (f64::MAX, NS),
            (1e30, NS),
            (18_446_744_074.0, NS),
            (2e19, S),
        ] {
            assert_eq!(from_seconds::<u64>(seconds, unit), Err(Invalid), "{seconds} of {unit}");
        }
    }

    #[test]
    fn what_a_type_cannot_count_is_refused() {
        assert_eq!(from_seconds::<u8>(256.0, S), Err(Invalid));
        assert_eq!(from_seconds::<u16>(65.536, MS), Err(Invalid));
        assert_eq!(from_seconds::<u32>(4_294_967.296, MS), Err(Invalid));
        assert_eq!(from_seconds::<u32>(4.294_967_296, NS), Err(Invalid));
        assert_eq!(from_seconds::<u32>(1e300, S), Err(Invalid));
    }

    #[test]
    fn the_largest_counts_come_back() {
        comes_back(u8::MAX);
        comes_back(u16::MAX);
        comes_back(u32::MAX);
        comes_back(u64::MAX);
    }

    #[test]
    fn two_counts_of_nanoseconds_share_their_seconds_below_2_to_the_53() {
        let shared = (APART..1 << 53).take(10).filter(|count| to_seconds(*count, NS) == to_seconds(count + 1, NS));
        assert!(shared.count() > 0);
    }

    #[test]
    fn a_unit_of_none_a_second_does_not_panic() {
        assert_eq!(to_seconds(3u8, 0), 3.0);
        assert_eq!(from_seconds(3.0, 0), Ok(3u8));
        assert_eq!(from_seconds::<u64>(3.0, u64::MAX), Err(Invalid));
    }

    #[test]
    fn what_is_between_two_steps_is_refused() {
        assert_eq!(stepped(120u32, 60), Ok(120));
        assert_eq!(stepped(90u32, 60), Err(Invalid));
        assert_eq!(stepped(7u32, 0), Ok(7));
    }
}
