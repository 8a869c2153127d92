//! Calls of `wasi:filesystem`, as plain data: what both file systems are asked, and what they answer.

/// A descriptor: a place in the list of those that are open, from the end round to the beginning.
pub type At = usize;

/// The first descriptor is that of `/`, the second that of `/tmp`.
pub const ROOT: At = 0;
pub const TMP: At = 1;

/// Seconds and nanoseconds.
pub type Time = (u64, u32);

/// `open-flags` and `descriptor-flags`, by their names in the WIT.
#[derive(Debug, Clone, Default)]
pub struct How {
    pub open: Vec<&'static str>,
    pub flags: Vec<&'static str>,
}

/// A call, or several that belong together.
#[derive(Debug, Clone)]
pub enum Step {
    Open {
        at: At,
        path: String,
        how: How,
    },
    Close {
        at: At,
    },
    Read {
        at: At,
        length: u64,
        offset: u64,
    },
    ReadStream {
        at: At,
        offset: u64,
        skipped: u64,
        lengths: Vec<u64>,
    },
    Write {
        at: At,
        bytes: Vec<u8>,
        offset: u64,
    },
    WriteStream {
        at: At,
        offset: Option<u64>,
        pieces: Vec<Vec<u8>>,
    },
    SetSize {
        at: At,
        size: u64,
    },
    SetTimes {
        at: At,
        path: Option<String>,
        accessed: Option<Time>,
        modified: Option<Time>,
    },
    List {
        at: At,
    },
    CreateDirectory {
        at: At,
        path: String,
    },
    RemoveDirectory {
        at: At,
        path: String,
    },
    Unlink {
        at: At,
        path: String,
    },
    ReadLink {
        at: At,
        path: String,
    },
    Symlink {
        at: At,
        path: String,
    },
    Rename {
        at: At,
        path: String,
        to: At,
        new: String,
    },
    Link {
        at: At,
        path: String,
        to: At,
        new: String,
    },
    Stat {
        at: At,
    },
    StatAt {
        at: At,
        path: String,
    },
    Kind {
        at: At,
    },
    Flags {
        at: At,
    },
    Sync {
        at: At,
    },
    SyncData {
        at: At,
    },
    Advise {
        at: At,
        offset: u64,
        length: u64,
    },
    IsSame {
        at: At,
        other: At,
    },
    /// Whether the hash of a path is that of a descriptor.
    HasHash {
        at: At,
        path: String,
        other: At,
    },
}

/// What comes back where nothing fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Done,
    Bytes(Vec<u8>),
    Count(u64),
    Is(bool),
    Kind(String),
    Flags(Vec<String>),
    /// Kinds and names, sorted by the names.
    Entries(Vec<(String, String)>),
    /// Kind, size and links; the last two of files alone.
    Stat {
        kind: String,
        file: Option<(u64, u64)>,
    },
    /// What `stat` says after `set-times`, of those that were set.
    Times(Option<Time>, Option<Time>),
}

/// What comes of a step: a value, or the code of the error.
pub type Outcome = Result<Value, String>;

/// A file system that can be asked.
pub trait FileSystem {
    /// Makes a call. What is opened goes to the end of the list of descriptors, and `Close` removes it there.
    fn perform(&mut self, step: &Step) -> Outcome;
}

impl Step {
    /// The descriptors that it is about.
    pub fn descriptors(&self) -> Vec<At> {
        match self {
            Self::Open { at, .. }
            | Self::Close { at }
            | Self::Read { at, .. }
            | Self::ReadStream { at, .. }
            | Self::Write { at, .. }
            | Self::WriteStream { at, .. }
            | Self::SetSize { at, .. }
            | Self::SetTimes { at, .. }
            | Self::List { at }
            | Self::CreateDirectory { at, .. }
            | Self::RemoveDirectory { at, .. }
            | Self::Unlink { at, .. }
            | Self::ReadLink { at, .. }
            | Self::Symlink { at, .. }
            | Self::Stat { at }
            | Self::StatAt { at, .. }
            | Self::Kind { at }
            | Self::Flags { at }
            | Self::Sync { at }
            | Self::SyncData { at }
            | Self::Advise { at, .. } => vec![*at],
            Self::Rename { at, to: other, .. }
            | Self::Link { at, to: other, .. }
            | Self::IsSame { at, other }
            | Self::HasHash { at, other, .. } => vec![*at, *other],
        }
    }

    /// The paths that it is about, each with its descriptor.
    pub fn paths(&self) -> Vec<(At, &str)> {
        match self {
            Self::Open { at, path, .. }
            | Self::CreateDirectory { at, path }
            | Self::RemoveDirectory { at, path }
            | Self::Unlink { at, path }
            | Self::ReadLink { at, path }
            | Self::Symlink { at, path }
            | Self::StatAt { at, path }
            | Self::SetTimes { at, path: Some(path), .. }
            | Self::HasHash { at, path, .. } => vec![(*at, path)],
            Self::Rename { at, path, to, new } | Self::Link { at, path, to, new } => vec![(*at, path), (*to, new)],
            Self::Close { .. }
            | Self::Read { .. }
            | Self::ReadStream { .. }
            | Self::Write { .. }
            | Self::WriteStream { .. }
            | Self::SetSize { .. }
            | Self::SetTimes { path: None, .. }
            | Self::List { .. }
            | Self::Stat { .. }
            | Self::Kind { .. }
            | Self::Flags { .. }
            | Self::Sync { .. }
            | Self::SyncData { .. }
            | Self::Advise { .. }
            | Self::IsSame { .. } => Vec::new(),
        }
    }

    /// Whether it would change something, if it could.
    pub fn changes(&self) -> bool {
        match self {
            Self::Open { how, .. } => {
                !how.open.iter().all(|flag| ["directory", "exclusive"].contains(flag)) || how.flags.contains(&"write")
            }
            Self::Write { .. }
            | Self::WriteStream { .. }
            | Self::SetSize { .. }
            | Self::SetTimes { .. }
            | Self::CreateDirectory { .. }
            | Self::RemoveDirectory { .. }
            | Self::Unlink { .. }
            | Self::Symlink { .. }
            | Self::Rename { .. }
            | Self::Link { .. } => true,
            Self::Close { .. }
            | Self::Read { .. }
            | Self::ReadStream { .. }
            | Self::List { .. }
            | Self::ReadLink { .. }
            | Self::Stat { .. }
            | Self::StatAt { .. }
            | Self::Kind { .. }
            | Self::Flags { .. }
            | Self::Sync { .. }
            | Self::SyncData { .. }
            | Self::Advise { .. }
            | Self::IsSame { .. }
            | Self::HasHash { .. } => false,
        }
    }
}
