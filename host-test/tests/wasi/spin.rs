//! Spin's HTTP trigger, reshaped: an app that keeps things in a store and in a database, on a host of a few lines for each. HTTP
//! is WASI's own, on the engine's host.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use hyper_1::Request;
use tokio::runtime::Runtime;
use wasmtime::StoreContextMut;
use wasmtime::component::{ComponentType, Lift, Linker, Lower, Resource, ResourceTable, ResourceType};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::WasiHttpCtx;
use wasmtime_wasi_http::p2::bindings::ProxyPre;
use wasmtime_wasi_http::p2::bindings::http::types::ErrorCode;
use wasmtime_wasi_http::p2::body::HyperOutgoingBody;
use wasmtime_wasi_http::p2::types::{HostFutureIncomingResponse, OutgoingRequestConfig};
use wasmtime_wasi_http::p2::{HttpResult, WasiHttpCtxView, WasiHttpHooks, WasiHttpView};

use super::{own_world, proxy, python};

/// What outlives a request.
#[derive(Clone, Default)]
struct Kept {
    values: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    guests: Arc<Mutex<Vec<RowResult>>>,
}

/// The host of one request.
struct Spin {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    table: ResourceTable,
    kept: Kept,
    nobody: Nobody,
}

/// What answers the app's requests: it makes none.
struct Nobody;

impl WasiHttpHooks for Nobody {
    fn send_request(
        &mut self,
        _: Request<HyperOutgoingBody>,
        _: OutgoingRequestConfig,
    ) -> HttpResult<HostFutureIncomingResponse> {
        Ok(HostFutureIncomingResponse::ready(Ok(Err(ErrorCode::ConnectionRefused))))
    }
}

/// An open store, or a connection: there is one of each.
struct Open;

/// `fermyon:spin/key-value@2.0.0.error`
#[derive(Debug, ComponentType, Lift, Lower)]
#[component(variant)]
enum StoreError {
    #[component(name = "store-table-full")]
    TableFull,
    #[component(name = "no-such-store")]
    NoSuchStore,
    #[component(name = "access-denied")]
    AccessDenied,
    #[component(name = "other")]
    Other(String),
}

/// `fermyon:spin/variables@2.0.0.error`
#[derive(Debug, ComponentType, Lift, Lower)]
#[component(variant)]
enum VariableError {
    #[component(name = "invalid-name")]
    InvalidName(String),
    #[component(name = "undefined")]
    Undefined(String),
    #[component(name = "provider")]
    Provider(String),
    #[component(name = "other")]
    Other(String),
}

/// `fermyon:spin/sqlite@2.0.0.error`
#[derive(Debug, ComponentType, Lift, Lower)]
#[component(variant)]
enum DatabaseError {
    #[component(name = "no-such-database")]
    NoSuchDatabase,
    #[component(name = "access-denied")]
    AccessDenied,
    #[component(name = "invalid-connection")]
    InvalidConnection,
    #[component(name = "database-full")]
    DatabaseFull,
    #[component(name = "io")]
    Io(String),
}

/// `fermyon:spin/sqlite@2.0.0.value`
#[derive(Debug, Clone, ComponentType, Lift, Lower)]
#[component(variant)]
enum SqlValue {
    #[component(name = "integer")]
    Integer(i64),
    #[component(name = "real")]
    Real(f64),
    #[component(name = "text")]
    Text(String),
    #[component(name = "blob")]
    Blob(Vec<u8>),
    #[component(name = "null")]
    Null,
}

/// `fermyon:spin/sqlite@2.0.0.row-result`
#[derive(Debug, Clone, ComponentType, Lift, Lower)]
#[component(record)]
struct RowResult {
    values: Vec<SqlValue>,
}

/// `fermyon:spin/sqlite@2.0.0.query-result`
#[derive(Debug, ComponentType, Lift, Lower)]
#[component(record)]
struct QueryResult {
    columns: Vec<String>,
    rows: Vec<RowResult>,
}

type Call<'s> = StoreContextMut<'s, Spin>;

impl WasiView for Spin {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for Spin {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { ctx: &mut self.http, table: &mut self.table, hooks: &mut self.nobody }
    }
}

