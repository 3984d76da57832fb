//! Who is online and where: the list as the server writes it and as a node reads it, in text and in JSON.
//!
//! Reading trusts nothing: a row that is not right is left out, and the rest still counts.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::reply::{LIST_RETURNED, LoginServerError, read_status};
use super::values::{Whereabouts, is_public_key, parse_ip, parse_location, parse_port};
use crate::domain::stamp::Stamp;
use crate::domain::username::Username;

/// The longest answer that is read: some ten thousand users, all with keys.
pub const MAX_LIST_BYTES: usize = 4 << 20;

/// Somebody who is online, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedUser {
    /// Who.
    pub username: Username,
    /// 0, 1 or 2, as in [`Whereabouts`].
    pub location: u8,
    /// The address of their node.
    pub ip: IpAddr,
    /// The port of their node, not 0.
    pub port: u16,
    /// When they last reported, in whole seconds.
    pub last_login: Stamp,
    /// The hex of an RSA-1024 key. One that is none is taken for absent.
    pub public_key: Option<String>,
}

impl ListedUser {
    /// The row of somebody who reported `at` at `last_login`.
    #[must_use]
    pub fn new(username: Username, at: Whereabouts, last_login: Stamp) -> Self {
        Self { username, location: at.location, ip: at.ip, port: at.port, last_login, public_key: at.public_key }
    }
}

/// Writes `users` as lines, each with its CRLF, below the status line.
#[must_use]
pub fn print_text(users: &[ListedUser]) -> String {
    let mut text = format!("{LIST_RETURNED}\r\n");
    for row in users.iter().map(Row::from) {
        text.push_str(&[&*row.username, &*row.location, &*row.ip, &*row.port, &*row.last_login].join(","));
        if let Some(key) = &row.public_key {
            text.push(',');
            text.push_str(key);
        }
        text.push_str("\r\n");
    }
    text
}

/// Writes `users` as an object with the keys "0", "1" and so on, in this order. All values are strings.
///
/// # Errors
/// Those of the serializer, which strings do not cause.
pub fn print_json(users: &[ListedUser]) -> serde_json::Result<String> {
    let mut text = Vec::new();
    let rows = users.iter().enumerate().map(|(index, user)| (index.to_string(), Row::from(user)));
    serde_json::Serializer::new(&mut text).collect_map(rows)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// Writes `users` as node T does when it is asked in the login server's place: "`0: ` followed by all fields separated and ended by commas"
/// (application protocol, section 10). There is nothing between two rows, so each has six fields, the last one empty without a key.
#[must_use]
pub fn print_fields(users: &[ListedUser]) -> String {
    let mut text = "0: ".to_owned();
    for row in users.iter().map(Row::from) {
        let key = row.public_key.as_deref().unwrap_or_default();
        for field in [&*row.username, &*row.location, &*row.ip, &*row.port, &*row.last_login, key] {
            text.push_str(field);
            text.push(',');
        }
    }
    text
}

/// Reads the answer to a `getList`, whichever form was asked for. Rows that are not right are left out.
///
/// # Errors
/// What the server refused with, or that the answer is none.
pub fn read_list(body: &[u8]) -> Result<Vec<ListedUser>, LoginServerError> {
    if body.len() > MAX_LIST_BYTES {
        return Err(LoginServerError::TooLong);
    }
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with('{') {
        return read_json(text);
    }
    read_status(text.as_bytes())?;
    Ok(text.lines().skip(1).filter_map(read_line).filter_map(|row| row.check()).collect())
}

/// Reads the answer to `/listUsers`: every account there is. Names that no account can have are left out.
///
/// # Errors
/// [`LoginServerError::TooLong`], what the server refused with, and [`LoginServerError::Rubbish`] for text without any name in it.
pub fn read_usernames(body: &[u8]) -> Result<Vec<Username>, LoginServerError> {
    if body.len() > MAX_LIST_BYTES {
        return Err(LoginServerError::TooLong);
    }
    let text = String::from_utf8_lossy(body);
    let names: Vec<_> = text.split(',').filter_map(|name| Username::parse(name.trim()).ok()).collect();
    match read_status(body) {
        // There is no status line here, but a refusal looks like one everywhere: a code, then words that are no name.
        Err(refused @ LoginServerError::Refused(_)) if names.len() <= 1 && text.contains(' ') => Err(refused),
        _ if names.is_empty() && !text.trim().is_empty() => Err(LoginServerError::Rubbish),
        _ => Ok(names),
    }
}

/// A row of either form.
#[derive(Serialize)]
struct Row<'a> {
    username: Cow<'a, str>,
    ip: Cow<'a, str>,
    location: Cow<'a, str>,
    #[serde(rename = "lastLogin")]
    last_login: Cow<'a, str>,
    port: Cow<'a, str>,
    #[serde(rename = "publicKey", skip_serializing_if = "Option::is_none")]
    public_key: Option<Cow<'a, str>>,
}

