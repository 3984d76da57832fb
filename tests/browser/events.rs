//! People make events, invite each other, and see who comes.

use super::browser::Screen;
use super::person::Person;
use super::town::Town;

#[actix_web::test]
async fn an_event_is_made_answered_and_both_see_it_without_loading_the_page() {
    let town = Town::of(["ana", "ben"]).await;
    let ana = Person::logs_in(&town, "ana", Screen::Desk).await;
    let ben = Person::logs_in(&town, "ben", Screen::Phone).await;
    ben.press("nav a[href='/events']").await;
    ben.read("#events-list .state", "No events yet").await;
    ben.mark_page().await;

    ana.go("/people").await;
    ana.see(".person-row[data-username='ben'][data-online='true']").await;
    ana.go("/events").await;
    ana.press("#event-new").await;
    ana.mark_page().await;
    ana.write("#event-name", "Reef walk").await;
    ana.write("#event-location", "North jetty").await;
    ana.write("#event-description", "Bring a lamp.\n<b>Two</b> if you can.").await;
    ana.press("#event-guests input[value='ben']").await;
    ana.press("#event-save").await;
    ana.see_no("#event-form").await;
    ana.read(".event h3", "Reef walk").await;
    ana.see(".guest[data-username='ben'][data-progress='delivered']").await;

    ben.read(".event.needs-answer h3", "Reef walk").await;
    ben.read(".event-text", "<b>Two</b> if you can.").await;
    ben.press("[data-answer='maybe']").await;
    ben.read(".event-note", "ana knows.").await;
    ana.read(".guest[data-username='ben'][data-attendance='maybe']", "Maybe").await;
    ben.press("[data-answer='going']").await;
    ben.see("[data-answer='going'][aria-pressed='true']").await;
    ana.see(".guest[data-username='ben'][data-attendance='going']").await;
    ana.read(".guests .label", "1 GOING").await;
    ben.wait_for("document.documentElement.scrollWidth <= innerWidth").await;

    // An end before the start is caught in the page.
    ana.press("#event-new").await;
    ana.write("#event-name", "Backwards").await;
    ana.evaluate(
        "(end => { end.value = '2001-01-01T10:00'; end.dispatchEvent(new Event('change')) })(document.querySelector('#event-end'))",
    )
    .await;
    ana.press("#event-save").await;
    ana.wait_for("document.querySelector('#event-end').validationMessage.includes('cannot end before')").await;
    for person in [ana, ben] {
        assert!(person.is_same_page().await, "{}: all of this came without loading the page again", person.name);
        assert_eq!(person.complaints().await, Vec::<String>::new(), "{}", person.name);
        person.leave().await;
    }
    town.stop().await;
}
