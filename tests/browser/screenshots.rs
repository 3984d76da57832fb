//! The pictures in `docs/screenshots`, taken of the demo. `scripts/screenshots` runs this.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use image::RgbImage;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use serde_json::Value;
use thirtyfour::Key;

use super::browser::{Browser, GLANCE, PATIENCE, Screen};
use super::chatting::project_file;
use super::person::Person;

/// Everything in sight is there: pictures are drawn, sound and film know how long they are, and no grey bars stand in for text.
const SETTLED: &str =
    "document.readyState === 'complete' && ![...document.querySelectorAll('.skeleton')].some((bars) => bars.checkVisibility())
    && [...document.images].every((image) => image.complete || !image.checkVisibility())
    && [...document.querySelectorAll('audio, video')].every((player) => player.readyState > 1 && player.networkState === 1)";

/// Each page is drawn on each of these.
const SCREENS: [(Screen, &str); 5] =
    [(Screen::Narrow, "320"), (Screen::Phone, "390"), (Screen::Tablet, "768"), (Screen::Desk, "1280"), (Screen::Wall, "1920")];

/// Those that docs/gallery.md shows.
const CHOSEN: [&str; 35] = [
    "about-node-1280-light",
    "card-390-light",
    "card-1280-light",
    "conversation-320-dark",
    "conversation-390-dark-de",
    "conversation-390-light",
    "conversation-768-light",
    "conversation-1280-dark",
    "conversation-1280-light",
    "conversation-1920-dark",
    "crop-390-light",
    "events-390-dark",
    "events-1280-light",
    "files-390-light",
    "files-1280-light",
    "forward-390-light",
    "keys-1280-dark",
    "login-390-light",
    "login-1280-dark",
    "login-1280-light",
    "menu-1280-light",
    "people-390-light",
    "people-1280-light",
    "person-390-light",
    "person-768-dark",
    "picture-390-dark",
    "picture-1280-light",
    "profile-390-light",
    "profile-1280-light",
    "search-390-dark",
    "search-1280-light",
    "settings-390-light-de",
    "settings-1280-dark",
    "sound-390-light",
    "sound-1280-light",
];

#[actix_web::test]
#[ignore = "writes docs/screenshots, see scripts/screenshots"]
async fn takes_a_picture_of_each_page() {
    let demo = Demo::start();
    std::fs::create_dir_all(folder("target/gallery")).unwrap();
    std::fs::create_dir_all(folder("docs/screenshots")).unwrap();
    for (screen, width) in SCREENS {
        let ana = demo.person("ana", Browser::chromium(screen).await);
        log_in(&ana, &demo, width).await;
        for theme in ["light", "dark"] {
            choose_theme(&ana, theme).await;
            pages(&ana, &format!("{width}-{theme}")).await;
            conversations(&ana, &format!("{width}-{theme}")).await;
        }
        ana.leave().await;
    }
    in_german(&demo).await;
    for (screen, width) in [(Screen::Phone, "390"), (Screen::Desk, "1280")] {
        any_other_file(&demo, screen, width).await;
    }
    demo.stop();
}

async fn log_in(ana: &Person, demo: &Demo, width: &str) {
    ana.go("/login").await;
    for theme in ["dark", "light"] {
        choose_theme(ana, theme).await;
        ana.go("/login").await;
        ana.see("#login-button:enabled").await;
        take(ana, &format!("login-{width}-{theme}")).await;
    }
    ana.enter_password(demo.field("ana", "password")).await;
    ana.see("#nav-chats").await;
}

/// From the next page on.
async fn choose_theme(person: &Person, theme: &str) {
    person.evaluate(&format!("localStorage.setItem('kith.theme', {theme:?})")).await;
}

async fn pages(ana: &Person, look: &str) {
    for (name, path, sign) in [
        ("people", "/people", ".person-row[data-username='chloe']"),
        ("person", "/people/ben", "[data-regard='block']"),
        ("events", "/events", ".guest[data-username='ben'][data-attendance='going']"),
        ("settings", "/settings", ".session[data-this='true']"),
        ("about-node", "/about-node", "#about-sections"),
        ("profile", "/profile", "#profile-form"),
    ] {
        ana.go(path).await;
        ana.see(sign).await;
        take(ana, &format!("{name}-{look}")).await;
    }
    ana.choose_file("#picture-input", &project_file("demo/reef-at-dawn.jpg")).await;
    ana.see("#picture-use").await;
    ana.type_into_focused("++").await;
    take(ana, &format!("crop-{look}")).await;
    ana.press("#picture-cancel").await;
    ana.evaluate("document.activeElement.blur()").await;
    ana.type_into_focused(Key::Control + "/").await;
    ana.see("dialog.keys").await;
    take(ana, &format!("keys-{look}")).await;
}

