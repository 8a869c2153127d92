//! A small blocking HTTP/1.1 client for tests, which hides nothing of what came over the wire.
//!
//! Ordinary clients fold repeated headers together, follow redirects, decompress and reuse
//! connections. A test of a server wants none of that: here headers go out and come back in order
//! and as bytes, nothing is added but `host` and the body's framing, and every request has a
//! connection of its own.

mod response;

use std::io::{self, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use crate::error::os_reason;

pub use response::{Head, Response, Stream};

/// How long the other side may keep silent, unless a request says otherwise.
pub const DEFAULT_LIMIT: Duration = Duration::from_secs(60);

/// Why there is no response.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// Nobody listens there.
    #[error("cannot connect to {addr}: {}; check that the server runs", os_reason(source))]
    Connect {
        /// Where to.
        addr: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },
    /// The connection broke, or was silent for too long.
    #[error("cannot {doing}: {}; read what the server printed", os_reason(source))]
    Broken {
        /// What was under way.
        doing: &'static str,
        /// What the operating system said.
        source: io::Error,
    },
    /// What came back is not HTTP/1.1.
    #[error("cannot read the response: {what}; read what the server printed")]
    Malformed {
        /// What is wrong with it.
        what: String,
    },
}

/// Names and values in the order of the wire. A name can occur more than once.
pub type Headers = Vec<(String, Vec<u8>)>;

#[derive(Clone, Debug)]
enum Payload {
    None,
    Whole(Vec<u8>),
    Chunks(Vec<Vec<u8>>),
}

/// A request, sent exactly as it is put together.
#[derive(Clone, Debug)]
pub struct Request {
    method: String,
    target: String,
    headers: Headers,
    payload: Payload,
    limit: Duration,
}

impl Request {
    /// A request with any method, for a path with its query.
    pub fn new(method: &str, target: &str) -> Self {
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: Vec::new(),
            payload: Payload::None,
            limit: DEFAULT_LIMIT,
        }
    }

    /// A `GET`.
    pub fn get(target: &str) -> Self {
        Self::new("GET", target)
    }

    /// A `POST` of a body whose length is announced.
    pub fn post(target: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::new("POST", target).body(body)
    }

    /// Add a header after those already there, whatever their names.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    /// Send this body, with a `content-length` unless the headers have one.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.payload = Payload::Whole(body.into());
        self
    }

    /// Send a body of unknown length, in these chunks.
    #[must_use]
    pub fn chunks(mut self, chunks: impl IntoIterator<Item = impl Into<Vec<u8>>>) -> Self {
        self.payload = Payload::Chunks(chunks.into_iter().map(Into::into).collect());
        self
    }

    /// How long the other side may keep silent.
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Send it and read the whole response.
    pub fn send(self, addr: SocketAddr) -> Result<Response, ClientError> {
        self.open(addr)?.finish()
    }

    /// Send it and read the response's head; the body is then read as it comes.
    pub fn open(self, addr: SocketAddr) -> Result<Stream, ClientError> {
        let broken = |doing| move |source| ClientError::Broken { doing, source };
        let connect = |source| ClientError::Connect { addr, source };
        let mut socket = TcpStream::connect_timeout(&addr, self.limit).map_err(connect)?;
        socket.set_read_timeout(Some(self.limit)).map_err(connect)?;
        socket.set_write_timeout(Some(self.limit)).map_err(connect)?;
        // The head and the body are separate writes, and nothing is gained by delaying the second.
        socket.set_nodelay(true).map_err(connect)?;
        let (method, head) = (self.method.clone(), self.head(addr));
        socket.write_all(&head).map_err(broken("send the request"))?;
        if !matches!(self.payload, Payload::None) {
            // From a thread of its own: an app that answers while it reads would otherwise wait for
            // this side to read, while this side waits for it to. A server that does not want the
            // rest closes the connection, and then its response is what counts.
            let mut half = socket.try_clone().map_err(broken("send the request"))?;
            thread::spawn(move || {
                let _ = half.write_all(&self.payload.into_bytes());
            });
        }
        Stream::begin(&method, BufReader::new(socket))
    }

    fn has(&self, name: &str) -> bool {
        self.headers.iter().any(|(other, _)| other.eq_ignore_ascii_case(name))
    }

    fn head(&self, addr: SocketAddr) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        let mut line = |name: &str, value: &[u8]| {
            head.extend_from_slice(name.as_bytes());
            head.extend_from_slice(b": ");
            head.extend_from_slice(value);
            head.extend_from_slice(b"\r\n");
        };
        if !self.has("host") {
            line("host", addr.to_string().as_bytes());
        }
        for (name, value) in &self.headers {
            line(name, value);
        }
        match &self.payload {
            Payload::None => {}
            Payload::Whole(body) if !self.has("content-length") => {
                line("content-length", body.len().to_string().as_bytes());
            }
            Payload::Whole(_) => {}
            Payload::Chunks(_) => line("transfer-encoding", b"chunked"),
        }
        head.extend_from_slice(b"\r\n");
        head
    }
}

impl Payload {
    fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::None => Vec::new(),
            Self::Whole(body) => body,
            Self::Chunks(chunks) => {
                let mut bytes = Vec::new();
                // An empty chunk would end the body.
                for chunk in chunks.iter().filter(|chunk| !chunk.is_empty()) {
                    bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
                    bytes.extend_from_slice(chunk);
                    bytes.extend_from_slice(b"\r\n");
                }
                bytes.extend_from_slice(b"0\r\n\r\n");
                bytes
            }
        }
    }
}