impl<'a> From<&'a ListedUser> for Row<'a> {
    fn from(user: &'a ListedUser) -> Self {
        Self {
            username: user.username.as_str().into(),
            ip: user.ip.to_string().into(),
            location: user.location.to_string().into(),
            last_login: format!("{:.0}", user.last_login.seconds().floor()).into(),
            port: user.port.to_string().into(),
            public_key: user.public_key.as_deref().map(Cow::from),
        }
    }
}

impl Row<'_> {
    fn check(&self) -> Option<ListedUser> {
        Some(ListedUser {
            username: Username::parse(&self.username).ok()?,
            location: parse_location(&self.location)?,
            ip: parse_ip(&self.ip)?,
            port: parse_port(&self.port)?,
            last_login: Stamp::parse(&self.last_login).ok()?,
            public_key: self.public_key.as_deref().filter(|key| is_public_key(key)).map(str::to_owned),
        })
    }
}

fn read_line(line: &str) -> Option<Row<'_>> {
    let fields: Vec<_> = line.trim().split(',').map(|field| Cow::from(field.trim())).collect();
    let (fixed, key) = fields.split_first_chunk::<5>()?;
    let [username, location, ip, port, last_login] = fixed.clone();
    match key {
        [] => Some(Row { username, ip, location, last_login, port, public_key: None }),
        [key] => Some(Row { username, ip, location, last_login, port, public_key: Some(key.clone()) }),
        _ => None,
    }
}

fn read_json(text: &str) -> Result<Vec<ListedUser>, LoginServerError> {
    let rows: BTreeMap<String, Value> = serde_json::from_str(text).map_err(|_| LoginServerError::Rubbish)?;
    let mut rows: Vec<_> = rows.into_iter().filter_map(|(index, row)| Some((index.parse::<u32>().ok()?, row))).collect();
    rows.sort_by_key(|(index, _)| *index);
    Ok(rows.iter().filter_map(|(_, row)| read_object(row)?.check()).collect())
}

