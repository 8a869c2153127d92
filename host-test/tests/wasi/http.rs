//! WASI's HTTP proxy, reshaped with one page of rules: an app answers and asks, on the engine's own HTTP host. No request
//! leaves the test, which is the server that the app asks.

use std::time::Duration;

use hyper_1::{Request, Response};
use tokio::runtime::Runtime;
use wasmtime::component::{Linker, ResourceTable};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::WasiHttpCtx;
use wasmtime_wasi_http::p2::bindings::ProxyPre;
use wasmtime_wasi_http::p2::bindings::http::types::ErrorCode;
use wasmtime_wasi_http::p2::body::HyperOutgoingBody;
use wasmtime_wasi_http::p2::types::{HostFutureIncomingResponse, IncomingResponse, OutgoingRequestConfig};
use wasmtime_wasi_http::p2::{HttpResult, WasiHttpCtxView, WasiHttpHooks, WasiHttpView};

use super::own_world;
use super::proxy::{self, body};

/// The server that the app knows.
const ORIGIN: &str = "origin.example:8080";

/// The host of one request.
struct Proxy {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    table: ResourceTable,
    origin: Origin,
}

/// What answers the app's requests.
struct Origin;

impl WasiHttpHooks for Origin {
    fn send_request(
        &mut self,
        request: Request<HyperOutgoingBody>,
        config: OutgoingRequestConfig,
    ) -> HttpResult<HostFutureIncomingResponse> {
        let uri = request.uri();
        let is_known = uri.authority().is_some_and(|authority| authority == ORIGIN);
        let came = if is_known {
            let text = format!("{} {} of {uri}", request.method(), config.use_tls);
            let resp = Response::builder().status(418).body(body(text)).expect("it is a response");
            Ok(IncomingResponse { resp, worker: None, between_bytes_timeout: Duration::from_secs(1) })
        } else {
            Err(ErrorCode::ConnectionRefused)
        };
        Ok(HostFutureIncomingResponse::ready(Ok(came)))
    }
}

impl WasiView for Proxy {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for Proxy {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { ctx: &mut self.http, table: &mut self.table, hooks: &mut self.origin }
    }
}

#[test]
fn an_app_answers_and_asks() {
    let component = own_world::build("wasi-http", None);
    let (engine, component) = own_world::compiled(&component);
    let mut linker = Linker::new(&engine);
    wasmtime_wasi_http::p2::add_to_linker_async(&mut linker).expect("the host is a proxy");
    let pre = linker.instantiate_pre(&component).unwrap_or_else(|error| panic!("{error:?}"));
    let pre = ProxyPre::new(pre).expect("the component is one of the proxy's");
    let runtime = Runtime::new().expect("a runtime");
    let ask = |path: &str, sent: &[u8]| {
        let wasi = WasiCtx::builder().inherit_stderr().build();
        let state = Proxy { wasi, http: WasiHttpCtx::new(), table: ResourceTable::new(), origin: Origin };
        runtime.block_on(proxy::ask(&pre, state, path, sent.to_vec()))
    };

    let large: Vec<u8> = (0..100_000_u32).map(|at| (at % 251) as u8).collect();
    assert_eq!(ask("/echo", &large), (200, large));
    assert_eq!(told(ask("/nowhere", b"")), (404, "there is nothing here".to_owned()));
    let asked = format!("418 GET false of http://{ORIGIN}/front");
    assert_eq!(told(ask(&format!("/ask?{ORIGIN}"), b"")), (200, asked));
    // The server is refused by name: what the host says is an error that the app tells on.
    assert_eq!(told(ask("/ask?elsewhere.example", b"")), (200, "refused: ErrorCode_ConnectionRefused".to_owned()));
    // What is used up, and a setter that fails without a reason: errors, where the raw world has a trap or nothing.
    let caught = "ErrorCode_AlreadyConsumed, ErrorCode_AlreadyConsumed, ErrorCode_Failed, IMMUTABLE";
    assert_eq!(told(ask("/twice", b"")), (200, caught.to_owned()));
}

fn told((status, bytes): (u16, Vec<u8>)) -> (u16, String) {
    (status, String::from_utf8(bytes).expect("it is text"))
}
