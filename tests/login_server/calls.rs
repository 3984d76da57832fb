//! The calls that succeed, in every way in which the clients of 2017 and kith make them.

use std::time::Duration;

use kith::domain::stamp::Stamp;
use kith::protocol::login_server::{
    Credential, DEFAULT_SALT, Encoding, ListFormat, Login, Whereabouts, read_list, read_status, read_usernames,
};
use serde_json::{Value, json};

use super::support::{By, Caller, EPOCH, NOBODY, TestLoginServer, add_account, ana, bob, encrypted, recorded_key, username, vectors, with};

#[actix_web::test]
async fn every_call_works_by_get_and_post_in_clear_and_encrypted() {
    let server = TestLoginServer::start_unlimited().await;
    for by in [By::Get, By::Post] {
        for arguments in [|arguments| arguments, encrypted] {
            assert_eq!(server.call(by, "/report", &arguments(ana().report())).await, "0, User and IP logged");
            let list = server.call(by, "/getList", &arguments(ana().who())).await;
            assert_eq!(list, format!("{NOBODY}ana,2,203.0.113.7,10001,1497224460\r\n"));
            let list = server.call(by, "/getList", &arguments(with(ana().who(), "json", "1"))).await;
            assert!(list.starts_with(r#"{"0":{"username":"ana""#), "{list}");
            assert_eq!(server.call(by, "/logoff", &arguments(ana().who())).await, "0, Logged off successfully");
            assert_eq!(server.call(by, "/getList", &arguments(ana().who())).await, NOBODY);
        }
    }
    server.stop().await;
}

#[actix_web::test]
async fn the_json_list_has_strings_and_a_key_only_where_one_was_reported() {
    let server = TestLoginServer::start().await;
    server.get("/report", &with(ana().report(), "pubkey", &recorded_key())).await;
    server.get("/report", &with(bob().report(), "location", "0")).await;
    let list = server.get("/getList", &with(bob().who(), "json", "1")).await;
    let ana = json!({"username": "ana", "ip": "203.0.113.7", "location": "2", "lastLogin": "1497224460", "port": "10001", "publicKey": recorded_key()});
    let bob = json!({"username": "bob", "ip": "203.0.113.7", "location": "0", "lastLogin": "1497224460", "port": "10001"});
    assert_eq!(serde_json::from_str::<Value>(&list).unwrap(), json!({"0": ana, "1": bob}));
    server.stop().await;
}

#[actix_web::test]
async fn the_text_list_is_the_recorded_one() {
    let replies = &vectors()["login_replies"];
    let callers = ["alice01", "bob002", "carol03"].map(|name| Caller { name: name.into(), password: "password".into() });
    let server = TestLoginServer::start().await;
    for caller in &callers {
        add_account(server.data(), caller);
    }
    let report = |caller: &Caller, location, ip| with(with(caller.report(), "location", location), "ip", ip);
    server.get("/report", &with(report(&callers[0], "0", "10.103.137.57"), "pubkey", &recorded_key())).await;
    server.advance(Duration::from_secs(7));
    server.get("/report", &report(&callers[1], "1", "172.23.88.124")).await;
    assert_eq!(server.get("/getList", &callers[0].who()).await, replies["getList_text"]);
    assert_eq!(server.get("/listUsers", &vec![]).await, "alice01,ana,bob,bob002,carol03");
    server.stop().await;
}

#[actix_web::test]
async fn the_recorded_encrypted_query_is_a_report() {
    let server = TestLoginServer::start().await;
    let password = vectors()["login_password_hash"][0]["password"].as_str().unwrap().to_owned();
    add_account(server.data(), &Caller { name: "bob002".into(), password });
    let query = vectors()["login_enc1"]["sample_query"].as_str().unwrap().to_owned();
    assert_eq!(server.get_raw(&query).await, vectors()["login_replies"]["report_ok"]);
    let list = server.get("/getList", &ana().who()).await;
    assert_eq!(list, format!("{NOBODY}bob002,2,203.0.113.7,10001,1497224460,{}\r\n", recorded_key()));
    server.stop().await;
}

#[actix_web::test]
async fn the_last_report_counts_and_without_a_key_takes_the_key_away() {
    let server = TestLoginServer::start().await;
    server.get("/report", &with(ana().report(), "pubkey", &recorded_key())).await;
    server.advance(Duration::from_secs(30));
    server.get("/report", &with(ana().report(), "ip", "2001:db8::7")).await;
    assert_eq!(server.get("/getList", &bob().who()).await, format!("{NOBODY}ana,2,2001:db8::7,10001,1497224490\r\n"));
    server.stop().await;
}

#[actix_web::test]
async fn after_five_minutes_without_a_report_a_user_is_gone() {
    let server = TestLoginServer::start().await;
    server.get("/report", &ana().report()).await;
    server.advance(Duration::from_secs(299));
    assert!(server.get("/getList", &bob().who()).await.contains("ana,"));
    server.advance(Duration::from_secs(1));
    assert_eq!(server.get("/getList", &bob().who()).await, NOBODY);
    server.stop().await;
}

#[actix_web::test]
async fn a_slash_or_a_bare_question_mark_after_the_call_is_let_through() {
    let server = TestLoginServer::start().await;
    for path in ["/listUsers", "/listUsers/", "/listUsers?", "/listUsers/?", "/listUsers?x=1"] {
        assert_eq!(server.get_raw(path).await, "ana,bob", "{path}");
    }
    for by in [By::Get, By::Post] {
        assert_eq!(server.call(by, "/report/", &ana().report()).await, "0, User and IP logged");
    }
    server.stop().await;
}

#[actix_web::test]
async fn calls_without_credentials_work_by_post_too() {
    let server = TestLoginServer::start().await;
    assert_eq!(server.call(By::Post, "/listUsers", &vec![]).await, "ana,bob");
    assert!(server.call(By::Post, "/listAPI", &vec![]).await.contains("/getList"));
    server.stop().await;
}

#[actix_web::test]
async fn arguments_that_nobody_knows_are_ignored() {
    let server = TestLoginServer::start().await;
    assert_eq!(server.get("/report", &with(ana().report(), "colour", "blue")).await, "0, User and IP logged");
    assert_eq!(server.get("/report", &with(encrypted(ana().report()), "colour", "blue")).await, "0, User and IP logged");
    server.stop().await;
}

#[actix_web::test]
async fn a_name_in_upper_case_is_the_same_account() {
    let server = TestLoginServer::start().await;
    let shouted = Caller { name: "ANA".into(), ..ana() };
    server.get("/report", &shouted.report()).await;
    assert!(server.get("/getList", &ana().who()).await.contains("\r\nana,"));
    server.stop().await;
}

#[actix_web::test]
async fn what_is_no_call_is_answered_404_and_a_wrong_method_405() {
    let server = TestLoginServer::start().await;
    for path in ["/", "/setGroup", "/getGroup", "/report/x", "/REPORT"] {
        let answer = server.send(By::Get, path, &ana().report()).await;
        assert_eq!(
            (answer.status().as_u16(), answer.headers()["content-type"].to_str().unwrap()),
            (404, "text/plain; charset=utf-8"),
            "{path}"
        );
    }
    for path in ["/report", "/listUsers"] {
        let answer = server.http.delete(format!("{}{path}", server.url())).send().await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.headers()["allow"].to_str().unwrap()), (405, "GET, POST"), "{path}");
    }
    server.stop().await;
}

