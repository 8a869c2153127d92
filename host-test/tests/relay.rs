//! A world with async functions, streams and futures: they pass between app and host as they are, past adapter and entry, and
//! the rest is reshaped.

#[path = "support/own_world.rs"]
mod own_world;

use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use wasmtime::component::{
    Access, Accessor, FutureReader, HasSelf, Linker, Resource, ResourceTable, Source, StreamConsumer, StreamReader,
    StreamResult,
};
use wasmtime::{AsContextMut as _, Store, StoreContextMut};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

use bindings::acme::relay::{post, waiting};
use bindings::exports::acme::relay::desk::Task;

mod bindings {
    wasmtime::component::bindgen!({
        path: "../fixtures/worlds/relay/wit",
        world: "acme:relay/relay",
        imports: { "acme:relay/waiting.fetch": store | trappable, "acme:relay/waiting.count": store | trappable },
        with: { "acme:relay/post.letter": super::Letter, "acme:relay/waiting.runner": super::Runner },
    });
}

/// A letter, until it is posted.
pub struct Letter {
    stamped: bool,
}

/// Who is on the way, over so many miles.
pub struct Runner {
    miles: u32,
}

/// The host.
struct Town {
    table: ResourceTable,
    posted: u32,
    wasi: WasiCtx,
}

/// How many runners are on the way, and how many there were at most.
static UNDER_WAY: AtomicU32 = AtomicU32::new(0);

impl WasiView for Town {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl post::Host for Town {
    fn send(&mut self, letter: Resource<Letter>) -> Result<u32, post::Refusal> {
        let letter = self.table.delete(letter).expect("the handle is one of this table");
        if !letter.stamped {
            return Err(post::Refusal::Unstamped);
        }
        self.posted += 1;
        Ok(self.posted - 1)
    }
}

impl post::HostLetter for Town {
    fn new(&mut self, _: String) -> Resource<Letter> {
        self.table.push(Letter { stamped: false }).expect("the table has room")
    }

    fn stamp(&mut self, letter: Resource<Letter>) {
        self.table.get_mut(&letter).expect("the handle is one of this table").stamped = true;
    }

    fn drop(&mut self, letter: Resource<Letter>) -> wasmtime::Result<()> {
        self.table.delete(letter)?;
        Ok(())
    }
}

impl waiting::Host for Town {}

impl waiting::HostRunner for Town {
    fn new(&mut self, miles: u32) -> Resource<Runner> {
        self.table.push(Runner { miles }).expect("the table has room")
    }

    fn drop(&mut self, runner: Resource<Runner>) -> wasmtime::Result<()> {
        self.table.delete(runner)?;
        Ok(())
    }
}

impl<T> waiting::HostRunnerWithStore<T> for HasSelf<Town> {
    async fn arrives(store: &Accessor<T, Self>, runner: Resource<Runner>) -> Result<u32, waiting::Trouble> {
        let miles = store.with(|mut town| town.get().table.get(&runner).expect("it is one of this table").miles);
        if miles > 10 {
            return Err(waiting::Trouble::Late);
        }
        UNDER_WAY.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(u64::from(20 * miles))).await;
        Ok(UNDER_WAY.fetch_sub(1, Ordering::SeqCst))
    }
}

impl<T: Send> waiting::HostWithStore<T> for HasSelf<Town> {
    async fn pause(_: &Accessor<T, Self>, ms: u32) -> u32 {
        tokio::time::sleep(Duration::from_millis(ms.into())).await;
        ms
    }

    fn fetch(
        mut store: Access<'_, T, Self>,
        count: u32,
    ) -> wasmtime::Result<(StreamReader<u8>, FutureReader<Result<(), waiting::Trouble>>)> {
        let bytes: Vec<u8> = (0..count).map(|byte| byte as u8).collect();
        let bytes = StreamReader::new(&mut store, bytes)?;
        let end = FutureReader::new(&mut store, async { wasmtime::error::Ok(Ok(())) })?;
        Ok((bytes, end))
    }

    async fn count(store: &Accessor<T, Self>, lines: StreamReader<String>) -> wasmtime::Result<u32> {
        let (sender, counted) = tokio::sync::oneshot::channel();
        store.with(|mut access| lines.pipe(&mut access, Counter { lines: 0, sender: Some(sender) }))?;
        Ok(counted.await?)
    }
}

impl<T> bindings::RelayImportsWithStore<T> for HasSelf<Town> {
    async fn doze(_: &Accessor<T, Self>, ms: u32) {
        tokio::time::sleep(Duration::from_millis(ms.into())).await;
    }
}

impl bindings::RelayImports for Town {}

/// Counts what comes out of a stream, and says how much it was when there is no more.
struct Counter {
    lines: u32,
    sender: Option<tokio::sync::oneshot::Sender<u32>>,
}

impl<D> StreamConsumer<D> for Counter {
    type Item = String;

    fn poll_consume(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        mut store: StoreContextMut<'_, D>,
        mut source: Source<'_, String>,
        _: bool,
    ) -> Poll<wasmtime::Result<StreamResult>> {
        let mut lines = Vec::with_capacity(8);
        source.read(store.as_context_mut(), &mut lines)?;
        self.lines += lines.len() as u32;
        Poll::Ready(Ok(StreamResult::Completed))
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        if let Some(sender) = self.sender.take() {
            // Nobody waits for it where the call was given up.
            let _ = sender.send(self.lines);
        }
    }
}

#[test]
fn what_is_awaited_passes_as_it_is() {
    let component = own_world::build("relay", Some("relay"));
    let (engine, component) = own_world::compiled(&component);
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker).expect("the host has WASI");
    bindings::Relay::add_to_linker::<_, HasSelf<_>>(&mut linker, |town: &mut Town| town).expect("and the raw world");
    let wasi = WasiCtx::builder().inherit_stderr().build();
    let mut store = Store::new(&engine, Town { table: ResourceTable::new(), posted: 0, wasi });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let task = |name: &str, times| Task { name: name.to_owned(), times };
    let (work, refused, posted) = runtime.block_on(async {
        let relay = bindings::Relay::instantiate_async(&mut store, &component, &linker).await;
        let relay = relay.unwrap_or_else(|error| panic!("{error:?}"));
        let all = store.run_concurrent(async |town| {
            let desk = relay.acme_relay_desk();
            let work = desk.call_work(town, task("waiting", 3)).await?;
            let refused = desk.call_work(town, task("nothing", 0)).await?;
            wasmtime::error::Ok((work, refused, relay.call_posted(town).await?))
        });
        all.await.and_then(|all| all).unwrap_or_else(|error| panic!("{error:?}"))
    });
    let said = [
        "waiting: waited for [10, 20, 30]",
        "runners: [2, 1]",
        "a runner is LATE",
        "read [0, 1, 2, 3, 4], Ok(value=None)",
        "counted 3",
        "again: AlreadyConsumed",
    ];
    assert_eq!(work, Ok(said.map(str::to_owned).to_vec()));
    assert_eq!(refused, Err("nothing is never to be done".to_owned()));
    assert_eq!((posted, store.data().posted), (1, 1));

    // The host would have nothing to await.
    let plain = "import wit_world\nfrom wit_world import exports\n\n\nclass Desk(exports.Desk):\n    def work(self, task):\n        return []\n\n\nclass WitWorld(wit_world.WitWorld):\n    async def posted(self):\n        return 0\n";
    let said = own_world::refused("relay", &[("main.py", plain)]);
    assert!(said.contains("Desk.work is not `async`, and the host awaits it; make it `async def`"), "{said}");
    assert!(said.contains("main.py\", line 6"), "{said}");
}
