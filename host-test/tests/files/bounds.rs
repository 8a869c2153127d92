//! What a sandbox is bounded by: memory, the limit of `/tmp`, handles. Nothing of it is a trap.

use wasmtime::component::Val;

use crate::GUEST;
use crate::guest::{Guest, Sandbox};
use crate::image;
use crate::steps::{At, FileSystem, How, ROOT, Step, TMP, Value};
use crate::values::{bytes, resource};

fn open(sandbox: &mut Sandbox, at: At, path: &str) -> Result<Value, String> {
    let create: &[_] = if at == TMP { &["create"] } else { &[] };
    let flags: &[_] = if at == TMP { &["read", "write"] } else { &["read"] };
    sandbox.perform(&Step::Open {
        at,
        path: path.to_owned(),
        how: How { open: create.to_vec(), flags: flags.to_vec() },
    })
}

fn close(sandbox: &mut Sandbox) {
    sandbox.perform(&Step::Close { at: 2 }).expect("it is open");
}

fn unlink(sandbox: &mut Sandbox, path: &str) {
    sandbox.perform(&Step::Unlink { at: TMP, path: path.to_owned() }).expect("it is there");
}

/// Appends so many bytes to what was opened first.
fn append(sandbox: &mut Sandbox, size: u64) -> Result<Option<Val>, String> {
    let stream = sandbox.method("append-via-stream", sandbox.descriptors[2], &[])?;
    let stream = resource(stream.expect("a stream"));
    let answer = sandbox.stream("output-stream.write-zeroes", stream, &[Val::U64(size)]);
    sandbox.drop(stream);
    answer
}

/// 100,000 files are opened, read through a stream and closed, in the image and in `/tmp`.
#[test]
fn handles_are_given_back() {
    let mut sandbox = GUEST.start();
    let before = sandbox.memory();
    for round in 0..50_000 {
        for (at, path) in [(ROOT, "app/data.txt"), (TMP, "a")] {
            open(&mut sandbox, at, path).unwrap_or_else(|error| panic!("round {round}: {error}"));
            let read = sandbox.perform(&Step::ReadStream { at: 2, offset: 0, skipped: 0, lengths: vec![1] });
            assert!(matches!(read, Ok(Value::Bytes(_)) | Err(_)), "{read:?}");
            close(&mut sandbox);
        }
        unlink(&mut sandbox, "a");
    }
    let grown = sandbox.memory() - before;
    assert!(grown <= 128 << 10, "the memory grew by {grown} bytes");
}

/// What is removed is used again: the memory stops growing.
#[test]
fn memory_is_used_again() {
    let mut sandbox = GUEST.start();
    let mut sizes = Vec::new();
    for round in 0..60_u64 {
        for file in 0..8_u64 {
            let name = format!("{file}");
            open(&mut sandbox, TMP, &name).expect("it can be made");
            // The same sizes in another order each round, so that what is free never fits at once.
            let size = 1000 + (file * 3 + round) % 8 * 250_000;
            append(&mut sandbox, size).expect("there is room");
            close(&mut sandbox);
        }
        for file in 0..8 {
            unlink(&mut sandbox, &format!("{file}"));
        }
        sizes.push(sandbox.memory());
    }
    let (early, late) = (sizes[29], sizes[59]);
    assert!(late <= early + (64 << 10), "{early} bytes after 30 rounds, {late} after 60");
}

