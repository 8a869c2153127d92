//! Cells for raw handles: lent, shared, and taken away once.
//!
//! In the raw world a function that consumes a handle moves it, and a second touch traps the whole
//! sandbox. Here the handle sits in a cell; who takes it leaves the cell empty, and a second touch
//! finds `Consumed`.

use alloc::rc::Rc;
use core::cell::{Ref, RefCell};

use crate::errors::Consumed;

/// A handle that some function takes away.
///
/// Clones share the handle: options keep a request, a pollable waits for what its owner awaits.
#[derive(Debug)]
pub struct Handle<T>(Rc<RefCell<Option<T>>>);

impl<T> Clone for Handle<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<T> Handle<T> {
    /// Puts a raw handle into a cell of its own.
    pub fn new(raw: T) -> Self {
        Self(Rc::new(RefCell::new(Some(raw))))
    }

    /// Lends the raw handle for a call.
    pub fn lend(&self) -> Result<Ref<'_, T>, Consumed> {
        let cell = self.0.try_borrow().map_err(|_| Consumed)?;
        Ref::filter_map(cell, Option::as_ref).map_err(|_| Consumed)
    }

    /// Takes the raw handle out, on trial: it goes back unless the call is really made.
    pub fn take(&self) -> Result<Taken<'_, T>, Consumed> {
        let raw = self.0.try_borrow_mut().map_err(|_| Consumed)?.take();
        match raw {
            Some(raw) => Ok(Taken { cell: &self.0, raw: Some(raw) }),
            None => Err(Consumed),
        }
    }
}

/// A raw handle on its way into a call.
///
/// A call can need several handles and find the second one consumed: then the first is put back,
/// so that a failed call uses nothing up.
#[derive(Debug)]
pub struct Taken<'a, T> {
    cell: &'a RefCell<Option<T>>,
    raw: Option<T>,
}

impl<T> Taken<'_, T> {
    /// The call is made now.
    pub fn release(mut self) -> Result<T, Consumed> {
        self.raw.take().ok_or(Consumed)
    }
}

impl<T> Drop for Taken<'_, T> {
    fn drop(&mut self) {
        if let (Some(raw), Ok(mut cell)) = (self.raw.take(), self.cell.try_borrow_mut()) {
            *cell = Some(raw);
        }
    }
}

/// A handle that nothing takes away.
#[derive(Debug)]
pub struct Shared<T>(Rc<T>);

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<T> Shared<T> {
    /// Shares a raw handle.
    pub fn new(raw: T) -> Self {
        Self(Rc::new(raw))
    }

    /// Lends the raw handle for a call.
    pub fn lend(&self) -> &T {
        &self.0
    }
}

/// A value that a resource keeps between calls: an option that was set, an answer that is given once only.
#[derive(Debug, Default)]
pub struct Slot<T>(RefCell<T>);

impl<T: Clone> Slot<T> {
    /// Starts with a value.
    pub const fn new(value: T) -> Self {
        Self(RefCell::new(value))
    }

    /// Replaces the value.
    pub fn set(&self, value: T) {
        // Never lent across a call, so never refused; a panic would cost more than a lost write.
        if let Ok(mut slot) = self.0.try_borrow_mut() {
            *slot = value;
        }
    }

    /// A copy of the value.
    pub fn get(&self) -> T {
        self.0.borrow().clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_handle_is_gone() {
        let handle = Handle::new(1);
        assert_eq!(handle.take().unwrap().release(), Ok(1));
        assert_eq!(handle.lend().unwrap_err(), Consumed);
        assert!(handle.take().is_err());
    }

    #[test]
    fn a_handle_that_was_not_released_goes_back() {
        let handle = Handle::new(1);
        drop(handle.take().unwrap());
        assert_eq!(*handle.lend().unwrap(), 1);
    }

    #[test]
    fn a_handle_cannot_be_lent_while_it_is_on_its_way() {
        let handle = Handle::new(1);
        let taken = handle.take().unwrap();
        assert!(handle.lend().is_err());
        assert!(handle.take().is_err());
        drop(taken);
        assert!(handle.lend().is_ok());
    }

    #[test]
    fn a_lent_handle_cannot_be_taken() {
        let handle = Handle::new(1);
        let lent = handle.lend().unwrap();
        assert!(handle.take().is_err());
        drop(lent);
        assert!(handle.take().is_ok());
    }

    #[test]
    fn clones_share_the_handle() {
        let handle = Handle::new(1);
        let clone = handle.clone();
        handle.take().unwrap().release().unwrap();
        assert!(clone.lend().is_err());
    }
}
