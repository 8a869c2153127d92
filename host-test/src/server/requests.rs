//! Requests on their way through the host: how many there are, and the first of them one after the other.
//!
//! The host copies an app's memory into a file when it makes the first sandbox, and sometimes, on a busy machine, the system
//! does not let it close that file to changes. The request that asked for the sandbox is lost then, and the next one finds
//! all in order. So until there was a sandbox, one request is served at a time, and one that is lost so is made again.

use std::any::Any;
use std::convert::Infallible;
use std::future::{Future, Ready, poll_fn, ready};
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::{Bytes, HttpBody, SizeHint};
use hyper::server::conn::AddrStream;
use hyper::service::Service;
use hyper::{HeaderMap, Method, Request, Response, Uri, Version};
use tokio::sync::Mutex;
use tokio::time::timeout;
use viceroy_lib::ExecuteCtx;
use viceroy_lib::body::Body;

/// How long a request waits for the one that has the first sandbox made. That one may take its time with its answer.
const TURN: Duration = Duration::from_secs(1);

/// How often a request is made that is lost while the first sandbox is.
const TRIES: usize = 3;

/// What the host says when the system does not let it close that file.
const LOST: &str = "seal";

/// How many requests are under way: those whose answer is not out yet.
#[derive(Debug, Clone, Default)]
pub(super) struct UnderWay(Arc<AtomicUsize>);

impl UnderWay {
    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    fn begin(&self) -> Under {
        self.0.fetch_add(1, Ordering::SeqCst);
        Under(self.clone())
    }
}

/// One of them.
#[derive(Debug)]
struct Under(UnderWay);

impl Drop for Under {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Hands the requests of all connections to the host.
#[derive(Clone)]
pub(super) struct Requests {
    context: Arc<ExecuteCtx>,
    under_way: UnderWay,
    first: Arc<First>,
}

impl Requests {
    /// Requests for an app, which are counted there.
    pub(super) fn new(context: Arc<ExecuteCtx>, under_way: UnderWay) -> Self {
        Self { context, under_way, first: Arc::default() }
    }
}

impl Service<&AddrStream> for Requests {
    type Response = Connection;
    type Error = Infallible;
    type Future = Ready<Result<Connection, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, stream: &AddrStream) -> Self::Future {
        ready(Ok(Connection { requests: self.clone(), local: stream.local_addr(), remote: stream.remote_addr() }))
    }
}

/// Hands the requests of one connection to the host.
pub(super) struct Connection {
    requests: Requests,
    local: SocketAddr,
    remote: SocketAddr,
}

impl Service<Request<hyper::Body>> for Connection {
    type Response = Response<Answer>;
    type Error = viceroy_lib::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<hyper::Body>) -> Self::Future {
        let Requests { context, under_way, first } = self.requests.clone();
        let (local, remote) = (self.local, self.remote);
        let under = under_way.begin();
        Box::pin(async move {
            let answer =
                first.serve(request, |request| Arc::clone(&context).handle_request(request, local, remote)).await?;
            Ok(answer.0.map(|body| Answer { body, _under: under }))
        })
    }
}

/// The body of an answer. Its request is under way until it is out.
pub(super) struct Answer {
    body: Body,
    _under: Under,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = viceroy_lib::Error;

    fn poll_data(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_data(context)
    }

