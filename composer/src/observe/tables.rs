//! What the observer works with, laid out behind its own memory: what is observed, and room for counts and for a line.
//!
//! `adapter/observer/src/tables.rs` reads it; the two have to agree. Numbers are of 32 bits unless they say otherwise.

use super::host::Layout;
use super::known::Side;
use super::options::{Output, What};
use super::policy::Policy;

/// How many bytes a line has at most: what a log endpoint takes as one, and what the standard error takes in one call (WASI
/// 0.2, `wasi:io/streams`, `blocking-write-and-flush`). Hosts make a line of their own of each call.
const LINE: u32 = 16 * 1024;
const PIECE: u32 = 4096;

/// Sizes in bytes.
const HEAD: u32 = 56;
const FUNCTION: u32 = 32;
const TEXT: u32 = 8;
const TOTALS: u32 = 48;
const POLICY: u32 = 64;
const SWITCH: u32 = 24;
const RAW: u32 = 16;

mod flags {
    pub const PROFILE: u32 = 1;
    pub const PROFILE_ALL: u32 = 2;
    pub const TEXT: u32 = 4;
    pub const TRACE: u32 = 8;
    pub const RAW: u32 = 16;
    pub const OTLP: u32 = 32;

    /// Those of a function.
    pub const WAITS: u32 = 1;
    pub const REPORTED: u32 = 2;
}

/// A function, as the observer knows it.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub path: &'a str,
    pub errors: &'a [String],
    pub waits: bool,
    /// Whether lines are about it.
    pub is_reported: bool,
    /// What holds for its calls, and the place of the case that a refused call is answered with.
    pub policy: Option<(&'a Policy, u32)>,
    /// That case where hooks may refuse a call; none for a function that cannot be refused.
    pub refused: Option<u32>,
}

/// The tables.
#[derive(Debug)]
pub(super) struct Tables {
    /// Where they are.
    pub start: u32,
    /// What is there at first; the rest is zero.
    pub bytes: Vec<u8>,
    /// Where the last of it ends.
    pub end: u32,
}

/// What the tables of an observer are about.
pub(super) struct About<'a> {
    pub what: &'a What,
    pub side: Side,
    /// The functions that have wrappers.
    pub rows: &'a [Row<'a>],
    /// The raw functions that the adapter's observer has, in its order.
    pub raw: &'a [Row<'a>],
    /// What hooks are called.
    pub hooks: &'a [String],
    /// Where the answer of the switch's store has its text.
    pub layout: Option<Layout>,
}

/// The errors that functions fail with, each once: most fail with one of a few.
fn errors_of<'a>(rows: impl Iterator<Item = &'a Row<'a>>) -> Vec<&'a [String]> {
    let mut errors: Vec<&[String]> = Vec::new();
    for row in rows {
        if !errors.contains(&row.errors) {
            errors.push(row.errors);
        }
    }
    errors
}

/// A function, with its name, the place of its errors, and that of its policy.
type Entry<'a> = ((&'a Row<'a>, ([u32; 2], u32)), u32);

/// Writes the rows of functions, whose totals are from an address on. Gives where the last of them ends.
fn put_functions<'a>(bytes: &mut Vec<u8>, entries: impl Iterator<Item = Entry<'a>>, mut totals: u32) -> u32 {
    for ((row, ([name, length], errors)), policy) in entries {
        let count = row.errors.len() as u32;
        let flag = |flag, is_set| if is_set { flag } else { 0 };
        let flags = flag(flags::WAITS, row.waits) | flag(flags::REPORTED, row.is_reported);
        let numbers = [name, length, errors, count, totals, flags, policy, row.refused.unwrap_or(u32::MAX)];
        numbers.iter().for_each(|number| put(bytes, *number));
        totals += (TOTALS + 4 * count).next_multiple_of(8);
    }
    totals
}

