//! Records what an app asks its host for, as a script that the app can be answered from without that host.
//!
//! The local host is a library that lets nobody see what it is called with. So a component is put around the app, between
//! it and the host: it has all that the host has, passes each call on, and writes the call and its answer to a log endpoint. It
//! is made for the component, from what that imports, and any host runs it. One stage a module:
//!
//! - [`worlds`] has the WIT of what is put around the app, and [`items`] numbers what is in there;
//! - [`between`], [`entry`] and [`sink`] are the components, over [`module`], [`writing`], [`owned`] and [`flat`];
//! - [`wire`] puts them around the app;
//! - [`lines`] reads what they wrote, [`lift`] finds the values in it, [`hide`] leaves out what nobody should see, and
//!   [`tell`] writes a script;
//! - [`live`] does all of this for one request to the local host;
//! - [`replay`] answers an app from a recording.

mod between;
mod entry;
pub mod error;
mod flat;
pub mod hide;
mod items;
mod lift;
pub mod lines;
pub mod live;
mod module;
mod owned;
pub mod replay;
mod sink;
mod tell;
mod wire;
mod worlds;
mod writing;

use composer::read::RawWorld;

pub use error::RecordError;
pub use sink::ENDPOINT;

/// A component with a recorder around it.
#[derive(Debug)]
pub struct Recorder {
    /// The component, for the same host.
    pub component: Vec<u8>,
    worlds: worlds::Worlds,
}

impl Recorder {
    /// Puts a recorder around a composed component, for hosts of a raw world.
    pub fn around(component: Vec<u8>, raw: &RawWorld) -> Result<Self, RecordError> {
        let worlds = worlds::Worlds::of(&component)?;
        let parts = wire::Parts {
            between: between::between(&worlds)?,
            entry: entry::entry(&worlds)?,
            sink: sink::sink(&raw.resolve)?,
            app: component,
        };
        Ok(Self { component: wire::wire(&worlds, parts)?, worlds })
    }

    /// The script that the lines of its log endpoint come to; `about` says what it is of, and `full` that only secrets
    /// are left out.
    pub fn script(&self, lines: &[String], about: &str, full: bool) -> Result<String, RecordError> {
        tell::script(&self.worlds, lines, about, full)
    }
}
