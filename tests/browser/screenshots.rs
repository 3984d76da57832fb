//! The pictures in `docs/screenshots`, taken of the demo. `scripts/screenshots` runs this.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use image::RgbImage;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use serde_json::Value;

use super::browser::{Browser, GLANCE, PATIENCE, Screen};
use super::person::Person;

/// Everything in sight is there: pictures are drawn, sound and film know how long they are, and no grey bars stand in for text.
const SETTLED: &str = "document.readyState === 'complete' && !document.querySelector('.skeleton')
    && [...document.images].every((image) => image.complete || !image.checkVisibility())
    && [...document.querySelectorAll('audio, video')].every((player) => player.readyState > 1 && player.networkState === 1)";

#[actix_web::test]
#[ignore = "writes docs/screenshots, see scripts/screenshots"]
async fn takes_a_picture_of_each_page() {
    let demo = Demo::start();
    for (screen, size, theme) in [(Screen::Desk, "1280", "dark"), (Screen::Phone, "390", "light")] {
        let ana = demo.person("ana", screen).await;
        ana.go("/login").await;
        take(&ana, &format!("login-{size}")).await;
        ana.enter_password(demo.field("ana", "password")).await;
        ana.see("#nav-chats").await;
        ana.go("/people").await;
        ana.see(".person-row[data-username='chloe']").await;
        take(&ana, &format!("people-{size}")).await;
        ana.go("/events").await;
        ana.see(".guest[data-username='ben'][data-attendance='going']").await;
        take(&ana, &format!("events-{size}")).await;
        ana.go("/profile").await;
        ana.see("#profile-form").await;
        take(&ana, &format!("profile-{size}")).await;

        ana.open_conversation("chloe").await;
        take(&ana, &format!("picture-{size}")).await;
        ana.open_conversation("ben").await;
        ana.see(".message video").await;
        ana.evaluate("document.querySelector('#log-scroll').scrollTo(0, 1e6)").await;
        ana.see_no("#jump").await;
        take(&ana, &format!("conversation-{size}")).await;
        set_theme(&ana, theme).await;
        ana.evaluate("document.querySelector('.player.audio').scrollIntoView({ block: 'center' })").await;
        take(&ana, &format!("sound-{size}-{theme}")).await;
        set_theme(&ana, "light").await;

        ana.press(".player.pdf [aria-expanded='false']").await;
        ana.evaluate("document.querySelector('.player.pdf').scrollIntoView()").await;
        see_paper(&ana).await;
        take(&ana, &format!("files-{size}")).await;
        ana.leave().await;
    }
    demo.stop();
}

async fn set_theme(person: &Person, theme: &str) {
    person.press("#me-button").await;
    person.press(&format!("[data-set-theme='{theme}']")).await;
    person.press("#me-button").await;
    person.see_no("#me-menu").await;
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

/// Writes what is on the screen to `docs/screenshots/{name}.png`, as small as it gets.
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
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/screenshots/{name}.png"));
    let file = std::fs::File::create(&path).unwrap();
    shot.write_with_encoder(PngEncoder::new_with_quality(file, CompressionType::Best, FilterType::Adaptive)).unwrap();
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

    async fn person(&self, name: &'static str, screen: Screen) -> Person {
        Person::at(self.field(name, "url"), name, Browser::chromium(screen).await)
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
