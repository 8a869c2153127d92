//! The guest as a component, in a sandbox of its own, with the host's WASI under it.

#![expect(clippy::wildcard_enum_match_arm, reason = "a value of another kind is a mistake, whichever it is")]

use std::collections::HashMap;
use std::env;
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use composer::files::guest::with_image;
use wasmtime::component::{Component, Func, Instance, InstancePre, Linker, ResourceAny, ResourceTable, Val};
use wasmtime::{Engine, ResourceLimiter, Store};
use wasmtime_wasi::p2::pipe::{MemoryInputPipe, MemoryOutputPipe};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wit_component::ComponentEncoder;

use crate::steps::{At, FileSystem, How, Outcome, Step, Time, Value};
use crate::values::{bytes, field, flags, follow, list, resource, stat, string, text, time};

/// What the guest exports for files, for streams, and for the directories to begin with.
pub const TYPES: &str = "wasi:filesystem/types@0.2.6";
pub const STREAMS: &str = "wasi:io/streams@0.2.6";
pub const PREOPENS: &str = "wasi:filesystem/preopens@0.2.6";
/// The most memory that a sandbox has, as Fastly's local host has it.
const MOST_MEMORY: usize = 128 << 20;

pub static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::default);

/// The guest's core module.
pub static MODULE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder =
        env::var_os("COMPOSER_GUESTS").expect("COMPOSER_GUESTS names no folder; run the tests with `just test`");
    let path = PathBuf::from(folder).join("files.wasm");
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}; build the guests with `just adapter`", path.display()))
});

/// What the host has.
pub struct Host {
    table: ResourceTable,
    wasi: WasiCtx,
    /// How large the memory was at most, in bytes.
    memory: usize,
}

impl WasiView for Host {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl ResourceLimiter for Host {
    fn memory_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        if desired > MOST_MEMORY {
            return Ok(false);
        }
        self.memory = self.memory.max(desired);
        Ok(true)
    }

    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(true)
    }
}

/// The component with an image, or without one.
pub fn component(image: Option<&[u8]>) -> Component {
    let module = image.map_or_else(|| MODULE.clone(), |image| with_image(&MODULE, image).expect("it takes an image"));
    let mut encoder = ComponentEncoder::default();
    let encoder = encoder.validate(true).module(&module).unwrap_or_else(|error| panic!("{error:?}"));
    let bytes = encoder.encode().unwrap_or_else(|error| panic!("{error:?}"));
    Component::new(&ENGINE, bytes).unwrap_or_else(|error| panic!("{error:?}"))
}

/// A component that can be started often.
pub struct Guest {
    pre: InstancePre<Host>,
    component: Component,
}

impl Guest {
    /// The guest with this image.
    pub fn new(image: Option<&[u8]>) -> Self {
        let component = component(image);
        let mut linker = Linker::new(&ENGINE);
        wasmtime_wasi::p2::add_to_linker_sync(&mut linker).expect("the host has WASI");
        let pre = linker.instantiate_pre(&component).unwrap_or_else(|error| panic!("{error:?}"));
        Self { pre, component }
    }

    /// A sandbox.
    pub fn start(&self) -> Sandbox {
        self.start_with(MemoryInputPipe::new(""), MemoryOutputPipe::new(0))
    }

    /// A sandbox with a standard input and a standard output.
    pub fn start_with(&self, input: MemoryInputPipe, output: MemoryOutputPipe) -> Sandbox {
        let wasi = WasiCtx::builder().stdin(input).stdout(output).build();
        let mut store = Store::new(&ENGINE, Host { table: ResourceTable::new(), wasi, memory: 0 });
        store.limiter(|host| host);
        store.set_hostcall_fuel(usize::MAX);
        let instance = self.pre.instantiate(&mut store).unwrap_or_else(|error| panic!("{error:?}"));
        let component = self.component.clone();
        let mut sandbox = Sandbox { store, instance, component, functions: HashMap::new(), descriptors: Vec::new() };
        sandbox.descriptors = sandbox.preopens().into_iter().map(|(descriptor, _)| descriptor).collect();
        sandbox
    }
}

/// The guest as one app has it.
pub struct Sandbox {
    store: Store<Host>,
    instance: Instance,
    component: Component,
    functions: HashMap<String, Func>,
    /// What is open, as steps name it.
    pub descriptors: Vec<ResourceAny>,
}

