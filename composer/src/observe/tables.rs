//! What the observer works with, laid out behind its own memory: what is observed, and room for counts and for a line.
//!
//! `adapter/observer/src/tables.rs` reads it; the two have to agree. Numbers are of 32 bits unless they say otherwise.

use super::known::Side;
use super::options::{Output, What};

/// How many bytes a line has at most: what log endpoints take as one.
const LINE: u32 = 16 * 1024;

/// Sizes in bytes.
const HEAD: u32 = 40;
const FUNCTION: u32 = 24;
const TEXT: u32 = 8;
const TOTALS: u32 = 48;

mod flags {
    pub const PROFILE: u32 = 1;
    pub const PROFILE_ALL: u32 = 2;
    pub const TEXT: u32 = 4;
    pub const TRACE: u32 = 8;
    pub const RAW: u32 = 16;
}

/// A function, as the observer knows it.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub path: &'a str,
    pub errors: &'a [String],
    pub waits: bool,
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

/// Lays out the tables from `start` on. There is one more row than functions: the observer measures itself with it.
pub(super) fn tables(start: u32, what: &What, side: Side, rows: &[Row<'_>]) -> Tables {
    let spare = Row { path: "", errors: &[], waits: false };
    let rows: Vec<&Row<'_>> = rows.iter().chain([&spare]).collect();
    // Most functions fail with one of a few errors.
    let mut errors: Vec<&[String]> = Vec::new();
    for row in &rows {
        if !errors.contains(&row.errors) {
            errors.push(row.errors);
        }
    }
    let functions = start + HEAD;
    let names = functions + FUNCTION * rows.len() as u32;
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
    let log = match &what.output {
        Output::Stderr => [start, 0],
        Output::Log(name) => texts.add(name),
    };
    let line = (texts.at + texts.bytes.len() as u32).next_multiple_of(8);
    let mut totals = line + LINE;

    let mut bytes = Vec::new();
    let limit = what.profile.as_ref().map_or(0, |profile| u64::try_from(profile.over.as_nanos()).unwrap_or(u64::MAX));
    [flags(what, side), rows.len() as u32].iter().for_each(|number| put(&mut bytes, *number));
    bytes.extend(limit.to_le_bytes());
    [functions, line, LINE, log[0], log[1], 0].iter().for_each(|number| put(&mut bytes, *number));
    for (row, ([name, length], errors)) in rows.iter().zip(entries) {
        let count = row.errors.len() as u32;
        [name, length, errors, count, totals, u32::from(row.waits)].iter().for_each(|number| put(&mut bytes, *number));
        totals += (TOTALS + 4 * count).next_multiple_of(8);
    }
    bytes.extend(lists);
    bytes.extend(texts.bytes);
    Tables { start, bytes, end: totals }
}

fn flags(what: &What, side: Side) -> u32 {
    let profile = what.profile.as_ref();
    let set = |flag, is_set| if is_set { flag } else { 0 };
    set(flags::PROFILE, profile.is_some())
        | set(flags::PROFILE_ALL, profile.is_some_and(|profile| profile.all))
        | set(flags::TEXT, profile.is_some_and(|profile| profile.text))
        | set(flags::TRACE, what.trace)
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
    use super::{Row, tables};

    #[test]
    fn tables_are_small_however_many_functions_there_are() {
        let errors: Vec<String> = (0..30).map(|case| format!("the-case-of-number-{case}")).collect();
        let paths: Vec<String> = (0..400).map(|path| format!("an-interface.a-resource.a-function-{path}")).collect();
        let rows: Vec<_> = paths.iter().map(|path| Row { path, errors: &errors, waits: false }).collect();
        let what = What { profile: Some(Profile::default()), ..What::default() };
        let tables = tables(0, &what, Side::Friendly, &rows);
        assert!(tables.bytes.len() < 32 * 1024, "{}", tables.bytes.len());
        assert!(tables.end < 256 * 1024 - 128 * 1024, "{}", tables.end);
    }
}
