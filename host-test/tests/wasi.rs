//! Worlds that others wrote, of WASI and of Spin, reshaped: each on the hosts that the engine's makers ship, or on one of a few
//! lines.

#[path = "support/own_world.rs"]
mod own_world;

#[path = "wasi/filesystem.rs"]
mod filesystem;
#[path = "wasi/http.rs"]
mod http;
#[path = "wasi/nn.rs"]
mod nn;
#[path = "wasi/proxy.rs"]
mod proxy;
#[path = "../../composer/tests/support/python.rs"]
mod python;
#[path = "wasi/spin.rs"]
mod spin;
#[path = "wasi/stores.rs"]
mod stores;