impl Sandbox {
    /// Calls a function that an interface exports.
    pub fn call(&mut self, interface: &str, name: &str, arguments: &[Val]) -> Val {
        let key = format!("{interface}#{name}");
        let function = *self.functions.entry(key).or_insert_with(|| {
            let (_, export) = self.component.get_export(None, interface).expect("it exports the interface");
            let (_, export) = self.component.get_export(Some(&export), name).unwrap_or_else(|| panic!("no {name}"));
            self.instance.get_func(&mut self.store, export).expect("it is a function")
        });
        let count = function.ty(&self.store).results().count();
        let mut results = [Val::Bool(false)];
        let call = function.call(&mut self.store, arguments, &mut results[..count]);
        call.unwrap_or_else(|error| panic!("{name} {arguments:?}: {error:?}"));
        let [result] = results;
        result
    }

    /// Calls a method of a descriptor.
    pub fn method(&mut self, name: &str, of: ResourceAny, arguments: &[Val]) -> Result<Option<Val>, String> {
        let arguments: Vec<_> = [Val::Resource(of)].into_iter().chain(arguments.iter().cloned()).collect();
        match self.call(TYPES, &format!("[method]descriptor.{name}"), &arguments) {
            Val::Result(Ok(value)) => Ok(value.map(|value| *value)),
            Val::Result(Err(Some(code))) => match *code {
                Val::Enum(code) => Err(code),
                other => panic!("{name} fails with {other:?}"),
            },
            other => panic!("{name} gives {other:?}"),
        }
    }

    /// Calls a method of a stream. Its error is the code, or `closed`.
    pub fn stream(&mut self, name: &str, of: ResourceAny, arguments: &[Val]) -> Result<Option<Val>, String> {
        let arguments: Vec<_> = [Val::Resource(of)].into_iter().chain(arguments.iter().cloned()).collect();
        let error = match self.call(STREAMS, &format!("[method]{name}"), &arguments) {
            Val::Result(Ok(value)) => return Ok(value.map(|value| *value)),
            Val::Result(Err(Some(error))) => *error,
            other => panic!("{name} gives {other:?}"),
        };
        match error {
            Val::Variant(case, None) => Err(case),
            Val::Variant(_, Some(error)) => {
                let error = resource(*error);
                let Val::Option(code) = self.call(TYPES, "filesystem-error-code", &[Val::Resource(error)]) else {
                    panic!("the code is an option")
                };
                self.drop(error);
                match code.map(|code| *code) {
                    Some(Val::Enum(code)) => Err(code),
                    other => Err(format!("{other:?}")),
                }
            }
            other => panic!("{name} fails with {other:?}"),
        }
    }

