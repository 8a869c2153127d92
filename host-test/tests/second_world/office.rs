//! The office: guests and app of the second world, built once, composed, and called once.

use std::sync::LazyLock;

use wasmtime::Store;
use wasmtime::component::{HasSelf, Linker};

use crate::harbour::bindings::Office as Bindings;
use crate::harbour::bindings::almanac::tides0_1_0::tables as printed;
use crate::harbour::bindings::almanac::tides0_2_0::tables;
use crate::harbour::{Harbour, Table};
use crate::own_world::{self, timed};

/// What came of calling the office.
pub struct Office {
    /// What the app said of the vessel that arrived.
    pub report: Result<String, String>,
    /// What it said of the vessel that it does not like.
    pub refused: Result<String, String>,
    /// What closing came to.
    pub closed: Result<(), ()>,
    /// What the host was told.
    pub told: Vec<String>,
    /// The composed component.
    pub component: Vec<u8>,
}

/// The office of all tests here.
pub static OFFICE: LazyLock<Office> = LazyLock::new(|| {
    let component = own_world::build("harbour", Some("office"));
    let run = run(&component);
    Office { component, ..run }
});

fn run(component: &[u8]) -> Office {
    let (engine, component) = own_world::compiled(component);
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker).expect("the host has WASI");
    Bindings::add_to_linker::<_, HasSelf<_>>(&mut linker, |harbour: &mut Harbour| harbour).expect("and the raw world");
    let mut store = Store::new(&engine, Harbour::new());
    let office = Bindings::instantiate(&mut store, &component, &linker).unwrap_or_else(|error| panic!("{error:?}"));
    let arrivals = office.harbour_control_arrivals();

    let arrive = |store: &mut Store<Harbour>, name: &str, old| {
        let vessel = store.data_mut().vessel(name);
        let table = store.data_mut().add(Table("outside".to_owned()));
        let tide = tables::Tide {
            place: "bar".to_owned(),
            high: true,
            minute: 61,
            metres: 2.25,
            moon: Some(tables::Moon::Waning),
        };
        let answer = arrivals.call_arrive(&mut *store, vessel, table, &tide, old);
        answer.unwrap_or_else(|error| panic!("{error:?}\n{:#?}", store.data().told))
    };
    let old = Some(printed::Tide { high: false, hour: 1, feet: -7 });
    let report = timed("app run", || arrive(&mut store, "visitor", old));
    let refused = arrive(&mut store, "pirate", None);
    let closed = arrivals.call_close(&mut store, Some(30)).unwrap_or_else(|error| panic!("{error:?}"));
    let told = std::mem::take(&mut store.data_mut().told);
    Office { report, refused, closed, told, component: Vec::new() }
}
