//! Medians and quartiles: figures that a busy machine moves least.

use serde::Serialize;

/// A quantity's middle, and where the middle half of its samples is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// Half of the samples are below.
    pub median: f64,
    /// A quarter of the samples is below.
    pub low: f64,
    /// Three quarters of the samples are below.
    pub high: f64,
}

impl Spread {
    /// Of these samples; nothing of none.
    pub fn of(samples: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut samples: Vec<f64> = samples.into_iter().collect();
        samples.sort_by(f64::total_cmp);
        Some(Self { median: quantile(&samples, 0.5)?, low: quantile(&samples, 0.25)?, high: quantile(&samples, 0.75)? })
    }

    /// Of what each pair comes to: what disturbs the machine for longer than a pair takes disturbs both halves.
    pub fn of_ratios(candidate: &[f64], baseline: &[f64]) -> Option<Self> {
        Self::of(candidate.iter().zip(baseline).map(|(candidate, baseline)| candidate / baseline))
    }
}

/// The value below which that share of the samples is, between two samples where it falls between them. The samples
/// are in order.
pub fn quantile(samples: &[f64], share: f64) -> Option<f64> {
    let last = samples.len().checked_sub(1)?;
    let place = share.clamp(0.0, 1.0) * last as f64;
    let (below, above) = (samples.get(place.floor() as usize)?, samples.get(place.ceil() as usize)?);
    Some(below + (above - below) * place.fract())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_are_between_samples() {
        let spread = Spread::of([4.0, 1.0, 3.0, 2.0]).expect("there are samples");
        assert_eq!(spread, Spread { median: 2.5, low: 1.75, high: 3.25 });
        assert_eq!(Spread::of([7.0]), Some(Spread { median: 7.0, low: 7.0, high: 7.0 }));
        assert_eq!(Spread::of([]), None);
    }

    #[test]
    fn a_quantile_of_all_is_the_last() {
        assert_eq!(quantile(&[1.0, 2.0, 9.0], 1.0), Some(9.0));
        assert_eq!(quantile(&[1.0, 2.0, 9.0], 0.0), Some(1.0));
    }

    #[test]
    fn a_ratio_is_of_pairs_and_not_of_medians() {
        // The machine is ten times slower for the second pair: the ratio does not see it.
        let spread = Spread::of_ratios(&[2.0, 20.0, 2.0], &[1.0, 10.0, 1.0]).expect("there are pairs");
        assert_eq!(spread, Spread { median: 2.0, low: 2.0, high: 2.0 });
    }
}
