//! Answers by the batch: one wake-up for each thread that has asked, instead of one for each answer.
//!
//! A commit of sixty messages has sixty tasks to wake on two threads. Woken one by one, a thread handles one task, falls asleep and is woken again,
//! and on a busy processor takes the writer's place each time, so that those who are answered last wait for those who are answered first.

use std::cell::RefCell;

use tokio::sync::mpsc;

/// Batches that may wait at one thread. One that does not fit is answered by the writer's thread itself.
const WAITING: usize = 64;

/// Gives one answer.
pub type Letter = Box<dyn FnOnce() + Send>;

/// The way to a thread that asks.
#[derive(Clone)]
pub struct Postbox(mpsc::Sender<Vec<Letter>>);

thread_local! {
    static HERE: RefCell<Option<Postbox>> = const { RefCell::new(None) };
}

impl Postbox {
    /// That of this thread, which has to be one of an arbiter. The same each time, as long as the arbiter lives.
    #[must_use]
    pub fn here() -> Self {
        HERE.with_borrow_mut(|here| match here {
            Some(postbox) if !postbox.0.is_closed() => postbox.clone(),
            _ => here.insert(Self::open()).clone(),
        })
    }

    fn open() -> Self {
        let (sender, mut batches) = mpsc::channel::<Vec<Letter>>(WAITING);
        actix::spawn(async move {
            while let Some(letters) = batches.recv().await {
                open(letters);
            }
        });
        Self(sender)
    }
}

/// Letters on their way, by where they go.
#[derive(Default)]
pub struct Post(Vec<(Postbox, Vec<Letter>)>);

impl Post {
    /// Takes a letter.
    pub fn add(&mut self, to: Postbox, letter: Letter) {
        match self.0.iter_mut().find(|(postbox, _)| postbox.0.same_channel(&to.0)) {
            Some((_, letters)) => letters.push(letter),
            None => self.0.push((to, vec![letter])),
        }
    }

    /// Brings them all.
    pub fn deliver(self) {
        for (Postbox(postbox), letters) in self.0 {
            if let Err(mpsc::error::TrySendError::Full(letters) | mpsc::error::TrySendError::Closed(letters)) = postbox.try_send(letters) {
                open(letters);
            }
        }
    }
}

fn open(letters: Vec<Letter>) {
    for deliver in letters {
        deliver();
    }
}

#[cfg(test)]
mod tests {
    use std::thread::{self, ThreadId};

    use tokio::sync::oneshot;

    use super::*;

    /// A letter that says on which thread it was opened.
    fn letter() -> (Letter, oneshot::Receiver<ThreadId>) {
        let (told, opened) = oneshot::channel();
        (Box::new(move || assert!(told.send(thread::current().id()).is_ok())), opened)
    }

    #[actix::test]
    async fn letters_are_opened_where_they_were_asked_for() {
        let (mut post, here) = (Post::default(), Postbox::here());
        let (first, first_opened) = letter();
        let (second, second_opened) = letter();
        post.add(here.clone(), first);
        post.add(Postbox::here(), second);
        assert_eq!(post.0.len(), 1, "one thread has one postbox");
        thread::spawn(move || post.deliver()).join().unwrap();
        assert_eq!(first_opened.await.unwrap(), thread::current().id());
        assert_eq!(second_opened.await.unwrap(), thread::current().id());
    }

    #[test]
    fn letters_to_an_arbiter_that_has_ended_are_opened_all_the_same() {
        let gone = actix::System::new().block_on(async { Postbox::here() });
        let (letter, mut opened) = letter();
        let mut post = Post::default();
        post.add(gone, letter);
        post.deliver();
        assert_eq!(opened.try_recv().unwrap(), thread::current().id());
        actix::System::new().block_on(async { assert!(!Postbox::here().0.is_closed()) });
    }
}