    fn poll_trailers(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Result<Option<HeaderMap>, Self::Error>> {
        Pin::new(&mut self.body).poll_trailers(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Whether the first sandbox was made, and whose turn it is until then.
#[derive(Debug, Default)]
struct First {
    is_made: AtomicBool,
    turn: Mutex<()>,
}

impl First {
    /// Serves a request: in its turn, and again where it is lost, as long as there was no sandbox.
    async fn serve<F, T, E>(
        &self,
        request: Request<hyper::Body>,
        serve: impl Fn(Request<hyper::Body>) -> F,
    ) -> Result<T, E>
    where
        F: Future<Output = Result<T, E>>,
    {
        if self.is_made() {
            return serve(request).await;
        }
        // Whoever has waited that long is served beside the first.
        let Ok(_turn) = timeout(TURN, self.turn.lock()).await else { return serve(request).await };
        if self.is_made() {
            return serve(request).await;
        }
        let again = Again::of(&request);
        let mut outcome = caught(serve(request)).await;
        let mut tries = 1;
        loop {
            outcome = match (outcome, &again) {
                (Err(reason), Some(again)) if tries < TRIES && is_lost(&*reason) => {
                    tries += 1;
                    caught(serve(again.request())).await
                }
                (Err(reason), _) => resume_unwind(reason),
                (Ok(outcome), _) => {
                    self.is_made.store(true, Ordering::SeqCst);
                    return outcome;
                }
            };
        }
    }

    fn is_made(&self) -> bool {
        self.is_made.load(Ordering::SeqCst)
    }
}

/// A request without a body, to be made again.
struct Again {
    method: Method,
    uri: Uri,
    version: Version,
    headers: HeaderMap,
}

impl Again {
    /// What it takes to make this request again, if that can be done.
    fn of(request: &Request<hyper::Body>) -> Option<Self> {
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let (version, headers) = (request.version(), request.headers().clone());
        request.body().is_end_stream().then_some(Self { method, uri, version, headers })
    }

    fn request(&self) -> Request<hyper::Body> {
        let mut request = Request::new(hyper::Body::empty());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        *request.version_mut() = self.version;
        *request.headers_mut() = self.headers.clone();
        request
    }
}

type Panic = Box<dyn Any + Send>;

/// Whether a panic of the host says that there is no sandbox, for a reason that the next one does not have.
fn is_lost(reason: &(dyn Any + Send)) -> bool {
    let text = reason.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| reason.downcast_ref::<&str>().copied()).is_some_and(|text| text.contains(LOST))
}

/// What comes of a future, which may panic.
async fn caught<T>(future: impl Future<Output = T>) -> Result<T, Panic> {
    let mut future = pin!(future);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(poll) => poll.map(Ok),
        Err(reason) => Poll::Ready(Err(reason)),
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEALS: &str = "failed to run guest: cannot add seals to the memfd";

    /// What comes of requests that are made at once: each is served by `serve`, which is told how many were before.
    async fn served(bodies: &'static [&'static str], serve: fn(usize)) -> (Vec<bool>, usize, usize) {
        let first = Arc::new(First::default());
        let (calls, now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)), Arc::default());
        let tasks: Vec<_> = bodies
            .iter()
            .map(|body| {
                let (first, calls, now, most) =
                    (first.clone(), calls.clone(), now.clone(), Arc::<AtomicUsize>::clone(&most));
                tokio::spawn(async move {
                    let handle = |_: Request<hyper::Body>| async {
                        let number = calls.fetch_add(1, Ordering::SeqCst);
                        most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        tokio::task::yield_now().await;
                        now.fetch_sub(1, Ordering::SeqCst);
                        serve(number);
                        Ok::<_, ()>(())
                    };
                    first.serve(Request::new(hyper::Body::from(*body)), handle).await
                })
            })
            .collect();
        let mut outcomes = Vec::new();
        for task in tasks {
            outcomes.push(task.await.is_ok());
        }
        (outcomes, calls.load(Ordering::SeqCst), most.load(Ordering::SeqCst))
    }

    fn run(bodies: &'static [&'static str], serve: fn(usize)) -> (Vec<bool>, usize, usize) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(served(bodies, serve))
    }

    #[test]
    fn until_there_was_a_sandbox_one_request_is_served_at_a_time() {
        let (outcomes, calls, _) = run(&["", "", ""], |_| {});
        assert_eq!((outcomes, calls), (vec![true; 3], 3));
        // Each is lost, and the next has its turn then.
        let (outcomes, calls, most) = run(&["body", "body", "body"], |_| panic!("{SEALS}"));
        assert_eq!((outcomes, calls, most), (vec![false; 3], 3, 1));
    }

    #[test]
    fn a_request_that_is_lost_with_the_first_sandbox_is_made_again() {
        let (outcomes, calls, _) = run(&["", ""], |number| assert!(number > 1, "{SEALS}"));
        assert_eq!((outcomes, calls), (vec![true; 2], 4));
        let (outcomes, calls, _) = run(&[""], |_| panic!("{SEALS}"));
        assert_eq!((outcomes, calls), (vec![false], TRIES));
    }

    #[test]
    fn what_is_lost_for_another_reason_is_lost() {
        let (outcomes, calls, _) =
            run(&[""], |_| panic!("failed to run guest: memory minimum size of 4096 pages exceeds"));
        assert_eq!((outcomes, calls), (vec![false], 1));
        // What has a body cannot be made again.
        let (outcomes, calls, _) = run(&["body", ""], |number| assert!(number > 0, "{SEALS}"));
        assert_eq!((outcomes, calls), (vec![false, true], 2));
    }
}