#[actix_web::test]
async fn what_kiths_own_nodes_write_is_understood_and_they_read_the_answers() {
    let server = TestLoginServer::start_unlimited().await;
    let login = Login { username: username(&ana()), credential: Credential::of(&ana().password, DEFAULT_SALT) };
    let at = Whereabouts { location: 1, ip: "172.23.88.124".parse().unwrap(), port: 10001, public_key: Some(recorded_key()) };
    for encoding in [Encoding::Clear, Encoding::Encrypted] {
        let send =
            async |call: kith::protocol::login_server::OutgoingCall| server.get_raw(&format!("{}?{}", call.path, call.arguments)).await;
        assert_eq!(read_status(send(login.report(&at, encoding)).await.as_bytes()), Ok(()));
        for format in [ListFormat::Text, ListFormat::Json] {
            let users = read_list(send(login.get_list(format, encoding)).await.as_bytes()).unwrap();
            assert_eq!((users.len(), users[0].ip, &users[0].public_key), (1, at.ip, &at.public_key));
            assert_eq!(users[0].last_login, Stamp::from_seconds(EPOCH).unwrap());
        }
        assert_eq!(read_status(send(login.log_off(encoding)).await.as_bytes()), Ok(()));
    }
    assert_eq!(read_usernames(server.get_raw("/listUsers").await.as_bytes()).unwrap(), [username(&ana()), username(&bob())]);
    server.stop().await;
}
