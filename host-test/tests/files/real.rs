//! A real folder, as wasmtime-wasi gives it to a guest: `/` without the right to change anything, and `/tmp` with it.

use std::fs;
use std::path::Path;

use tempfile::TempDir;
use wasmtime::component::{Resource, ResourceTable};
use wasmtime_wasi::filesystem::{WasiFilesystemCtxView, WasiFilesystemView as _};
use wasmtime_wasi::p2::bindings::sync::filesystem::preopens::Host as _;
use wasmtime_wasi::p2::bindings::sync::filesystem::types::{
    Advice, Datetime, Descriptor, DescriptorFlags, DescriptorStat, Host as _, HostDescriptor,
    HostDirectoryEntryStream as _, NewTimestamp, OpenFlags, PathFlags,
};
use wasmtime_wasi::p2::bindings::sync::io::streams::{HostInputStream, HostOutputStream};
use wasmtime_wasi::p2::{FsError, StreamError};
use wasmtime_wasi::{DirPerms, FilePerms, WasiCtx, WasiCtxView, WasiView};

use crate::image::Item;
use crate::steps::{At, FileSystem, How, Outcome, Step, Time, Value};

/// The folder, and what is open.
pub struct Real {
    // Dropped last: the folder is removed.
    descriptors: Vec<Resource<Descriptor>>,
    host: Host,
    _folder: TempDir,
}

struct Host {
    table: ResourceTable,
    wasi: WasiCtx,
}

impl WasiView for Host {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl Real {
    /// A new folder with these files, and an empty `tmp` in it.
    pub fn new(root: &Item) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        write(folder.path(), root);
        let tmp = folder.path().join("tmp");
        fs::create_dir(&tmp).expect("a folder");
        let mut wasi = WasiCtx::builder();
        wasi.allow_blocking_current_thread(true);
        wasi.preopened_dir(folder.path(), "/", DirPerms::READ, FilePerms::READ).expect("the folder is there");
        wasi.preopened_dir(&tmp, "/tmp", DirPerms::all(), FilePerms::all()).expect("the folder is there");
        let mut host = Host { table: ResourceTable::new(), wasi: wasi.build() };
        let preopens = host.filesystem().get_directories().expect("there is room");
        Self { descriptors: preopens.into_iter().map(|(descriptor, _)| descriptor).collect(), host, _folder: folder }
    }

    fn at(&self, at: At) -> Resource<Descriptor> {
        Resource::new_borrow(self.descriptors[at].rep())
    }

