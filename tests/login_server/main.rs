//! A real login server on a free port, spoken to over HTTP.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod support;

use std::time::Duration;

use kith::domain::username::Username;
use kith::login_server::account_command;

use support::{TestLoginServer, ana, bob};

#[actix_web::test]
async fn a_user_reports_is_listed_and_logs_off() {
    let server = TestLoginServer::start().await;
    assert_eq!(server.get("report", &ana().report()).await, "0, User and IP logged");
    assert_eq!(server.get("getList", &ana().who()).await, "0, Online user list returned\r\nana,2,203.0.113.7,10001,1497224460\r\n");
    assert_eq!(server.get("logoff", &ana().who()).await, "0, Logged off successfully");
    assert_eq!(server.get("getList", &ana().who()).await, "0, Online user list returned\r\n");
    server.stop().await;
}

#[actix_web::test]
async fn after_five_minutes_without_a_report_a_user_is_gone() {
    let server = TestLoginServer::start().await;
    server.get("report", &ana().report()).await;
    server.advance(Duration::from_secs(299));
    assert!(server.get("getList", &bob().who()).await.contains("ana,"));
    server.advance(Duration::from_secs(1));
    assert!(!server.get("getList", &bob().who()).await.contains("ana,"));
    server.stop().await;
}

#[actix_web::test]
async fn an_account_removed_while_the_server_runs_is_refused_and_hidden_at_once() {
    let server = TestLoginServer::start().await;
    server.get("report", &ana().report()).await;
    account_command::remove(server.data(), &Username::parse("ana").unwrap()).unwrap();
    assert_eq!(server.get("getList", &ana().who()).await, "2, Unauthenticated user");
    assert_eq!(server.get("getList", &bob().who()).await, "0, Online user list returned\r\n");
    server.stop().await;
}
