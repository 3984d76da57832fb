//! What `kith account` does: adds, changes, lists and removes accounts, also while a login server uses them.

use std::io::{self, BufRead, IsTerminal};
use std::path::Path;

use super::accounts::{Account, AccountBook, AccountsError};
use super::proof::StoredProof;
use crate::domain::username::Username;
use crate::protocol::login_server::Credential;

/// The shortest password that is taken, in characters.
pub const MIN_PASSWORD_CHARS: usize = 8;

/// The longest password that is taken, in characters: more is a file piped in by mistake.
pub const MAX_PASSWORD_CHARS: usize = 1000;

/// Why an account command fails. The text is for whoever typed it.
#[derive(Debug, thiserror::Error)]
pub enum AccountCommandError {
    /// Nothing was typed or piped in.
    #[error("the password is empty")]
    EmptyPassword,
    /// It is too easily guessed.
    #[error("the password is too short: it needs at least {MIN_PASSWORD_CHARS} characters")]
    ShortPassword,
    /// It is no password.
    #[error("the password is too long: it may have {MAX_PASSWORD_CHARS} characters")]
    LongPassword,
    /// It was not typed twice in the same way.
    #[error("the two passwords are not the same")]
    DifferentPasswords,
    /// It could not be read.
    #[error("cannot read the password")]
    Read(#[from] io::Error),
    /// It could not be hashed.
    #[error("cannot hash the password")]
    Hash(#[from] argon2::password_hash::Error),
    /// The accounts are not as they should be for this.
    #[error(transparent)]
    Accounts(#[from] AccountsError),
}

/// Adds the account `username` in the folder `data`, which is made where there is none.
///
/// # Errors
/// [`AccountCommandError`] for a bad password, a name that is taken, or trouble with the database.
pub fn add(data: &Path, salt: &str, username: &Username, password: &str) -> Result<(), AccountCommandError> {
    let proof = prove(password, salt)?;
    Ok(AccountBook::create(data)?.add(username, &proof)?)
}

/// Gives the account `username` another password. A running server asks for it from the next call on.
///
/// # Errors
/// [`AccountCommandError`] for a bad password, an unknown name, or trouble with the database.
pub fn change_password(data: &Path, salt: &str, username: &Username, password: &str) -> Result<(), AccountCommandError> {
    let mut book = AccountBook::open(data)?;
    let proof = prove(password, salt)?;
    Ok(book.set_proof(username, &proof)?)
}

/// Every account, by name.
///
/// # Errors
/// [`AccountCommandError`] when there are none, or for trouble with the database.
pub fn list(data: &Path) -> Result<Vec<Account>, AccountCommandError> {
    Ok(AccountBook::open(data)?.list()?)
}

/// Removes the account `username`. A running server refuses and hides it from the next call on.
///
/// # Errors
/// [`AccountCommandError`] for an unknown name, or trouble with the database.
pub fn remove(data: &Path, username: &Username) -> Result<(), AccountCommandError> {
    Ok(AccountBook::open(data)?.remove(username)?)
}

/// Reads a new password: asked for twice at a terminal, else one line of standard input.
///
/// # Errors
/// [`AccountCommandError`] when it cannot be read, is not repeated, or is no password that would be taken.
pub fn read_password(prompt: &str) -> Result<String, AccountCommandError> {
    if io::stdin().is_terminal() { ask_twice(prompt) } else { read_line(io::stdin().lock()) }
}

fn ask_twice(prompt: &str) -> Result<String, AccountCommandError> {
    let password = rpassword::prompt_password(format!("{prompt}: "))?;
    check(&password)?;
    let again = rpassword::prompt_password(format!("{prompt} (again): "))?;
    if password == again { Ok(password) } else { Err(AccountCommandError::DifferentPasswords) }
}

fn read_line(input: impl BufRead) -> Result<String, AccountCommandError> {
    // Four bytes a character, a line end, and one more to tell what is too long.
    let mut line = String::new();
    input.take(MAX_PASSWORD_CHARS as u64 * 4 + 3).read_line(&mut line)?;
    let password = line.strip_suffix('\n').map_or(line.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
    check(password)?;
    Ok(password.to_owned())
}

fn check(password: &str) -> Result<(), AccountCommandError> {
    match password.chars().count() {
        0 => Err(AccountCommandError::EmptyPassword),
        1..MIN_PASSWORD_CHARS => Err(AccountCommandError::ShortPassword),
        MIN_PASSWORD_CHARS..=MAX_PASSWORD_CHARS => Ok(()),
        _ => Err(AccountCommandError::LongPassword),
    }
}

fn prove(password: &str, salt: &str) -> Result<StoredProof, AccountCommandError> {
    check(password)?;
    Ok(StoredProof::of(&Credential::of(password, salt))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_is_the_password_whatever_its_end() {
        for input in ["long enough", "long enough\n", "long enough\r\n", "long enough\nmore"] {
            assert_eq!(read_line(input.as_bytes()).unwrap(), "long enough", "{input:?}");
        }
        assert_eq!(read_line(" spaces count \n".as_bytes()).unwrap(), " spaces count ");
    }

    #[test]
    fn a_password_that_is_none_is_refused_with_its_reason() {
        for (input, reason) in [("", "empty"), ("\n", "empty"), ("1234567\n", "too short"), (&*"x".repeat(1 << 20), "too long")] {
            assert!(read_line(input.as_bytes()).unwrap_err().to_string().contains(reason), "{reason}");
        }
        assert!(matches!(read_line(&b"\xff\xfe long enough"[..]), Err(AccountCommandError::Read(_))));
    }

    #[test]
    fn characters_are_counted_rather_than_bytes() {
        assert!(read_line("ääääääää".as_bytes()).is_ok());
        assert!(read_line("🦀".repeat(MAX_PASSWORD_CHARS).as_bytes()).is_ok());
    }
}