    fn view(&mut self) -> WasiFilesystemCtxView<'_> {
        self.host.filesystem()
    }

    fn code(&mut self, error: FsError) -> String {
        let code = self.view().convert_error_code(error).unwrap_or_else(|trap| panic!("{trap:?}"));
        code.name().to_owned()
    }

    /// The code of a stream's error; `closed` at its end.
    fn stream_code(&mut self, error: StreamError) -> String {
        match error {
            StreamError::Closed => "closed".to_owned(),
            StreamError::Trap(trap) => panic!("{trap:?}"),
            StreamError::LastOperationFailed(error) => {
                let error = self.host.table.push(error).expect("there is room");
                let code = self.view().filesystem_error_code(error).expect("it is an error");
                code.expect("it is a file's").name().to_owned()
            }
        }
    }

    fn done(&mut self, answer: Result<(), FsError>) -> Outcome {
        answer.map(|()| Value::Done).map_err(|error| self.code(error))
    }

    fn open(&mut self, at: At, path: &str, how: &How) -> Outcome {
        let open = how.open.iter().fold(OpenFlags::empty(), |flags, name| {
            flags
                | match *name {
                    "create" => OpenFlags::CREATE,
                    "directory" => OpenFlags::DIRECTORY,
                    "exclusive" => OpenFlags::EXCLUSIVE,
                    "truncate" => OpenFlags::TRUNCATE,
                    other => panic!("{other}"),
                }
        });
        let flags = how.flags.iter().fold(DescriptorFlags::empty(), |flags, name| {
            flags
                | match *name {
                    "read" => DescriptorFlags::READ,
                    "write" => DescriptorFlags::WRITE,
                    "mutate-directory" => DescriptorFlags::MUTATE_DIRECTORY,
                    other => panic!("{other}"),
                }
        });
        let at = self.at(at);
        match self.view().open_at(at, PathFlags::SYMLINK_FOLLOW, path.to_owned(), open, flags) {
            Ok(descriptor) => {
                self.descriptors.push(descriptor);
                Ok(Value::Done)
            }
            Err(error) => Err(self.code(error)),
        }
    }

    /// Reads on until there is as much as was asked for.
    fn read(&mut self, at: At, length: u64, offset: u64) -> Outcome {
        let mut bytes = Vec::new();
        loop {
            let (from, left) = (offset + bytes.len() as u64, length - bytes.len() as u64);
            let at = self.at(at);
            let (more, _) = HostDescriptor::read(&mut self.view(), at, left, from).map_err(|error| self.code(error))?;
            if more.is_empty() {
                return Ok(Value::Bytes(bytes));
            }
            bytes.extend(more);
        }
    }

    fn read_stream(&mut self, at: At, offset: u64, skipped: u64, lengths: &[u64]) -> Outcome {
        let at = self.at(at);
        let stream = self.view().read_via_stream(at, offset).map_err(|error| self.code(error))?;
        let rep = stream.rep();
        let mut answer = Ok(Vec::new());
        let mut left = skipped;
        while left > 0 && answer.is_ok() {
            match HostInputStream::blocking_skip(&mut self.host.table, Resource::new_borrow(rep), left) {
                Ok(skipped) => left -= skipped,
                Err(error) => answer = Err(error),
            }
        }
        for length in lengths {
            let mut left = *length;
            while let (1.., Ok(bytes)) = (left, &mut answer) {
                match HostInputStream::blocking_read(&mut self.host.table, Resource::new_borrow(rep), left) {
                    Ok(more) => {
                        left -= more.len() as u64;
                        bytes.extend(more);
                    }
                    Err(StreamError::Closed) if !bytes.is_empty() => break,
                    Err(error) => answer = Err(error),
                }
            }
        }
        HostInputStream::drop(&mut self.host.table, stream).expect("it is there");
        answer.map(Value::Bytes).map_err(|error| self.stream_code(error))
    }

    fn write_stream(&mut self, at: At, offset: Option<u64>, pieces: &[Vec<u8>]) -> Outcome {
        let at = self.at(at);
        let stream = match offset {
            Some(offset) => self.view().write_via_stream(at, offset),
            None => self.view().append_via_stream(at),
        };
        let stream = stream.map_err(|error| self.code(error))?;
        let rep = stream.rep();
        let table = &mut self.host.table;
        let answer = pieces.iter().try_for_each(|piece| {
            let permitted = HostOutputStream::check_write(table, Resource::new_borrow(rep))?;
            assert!(permitted >= piece.len() as u64);
            HostOutputStream::write(table, Resource::new_borrow(rep), piece.clone())?;
            HostOutputStream::blocking_flush(table, Resource::new_borrow(rep))
        });
        HostOutputStream::drop(table, stream).expect("it is there");
        answer.map(|()| Value::Done).map_err(|error| self.stream_code(error))
    }

    fn list(&mut self, at: At) -> Outcome {
        let at = self.at(at);
        let stream = self.view().read_directory(at).map_err(|error| self.code(error))?;
        let mut entries = Vec::new();
        loop {
            let entry = self.view().read_directory_entry(Resource::new_borrow(stream.rep()));
            match entry.map_err(|error| self.code(error))? {
                Some(entry) => entries.push((kebab(&format!("{:?}", entry.type_)), entry.name)),
                None => break,
            }
        }
        entries.sort_by(|(_, one), (_, other)| one.cmp(other));
        Ok(Value::Entries(entries))
    }

    fn set_times(&mut self, at: At, path: Option<&String>, accessed: Option<Time>, modified: Option<Time>) -> Outcome {
        let new = |time: Option<Time>| {
            time.map_or(NewTimestamp::NoChange, |(seconds, nanoseconds)| {
                NewTimestamp::Timestamp(Datetime { seconds, nanoseconds })
            })
        };
        let (at, again) = (self.at(at), self.at(at));
        let (new_accessed, new_modified) = (new(accessed), new(modified));
        let follow = PathFlags::SYMLINK_FOLLOW;
        let mut view = self.view();
        let answer = match path {
            Some(path) => view
                .set_times_at(at, follow, path.clone(), new_accessed, new_modified)
                .and_then(|()| view.stat_at(again, follow, path.clone())),
            None => {
                view.set_times(at, new_accessed, new_modified).and_then(|()| HostDescriptor::stat(&mut view, again))
            }
        };
        let stat = answer.map_err(|error| self.code(error))?;
        let time = |time: Option<Datetime>| time.map(|time| (time.seconds, time.nanoseconds));
        Ok(Value::Times(
            accessed.and(time(stat.data_access_timestamp)),
            modified.and(time(stat.data_modification_timestamp)),
        ))
    }

    fn stat(&mut self, answer: Result<DescriptorStat, FsError>) -> Outcome {
        let stat = answer.map_err(|error| self.code(error))?;
        let kind = kebab(&format!("{:?}", stat.type_));
        let file = (kind == "regular-file").then_some((stat.size, stat.link_count));
        Ok(Value::Stat { kind, file })
    }

    fn flags(&mut self, at: At) -> Outcome {
        let at = self.at(at);
        let flags = self.view().get_flags(at).map_err(|error| self.code(error))?;
        let named = [(DescriptorFlags::READ, "read"), (DescriptorFlags::WRITE, "write")];
        let set = named.into_iter().filter(|(flag, _)| flags.contains(*flag));
        Ok(Value::Flags(set.map(|(_, name)| name.to_owned()).collect()))
    }

    fn has_hash(&mut self, at: At, path: &str, other: At) -> Outcome {
        let (at, other) = (self.at(at), self.at(other));
        let one = self.view().metadata_hash_at(at, PathFlags::SYMLINK_FOLLOW, path.to_owned());
        let one = one.map_err(|error| self.code(error))?;
        let other = self.view().metadata_hash(other).map_err(|error| self.code(error))?;
        Ok(Value::Is((one.lower, one.upper) == (other.lower, other.upper)))
    }
}

