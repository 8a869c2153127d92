//! The part `files`: a component made of the guest and the files of one app.

use thiserror::Error;
use wit_component::{ComponentEncoder, DecodedWasm};

use super::check::{ImageError, check};
use super::guest::{GuestError, PAGE, with_image};
use super::image::{self, TooLarge};
use super::{Amount, Files};
use crate::app::unversioned;
use crate::compact::compact;
use crate::decode::decode;
use crate::skeleton::skeleton;

/// A component that has an app's files.
#[derive(Debug, Clone)]
pub struct Component {
    /// All of it.
    pub bytes: Vec<u8>,
    /// What stands for it where only types matter.
    pub(crate) stand_in: Vec<u8>,
    /// The interfaces that it needs of the host, with versions.
    pub imports: Vec<String>,
    /// The interfaces that it has for the app, with versions.
    pub exports: Vec<String>,
    /// How much it holds.
    pub amount: Amount,
}

/// Why an app cannot have files.
#[derive(Debug, Error)]
pub enum FilesError {
    /// There are too many bytes.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
    /// The image is not valid, which would be a fault of the composer.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// The guest does not take it.
    #[error(transparent)]
    Guest(#[from] GuestError),
    /// The guest does not become a component.
    #[error("the files guest does not become a component: {message}; build the guests again")]
    Encode {
        /// What the encoder says.
        message: String,
    },
    /// The host lets a component have less memory.
    #[error(
        "the files need {needed} MiB of memory ({image} MiB of files, up to {tmp} MiB in `/tmp`), and the host gives a component {most}; leave large files out with --exclude, or give a smaller --max-tmp-mib"
    )]
    Memory {
        /// The sum, in MiB.
        needed: u64,
        /// Of that, the guest and its image.
        image: u64,
        /// Of that, what can be written.
        tmp: u64,
        /// What the host gives, in MiB.
        most: u64,
    },
    /// The host lacks what files are made of.
    #[error(
        "the host has no `{import}`, which files need; build the app without files with --no-files, or name its package in `packages` under `[host]` of the rules if the host has it"
    )]
    Host {
        /// The import.
        import: String,
    },
    /// The app gives streams, or asks for them, where somebody else has them, too.
    #[error(
        "the app's `{interface}` uses types of `{shared}`, which would be the files' own and not the host's; build the app without files with --no-files"
    )]
    Shared {
        /// An interface between the app and others than the files.
        interface: String,
        /// The interface of which it uses types.
        shared: String,
    },
    /// Its libc speaks another WASI.
    #[error(
        "the app imports `{import}`, and the files guest has `{has}`, which is not compatible; build the app without files with --no-files, or with another componentize-py"
    )]
    Version {
        /// What the app imports.
        import: String,
        /// What the guest exports.
        has: String,
    },
}

/// Makes the component of an app's files. `most` is how much memory a host gives to a component, in MiB, if that is known.
pub fn component(guest: &[u8], files: &Files, most: Option<u32>) -> Result<Component, FilesError> {
    let image = image::write(files)?;
    check(&image)?;
    within(guest.len() + image.len(), files.max_tmp, most)?;
    let module = with_image(guest, &image)?;
    let failed = |message: String| FilesError::Encode { message };
    let encoded = ComponentEncoder::default()
        .module(&module)
        .and_then(|encoder| encoder.encode())
        .map_err(|error| failed(format!("{error:#}")))?;
    let bytes = compact(&encoded).map_err(|error| failed(error.to_string()))?;
    let stand_in = skeleton(&bytes).map_err(|error| failed(error.to_string()))?;
    let decoded = decode(&stand_in).map_err(|error| failed(error.to_string()))?;
    let DecodedWasm::Component(resolve, world) = decoded else {
        return Err(failed("it is a WIT package".to_owned()));
    };
    let world = &resolve.worlds[world];
    let names = |items: &indexmap::IndexMap<wit_parser::WorldKey, wit_parser::WorldItem>| {
        items.keys().map(|key| resolve.name_world_key(key)).collect()
    };
    let amount = Amount { count: files.tree.len(), bytes: files.tree.bytes(), max_tmp: files.max_tmp };
    Ok(Component { imports: names(&world.imports), exports: names(&world.exports), bytes, stand_in, amount })
}

/// That a host has the memory for so many bytes, and for what is written to `/tmp`.
fn within(bytes: usize, max_tmp: u32, most: Option<u32>) -> Result<(), FilesError> {
    const MIB: u64 = 16 * PAGE;
    let Some(most) = most.map(u64::from) else { return Ok(()) };
    let [image, tmp] = [bytes as u64, u64::from(max_tmp)].map(|bytes| bytes.div_ceil(MIB));
    if image + tmp <= most { Ok(()) } else { Err(FilesError::Memory { needed: image + tmp, image, tmp, most }) }
}

impl Component {
    /// The interface that it has in place of one that an app imports, if it has that.
    pub fn export_for(&self, import: &str) -> Option<&str> {
        self.exports.iter().map(String::as_str).find(|export| unversioned(export) == unversioned(import))
    }
}