async fn conversations(ana: &Person, look: &str) {
    ana.open_conversation("chloe").await;
    ana.see(".message .picture.loaded").await;
    take(ana, &format!("picture-{look}")).await;

    ana.open_conversation("ben").await;
    ana.see(".message video").await;
    ana.evaluate("document.querySelector('#log-scroll').scrollTo(0, 1e6)").await;
    ana.see_no("#jump").await;
    take(ana, &format!("conversation-{look}")).await;
    ana.evaluate("document.querySelector('.message audio').scrollIntoView({ block: 'center' })").await;
    take(ana, &format!("sound-{look}")).await;
    ana.evaluate("document.querySelector('#log-scroll').scrollTo(0, 1e6)").await;
    ana.focus(".message:last-child").await;
    ana.type_into_focused(Key::Enter).await;
    ana.see("#message-menu").await;
    take(ana, &format!("menu-{look}")).await;
    ana.press("#message-menu [data-action='forward']").await;
    ana.see("#forward-dialog").await;
    take(ana, &format!("forward-{look}")).await;
    ana.press("#forward-close").await;

    ana.press(".player.pdf [aria-expanded='false']").await;
    ana.evaluate("document.querySelector('.player.pdf').scrollIntoView()").await;
    see_paper(ana).await;
    take(ana, &format!("files-{look}")).await;
    ana.press("#search-button").await;
    ana.write("#search-words", "tide").await;
    ana.see("#search-hits .search-hit").await;
    take(ana, &format!("search-{look}")).await;
}

async fn in_german(demo: &Demo) {
    let ana = demo.person("ana", Browser::chromium_in("de", Screen::Phone).await);
    ana.go("/login").await;
    ana.enter_password(demo.field("ana", "password")).await;
    ana.see("#nav-chats").await;
    ana.go("/settings").await;
    ana.see(".session[data-this='true']").await;
    take(&ana, "settings-390-light-de").await;
    choose_theme(&ana, "dark").await;
    ana.open_conversation("ben").await;
    ana.see(".message video").await;
    ana.evaluate("document.querySelector('#log-scroll').scrollTo(0, 1e6)").await;
    ana.see_no("#jump").await;
    take(&ana, "conversation-390-dark-de").await;
    ana.leave().await;
}

/// What is neither picture nor sound nor film nor PDF. Last of all, since it stays in the conversation.
async fn any_other_file(demo: &Demo, screen: Screen, width: &str) {
    let table = folder("target/gallery/tide-table.csv");
    std::fs::write(&table, "day,high,low\nSaturday,05:48,12:02\n").unwrap();
    let ana = demo.person("ana", Browser::chromium(screen).await);
    ana.go("/login").await;
    ana.enter_password(demo.field("ana", "password")).await;
    ana.see("#nav-chats").await;
    ana.open_conversation("chloe").await;
    ana.see(".message .picture.loaded").await;
    ana.send_file(&table).await;
    ana.read(".message:last-child", "delivered").await;
    take(&ana, &format!("card-{width}-light")).await;
    ana.leave().await;
}

/// Waits until the PDF viewer, into which no script can look, shows a white page on its dark ground.
async fn see_paper(person: &Person) {
    let viewer = person.see(".player.pdf iframe").await;
    let began = Instant::now();
    loop {
        let shot = image::load_from_memory(&viewer.screenshot_as_png().await.unwrap()).unwrap().into_rgb8();
        let white = shot.pixels().filter(|pixel| pixel.0 == [255; 3]).count();
        if white > shot.pixels().len() / 4 {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "the PDF is not drawn");
        actix_web::rt::time::sleep(GLANCE).await;
    }
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Writes what is on the screen to `target/gallery/{name}.png`, as small as it gets, and to `docs/screenshots` if it is one that is shown there.
async fn take(person: &Person, name: &str) {
    person.wait_for(SETTLED).await;
    // Spinners and highlights go by themselves: nothing moves when two looks in a row are the same.
    let mut shot = look(person).await;
    loop {
        actix_web::rt::time::sleep(GLANCE).await;
        let next = look(person).await;
        if next == shot {
            break;
        }
        shot = next;
    }
    let path = folder("target/gallery").join(format!("{name}.png"));
    let file = std::fs::File::create(&path).unwrap();
    shot.write_with_encoder(PngEncoder::new_with_quality(file, CompressionType::Best, FilterType::Adaptive)).unwrap();
    if CHOSEN.contains(&name) {
        std::fs::copy(path, folder("docs/screenshots").join(format!("{name}.png"))).unwrap();
    }
}

async fn look(person: &Person) -> RgbImage {
    image::load_from_memory(&person.driver().screenshot_as_png().await.unwrap()).unwrap().into_rgb8()
}

/// A running `kith demo`.
struct Demo {
    process: Child,
    nodes: Vec<Value>,
}

impl Demo {
    fn start() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_kith")).args(["demo", "--json"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).expect("the demo says where it is");
        Self { process, nodes: told["nodes"].as_array().unwrap().clone() }
    }

    fn field(&self, name: &str, field: &str) -> &str {
        let node = self.nodes.iter().find(|node| node["username"] == name).unwrap();
        node[field].as_str().unwrap()
    }

    fn person(&self, name: &'static str, browser: Browser) -> Person {
        Person::at(self.field(name, "url"), name, browser)
    }

    /// Ends the demo as Ctrl-C does, so that it removes its data.
    fn stop(mut self) {
        assert!(Command::new("kill").args(["-INT", &self.process.id().to_string()]).status().unwrap().success());
        assert!(self.process.wait().unwrap().success());
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It has ended by now, unless the test failed.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
