//! Invitations and answers go, and come, under the same standards as messages.

use kith::actors::event::EventView;
use kith::actors::node::FindSession;
use kith::actors::session::{AnswerEvent, MakeEvent};
use kith::db::queries::events;
use kith::domain::clock;
use kith::domain::event::{Attendance, EventDetails, EventId};
use kith::domain::message::Markup;
use kith::domain::stamp::Stamp;
use kith::protocol::encryption::Encryption as E;
use kith::protocol::outgoing::{self, SentEvent};

use super::incoming::{key_of_ana, post};
use super::outgoing::{CALLS, meet};
use super::shared::{Handshakes, OldNode, Told};
use super::support::{Kith, eventually, name};

const NAME: &str = "Tea < & > \u{e9}\u{1f980}";

fn stamp(seconds: f64) -> Stamp {
    Stamp::from_seconds(seconds).unwrap()
}

fn details(description: &str) -> EventDetails {
    EventDetails {
        name: NAME.to_owned(),
        description: description.to_owned(),
        location: String::new(),
        picture: String::new(),
        start: stamp(3_000_000_000.5),
        end: stamp(3_000_003_600.0),
        markup: Markup::Plain,
    }
}

async fn events_of(ana: &Kith) -> Vec<EventView> {
    let (me, read) = (ana.user.clone(), ana.node.state().reader.clone());
    read.read(move |connection| {
        let events = events::list(connection, &me, clock::now(), 100)?;
        Ok(events.iter().map(|event| EventView::of(event, &me)).collect())
    })
    .await
    .unwrap()
}

async fn make(ana: &Kith, description: &str) -> EventView {
    let session = ana.node.state().node.send(FindSession(ana.user.clone())).await.unwrap().unwrap();
    let limits = ana.node.state().settings.events.limits();
    session.send(MakeEvent { details: details(description), guests: vec![name("old")], limits }).await.unwrap().unwrap()
}

async fn told(fake: &OldNode, path: &str, count: usize) -> Told {
    eventually(path, async || fake.told().into_iter().filter(|told| told.path == path).nth(count - 1)).await
}

#[actix_web::test]
async fn an_invitation_and_an_answer_go_under_the_strongest_standard_that_the_node_has() {
    for (listed, short, long) in [
        ("0", E::None, E::None),
        ("1", E::Xor, E::Xor),
        ("0 2", E::Aes, E::Aes),
        ("0 3", E::Rsa, E::None),
        ("0 1 2 3 4", E::Hybrid, E::Hybrid),
    ] {
        let calls = format!("{CALLS}/receiveEvent [sender]\n/acknowledgeEvent [sender]\nEncryption {listed}\nHashing 0");
        let fake = OldNode::start(&calls, Handshakes::Honest).await;
        let (_town, ana) = meet(&fake).await;
        make(&ana, "").await;
        let got = told(&fake, "/receiveEvent", 1).await;
        assert_eq!(got.encryption, short, "{listed}");
        assert_eq!((got.body.text("event_name"), got.body.text("start_time")), (Some(NAME), Some("3000000000.5")), "{listed}");
        // A change is told, too; this one is too long for raw RSA.
        make(&ana, &"x".repeat(200)).await;
        let got = told(&fake, "/receiveEvent", 2).await;
        assert_eq!((got.encryption, got.body.text("event_description").map(str::len)), (long, Some(200)), "{listed}");

        let sent =
            SentEvent { name: NAME, description: "", location: "", picture: "", start: stamp(1e9), end: stamp(1e9), markup: Markup::Plain };
        let invitation = outgoing::receive_event(&name("old"), &name("ana"), sent).to_json();
        assert_eq!(post(&ana, "/receiveEvent", invitation).await, "0: Success");
        let invited = events_of(&ana).await.into_iter().find(|event| !event.hosting).unwrap();
        let session = ana.node.state().node.send(FindSession(ana.user.clone())).await.unwrap().unwrap();
        let id = EventId::parse(&invited.id).unwrap();
        session.send(AnswerEvent { id, attendance: Attendance::Maybe }).await.unwrap().unwrap();
        let got = told(&fake, "/acknowledgeEvent", 1).await;
        assert_eq!((got.encryption, got.body.text("attendance")), (short, Some("2")), "{listed}");
        assert_eq!((got.body.text("sender"), got.body.text("event_name")), (Some("ana"), Some(NAME)), "{listed}");
    }
}

#[actix_web::test]
async fn an_invitation_and_an_answer_come_in_under_every_standard() {
    let (_town, ana) = meet(&OldNode::start("0", Handshakes::None).await).await;
    let key = key_of_ana(&ana).await;
    let made = make(&ana, "").await;
    for (encryption, attendance) in E::ALL.into_iter().zip([Attendance::Going, Attendance::Maybe].into_iter().cycle()) {
        let title = format!("Under {}", encryption.number());
        let sent = SentEvent {
            name: &title,
            description: "d",
            location: "",
            picture: "",
            start: stamp(1e9),
            end: stamp(1e9),
            markup: Markup::Plain,
        };
        let invitation = outgoing::receive_event(&name("old"), &name("ana"), sent).sealed(encryption, Some(&key)).unwrap();
        assert_eq!(post(&ana, "/receiveEvent", invitation.to_json()).await, "0: Success", "{title}");
        let invited = events_of(&ana).await.into_iter().find(|event| event.name == title).unwrap();
        let expected = if encryption == E::None { "in clear" } else { "weak, 2017 standard" };
        assert_eq!((invited.travelled, invited.verified), (Some(expected), true), "{title}");

        let answer = outgoing::acknowledge_event(&name("old"), &name("ana"), NAME, "3000000000.5", attendance);
        let answer = answer.sealed(encryption, Some(&key)).unwrap().to_json();
        assert_eq!(post(&ana, "/acknowledgeEvent", answer).await, "0: Success", "{title}");
        let guests = events_of(&ana).await.into_iter().find(|event| event.id == made.id).unwrap().guests.unwrap();
        assert_eq!(guests[0].attendance, Some(attendance), "{title}");
    }
}
