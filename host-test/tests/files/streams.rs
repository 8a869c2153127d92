//! Streams: those of files at their edges, and those of the host, which are passed on.

use wasmtime::component::{ResourceAny, Val};
use wasmtime_wasi::p2::pipe::{MemoryInputPipe, MemoryOutputPipe};

use crate::GUEST;
use crate::guest::{STREAMS, Sandbox};
use crate::steps::{FileSystem, How, ROOT, Step, TMP, Value};
use crate::values::{bytes, resource};

fn standard(sandbox: &mut Sandbox, name: &str) -> ResourceAny {
    resource(sandbox.call(&format!("wasi:cli/{name}@0.2.6"), &format!("get-{name}"), &[]))
}

/// A file of `/tmp` with these bytes, and a stream of it.
fn file(sandbox: &mut Sandbox, contents: &[u8], stream: &str, arguments: &[Val]) -> ResourceAny {
    let how = How { open: vec!["create", "truncate"], flags: vec!["read", "write"] };
    sandbox.perform(&Step::Open { at: TMP, path: "file".to_owned(), how }).expect("it can be made");
    let at = sandbox.descriptors.len() - 1;
    sandbox.perform(&Step::Write { at, bytes: contents.to_vec(), offset: 0 }).expect("there is room");
    let file = sandbox.descriptors[at];
    resource(sandbox.method(stream, file, arguments).expect("a stream").expect("a stream"))
}

fn read_file(sandbox: &mut Sandbox) -> Vec<u8> {
    let at = sandbox.descriptors.len() - 1;
    match sandbox.perform(&Step::Read { at, length: 100, offset: 0 }) {
        Ok(Value::Bytes(bytes)) => bytes,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_hosts_streams_are_passed_on() {
    let (input, output) = (MemoryInputPipe::new("from outside"), MemoryOutputPipe::new(1 << 16));
    let mut sandbox = GUEST.start_with(input, output.clone());
    let (stdin, stdout) = (standard(&mut sandbox, "stdin"), standard(&mut sandbox, "stdout"));
    let stderr = standard(&mut sandbox, "stderr");
    let read = sandbox.stream("input-stream.blocking-read", stdin, &[Val::U64(5)]);
    assert_eq!(read, Ok(Some(bytes(b"from "))));
    assert_eq!(sandbox.stream("input-stream.skip", stdin, &[Val::U64(3)]), Ok(Some(Val::U64(3))));
    assert!(matches!(sandbox.stream("output-stream.check-write", stdout, &[]), Ok(Some(Val::U64(1..)))));
    sandbox.stream("output-stream.write", stdout, &[bytes(b"a")]).expect("there is room");
    sandbox.stream("output-stream.blocking-flush", stdout, &[]).expect("it works");
    sandbox.stream("output-stream.blocking-write-and-flush", stdout, &[bytes(b"b")]).expect("there is room");
    sandbox.stream("output-stream.flush", stdout, &[]).expect("it works");
    // From the host's to the host's, from and to a file's.
    let splice = "output-stream.blocking-splice";
    let three = |stream| [Val::Resource(stream), Val::U64(3)];
    assert_eq!(sandbox.stream(splice, stdout, &three(stdin)), Ok(Some(Val::U64(3))));
    let reader = file(&mut sandbox, b"xyz", "read-via-stream", &[Val::U64(0)]);
    assert_eq!(sandbox.stream(splice, stdout, &three(reader)), Ok(Some(Val::U64(3))));
    let writer = file(&mut sandbox, b"123", "append-via-stream", &[]);
    assert_eq!(sandbox.stream("output-stream.splice", writer, &three(stdin)), Ok(Some(Val::U64(1))));
    assert_eq!(read_file(&mut sandbox), b"123e");
    assert_eq!(sandbox.stream("input-stream.blocking-read", stdin, &[Val::U64(3)]), Err("closed".to_owned()));
    assert_eq!(output.contents().as_ref(), b"absidxyz");
    for stream in [stdin, stdout, stderr, reader, writer] {
        sandbox.drop(stream);
    }
}

#[test]
fn streams_of_files_at_their_edges() {
    let mut sandbox = GUEST.start();
    let writer = file(&mut sandbox, b"123", "write-via-stream", &[Val::U64(1)]);
    for zeroes in ["output-stream.write-zeroes", "output-stream.blocking-write-zeroes-and-flush"] {
        sandbox.stream(zeroes, writer, &[Val::U64(2)]).expect("there is room");
        sandbox.stream(zeroes, writer, &[Val::U64(0)]).expect("there is nothing to do");
    }
    assert_eq!(read_file(&mut sandbox), b"1\0\0\0\0");
    let too_much = sandbox.stream("output-stream.write-zeroes", writer, &[Val::U64(u64::MAX)]);
    assert_eq!(too_much, Err("insufficient-space".to_owned()));
    // It goes on where it was: a caller that makes room can try again.
    sandbox.stream("output-stream.write", writer, &[bytes(b"6")]).expect("there is room");
    assert_eq!(read_file(&mut sandbox), b"1\0\0\0\x006");
    let at = sandbox.descriptors.len() - 1;
    let reader = sandbox.method("read-via-stream", sandbox.descriptors[at], &[Val::U64(6)]);
    let reader = resource(reader.expect("a stream").expect("a stream"));
    assert_eq!(sandbox.stream("input-stream.read", reader, &[Val::U64(0)]), Ok(Some(bytes(b""))));
    assert_eq!(sandbox.stream("input-stream.read", reader, &[Val::U64(1)]), Err("closed".to_owned()));
    assert_eq!(sandbox.stream("input-stream.skip", reader, &[Val::U64(1)]), Err("closed".to_owned()));
    // Not for ever: what is appended can be read.
    sandbox.stream("output-stream.write", writer, &[bytes(b"7")]).expect("there is room");
    assert_eq!(sandbox.stream("input-stream.read", reader, &[Val::U64(9)]), Ok(Some(bytes(b"7"))));
    for (stream, kind) in [(reader, "input-stream"), (writer, "output-stream")] {
        let pollable = sandbox.call(STREAMS, &format!("[method]{kind}.subscribe"), &[Val::Resource(stream)]);
        sandbox.drop(resource(pollable));
        sandbox.drop(stream);
    }
}

/// One call reads at most 1 MiB, whatever is asked for.
#[test]
fn reads_are_bounded() {
    let mut sandbox = GUEST.start();
    let reader = file(&mut sandbox, &vec![5; (1 << 20) + 10], "read-via-stream", &[Val::U64(0)]);
    for length in [1 << 20, 10] {
        let read = sandbox.stream("input-stream.read", reader, &[Val::U64(u64::MAX)]);
        assert_eq!(read, Ok(Some(bytes(&vec![5; length]))));
    }
    sandbox.drop(reader);
    let how = How { open: Vec::new(), flags: vec!["read"] };
    sandbox.perform(&Step::Open { at: ROOT, path: "app/data.txt".to_owned(), how }).expect("it is there");
}
