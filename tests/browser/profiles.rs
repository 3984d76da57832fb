//! What people tell about themselves.

use super::browser::Screen;
use super::chatting::project_file;
use super::person::Person;
use super::town::Town;

#[actix_web::test]
async fn a_changed_profile_shows_up_in_front_of_others() {
    let town = Town::of(["ana", "ben"]).await;
    let ana = Person::logs_in(&town, "ana", Screen::Desk).await;
    let ben = Person::logs_in(&town, "ben", Screen::Desk).await;
    ben.go("/people").await;
    ben.see(".person-row[data-username='ana'][data-online='true']").await;
    ben.mark_page().await;

    ana.go("/profile").await;
    ana.write("#fullname", "Ana Ribeiro").await;
    ana.write("#position", "Field lead").await;
    ana.write("#location", "Upper floor").await;
    ana.write("#description", "Ask me about chitons.").await;
    ana.press("#profile-save").await;
    ana.read("#profile-note", "Saved").await;
    ana.read("#me-name", "Ana Ribeiro").await;
    ben.read(".person-row[data-username='ana']", "Ana Ribeiro").await;
    ben.read(".person-row[data-username='ana']", "Field lead · Upper floor").await;

    ana.choose_file("#picture-input", &project_file("demo/ana.jpg")).await;
    ana.press("#picture-use").await;
    ana.read("#picture-note", "Your new picture is in place.").await;
    ben.see(".person-row[data-username='ana'] img").await;
    ben.wait_for("document.querySelector(`.person-row[data-username='ana'] img`).naturalWidth > 0").await;
    assert!(ben.is_same_page().await, "all of this came without loading the page again");

    ben.press(".person-row[data-username='ana'] .person-link").await;
    ben.read("#person[data-username='ana']", "Ask me about chitons.").await;
    for person in [ana, ben] {
        assert_eq!(person.complaints().await, Vec::<String>::new(), "{}", person.name);
        person.leave().await;
    }
    town.stop().await;
}
