//! What the browser is told: the JSON of the API and of the WebSocket. `static/js` reads the same names.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::db::queries::drafts::Draft;
use crate::db::queries::events::{Guest, StoredEvent};
use crate::db::queries::messages::StoredMessage;
use crate::db::queries::people::Person;
use crate::domain::event::{Attendance, Progress};
use crate::domain::markup;
use crate::domain::message::{Content, Markup};
use crate::domain::preferences::Preferences;
use crate::domain::presence::{Reach, Status};
use crate::domain::profile::Profile;
use crate::domain::receipt::Receipt;
use crate::domain::stamp::Stamp;
use crate::domain::username::Username;

/// A message as its reader sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MessageView {
    /// Opaque.
    pub id: String,
    /// Who wrote it.
    pub from: String,
    /// To whom.
    pub to: String,
    /// The text as it was sent; empty for a file.
    pub text: String,
    /// The text as HTML that is safe to put into a page.
    pub html: String,
    /// Whether the text is Markdown.
    pub markdown: bool,
    /// When it was written, in seconds since 1970, as the sender says.
    pub stamp: f64,
    /// The same as RFC 3339, in UTC.
    pub sent_at: String,
    /// When this node stored it, in seconds since 1970.
    pub arrived_at: f64,
    /// How far it has come; `null` for a message that was received.
    pub receipt: Option<Receipt>,
    /// Since when, in seconds since 1970; `null` as long as the message has not moved.
    pub receipt_at: Option<f64>,
    /// Why it failed.
    pub failure: Option<String>,
    /// Whether it is known to be the sender's.
    pub verified: bool,
    /// Whether it came after later ones were there.
    pub arrived_late: bool,
    /// How it travelled: `in clear`, `weak, 2017 standard`.
    pub travelled: &'static str,
    /// The file, if it is one.
    pub file: Option<FileView>,
}

/// The file of a message.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FileView {
    /// For `/api/files/{id}`.
    pub id: String,
    /// Its name, safe to show.
    pub name: String,
    /// What the sender says that it is.
    pub content_type: String,
    /// Length in bytes.
    pub size: u64,
    /// Lower-case hex of the SHA-256 of its content.
    pub sha256: String,
    /// Of a picture whose size is known: how wide it is shown at the most, in pixels.
    pub width: Option<u32>,
    /// Likewise, how high.
    pub height: Option<u32>,
}

impl MessageView {
    /// What `reader` sees of a stored message. The ticks are its sender's alone.
    #[must_use]
    pub fn of(message: &StoredMessage, reader: &Username) -> Self {
        let sent_from_here = message.written_here && message.sender == *reader;
        let (text, markup, file) = match &message.content {
            Content::Text { text, markup } => (text.clone(), *markup, None),
            Content::File(file) => (String::new(), Markup::Plain, Some(file)),
        };
        let picture = message.picture.filter(|size| size.is_known());
        Self {
            id: message.id.to_string(),
            from: message.sender.to_string(),
            to: message.destination.to_string(),
            html: markup::to_html(&text, markup),
            text,
            markdown: markup == Markup::Markdown,
            stamp: message.stamp.seconds(),
            sent_at: rfc3339(message.stamp.seconds()),
            arrived_at: message.arrived_at.seconds(),
            receipt: message.receipt.filter(|_| sent_from_here),
            receipt_at: message.receipt_at.filter(|_| sent_from_here).map(Stamp::seconds),
            failure: message.failure.clone().filter(|_| sent_from_here),
            verified: message.verified,
            arrived_late: message.arrived_late,
            travelled: travelled(message.encryption),
            file: file.map(|file| FileView {
                id: message.id.to_string(),
                name: file.name.to_string(),
                content_type: file.content_type.clone(),
                size: file.size,
                sha256: file.sha256.clone(),
                width: picture.map(|size| size.width),
                height: picture.map(|size| size.height),
            }),
        }
    }
}