/// Lays out the tables from `start` on. There is one more row than functions: the observer measures itself with it.
pub(super) fn tables(start: u32, about: &About<'_>) -> Tables {
    let About { what, side, rows, raw, hooks, layout } = about;
    let spare = Row { path: "", errors: &[], waits: false, is_reported: false, policy: None, refused: None };
    let rows: Vec<&Row<'_>> = rows.iter().chain([&spare]).collect();
    let errors = errors_of(rows.iter().copied().chain(*raw));
    let functions = start + HEAD;
    let policies = functions + FUNCTION * rows.len() as u32;
    let switch = policies + POLICY * rows.iter().filter(|row| row.policy.is_some()).count() as u32;
    let switched = what.switch.as_ref().zip(*layout);
    let behind = switch + if switched.is_some() { SWITCH } else { 0 };
    let hooked = behind + RAW * raw.len() as u32;
    let names = hooked + TEXT * hooks.len() as u32;
    let cases = errors.iter().map(|cases| cases.len() as u32).sum::<u32>();
    let mut texts = Texts { at: names + TEXT * cases, bytes: Vec::new() };

    let (mut lists, mut places) = (Vec::new(), Vec::new());
    for cases in &errors {
        places.push(names + lists.len() as u32);
        cases.iter().for_each(|case| texts.add(case).iter().for_each(|number| put(&mut lists, *number)));
    }
    let place = |row: &Row<'_>| errors.iter().zip(&places).find(|(cases, _)| **cases == row.errors);
    let entries: Vec<_> =
        rows.iter().map(|row| (texts.add(row.path), place(row).map_or(names, |(_, place)| *place))).collect();
    let mut raw_bytes = Vec::new();
    for row in *raw {
        let [name, length] = texts.add(row.path);
        let errors = place(row).map_or(names, |(_, place)| *place);
        [name, length, errors, row.errors.len() as u32].iter().for_each(|number| put(&mut raw_bytes, *number));
    }
    let mut hook_bytes = Vec::new();
    hooks.iter().flat_map(|hook| texts.add(hook)).for_each(|number| put(&mut hook_bytes, number));
    let log = match &what.output {
        Output::Stderr => [start, 0],
        Output::Log(name) => texts.add(name),
    };
    let mut policed = Vec::new();
    let mut switch_bytes = Vec::new();
    if let Some((asked, layout)) = switched {
        let [store, key] = [&asked.store, &asked.key].map(|text| texts.add(text));
        [store, key, [layout.option, layout.text]].concat().iter().for_each(|number| put(&mut switch_bytes, *number));
    }
    let policy_places: Vec<u32> = rows.iter().map(|row| policy(row, policies, &mut policed, &mut texts)).collect();
    let line = (texts.at + texts.bytes.len() as u32).next_multiple_of(8);
    let size = if what.output == Output::Stderr { PIECE } else { LINE };

    let mut bytes = Vec::new();
    let limit = what.profile.as_ref().map_or(0, |profile| u64::try_from(profile.over.as_nanos()).unwrap_or(u64::MAX));
    [flags(what, *side), rows.len() as u32].iter().for_each(|number| put(&mut bytes, *number));
    bytes.extend(limit.to_le_bytes());
    let switch = if switched.is_some() { switch } else { 0 };
    let head = [functions, line, size, log[0], log[1], switch, behind, raw.len() as u32, hooked, hooks.len() as u32];
    head.iter().for_each(|number| put(&mut bytes, *number));
    let named = rows.iter().copied().zip(entries).zip(policy_places);
    let end = put_functions(&mut bytes, named, line + size);
    for part in [policed, switch_bytes, raw_bytes, hook_bytes, lists, texts.bytes] {
        bytes.extend(part);
    }
    Tables { start, bytes, end }
}

/// Adds what holds for the calls of a function, and says where that is; 0 where nothing holds.
fn policy(row: &Row<'_>, start: u32, bytes: &mut Vec<u8>, texts: &mut Texts) -> u32 {
    let Some((policy, case)) = row.policy else { return 0 };
    let at = start + bytes.len() as u32;
    let mut option = |text: Option<&String>| text.map_or([start, 0], |text| texts.add(text));
    let names = [
        option(policy.deny.as_ref()),
        option(policy.limit.as_ref().map(|(_, option)| option)),
        option(policy.fail.as_ref().map(|(_, option)| option)),
    ];
    let most = policy.limit.as_ref().map_or(u32::MAX, |(most, _)| *most);
    let (one, of, seed) = policy.fail.as_ref().map_or((0, 0, None), |(chance, _)| (chance.one, chance.of, chance.seed));
    let numbers = [case, u32::from(policy.deny.is_some()), most, one, of, u32::from(seed.is_some())];
    names.concat().iter().chain(&numbers).for_each(|number| put(bytes, *number));
    bytes.extend(seed.unwrap_or_default().to_le_bytes());
    // How often it was called, and whether a line said that a call was refused.
    bytes.extend([0; 8]);
    at
}

fn flags(what: &What, side: Side) -> u32 {
    let profile = what.profile.as_ref();
    let set = |flag, is_set| if is_set { flag } else { 0 };
    set(flags::PROFILE, profile.is_some())
        | set(flags::PROFILE_ALL, profile.is_some_and(|profile| profile.all))
        | set(flags::TEXT, profile.is_some_and(|profile| profile.text))
        | set(flags::TRACE, what.trace.is_some())
        | set(flags::OTLP, what.is_otlp())
        | set(flags::RAW, side == Side::Raw)
}

fn put(bytes: &mut Vec<u8>, number: u32) {
    bytes.extend(number.to_le_bytes());
}

/// Texts, one behind the other.
struct Texts {
    at: u32,
    bytes: Vec<u8>,
}

impl Texts {
    /// Where a text is, and how long.
    fn add(&mut self, text: &str) -> [u32; 2] {
        let at = self.at + self.bytes.len() as u32;
        self.bytes.extend(text.as_bytes());
        [at, text.len() as u32]
    }
}

#[cfg(test)]
mod tests {
    use super::super::known::Side;
    use super::super::options::{Profile, What};
    use super::{About, Row, tables};

    #[test]
    fn tables_are_small_however_many_functions_there_are() {
        let errors: Vec<String> = (0..30).map(|case| format!("the-case-of-number-{case}")).collect();
        let paths: Vec<String> = (0..400).map(|path| format!("an-interface.a-resource.a-function-{path}")).collect();
        let rows: Vec<_> = paths
            .iter()
            .map(|path| Row { path, errors: &errors, waits: false, is_reported: true, policy: None, refused: None })
            .collect();
        let what = What { profile: Some(Profile::default()), ..What::default() };
        let about = About { what: &what, side: Side::Friendly, rows: &rows, raw: &[], hooks: &[], layout: None };
        let tables = tables(0, &about);
        assert!(tables.bytes.len() < 32 * 1024, "{}", tables.bytes.len());
        assert!(tables.end < 256 * 1024 - 128 * 1024, "{}", tables.end);
    }
}
