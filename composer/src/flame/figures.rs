//! What all requests came to, and figures in words.

use indexmap::IndexMap;

use super::lines::Lines;

/// What is known of all requests.
#[derive(Debug, Clone, Default)]
pub(super) struct Totals {
    /// How many they are.
    pub requests: usize,
    /// Where their time went, if that was measured: in calls that work, in calls that wait, in the app, in what measures.
    pub shares: Option<[u64; 4]>,
    /// The functions, the one that took longest first.
    pub functions: Vec<(String, Total)>,
    /// How many functions there was no room for.
    pub unlisted: u64,
}

/// What a function came to.
#[derive(Debug, Clone, Default)]
pub(super) struct Total {
    pub count: u64,
    pub total: u64,
    pub longest: u64,
    pub errors: IndexMap<String, u64>,
    pub bytes: [u64; 2],
}

impl Total {
    fn add(&mut self, count: u64, total: u64, longest: u64, bytes: [u64; 2]) {
        self.count = self.count.saturating_add(count);
        self.total = self.total.saturating_add(total);
        self.longest = self.longest.max(longest);
        let [given, answered] = bytes;
        self.bytes = [self.bytes[0].saturating_add(given), self.bytes[1].saturating_add(answered)];
    }

    fn fail(&mut self, case: &str, count: u64) {
        let errors = self.errors.entry(case.to_owned()).or_default();
        *errors = errors.saturating_add(count);
    }

    /// How many errors it answered.
    pub fn failed(&self) -> u64 {
        self.errors.values().fold(0, |sum, count| sum.saturating_add(*count))
    }
}

impl Totals {
    /// Adds up profiles, or calls where there are none.
    pub fn of(lines: &Lines) -> Self {
        let mut functions: IndexMap<&str, Total> = IndexMap::new();
        let mut totals = Self::default();
        if lines.profiles.is_empty() {
            totals.requests = lines.requests.len();
            for call in lines.requests.iter().flat_map(|request| &request.calls) {
                let total = functions.entry(&call.function).or_default();
                total.add(1, call.us, call.us, [call.bytes_in, call.bytes_out]);
                if call.failed() {
                    total.fail(&call.outcome, 1);
                }
            }
        } else {
            totals.requests = lines.profiles.len();
            let mut shares = [0_u64; 4];
            for profile in &lines.profiles {
                // Waiting is part of what is inside, and the observer's own time is counted somewhere in both.
                let working = profile.inside_us.saturating_sub(profile.waiting_us);
                let own = profile.outside_us.saturating_sub(profile.observer_us);
                let parts = [working, profile.waiting_us, own, profile.observer_us];
                shares.iter_mut().zip(parts).for_each(|(sum, part)| *sum = sum.saturating_add(part));
                totals.unlisted = totals.unlisted.saturating_add(profile.unlisted);
                for call in &profile.calls {
                    let total = functions.entry(&call.function).or_default();
                    total.add(call.count, call.total_us, call.longest_us, [call.bytes_in, call.bytes_out]);
                    call.errors.iter().for_each(|(case, count)| total.fail(case, *count));
                }
            }
            totals.shares = Some(shares);
        }
        totals.functions = functions.into_iter().map(|(name, total)| (name.to_owned(), total)).collect();
        totals.functions.sort_by(|(one, a), (other, b)| b.total.cmp(&a.total).then_with(|| one.cmp(other)));
        totals
    }
}

/// A span of time in the unit that fits.
pub(super) fn time(us: u64) -> String {
    let scaled = |unit: u64, name: &str| {
        let value = us as f64 / unit as f64;
        let digits = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
        format!("{value:.digits$} {name}")
    };
    match us {
        0..1000 => format!("{us} µs"),
        1000..1_000_000 => scaled(1000, "ms"),
        _ => scaled(1_000_000, "s"),
    }
}

/// A size in the unit that fits.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{bytes} B"),
        10_000..10_000_000 => format!("{} kB", bytes / 1000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}

/// A number with what it counts.
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

/// A part of a whole, of 100.
pub(super) fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { (part as f64 / whole as f64 * 100.0).clamp(0.0, 100.0) }
}

/// Whether a function waits, and does not work: its name says so.
pub(super) fn waits(function: &str) -> bool {
    let name = function.rsplit('.').next().unwrap_or_default();
    name.split('-').any(|word| ["wait", "await", "select", "poll", "block"].contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_the_unit_that_fits() {
        let times = [0, 999, 1000, 12_345, 123_456, 1_500_000].map(time);
        assert_eq!(times, ["0 µs", "999 µs", "1.00 ms", "12.3 ms", "123 ms", "1.50 s"]);
        assert_eq!([9_999, 10_000, 25_000_000].map(size), ["9999 B", "10 kB", "25 MB"]);
        assert!(percent(1, 0) < 1.0 && percent(5, 4) > 99.0 && time(u64::MAX).ends_with(" s"));
    }

    #[test]
    fn what_waits_says_so() {
        assert!(waits("async-io.select-with-timeout") && waits("kv-store.await-lookup") && waits("post.pigeon.wait"));
        assert!(!waits("kv-store.store.lookup") && !waits("waiting-room.enter"));
    }
}
