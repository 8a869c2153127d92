//! Whole requests from several connections at once, each asking again as soon as it has its answer.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use hyper::client::conn::{self, SendRequest};
use hyper::{Body, Request, StatusCode};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use super::error::BenchError;
use super::stats::quantile;

/// How long an answer may take: a server that is stuck must not hold up the bench.
const LIMIT: Duration = Duration::from_secs(60);

/// What is asked for, and of whom.
#[derive(Debug, Clone)]
pub struct Page {
    /// What messages call the app.
    pub app: String,
    /// Where it is served.
    pub addr: SocketAddr,
    /// Path and query.
    pub path: String,
}

/// What came of a while of load.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// Answers a second.
    pub throughput: f64,
    /// From the request to the last byte of its answer, in nanoseconds, in order.
    pub latencies: Vec<f64>,
    /// From the request to the head of its answer, in nanoseconds, in order.
    pub first_bytes: Vec<f64>,
}

impl Loaded {
    /// The latency that this share of the answers stays below; nothing without an answer.
    pub fn latency(&self, share: f64) -> Option<f64> {
        quantile(&self.latencies, share)
    }
}

/// A client that measures.
pub struct Client {
    runtime: Runtime,
}

/// When an answer's head came, and its end, in nanoseconds after the request; and how long its body is.
struct Answered {
    first_byte: f64,
    last_byte: f64,
    length: usize,
}

impl Client {
    /// On this thread: the processors are the server's.
    pub fn new() -> Result<Self, BenchError> {
        let runtime = Builder::new_current_thread().enable_all().build();
        Ok(Self { runtime: runtime.map_err(|source| BenchError::Start { command: "a client".to_owned(), source })? })
    }

    /// Asks for that long, from so many connections. Every answer must be a good one, and as long as the others.
    pub fn load(&self, page: &Page, connections: usize, time: Duration) -> Result<Loaded, BenchError> {
        let asked = self.runtime.block_on(async {
            let start = Instant::now();
            let mut tasks = JoinSet::new();
            for _ in 0..connections {
                tasks.spawn(one(page.clone(), start + time));
            }
            let mut all = Vec::new();
            while let Some(done) = tasks.join_next().await {
                all.extend(done.map_err(|error| error.to_string())??);
            }
            Ok::<_, String>((all, start.elapsed()))
        });
        let (answers, took) = asked.map_err(|message| failed(page, message))?;
        if let Some(other) = answers.iter().find(|answer| Some(answer.length) != answers.first().map(|a| a.length)) {
            return Err(failed(page, format!("an answer has {} bytes, and others have not", other.length)));
        }
        let sorted = |of: fn(&Answered) -> f64| {
            let mut all: Vec<f64> = answers.iter().map(of).collect();
            all.sort_by(f64::total_cmp);
            all
        };
        let throughput = answers.len() as f64 / took.as_secs_f64();
        let (latencies, first_bytes) = (sorted(|answer| answer.last_byte), sorted(|answer| answer.first_byte));
        Ok(Loaded { throughput, latencies, first_bytes })
    }
}

fn failed(page: &Page, message: String) -> BenchError {
    BenchError::Answer { app: page.app.clone(), target: page.path.clone(), message }
}

/// One connection. What the server closes between two requests is opened again; what it closes within one is an error.
async fn one(page: Page, until: Instant) -> Result<Vec<Answered>, String> {
    let mut answers = Vec::new();
    let mut sender = connect(page.addr).await?;
    while Instant::now() < until {
        if poll_fn(|context| sender.poll_ready(context)).await.is_err() {
            sender = connect(page.addr).await?;
        }
        let asked = tokio::time::timeout(LIMIT, ask(&mut sender, &page)).await;
        answers.push(asked.map_err(|_| format!("nothing came in {} s", LIMIT.as_secs()))??);
    }
    Ok(answers)
}

async fn connect(addr: SocketAddr) -> Result<SendRequest<Body>, String> {
    let socket = TcpStream::connect(addr).await.map_err(|error| error.to_string())?;
    socket.set_nodelay(true).map_err(|error| error.to_string())?;
    let (sender, connection) = conn::handshake(socket).await.map_err(|error| error.to_string())?;
    // How it ends is told where a request fails.
    tokio::spawn(async move { drop(connection.await) });
    Ok(sender)
}

async fn ask(sender: &mut SendRequest<Body>, page: &Page) -> Result<Answered, String> {
    let text = |error: hyper::Error| error.to_string();
    let request = Request::get(&page.path).header("host", page.addr.to_string()).body(Body::empty());
    let request = request.map_err(|error| error.to_string())?;
    let start = Instant::now();
    let response = sender.send_request(request).await.map_err(text)?;
    let first_byte = start.elapsed().as_nanos() as f64;
    let status = response.status();
    let body = hyper::body::to_bytes(response.into_body()).await.map_err(text)?;
    let last_byte = start.elapsed().as_nanos() as f64;
    if status != StatusCode::OK {
        return Err(format!("the answer is a {status}"));
    }
    Ok(Answered { first_byte, last_byte, length: body.len() })
}

#[cfg(test)]
mod tests {
    use super::super::stub;
    use super::*;

    #[test]
    fn answers_are_counted_and_bad_ones_told() {
        let addr = stub::serve(|path| (if path == "/" { 200 } else { 500 }, "hello".to_owned()));
        let client = Client::new().expect("a client");
        let page = |path: &str| Page { app: "test".to_owned(), addr, path: path.to_owned() };
        let loaded = client.load(&page("/"), 4, Duration::from_millis(50)).expect("it answers");
        assert!(loaded.latencies.len() >= 4 && loaded.throughput > 0.0, "{loaded:?}");
        assert!(loaded.latency(0.5) <= loaded.latency(0.99), "{loaded:?}");
        let error = client.load(&page("/no"), 1, Duration::from_millis(50)).expect_err("it is a 500").to_string();
        assert_eq!(
            error,
            "test did not answer /no well: the answer is a 500 Internal Server Error; read what the server printed"
        );
    }
}
