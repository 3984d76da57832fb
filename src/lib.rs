//! kith: a chat node for the people around you.
//!
//! One program is a person's (or a household's) node: it keeps their messages and files in its own database,
//! talks to the other nodes over HTTP, and serves its own pages to the browser. A small *login server* only says
//! who is who and where they are now.
//!
//! Arrows point one way: `main -> startup -> web -> actors -> db, peers, protocol -> domain`.
//! ARCHITECTURE.md walks a message through the modules below.

// later: actors
// later: cli
// later: config
// later: db
// later: demo
pub mod domain;
pub mod login_server;
// later: peers
pub mod protocol;
// later: startup
// later: telemetry
pub mod web;