/// What the user has begun to write to somebody.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DraftView {
    /// To whom.
    pub with: String,
    /// The text; empty when there is none any more.
    pub text: String,
    /// The id of the message that it answers.
    pub reply_to: Option<String>,
}

impl DraftView {
    /// A draft as its writer sees it.
    #[must_use]
    pub fn of(draft: &Draft) -> Self {
        Self { with: draft.with.to_string(), text: draft.text.clone(), reply_to: draft.reply_to.map(|id| id.to_string()) }
    }
}

/// How a message travelled, for its readers. Each standard of 2017 is weak: two have a key that everybody knows, two unpadded RSA.
fn travelled(encryption: u8) -> &'static str {
    if encryption == 0 { "in clear" } else { "weak, 2017 standard" }
}

fn rfc3339(seconds: f64) -> String {
    // The cast saturates, and a stamp is below the year 10000.
    #[expect(clippy::cast_possible_truncation, reason = "a stamp in milliseconds is far below i64's end")]
    let milliseconds = (seconds * 1000.0).round() as i64;
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}

/// Somebody's profile, with the picture as an URL of this node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProfileView {
    /// The texts.
    #[serde(flatten)]
    pub profile: Profile,
    /// An URL of this node, or `null`.
    pub picture: Option<String>,
}

impl ProfileView {
    /// The profile that is known of `person`.
    #[must_use]
    pub fn of(person: &Person) -> Self {
        // The version makes the browser fetch a new picture, and lets it keep an old one for good.
        let url = |sha256: &String| format!("/api/users/{}/picture?v={}", person.username, sha256.get(..12).unwrap_or_default());
        Self { profile: person.profile.clone(), picture: person.picture_sha256.as_ref().map(url) }
    }
}

/// Whether somebody is there, and since when it is known.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PresenceView {
    /// Who.
    pub username: String,
    /// `true`, `false`, or `null` for unknown.
    pub online: Option<bool>,
    /// What they show of themselves, as far as it is known.
    pub status: Option<Status>,
    /// When they were last known to be there, in seconds since 1970.
    pub last_seen: Option<f64>,
}

impl PresenceView {
    /// What others see of `person`, who can be reached as `reach` says: somebody who shows themselves as Offline is not there.
    #[must_use]
    pub fn of(person: &Person, reach: Reach) -> Self {
        let hidden = person.status == Some(Status::Offline);
        let online = if hidden { Some(false) } else { reach.as_option() };
        Self {
            username: person.username.to_string(),
            online,
            status: if online == Some(true) { Some(person.status.unwrap_or_default()) } else { person.status },
            last_seen: person.last_seen.map(Stamp::seconds),
        }
    }
}

/// An event as somebody sees it who makes it or is invited.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EventView {
    /// Opaque.
    pub id: String,
    /// Who makes it.
    pub host: String,
    /// Whether that is the user who asks.
    pub hosting: bool,
    /// What it is called.
    pub name: String,
    /// More about it, as it was written.
    pub description: String,
    /// The same as HTML that is safe to put into a page.
    pub html: String,
    /// Where.
    pub location: String,
    /// When it begins, in seconds since 1970.
    pub start: f64,
    /// When it ends, in seconds since 1970.
    pub end: f64,
    /// Whether it is known to be the host's.
    pub verified: bool,
    /// How the invitation came, as for a message; `null` when it stayed on this node.
    pub travelled: Option<&'static str>,
    /// What the user who asks has answered; `null` for the host.
    pub answer: Option<GuestView>,
    /// Everybody who is invited, for the host alone; `null` for the others.
    pub guests: Option<Vec<GuestView>>,
}

/// Somebody who is invited.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GuestView {
    /// Who.
    pub username: String,
    /// What they answered; `null` for nothing yet.
    pub attendance: Option<Attendance>,
    /// Whether the answer is known to be theirs.
    pub verified: bool,
    /// How far the invitation has come; for an invitation from another node, how far the answer has.
    pub progress: Progress,
    /// Why it failed.
    pub failure: Option<String>,
}

