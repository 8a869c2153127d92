//! A server for tests of what asks servers.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use hyper::service::{make_service_fn, service_fn};
use hyper::{Body, Request, Response, Server};
use tokio::runtime::Builder;

/// Serves until the tests end, on a thread of its own: paths with their queries to a status and a body.
pub fn serve(answer: impl Fn(&str) -> (u16, String) + Clone + Send + 'static) -> SocketAddr {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build().expect("there are threads");
        runtime.block_on(async {
            let service = make_service_fn(move |_| {
                let answer = answer.clone();
                let respond = move |request: Request<Body>| {
                    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
                    let (status, text) = answer(path);
                    let response = Response::builder().status(status).body(Body::from(text));
                    async move { Ok::<_, Infallible>(response.unwrap_or_default()) }
                };
                async move { Ok::<_, Infallible>(service_fn(respond)) }
            });
            let server = Server::bind(&SocketAddr::from(([127, 0, 0, 1], 0))).serve(service);
            sender.send(server.local_addr()).expect("the test waits");
            drop(server.await);
        });
    });
    receiver.recv_timeout(Duration::from_secs(60)).expect("the server starts")
}
