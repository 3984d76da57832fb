//! The login server: who has an account, and who is where now. Its rules and storage; HTTP is in `web::login_server`.
//!
//! ```text
//! web::login_server -> service -> registrar   (actor: leases, call counts, credentials proved lately)
//!                             \-> accounts    (SQLite, read through a pool; `kith account` writes)
//!                             \-> prover      (argon2id, a few at a time, off the arbiters)
//! ```

pub mod account_command;
pub mod accounts;
mod call_limit;
pub mod clock;
mod leases;
pub mod networks;
pub mod proof;
mod prover;
mod registrar;
pub mod service;
pub mod settings;

pub use clock::Clock;
pub use service::LoginService;
pub use settings::LoginServerSettings;
