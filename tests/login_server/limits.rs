//! Who may call how often, and who cannot be kept from it.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use kith::login_server::LoginServerSettings;

use super::support::{By, Caller, NOBODY, TestLoginServer, ana, bob, with};

const LIMIT: &str = "7, API limit reached";

#[actix_web::test]
async fn the_eleventh_call_in_a_minute_is_refused_and_the_next_minute_brings_ten_more() {
    let server = TestLoginServer::start().await;
    for _ in 0..2 {
        for _ in 0..10 {
            assert!(server.call(By::Post, "/getList", &ana().who()).await.starts_with("0,"));
        }
        assert_eq!(server.get("/getList", &ana().who()).await, LIMIT);
        assert_eq!(server.get("/getList", &bob().who()).await, NOBODY, "another user has calls of their own");
        server.advance(Duration::from_mins(1));
    }
    server.stop().await;
}

#[actix_web::test]
async fn coming_going_and_calls_without_credentials_are_not_counted() {
    let server = TestLoginServer::start().await;
    for _ in 0..30 {
        assert_eq!(server.get("/logoff", &ana().who()).await, "0, Logged off successfully");
        assert_eq!(server.get("/report", &ana().report()).await, "0, User and IP logged");
        assert_eq!(server.get("/listUsers", &vec![]).await, "ana,bob");
    }
    assert!(server.get("/getList", &ana().who()).await.contains("ana,"));
    server.stop().await;
}

#[actix_web::test]
async fn a_name_in_upper_case_does_not_have_calls_of_its_own() {
    let server = TestLoginServer::start().await;
    for name in ["ana", "Ana", "aNa", "anA", "ANA"].repeat(2) {
        assert_eq!(server.get("/getList", &with(ana().who(), "username", name)).await, NOBODY);
    }
    assert_eq!(server.get("/getList", &ana().who()).await, LIMIT);
    server.stop().await;
}

#[actix_web::test]
async fn a_limit_of_zero_is_none() {
    let server = TestLoginServer::start_unlimited().await;
    for _ in 0..30 {
        assert_eq!(server.get("/getList", &ana().who()).await, NOBODY);
        assert_eq!(server.get("/getList", &ana().with_password("wrong").who()).await, "2, Unauthenticated user");
    }
    server.stop().await;
}

/// Lessons 19 and 20: counting by the claimed name lets anybody silence its owner.
#[actix_web::test]
async fn who_guesses_at_a_users_password_does_not_silence_the_user() {
    let server = TestLoginServer::start().await;
    server.get("/report", &ana().report()).await;
    for number in 0..40 {
        server.get("/getList", &ana().with_password(&format!("guess {number}")).who()).await;
    }
    assert_eq!(server.get("/report", &ana().report()).await, "0, User and IP logged");
    assert!(server.get("/getList", &ana().who()).await.contains("ana,"));
    server.stop().await;
}

#[actix_web::test]
async fn passwords_can_be_guessed_twenty_times_a_minute_and_reports_are_no_way_round() {
    let server = TestLoginServer::start().await;
    for number in 0..20 {
        let guess = ana().with_password(&format!("guess {number}"));
        assert_eq!(server.get("/report", &guess.report()).await, "2, Unauthenticated user");
    }
    assert_eq!(server.get("/report", &ana().with_password("guess 21").report()).await, LIMIT);
    assert_eq!(server.get("/report", &bob().report()).await, "0, User and IP logged", "another name is not affected");
    server.advance(Duration::from_mins(1));
    assert_eq!(server.get("/report", &ana().report()).await, "0, User and IP logged");
    server.stop().await;
}

#[actix_web::test]
async fn a_password_is_checked_once_and_then_remembered() {
    // A check is a guess, so one guess a minute shows that the reports after the first need none.
    let server = TestLoginServer::start_with(LoginServerSettings { guesses_per_minute: 1, ..LoginServerSettings::default() }).await;
    for _ in 0..20 {
        assert_eq!(server.get("/report", &ana().report()).await, "0, User and IP logged");
    }
    assert_eq!(server.get("/report", &ana().with_password("wrong").report()).await, LIMIT);
    server.stop().await;
}

#[actix_web::test]
async fn many_callers_at_once_are_all_answered() {
    // Within the default limits: all first calls of a user need but one check.
    let server = TestLoginServer::start().await;
    let (ana, bob) = (ana().report(), bob().report());
    let reports = (0..100).map(|number| server.get("/report", if number % 2 == 0 { &ana } else { &bob }));
    for answer in join_all(reports).await {
        assert_eq!(answer, "0, User and IP logged");
    }
    server.stop().await;
}

#[actix_web::test]
async fn asking_for_an_unknown_user_takes_as_long_as_a_wrong_password() {
    let server = TestLoginServer::start_unlimited().await;
    let nobody = Caller { name: "nobody".into(), ..ana() };
    let callers = [ana().with_password("wrong").who(), nobody.who(), with(ana().who(), "password", "no credential")];
    // The shortest of several: what else the machine does only adds to it.
    let mut shortest = [Duration::MAX; 3];
    for _ in 0..5 {
        for (caller, shortest) in callers.iter().zip(&mut shortest) {
            let start = Instant::now();
            assert_eq!(server.get("/getList", caller).await, "2, Unauthenticated user");
            *shortest = start.elapsed().min(*shortest);
        }
    }
    assert!(shortest[1] * 2 > shortest[0] && shortest[2] * 2 > shortest[0], "{shortest:?}");
    server.stop().await;
}
