//! `descriptor`: each function, over what can be done with files.

use crate::change;
use crate::errors::Code;
use crate::file::{self, Position};
use crate::open::{How, Opened};
use crate::tmp::Time;
use crate::tree::{Node, Stat, Tree};
use crate::wasm::Guest;
use crate::wasm::bindings::exports::wasi::filesystem::types::{
    self, Advice, Datetime, Descriptor, DescriptorBorrow, DescriptorFlags, DescriptorStat, DescriptorType,
    DirectoryEntryStream, ErrorBorrow, ErrorCode, GuestDescriptor, InputStream, MetadataHashValue, NewTimestamp,
    OpenFlags, OutputStream, PathFlags,
};
use crate::wasm::directory::{Listing, kind_as_wit};
use crate::wasm::failure::{self, Failure, code_as_wit};
use crate::wasm::input::Input;
use crate::wasm::output::Output;
use crate::wasm::sandbox::{self, Handle};
use crate::{image, open, path};

/// A descriptor.
pub struct Held {
    opened: Opened,
    #[expect(dead_code, reason = "it is dropped with the descriptor")]
    handle: Handle,
}

impl Held {
    /// A descriptor whose handle was counted.
    pub const fn counted(opened: Opened) -> Self {
        Self { opened, handle: Handle::counted(opened.node) }
    }

    const fn node(&self) -> Node {
        self.opened.node
    }

    /// What a path of a call leads to.
    fn find(&self, path: &str) -> Result<Node, ErrorCode> {
        sandbox::with(|tree| path::find(tree, self.node(), path)).map_err(code_as_wit)
    }
}

impl types::Guest for Guest {
    type Descriptor = Held;
    type DirectoryEntryStream = Listing;

    fn filesystem_error_code(error: ErrorBorrow<'_>) -> Option<ErrorCode> {
        failure::code_of(error.get::<Failure>())
    }
}

impl GuestDescriptor for Held {
    fn read_via_stream(&self, offset: u64) -> Result<InputStream, ErrorCode> {
        Input::of_file(self.opened, offset).map(InputStream::new).map_err(code_as_wit)
    }

    fn write_via_stream(&self, offset: u64) -> Result<OutputStream, ErrorCode> {
        Output::of_file(self.opened, Position::At(offset)).map(OutputStream::new).map_err(code_as_wit)
    }

    fn append_via_stream(&self) -> Result<OutputStream, ErrorCode> {
        Output::of_file(self.opened, Position::End).map(OutputStream::new).map_err(code_as_wit)
    }

    fn advise(&self, _offset: u64, _length: u64, _advice: Advice) -> Result<(), ErrorCode> {
        match sandbox::with(|tree| tree.kind(self.node())).map_err(code_as_wit)? {
            image::Kind::File => Ok(()),
            image::Kind::Directory => Err(ErrorCode::BadDescriptor),
        }
    }

    fn sync_data(&self) -> Result<(), ErrorCode> {
        Ok(())
    }

    fn get_flags(&self) -> Result<DescriptorFlags, ErrorCode> {
        let is_directory = self.get_type()? == DescriptorType::Directory;
        let is_in_tmp = matches!(self.node(), Node::Tmp(_));
        let mut flags = DescriptorFlags::empty();
        flags.set(DescriptorFlags::READ, self.opened.may_read);
        flags.set(DescriptorFlags::WRITE, self.opened.may_write);
        flags.set(DescriptorFlags::MUTATE_DIRECTORY, is_directory && is_in_tmp);
        Ok(flags)
    }

    fn get_type(&self) -> Result<DescriptorType, ErrorCode> {
        sandbox::with(|tree| tree.kind(self.node())).map(kind_as_wit).map_err(code_as_wit)
    }

    fn set_size(&self, size: u64) -> Result<(), ErrorCode> {
        sandbox::change(|tree, now| file::set_size(tree, self.opened, size, now)).map_err(code_as_wit)
    }

    fn set_times(&self, accessed: NewTimestamp, modified: NewTimestamp) -> Result<(), ErrorCode> {
        set_times(self.node(), accessed, modified)
    }

    fn read(&self, length: u64, offset: u64) -> Result<(Vec<u8>, bool), ErrorCode> {
        sandbox::with(|tree| file::read(tree, self.opened, length, offset)).map_err(code_as_wit)
    }

    fn write(&self, bytes: Vec<u8>, offset: u64) -> Result<u64, ErrorCode> {
        sandbox::change(|tree, now| file::write(tree, self.opened, &bytes, offset, now)).map_err(code_as_wit)
    }

    fn read_directory(&self) -> Result<DirectoryEntryStream, ErrorCode> {
        Listing::open(self.opened).map(DirectoryEntryStream::new).map_err(code_as_wit)
    }

    fn sync(&self) -> Result<(), ErrorCode> {
        Ok(())
    }

    fn create_directory_at(&self, path: String) -> Result<(), ErrorCode> {
        sandbox::change(|tree, now| change::create_directory(tree, self.node(), &path, now)).map_err(code_as_wit)
    }

