//! The lines that a recorder wrote, as what happened: numbers of functions and what was in memory, without types.

use super::between::kinds;
use super::error::RecordError;

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The app called a function of the host.
    Call(Passed),
    /// The host answered.
    Answer(Passed),
    /// The app dropped a resource: its number, and the handle.
    Drop(usize, u32),
    /// The host gave a resource when it called the app: its place, and the handle.
    Given(usize, u32),
    /// The app answered the host, and said whether all went well.
    Ended(bool),
}

/// Values on their way between an app and its host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// The number of the function.
    pub function: usize,
    /// Those that are passed without memory.
    pub values: Vec<u64>,
    /// What is in memory.
    pub memory: Memory,
}

/// A part of a memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memory {
    /// Its address.
    pub start: u32,
    /// What is there.
    pub bytes: Vec<u8>,
}

/// How many values a line has: of a call, and of an answer, for each function.
pub type Counts = [usize; 2];

/// Reads a line.
pub fn event(line: &str, counts: &[Counts]) -> Result<Event, RecordError> {
    let mut digits = Digits { rest: line.get(1..).unwrap_or_default() };
    let kind = line.bytes().next().unwrap_or_default();
    let number = usize::try_from(digits.number(8)?).unwrap_or(usize::MAX);
    let mut passed = |side: usize| {
        let count = counts.get(number).map(|counts| counts[side]).ok_or_else(|| wrong("there is no such function"))?;
        let values = (0..count).map(|_| digits.number(16)).collect::<Result<_, _>>()?;
        let start = u32::try_from(digits.number(8)?).map_err(wrong)?;
        Ok(Passed { function: number, values, memory: Memory { start, bytes: digits.bytes()? } })
    };
    match kind {
        kinds::CALL => passed(0).map(Event::Call),
        kinds::ANSWER => passed(1).map(Event::Answer),
        kinds::DROP => Ok(Event::Drop(number, handle(&mut digits)?)),
        kinds::GIVEN => Ok(Event::Given(number, handle(&mut digits)?)),
        kinds::ENDED => Ok(Event::Ended(digits.number(16)? != 0)),
        _ => Err(wrong("it begins with nothing that is known")),
    }
}

fn handle(digits: &mut Digits<'_>) -> Result<u32, RecordError> {
    u32::try_from(digits.number(16)?).map_err(wrong)
}

fn wrong(reason: impl ToString) -> RecordError {
    RecordError::Line { reason: reason.to_string() }
}

struct Digits<'a> {
    rest: &'a str,
}

impl Digits<'_> {
    fn number(&mut self, count: usize) -> Result<u64, RecordError> {
        let (digits, rest) = self.rest.split_at_checked(count).ok_or_else(|| wrong("it ends too early"))?;
        self.rest = rest;
        u64::from_str_radix(digits, 16).map_err(wrong)
    }

    fn bytes(&mut self) -> Result<Vec<u8>, RecordError> {
        let mut bytes = Vec::with_capacity(self.rest.len() / 2);
        while !self.rest.is_empty() {
            bytes.push(u8::try_from(self.number(2)?).map_err(wrong)?);
        }
        Ok(bytes)
    }
}

impl Memory {
    /// So many bytes at an address.
    pub fn get(&self, at: u32, count: u32) -> Result<&[u8], RecordError> {
        // Nothing may be anywhere.
        if count == 0 {
            return Ok(&[]);
        }
        let start = at.checked_sub(self.start).ok_or_else(|| wrong("an address is not in memory"))? as usize;
        let bytes = self.bytes.get(start..start.saturating_add(count as usize));
        bytes.ok_or_else(|| wrong("an address is not in memory"))
    }

    /// A number of so many bytes at an address.
    pub fn number(&self, at: u32, count: u32) -> Result<u64, RecordError> {
        Ok(self.get(at, count)?.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_has_as_many_values_as_its_function() {
        let line = "C00000001000000000000002a00000010ff00";
        let memory = Memory { start: 16, bytes: vec![0xff, 0] };
        let call = Event::Call(Passed { function: 1, values: vec![42], memory: memory.clone() });
        assert_eq!(event(line, &[[0, 0], [1, 0]]).unwrap_or_else(|error| panic!("{error}")), call);
        assert_eq!(memory.number(16, 2).unwrap_or_else(|error| panic!("{error}")), 255);
        for wrong in ["", "C", "C00000009", "X00000000", "C0000000100", "C00000001000000000000002a00000010f"] {
            assert!(event(wrong, &[[0, 0], [1, 0]]).is_err(), "{wrong}");
        }
        assert!(memory.get(15, 1).is_err() && memory.get(17, 2).is_err() && memory.get(0, 0).is_ok());
    }
}
