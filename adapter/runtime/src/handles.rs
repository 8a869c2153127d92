//! Cells for raw handles: lent, shared, and taken away once.
//!
//! In the raw world a function that consumes a handle moves it, and a second touch traps the whole
//! sandbox. Here the handle sits in a cell; who takes it leaves the cell empty, and a second touch
//! finds `Consumed`.

use alloc::rc::Rc;
use core::cell::{Ref, RefCell};
use core::marker::PhantomData;
use core::mem;

use crate::errors::Consumed;

/// A handle that some function takes away.
///
/// Clones share the handle: options keep a request, a pollable waits for what its owner awaits. One
/// that an app makes by itself is made by `M` when it is first needed.
#[derive(Debug)]
pub struct Handle<T, M = Given>(Rc<RefCell<State<T>>>, PhantomData<M>);

/// What is in a cell.
#[derive(Debug)]
enum State<T> {
    /// No handle yet: it is made when it is first needed.
    Pending,
    /// The raw handle.
    Present(T),
    /// No handle any more: a call consumed it.
    Consumed,
}

/// How a raw handle comes to be that nothing gave. Static, and no function in a table, which would
/// keep alive what only another app needs.
pub trait Make<T> {
    /// Why there is none: it was used up, or could not be made.
    type Failure: From<Consumed>;
    /// Whether one is ever made.
    const LATER: bool;
    /// Makes it.
    fn make() -> Result<T, Self::Failure>;
}

/// Makes nothing: every handle is given by the host.
#[derive(Debug)]
pub struct Given;

impl<T> Make<T> for Given {
    type Failure = Consumed;
    const LATER: bool = false;

    fn make() -> Result<T, Consumed> {
        Err(Consumed)
    }
}

impl<T, M> Clone for Handle<T, M> {
    fn clone(&self) -> Self {
        self.shared()
    }
}

impl<T, M> Handle<T, M> {
    /// Puts a raw handle into a cell of its own.
    pub fn new(raw: T) -> Self {
        Self(Rc::new(RefCell::new(State::Present(raw))), PhantomData)
    }

    /// A cell whose handle is made when it is first needed.
    pub fn later() -> Self {
        Self(Rc::new(RefCell::new(State::Pending)), PhantomData)
    }

    /// The same cell, as another resource has it. That one makes nothing, so lend the handle first.
    pub fn shared<N>(&self) -> Handle<T, N> {
        Handle(Rc::clone(&self.0), PhantomData)
    }
}

impl<T, M: Make<T>> Handle<T, M> {
    /// Lends the raw handle for a call.
    pub fn lend(&self) -> Result<Ref<'_, T>, M::Failure> {
        self.make()?;
        let cell = self.0.try_borrow().map_err(|_| Consumed)?;
        let raw = Ref::filter_map(cell, |state| match state {
            State::Present(raw) => Some(raw),
            State::Pending | State::Consumed => None,
        });
        Ok(raw.map_err(|_| Consumed)?)
    }

    /// Takes the raw handle out, on trial: it goes back unless the call is really made.
    pub fn take(&self) -> Result<Taken<'_, T>, M::Failure> {
        self.make()?;
        let mut cell = self.0.try_borrow_mut().map_err(|_| Consumed)?;
        match mem::replace(&mut *cell, State::Consumed) {
            State::Present(raw) => Ok(Taken { cell: &self.0, raw: Some(raw) }),
            State::Pending | State::Consumed => Err(Consumed.into()),
        }
    }

    /// Lends the raw handle to somebody who calls the host by itself; none if there is none. Until it is
    /// put back, this cell holds nothing, as one whose handle was taken away.
    pub fn lend_out(&self) -> Option<T> {
        self.take().ok()?.release().ok()
    }

    /// Puts back what was lent out.
    pub fn put_back(&self, raw: T) {
        // A cell that has its handle lent none: what is put there is somebody's mistake, and dropped.
        if let Ok(mut cell) = self.0.try_borrow_mut()
            && matches!(*cell, State::Consumed)
        {
            *cell = State::Present(raw);
        }
    }

    /// Whether the raw handle was taken away.
    pub fn is_gone(&self) -> bool {
        self.0.try_borrow().is_ok_and(|state| matches!(*state, State::Consumed))
    }

    fn make(&self) -> Result<(), M::Failure> {
        if M::LATER && matches!(*self.0.try_borrow().map_err(|_| Consumed)?, State::Pending) {
            let raw = M::make()?;
            *self.0.try_borrow_mut().map_err(|_| Consumed)? = State::Present(raw);
        }
        Ok(())
    }
}

/// A raw handle on its way into a call.
///
/// A call can need several handles and find the second one consumed: then the first is put back,
/// so that a failed call uses nothing up.
#[derive(Debug)]
pub struct Taken<'a, T> {
    cell: &'a RefCell<State<T>>,
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
            *cell = State::Present(raw);
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

