//! The pages: the frame that the browser gets, and what keeps it safe.

use reqwest::Method;
use serde_json::json;

use super::support::{Reply, TestNetwork};

const PAGES: [&str; 7] = ["/chats", "/chats/ben", "/people", "/people/ben", "/events", "/profile", "/settings"];

#[actix_web::test]
async fn who_is_not_logged_in_is_sent_to_log_in_and_back() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let home = node.get("/").await;
    assert_eq!((home.status, home.header("location")), (303, "/login"));
    for page in PAGES {
        let answer = node.get(page).await;
        let next = page.replace('/', "%2F");
        assert_eq!((answer.status, answer.header("location")), (303, format!("/login?next={next}").as_str()));
    }
    let ana = node.as_user("ana").await;
    assert_eq!(ana.get("/").await.header("location"), "/chats");
    for (next, to) in
        [("%2Fpeople", "/people"), ("https:%2F%2Fevil.example", "/chats"), ("%2F%2Fevil.example", "/chats"), ("%2F%5Cevil", "/chats")]
    {
        let answer = ana.get(&format!("/login?next={next}")).await;
        assert_eq!((answer.status, answer.header("location")), (303, to), "{next}");
    }
    let hostile = node.get("/login?next=https://evil.example").await.ok();
    assert!(!hostile.text().contains("evil.example"));
    network.stop().await;
}

#[actix_web::test]
async fn every_page_has_the_same_menu_and_the_limits() {
    let network = TestNetwork::start().await;
    let node = network.node_with(|settings| settings.limits.file_bytes = 4_321_000).await;
    let ana = node.as_user("ana").await;
    for page in PAGES {
        let html = ana.get(page).await.ok().text();
        for link in ["href=\"/chats\"", "href=\"/people\"", "href=\"/events\"", "href=\"/profile\""] {
            assert!(html.contains(link), "{page} has no {link}");
        }
        assert!(html.contains("4321000"), "{page} does not say how large a file may be");
        assert!(html.contains(&ana.csrf_token()), "{page}");
    }
    network.stop().await;
}

#[actix_web::test]
async fn pages_carry_no_script_of_their_own_and_load_nothing_from_elsewhere() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ana = node.as_user("ana").await;
    for page in PAGES.into_iter().chain(["/nowhere"]) {
        let answer = ana.get(page).await;
        let policy = answer.header("content-security-policy");
        for part in ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "form-action 'self'"] {
            assert!(policy.contains(part), "{page}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{page}: {policy}");
        assert_eq!((answer.header("x-content-type-options"), answer.header("cache-control")), ("nosniff", "no-store"), "{page}");
        let html = answer.text();
        for forbidden in [" style=\"", "<style", " onclick=", " onload=", "<script>", "src=\"http", "href=\"http"] {
            assert!(!html.contains(forbidden), "{page} has {forbidden}");
        }
    }
    network.stop().await;
}

#[actix_web::test]
async fn everything_that_a_page_loads_is_there() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ana = node.as_user("ana").await;
    let mut found = 0;
    let html = ana.get("/chats").await.ok().text() + &node.get("/login").await.ok().text();
    for link in html.split('"').filter(|link| link.starts_with("/static/")) {
        let path = link.split(['#', '?']).next().unwrap();
        let answer = node.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        let kind = answer.header("content-type");
        let expected = [(".css", "text/css"), (".js", "text/javascript"), (".svg", "image/svg+xml")];
        assert!(expected.iter().all(|(ending, expected)| !path.ends_with(ending) || kind.starts_with(expected)), "{path}: {kind}");
        found += 1;
    }
    assert!(found >= 3, "{html}");
    for path in
        ["/static/../Cargo.toml", "/static/%2e%2e/Cargo.toml", "/static/..%2fCargo.toml", "/static/js/../../config/kith.toml", "/static/"]
    {
        let mut connection = super::support::RawConnection::open(node.address()).await;
        connection.write(format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n")).await;
        let answer = connection.answer().await;
        assert!(answer.starts_with("HTTP/1.1 404 ") || answer.starts_with("HTTP/1.1 400 "), "{path}: {answer}");
    }
    network.stop().await;
}

#[actix_web::test]
async fn a_file_of_the_pages_comes_compressed_and_only_once() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let visitor = node.visitor("ana");
    let get = async |headers: &[(&'static str, String)]| {
        let request = visitor.request(reqwest::Method::GET, "/static/css/base.css");
        Reply::of(headers.iter().fold(request, |request, (name, value)| request.header(*name, value))).await
    };
    let plain = get(&[]).await.ok();
    let packed = get(&[("accept-encoding", "gzip, br".to_owned())]).await.ok();
    assert_eq!((plain.header("content-encoding"), packed.header("content-encoding")), ("", "gzip"));
    assert!(packed.body.len() * 2 < plain.body.len() && packed.body.starts_with(&[0x1f, 0x8b]));
    for (answer, accepted) in [(&plain, "identity"), (&packed, "gzip")] {
        assert_eq!((answer.header("vary"), answer.header("cache-control")), ("Accept-Encoding", "no-cache"));
        let tag = answer.header("etag").to_owned();
        let again = get(&[("accept-encoding", accepted.to_owned()), ("if-none-match", format!("\"other\", {tag}"))]).await;
        assert_eq!((again.status, again.header("etag"), again.body.is_empty()), (304, tag.as_str(), true));
    }
    assert_ne!(plain.header("etag"), packed.header("etag"));
    network.stop().await;
}

#[actix_web::test]
async fn what_is_not_there_is_said_in_the_form_of_whoever_asks() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let page = node.get("/nowhere").await;
    assert_eq!((page.status, page.header("content-type").starts_with("text/html")), (404, true));
    assert_eq!(node.get("/api/nowhere").await.error(), (404, "not_found".to_owned()));
    assert_eq!(node.get("/static/nowhere.js").await.status, 404);
    network.stop().await;
}

#[actix_web::test]
async fn every_page_is_in_the_language_that_the_browser_would_rather_have() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let (ana, visitor) = (node.as_user("ana").await, node.visitor("nobody"));
    for (wanted, language, menu) in
        [("de-AT,de;q=0.9,en;q=0.8", "de", "Leute"), ("fr,en;q=0.5,de;q=0.3", "en", "People"), ("fr", "en", "People")]
    {
        for (user, page) in PAGES.into_iter().chain(["/nowhere"]).map(|page| (&ana, page)).chain([(&visitor, "/login")]) {
            let answer = Reply::of(user.request(Method::GET, page).header("Accept-Language", wanted)).await;
            assert_eq!(answer.header("vary"), "Accept-Language", "{page}");
            let html = answer.text();
            assert!(html.contains(&format!("<html lang=\"{language}\">")), "{page} for {wanted}");
            assert!(html.contains(&format!("/static/js/texts/{language}.js")), "{page} for {wanted}");
            assert_eq!(html.contains(&format!("<span>{menu}</span>")), page != "/login", "{page} for {wanted}: {html}");
        }
    }
    network.stop().await;
}

/// Lesson 3: what a user calls themselves is text in every page.
#[actix_web::test]
async fn names_are_escaped_in_pages() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ana = node.as_user("ana").await;
    let name = "\"><script>alert(1)</script><img src=x onerror='alert(2)'>";
    ana.put("/api/profile", &json!({ "fullname": name, "description": name })).await.ok();
    for page in PAGES {
        let html = ana.get(page).await.ok().text();
        assert!(!html.contains("<script>alert") && !html.contains("<img src=x"), "{page}");
        assert!(html.contains("&lt;script&gt;alert(1)"), "{page} does not show the name");
    }
    network.stop().await;
}
