//! Steps at random: few names, so that they meet.

use fastrand::Rng;

use crate::steps::{How, Step, Time};

/// Names of `/tmp`, and of the read-only files of [`crate::app`].
const NAMES: [&str; 4] = ["a", "b", "c", "d"];
const FIXED: [&str; 8] =
    ["app", "app/data.txt", "app/empty", "app/templates", "app/templates/page.html", "main.py", "tmp", "none"];
/// What a path may end with.
const ENDS: [&str; 5] = ["/", "/.", "/..", "//", "/./"];

fn one<T: Copy>(random: &mut Rng, of: &[T]) -> T {
    of[random.usize(..of.len())]
}

fn path(random: &mut Rng) -> String {
    let mut path = if random.u8(..6) == 0 { one(random, &FIXED).to_owned() } else { one(random, &NAMES).to_owned() };
    for _ in 0..one(random, &[0, 0, 1, 1, 2]) {
        let between = one(random, &["/", "/", "/", "//", "/./", "/../"]);
        path = format!("{path}{between}{}", one(random, &NAMES));
    }
    match random.u8(..12) {
        0 | 1 => path.push_str(one(random, &ENDS)),
        2 => return one(random, &["", ".", "./.", "/a", "./a"]).to_owned(),
        3.. => {}
    }
    path
}

fn offset(random: &mut Rng) -> u64 {
    match random.u8(..4) {
        0 => 0,
        1 => random.u64(..400),
        2 => random.u64(65_400..65_700),
        3.. => random.u64(..150_000),
    }
}

fn bytes(random: &mut Rng) -> Vec<u8> {
    let most = one(random, &[1, 10, 300, 3000, 70_000]);
    let length = random.usize(..=most);
    let first = random.usize(..256);
    (first..first + length).map(|number| (number * 7 + number / 256) as u8).collect()
}

fn how(random: &mut Rng) -> How {
    let mut some = |flags: &[(&'static str, u8)]| -> Vec<&'static str> {
        flags.iter().filter(|(_, of)| random.u8(..*of) == 0).map(|(flag, _)| *flag).collect()
    };
    How {
        open: some(&[("create", 2), ("directory", 6), ("exclusive", 6), ("truncate", 6)]),
        flags: some(&[("read", 2), ("write", 2), ("mutate-directory", 4)]),
    }
}

fn time(random: &mut Rng) -> Option<Time> {
    random.bool().then(|| (random.u64(..1 << 31), random.u32(..1_000_000_000)))
}

/// What a sequence begins with, so that there is something to work with.
pub fn beginning() -> Vec<Step> {
    let how = || How { open: vec!["create"], flags: vec!["read", "write"] };
    let file = |path: &str| Step::Open { at: 1, path: path.to_owned(), how: how() };
    let directory = |path: &str| Step::CreateDirectory { at: 1, path: path.to_owned() };
    vec![directory("a"), directory("a/b"), file("c"), file("a/d"), directory("b")]
}

/// A step about some of so many descriptors.
pub fn step(random: &mut Rng, descriptors: usize) -> Step {
    let place = |random: &mut Rng| match random.u8(..4) {
        0 => 1,
        1.. => random.usize(..descriptors),
    };
    let (at, to) = (place(random), place(random));
    match random.u8(..40) {
        0..=9 => Step::Open { at, path: path(random), how: how(random) },
        10 => Step::Close { at },
        11 => Step::Read { at, length: random.u64(..100_000), offset: offset(random) },
        12 | 13 => {
            let lengths = (0..random.usize(1..4)).map(|_| random.u64(1..40_000)).collect();
            Step::ReadStream { at, offset: offset(random), skipped: one(random, &[0, 1, 500, 70_000]), lengths }
        }
        14 => Step::Write { at, bytes: bytes(random), offset: offset(random) },
        15..=17 => {
            let offset = random.bool().then(|| offset(random));
            Step::WriteStream { at, offset, pieces: (0..random.usize(1..4)).map(|_| bytes(random)).collect() }
        }
        18 => Step::SetSize { at, size: offset(random) },
        19 | 20 => {
            let path = random.bool().then(|| path(random));
            Step::SetTimes { at, path, accessed: time(random), modified: time(random) }
        }
        21 | 22 => Step::List { at },
        23..=25 => Step::CreateDirectory { at, path: path(random) },
        26 => Step::RemoveDirectory { at, path: path(random) },
        27 => Step::Unlink { at, path: path(random) },
        28..=30 => Step::Rename { at, path: path(random), to, new: path(random) },
        31 => Step::Link { at, path: path(random), to, new: path(random) },
        32 => Step::Stat { at },
        33 => Step::StatAt { at, path: path(random) },
        34 => Step::Kind { at },
        35 => Step::Flags { at },
        36 if random.bool() => Step::Sync { at },
        36 => Step::SyncData { at },
        37 => Step::Advise { at, offset: offset(random), length: offset(random) },
        38 => Step::IsSame { at, other: to },
        39.. => match random.bool() {
            true => Step::HasHash { at, path: path(random), other: to },
            false => Step::ReadLink { at, path: path(random) },
        },
    }
}
