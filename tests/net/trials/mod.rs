//! What is told of holding and delivering in figures. `scripts/relays` runs these in a release build, one after the other, on a machine that has nothing
//! else to do. A trial fails when something is lost, held twice too often, or shown wrongly; how long things took is printed and judged, and fails nothing.

#![allow(clippy::print_stdout, reason = "tables are what trials are for")]

mod away;
mod copies;
mod deposits;
mod login_server;
mod silence;
mod table;
