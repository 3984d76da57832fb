//! Nodes asking the login server: every call by GET and by POST, and the server that takes them.

mod calls;
mod start;

pub use calls::routes;
pub use start::{RunningLoginServer, start, start_at};