    fn stat(&self) -> Result<DescriptorStat, ErrorCode> {
        stat(self.node())
    }

    fn stat_at(&self, _: PathFlags, path: String) -> Result<DescriptorStat, ErrorCode> {
        stat(self.find(&path)?)
    }

    fn set_times_at(
        &self,
        _: PathFlags,
        path: String,
        accessed: NewTimestamp,
        modified: NewTimestamp,
    ) -> Result<(), ErrorCode> {
        set_times(self.find(&path)?, accessed, modified)
    }

    fn link_at(
        &self,
        _: PathFlags,
        path: String,
        new: DescriptorBorrow<'_>,
        new_path: String,
    ) -> Result<(), ErrorCode> {
        let new: &Self = new.get();
        sandbox::change(|tree, now| change::link(tree, (self.node(), &path), (new.node(), &new_path), now))
            .map_err(code_as_wit)
    }

    fn open_at(
        &self,
        _: PathFlags,
        path: String,
        open_flags: OpenFlags,
        flags: DescriptorFlags,
    ) -> Result<Descriptor, ErrorCode> {
        let how = How {
            create: open_flags.contains(OpenFlags::CREATE),
            directory: open_flags.contains(OpenFlags::DIRECTORY),
            exclusive: open_flags.contains(OpenFlags::EXCLUSIVE),
            truncate: open_flags.contains(OpenFlags::TRUNCATE),
            read: flags.contains(DescriptorFlags::READ),
            write: flags.contains(DescriptorFlags::WRITE),
        };
        let opened = if how.create || how.truncate {
            sandbox::change(|tree, now| open::open(tree, self.node(), &path, how, now))
        } else {
            // The clock is not asked, as nothing changes.
            sandbox::with(|tree| open::open(tree, self.node(), &path, how, Time::default()))
        };
        Ok(Descriptor::new(Held::counted(opened.map_err(code_as_wit)?)))
    }

    fn readlink_at(&self, path: String) -> Result<String, ErrorCode> {
        // What is there is no symbolic link.
        self.find(&path).and(Err(ErrorCode::Invalid))
    }

    fn remove_directory_at(&self, path: String) -> Result<(), ErrorCode> {
        sandbox::change(|tree, now| change::remove_directory(tree, self.node(), &path, now)).map_err(code_as_wit)
    }

    fn rename_at(&self, path: String, new: DescriptorBorrow<'_>, new_path: String) -> Result<(), ErrorCode> {
        let new: &Self = new.get();
        sandbox::change(|tree, now| change::rename(tree, (self.node(), &path), (new.node(), &new_path), now))
            .map_err(code_as_wit)
    }

    fn symlink_at(&self, _: String, _: String) -> Result<(), ErrorCode> {
        Err(code_as_wit(Code::Unsupported))
    }

    fn unlink_file_at(&self, path: String) -> Result<(), ErrorCode> {
        sandbox::change(|tree, now| change::unlink_file(tree, self.node(), &path, now)).map_err(code_as_wit)
    }

    fn is_same_object(&self, other: DescriptorBorrow<'_>) -> bool {
        other.get::<Self>().node() == self.node()
    }

    fn metadata_hash(&self) -> Result<MetadataHashValue, ErrorCode> {
        hash(self.node())
    }

    fn metadata_hash_at(&self, _: PathFlags, path: String) -> Result<MetadataHashValue, ErrorCode> {
        hash(self.find(&path)?)
    }
}

fn stat(node: Node) -> Result<DescriptorStat, ErrorCode> {
    let Stat { kind, links, size, times } = sandbox::with(|tree| tree.stat(node)).map_err(code_as_wit)?;
    let datetime = |time: Time| Some(Datetime { seconds: time.seconds, nanoseconds: time.nanoseconds });
    Ok(DescriptorStat {
        type_: kind_as_wit(kind),
        link_count: u64::from(links),
        size,
        data_access_timestamp: datetime(times.accessed),
        data_modification_timestamp: datetime(times.modified),
        status_change_timestamp: datetime(times.changed),
    })
}

fn hash(node: Node) -> Result<MetadataHashValue, ErrorCode> {
    let (lower, upper) = sandbox::with(|tree| tree.hash(node)).map_err(code_as_wit)?;
    Ok(MetadataHashValue { lower, upper })
}

fn set_times(node: Node, accessed: NewTimestamp, modified: NewTimestamp) -> Result<(), ErrorCode> {
    sandbox::change(|tree: &mut Tree<'static>, now| {
        let time = |new: NewTimestamp| match new {
            NewTimestamp::NoChange => None,
            NewTimestamp::Now => Some(now),
            NewTimestamp::Timestamp(time) => Some(Time { seconds: time.seconds, nanoseconds: time.nanoseconds }),
        };
        file::set_times(tree, node, time(accessed), time(modified), now)
    })
    .map_err(code_as_wit)
}
