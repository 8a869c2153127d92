//! The harbour: a host of the second world, which notes what it is told.

use wasmtime::component::{Resource, ResourceTable};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

use bindings::almanac::tides0_1_0::tables as printed;
use bindings::almanac::tides0_2_0::tables;
use bindings::harbour::control::{chart, signals, types};

/// What the host of the world has to implement, made of the raw WIT.
pub mod bindings {
    wasmtime::component::bindgen!({
        path: "../fixtures/worlds/harbour/wit",
        world: "harbour:control/office",
        with: {
            "almanac:tides/tables@0.2.0.table": super::Table,
            "harbour:control/chart.buoy": super::Buoy,
            "harbour:control/signals.mast": super::Mast,
            "harbour:control/vessels.vessel": super::Vessel,
            "harbour:control/berths.mooring": super::Mooring,
            "harbour:control/berths.extra-mooring-options": super::Extra,
        },
    });
}

/// A tide table.
pub struct Table(pub String);

/// A buoy.
pub struct Buoy(u32);

/// A mast.
pub struct Mast(String);

/// A vessel.
pub struct Vessel {
    /// What it is called.
    pub call_sign: String,
    /// Where its radio is reached.
    pub radio: Option<types::Address>,
    /// Whether its radio said what it has to say.
    pub silent: bool,
}

/// A vessel in its berth.
pub struct Mooring {
    /// The berth.
    pub berth: u16,
    /// What was agreed.
    pub terms: String,
}

/// What nothing makes.
pub struct Extra;

/// The harbour: its things, and what it was told.
#[derive(Default)]
pub struct Harbour {
    /// Its things.
    pub things: ResourceTable,
    /// What it was told, in order.
    pub told: Vec<String>,
    wasi: WasiCtx,
}

impl WasiView for Harbour {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.things }
    }
}

impl Harbour {
    /// A harbour whose WASI tells what the app prints.
    pub fn new() -> Self {
        Self { wasi: WasiCtx::builder().inherit_stdio().build(), ..Self::default() }
    }

    /// Notes what it is told.
    pub fn note(&mut self, what: &str, value: impl std::fmt::Debug) {
        self.told.push(format!("{what} {value:?}"));
    }

    /// A new thing.
    pub fn add<T: Send + 'static>(&mut self, thing: T) -> Resource<T> {
        self.things.push(thing).expect("the table has room")
    }

    /// A thing that a guest names. The host of a component cannot be given a handle that is none.
    pub fn get<T: 'static>(&self, thing: &Resource<T>) -> &T {
        self.things.get(thing).expect("the handle is one of this table")
    }

    /// A thing that a guest gives away.
    pub fn take<T: 'static>(&mut self, thing: Resource<T>) -> T {
        self.things.delete(thing).expect("the handle is one of this table")
    }
}

impl types::Host for Harbour {}

impl printed::Host for Harbour {}

impl tables::Host for Harbour {}

impl tables::HostTable for Harbour {
    fn new(&mut self, place: String) -> Resource<Table> {
        self.add(Table(place))
    }

    fn place(&mut self, table: Resource<Table>) -> String {
        self.get(&table).0.clone()
    }

    fn next(&mut self, table: Resource<Table>, after: u16) -> Option<tables::Tide> {
        let place = self.get(&table).0.clone();
        (after < 720).then(|| tables::Tide { place, high: true, minute: after + 20, metres: 3.5, moon: None })
    }

    fn drop(&mut self, table: Resource<Table>) -> wasmtime::Result<()> {
        self.things.delete(table)?;
        Ok(())
    }
}

impl chart::Host for Harbour {
    fn draw(&mut self, line: chart::DepthLine) -> chart::DepthLine {
        self.note("draw", &line);
        line
    }

    fn sum(&mut self, buoys: Vec<Resource<Buoy>>) -> u64 {
        buoys.iter().map(|buoy| u64::from(self.get(buoy).0)).sum()
    }

    fn convert(&mut self, tide: printed::Tide, moon: Option<printed::Moon>) -> tables::Tide {
        self.note("convert", (&tide, moon));
        let moon = moon.map(|moon| match moon {
            printed::Moon::Dark => tables::Moon::Dark,
            printed::Moon::Half => tables::Moon::Waxing,
            printed::Moon::Full => tables::Moon::Full,
        });
        let metres = f32::from(tide.feet) * 0.3048;
        tables::Tide { place: "here".to_owned(), high: tide.high, minute: u16::from(tide.hour) * 60, metres, moon }
    }

    fn print_moon(&mut self, moon: tables::Moon) -> printed::Moon {
        match moon {
            tables::Moon::Dark => printed::Moon::Dark,
            tables::Moon::Full => printed::Moon::Full,
            tables::Moon::Waxing | tables::Moon::Waning => printed::Moon::Half,
        }
    }
}

impl chart::HostBuoy for Harbour {
    fn new(&mut self, number: u32) -> Resource<Buoy> {
        self.add(Buoy(number))
    }

    fn gate(&mut self, name: String) -> Result<(Resource<Buoy>, Resource<Buoy>), String> {
        if name.is_empty() {
            return Err("a gate has a name".to_owned());
        }
        Ok((self.add(Buoy(1)), self.add(Buoy(2))))
    }

    fn number(&mut self, buoy: Resource<Buoy>) -> u32 {
        self.get(&buoy).0
    }

    fn light(&mut self, buoy: Resource<Buoy>) -> Option<chart::Light> {
        match self.get(&buoy).0 {
            0 => None,
            1 => Some(chart::Light::Dark),
            2 => Some(chart::Light::Steady('r')),
            _ => Some(chart::Light::Flashes(vec![3, 0, 255])),
        }
    }

