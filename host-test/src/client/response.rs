//! The response's side of the client: its head, and its body as it comes.

use std::io::{self, BufRead, BufReader, Read};
use std::net::TcpStream;

use super::{ClientError, Headers};

/// The longest line of a response's head; more than this is not a response.
const LINE_LIMIT: u64 = 1 << 20;

/// The most of a body that is read at once.
const PIECE: usize = 64 * 1024;

/// A response without its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The status code.
    pub status: u16,
    /// Every header, in order.
    pub headers: Headers,
}

impl Head {
    /// The values of a header, in order, as text; bytes that are no UTF-8 are replaced.
    pub fn values(&self, name: &str) -> Vec<String> {
        self.headers
            .iter()
            .filter(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| String::from_utf8_lossy(value).into_owned())
            .collect()
    }

    /// The first value of a header.
    pub fn value(&self, name: &str) -> Option<String> {
        self.values(name).into_iter().next()
    }
}

/// A response that came whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// Its status and headers.
    pub head: Head,
    /// Its body, without the framing.
    pub body: Vec<u8>,
}

impl Response {
    /// The status code.
    pub fn status(&self) -> u16 {
        self.head.status
    }

    /// The body as text; bytes that are no UTF-8 are replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// How the end of a body is told.
#[derive(Debug)]
enum Framing {
    /// This many bytes are still to come.
    Length(u64),
    /// Chunks, each with its length, until an empty one.
    Chunked,
    /// Whatever comes until the connection ends.
    Close,
    /// It was told.
    Done,
}

impl Framing {
    fn of(method: &str, head: &Head) -> Result<Self, ClientError> {
        let bodiless = method == "HEAD" || matches!(head.status, 100..200 | 204 | 304);
        if bodiless {
            return Ok(Self::Done);
        }
        if let Some(coding) = head.value("transfer-encoding") {
            return if coding.eq_ignore_ascii_case("chunked") {
                Ok(Self::Chunked)
            } else {
                Err(malformed(format!("unknown transfer-encoding {coding:?}")))
            };
        }
        match head.value("content-length") {
            None => Ok(Self::Close),
            Some(text) => {
                text.parse().map(Self::Length).map_err(|_| malformed(format!("content-length {text:?} is no number")))
            }
        }
    }
}

/// A response whose body is still coming.
#[derive(Debug)]
pub struct Stream {
    /// Its status and headers.
    pub head: Head,
    reader: BufReader<TcpStream>,
    framing: Framing,
}

impl Stream {
    /// Read the head of the response to a request with this method.
    pub(super) fn begin(method: &str, mut reader: BufReader<TcpStream>) -> Result<Self, ClientError> {
        let head = loop {
            let head = read_head(&mut reader)?;
            // Interim responses come before the one that counts; 101 is the last of its kind.
            if !(100..200).contains(&head.status) || head.status == 101 {
                break head;
            }
        };
        let framing = Framing::of(method, &head)?;
        Ok(Self { head, reader, framing })
    }

    /// Read what is left of the body.
    pub fn finish(mut self) -> Result<Response, ClientError> {
        let mut body = Vec::new();
        while let Some(piece) = self.next_piece()? {
            body.extend_from_slice(&piece);
        }
        Ok(Response { head: self.head, body })
    }

    /// The next part of the body, never empty; `None` at its end.
    ///
    /// Of a chunked body this is one chunk, as the server made it.
    pub fn next_piece(&mut self) -> Result<Option<Vec<u8>>, ClientError> {
        let piece = match self.framing {
            // To read nothing is not done at once: a buffered reader would wait for more to come.
            Framing::Done | Framing::Length(0) => return Ok(None),
            Framing::Length(left) => {
                let piece = self.read_some(left)?;
                if piece.is_empty() {
                    return Err(malformed(format!("the body ends {left} bytes early")));
                }
                self.framing = Framing::Length(left - piece.len() as u64);
                piece
            }
            Framing::Close => self.read_some(u64::MAX)?,
            Framing::Chunked => self.read_chunk()?,
        };
        if piece.is_empty() {
            self.framing = Framing::Done;
            return Ok(None);
        }
        Ok(Some(piece))
    }

    fn read_some(&mut self, most: u64) -> Result<Vec<u8>, ClientError> {
        let most = usize::try_from(most).unwrap_or(PIECE).min(PIECE);
        let mut piece = vec![0; most];
        let read = self.reader.read(&mut piece).map_err(reading)?;
        piece.truncate(read);
        Ok(piece)
    }

