//! The receipts and the outbox against a small model in memory: whatever news come, in whatever order and however often, no tick goes back, and
//! what is not settled is in the outbox.

use std::time::Duration;

use kith::db::connection::open_writer;
use kith::db::queries::acknowledgements::{self, Acknowledged};
use kith::db::queries::messages::{self, StoredMessage};
use kith::db::queries::outbox;
use kith::domain::message::{Content, Markup};
use kith::domain::receipt::Receipt;
use kith::domain::stamp::Stamp;
use kith::domain::username::Username;
use proptest::prelude::*;
use rusqlite::Connection;

/// What can happen. The number says to which of the messages so far.
#[derive(Clone, Debug)]
enum Happening {
    Written,
    Delivered(usize),
    Relayed(usize),
    Failed(usize),
    Acknowledged(usize),
    Retried(usize),
    Discarded(usize),
    NodeStartsAgain,
}

fn happening() -> impl Strategy<Value = Happening> {
    let which = 0..6_usize;
    prop_oneof![
        3 => Just(Happening::Written),
        2 => which.clone().prop_map(Happening::Delivered),
        3 => which.clone().prop_map(Happening::Relayed),
        3 => which.clone().prop_map(Happening::Failed),
        2 => which.clone().prop_map(Happening::Acknowledged),
        3 => which.clone().prop_map(Happening::Retried),
        1 => which.prop_map(Happening::Discarded),
        1 => Just(Happening::NodeStartsAgain),
    ]
}

/// What the model knows of a message; nothing once it is discarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Known {
    receipt: Receipt,
    waits: bool,
}

impl Known {
    /// The rules, said once more in another way than the code says them.
    fn after(self, happening: &Happening) -> Option<Self> {
        use Receipt::{Delivered, Failed, Pending, Read, Relayed};
        let settled = |receipt| Some(Self { receipt, waits: false });
        match (happening, self.receipt) {
            (Happening::Acknowledged(_), _) | (Happening::Delivered(_), Read) => settled(Read),
            (Happening::Delivered(_), _) => settled(Delivered),
            (Happening::Failed(_), Pending | Relayed | Failed) => settled(Failed),
            (Happening::Failed(_), kept) => settled(kept),
            (Happening::Relayed(_), Pending) => Some(Self { receipt: Relayed, ..self }),
            (Happening::Retried(_), Failed) => Some(Self { receipt: Pending, waits: true }),
            (Happening::Discarded(_), Failed) => None,
            _ => Some(self),
        }
    }
}

/// Both sides.
struct Both {
    folder: tempfile::TempDir,
    connection: Connection,
    sent: Vec<StoredMessage>,
    model: Vec<Option<Known>>,
}

fn name(text: &str) -> Username {
    Username::parse(text).unwrap()
}

fn open(folder: &tempfile::TempDir) -> Connection {
    open_writer(&folder.path().join("kith.db"), Duration::from_secs(1)).unwrap()
}

fn now() -> Stamp {
    Stamp::from_seconds(1.7e9).unwrap()
}

impl Both {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let connection = open(&folder);
        // What is tried here is the logic; the disk has tests of its own.
        connection.pragma_update(None, "synchronous", "OFF").unwrap();
        Self { folder, connection, sent: Vec::new(), model: Vec::new() }
    }

    fn write(&mut self) {
        let text = format!("message {}", self.sent.len());
        let stamp = Stamp::from_seconds(1.7e9 + f64::from(u32::try_from(self.sent.len()).unwrap())).unwrap();
        let content = Content::Text { text: text.clone(), markup: Markup::Plain };
        let message = messages::write(&self.connection, &name("ana"), &name("ben"), content, stamp).unwrap();
        messages::note_way(&self.connection, message.seq, 0, 1, &text).unwrap();
        self.sent.push(message);
        self.model.push(Some(Known { receipt: Receipt::Pending, waits: true }));
    }

    /// Lets it happen on both sides.
    fn happens(&mut self, happening: &Happening) {
        let which = match happening {
            Happening::Written => return self.write(),
            Happening::NodeStartsAgain => {
                self.connection = open(&self.folder);
                return;
            }
            Happening::Delivered(n)
            | Happening::Relayed(n)
            | Happening::Failed(n)
            | Happening::Acknowledged(n)
            | Happening::Retried(n)
            | Happening::Discarded(n) => *n,
        };
        // News of a message that was discarded may still come.
        let Some(message) = self.sent.get(which).cloned() else { return };
        if self.model[which].is_none() && !matches!(happening, Happening::Retried(_) | Happening::Discarded(_) | Happening::Acknowledged(_))
        {
            return;
        }
        let connection = &self.connection;
        match happening {
            Happening::Delivered(_) => drop(outbox::settle(connection, message.seq, Receipt::Delivered, None, now()).unwrap()),
            Happening::Failed(_) => drop(outbox::settle(connection, message.seq, Receipt::Failed, Some("no"), now()).unwrap()),
            Happening::Relayed(_) => drop(outbox::relayed(connection, message.seq, &[([127, 0, 0, 1], 1).into()], now()).unwrap()),
            Happening::Acknowledged(_) => {
                let hash = format!("MESSAGE {which}");
                let read = Acknowledged { author: &message.sender, stamp: message.stamp, hashing: 1, hash: &hash };
                drop(acknowledgements::take(connection, &read, now()).unwrap());
            }
            Happening::Retried(_) => drop(messages::retry(connection, &message.id, &message.sender, now()).unwrap()),
            Happening::Discarded(_) => drop(messages::discard(connection, &message.id, &message.sender).unwrap()),
            Happening::Written | Happening::NodeStartsAgain => {}
        }
        self.model[which] = self.model[which].and_then(|known| known.after(happening));
    }

    /// What the database knows, in the terms of the model.
    fn on_disk(&self) -> Vec<Option<Known>> {
        let waiting: Vec<i64> = {
            let mut statement = self.connection.prepare("SELECT seq FROM outbox ORDER BY seq").unwrap();
            statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
        };
        let known = |message: &StoredMessage| {
            let stored = messages::find(&self.connection, &message.id).unwrap()?;
            assert_eq!(stored.failure.is_some(), stored.receipt == Some(Receipt::Failed), "a reason belongs to a failure: {stored:?}");
            Some(Known { receipt: stored.receipt.unwrap(), waits: waiting.contains(&stored.seq) })
        };
        self.sent.iter().map(known).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn receipts_and_outbox_do_as_the_model_says(happenings in prop::collection::vec(happening(), 1..40)) {
        let mut both = Both::new();
        for happening in &happenings {
            let before = both.model.clone();
            both.happens(happening);
            prop_assert_eq!(both.on_disk(), both.model.clone(), "after {:?}", happening);
            for (was, is) in before.iter().zip(&both.model) {
                let went_back = was.zip(*is).is_some_and(|(was, is)| is.receipt < was.receipt);
                prop_assert!(!went_back || matches!(happening, Happening::Retried(_)));
            }
            for known in both.model.iter().flatten() {
                let open = matches!(known.receipt, Receipt::Pending | Receipt::Relayed);
                prop_assert_eq!(known.waits, open, "what is open, and nothing else, is in the outbox");
            }
        }
    }
}
