//! Accounts that change while the server runs: `kith account` writes the same database.

use kith::login_server::account_command::{self, AccountCommandError};
use kith::login_server::accounts::AccountsError;
use kith::protocol::login_server::DEFAULT_SALT;
use rusqlite::Connection;

use super::support::{Caller, NOBODY, TestLoginServer, add_account, ana, bob, username};

const REPORTED: &str = "0, User and IP logged";
const UNAUTHENTICATED: &str = "2, Unauthenticated user";

fn carol() -> Caller {
    Caller { name: "carol".into(), password: "password of carol".into() }
}

#[actix_web::test]
async fn an_added_account_may_call_at_once() {
    let server = TestLoginServer::start().await;
    assert_eq!(server.get("/report", &carol().report()).await, UNAUTHENTICATED);
    add_account(server.data(), &carol());
    assert_eq!(server.get("/report", &carol().report()).await, REPORTED);
    assert_eq!(server.get("/listUsers", &vec![]).await, "ana,bob,carol");
    server.stop().await;
}

#[actix_web::test]
async fn a_changed_password_counts_at_once_though_the_old_one_was_remembered() {
    let server = TestLoginServer::start().await;
    assert_eq!(server.get("/report", &ana().report()).await, REPORTED);
    let renewed = ana().with_password("another password");
    account_command::change_password(server.data(), DEFAULT_SALT, &username(&ana()), &renewed.password).unwrap();
    assert_eq!(server.get("/report", &ana().report()).await, UNAUTHENTICATED);
    assert_eq!(server.get("/report", &renewed.report()).await, REPORTED);
    server.stop().await;
}

#[actix_web::test]
async fn a_removed_account_is_refused_and_hidden_at_once() {
    let server = TestLoginServer::start().await;
    server.get("/report", &ana().report()).await;
    account_command::remove(server.data(), &username(&ana())).unwrap();
    assert_eq!(server.get("/report", &ana().report()).await, UNAUTHENTICATED);
    assert_eq!(server.get("/getList", &bob().who()).await, NOBODY);
    assert_eq!(server.get("/listUsers", &vec![]).await, "bob");
    server.stop().await;
}

#[actix_web::test]
async fn accounts_are_still_there_when_the_server_comes_back() {
    let data = tempfile::tempdir().unwrap();
    add_account(data.path(), &ana());
    let settings = kith::login_server::LoginServerSettings { listen: "127.0.0.1:0".parse().unwrap(), ..Default::default() };
    for _ in 0..2 {
        let server = kith::web::login_server::start(&settings, data.path()).await.unwrap();
        let names = reqwest::get(format!("{}/listUsers", server.url())).await.unwrap().text().await.unwrap();
        assert_eq!(names, "ana");
        server.stop().await;
    }
}

#[actix_web::test]
async fn calls_are_answered_while_an_account_is_being_written() {
    let server = TestLoginServer::start().await;
    let mut other_program = Connection::open(server.data().join("accounts.db")).unwrap();
    let writing = other_program.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).unwrap();
    writing.execute("DELETE FROM accounts", ()).unwrap();
    assert_eq!(server.get("/report", &ana().report()).await, REPORTED);
    writing.rollback().unwrap();
    server.stop().await;
}

#[actix_web::test]
async fn accounts_that_cannot_be_read_are_the_servers_trouble_and_it_recovers() {
    let server = TestLoginServer::start().await;
    let other_program = Connection::open(server.data().join("accounts.db")).unwrap();
    other_program.execute_batch("ALTER TABLE accounts RENAME TO elsewhere").unwrap();
    for (call, arguments) in [("/report", ana().report()), ("/getList", ana().who()), ("/listUsers", vec![])] {
        assert_eq!(server.get(call, &arguments).await, "7, Server is busy", "{call}");
    }
    other_program.execute_batch("ALTER TABLE elsewhere RENAME TO accounts").unwrap();
    assert_eq!(server.get("/report", &ana().report()).await, REPORTED);
    server.stop().await;
}

#[test]
fn account_commands_say_what_is_wrong() {
    let data = tempfile::tempdir().unwrap();
    let (ana, bob) = (username(&ana()), username(&bob()));
    let nothing_yet = account_command::list(data.path()).unwrap_err();
    assert!(matches!(nothing_yet, AccountCommandError::Accounts(AccountsError::NoAccounts(_))));
    account_command::add(data.path(), DEFAULT_SALT, &ana, "long enough").unwrap();
    let add = |password| account_command::add(data.path(), DEFAULT_SALT, &ana, password).unwrap_err().to_string();
    assert_eq!(add("long enough"), "there is already an account ana");
    assert_eq!(add(""), "the password is empty");
    assert_eq!(add("short"), "the password is too short: it needs at least 8 characters");
    let change = account_command::change_password(data.path(), DEFAULT_SALT, &bob, "long enough").unwrap_err();
    assert_eq!(change.to_string(), "there is no account bob");
    assert_eq!(account_command::remove(data.path(), &bob).unwrap_err().to_string(), "there is no account bob");
    let accounts = account_command::list(data.path()).unwrap();
    assert_eq!(accounts.iter().map(|account| account.username.as_str()).collect::<Vec<_>>(), ["ana"]);
    account_command::remove(data.path(), &ana).unwrap();
    assert_eq!(account_command::list(data.path()).unwrap(), []);
}

#[actix_web::test]
async fn the_password_is_nowhere_in_the_files() {
    let server = TestLoginServer::start().await;
    let [_, (_, credential)] = &ana().who()[..] else { unreachable!() };
    for entry in server.data().read_dir().unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for secret in [&ana().password, credential] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
        }
    }
    server.stop().await;
}