/// The next of the handles that were taken out of a value, to be put in the place where it stood.
///
/// # Panics
///
/// If there is none: the value is gone through twice in the same order, so there are as many.
pub fn next<T>(handles: &mut impl Iterator<Item = T>) -> T {
    handles.next().unwrap_or_else(|| unreachable!())
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
    use crate::errors::{CreationFailed, LazyInitError};

    #[test]
    fn a_taken_handle_is_gone() {
        let handle = Handle::<_>::new(1);
        assert_eq!(handle.take().unwrap().release(), Ok(1));
        assert_eq!(handle.lend().unwrap_err(), Consumed);
        assert!(handle.take().is_err());
    }

    #[test]
    fn a_handle_that_was_not_released_goes_back() {
        let handle = Handle::<_>::new(1);
        drop(handle.take().unwrap());
        assert_eq!(*handle.lend().unwrap(), 1);
    }

    #[test]
    fn a_handle_cannot_be_lent_while_it_is_on_its_way() {
        let handle = Handle::<_>::new(1);
        let taken = handle.take().unwrap();
        assert!(handle.lend().is_err());
        assert!(handle.take().is_err());
        drop(taken);
        assert!(handle.lend().is_ok());
    }

    #[test]
    fn a_lent_handle_cannot_be_taken() {
        let handle = Handle::<_>::new(1);
        let lent = handle.lend().unwrap();
        assert!(handle.take().is_err());
        drop(lent);
        assert!(handle.take().is_ok());
    }

    #[test]
    fn a_handle_that_is_lent_out_is_nobody_else_s_until_it_is_back() {
        let handle = Handle::<_>::new(1);
        let clone = handle.clone();
        let raw = handle.lend_out().unwrap();
        assert_eq!(clone.lend().unwrap_err(), Consumed);
        assert!(clone.take().is_err());
        assert_eq!(handle.lend_out(), None);
        handle.put_back(raw);
        assert_eq!(clone.take().unwrap().release(), Ok(1));
        assert_eq!(handle.lend_out(), None);
    }

    #[test]
    fn what_is_put_into_a_cell_that_lent_nothing_is_dropped() {
        let (kept, other) = (Rc::new(1), Rc::new(2));
        let handle = Handle::<_>::new(Rc::clone(&kept));
        handle.put_back(Rc::clone(&other));
        assert_eq!((**handle.lend().unwrap(), Rc::strong_count(&other)), (1, 1));
        // What is made later is made all the same.
        let later = Handle::<u32, Once>::later();
        later.put_back(5);
        assert_eq!(*later.lend().unwrap(), 7);
    }

    #[test]
    fn a_handle_in_use_is_not_lent_out() {
        let handle = Handle::<_>::new(1);
        let lent = handle.lend().unwrap();
        assert_eq!(handle.lend_out(), None);
        drop(lent);
        assert_eq!(handle.lend_out(), Some(1));
    }

    #[test]
    fn clones_share_the_handle() {
        let handle = Handle::<_>::new(1);
        let clone = handle.clone();
        handle.take().unwrap().release().unwrap();
        assert!(clone.lend().is_err());
    }

    /// Makes one handle, and then no more.
    struct Once;

    std::thread_local!(static MADE: std::cell::Cell<u32> = const { std::cell::Cell::new(0) });

    impl Make<u32> for Once {
        type Failure = LazyInitError;
        const LATER: bool = true;

        fn make() -> Result<u32, LazyInitError> {
            MADE.set(MADE.get() + 1);
            if MADE.get() == 1 { Ok(7) } else { Err(LazyInitError::CreationFailed(CreationFailed)) }
        }
    }

    #[test]
    fn what_is_made_later_is_made_once_and_used_up_once() {
        let handle = Handle::<u32, Once>::later();
        assert_eq!(MADE.get(), 0);
        assert_eq!(*handle.lend().unwrap(), 7);
        let shared: Handle<u32> = handle.shared();
        assert_eq!(*shared.lend().unwrap(), 7);
        assert_eq!(handle.take().unwrap().release(), Ok(7));
        assert_eq!(handle.lend().unwrap_err(), LazyInitError::Consumed(Consumed));
        assert_eq!(shared.lend().unwrap_err(), Consumed);
        assert_eq!(MADE.get(), 1);
        assert_eq!(Handle::<u32, Once>::later().take().unwrap_err(), LazyInitError::CreationFailed(CreationFailed));
    }
    /// Makes a handle at the second try.
    struct Second;

    std::thread_local!(static TRIED: std::cell::Cell<bool> = const { std::cell::Cell::new(false) });

    impl Make<u32> for Second {
        type Failure = LazyInitError;
        const LATER: bool = true;

        fn make() -> Result<u32, LazyInitError> {
            if TRIED.replace(true) { Ok(7) } else { Err(LazyInitError::CreationFailed(CreationFailed)) }
        }
    }

    #[test]
    fn what_could_not_be_made_is_not_used_up() {
        let handle = Handle::<u32, Second>::later();
        assert_eq!(handle.lend().unwrap_err(), LazyInitError::CreationFailed(CreationFailed));
        assert_eq!(handle.take().unwrap().release(), Ok(7));
    }
}
