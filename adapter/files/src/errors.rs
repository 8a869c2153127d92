//! Why a call fails: the codes of `wasi:filesystem/types.error-code` that the file system answers with.

/// A reason, named as in `wasi:filesystem/types.error-code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// The descriptor is a directory where a file is needed, or was not opened for this.
    BadDescriptor,
    /// The name belongs to the file system itself: `/tmp`, `.` or `..`.
    Busy,
    /// One name is in `/tmp` and the other is not.
    CrossDevice,
    /// There is something with this name.
    Exist,
    /// The image does not say what it should.
    Io,
    /// An argument that no file system accepts.
    Invalid,
    /// The name is that of a directory, and the call is for files.
    IsDirectory,
    /// A name of more than 255 bytes, or a path of more than 4,095.
    NameTooLong,
    /// There is nothing with this name.
    NoEntry,
    /// Too many descriptors and streams are open, or the sandbox has no memory left.
    InsufficientMemory,
    /// `/tmp` is full.
    InsufficientSpace,
    /// The path goes through a file, or is a file where a directory is needed.
    NotDirectory,
    /// The directory has entries.
    NotEmpty,
    /// The file system has no such thing.
    Unsupported,
    /// An absolute path, or a hard link to a directory.
    NotPermitted,
    /// Only `/tmp` can be written to.
    ReadOnly,
}

impl Code {
    /// What `wasi:io/error.error.to-debug-string` says.
    pub const fn text(self) -> &'static str {
        match self {
            Self::BadDescriptor => "the file was not opened for this",
            Self::Busy => "the name belongs to the file system",
            Self::CrossDevice => "only one of the names is in /tmp",
            Self::Exist => "the name exists",
            Self::Io => "the image of files is damaged; build the app again",
            Self::Invalid => "an argument is not valid",
            Self::IsDirectory => "the name is a directory",
            Self::NameTooLong => "the name or the path is too long",
            Self::NoEntry => "there is no such name",
            Self::InsufficientMemory => "too many files are open, or memory is used up",
            Self::InsufficientSpace => "/tmp is full",
            Self::NotDirectory => "the name is no directory",
            Self::NotEmpty => "the directory is not empty",
            Self::Unsupported => "the file system does not support this",
            Self::NotPermitted => "the path is absolute, or the link is to a directory",
            Self::ReadOnly => "only /tmp can be written to",
        }
    }
}

/// What a call of the file system gives.
pub type Answer<T> = Result<T, Code>;
