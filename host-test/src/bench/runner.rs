//! Takes turns: a pair of samples a round, the one first that was second before.

/// Samples of a baseline and of a candidate, by round.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pairs {
    /// A sample a round.
    pub baseline: Vec<f64>,
    /// A sample a round.
    pub candidate: Vec<f64>,
}

/// Measures both sides in turns. A first round, which finds caches cold, is not counted.
pub fn interleave<E>(
    rounds: usize,
    mut baseline: impl FnMut() -> Result<f64, E>,
    mut candidate: impl FnMut() -> Result<f64, E>,
) -> Result<Pairs, E> {
    let mut pairs = Pairs::default();
    for round in 0..=rounds {
        // What the first of a pair leaves behind, be it heat or a full cache, must not always meet the same side.
        let (of_baseline, of_candidate) = if round % 2 == 0 {
            let first = baseline()?;
            (first, candidate()?)
        } else {
            let first = candidate()?;
            (baseline()?, first)
        };
        if round > 0 {
            pairs.baseline.push(of_baseline);
            pairs.candidate.push(of_candidate);
        }
    }
    Ok(pairs)
}

/// How often to do something so that it takes about `wanted` nanoseconds, from how long it takes `n` times.
pub fn calibrate<E>(wanted: f64, most: u32, mut take: impl FnMut(u32) -> Result<f64, E>) -> Result<u32, E> {
    let mut times = 1;
    loop {
        let took = take(times)?.max(1.0);
        if took >= wanted / 2.0 || times >= most {
            let scaled = f64::from(times) * wanted / took;
            return Ok((scaled as u32).clamp(1, most));
        }
        // What is too short says little about how long it takes: ten times as often, at most.
        times = ((f64::from(times) * (wanted / took).clamp(2.0, 10.0)) as u32).min(most);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[test]
    fn sides_take_turns_and_the_first_round_is_not_counted() {
        let order = RefCell::new(String::new());
        let side = |name: char, value: f64| {
            let order = &order;
            move || {
                order.borrow_mut().push(name);
                Ok::<_, ()>(value)
            }
        };
        let pairs = interleave(3, side('b', 1.0), side('c', 2.0)).expect("nothing fails");
        assert_eq!(order.take(), "bccbbccb");
        assert_eq!(pairs, Pairs { baseline: vec![1.0; 3], candidate: vec![2.0; 3] });
    }

    #[test]
    fn what_fails_ends_the_measurement() {
        assert_eq!(interleave(3, || Ok(1.0), || Err("broken")), Err("broken"));
    }

    #[test]
    fn what_is_quick_is_done_often() {
        let times = |most, each: f64| calibrate(1e6, most, |times| Ok::<_, ()>(f64::from(times) * each));
        assert_eq!(times(u32::MAX, 100.0), Ok(10_000));
        assert_eq!(times(50, 1.0), Ok(50));
        assert_eq!(times(50, 1e9), Ok(1));
    }
}
