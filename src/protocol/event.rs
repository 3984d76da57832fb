//! Events between nodes (protocol section 9).
//!
//! "`/receiveEvent`: `sender destination event_name start_time end_time` plus `event_description event_location event_picture` [...].
//! Times are epoch floats.
//! `/acknowledgeEvent`: `sender event_name attendance start_time`; attendance 0 not going, 1 going, 2 maybe, int (E, N) or
//! string (T). An event is identified by name and `start_time` (E,N hash both as text, so echo `start_time` unchanged) and host (T)."

use super::body::Body;
use super::error::WireError;
use super::peer::{Request, markup};
pub use crate::domain::event::Attendance;
use crate::domain::message::Markup;
use crate::domain::stamp::Stamp;
use crate::domain::username::Username;

/// `/receiveEvent`: an invitation.
#[derive(Clone, Debug)]
pub struct ReceiveEvent {
    /// The host.
    pub sender: Username,
    /// The guest.
    pub destination: Username,
    /// What the event is called.
    pub name: String,
    /// More about it; empty where absent.
    pub description: String,
    /// Where; empty where absent.
    pub location: String,
    /// The address of a picture, unchecked; empty where absent.
    pub picture: String,
    /// When it begins.
    pub start: Stamp,
    /// The beginning as the host wrote it, to be echoed.
    pub start_text: String,
    /// When it ends.
    pub end: Stamp,
    /// How the description is meant to be read.
    pub markup: Markup,
}

impl Request for ReceiveEvent {
    const COMPULSORY: &'static [&'static str] = &["sender", "destination", "event_name", "start_time", "end_time"];

    fn read(body: Body) -> Result<Self, WireError> {
        let text = |key: &str| body.text(key).unwrap_or_default().to_owned();
        let (start, start_text) = body.stamp("start_time")?;
        Ok(Self {
            sender: body.username(&["sender"])?,
            destination: body.username(&["destination"])?,
            name: body.text("event_name").ok_or(WireError::Missing("event_name"))?.to_owned(),
            description: text("event_description"),
            location: text("event_location"),
            picture: text("event_picture"),
            start,
            start_text,
            end: body.stamp("end_time")?.0,
            markup: markup(&body),
        })
    }
}

/// `/acknowledgeEvent`: the answer to an invitation.
#[derive(Clone, Debug)]
pub struct AcknowledgeEvent {
    /// The guest (E, N), or the host (T).
    pub sender: Username,
    /// The host, where the call says so. Ours does: a node of several users then knows whose key it needs.
    pub destination: Option<Username>,
    /// What the event is called.
    pub name: String,
    /// When it begins.
    pub start: Stamp,
    /// The beginning as it came; compare as a number and as text.
    pub start_text: String,
    /// Whether the guest comes.
    pub attendance: Attendance,
}

impl Request for AcknowledgeEvent {
    const COMPULSORY: &'static [&'static str] = &["sender", "event_name", "attendance", "start_time"];

    fn read(body: Body) -> Result<Self, WireError> {
        let (start, start_text) = body.stamp("start_time")?;
        let number = body.integer("attendance").map_err(|_| WireError::Invalid("attendance"))?.ok_or(WireError::Missing("attendance"))?;
        Ok(Self {
            sender: body.username(&["sender"])?,
            destination: body.username(&["destination"]).ok(),
            name: body.text("event_name").ok_or(WireError::Missing("event_name"))?.to_owned(),
            start,
            start_text,
            attendance: Attendance::from_number(number).ok_or(WireError::Invalid("attendance"))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::peer;
    use super::*;

    #[test]
    fn an_answer_is_a_number_or_its_text() {
        for (json, expected) in
            [("0", Some(Attendance::NotGoing)), ("\"1\"", Some(Attendance::Going)), ("2.0", Some(Attendance::Maybe)), ("3", None)]
        {
            let body = format!(r#"{{"sender": "ana", "event_name": "Meet", "attendance": {json}, "start_time": "1497300000.0"}}"#);
            let read = peer::read::<AcknowledgeEvent>(body.as_bytes());
            assert_eq!(read.as_ref().ok().map(|read| read.attendance), expected, "{json}");
            assert!(read.is_ok_and(|read| read.start_text == "1497300000.0") || expected.is_none());
        }
    }
}
