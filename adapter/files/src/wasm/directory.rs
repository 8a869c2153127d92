//! `directory-entry-stream`, and the directories that an app is given.

use core::cell::RefCell;

use crate::errors::{Answer, Code};
use crate::image::Kind;
use crate::open::{self, Opened};
use crate::wasm::Guest;
use crate::wasm::bindings::exports::wasi::filesystem::preopens;
use crate::wasm::bindings::exports::wasi::filesystem::types::{
    Descriptor, DescriptorType, DirectoryEntry, ErrorCode, GuestDirectoryEntryStream,
};
use crate::wasm::descriptor::Held;
use crate::wasm::failure::code_as_wit;
use crate::wasm::sandbox::{self, Handle};

/// A directory that is listed. It goes on behind the last name, so entries may come and go meanwhile.
pub struct Listing {
    handle: Handle,
    last: RefCell<String>,
}

impl Listing {
    /// `read-directory`.
    pub fn open(opened: Opened) -> Answer<Self> {
        match sandbox::with(|tree| tree.kind(opened.node))? {
            Kind::Directory => Ok(Self { handle: Handle::open(opened.node)?, last: RefCell::new(String::new()) }),
            Kind::File => Err(Code::NotDirectory),
        }
    }
}

impl GuestDirectoryEntryStream for Listing {
    fn read_directory_entry(&self) -> Result<Option<DirectoryEntry>, ErrorCode> {
        let mut last = self.last.try_borrow_mut().map_err(|_| ErrorCode::Io)?;
        let entry = sandbox::with(|tree| tree.entry_after(self.handle.node(), &last)).map_err(code_as_wit)?;
        Ok(entry.map(|entry| {
            last.clone_from(&entry.name);
            DirectoryEntry { type_: kind_as_wit(entry.kind), name: entry.name }
        }))
    }
}

/// A kind as the WIT has it.
pub const fn kind_as_wit(kind: Kind) -> DescriptorType {
    match kind {
        Kind::Directory => DescriptorType::Directory,
        Kind::File => DescriptorType::RegularFile,
    }
}

impl preopens::Guest for Guest {
    /// The function cannot fail, so an app that has too much open is given nothing.
    fn get_directories() -> Vec<(Descriptor, String)> {
        let preopens = sandbox::with(open::preopens);
        let given = preopens.into_iter().flatten();
        given.map(|(opened, path)| (Descriptor::new(Held::counted(opened)), path.to_owned())).collect()
    }
}
