//! What others write and send is shown, and does nothing.

use super::browser::Screen;
use super::person::Person;
use super::town::Town;

/// Each would call `alert`, or somebody elsewhere, in a page that trusted it.
const ATTACKS: [&str; 8] = [
    "<script>alert('script')</script>",
    "<img src=x onerror=alert('image')>",
    "<svg onload=alert('svg')><style>body { display: none }</style></svg>",
    "<iframe srcdoc=\"<script>parent.alert('frame')</script>\"></iframe>",
    "<form action=http://elsewhere.test/><button>Log in again</button></form>",
    "[link](javascript:alert('link')) <a href=\"javascript:alert('raw')\">raw</a>",
    "![spy](http://elsewhere.test/pixel.png) <video src=http://elsewhere.test/film.webm autoplay></video>",
    "<base href=http://elsewhere.test/><meta http-equiv=refresh content=0;url=http://elsewhere.test/>",
];

/// What none of the above may leave behind in a message.
const HARMFUL: &str = ".message :is(script, style, iframe, form, base, meta, object, embed, svg:not(.icon), .rich img, .rich video, [onerror], [onload], \
    a[href^='javascript' i])";

#[actix_web::test]
async fn markdown_is_drawn_and_hostile_text_does_nothing() {
    let town = Town::of(["ana", "ben"]).await;
    let ana = Person::logs_in(&town, "ana", Screen::Desk).await;
    let ben = Person::logs_in(&town, "ben", Screen::Desk).await;
    ana.open_conversation("ben").await;
    ben.open_conversation("ana").await;

    ben.send("**bold** `code` ~~gone~~ [kith](http://elsewhere.test/kith)").await;
    ana.read(".message.theirs strong", "bold").await;
    ana.read(".message.theirs code", "code").await;
    ana.read(".message.theirs del", "gone").await;
    let link = ana.see(".message.theirs a[href='http://elsewhere.test/kith']").await;
    assert_eq!(link.attr("rel").await.unwrap().as_deref(), Some("noopener noreferrer"));

    for attack in ATTACKS {
        ben.send(attack).await;
    }
    ben.press("#markdown-toggle").await;
    for attack in ATTACKS {
        ben.send(attack).await;
    }
    ben.send("Are you still there?").await;
    for person in [&ana, &ben] {
        person.read(".message .plain", "Are you still there?").await;
        person.read(".message .plain", ATTACKS[0]).await;
        unharmed(person).await;
    }
    ana.leave().await;
    ben.leave().await;
    town.stop().await;
}

#[actix_web::test]
async fn hostile_names_and_files_do_nothing() {
    let town = Town::of(["ana", "ben"]).await;
    let ana = Person::logs_in(&town, "ana", Screen::Desk).await;
    let ben = Person::logs_in(&town, "ben", Screen::Desk).await;
    let attack = "<img src=x onerror=alert('name')>";
    ben.go("/profile").await;
    for field in ["#fullname", "#position", "#location", "#description"] {
        ben.write(field, attack).await;
    }
    ben.press("#profile-save").await;
    ben.read("#me-name", attack).await;
    ana.read("#conversation-list [data-username='ben']", attack).await;

    let folder = tempfile::tempdir().unwrap();
    let (page, picture) = (folder.path().join("<img src=x onerror=alert(1)>.html"), folder.path().join("drawing.svg"));
    std::fs::write(&page, "<script>alert('page')</script>").unwrap();
    std::fs::write(&picture, "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>").unwrap();
    ana.open_conversation("ben").await;
    ben.open_conversation("ana").await;
    ben.send_file(&page).await;
    ben.send_file(&picture).await;
    for person in [&ana, &ben] {
        person.read(".message .file-card", ".html").await;
        person.read(".message .file-card", "drawing.svg").await;
    }
    for path in ["/people", "/people/ben"] {
        ana.go(path).await;
        ana.read("main", attack).await;
    }
    for person in [&ana, &ben] {
        unharmed(person).await;
    }
    ana.leave().await;
    ben.leave().await;
    town.stop().await;
}

/// No dialog was opened, nothing harmful is in the page, nothing was refused by its policy, and nobody elsewhere was called.
pub(super) async fn unharmed(person: &Person) {
    assert!(person.driver().get_alert_text().await.is_err(), "{} sees a dialog", person.name);
    assert_eq!(person.evaluate(&format!("document.querySelectorAll({HARMFUL:?}).length")).await, 0, "{}", person.name);
    assert_eq!(person.complaints().await, Vec::<String>::new(), "{}", person.name);
    assert_eq!(person.calls_elsewhere().await, Vec::<String>::new(), "{}", person.name);
}

#[actix_web::test]
async fn calls_elsewhere_would_be_seen() {
    let town = Town::of(["ana"]).await;
    let ana = Person::arrives(&town, "ana", Screen::Desk).await;
    ana.go("/").await;
    ana.evaluate("document.body.append(Object.assign(new Image(), { src: 'http://elsewhere.test/pixel.png' }))").await;
    assert_eq!(ana.calls_elsewhere().await, ["http://elsewhere.test/pixel.png"]);
    assert_ne!(ana.complaints().await, Vec::<String>::new());
    ana.leave().await;
    town.stop().await;
}
