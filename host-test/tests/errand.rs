//! A world whose exports pass through: one of another package, which the host calls as it calls any command, and one that the
//! app imports, too. The rest of the world is reshaped.

#[path = "support/own_world.rs"]
mod own_world;

use std::fs;

use host_test::apps;
use wasmtime::Store;
use wasmtime::component::{HasSelf, Linker, Resource, ResourceTable};
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wit_component::DecodedWasm;

use bindings::acme::errand::{bell, post};
use bindings::exports::acme::errand::bell::Sound;
use bindings::exports::acme::errand::desk;

mod bindings {
    wasmtime::component::bindgen!({
        path: "../fixtures/worlds/errand/wit",
        world: "acme:errand/errand",
        with: { "acme:errand/post.letter": super::Letter },
    });
}

/// A letter, until it is posted.
pub struct Letter {
    stamped: bool,
}

/// The host: its letters, and what the app printed.
struct Town {
    letters: ResourceTable,
    posted: u32,
    wasi: WasiCtx,
}

impl WasiView for Town {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.letters }
    }
}

impl post::Host for Town {
    fn send(&mut self, letter: Resource<Letter>) -> Result<u32, post::Refusal> {
        let letter = self.letters.delete(letter).expect("the handle is one of this table");
        if !letter.stamped {
            return Err(post::Refusal::Unstamped);
        }
        self.posted += 1;
        Ok(self.posted - 1)
    }
}

impl post::HostLetter for Town {
    fn new(&mut self, _: String) -> Resource<Letter> {
        self.letters.push(Letter { stamped: false }).expect("the table has room")
    }

    fn stamp(&mut self, letter: Resource<Letter>) {
        self.letters.get_mut(&letter).expect("the handle is one of this table").stamped = true;
    }

    fn drop(&mut self, letter: Resource<Letter>) -> wasmtime::Result<()> {
        self.letters.delete(letter)?;
        Ok(())
    }
}

impl bell::Host for Town {
    fn ring(&mut self, sound: bell::Sound) -> bell::Sound {
        sound
    }
}

#[test]
fn exports_that_pass_through_are_called_as_they_are() {
    let component = own_world::build("errand", Some("errand"));
    assert_eq!(exports(&component), ["acme:errand/desk@1.0.0", "acme:errand/bell@1.0.0", "wasi:cli/run@0.2.6"]);

    let (engine, component) = own_world::compiled(&component);
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker).expect("the host has WASI");
    bindings::Errand::add_to_linker::<_, HasSelf<_>>(&mut linker, |town: &mut Town| town).expect("and the raw world");
    let printed = MemoryOutputPipe::new(1 << 16);
    let wasi = WasiCtx::builder().stdout(printed.clone()).inherit_stderr().build();
    let mut store = Store::new(&engine, Town { letters: ResourceTable::new(), posted: 0, wasi });
    let errand = bindings::Errand::instantiate(&mut store, &component, &linker);
    let errand = errand.unwrap_or_else(|error| panic!("{error:?}"));

    let rung = errand.acme_errand_bell().call_ring(&mut store, Sound::Ding);
    assert!(matches!(rung, Ok(Sound::Dong)), "{rung:?}");
    let mut weigh = |grams: &[u32], most| {
        let parcel = desk::Parcel { to: "ann".to_owned(), grams: grams.to_owned() };
        let fate = errand.acme_errand_desk().call_weigh(&mut store, &parcel, most);
        format!("{:?}", fate.unwrap_or_else(|error| panic!("{error:?}")))
    };
    assert_eq!(weigh(&[1, 2], Some(3)), r#"Ok(Fate::Sent(Parcel { to: "ANN", grams: [3] }))"#);
    assert_eq!(weigh(&[1, 2], Some(2)), "Ok(Fate::Kept)");
    assert_eq!(weigh(&[], None), r#"Err("nothing for ann")"#);
    let scale = errand.acme_errand_desk().scale();
    let mut make = |most| scale.call_constructor(&mut store, most).unwrap_or_else(|error| panic!("{error:?}"));
    let (one, other) = (make(10), make(20));
    let mut put = |on, grams| scale.call_put(&mut store, on, grams).unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!((put(one, 4), put(one, 6), put(one, 1)), (Ok(4), Ok(10), Err("11 of 10".to_owned())));
    assert_eq!(put(other, 5), Ok(5));
    let heavier = scale.call_heavier(&mut store, one, other).unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(scale.call_put(&mut store, heavier, 0).ok(), Some(Ok(10)));
    for gone in [heavier, other] {
        gone.resource_drop(&mut store).unwrap_or_else(|error| panic!("{error:?}"));
    }
    let ran = errand.wasi_cli_run().call_run(&mut store).unwrap_or_else(|error| panic!("{error:?}"));
    // The letter without a stamp.
    assert_eq!(ran, Err(()));
    assert_eq!(store.data().posted, 1);
    let printed = String::from_utf8(printed.contents().into()).expect("it is text");
    let lines = ["posted after 0", "again: AlreadyConsumed", "rang DONG", "unstamped: Unstamped"];
    assert_eq!(printed.lines().collect::<Vec<_>>(), lines);

    // The classes that the host makes objects of are looked for where the bindings look.
    let own =
        |file: &str| fs::read_to_string(apps::fixture("worlds/errand/app").join(file)).expect("a file of the app");
    let said = own_world::refused("errand", &[("main.py", &own("main.py"))]);
    let advice = "the host makes objects of `Scale`, which the bindings look for in the module `desk` of the app; define the class in a file `desk.py` beside `main`";
    assert!(said.contains(advice), "{said}");
    let short = own("desk.py").replace("def put(self, grams: int)", "def put(self)");
    let said = own_world::refused("errand", &[("main.py", &own("main.py")), ("desk.py", &short)]);
    assert!(said.contains("desk.Scale.put takes (self), and the host gives 1 argument after `self`"), "{said}");
}

fn exports(component: &[u8]) -> Vec<String> {
    let decoded = wit_component::decode(component).expect("the component has types");
    let DecodedWasm::Component(resolve, world) = decoded else { panic!("it is a component") };
    resolve.worlds[world].exports.keys().map(|key| resolve.name_world_key(key)).collect()
}
