//! A row of the guest in both worlds, on one engine.
//!
//! Like [`host`](super::host), this is compiled with more than one version of wasmtime.

use wasmtime::{Error, Result};

use super::host::Guest;
use super::runner::{self, Pairs};

/// How long a sample takes, in nanoseconds: long enough for a clock, short enough that both sides of a pair find the
/// machine alike.
const SAMPLE: f64 = 5e6;

/// How often a row is done in one sandbox, at most.
const MOST: u32 = 100_000;

/// How often a row is done to count its instructions, and then twice as often: what is done once falls out.
const COUNTED: u32 = 64;

/// What a row takes in both worlds, in nanoseconds a call, measured in turns. Both must come to the same.
pub fn time(raw: &Guest, adapted: &Guest, row: &str, size: usize, rounds: usize) -> Result<Pairs> {
    same_work(raw, adapted, row, size)?;
    let times = runner::calibrate(SAMPLE, MOST, |times| raw.run(row, size, times).map(|ran| ran.nanoseconds))?;
    let sample = |guest: &Guest| guest.run(row, size, times).map(|ran| ran.nanoseconds / f64::from(times));
    runner::interleave(rounds, || sample(raw), || sample(adapted))
}

/// Instructions a call, on an engine that counts them.
pub fn count(guest: &Guest, row: &str, size: usize) -> Result<u64> {
    let instructions = |times| {
        let ran = guest.run(row, size, times)?;
        ran.instructions.ok_or_else(|| Error::msg("this engine does not count instructions"))
    };
    let (once, twice) = (instructions(COUNTED)?, instructions(2 * COUNTED)?);
    Ok(twice.saturating_sub(once) / u64::from(COUNTED))
}

/// Whether both worlds come to the same sum, and to one at all.
pub fn same_work(raw: &Guest, adapted: &Guest, row: &str, size: usize) -> Result<()> {
    let [of_raw, of_adapted] = [raw.run(row, size, 3)?.answer, adapted.run(row, size, 3)?.answer];
    if of_raw != of_adapted || of_raw.parse::<usize>().is_err() {
        let message = format!("`{row}` of {size} came to `{of_raw}` raw and to `{of_adapted}` adapted");
        return Err(Error::msg(message));
    }
    Ok(())
}
