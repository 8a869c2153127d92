//! What there is one of in a sandbox.

use core::cell::UnsafeCell;

/// A value that everybody may work with.
pub struct Single<T>(UnsafeCell<T>);

// SAFETY: a sandbox has one thread.
unsafe impl<T> Sync for Single<T> {}

impl<T> Single<T> {
    pub const fn new(value: T) -> Self {
        Self(UnsafeCell::new(value))
    }

    /// Works with the value. Nothing that is called from within comes back to the same one: the host does not call the app
    /// meanwhile.
    pub fn with<R>(&self, work: impl FnOnce(&mut T) -> R) -> R {
        // SAFETY: there is one thread, and no call inside of another.
        work(unsafe { &mut *self.0.get() })
    }
}
