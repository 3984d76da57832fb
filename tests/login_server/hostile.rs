//! Callers that are broken or mean: each gets an answer, and nobody else notices.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use kith::login_server::LoginServerSettings;
use kith::web::login_server::start;

use super::support::{By, NOBODY, TestLoginServer, ana, with};

const INVALID_USERNAME: &str = "4, Invalid Username";

#[actix_web::test]
async fn an_argument_of_a_megabyte_is_refused_before_it_is_read_whole() {
    let server = TestLoginServer::start().await;
    let huge = with(ana().who(), "username", &"a".repeat(1 << 20));
    let answer = server.send(By::Post, "/getList", &huge).await;
    assert_eq!(answer.status(), 413);
    let mut stream = TcpStream::connect(server.address()).unwrap();
    // The server may hang up before all of it is written.
    let _ = stream.write_all(format!("GET /getList?username={} HTTP/1.1\r\n\r\n", "a".repeat(1 << 20)).as_bytes());
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 4"), "{}", String::from_utf8_lossy(&answer));
    assert_eq!(server.get("/getList", &ana().who()).await, NOBODY);
    server.stop().await;
}

#[actix_web::test]
async fn an_argument_of_sixty_kilobytes_is_looked_at_and_refused() {
    let server = TestLoginServer::start().await;
    for by in [By::Get, By::Post] {
        assert_eq!(server.call(by, "/getList", &with(ana().who(), "username", &"a".repeat(60_000))).await, INVALID_USERNAME);
    }
    server.stop().await;
}

#[actix_web::test]
async fn bytes_that_are_no_text_are_no_name() {
    let server = TestLoginServer::start().await;
    for name in ["%00", "ana%00", "%ff%fe", "%", "%zz", "%2", "%c0%80", "a%2Fb", "%3Cscript%3E", "%F0%9F%A6%80", "ana%0d%0ax"] {
        let answer = server.get_raw(&format!("/getList?username={name}&password=ab")).await;
        assert_eq!(answer, INVALID_USERNAME, "{name}");
    }
    server.stop().await;
}

#[actix_web::test]
async fn an_argument_given_twice_is_refused() {
    let server = TestLoginServer::start().await;
    let query = "username=ana&username=bob&password=ab";
    assert_eq!(server.get_raw(&format!("/getList?{query}")).await, "8, Invalid Field Value");
    let request = server.http.post(format!("{}/getList?username=ana", server.url())).form(&ana().who());
    assert_eq!(request.send().await.unwrap().text().await.unwrap(), "8, Invalid Field Value");
    server.stop().await;
}

#[actix_web::test]
async fn ciphertext_that_is_none_is_refused() {
    let server = TestLoginServer::start().await;
    for wire in ["ab", "zz", "00".repeat(16).as_str(), "00".repeat(33).as_str(), &"f".repeat(50_000), "%00", "%ff"] {
        let answer = server.get_raw(&format!("/getList?enc=1&password=&username={wire}")).await;
        assert_eq!(answer, "6, Decryption Failed", "{} bytes", wire.len());
    }
    server.stop().await;
}

#[actix_web::test]
async fn a_body_that_is_no_form_has_no_arguments() {
    let server = TestLoginServer::start().await;
    for (kind, body) in [("application/json", r#"{"username": "ana"}"#), ("text/plain", ""), ("multipart/form-data", "--x\r\n")] {
        let request = server.http.post(format!("{}/getList", server.url())).header("content-type", kind).body(body);
        assert_eq!(request.send().await.unwrap().text().await.unwrap(), "1, Missing Compulsory Field", "{kind}");
    }
    server.stop().await;
}

/// Lesson 18: ten half-open requests stalled everybody for nine seconds.
#[actix_web::test]
async fn a_hundred_half_open_requests_hold_nobody_up() {
    let server = TestLoginServer::start().await;
    let half_open = |head: &str| {
        let mut stream = TcpStream::connect(server.address()).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        stream
    };
    let _heads: Vec<_> = (0..50).map(|_| half_open("GET /getList?username=ana HTTP/1.1\r\n")).collect();
    let _bodies: Vec<_> = (0..50).map(|_| half_open("POST /report HTTP/1.1\r\ncontent-length: 100\r\n\r\nusername=")).collect();
    let (start, who) = (Instant::now(), ana().report());
    for answer in join_all((0..20).map(|_| server.get("/report", &who))).await {
        assert_eq!(answer, "0, User and IP logged");
    }
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    server.stop().await;
}

#[actix_web::test]
async fn stopping_does_not_wait_for_those_who_never_finish() {
    let server = TestLoginServer::start().await;
    assert_eq!(server.get("/getList", &ana().who()).await, NOBODY);
    let mut half_open = TcpStream::connect(server.address()).unwrap();
    half_open.write_all(b"POST /report HTTP/1.1\r\ncontent-length: 100\r\n\r\nusername=").unwrap();
    let (address, start) = (server.address(), Instant::now());
    server.stop().await;
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert!(TcpStream::connect(address).is_err());
}

#[actix_web::test]
async fn an_address_that_is_taken_is_named() {
    let first = TestLoginServer::start().await;
    let settings = LoginServerSettings { listen: first.address(), ..LoginServerSettings::default() };
    let Err(error) = start(&settings, first.data()).await else { unreachable!("two servers on one port") };
    assert!(error.to_string().contains(&first.address().to_string()), "{error}");
    first.stop().await;
}
