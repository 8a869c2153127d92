//! What there is one of in a sandbox: the image, the tree, and the clock.

use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicU32, Ordering};

use crate::errors::Answer;
use crate::image::Image;
use crate::tmp::Time;
use crate::tree::{Node, Tree};
use crate::wasm::bindings::wasi::clocks::{monotonic_clock, wall_clock};
use crate::wasm::bindings::wasi::io::poll::Pollable;

/// The address and the length of the image in this memory. The composer writes both; 0 and 0 say that there is none.
#[unsafe(no_mangle)]
pub static FILES_IMAGE: [AtomicU32; 2] = [AtomicU32::new(0), AtomicU32::new(0)];

struct Single(UnsafeCell<Option<Tree<'static>>>);

// SAFETY: a sandbox has one thread.
unsafe impl Sync for Single {}

static TREE: Single = Single(UnsafeCell::new(None));

/// Works with the tree. Nothing that is called from within comes back to it: no host function but the clock is called
/// meanwhile, and no `Handle` is dropped.
pub fn with<R>(work: impl FnOnce(&mut Tree<'static>) -> R) -> R {
    // SAFETY: there is one thread, and no call inside of another.
    let tree = unsafe { &mut *TREE.0.get() };
    work(tree.get_or_insert_with(|| Tree::new(image(), now())))
}

/// Works with the tree, and says what time it is.
pub fn change<R>(work: impl FnOnce(&mut Tree<'static>, Time) -> R) -> R {
    let now = now();
    with(|tree| work(tree, now))
}

fn image() -> Image<'static> {
    let [address, length] = &FILES_IMAGE;
    let (address, length) = (address.load(Ordering::Relaxed) as usize, length.load(Ordering::Relaxed) as usize);
    if address == 0 {
        return Image::new(&[]);
    }
    // SAFETY: the composer adds a data segment with the image at this address, behind the memory that the module has by
    // itself, and makes the initial memory larger by it. Nobody else knows of this part of the memory, so nobody writes.
    Image::new(unsafe { core::slice::from_raw_parts(address as *const u8, length) })
}

/// The host's time.
pub fn now() -> Time {
    let now = wall_clock::now();
    Time { seconds: now.seconds, nanoseconds: now.nanoseconds }
}

/// What is ready at once. It is the host's, so that it can be waited for together with all else.
pub fn ready() -> Pollable {
    monotonic_clock::subscribe_duration(0)
}

/// A handle of a node, which was counted with `Tree::hold`.
pub struct Handle(Node);

impl Handle {
    /// The handle that was counted.
    pub const fn counted(node: Node) -> Self {
        Self(node)
    }

    /// Counts one more handle.
    pub fn open(node: Node) -> Answer<Self> {
        with(|tree| tree.hold(node))?;
        Ok(Self(node))
    }

    /// What it leads to.
    pub const fn node(&self) -> Node {
        self.0
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        with(|tree| tree.release(self.0));
    }
}
