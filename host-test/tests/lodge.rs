//! A world in which functions and a type stand in the world itself: these pass between host and app, past the adapter, and
//! the interfaces are reshaped as ever.

#[path = "support/own_world.rs"]
mod own_world;

use wasmtime::Store;
use wasmtime::component::{HasSelf, Linker, Resource, ResourceTable};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

use bindings::LodgeImports;
use bindings::acme::lodge::{prices, rooms};

mod bindings {
    wasmtime::component::bindgen!({
        path: "../fixtures/worlds/lodge/wit",
        world: "acme:lodge/lodge",
        with: { "acme:lodge/rooms.room": super::Room },
    });
}

/// A room, until it is given back.
pub struct Room(u32);

/// The host: its rooms, and how often the bell was rung.
struct House {
    rooms: ResourceTable,
    rung: u32,
    wasi: WasiCtx,
}

impl WasiView for House {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.rooms }
    }
}

impl LodgeImports for House {
    fn ring(&mut self, times: u32) -> String {
        self.rung += times;
        format!("rung {times}")
    }
}

impl bindings::clock::Host for House {
    fn hour(&mut self) -> u8 {
        7
    }
}

impl prices::Host for House {
    fn of_nights(&mut self, nights: u32) -> prices::Price {
        prices::Price { amount: 80 * nights, currency: "francs".to_owned() }
    }
}

impl rooms::Host for House {
    fn take(&mut self, guest: String) -> Result<Resource<Room>, rooms::Refusal> {
        if guest == "nobody" {
            return Err(rooms::Refusal::Full);
        }
        Ok(self.rooms.push(Room(7)).expect("the table has room"))
    }

    fn give_back(&mut self, room: Resource<Room>) -> Result<(), rooms::Refusal> {
        self.rooms.delete(room).expect("the handle is one of this table");
        Ok(())
    }

    fn check_out(&mut self, party: rooms::Party) -> Result<Vec<rooms::Stay>, rooms::Refusal> {
        let met_in = party.met_in.map(|room| self.rooms.get(&room).expect("the handle is one of this table").0);
        let mut stays = party.stays.into_iter();
        let kept = stays.next().map(|(guest, room)| (format!("{guest} of {} in {met_in:?}", party.name), room));
        for (_, room) in stays {
            self.rooms.delete(room).expect("the handle is one of this table");
        }
        Ok(kept.into_iter().collect())
    }
}

impl rooms::HostRoom for House {
    fn number(&mut self, room: Resource<Room>) -> u32 {
        self.rooms.get(&room).expect("the handle is one of this table").0
    }

    fn drop(&mut self, room: Resource<Room>) -> wasmtime::Result<()> {
        self.rooms.delete(room)?;
        Ok(())
    }
}

#[test]
fn what_stands_in_the_world_passes() {
    let component = own_world::build("lodge", Some("lodge"));
    let (engine, component) = own_world::compiled(&component);
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker).expect("the host has WASI");
    bindings::Lodge::add_to_linker::<_, HasSelf<_>>(&mut linker, |house: &mut House| house).expect("and the raw world");
    let wasi = WasiCtx::builder().inherit_stderr().build();
    let mut store = Store::new(&engine, House { rooms: ResourceTable::new(), rung: 0, wasi });
    let lodge = bindings::Lodge::instantiate(&mut store, &component, &linker);
    let lodge = lodge.unwrap_or_else(|error| panic!("{error:?}"));

    let bill = lodge.call_reckon(&mut store, "ann", 3).unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!((bill.guest.as_str(), bill.room), ("ann (ALREADY_CONSUMED, rung 2)", 7));
    assert_eq!((bill.total.amount, bill.total.currency.as_str()), (240, "francs"));
    let bags = ["one".to_owned(), "two".to_owned()];
    let carried = lodge.porter().call_carry(&mut store, &bags).unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(carried, "2 by rung 1");
    assert_eq!(store.data().rung, 3);
    // Handles inside a value are lent by the app, and given away by the adapter where the host takes them.
    let left = lodge.porter().call_farewell(&mut store, "smith").unwrap_or_else(|error| panic!("{error:?}"));
    let expected = ["refused: ALREADY_CONSUMED", "ann of smith in Some(7) has 7", "ALREADY_CONSUMED", "7", "TypeError"];
    assert_eq!(left, expected);
    let state = store.data();
    assert!(state.rooms.is_empty(), "the app has dropped all rooms, and the adapter with it");
}
