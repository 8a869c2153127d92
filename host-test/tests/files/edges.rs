//! Each function at its edges, as a table: what it answers in the read-only files and in `/tmp`.

use crate::guest::Sandbox;
use crate::steps::{At, FileSystem, How, Outcome, ROOT, Step, TMP, Value};

/// The descriptors that [`prepare`] opens, behind those of `/` and `/tmp`.
const FIXED: At = 2;
const FOLDER: At = 3;
const FILE: At = 4;
const WRITE_ONLY: At = 5;
const READ_ONLY: At = 6;
const REMOVED: At = 7;

fn open(at: At, path: &str, open: &[&'static str], flags: &[&'static str]) -> Step {
    Step::Open { at, path: path.to_owned(), how: How { open: open.to_vec(), flags: flags.to_vec() } }
}

/// Opens what the table is about, in `/tmp` and elsewhere.
pub fn prepare(sandbox: &mut Sandbox) {
    let steps = [
        open(ROOT, "app/data.txt", &[], &["read"]),
        open(ROOT, "app", &["directory"], &["read"]),
        open(TMP, "file", &["create"], &["read", "write"]),
        open(TMP, "file", &[], &["write"]),
        open(TMP, "file", &[], &["read"]),
        Step::CreateDirectory { at: TMP, path: "gone".to_owned() },
        open(TMP, "gone", &[], &["read"]),
        Step::RemoveDirectory { at: TMP, path: "gone".to_owned() },
        Step::CreateDirectory { at: TMP, path: "folder".to_owned() },
        Step::CreateDirectory { at: TMP, path: "folder/inner".to_owned() },
        Step::CreateDirectory { at: TMP, path: "empty".to_owned() },
    ];
    for step in steps {
        assert_eq!(sandbox.perform(&step), Ok(Value::Done), "{step:?}");
    }
}

fn fails(code: &str) -> Outcome {
    Err(code.to_owned())
}

fn done() -> Outcome {
    Ok(Value::Done)
}

/// Steps, each with what it answers. They are made in this order.
pub fn table() -> Vec<(Step, Outcome)> {
    [opening(), contents(), names(), metadata(), paths()].concat()
}

fn opening() -> Vec<(Step, Outcome)> {
    let opened = |step: Step, at: At| [(step, done()), (Step::Close { at }, done())];
    let next = REMOVED + 1;
    [
        // Read-only files are opened for reading, also where `create` asks for nothing.
        opened(open(ROOT, "app/data.txt", &["create"], &["read"]), next).to_vec(),
        opened(open(ROOT, "app", &[], &[]), next).to_vec(),
        opened(open(TMP, "../app/./data.txt", &[], &["read"]), next).to_vec(),
        opened(open(ROOT, "../../app/../tmp/file", &[], &["read", "write"]), next).to_vec(),
        vec![
            (open(ROOT, "app/data.txt", &[], &["write"]), fails("read-only")),
            (open(ROOT, "app/data.txt", &["truncate"], &["read"]), fails("read-only")),
            (open(ROOT, "app/data.txt", &["create", "exclusive"], &["read"]), fails("exist")),
            (open(ROOT, "app/new", &["create"], &["write"]), fails("read-only")),
            (open(ROOT, "app/new", &[], &["read"]), fails("no-entry")),
            (open(ROOT, "app", &[], &["write"]), fails("is-directory")),
            (open(ROOT, "app", &["create"], &["read"]), fails("is-directory")),
            (open(ROOT, "app/data.txt", &["directory"], &["read"]), fails("not-directory")),
            (open(ROOT, "app/data.txt/", &[], &["read"]), fails("not-directory")),
            (open(ROOT, "app/data.txt/x", &[], &["read"]), fails("not-directory")),
            (open(FIXED, "x", &[], &["read"]), fails("not-directory")),
            (open(TMP, "folder", &["truncate"], &["read"]), fails("is-directory")),
            (open(TMP, "file", &["create", "exclusive"], &["write"]), fails("exist")),
            (open(TMP, "new", &["create", "directory"], &["write"]), fails("invalid")),
            (open(TMP, "new/", &["create"], &["write"]), fails("is-directory")),
            (open(TMP, "none/new", &["create"], &["write"]), fails("no-entry")),
            (open(REMOVED, "new", &["create"], &["write"]), fails("no-entry")),
            (open(REMOVED, "..", &[], &["read"]), fails("no-entry")),
        ],
    ]
    .concat()
}

