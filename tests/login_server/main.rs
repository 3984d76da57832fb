//! A real login server on a free port, spoken to over HTTP.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod accounts;
mod calls;
mod hostile;
mod limits;
mod refusals;
mod support;