impl FileSystem for Real {
    fn perform(&mut self, step: &Step) -> Outcome {
        let follow = PathFlags::SYMLINK_FOLLOW;
        let first = self.at(step.descriptors()[0]);
        let second = step.descriptors().get(1).map(|other| self.at(*other));
        let second = move || second.expect("the step has another one");
        let answer = match step {
            Step::Open { at, path, how } => return self.open(*at, path, how),
            Step::Close { at } => {
                let descriptor = self.descriptors.remove(*at);
                HostDescriptor::drop(&mut self.view(), descriptor).expect("it is there");
                return Ok(Value::Done);
            }
            Step::Read { at, length, offset } => return self.read(*at, *length, *offset),
            Step::ReadStream { at, offset, skipped, lengths } => {
                return self.read_stream(*at, *offset, *skipped, lengths);
            }
            Step::Write { bytes, offset, .. } => {
                let answer = HostDescriptor::write(&mut self.view(), first, bytes.clone(), *offset);
                return answer.map(Value::Count).map_err(|error| self.code(error));
            }
            Step::WriteStream { at, offset, pieces } => return self.write_stream(*at, *offset, pieces),
            Step::SetTimes { at, path, accessed, modified } => {
                return self.set_times(*at, path.as_ref(), *accessed, *modified);
            }
            Step::List { at } => return self.list(*at),
            Step::ReadLink { path, .. } => {
                let answer = self.view().readlink_at(first, path.clone());
                return answer.map(|_| Value::Done).map_err(|error| self.code(error));
            }
            Step::Stat { .. } => {
                let answer = HostDescriptor::stat(&mut self.view(), first);
                return self.stat(answer);
            }
            Step::StatAt { path, .. } => {
                let answer = self.view().stat_at(first, follow, path.clone());
                return self.stat(answer);
            }
            Step::Kind { .. } => {
                let answer = self.view().get_type(first);
                return answer.map(|kind| Value::Kind(kebab(&format!("{kind:?}")))).map_err(|error| self.code(error));
            }
            Step::Flags { at } => return self.flags(*at),
            Step::IsSame { .. } => {
                let is_same = self.view().is_same_object(first, second());
                return Ok(Value::Is(is_same.expect("both are there")));
            }
            Step::HasHash { at, path, other } => return self.has_hash(*at, path, *other),
            Step::SetSize { size, .. } => self.view().set_size(first, *size),
            Step::CreateDirectory { path, .. } => self.view().create_directory_at(first, path.clone()),
            Step::RemoveDirectory { path, .. } => self.view().remove_directory_at(first, path.clone()),
            Step::Unlink { path, .. } => self.view().unlink_file_at(first, path.clone()),
            Step::Symlink { path, .. } => self.view().symlink_at(first, "a".to_owned(), path.clone()),
            Step::Rename { path, new, .. } => self.view().rename_at(first, path.clone(), second(), new.clone()),
            Step::Link { path, new, .. } => {
                self.view().link_at(first, PathFlags::empty(), path.clone(), second(), new.clone())
            }
            Step::Sync { .. } => self.view().sync(first),
            Step::SyncData { .. } => self.view().sync_data(first),
            Step::Advise { offset, length, .. } => self.view().advise(first, *offset, *length, Advice::Sequential),
        };
        self.done(answer)
    }
}

fn write(folder: &Path, item: &Item) {
    match item {
        Item::File(bytes) => fs::write(folder, bytes).expect("the file is written"),
        Item::Directory(entries) => {
            if !folder.is_dir() {
                fs::create_dir(folder).expect("a folder");
            }
            entries.iter().for_each(|(name, item)| write(&folder.join(name), item));
        }
    }
}

/// The name of a case as the WIT has it, from `Debug`: `DescriptorType::RegularFile` is `regular-file`.
fn kebab(debug: &str) -> String {
    let name = debug.rsplit("::").next().unwrap_or(debug);
    let mut kebab = String::new();
    for character in name.chars() {
        if character.is_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.extend(character.to_lowercase());
    }
    kebab
}
