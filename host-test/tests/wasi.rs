//! Interfaces of WASI that an app's own world asks for, reshaped: each on the host that the engine's makers ship for it.

#[path = "support/own_world.rs"]
mod own_world;

#[path = "wasi/filesystem.rs"]
mod filesystem;
#[path = "wasi/nn.rs"]
mod nn;
#[path = "wasi/stores.rs"]
mod stores;
