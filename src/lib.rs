//! kith: a chat node for the people around you.
//!
//! One program is a person's (or a household's) node: it keeps their messages and files in its own database,
//! talks to the other nodes over HTTP, and serves its own pages to the browser. A small *login server* only says
//! who is who and where they are now.
//!
//! Arrows point one way: `main -> startup -> web -> actors -> db, peers, protocol -> domain`.
//! ARCHITECTURE.md walks a message through the modules below.

pub mod actors;
pub mod backup;
pub mod cli;
pub mod config;
pub mod crash;
pub mod db;
pub mod demo;
pub mod domain;
pub mod loadtest;
pub mod login_server;
pub mod metrics;
pub mod peers;
pub mod protocol;
pub mod startup;
pub mod telemetry;
pub mod web;
