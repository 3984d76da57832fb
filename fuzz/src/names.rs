//! Names and the other short values that a peer sends: of files, users, content types, times, ids.

use kith::domain::file::{FileName, tidy_content_type};
use kith::domain::message::MessageId;
use kith::domain::presence::Status;
use kith::domain::stamp::Stamp;
use kith::domain::username::{MAX_USERNAME_BYTES, Username};

/// Reads any text as each of them.
pub fn target(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    file_name(&text);
    content_type(&text);
    username(&text);
    stamp(&text);
    message_id(&text);
    if let Some(status) = Status::parse(&text) {
        assert_eq!(Status::parse(status.as_str()), Some(status));
    }
}

/// The characters that turn the direction of text (Unicode's property `Bidi_Control`).
fn turns_text(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A name that is shown is one component, can be seen, and is the same when it is sent on.
fn file_name(text: &str) {
    let name = FileName::from_sent(text);
    let shown = name.as_str();
    assert!(!shown.trim().is_empty() && shown.chars().count() <= 200 && shown.len() <= 800, "{shown:?}");
    assert!(!shown.contains(['/', '\\']) && !shown.contains(char::is_control) && !shown.contains(turns_text), "{shown:?}");
    assert!(!shown.starts_with('.') && shown.trim() == shown, "{shown:?}");
    assert_eq!(FileName::from_sent(shown), name, "{shown:?}");
}

fn content_type(text: &str) {
    let kept = tidy_content_type(text);
    assert!(kept.len() <= 100 && kept.matches('/').count() == 1 && kept.bytes().all(|byte| byte.is_ascii_graphic()), "{kept:?}");
    assert_eq!(tidy_content_type(&kept), kept);
}

fn username(text: &str) {
    let Ok(name) = Username::parse(text) else { return };
    assert!((1..=MAX_USERNAME_BYTES).contains(&name.as_str().len()));
    assert!(name.as_str().bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte)), "{name}");
    assert!(name.as_str().eq_ignore_ascii_case(text));
    assert_eq!(Username::parse(name.as_str()), Ok(name));
}

/// A time prints as itself, and does not pull the times of what we write after it far from the clock.
fn stamp(text: &str) {
    let Ok(stamp) = Stamp::parse(text) else { return };
    assert_eq!(Stamp::parse(&stamp.to_string()), Ok(stamp));
    let now = Stamp::from_seconds(1_500_000_000.25).expect("a time");
    let next = Stamp::next(now, Some(stamp));
    assert!((now.seconds()..=now.seconds() + 60.02).contains(&next.seconds()), "{stamp} is followed by {next}");
}

fn message_id(text: &str) {
    let Ok(id) = MessageId::parse(text) else { return };
    assert_eq!(id.to_string(), text.to_ascii_lowercase());
    assert_eq!(MessageId::parse(&id.to_string()), Ok(id));
}
