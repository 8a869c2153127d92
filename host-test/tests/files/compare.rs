//! Random steps in the guest and in a real folder, and where their answers differ on purpose.
//!
//! What is not compared at all: hashes as numbers, times that were not set, the size and the links of folders, and a full
//! `/tmp`, which a disk does not have.

use fastrand::Rng;

use crate::guest::Guest;
use crate::image::Item;
use crate::random;
use crate::real::Real;
use crate::steps::{At, FileSystem, Outcome, ROOT, Step, TMP, Value};

/// Where a descriptor comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    Root,
    Tmp,
}

/// What a sequence came to.
pub struct Played {
    /// How many steps were made in both.
    pub made: usize,
    /// How many of them were no errors.
    pub succeeded: usize,
    /// The last one, if the answers differ.
    pub difference: Option<String>,
}

/// Plays a random sequence.
pub fn sequence(guest: &Guest, app: &Item, seed: u64, length: usize) -> Played {
    let mut random = Rng::with_seed(seed);
    let (mut sandbox, mut real) = (guest.start(), Real::new(app));
    let mut origins = vec![Origin::Root, Origin::Tmp];
    let mut played = Played { made: 0, succeeded: 0, difference: None };
    let mut log = Vec::new();
    let mut beginning = random::beginning().into_iter();
    while played.made < length {
        let step = beginning.next().unwrap_or_else(|| random::step(&mut random, origins.len()));
        if !is_comparable(&step, &origins) {
            continue;
        }
        let answers = (sandbox.perform(&step), real.perform(&step));
        // Without all of the bytes.
        log.push(format!("{step:?}").chars().take(200).collect::<String>());
        played.made += 1;
        if !agree(&step, &answers.0, &answers.1, &origins) {
            let before = log.join("\n");
            let [guest, real] = [answers.0, answers.1].map(|answer| format!("{answer:?}"));
            played.difference = Some(format!("seed {seed}:\n{before}\nthe guest: {guest:.200}\na folder: {real:.200}"));
            return played;
        }
        played.succeeded += usize::from(answers.0.is_ok());
        if let (Step::Open { at, .. }, Ok(_)) = (&step, &answers.0) {
            origins.push(origins[*at]);
        } else if let Step::Close { at } = &step {
            origins.remove(*at);
        }
    }
    played
}

/// Whether both can be asked.
fn is_comparable(step: &Step, origins: &[Origin]) -> bool {
    let from = |at: At| origins[at];
    // It would leave nothing to compare with.
    let is_start = matches!(step, Step::Close { at: ROOT | TMP });
    // In the guest `create` opens a file that is there, also a read-only one, if it is not to be written. A folder that
    // cannot be changed refuses it.
    let is_refused = matches!(step, Step::Open { at, how, .. }
        if from(*at) == Origin::Root && how.open.contains(&"create"));
    // wasmtime-wasi takes the slash away, so a file gets the name; POSIX says `not-directory`.
    let is_stripped = matches!(step, Step::Rename { new, .. } if new.ends_with('/'));
    // wasmtime-wasi makes `a/.` of `a/`, which is `invalid`; POSIX removes the directory.
    let is_dotted = matches!(step, Step::RemoveDirectory { path, .. } if path.ends_with('/'));
    if is_start || is_refused || is_stripped || is_dotted {
        return false;
    }
    step.paths().iter().all(|(at, path)| {
        // In the guest `..` goes on in the one tree; a real folder is left by none.
        let mut depth = 0_i32;
        let stays = path.split('/').filter(|part| !["", "."].contains(part)).all(|part| {
            depth += if part == ".." { -1 } else { 1 };
            depth >= 0
        });
        // The folder that stands for `/` cannot be changed, not even its `tmp`.
        let is_tmp = from(*at) == Origin::Root && path.contains("tmp");
        stays && !(is_tmp && (step.changes() || matches!(step, Step::Open { .. })))
    })
}

/// Whether the answers are the same, or differ on purpose.
fn agree(step: &Step, guest: &Outcome, real: &Outcome, origins: &[Origin]) -> bool {
    let is_read_only = step.descriptors().iter().any(|at| origins[*at] == Origin::Root);
    match (step, guest, real) {
        // A folder that cannot be changed is `not-permitted`, whatever the path; here it is `read-only`, and whatever else
        // is wrong is said first, as POSIX does.
        (_, Err(_), Err(code)) if code == "not-permitted" && is_read_only && step.changes() => true,
        // The folders of wasmtime-wasi that are given at the start are opened in a way that cannot set times (`O_PATH`).
        (Step::SetTimes { at: ROOT | TMP, path: None, .. }, Ok(_), Err(code)) if code == "bad-descriptor" => true,
        // The guest says `mutate-directory` of each folder in `/tmp`, and `write` of `/tmp` itself, for `access`.
        (Step::Flags { at }, Ok(Value::Flags(guest)), Ok(Value::Flags(real))) => {
            let is_own = |flag: &String| flag == "mutate-directory" || (*at == TMP && flag == "write");
            guest.iter().filter(|flag| !is_own(flag)).eq(real)
        }
        (_, guest, real) => guest == real,
    }
}
