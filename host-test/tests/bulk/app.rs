//! An app by hand: it does what a scene says with the body that it is given, and reports what came of it.
//!
//! The scene is the first that it reads, so that one component plays all of them.

use composer::wit::{APP_WORLD, FriendlyWorld};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};

/// What an app does with a body.
#[derive(Debug, Clone, Copy)]
pub enum Op {
    /// Goes on with a body of its own.
    New,
    Write(u32),
    WriteSome(u32),
    WriteFront(u32),
    Read(u32),
    ReadAll(u32),
    Close,
    /// Writes from the first byte in memory on.
    WriteFirst(u32),
}

/// How many bytes a scene has at most: so many are not worth a way past the adapter.
pub const SCENE: u32 = 400;

/// A scene as the app reads it: what is done and how much of it, in eight bytes each.
pub fn scene(ops: &[Op]) -> Vec<u8> {
    let words = ops.iter().flat_map(|op| match op {
        Op::New => [0, 0],
        Op::Write(length) => [1, *length],
        Op::WriteSome(length) => [2, *length],
        Op::WriteFront(length) => [3, *length],
        Op::Read(count) => [4, *count],
        Op::Close => [5, 0],
        Op::WriteFirst(length) => [6, *length],
        Op::ReadAll(limit) => [7, *limit],
    });
    let scene: Vec<u8> = words.flat_map(u32::to_le_bytes).collect();
    assert!(scene.len() <= SCENE as usize, "the scene itself would go past the adapter");
    scene
}

/// The component of such an app.
pub fn component(friendly: &FriendlyWorld) -> Vec<u8> {
    let mut core = wat::parse_str(include_str!("app.wat")).unwrap_or_else(|error| panic!("{error}"));
    let world = friendly.world(APP_WORLD).expect("the app's world");
    embed_component_metadata(&mut core, &friendly.resolve, world, StringEncoding::UTF8, false)
        .expect("the world is embedded");
    let encoder = ComponentEncoder::default().validate(true).module(&core).and_then(|encoder| encoder.encode());
    encoder.unwrap_or_else(|error| panic!("{error:#}"))
}

/// An app as another encoder would make it: its memory is a module's of its own, so that it needs no table.
pub fn without_a_table() -> Vec<u8> {
    wat::parse_str(include_str!("plain.wat")).unwrap_or_else(|error| panic!("{error}"))
}
