//! What everything that one thread plays has in common.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use awc::Client;

use super::actions::any_of;
use super::book::Book;
use super::browser::{Browser, Trouble, client};
use super::cast::Cast;
use super::ledger::{Ledger, PersonIndex};
use super::mark::{Epoch, Mark};
use super::tab::Tab;

/// Numbers of messages that each thread has for itself.
const NUMBERS_OF_ONE_THREAD: u64 = 1_000_000_000_000;

/// The people of one thread, its book, and its ledger.
pub(super) struct StageHand {
    pub(super) thread: usize,
    pub(super) cast: Arc<Cast>,
    pub(super) epoch: Epoch,
    pub(super) client: Client,
    pub(super) book: Rc<RefCell<Book>>,
    pub(super) ledger: RefCell<Ledger>,
    /// Messages that were on the node before.
    pub(super) stored: u64,
    pub(super) browsers: RefCell<BTreeMap<PersonIndex, Rc<Browser>>>,
    pub(super) tabs: RefCell<Vec<Rc<Tab>>>,
    next_number: Cell<u64>,
}

impl StageHand {
    /// Nobody has signed in yet.
    pub(super) fn new(thread: usize, cast: Arc<Cast>, stored: u64, epoch: Epoch) -> Self {
        Self {
            thread,
            cast,
            epoch,
            client: client(),
            book: Rc::default(),
            ledger: RefCell::default(),
            stored,
            browsers: RefCell::default(),
            tabs: RefCell::default(),
            next_number: Cell::new(NUMBERS_OF_ONE_THREAD * (thread as u64 + 1)),
        }
    }

    /// Somebody who is signed in.
    pub(super) fn anybody(&self) -> Option<(PersonIndex, Rc<Browser>)> {
        let browsers = self.browsers.borrow();
        browsers.iter().nth(any_of(browsers.len())).map(|(who, browser)| (*who, browser.clone()))
    }

    /// One of the names under which this thread brings messages.
    pub(super) fn any_peer(&self) -> PersonIndex {
        self.cast.peer_of(self.thread, any_of(usize::MAX))
    }

    pub(super) fn next_mark(&self, intended: Instant) -> Mark {
        let number = self.next_number.get();
        self.next_number.set(number + 1);
        self.epoch.mark(number, intended)
    }

    /// Enters a message into the ledger: acknowledged, unclear, or refused, which is not entered.
    pub(super) fn enter(&self, (from, to): (PersonIndex, PersonIndex), mark: Mark, outcome: &Result<(), Trouble>) {
        let mut ledger = self.ledger.borrow_mut();
        match outcome {
            Ok(()) => ledger.acknowledge(from, to, mark.number),
            Err(trouble) if trouble.is_refusal() => {}
            Err(_) => ledger.leave_unclear(from, to, mark.number),
        }
    }
}