/// Stores of one name, `visits`.
fn add_stores(linker: &mut Linker<Spin>) -> wasmtime::Result<()> {
    let mut stores = linker.instance("fermyon:spin/key-value@2.0.0")?;
    stores.resource("store", ResourceType::host::<Open>(), |mut call, rep| {
        call.data_mut().table.delete(Resource::<Open>::new_own(rep))?;
        Ok(())
    })?;
    stores.func_wrap("[static]store.open", |mut call: Call<'_>, (label,): (String,)| {
        let store =
            if label == "visits" { Ok(call.data_mut().table.push(Open)?) } else { Err(StoreError::NoSuchStore) };
        Ok((store,))
    })?;
    stores.func_wrap("[method]store.get", |call: Call<'_>, (_, key): (Resource<Open>, String)| {
        Ok((Result::<_, StoreError>::Ok(call.data().kept.values.lock().expect("nobody failed").get(&key).cloned()),))
    })?;
    stores.func_wrap("[method]store.set", |call: Call<'_>, (_, key, value): (Resource<Open>, String, Vec<u8>)| {
        call.data().kept.values.lock().expect("nobody failed").insert(key, value);
        Ok((Result::<(), StoreError>::Ok(()),))
    })?;
    stores.func_wrap("[method]store.delete", |call: Call<'_>, (_, key): (Resource<Open>, String)| {
        call.data().kept.values.lock().expect("nobody failed").remove(&key);
        Ok((Result::<(), StoreError>::Ok(()),))
    })?;
    stores.func_wrap("[method]store.exists", |call: Call<'_>, (_, key): (Resource<Open>, String)| {
        Ok((Result::<_, StoreError>::Ok(call.data().kept.values.lock().expect("nobody failed").contains_key(&key)),))
    })?;
    stores.func_wrap("[method]store.get-keys", |call: Call<'_>, (_,): (Resource<Open>,)| {
        let keys: Vec<_> = call.data().kept.values.lock().expect("nobody failed").keys().cloned().collect();
        Ok((Result::<_, StoreError>::Ok(keys),))
    })
}

/// One table of guests, which is written to with `insert` and read with `select`.
fn add_database(linker: &mut Linker<Spin>) -> wasmtime::Result<()> {
    let mut database = linker.instance("fermyon:spin/sqlite@2.0.0")?;
    database.resource("connection", ResourceType::host::<Open>(), |mut call, rep| {
        call.data_mut().table.delete(Resource::<Open>::new_own(rep))?;
        Ok(())
    })?;
    database.func_wrap("[static]connection.open", |mut call: Call<'_>, (_,): (String,)| {
        Ok((Result::<_, DatabaseError>::Ok(call.data_mut().table.push(Open)?),))
    })?;
    type Query = (Resource<Open>, String, Vec<SqlValue>);
    database.func_wrap("[method]connection.execute", |call: Call<'_>, (_, statement, values): Query| {
        let mut guests = call.data().kept.guests.lock().expect("nobody failed");
        let answer = match statement.as_str() {
            "insert" => {
                guests.push(RowResult { values });
                Ok(QueryResult { columns: Vec::new(), rows: Vec::new() })
            }
            "select" => Ok(QueryResult { columns: vec!["name".to_owned(), "visits".to_owned()], rows: guests.clone() }),
            other => Err(DatabaseError::Io(format!("near \"{other}\": syntax error"))),
        };
        Ok((answer,))
    })
}

/// One variable, `greeting`, which has a value where there is one.
fn add_variables(linker: &mut Linker<Spin>, greeting: Option<&'static str>) -> wasmtime::Result<()> {
    let mut variables = linker.instance("fermyon:spin/variables@2.0.0")?;
    variables.func_wrap("get", move |_: Call<'_>, (name,): (String,)| {
        let value = greeting.filter(|_| name == "greeting").map(str::to_owned);
        Ok((value.ok_or_else(|| VariableError::Undefined(format!("{name} has no value"))),))
    })
}

#[test]
fn an_app_keeps_visits() {
    let spin = python::package("spin_sdk", "5.0.0");
    let world = "fermyon:spin/http-trigger@2.0.0";
    let component = own_world::build_of("spin", Some((world, &spin.join("wit"))));
    let (engine, component) = own_world::compiled(&component);
    let kept = Kept::default();
    let runtime = Runtime::new().expect("a runtime");
    let ask = |greeting, path: &str| {
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker).expect("the host has WASI");
        wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker).expect("and HTTP");
        add_stores(&mut linker).expect("and stores");
        add_database(&mut linker).expect("and a database");
        add_variables(&mut linker, greeting).expect("and variables");
        let pre = linker.instantiate_pre(&component).unwrap_or_else(|error| panic!("{error:?}"));
        let pre = ProxyPre::new(pre).expect("the host can call it");
        let wasi = WasiCtx::builder().inherit_stderr().build();
        let state =
            Spin { wasi, http: WasiHttpCtx::new(), table: ResourceTable::new(), kept: kept.clone(), nobody: Nobody };
        let (status, bytes) = runtime.block_on(proxy::ask(&pre, state, path, Vec::new()));
        (status, String::from_utf8(bytes).expect("it is text"))
    };
    let said = |greeting: &str, visit: &str, guests: &str| {
        let refused = [
            "Io: sqlite.Connection.execute: Some implementation-specific error has occurred (e.g. I/O) (SqliteError_Io(value='near \"drop\": syntax error'))",
            "NoSuchStore: key_value.Store.open: The host does not recognize the store label requested (KeyValueError_NoSuchStore())",
        ];
        let lines =
            [format!("{greeting}, ann!"), format!("visit {visit} of ['ann']"), format!("['name', 'visits']: {guests}")];
        (200, [lines.join("\n"), refused.join("\n")].join("\n"))
    };
    assert_eq!(ask(Some("Welcome"), "/ann"), said("Welcome", "1", "[['ann', 1]]"));
    let undefined = "Undefined: greeting has no value";
    assert_eq!(ask(None, "/ann"), said(undefined, "2", "[['ann', 1], ['ann', 2]]"));
}
