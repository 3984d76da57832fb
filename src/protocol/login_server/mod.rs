//! What nodes and the login server say to each other (the login server notes, 2017): both ends of it, without the network.
//!
//! | file | holds |
//! | --- | --- |
//! | `credential` | what is sent instead of a password |
//! | `arguments` | the server's end: the arguments of a call, in clear or under `enc=1` |
//! | `call` | the node's end: writing those arguments |
//! | `reply` | result codes and their texts, and reading them |
//! | `list` | who is online and where: written and read as text and as JSON |
//! | `values` | the checks on addresses, ports, locations and public keys that both ends make |

pub mod arguments;
pub mod call;
pub mod credential;
pub mod list;
pub mod reply;
mod values;

pub use arguments::{Arguments, CallName, Details, ListFormat};
pub use call::{Encoding, Login, OutgoingCall};
pub use credential::{Credential, DEFAULT_SALT};
pub use list::{ListedUser, read_list, read_usernames};
pub use reply::{LoginServerError, Refusal, read_status};
pub use values::Whereabouts;

use super::aes_text;

/// The key of `enc=1`: these 32 characters, which every client has. It hides arguments from a passing look, no more.
const ENC_KEY: &aes_text::Key = b"150ecd12d550d05ad83f18328e536f53";
