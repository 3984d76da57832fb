//! Search, through a real node over HTTP, and its queries on a real database file.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod around;
mod index;
mod people;
mod queries;
mod speed;
mod support;
mod visibility;
