//! The shop, built and served once for all tests, in surroundings like those of its own `fastly.toml`.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::Duration;

use anyhow::{Context, Result};
use host_test::apps;
use host_test::client::{Request, Response};
use host_test::server::{Options, Server};
use serde_json::Value;
use tempfile::TempDir;
use toml::Table;

use super::carrier::Carrier;

/// How long a line of the log may take after the response.
pub const LIMIT: Duration = Duration::from_secs(20);

/// The running shop.
pub static SHOP: LazyLock<Shop> = LazyLock::new(|| Shop::start().unwrap_or_else(|error| panic!("{error:?}")));

/// The shop on the host, and the carrier it asks.
pub struct Shop {
    /// The host.
    pub server: Server,
    /// The carrier.
    pub carrier: Carrier,
    /// The component.
    pub wasm: PathBuf,
    /// The surroundings.
    pub config: PathBuf,
    _folder: TempDir,
}

impl Shop {
    fn start() -> Result<Self> {
        let carrier = Carrier::start()?;
        let folder = tempfile::tempdir()?;
        let wasm = apps::build("shop", folder.path())?;
        let config = folder.path().join("fastly.toml");
        fs::write(&config, surroundings(carrier.addr)?)?;
        let server = Server::start(Options::new(&wasm).config(&config).capture())?;
        Ok(Self { server, carrier, wasm, config, _folder: folder })
    }
}

/// The shop's own `fastly.toml`, with another carrier, and with files named so that they are found from here.
fn surroundings(carrier: SocketAddr) -> Result<String> {
    let mut config: Table = fs::read_to_string(apps::config("shop"))?.parse()?;
    let local = table(&mut config, "local_server")?;
    let acls = table(local, "acls")?;
    for name in ["proxies", "blocked"] {
        let path = apps::fixture("apps/shop/acls").join(format!("{name}.json"));
        acls.insert(name.to_owned(), path.to_string_lossy().into_owned().into());
    }
    let settings = table(table(table(local, "config_stores")?, "settings")?, "contents")?;
    for (name, value) in [
        ("carrier", format!("http://{carrier}")),
        // Nobody listens there: the port belongs to a service that has died out.
        ("carrier.IS", "http://127.0.0.1:1".to_owned()),
        ("carrier.AQ", "by ship".to_owned()),
        ("carrier_timeout", "1.5".to_owned()),
    ] {
        settings.insert(name.to_owned(), value.into());
    }
    Ok(config.to_string())
}

fn table<'a>(config: &'a mut Table, name: &str) -> Result<&'a mut Table> {
    config.get_mut(name).and_then(|value| value.as_table_mut()).with_context(|| format!("fastly.toml has no {name}"))
}

/// Send a request to the shop.
pub fn send(request: Request) -> Response {
    request.send(SHOP.server.addr()).unwrap_or_else(|error| panic!("{error}"))
}

/// Send a `GET`.
pub fn get(target: &str) -> Response {
    send(Request::get(target))
}

/// The body, which must be JSON and say so.
pub fn json(response: &Response) -> Value {
    assert_eq!(response.head.value("content-type").as_deref(), Some("application/json"), "{response:?}");
    serde_json::from_slice(&response.body).unwrap_or_else(|error| panic!("{error}: {}", response.text()))
}

/// The body of an error with this status.
pub fn error(status: u16, response: &Response) -> String {
    assert_eq!(response.status(), status, "{}", response.text());
    json(response)["error"].as_str().expect("an error says what it is").to_owned()
}

/// Somebody who has ordered something.
pub struct Customer {
    /// What to send as `cookie`.
    pub cookie: String,
    /// The number of that order.
    pub number: String,
    /// The etag of that order.
    pub etag: String,
}

impl Customer {
    /// A new customer, by an order.
    pub fn new() -> Self {
        let response = send(Request::post("/orders", r#"{"items": {"mug": 2, "beans": 1}}"#));
        assert_eq!(response.status(), 201, "{}", response.text());
        let cookies = response.head.values("set-cookie");
        let cookie =
            cookies.iter().find(|cookie| cookie.starts_with("customer=")).expect("a cookie names the customer");
        Self {
            cookie: cookie.split(';').next().unwrap_or_default().to_owned(),
            number: json(&response)["number"].as_str().expect("an order has a number").to_owned(),
            etag: response.head.value("etag").expect("an order has an etag"),
        }
    }

    /// A request of this customer.
    pub fn request(&self, method: &str, target: &str) -> Request {
        Request::new(method, target).header("cookie", &self.cookie)
    }

    /// A request of this customer for that order.
    pub fn order(&self, method: &str) -> Request {
        self.request(method, &format!("/orders/{}", self.number))
    }
}
