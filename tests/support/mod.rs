//! What the tests of whole nodes share: real nodes under a real login server, the people who use them, and peers that misbehave.

mod events;
mod eventually;
mod fake;
mod figures;
mod files;
mod link;
mod login_server;
mod network;
mod node;
mod old_node;
mod raw;
mod user;

pub(crate) use events::Events;
pub(crate) use eventually::{eventually, never_panics};
pub(crate) use fake::{Answer, Call, FakeServer, Then};
pub(crate) use figures::Figures;
pub(crate) use files::{HTML, picture, png, sha256, wav};
pub(crate) use link::{Link, Mode};
pub(crate) use login_server::{TestLoginServer, password_of};
pub(crate) use network::TestNetwork;
pub(crate) use node::{PeerReply, TestNode, file, message};
pub(crate) use old_node::{Got, Habits, Handshakes, OldNode, Told};
pub(crate) use raw::RawConnection;
pub(crate) use user::{Reply, User};