fn read_object(row: &Value) -> Option<Row<'_>> {
    let field = |name: &str| match row.get(name)? {
        Value::String(text) => Some(Cow::from(text.as_str())),
        // Our server and the one of 2017 write strings; a number means the same.
        Value::Number(number) => Some(Cow::from(number.to_string())),
        _ => None,
    };
    Some(Row {
        username: field("username")?,
        ip: field("ip")?,
        location: field("location")?,
        last_login: field("lastLogin")?,
        port: field("port")?,
        public_key: field("publicKey"),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::reply::Refusal;
    use super::super::values::tests::{KEY, any_whereabouts};
    use super::*;

    fn vectors() -> Value {
        serde_json::from_str(include_str!("../../../tests/fixtures/vectors.json")).unwrap()
    }

    fn any_user() -> impl Strategy<Value = ListedUser> {
        ("[a-zA-Z0-9_-]{1,32}", any_whereabouts(), 0..4_000_000_000_u32)
            .prop_map(|(name, at, time)| ListedUser::new(Username::parse(&name).unwrap(), at, Stamp::from_seconds(time.into()).unwrap()))
    }

    #[test]
    fn both_forms_are_read_and_written_as_in_the_vectors() {
        let replies = &vectors()["login_replies"];
        let text = replies["getList_text"].as_str().unwrap();
        let users = read_list(text.as_bytes()).unwrap();
        assert_eq!(users.len(), 2);
        assert_eq!((users[0].username.as_str(), users[0].public_key.as_deref()), ("alice01", Some(KEY)));
        assert_eq!(print_text(&users), text);
        assert_eq!(read_list(replies["getList_json"].to_string().as_bytes()).unwrap(), users);
        assert_eq!(serde_json::from_str::<Value>(&print_json(&users).unwrap()).unwrap(), replies["getList_json"]);
    }

    #[test]
    fn rows_of_the_json_list_are_counted_in_order() {
        let user =
            |index: usize| format!(r#""{index}":{{"username":"u{index}","ip":"10.0.0.1","location":"2","lastLogin":"1","port":"1"}}"#);
        let users = read_list(format!("{{{}}}", (0..12).map(user).collect::<Vec<_>>().join(",")).as_bytes()).unwrap();
        let json = print_json(&users).unwrap();
        assert!(json.find(r#""2":{"#) < json.find(r#""10":{"#));
        assert!(users.iter().enumerate().all(|(index, user)| user.username.as_str() == format!("u{index}")));
    }

    #[test]
    fn an_empty_list_is_a_list() {
        assert_eq!(read_list(b"0, Online user list returned\r\n"), Ok(vec![]));
        assert_eq!(read_list(b"{}"), Ok(vec![]));
    }

    #[test]
    fn a_bad_row_costs_only_itself() {
        let good = "ana,2,203.0.113.7,10001,1497224460";
        let bad = [
            "",
            "ana",
            "a b,2,203.0.113.7,10001,1",
            "<b>,2,203.0.113.7,10001,1",
            "bob,3,203.0.113.7,10001,1",
            "bob,2,203.0.113,10001,1",
            "bob,2,203.0.113.7,0,1",
            "bob,2,203.0.113.7,65536,1",
            "bob,2,203.0.113.7,10001,NaN",
            "bob,2,203.0.113.7,10001,1,key,more",
        ];
        for row in bad {
            let users = read_list(format!("0, x\r\n{row}\r\n{good}\r\n").as_bytes()).unwrap();
            assert_eq!(users.iter().map(|user| user.username.as_str()).collect::<Vec<_>>(), ["ana"], "{row}");
        }
        let json =
            r#"{"0": 5, "1": {"username": null}, "x": {}, "2": {"username":"ana","ip":"10.0.0.1","location":2,"lastLogin":1.5,"port":1}}"#;
        assert_eq!(read_list(json.as_bytes()).unwrap().len(), 1);
    }

    #[test]
    fn a_bad_key_costs_only_the_key() {
        for key in ["", "zz", "abcd"] {
            let users = read_list(format!("0, x\nana,2,203.0.113.7,10001,1,{key}\n").as_bytes()).unwrap();
            assert_eq!(users[0].public_key, None, "{key}");
        }
    }

    #[test]
    fn an_error_is_told_from_a_list() {
        assert_eq!(read_list(b"2, Unauthenticated user"), Err(Refusal::Unauthenticated.into()));
        for body in ["", "<html>", "[]", "{", "null", &"{\"0\":".repeat(20_000)] {
            assert_eq!(read_list(body.as_bytes()), Err(LoginServerError::Rubbish));
        }
        assert_eq!(read_list(&vec![b' '; MAX_LIST_BYTES + 1]), Err(LoginServerError::TooLong));
    }

    #[test]
    fn the_names_of_all_accounts_are_read() {
        let names = |body: &str| read_usernames(body.as_bytes()).map(|names| names.into_iter().map(String::from).collect::<Vec<_>>());
        assert_eq!(names(vectors()["login_replies"]["listUsers"].as_str().unwrap()).unwrap(), ["alice01", "bob002", "carol03"]);
        assert_eq!(names("ana,../x,bo\r\n").unwrap(), ["ana", "bo"]);
        assert_eq!(names("7").unwrap(), ["7"]);
        assert_eq!(names("").unwrap(), Vec::<String>::new());
        assert_eq!(names("7, API limit reached"), Err(Refusal::LimitReached.into()));
        assert_eq!(names("<html></html>"), Err(LoginServerError::Rubbish));
    }

    proptest! {
        #[test]
        fn a_list_reads_back_as_it_was_printed(users in prop::collection::vec(any_user(), 0..20)) {
            prop_assert_eq!(read_list(print_text(&users).as_bytes()).unwrap(), users.clone());
            prop_assert_eq!(read_list(print_json(&users).unwrap().as_bytes()).unwrap(), users);
        }

        #[test]
        fn no_answer_is_too_strange_to_read(body in any::<Vec<u8>>(), tail in any::<String>()) {
            let _ = (read_list(&body), read_usernames(&body));
            let _ = (read_list(format!("0, x\r\n{tail}").as_bytes()), read_list(format!("{{{tail}").as_bytes()));
        }
    }
}