impl GuestView {
    fn of(guest: &Guest) -> Self {
        let Guest { username, attendance, verified, progress, failure } = guest.clone();
        Self { username: username.to_string(), attendance, verified, progress, failure }
    }
}

impl EventView {
    /// What `reader` sees of an event. Who else is invited is the host's to know.
    #[must_use]
    pub fn of(event: &StoredEvent, reader: &Username) -> Self {
        let details = &event.details;
        let hosting = event.made_here && event.host == *reader;
        let own = event.guests.iter().find(|guest| guest.username == *reader && !hosting);
        Self {
            id: event.id.to_string(),
            host: event.host.to_string(),
            hosting,
            name: details.name.clone(),
            description: details.description.clone(),
            html: markup::to_html(&details.description, details.markup),
            location: details.location.clone(),
            start: details.start.seconds(),
            end: details.end.seconds(),
            verified: event.verified,
            travelled: (!event.made_here).then(|| travelled(event.encryption)),
            answer: own.map(GuestView::of),
            guests: hosting.then(|| event.guests.iter().map(GuestView::of).collect()),
        }
    }
}

/// What a tab is told through its WebSocket.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// A message came in, or was sent from another tab; an id that is there already is replaced.
    Message {
        /// The message.
        message: MessageView,
    },
    /// A sent message has come further.
    Receipt {
        /// Which message.
        id: String,
        /// With whom.
        with: String,
        /// How far.
        receipt: Receipt,
        /// Since when, in seconds since 1970.
        receipt_at: Option<f64>,
        /// Why it failed.
        failure: Option<String>,
        /// How it travelled, as in the message; `null` when it stayed on this node.
        travelled: Option<&'static str>,
    },
    /// This user has deleted a message for themselves, maybe in another tab.
    Deleted {
        /// Which message.
        id: String,
        /// With whom.
        with: String,
        /// What is still unread of theirs.
        unread: u64,
    },
    /// This user has begun to write something, maybe in another tab.
    Draft {
        /// What.
        draft: DraftView,
        /// The tab that it was written in, as it calls itself.
        tab: String,
    },
    /// Somebody came, went, or changed their status.
    Presence(PresenceView),
    /// Somebody changed their profile.
    Profile {
        /// Who.
        username: String,
        /// What it is now.
        profile: ProfileView,
    },
    /// This user has read a conversation, maybe in another tab.
    Read {
        /// With whom.
        with: String,
        /// What is still unread.
        unread: u64,
    },
    /// This user has blocked or muted somebody, or no longer, maybe in another tab.
    Regard {
        /// Whom.
        username: String,
        /// Whether they are blocked; left out when that is as it was.
        #[serde(skip_serializing_if = "Option::is_none")]
        blocked: Option<bool>,
        /// Whether they are muted; likewise.
        #[serde(skip_serializing_if = "Option::is_none")]
        muted: Option<bool>,
    },
    /// This user wants something else of the pages, maybe in another tab.
    Preferences {
        /// All of it.
        preferences: Preferences,
    },
    /// An event is new, or something has changed about it or its guests: read it again.
    Event {
        /// Which event.
        id: String,
    },
    /// The login server can be reached, or not.
    LoginServer {
        /// Which of the two.
        reachable: bool,
    },
    /// So much has changed that it is not told one by one: read everything anew.
    Resync,
    /// This session has ended.
    SignedOut,
}

impl Event {
    /// How far a message has come that was sent to another node.
    #[must_use]
    pub fn receipt(message: &StoredMessage) -> Self {
        Self::Receipt {
            id: message.id.to_string(),
            with: message.destination.to_string(),
            receipt: message.receipt.unwrap_or(Receipt::Pending),
            receipt_at: message.receipt_at.map(Stamp::seconds),
            failure: message.failure.clone(),
            travelled: Some(travelled(message.encryption)),
        }
    }
}
