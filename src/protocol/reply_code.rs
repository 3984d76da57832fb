//! The result codes of both protocols, and the many ways in which they are spelt.

/// Finds the code in a peer's or the login server's answer, however it is spelt (`0`, `"0"`, `0: x`, `0, x`,
/// `{"error": 0}`, `Error 11: x`): the first signed integer after an optional quote, brace or word.
///
/// `None` where there is none: such an answer never means success.
#[must_use]
pub fn parse_reply(_body: &str) -> Option<i64> {
    None
}