    fn drop(&mut self, buoy: Resource<Buoy>) -> wasmtime::Result<()> {
        self.things.delete(buoy)?;
        Ok(())
    }
}

/// Methods of a mast that note what they are shown and show it again.
macro_rules! repeat {
    ($($name:ident($($value:ident: $ty:ty),*) -> $result:ty;)*) => {
        $(
            fn $name(&mut self, _: Resource<Mast>, $($value: $ty),*) -> $result {
                let shown = ($($value),*);
                self.note(stringify!($name), &shown);
                shown
            }
        )*
    };
}

type Tuples = ((u8, String), (f32, (bool, char)), types::Side);
type Results = (Result<types::Position, String>, Result<Vec<u8>, ()>, Result<(), types::Side>, Result<(), ()>);
type Nested = Option<Result<Option<String>, Vec<(types::Side, u8)>>>;

impl signals::HostMast for Harbour {
    repeat! {
        repeat_instruments(value: signals::Instruments) -> signals::Instruments;
        repeat_watch(value: signals::Watch) -> signals::Watch;
        repeat_locker(value: signals::Locker) -> signals::Locker;
        repeat_meaning(value: signals::Meaning) -> signals::Meaning;
        repeat_bytes(value: Vec<u8>) -> Vec<u8>;
        repeat_lists(value: Vec<Vec<String>>, counts: Vec<u16>) -> (Vec<Vec<String>>, Vec<u16>);
        repeat_perhaps(value: Option<Option<String>>, count: Option<Option<u8>>) -> (Option<Option<String>>, Option<Option<u8>>);
        repeat_tuples(value: Tuples) -> Tuples;
        repeat_nested(value: Nested) -> Nested;
        repeat_watches(value: Vec<Option<signals::Watch>>) -> Vec<Option<signals::Watch>>;
        repeat_maybe_watch(value: Option<signals::Watch>) -> Option<signals::Watch>;
    }

    fn repeat_results(
        &mut self,
        _: Resource<Mast>,
        both: Result<types::Position, String>,
        only_ok: Result<Vec<u8>, ()>,
        only_error: Result<(), types::Side>,
        neither: Result<(), ()>,
    ) -> Results {
        let shown = (both, only_ok, only_error, neither);
        self.note("repeat_results", &shown);
        shown
    }

    fn new(&mut self, name: String) -> Resource<Mast> {
        self.add(Mast(name))
    }

    fn all(&mut self) -> Vec<Resource<Mast>> {
        ["fore", "main"].map(|name| self.add(Mast(name.to_owned()))).into()
    }

    fn name(&mut self, mast: Resource<Mast>) -> String {
        self.get(&mast).0.clone()
    }

    fn drop(&mut self, mast: Resource<Mast>) -> wasmtime::Result<()> {
        let mast = self.things.delete(mast)?;
        self.note("dropped", mast.0);
        Ok(())
    }
}

impl signals::Host for Harbour {
    repeat! {
        repeat_note(value: Option<String>) -> Option<String>;
        repeat_calls(value: Vec<(String, u32)>, last: (String, u32)) -> (Vec<(String, u32)>, (String, u32));
        repeat_sides(value: types::Side, others: Vec<types::Side>) -> (types::Side, Vec<types::Side>);
        repeat_tides(value: tables::Tide, old: printed::Tide, moons: Vec<tables::Moon>) -> (tables::Tide, printed::Tide, Vec<tables::Moon>);
        repeat_maybe_tides(value: Option<tables::Tide>, all: Vec<printed::Tide>, pair: (tables::Tide, printed::Tide)) -> (Option<tables::Tide>, Vec<printed::Tide>, (tables::Tide, printed::Tide));
        repeat_chart(value: chart::DepthLine, light: Option<chart::Light>) -> (chart::DepthLine, Option<chart::Light>);
    }

    fn set_lamp(&mut self, mast: Resource<Mast>, lamp: signals::Lamp) -> String {
        let mast = &self.get(&mast).0;
        match lamp {
            signals::Lamp::Dark => format!("{mast} is dark"),
            signals::Lamp::Flashing(flashes) => format!("{mast} flashes {} {:?}", flashes.colour, flashes.every_ms),
        }
    }

    fn in_sight(&mut self, _: Resource<Mast>, first: Resource<Buoy>, second: Option<Resource<Buoy>>) -> Vec<u32> {
        [Some(first), second].iter().flatten().map(|buoy| self.get(buoy).0).collect()
    }

    fn answer(&mut self, well: bool) -> Result<(), ()> {
        if well { Ok(()) } else { Err(()) }
    }

    fn answer_number(&mut self, well: bool) -> Result<u32, ()> {
        if well { Ok(7) } else { Err(()) }
    }

    fn answer_side(&mut self, well: bool) -> Result<(), types::Side> {
        if well { Ok(()) } else { Err(types::Side::Port) }
    }

    fn answer_words(&mut self, well: bool) -> Result<String, String> {
        if well { Ok("aye".to_owned()) } else { Err("nay".to_owned()) }
    }

    fn answer_meaning(&mut self, well: bool) -> Result<Option<signals::Meaning>, signals::Locker> {
        let words = || signals::Meaning::Words(vec!["all".to_owned(), "well".to_owned()]);
        if well { Ok(Some(words())) } else { Err(signals::Locker::BRAVO | signals::Locker::INDIA) }
    }
}
