//! Pictures in the page: room is kept for them, and the viewer shows them near, far and one after the other.

use serde_json::json;
use thirtyfour::Key;

use super::browser::Screen;
use super::person::Person;
use super::support::picture;
use super::town::Town;

/// Notes how high each picture is when its message appears, and whether it is there by then.
const NOTE_HEIGHTS: &str = "window.appeared = []; new MutationObserver((changes) => {
    for (const element of changes.flatMap(({ addedNodes }) => [...addedNodes]).filter((node) => node.matches('.message'))) {
        window.appeared.push({ element, height: element.querySelector('.picture').offsetHeight, loaded: element.querySelector('img').complete });
    }
}).observe(document.querySelector('#log'), { childList: true })";

#[actix_web::test]
async fn a_picture_has_its_size_before_it_is_there() {
    let town = Town::of(["ana", "ben"]).await;
    let user = town.node_of("ana").as_user("ana").await;
    let ana = Person::logs_in(&town, "ana", Screen::Desk).await;
    ana.open_conversation("ben").await;
    ana.see("#log-top .state").await;
    ana.driver().execute(NOTE_HEIGHTS, Vec::new()).await.unwrap();
    for (name, width, height) in [("wide.png", 840, 210), ("small.png", 60, 90)] {
        user.send_file("ben", name, "image/png", &picture(width, height)).await;
    }
    ana.see(".picture.loaded img[alt='wide.png']").await;
    ana.see(".picture.loaded img[alt='small.png']").await;
    let heights = "appeared.map(({ element, height, loaded }) => [loaded, height, element.querySelector('.picture').offsetHeight])";
    assert_eq!(ana.evaluate(heights).await, json!([[false, 107, 107], [false, 92, 92]]));
    let sizes = "[...document.querySelectorAll('.picture img')].map(({ width, height }) => `${width}x${height}`).join()";
    assert_eq!(ana.evaluate(sizes).await, "420x105,60x90");
    ana.leave().await;
    town.stop().await;
}

#[actix_web::test]
async fn the_viewer_goes_from_picture_to_picture_and_nearer() {
    let town = Town::of(["ana", "ben"]).await;
    let user = town.node_of("ana").as_user("ana").await;
    for name in ["one.png", "two.png", "three.png"] {
        user.send_file("ben", name, "image/png", &picture(1600, 900)).await;
    }
    let ana = Person::logs_in(&town, "ana", Screen::Desk).await;
    ana.open_conversation("ben").await;
    ana.press(".picture:has([alt='two.png'])").await;
    ana.read("#viewer-name", "two.png").await;
    ana.wait_for("document.querySelector('#viewer-image').complete").await;
    ana.type_into_focused(Key::Right).await;
    ana.read("#viewer-name", "three.png").await;
    ana.see_no("#viewer-next").await;
    ana.type_into_focused(Key::Left).await;
    ana.type_into_focused(Key::Left).await;
    ana.read("#viewer-name", "one.png").await;
    // Near, the arrows go over the picture instead.
    let width = "document.querySelector('#viewer-image').getBoundingClientRect().width";
    let left = "document.querySelector('#viewer-image').getBoundingClientRect().left";
    let far = ana.evaluate(width).await.as_f64().unwrap();
    ana.type_into_focused("++").await;
    ana.wait_for(&format!("{width} > {}", far * 2.0)).await;
    let before = ana.evaluate(left).await.as_f64().unwrap();
    ana.type_into_focused(Key::Right).await;
    ana.wait_for(&format!("{left} < {before}")).await;
    ana.read("#viewer-name", "one.png").await;
    ana.type_into_focused("0").await;
    ana.wait_for(&format!("{width} === {far}")).await;
    ana.type_into_focused(Key::Escape).await;
    ana.see_no("#viewer").await;
    ana.wait_for("document.activeElement.matches('.picture')").await;
    assert_eq!(ana.complaints().await, Vec::<String>::new());
    ana.leave().await;
    town.stop().await;
}