fn contents() -> Vec<(Step, Outcome)> {
    let write = |at, offset| Step::Write { at, bytes: b"abc".to_vec(), offset };
    let stream = |at, offset| Step::WriteStream { at, offset, pieces: vec![b"de".to_vec()] };
    let read = |at, offset| Step::Read { at, length: 10, offset };
    let read_stream = |at, offset| Step::ReadStream { at, offset, skipped: 0, lengths: vec![4] };
    let bytes = |bytes: &[u8]| Ok(Value::Bytes(bytes.to_vec()));
    let advise = |at| Step::Advise { at, offset: u64::MAX, length: u64::MAX };
    vec![
        (write(FILE, 0), Ok(Value::Count(3))),
        (stream(WRITE_ONLY, Some(5)), done()),
        (stream(FILE, None), done()),
        (read(READ_ONLY, 0), bytes(b"abc\0\0dede")),
        (read(READ_ONLY, 9), bytes(b"")),
        (read(READ_ONLY, u64::MAX), bytes(b"")),
        (read_stream(READ_ONLY, 7), bytes(b"de")),
        (read_stream(READ_ONLY, 9), fails("closed")),
        (read_stream(READ_ONLY, u64::MAX), fails("closed")),
        (read_stream(FIXED, 5), bytes(b"data")),
        (read_stream(FIXED, 10), fails("closed")),
        (Step::ReadStream { at: FIXED, offset: 0, skipped: 9, lengths: vec![4] }, bytes(b"\n")),
        (Step::ReadStream { at: FIXED, offset: 0, skipped: 11, lengths: vec![] }, fails("closed")),
        (write(FILE, u64::MAX), fails("invalid")),
        (write(FILE, 1 << 40), fails("insufficient-space")),
        (stream(FILE, Some(u64::MAX)), fails("invalid")),
        (Step::Write { at: FILE, bytes: Vec::new(), offset: u64::MAX }, Ok(Value::Count(0))),
        (Step::SetSize { at: FILE, size: u64::MAX }, fails("insufficient-space")),
        (Step::SetSize { at: WRITE_ONLY, size: 2 }, done()),
        (read(FILE, 0), bytes(b"ab")),
        (Step::SetSize { at: FILE, size: 4 }, done()),
        (read(FILE, 0), bytes(b"ab\0\0")),
        // What was not opened for it.
        (read(WRITE_ONLY, 0), fails("bad-descriptor")),
        (read_stream(WRITE_ONLY, 0), fails("bad-descriptor")),
        (write(READ_ONLY, 0), fails("bad-descriptor")),
        (stream(READ_ONLY, Some(0)), fails("bad-descriptor")),
        (stream(READ_ONLY, None), fails("bad-descriptor")),
        (Step::SetSize { at: READ_ONLY, size: 0 }, fails("invalid")),
        (write(FIXED, 0), fails("bad-descriptor")),
        (stream(FIXED, None), fails("bad-descriptor")),
        (Step::SetSize { at: FIXED, size: 0 }, fails("invalid")),
        (read(TMP, 0), fails("bad-descriptor")),
        (read_stream(FOLDER, 0), fails("bad-descriptor")),
        (write(TMP, 0), fails("bad-descriptor")),
        (stream(TMP, Some(0)), fails("bad-descriptor")),
        (Step::SetSize { at: TMP, size: 0 }, fails("bad-descriptor")),
        (advise(FIXED), done()),
        (advise(FILE), done()),
        (advise(TMP), fails("bad-descriptor")),
    ]
}

