//! Requests to an app of WASI's HTTP, on the engine's own host.

use std::convert::Infallible;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper_1::Request;
use wasmtime::Store;
use wasmtime_wasi_http::p2::WasiHttpView;
use wasmtime_wasi_http::p2::bindings::ProxyPre;
use wasmtime_wasi_http::p2::bindings::http::types::Scheme;
use wasmtime_wasi_http::p2::body::HyperOutgoingBody;

/// A body of one piece.
pub fn body(text: impl Into<Bytes>) -> HyperOutgoingBody {
    Full::new(text.into()).map_err(|never: Infallible| match never {}).boxed_unsync()
}

/// One request, in a sandbox of its own: the status, and the body.
pub async fn ask<T>(pre: &ProxyPre<T>, state: T, path: &str, sent: Vec<u8>) -> (u16, Vec<u8>)
where
    T: WasiHttpView + Send + 'static,
{
    let mut store = Store::new(pre.engine(), state);
    let request =
        Request::builder().uri(format!("http://app.example{path}")).body(body(sent)).expect("it is a request");
    let request = store.data_mut().http().new_incoming_request(Scheme::Http, request).expect("the host takes it");
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let out = store.data_mut().http().new_response_outparam(sender).expect("the host gives one");
    let pre = pre.clone();
    let running = tokio::spawn(async move {
        let proxy = pre.instantiate_async(&mut store).await?;
        proxy.wasi_http_incoming_handler().call_handle(&mut store, request, out).await
    });
    let response = match receiver.await {
        Ok(response) => response.unwrap_or_else(|error| panic!("{path}: {error:?}")),
        Err(_) => panic!("{path}: no answer: {:?}", running.await),
    };
    let status = response.status().as_u16();
    let bytes = response.into_body().collect().await.unwrap_or_else(|error| panic!("{path}: {error:?}")).to_bytes();
    running.await.expect("the task ends").unwrap_or_else(|error| panic!("{path}: {error:?}"));
    (status, bytes.to_vec())
}
