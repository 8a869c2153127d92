//! A carrier of the test's own: it answers each country's file in a way of its own, well or badly.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// The head of each request, under the path that it asked for.
type Asked = HashMap<String, Vec<String>>;

/// How long the carrier takes for a country that it is slow for.
pub const SLOW: Duration = Duration::from_millis(150);

/// A running carrier. It answers until the process ends.
pub struct Carrier {
    /// Where it listens.
    pub addr: SocketAddr,
    asked: Arc<Mutex<Asked>>,
}

impl Carrier {
    /// Listen on a free port, and answer each connection in a thread.
    pub fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let addr = listener.local_addr()?;
        let asked = Arc::<Mutex<Asked>>::default();
        let record = asked.clone();
        thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                let record = record.clone();
                // A client that goes away early is one of the cases.
                thread::spawn(move || serve(socket, &record).ok());
            }
        });
        Ok(Self { addr, asked })
    }

    /// The heads of the requests for a country so far.
    pub fn asked_for(&self, country: &str) -> Vec<String> {
        lock(&self.asked).get(&format!("/quotes/{country}.json")).cloned().unwrap_or_default()
    }
}

fn lock(asked: &Mutex<Asked>) -> MutexGuard<'_, Asked> {
    asked.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(socket: TcpStream, asked: &Mutex<Asked>) -> io::Result<()> {
    let mut reader = BufReader::new(socket.try_clone()?);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(());
        }
    }
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let times = {
        let mut asked = lock(asked);
        let heads = asked.entry(path.clone()).or_default();
        heads.push(head);
        heads.len()
    };
    let country = path.trim_start_matches("/quotes/").trim_end_matches(".json");
    answer(country, times, socket, reader)
}

fn answer(country: &str, times: usize, mut socket: TcpStream, mut reader: impl BufRead) -> io::Result<()> {
    let good = format!(r#"{{"price": {}, "days": 3}}"#, 100 * times);
    match country {
        "FR" => whole(&mut socket, "404 Not Found", "no such file"),
        "SE" => whole(&mut socket, "500 Internal Server Error", "sorry"),
        "LU" if times == 1 => whole(&mut socket, "503 Service Unavailable", "later"),
        "NO" => whole(&mut socket, "200 OK", "far away"),
        "EE" => whole(&mut socket, "200 OK", r#"{"price": 100}"#),
        "GB" => whole(&mut socket, "200 OK", &" ".repeat(1 << 20)),
        "DE" => {
            write!(socket, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n")?;
            for piece in good.as_bytes().chunks(5) {
                write!(socket, "{:x}\r\n{}\r\n", piece.len(), String::from_utf8_lossy(piece))?;
            }
            write!(socket, "0\r\n\r\n")
        }
        "PL" => {
            write!(socket, "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{good}")?;
            socket.shutdown(Shutdown::Both)
        }
        "DK" => socket.shutdown(Shutdown::Both),
        // Say nothing until the other side gives up.
        "FI" => reader.read_line(&mut String::new()).map(drop),
        "SI" => {
            thread::sleep(SLOW);
            whole(&mut socket, "200 OK", &good)
        }
        _ => whole(&mut socket, "200 OK", &good),
    }
}

fn whole(socket: &mut TcpStream, status: &str, body: &str) -> io::Result<()> {
    let length = body.len();
    write!(socket, "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
}
