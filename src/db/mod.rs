//! Storage: one connection that writes, a few that only read, and files by their content.
//!
//! Every SQL statement is in [`queries`]; the writing connection lives on the thread of [`writer`], so that nobody else can hold a lock.

pub mod connection;
pub mod error;
pub mod files;
pub mod filling;
mod folding;
pub mod held_bodies;
pub mod post;
pub mod queries;
pub mod reader;
pub mod set_aside;
pub mod writer;

pub use error::DbError;
pub use files::FileStore;
pub use held_bodies::HeldBodies;
pub use reader::Reader;
