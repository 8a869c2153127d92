//! What the sandbox's Python lacks of the standard library, and what to use in its place.
//!
//! `docs/python.md` lists all of it, as running it shows; a test holds that page, and that each module here is on it.

/// Modules, and names of modules that are there, each with what to use instead.
pub const INSTEAD: [(&str, Option<&str>, &str); 16] = [
    ("bz2", None, "`gzip` and `zlib` are there"),
    ("compression.bz2", None, "`gzip` and `zlib` are there"),
    ("compression.lzma", None, "`gzip` and `zlib` are there"),
    ("compression.zstd", None, "`gzip` and `zlib` are there"),
    ("ctypes", None, "nothing but Python runs there"),
    ("dbm.gnu", None, "`sqlite3` is there"),
    ("dbm.ndbm", None, "`sqlite3` is there"),
    ("fcntl", None, "there is nobody to lock a file against"),
    ("hashlib", Some("pbkdf2_hmac"), "a loop over `hmac` does the same, slowly"),
    ("hashlib", Some("scrypt"), "a loop over `hmac` is slow; have a service check passwords"),
    ("lzma", None, "`gzip` and `zlib` are there"),
    ("mmap", None, "read the whole file when the app is imported"),
    ("multiprocessing.shared_memory", None, "there is one process, and no other"),
    ("os", Some("fork"), "there is one process, and no other"),
    ("pwd", None, "there are no users"),
    ("ssl", None, "the host makes the connections, and encrypts them"),
];

/// A sentence on a module, or a name of a module, that is lacking: and what to do instead. A name that no Python has is
/// the app's own mistake.
pub fn sentence(module: &str, name: Option<&str>) -> Option<String> {
    let instead = INSTEAD.iter().find(|(known, of, _)| *known == module && *of == name);
    let instead = instead.map(|(_, _, instead)| *instead);
    match name {
        Some(name) => Some(format!("in the Python of the sandbox, `{module}` has no `{name}`: {}", instead?)),
        None => {
            let instead = instead.unwrap_or("no package brings it; do without");
            Some(format!("the Python of the sandbox has no `{module}`: {instead}"))
        }
    }
}
