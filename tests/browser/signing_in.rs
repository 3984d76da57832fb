//! Logging in, being refused, and signing out.

use super::browser::Screen;
use super::person::Person;
use super::town::Town;

#[actix_web::test]
async fn a_wrong_password_is_told_in_the_page_and_the_right_one_still_works() {
    let town = Town::of(["ana"]).await;
    let ana = Person::arrives(&town, "ana", Screen::Desk).await;
    ana.go("/people").await;
    ana.enter_password("not the password").await;
    ana.read("#login-error", "name and password do not go together").await;
    ana.log_in_here().await;
    ana.see("#people-list").await;
    assert_eq!(ana.evaluate("location.pathname").await, "/people", "after logging in, people come to where they wanted to be");
    ana.leave().await;
    town.stop().await;
}

#[actix_web::test]
async fn after_signing_out_the_back_button_shows_nothing() {
    let town = Town::of(["ana", "ben"]).await;
    let ana = Person::logs_in(&town, "ana", Screen::Desk).await;
    ana.open_conversation("ben").await;
    ana.send("The key is under the third stone.").await;
    ana.see(".message.mine[data-receipt]").await;

    ana.press("#me-button").await;
    ana.press("#sign-out").await;
    ana.see("#login-form").await;
    ana.driver().back().await.unwrap();
    ana.wait_for("document.readyState === 'complete'").await;
    ana.see("#login-form").await;
    assert_eq!(ana.evaluate("document.documentElement.innerText.includes('third stone')").await, false);

    ana.go("/chats/ben").await;
    ana.see("#login-form").await;
    ana.leave().await;
    town.stop().await;
}
