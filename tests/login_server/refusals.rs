//! The table of errors, and the order in which they are looked for.

use kith::login_server::LoginServerSettings;

use super::support::{Arguments, By, NOBODY, TestLoginServer, ana, bob, encrypted, vectors, with};

const MISSING: &str = "1, Missing Compulsory Field";
const UNAUTHENTICATED: &str = "2, Unauthenticated user";
const FALSE_ADDRESS: &str = "3, False IP address or location reported";
const INVALID_USERNAME: &str = "4, Invalid Username";
const UNDECRYPTABLE: &str = "6, Decryption Failed";
const LIMIT: &str = "7, API limit reached";
const INVALID_VALUE: &str = "8, Invalid Field Value";
const INVALID_KEY: &str = "9, Invalid Public Key";

/// A server on which only 10.0.0.0/8 is in the lab and nothing is elsewhere.
async fn lab_only() -> TestLoginServer {
    let networks = serde_json::from_str(r#"[{"location": 0, "addresses": ["10.0.0.0/8"]}]"#).unwrap();
    TestLoginServer::start_with(LoginServerSettings {
        networks,
        calls_per_minute: 0,
        guesses_per_minute: 0,
        ..LoginServerSettings::default()
    })
    .await
}

fn without(mut arguments: Arguments, name: &str) -> Arguments {
    arguments.retain(|(present, _)| *present != name);
    arguments
}

#[actix_web::test]
async fn every_refusal_has_its_code_and_text() {
    let server = lab_only().await;
    let report = || ana().report();
    let cases = [
        ("/report", ana().who(), MISSING),
        ("/report", vec![], MISSING),
        ("/logoff", vec![], MISSING),
        ("/getList", without(ana().who(), "password"), MISSING),
        ("/getList", with(ana().who(), "username", ""), MISSING),
        ("/report", ana().with_password("wrong").report(), UNAUTHENTICATED),
        ("/report", with(report(), "username", "nobody"), UNAUTHENTICATED),
        ("/report", with(report(), "password", "password of ana"), UNAUTHENTICATED),
        ("/logoff", with(ana().who(), "username", "bob"), UNAUTHENTICATED),
        ("/report", report(), FALSE_ADDRESS),
        ("/report", with(report(), "location", "0"), FALSE_ADDRESS),
        ("/report", with(report(), "ip", "10.0.0.1"), FALSE_ADDRESS),
        ("/report", with(report(), "username", "a/b"), INVALID_USERNAME),
        ("/report", with(report(), "username", "<b>ana</b>"), INVALID_USERNAME),
        ("/getList", with(ana().who(), "username", &"a".repeat(300)), INVALID_USERNAME),
        ("/getList", with(ana().who(), "username", "ana\0"), INVALID_USERNAME),
        ("/getList", with(ana().who(), "username", "ana "), INVALID_USERNAME),
        ("/report", with(report(), "enc", "1"), UNDECRYPTABLE),
        ("/report", with(encrypted(report()), "port", "00ff"), UNDECRYPTABLE),
        ("/getList", with(encrypted(ana().who()), "json", "1"), UNDECRYPTABLE),
        ("/report", with(report(), "location", "3"), INVALID_VALUE),
        ("/report", with(report(), "location", "two"), INVALID_VALUE),
        ("/report", with(report(), "ip", "localhost"), INVALID_VALUE),
        ("/report", with(report(), "ip", "0.0.0.0"), INVALID_VALUE),
        ("/report", with(report(), "port", "0"), INVALID_VALUE),
        ("/report", with(report(), "port", "65536"), INVALID_VALUE),
        ("/report", with(report(), "port", "1e3"), INVALID_VALUE),
        ("/report", with(report(), "enc", "yes"), INVALID_VALUE),
        ("/getList", with(ana().who(), "json", "2"), INVALID_VALUE),
        ("/logoff", with(ana().who(), "enc", "2"), INVALID_VALUE),
        ("/report", with(report(), "pubkey", ""), INVALID_KEY),
        ("/report", with(report(), "pubkey", "zz"), INVALID_KEY),
        ("/report", with(report(), "pubkey", "3081"), INVALID_KEY),
    ];
    for (call, arguments, expected) in cases {
        for by in [By::Get, By::Post] {
            assert_eq!(server.call(by, call, &arguments).await, expected, "{call} by {by:?} {arguments:?}");
        }
    }
    assert_eq!(server.get("/getList", &bob().who()).await, NOBODY, "a refused report has listed somebody");
    server.stop().await;
}

#[actix_web::test]
async fn a_report_from_where_the_networks_let_it_is_taken() {
    let server = lab_only().await;
    let report = with(with(ana().report(), "location", "0"), "ip", "10.103.1.2");
    assert_eq!(server.get("/report", &report).await, "0, User and IP logged");
    server.stop().await;
}

#[actix_web::test]
async fn the_recorded_refusals_are_sent_word_for_word() {
    let server = lab_only().await;
    let replies = &vectors()["login_replies"];
    assert_eq!(server.get("/getList", &ana().with_password("wrong").who()).await, replies["unauthenticated"]);
    assert_eq!(server.get("/report", &ana().report()).await, replies["false_location"]);
    server.stop().await;
}

#[actix_web::test]
async fn of_several_errors_the_first_in_the_order_6_1_4_2_8_9_3_is_named() {
    let server = lab_only().await;
    // Everything is wrong, and one thing after the other is put right.
    let mut arguments = with(with(ana().report(), "pubkey", "zz"), "location", "9");
    arguments = with(without(with(arguments, "username", "a/b"), "ip"), "enc", "1");
    let repairs = [
        ("enc", "0", UNDECRYPTABLE),
        ("ip", "203.0.113.7", MISSING),
        ("username", "nobody", INVALID_USERNAME),
        ("username", "ana", UNAUTHENTICATED),
        ("location", "2", INVALID_VALUE),
    ];
    for (name, right, expected) in repairs {
        assert_eq!(server.get("/report", &arguments).await, expected);
        arguments = with(arguments, name, right);
    }
    assert_eq!(server.get("/report", &arguments).await, INVALID_KEY);
    assert_eq!(server.get("/report", &without(arguments, "pubkey")).await, FALSE_ADDRESS);
    server.stop().await;
}

#[actix_web::test]
async fn too_many_calls_are_named_after_a_missing_argument_and_before_a_wrong_one() {
    let server = TestLoginServer::start().await;
    let cases = [with(ana().who(), "username", "a/b"), ana().with_password("wrong").who(), with(ana().who(), "json", "5")];
    for arguments in cases {
        for _ in 0..10 {
            assert_ne!(server.get("/getList", &arguments).await, LIMIT);
        }
        assert_eq!(server.get("/getList", &arguments).await, LIMIT, "{arguments:?}");
        assert_eq!(server.get("/getList", &without(arguments, "username")).await, MISSING);
    }
    server.stop().await;
}