    /// The directories to begin with.
    pub fn preopens(&mut self) -> Vec<(ResourceAny, String)> {
        let Val::List(preopens) = self.call(PREOPENS, "get-directories", &[]) else { panic!("it is a list") };
        let pair = |pair| match pair {
            Val::Tuple(pair) => match <[Val; 2]>::try_from(pair) {
                Ok([descriptor, Val::String(path)]) => (resource(descriptor), path),
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        };
        preopens.into_iter().map(pair).collect()
    }

    /// Drops a resource.
    pub fn drop(&mut self, resource: ResourceAny) {
        resource.resource_drop(&mut self.store).unwrap_or_else(|error| panic!("{error:?}"));
    }

    /// How large the memory was at most, in bytes.
    pub fn memory(&self) -> usize {
        self.store.data().memory
    }

    fn open(&mut self, at: At, path: &str, how: &How) -> Outcome {
        let arguments = [follow(), string(path), flags(&how.open), flags(&how.flags)];
        let opened = self.method("open-at", self.descriptors[at], &arguments)?;
        self.descriptors.push(resource(opened.expect("a descriptor")));
        Ok(Value::Done)
    }

    fn read(&mut self, at: At, length: u64, offset: u64) -> Outcome {
        let read = self.method("read", self.descriptors[at], &[Val::U64(length), Val::U64(offset)])?;
        let Some(Val::Tuple(pair)) = read else { panic!("{read:?}") };
        let [bytes, Val::Bool(is_end)] = <[Val; 2]>::try_from(pair).expect("a pair") else { panic!("a flag") };
        let bytes = list(bytes);
        assert_eq!(is_end, (bytes.len() as u64) < length || self.ends_at(at, offset + length), "at {offset}");
        Ok(Value::Bytes(bytes))
    }

    fn ends_at(&mut self, at: At, offset: u64) -> bool {
        match self.perform(&Step::Stat { at }) {
            Ok(Value::Stat { file: Some((size, _)), .. }) => offset >= size,
            other => panic!("{other:?}"),
        }
    }

    fn read_stream(&mut self, at: At, offset: u64, skipped: u64, lengths: &[u64]) -> Outcome {
        let stream = self.method("read-via-stream", self.descriptors[at], &[Val::U64(offset)])?;
        let stream = resource(stream.expect("a stream"));
        let mut answer = Ok(Vec::new());
        let mut left = skipped;
        while left > 0 && answer.is_ok() {
            match self.stream("input-stream.blocking-skip", stream, &[Val::U64(left)]) {
                Ok(Some(Val::U64(skipped))) => left -= skipped,
                Ok(other) => panic!("{other:?}"),
                Err(error) => answer = Err(error),
            }
        }
        for length in lengths {
            let mut left = *length;
            while let (1.., Ok(bytes)) = (left, &mut answer) {
                match self.stream("input-stream.read", stream, &[Val::U64(left)]) {
                    Ok(more) => {
                        let more = list(more.expect("bytes"));
                        assert!(!more.is_empty(), "the reader would wait");
                        left -= more.len() as u64;
                        bytes.extend(more);
                    }
                    Err(error) if error == "closed" && !bytes.is_empty() => break,
                    Err(error) => answer = Err(error),
                }
            }
        }
        self.drop(stream);
        answer.map(Value::Bytes)
    }

    fn write_stream(&mut self, at: At, offset: Option<u64>, pieces: &[Vec<u8>]) -> Outcome {
        let stream = match offset {
            Some(offset) => self.method("write-via-stream", self.descriptors[at], &[Val::U64(offset)]),
            None => self.method("append-via-stream", self.descriptors[at], &[]),
        };
        let stream = resource(stream?.expect("a stream"));
        let answer = pieces.iter().try_for_each(|piece| {
            let permitted = self.stream("output-stream.check-write", stream, &[])?;
            assert_eq!(permitted, Some(Val::U64(4 << 20)));
            self.stream("output-stream.write", stream, &[bytes(piece)])?;
            self.stream("output-stream.blocking-flush", stream, &[]).map(|_| ())
        });
        self.drop(stream);
        answer.map(|()| Value::Done)
    }

    fn list(&mut self, at: At) -> Outcome {
        let stream = self.method("read-directory", self.descriptors[at], &[])?;
        let stream = resource(stream.expect("a stream"));
        let mut entries = Vec::new();
        let name = "[method]directory-entry-stream.read-directory-entry";
        while let Val::Result(Ok(Some(entry))) = self.call(TYPES, name, &[Val::Resource(stream)]) {
            let Val::Option(entry) = *entry else { panic!("it is an option") };
            let Some(entry) = entry else { break };
            entries.push((text(field(&entry, "type")), text(field(&entry, "name"))));
        }
        self.drop(stream);
        assert!(entries.is_sorted_by(|(_, one), (_, other)| one < other), "{entries:?}");
        Ok(Value::Entries(entries))
    }

    fn set_times(&mut self, at: At, path: Option<&String>, accessed: Option<Time>, modified: Option<Time>) -> Outcome {
        let times = [accessed, modified].map(|time| match time {
            None => Val::Variant("no-change".to_owned(), None),
            Some((seconds, nanoseconds)) => {
                let fields = [("seconds", Val::U64(seconds)), ("nanoseconds", Val::U32(nanoseconds))];
                let datetime = Val::Record(fields.map(|(name, value)| (name.to_owned(), value)).into());
                Val::Variant("timestamp".to_owned(), Some(Box::new(datetime)))
            }
        });
        let of = self.descriptors[at];
        let stat = match path {
            Some(path) => {
                let arguments: Vec<_> = [follow(), string(path)].into_iter().chain(times).collect();
                self.method("set-times-at", of, &arguments)?;
                self.method("stat-at", of, &[follow(), string(path)])?
            }
            None => {
                self.method("set-times", of, &times)?;
                self.method("stat", of, &[])?
            }
        };
        let stat = stat.expect("a record");
        Ok(Value::Times(
            accessed.and(time(field(&stat, "data-access-timestamp"))),
            modified.and(time(field(&stat, "data-modification-timestamp"))),
        ))
    }

    fn has_hash(&mut self, at: At, path: &str, other: At) -> Outcome {
        let one = self.method("metadata-hash-at", self.descriptors[at], &[follow(), string(path)])?;
        let other = self.method("metadata-hash", self.descriptors[other], &[])?;
        Ok(Value::Is(one == other))
    }
}

impl FileSystem for Sandbox {
    fn perform(&mut self, step: &Step) -> Outcome {
        let of = self.descriptors[step.descriptors()[0]];
        let other = step.descriptors().get(1).map(|other| Val::Resource(self.descriptors[*other]));
        let other = move || other.expect("the step has another one");
        let done = |answer: Result<Option<Val>, String>| answer.map(|_| Value::Done);
        match step {
            Step::Open { at, path, how } => self.open(*at, path, how),
            Step::Close { at } => {
                let descriptor = self.descriptors.remove(*at);
                self.drop(descriptor);
                Ok(Value::Done)
            }
            Step::Read { at, length, offset } => self.read(*at, *length, *offset),
            Step::ReadStream { at, offset, skipped, lengths } => self.read_stream(*at, *offset, *skipped, lengths),
            Step::Write { bytes: written, offset, .. } => {
                let count = self.method("write", of, &[bytes(written), Val::U64(*offset)])?;
                let Some(Val::U64(count)) = count else { panic!("{count:?}") };
                Ok(Value::Count(count))
            }
            Step::WriteStream { at, offset, pieces } => self.write_stream(*at, *offset, pieces),
            Step::SetSize { size, .. } => done(self.method("set-size", of, &[Val::U64(*size)])),
            Step::SetTimes { at, path, accessed, modified } => self.set_times(*at, path.as_ref(), *accessed, *modified),
            Step::List { at } => self.list(*at),
            Step::CreateDirectory { path, .. } => done(self.method("create-directory-at", of, &[string(path)])),
            Step::RemoveDirectory { path, .. } => done(self.method("remove-directory-at", of, &[string(path)])),
            Step::Unlink { path, .. } => done(self.method("unlink-file-at", of, &[string(path)])),
            Step::ReadLink { path, .. } => done(self.method("readlink-at", of, &[string(path)])),
            Step::Symlink { path, .. } => done(self.method("symlink-at", of, &[string("a"), string(path)])),
            Step::Rename { path, new, .. } => done(self.method("rename-at", of, &[string(path), other(), string(new)])),
            Step::Link { path, new, .. } => {
                done(self.method("link-at", of, &[flags(&[]), string(path), other(), string(new)]))
            }
            Step::Stat { .. } => self.method("stat", of, &[]).map(stat),
            Step::StatAt { path, .. } => self.method("stat-at", of, &[follow(), string(path)]).map(stat),
            Step::Kind { .. } => self.method("get-type", of, &[]).map(|kind| Value::Kind(text(&kind.expect("a kind")))),
            Step::Flags { .. } => match self.method("get-flags", of, &[])? {
                Some(Val::Flags(flags)) => Ok(Value::Flags(flags)),
                other => panic!("{other:?}"),
            },
            Step::Sync { .. } => done(self.method("sync", of, &[])),
            Step::SyncData { .. } => done(self.method("sync-data", of, &[])),
            Step::Advise { offset, length, .. } => {
                let advice = Val::Enum("sequential".to_owned());
                done(self.method("advise", of, &[Val::U64(*offset), Val::U64(*length), advice]))
            }
            Step::IsSame { .. } => {
                match self.call(TYPES, "[method]descriptor.is-same-object", &[Val::Resource(of), other()]) {
                    Val::Bool(is_same) => Ok(Value::Is(is_same)),
                    other => panic!("{other:?}"),
                }
            }
            Step::HasHash { at, path, other } => self.has_hash(*at, path, *other),
        }
    }
}