/// A full `/tmp` is an error, again and again; what is removed can be written again. The memory has a bound.
#[test]
fn a_full_tmp_is_an_error() {
    let mut sandbox = GUEST.start();
    let before = sandbox.memory();
    open(&mut sandbox, TMP, "all").expect("it can be made");
    assert_eq!(append(&mut sandbox, 32 << 20), Ok(None));
    let full = || Err("insufficient-space".to_owned());
    for _ in 0..100 {
        assert_eq!(sandbox.perform(&Step::WriteStream { at: 2, offset: None, pieces: vec![vec![1]] }), full());
        assert_eq!(sandbox.perform(&Step::Write { at: 2, bytes: vec![1], offset: 32 << 20 }), full());
        assert_eq!(sandbox.perform(&Step::SetSize { at: 2, size: (32 << 20) + 1 }), full());
    }
    // A name needs no room of the limit, but its bytes do.
    open(&mut sandbox, TMP, "more").expect("it can be made");
    assert_eq!(sandbox.perform(&Step::Write { at: 3, bytes: vec![1], offset: 0 }), full());
    let grown = sandbox.memory() - before;
    assert!(grown <= 42 << 20, "the memory grew by {grown} bytes for 32 MiB");
    assert_eq!(sandbox.perform(&Step::SetSize { at: 2, size: 0 }), Ok(Value::Done));
    assert_eq!(append(&mut sandbox, 32 << 20), Ok(None));
    assert!(sandbox.memory() - before <= grown + (1 << 20), "what was cut is not used again");
}

/// Names without bytes end too, long before the memory does.
#[test]
fn names_end() {
    let guest = Guest::new(Some(&image::write(&crate::app(), 1 << 20)));
    let mut sandbox = guest.start();
    let make = |sandbox: &mut Sandbox, number: usize| {
        sandbox.perform(&Step::CreateDirectory { at: TMP, path: format!("{number:0>255}") })
    };
    let made = (0..).take_while(|number| make(&mut sandbox, *number).is_ok()).count();
    assert_eq!(made, 1024 + 512);
    assert_eq!(make(&mut sandbox, made), Err("insufficient-space".to_owned()));
    assert!(sandbox.memory() < 4 << 20, "{} bytes", sandbox.memory());
}

/// Too much open is an error, and goes on when something is closed.
#[test]
fn handles_end() {
    let mut sandbox = GUEST.start();
    let opened = (0..10_000).take_while(|_| open(&mut sandbox, ROOT, "main.py").is_ok()).count();
    assert_eq!(opened, 4096 - 2);
    let too_many = Err("insufficient-memory".to_owned());
    assert_eq!(open(&mut sandbox, ROOT, "main.py"), too_many);
    assert_eq!(open(&mut sandbox, TMP, "new"), too_many);
    assert_eq!(sandbox.perform(&Step::List { at: TMP }), too_many);
    assert_eq!(sandbox.perform(&Step::ReadStream { at: 2, offset: 0, skipped: 0, lengths: vec![1] }), too_many);
    assert!(sandbox.preopens().is_empty());
    close(&mut sandbox);
    assert_eq!(sandbox.perform(&Step::List { at: TMP }), Ok(Value::Entries(Vec::new())));
    assert_eq!(open(&mut sandbox, TMP, "new"), Ok(Value::Done));
}

/// A descriptor may be dropped before its streams, and a file may lose its name before both.
#[test]
fn streams_outlive_descriptors_and_names() {
    let mut sandbox = GUEST.start();
    open(&mut sandbox, TMP, "a").expect("it can be made");
    let file = sandbox.descriptors[2];
    let [output, input] = [("write-via-stream", 0), ("read-via-stream", 2)].map(|(name, offset)| {
        resource(sandbox.method(name, file, &[Val::U64(offset)]).expect("a stream").expect("a stream"))
    });
    unlink(&mut sandbox, "a");
    close(&mut sandbox);
    sandbox.stream("output-stream.write", output, &[bytes(b"text")]).expect("it lives");
    sandbox.drop(output);
    let read = sandbox.stream("input-stream.blocking-read", input, &[Val::U64(u64::MAX)]);
    assert_eq!(read, Ok(Some(bytes(b"xt"))));
    sandbox.drop(input);
    assert_eq!(sandbox.perform(&Step::List { at: TMP }), Ok(Value::Entries(Vec::new())));
}