fn names() -> Vec<(Step, Outcome)> {
    let make = |at, path: &str| Step::CreateDirectory { at, path: path.to_owned() };
    let remove = |at, path: &str| Step::RemoveDirectory { at, path: path.to_owned() };
    let unlink = |at, path: &str| Step::Unlink { at, path: path.to_owned() };
    let rename = |at, path: &str, to, new: &str| Step::Rename { at, path: path.to_owned(), to, new: new.to_owned() };
    let link = |at, path: &str, to, new: &str| Step::Link { at, path: path.to_owned(), to, new: new.to_owned() };
    vec![
        (make(ROOT, "new"), fails("read-only")),
        (make(FOLDER, "__pycache__"), fails("read-only")),
        (make(ROOT, "app"), fails("exist")),
        (make(ROOT, "tmp"), fails("exist")),
        (make(TMP, "."), fails("exist")),
        (make(REMOVED, "new"), fails("no-entry")),
        (make(FIXED, "new"), fails("not-directory")),
        (remove(ROOT, "app"), fails("read-only")),
        (remove(ROOT, "tmp"), fails("busy")),
        (remove(TMP, "../tmp"), fails("busy")),
        (remove(TMP, "."), fails("invalid")),
        (remove(TMP, "folder"), fails("not-empty")),
        (remove(TMP, "file"), fails("not-directory")),
        (remove(TMP, "none"), fails("no-entry")),
        (unlink(ROOT, "main.py"), fails("read-only")),
        (unlink(ROOT, "none"), fails("no-entry")),
        (unlink(ROOT, "app"), fails("is-directory")),
        (unlink(TMP, "folder"), fails("is-directory")),
        (unlink(TMP, "."), fails("is-directory")),
        (unlink(TMP, "file/"), fails("not-directory")),
        (rename(ROOT, "main.py", ROOT, "other.py"), fails("read-only")),
        (rename(ROOT, "main.py", TMP, "main.py"), fails("cross-device")),
        (rename(TMP, "file", ROOT, "file"), fails("cross-device")),
        (rename(ROOT, "tmp", ROOT, "temp"), fails("busy")),
        (rename(ROOT, "app", ROOT, "tmp"), fails("busy")),
        (rename(TMP, ".", TMP, "x"), fails("busy")),
        (rename(TMP, "none", TMP, "x"), fails("no-entry")),
        (rename(TMP, "file", TMP, "folder"), fails("is-directory")),
        (rename(TMP, "folder", TMP, "file"), fails("not-directory")),
        (rename(TMP, "folder", TMP, "folder/inner/x"), fails("invalid")),
        (rename(TMP, "folder/inner", TMP, "folder"), fails("not-empty")),
        (rename(TMP, "empty", TMP, "folder"), fails("not-empty")),
        (rename(TMP, "file", TMP, "new/"), fails("not-directory")),
        (rename(TMP, "file", REMOVED, "x"), fails("no-entry")),
        (rename(TMP, "folder", TMP, "empty"), done()),
        (rename(TMP, "empty/inner", TMP, "folder"), done()),
        (link(TMP, "file", TMP, "second"), done()),
        (link(TMP, "file", TMP, "folder"), fails("exist")),
        (link(TMP, "folder", TMP, "third"), fails("not-permitted")),
        (link(TMP, "none", TMP, "third"), fails("no-entry")),
        (link(ROOT, "main.py", TMP, "third"), fails("cross-device")),
        (link(ROOT, "main.py", ROOT, "third"), fails("read-only")),
        (rename(TMP, "file", TMP, "second"), done()),
        (Step::List { at: TMP }, entries(&["empty/", "file", "folder/", "second"])),
        (unlink(TMP, "file"), done()),
        (Step::List { at: ROOT }, entries(&["app/", "main.py", "tmp/"])),
        (Step::List { at: FOLDER }, entries(&["data.txt", "empty", "templates/"])),
        (Step::List { at: REMOVED }, entries(&[])),
        (Step::List { at: FIXED }, fails("not-directory")),
        (Step::Symlink { at: TMP, path: "link".to_owned() }, fails("unsupported")),
        (Step::Symlink { at: ROOT, path: "link".to_owned() }, fails("unsupported")),
        (Step::ReadLink { at: TMP, path: "second".to_owned() }, fails("invalid")),
        (Step::ReadLink { at: ROOT, path: "app".to_owned() }, fails("invalid")),
        (Step::ReadLink { at: ROOT, path: "none".to_owned() }, fails("no-entry")),
    ]
}

