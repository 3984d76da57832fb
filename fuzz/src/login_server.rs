//! The login server, from both ends: its answers as a node reads them, and the arguments of a call as the server reads them.

use kith::domain::username::Username;
use kith::protocol::login_server::list::{print_json, print_text};
use kith::protocol::login_server::{
    Arguments, CallName, Credential, DEFAULT_SALT, Details, Encoding, ListedUser, Login, LoginServerError, OutgoingCall, read_list,
    read_status, read_usernames,
};

/// The first byte says what the rest is taken for: arguments in a query, arguments in a form, or an answer.
pub fn target(data: &[u8]) {
    match data.split_first() {
        Some((0, query)) => arguments(query, b""),
        Some((1, form)) => arguments(b"", form),
        Some((_, answer)) => read(answer),
        None => {}
    }
}

fn read(answer: &[u8]) {
    list(answer);
    if let Ok(names) = read_usernames(answer) {
        assert!(names.len() <= answer.len().div_ceil(2));
        let line = names.iter().map(Username::as_str).collect::<Vec<_>>().join(",");
        assert_eq!(read_usernames(line.as_bytes()), Ok(names), "{line}");
    }
    let status = read_status(answer);
    if let Err(LoginServerError::Refused(refusal)) = status {
        assert_eq!(read_status(refusal.text().as_bytes()), status);
    }
}

/// Every row of a list took some bytes of the answer, and reads back as it is written, in both forms.
fn list(answer: &[u8]) {
    let Ok(users) = read_list(answer) else { return };
    assert!(users.len() <= answer.len() / "a,0,::1,1,0".len());
    let written: Vec<ListedUser> = read_list(print_text(&users).as_bytes()).expect("our own list");
    assert_eq!(written.len(), users.len());
    for (written, user) in written.iter().zip(&users) {
        // Times are written in whole seconds.
        let whole = ListedUser { last_login: written.last_login, ..user.clone() };
        assert_eq!((written, written.last_login.seconds()), (&whole, user.last_login.seconds().floor()));
    }
    let json = print_json(&written).expect("strings can be written");
    assert_eq!(read_list(json.as_bytes()), Ok(written));
}

/// Arguments that are taken are taken again when a node writes the same, in clear and encrypted.
fn arguments(query: &[u8], form: &[u8]) {
    let Ok(arguments) = Arguments::read(query, form) else { return };
    for name in [CallName::Report, CallName::LogOff, CallName::GetList] {
        let Ok(claim) = arguments.claim(name) else { continue };
        assert!(!claim.username.is_empty() && !claim.password.is_empty());
        let (Ok(username), Ok(details)) = (Username::parse(claim.username), arguments.details(name)) else { continue };
        let credential = Credential::parse(claim.password).unwrap_or_else(|_| Credential::of(claim.password, DEFAULT_SALT));
        let login = Login { username, credential };
        for encoding in [Encoding::Clear, Encoding::Encrypted] {
            rewritten(name, &login, &details, encoding);
        }
    }
}

fn rewritten(name: CallName, login: &Login, details: &Details, encoding: Encoding) {
    let call: OutgoingCall = match details {
        Details::Report(at) => login.report(at, encoding),
        Details::LogOff => login.log_off(encoding),
        Details::GetList(format) => login.get_list(*format, encoding),
    };
    let arguments = Arguments::read(call.arguments.as_bytes(), b"").expect("our own arguments");
    let claim = arguments.claim(name).expect("our own claim");
    assert_eq!((claim.username, claim.password), (login.username.as_str(), login.credential.as_str()));
    assert_eq!(arguments.details(name).as_ref(), Ok(details));
}
