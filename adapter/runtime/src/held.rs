//! What came out of an object, and stays for as long as that does.
//!
//! A host may have one thing behind both: whoever drops what came out drops the object, and the other way round. So the
//! adapter holds what came out until the object goes, whatever the app does with it.

use core::cell::RefCell;
use core::mem;

use crate::handles::Handle;

/// The last handle that came out of an object.
#[derive(Debug)]
pub struct Held<T>(RefCell<Option<Handle<T>>>);

impl<T> Default for Held<T> {
    fn default() -> Self {
        Self(RefCell::new(None))
    }
}

impl<T> Held<T> {
    /// Holds what the host gave, and gives it to the app too. What was held before is over.
    pub fn hold(&self, raw: T) -> Handle<T> {
        let handle = Handle::new(raw);
        self.put(Some(handle.clone()));
        handle
    }

    /// What is held, unless it is over or was used up: the host is not asked for the same again.
    pub fn waiting(&self, is_over: impl FnOnce(&T) -> bool) -> Option<Handle<T>> {
        let handle = self.0.borrow().clone()?;
        let is_over = is_over(&*handle.lend().ok()?);
        (!is_over).then_some(handle)
    }

    /// The object was given away, and what came of it went with it: nobody drops it any more.
    pub fn forget(&self) {
        if let Some(raw) = self.0.borrow().as_ref().and_then(Handle::lend_out) {
            mem::forget(raw);
        }
        self.put(None);
    }

    fn put(&self, held: Option<Handle<T>>) {
        // Never lent across a call, so never refused; a panic would cost more than a lost write.
        if let Ok(mut slot) = self.0.try_borrow_mut() {
            *slot = held;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::rc::Rc;

    #[test]
    fn what_is_held_is_not_dropped_before_its_object() {
        let (raw, held) = (Rc::new(()), Held::default());
        drop(held.hold(Rc::clone(&raw)));
        assert_eq!(Rc::strong_count(&raw), 2);
        drop(held);
        assert_eq!(Rc::strong_count(&raw), 1);
    }

    #[test]
    fn what_is_not_over_is_given_again() {
        let held = Held::default();
        assert!(held.waiting(|_: &u32| false).is_none());
        let first = held.hold(7);
        let again = held.waiting(|raw| *raw != 7).unwrap();
        assert_eq!(again.take().unwrap().release(), Ok(7));
        // It is one handle, which is used up now.
        assert!(first.lend().is_err());
        assert!(held.waiting(|_| false).is_none());
    }

    #[test]
    fn what_is_over_gives_way_to_the_next() {
        let (raw, held) = (Rc::new(1), Held::default());
        held.hold(Rc::clone(&raw));
        assert!(held.waiting(|_| true).is_none());
        held.hold(Rc::new(2));
        assert_eq!(Rc::strong_count(&raw), 1);
        assert_eq!(held.waiting(|_| false).map(|next| **next.lend().unwrap()), Some(2));
    }

    #[test]
    fn what_goes_with_its_object_is_dropped_by_nobody() {
        let (raw, held) = (Rc::new(()), Held::default());
        let handle = held.hold(Rc::clone(&raw));
        held.forget();
        assert!(handle.lend().is_err());
        drop((handle, held));
        // The count is what it was when it was given away.
        assert_eq!(Rc::strong_count(&raw), 2);
        Held::<u32>::default().forget();
    }
}