fn metadata() -> Vec<(Step, Outcome)> {
    let times = |at, path: Option<&str>, nanoseconds| Step::SetTimes {
        at,
        path: path.map(str::to_owned),
        accessed: None,
        modified: Some((7, nanoseconds)),
    };
    let set = || Ok(Value::Times(None, Some((7, 9))));
    let hash = |at, path: &str, other| Step::HasHash { at, path: path.to_owned(), other };
    let file = |size, links| Ok(Value::Stat { kind: "regular-file".to_owned(), file: Some((size, links)) });
    let flags = |flags: &[&str]| Ok(Value::Flags(flags.iter().map(|flag| (*flag).to_owned()).collect()));
    vec![
        (times(TMP, Some("second"), 9), set()),
        (times(FILE, None, 9), set()),
        (times(TMP, None, 9), set()),
        (times(TMP, None, 1_000_000_000), fails("invalid")),
        (times(FIXED, None, 9), fails("read-only")),
        (times(ROOT, Some("app"), 9), fails("read-only")),
        (times(ROOT, Some("none"), 9), fails("no-entry")),
        (Step::Stat { at: FIXED }, file(10, 1)),
        (Step::Stat { at: FILE }, file(4, 1)),
        (Step::Stat { at: REMOVED }, Ok(Value::Stat { kind: "directory".to_owned(), file: None })),
        (Step::Kind { at: FIXED }, Ok(Value::Kind("regular-file".to_owned()))),
        (Step::Kind { at: TMP }, Ok(Value::Kind("directory".to_owned()))),
        (Step::Flags { at: ROOT }, flags(&["read"])),
        (Step::Flags { at: TMP }, flags(&["read", "write", "mutate-directory"])),
        (Step::Flags { at: FIXED }, flags(&["read"])),
        (Step::Flags { at: FILE }, flags(&["read", "write"])),
        (Step::Flags { at: WRITE_ONLY }, flags(&["write"])),
        (Step::Sync { at: FIXED }, done()),
        (Step::Sync { at: TMP }, done()),
        (Step::SyncData { at: FILE }, done()),
        (Step::IsSame { at: FILE, other: READ_ONLY }, Ok(Value::Is(true))),
        (Step::IsSame { at: FILE, other: FIXED }, Ok(Value::Is(false))),
        (hash(TMP, "second", FILE), Ok(Value::Is(true))),
        (hash(TMP, "../app/data.txt", FIXED), Ok(Value::Is(true))),
        (hash(TMP, "folder", FILE), Ok(Value::Is(false))),
        (hash(ROOT, "app", FIXED), Ok(Value::Is(false))),
        (hash(ROOT, "none", FIXED), fails("no-entry")),
    ]
}

fn paths() -> Vec<(Step, Outcome)> {
    let stat = |at, path: &str| Step::StatAt { at, path: path.to_owned() };
    let folder = || Ok(Value::Stat { kind: "directory".to_owned(), file: None });
    vec![
        (stat(ROOT, ""), fails("no-entry")),
        (stat(ROOT, "/app"), fails("not-permitted")),
        (stat(ROOT, "/"), fails("not-permitted")),
        (stat(ROOT, "app\0"), fails("invalid")),
        (stat(ROOT, ".."), folder()),
        (stat(ROOT, "../../../../../etc/passwd"), fails("no-entry")),
        (stat(TMP, "../../etc"), fails("no-entry")),
        (stat(TMP, "../app"), folder()),
        (stat(ROOT, "app/none/.."), fails("no-entry")),
        (stat(ROOT, "main.py/.."), fails("not-directory")),
        (stat(ROOT, &"n".repeat(255)), fails("no-entry")),
        (stat(ROOT, &"n".repeat(256)), fails("name-too-long")),
        (stat(ROOT, &"./".repeat(2047)), folder()),
        (stat(ROOT, &"./".repeat(2048)), fails("name-too-long")),
        (Step::CreateDirectory { at: TMP, path: "n".repeat(256) }, fails("name-too-long")),
    ]
}

/// Names; a slash at the end says that it is a directory.
fn entries(names: &[&str]) -> Outcome {
    let entry = |name: &&str| match name.strip_suffix('/') {
        Some(name) => ("directory".to_owned(), name.to_owned()),
        None => ("regular-file".to_owned(), (*name).to_owned()),
    };
    Ok(Value::Entries(names.iter().map(entry).collect()))
}