    fn read_chunk(&mut self) -> Result<Vec<u8>, ClientError> {
        let line = read_line(&mut self.reader)?;
        let digits = line.split(';').next().unwrap_or_default().trim();
        let length = usize::from_str_radix(digits, 16)
            .map_err(|_| malformed(format!("chunk length {digits:?} is no number")))?;
        let mut chunk = vec![0; length];
        self.reader.read_exact(&mut chunk).map_err(reading)?;
        // After a chunk comes an empty line; after the last, trailers and then an empty line.
        while !read_line(&mut self.reader)?.is_empty() {
            if length > 0 {
                return Err(malformed("a chunk is longer than it says".to_owned()));
            }
        }
        Ok(chunk)
    }
}

fn malformed(what: String) -> ClientError {
    ClientError::Malformed { what }
}

fn reading(source: io::Error) -> ClientError {
    ClientError::Broken { doing: "read the response", source }
}

/// One line of the head or of the chunk framing, decoded byte for byte so that none is lost.
fn read_line(reader: &mut BufReader<TcpStream>) -> Result<String, ClientError> {
    let mut line = Vec::new();
    reader.take(LINE_LIMIT).read_until(b'\n', &mut line).map_err(reading)?;
    if line.pop() != Some(b'\n') {
        return Err(malformed("the connection ended too early".to_owned()));
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(line.into_iter().map(char::from).collect())
}

fn read_head(reader: &mut BufReader<TcpStream>) -> Result<Head, ClientError> {
    let first = read_line(reader)?;
    let status = first
        .strip_prefix("HTTP/1.")
        .and_then(|rest| rest.split(' ').nth(1))
        .and_then(|code| code.parse().ok())
        .ok_or_else(|| malformed(format!("it begins with {first:?}")))?;
    let mut headers = Headers::new();
    loop {
        let line = read_line(reader)?;
        if line.is_empty() {
            return Ok(Head { status, headers });
        }
        let (name, value) =
            line.split_once(':').ok_or_else(|| malformed(format!("header line {line:?} has no colon")))?;
        // The line holds one character for each byte, so this gives the bytes back.
        let value = value.trim_matches([' ', '\t']).chars().map(|c| c as u8);
        headers.push((name.to_owned(), value.collect()));
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::TcpListener;
    use std::thread;
    use std::time::Duration;

    use crate::client::Request;

    use super::*;

    /// What a server does once it has answered.
    #[derive(Clone, Copy, PartialEq)]
    enum Then {
        Wait,
        Close,
    }

    /// Answer one request with these bytes; what the client makes of them, and what it had sent.
    fn exchange(request: Request, answer: &'static [u8], then: Then) -> (Result<Response, ClientError>, String) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let addr = listener.local_addr().expect("its address");
        let server = thread::spawn(move || {
            let (mut socket, _) = listener.accept().expect("a connection");
            let mut sent = String::new();
            let mut reader = BufReader::new(socket.try_clone().expect("its other half"));
            while !sent.ends_with("\r\n\r\n") {
                reader.read_line(&mut sent).expect("a line of the request");
            }
            socket.write_all(answer).expect("the answer is sent");
            if then == Then::Wait {
                // Nothing more comes: this ends when the client closes the connection.
                reader.read_line(&mut sent).expect("the end of the request");
            }
            sent
        });
        let response = request.limit(Duration::from_secs(20)).send(addr);
        (response, server.join().expect("the server ends"))
    }

    #[test]
    fn repeated_headers_keep_their_order_both_ways() {
        let request = Request::get("/").header("A", "1").header("b", "2").header("a", "3");
        let (response, sent) = exchange(
            request,
            b"HTTP/1.1 200 OK\r\nX-A: 1\r\nx-b: 2\r\nx-a:  \xff3 \r\ncontent-length: 0\r\n\r\n",
            Then::Wait,
        );
        assert!(sent.ends_with("\r\nA: 1\r\nb: 2\r\na: 3\r\n\r\n"), "{sent}");
        let head = response.expect("a response").head;
        assert_eq!(head.headers[0], ("X-A".to_owned(), b"1".to_vec()));
        assert_eq!(head.headers[2], ("x-a".to_owned(), b"\xff3".to_vec()));
        assert_eq!(head.values("x-a").len(), 2);
        assert_eq!(head.value("x-c"), None);
    }

    #[test]
    fn chunks_come_one_by_one_and_trailers_are_skipped() {
        let (response, _) = exchange(
            Request::get("/"),
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200\r\ntransfer-encoding: chunked\r\n\r\n\
              3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nx-t: 1\r\n\r\n",
            Then::Wait,
        );
        assert_eq!(response.expect("a response").text(), "abc0123456789");
    }

    #[test]
    fn a_head_request_has_no_body_to_wait_for() {
        let (response, _) =
            exchange(Request::new("HEAD", "/"), b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n", Then::Wait);
        assert!(response.expect("a response").body.is_empty());
    }

    #[test]
    fn a_body_can_end_with_the_connection() {
        let (response, _) = exchange(Request::get("/"), b"HTTP/1.0 200 OK\r\n\r\nall of it", Then::Close);
        assert_eq!(response.expect("a response").text(), "all of it");
    }

    #[test]
    fn a_body_cut_short_is_an_error() {
        let (response, _) =
            exchange(Request::get("/"), b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc", Then::Close);
        let error = response.expect_err("six bytes are missing").to_string();
        assert!(error.contains("the body ends 6 bytes early"), "{error}");
    }
}
