//! The register of vessels, and the pilots. What a vessel is called says how it behaves.

use wasmtime::component::Resource;

use crate::harbour::bindings::harbour::control::types::{Address, Error, Position};
use crate::harbour::bindings::harbour::control::{pilotage, vessels};
use crate::harbour::{Harbour, Vessel};

/// The most that this host gives out at once, in bytes.
const MOST: u64 = 16 << 20;

/// The names of every crew, and how many of them are on a page.
const CREW: [&str; 5] = ["ann", "bob", "cy", "dot", "eve"];
const PAGE: usize = 2;

impl Harbour {
    /// A new vessel.
    pub fn vessel(&mut self, call_sign: &str) -> Resource<Vessel> {
        self.add(Vessel { call_sign: call_sign.to_owned(), radio: None, silent: false })
    }

    /// What a vessel is called.
    pub fn name_of(&self, vessel: &Resource<Vessel>) -> String {
        self.get(vessel).call_sign.clone()
    }
}

/// An answer of this many bytes, where a limit allows it. The host has a limit of its own, as hosts have.
fn fits(length: usize, limit: u64) -> Result<(), Error> {
    let length = length as u64;
    if limit > MOST || limit < length { Err(Error::TooSmall(length)) } else { Ok(()) }
}

/// A page of items, and where the next one starts.
fn page(cursor: u32) -> (String, Option<u32>) {
    let start = cursor as usize;
    let names: String = CREW.iter().skip(start).take(PAGE).map(|name| format!("{name}\0")).collect();
    let next = start + PAGE;
    (names, (next < CREW.len()).then_some(next as u32))
}

impl vessels::HostVessel for Harbour {
    fn new(&mut self, call_sign: String) -> Resource<Vessel> {
        self.vessel(&call_sign)
    }

    fn find(&mut self, call_sign: String) -> Result<Resource<Vessel>, Error> {
        match call_sign.as_str() {
            "nobody" => Err(Error::NotFound),
            "pirate" => Err(Error::Refused),
            name => Ok(self.vessel(name)),
        }
    }

    fn fleet(&mut self) -> Vec<Resource<Vessel>> {
        ["tug", "fireboat"].map(|name| self.vessel(name)).into()
    }

    fn call_sign(&mut self, vessel: Resource<Vessel>) -> String {
        self.name_of(&vessel)
    }

    fn position(&mut self, vessel: Resource<Vessel>) -> Option<Position> {
        (self.name_of(&vessel) != "ghost").then_some(Position { latitude: 54.25, longitude: -10.5 })
    }

    fn log(&mut self, vessel: Resource<Vessel>, max_len: u64) -> Result<String, Error> {
        self.note("log", max_len);
        let name = self.name_of(&vessel);
        if name == "endless" {
            return Err(Error::TooSmall(u64::MAX));
        }
        let log = format!("{name} ").repeat(60_000);
        fits(log.len(), max_len).map(|()| log)
    }

    fn picture(&mut self, vessel: Resource<Vessel>, max_len: u64) -> Result<Vec<u8>, Error> {
        let picture = if self.name_of(&vessel) == "scribe" { "a drawing".into() } else { vec![0xff, 0xd8, 0xff, 0x00] };
        fits(picture.len(), max_len).map(|()| picture)
    }

    fn crew(&mut self, _: Resource<Vessel>, max_len: u64, cursor: u32) -> Result<(String, Option<u32>), Error> {
        let (names, next) = page(cursor);
        fits(names.len(), max_len).map(|()| (names, next))
    }

    fn bunk(&mut self, _: Resource<Vessel>, name: String) -> Option<String> {
        // Somebody has the watch.
        (name != "cy").then(|| format!("below {name}'s hammock"))
    }

    fn seals(&mut self, _: Resource<Vessel>, max_len: u64, cursor: u32) -> Result<(Vec<u8>, Option<u32>), Error> {
        let (names, next) = page(cursor);
        let seals: Vec<u8> = names.bytes().map(|byte| if byte == 0 { 0 } else { byte ^ 0xff }).collect();
        fits(seals.len(), max_len).map(|()| (seals, next))
    }

    fn flags_flown(&mut self, _: Resource<Vessel>) -> String {
        "alfa bravo".to_owned()
    }

    fn motto(&mut self, vessel: Resource<Vessel>) -> Vec<u8> {
        if self.name_of(&vessel) == "scribe" { vec![0xc3, 0x28] } else { "fluctuat nec mergitur ⚓".into() }
    }

    fn last_words(&mut self, vessel: Resource<Vessel>) -> Option<String> {
        let vessel = self.things.get_mut(&vessel).expect("the handle is one of this table");
        let said = (!vessel.silent).then(|| "over and out".to_owned());
        vessel.silent = true;
        said
    }

    fn radio(&mut self, vessel: Resource<Vessel>) -> Option<Address> {
        self.get(&vessel).radio
    }

    fn drop(&mut self, vessel: Resource<Vessel>) -> wasmtime::Result<()> {
        self.things.delete(vessel)?;
        Ok(())
    }
}

impl vessels::Host for Harbour {
    fn rename(&mut self, vessel: Resource<Vessel>, call_sign: String) -> Result<(), Error> {
        if call_sign == "pirate" {
            return Err(Error::Refused);
        }
        self.things.get_mut(&vessel).expect("the handle is one of this table").call_sign = call_sign;
        Ok(())
    }

    fn set_radio(&mut self, vessel: Resource<Vessel>, address: Address) -> Result<(), Error> {
        self.note("set_radio", address);
        self.things.get_mut(&vessel).expect("the handle is one of this table").radio = Some(address);
        Ok(())
    }

    fn scrap(&mut self, vessel: Resource<Vessel>) -> Result<String, Error> {
        let name = self.take(vessel).call_sign;
        self.note("scrap", &name);
        if name == "museum" { Err(Error::Refused) } else { Ok(name) }
    }

    fn scrap_all(&mut self, vessels: Vec<Resource<Vessel>>) -> Result<u32, Error> {
        let names: Vec<_> = vessels.into_iter().map(|vessel| self.take(vessel).call_sign).collect();
        self.note("scrap_all", &names);
        Ok(names.len() as u32)
    }

    fn scrap_perhaps(&mut self, vessel: Option<Resource<Vessel>>) -> bool {
        vessel.map(|vessel| self.take(vessel)).is_some()
    }

    fn convoy(&mut self, vessels: Vec<Resource<Vessel>>) -> Result<Vec<String>, Error> {
        Ok(vessels.iter().map(|vessel| self.name_of(vessel)).collect())
    }

    fn leader(&mut self, vessel: Option<Resource<Vessel>>) -> Option<Resource<Vessel>> {
        let name = format!("{}, leading", self.name_of(&vessel?));
        Some(self.vessel(&name))
    }

    fn raise_flags(&mut self, _: Resource<Vessel>, names: String) {
        self.note("raise_flags", names);
    }

    fn fire(&mut self, at: Position) {
        self.note("fire", at);
    }
}

impl pilotage::Host for Harbour {
    fn book(&mut self, name: String) -> Result<Resource<Vessel>, Error> {
        Ok(self.vessel(&format!("pilot {name}")))
    }

    fn dismiss(&mut self, boat: Resource<Vessel>) -> Result<String, Error> {
        Ok(format!("{} goes home", self.take(boat).call_sign))
    }
}
