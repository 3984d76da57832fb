//! Somebody in front of a browser: what they do on a page, and what they wait to see.

use std::path::Path;
use std::time::Instant;

use serde_json::Value;
use thirtyfour::TypingData;
use thirtyfour::prelude::*;
use thirtyfour::session::scriptret::ScriptRet;

use super::browser::{Browser, GLANCE, PATIENCE, Screen};
use super::support::password_of;
use super::town::Town;

/// The first answers are shown, and news will be.
const LIVE: &str = "#nav-chats";

/// Somebody with a node and a browser.
pub(crate) struct Person {
    pub(crate) name: &'static str,
    pub(crate) url: String,
    browser: Browser,
}

impl Person {
    /// Somebody who has not logged in yet.
    pub(crate) async fn arrives(town: &Town, name: &'static str, screen: Screen) -> Self {
        Self::at(&town.url_of(name), name, Browser::chromium(screen).await)
    }

    /// Somebody whose node is at `url`.
    pub(crate) fn at(url: &str, name: &'static str, browser: Browser) -> Self {
        Self { name, url: url.to_owned(), browser }
    }

    /// Somebody who has logged in through the page.
    pub(crate) async fn logs_in(town: &Town, name: &'static str, screen: Screen) -> Self {
        let person = Self::arrives(town, name, screen).await;
        person.log_in().await;
        person
    }

    pub(crate) fn driver(&self) -> &WebDriver {
        &self.browser.driver
    }

    /// Runs `script` in each page from now on, before its own.
    pub(crate) async fn prepare_pages(&self, script: &str) {
        self.browser.prepare_pages(script).await;
    }

    pub(crate) async fn leave(self) {
        self.browser.close().await;
    }

    // What they do.

    pub(crate) async fn go(&self, path: &str) {
        self.driver().goto(format!("{}{path}", self.url)).await.unwrap();
    }

    pub(crate) async fn log_in(&self) {
        self.go("/").await;
        self.log_in_here().await;
    }

    pub(crate) async fn log_in_here(&self) {
        self.enter_password(&password_of(self.name)).await;
        self.see(LIVE).await;
    }

    pub(crate) async fn enter_password(&self, password: &str) {
        self.write("#username", self.name).await;
        self.write("#password", password).await;
        self.press("#login-button").await;
    }

    /// Presses what can be pressed, once it can.
    pub(crate) async fn press(&self, css: &str) {
        let pressed = self.find(css, "", "!element.disabled").await.click().await;
        if let Err(error) = pressed {
            self.fail(&format!("cannot press {css}: {error}")).await;
        }
    }

    /// Presses keys together on the keyboard itself, wherever the focus is.
    pub(crate) async fn tap(&self, keys: impl Into<TypingData>) {
        let keys = keys.into().as_vec();
        let pressed = keys.iter().fold(self.driver().action_chain(), |chain, key| chain.key_down(*key));
        keys.iter().rev().fold(pressed, |chain, key| chain.key_up(*key)).perform().await.unwrap();
    }

    /// Puts `text` into a field in place of what is there.
    pub(crate) async fn write(&self, css: &str, text: &str) {
        let field = self.see(css).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Puts `text` into a field in one go, as by pasting it: line breaks are no key.
    pub(crate) async fn write_at_once(&self, css: &str, text: &str) {
        let field = self.see(css).await;
        let script = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', { bubbles: true }))";
        self.driver().execute(script, vec![field.to_json().unwrap(), text.into()]).await.unwrap();
    }

    /// Goes on writing behind what is in a field.
    pub(crate) async fn type_into(&self, css: &str, text: &str) {
        self.see(css).await.send_keys(text).await.unwrap();
    }

    /// Moves to something as the Tab key, or a script of the page, would.
    pub(crate) async fn focus(&self, css: &str) {
        let element = self.see(css).await;
        self.driver().execute("arguments[0].focus()", vec![element.to_json().unwrap()]).await.unwrap();
    }

    /// Presses keys, which go to whatever has the focus.
    pub(crate) async fn type_into_focused(&self, keys: impl Into<TypingData>) {
        self.driver().active_element().await.unwrap().send_keys(keys).await.unwrap();
    }

    /// Moves the pointer over something.
    pub(crate) async fn point_at(&self, css: &str) {
        let element = self.see(css).await;
        self.driver().action_chain().move_to_element_center(&element).perform().await.unwrap();
    }

    /// Rests a finger on something, until a menu is there.
    pub(crate) async fn press_long(&self, css: &str) {
        let element = self.see(css).await;
        let touch = "const box = arguments[0].getBoundingClientRect();
            const at = { pointerType: 'touch', bubbles: true, cancelable: true, clientX: box.left + 10, clientY: box.top + 10 };
            arguments[0].dispatchEvent(new PointerEvent(arguments[1], at))";
        let finger = async |what: &str| {
            self.driver().execute(touch, vec![element.to_json().unwrap(), what.into()]).await.unwrap();
        };
        finger("pointerdown").await;
        self.see("#message-menu").await;
        finger("pointerup").await;
    }

    pub(crate) async fn choose_file(&self, css: &str, file: &Path) {
        let input = self.driver().find(By::Css(css)).await.unwrap();
        input.send_keys(file.to_str().expect("a path in UTF-8")).await.unwrap();
    }

    pub(crate) async fn open_conversation(&self, with: &str) {
        self.go(&format!("/chats/{with}")).await;
        self.see(&format!("#talk-person[href='/people/{with}']")).await;
    }

    pub(crate) async fn send(&self, text: &str) {
        self.write("#composer-text", text).await;
        self.press("#send-button").await;
    }

    pub(crate) async fn send_file(&self, file: &Path) {
        self.choose_file("#file-input", file).await;
    }

    pub(crate) async fn set_status(&self, status: &str) {
        self.press("#me-button").await;
        self.press(&format!("[data-set-status='{status}']")).await;
        self.see(&format!("#me-button[data-status='{status}']")).await;
    }

    // What they see.

    /// Waits until something that fits is shown.
    pub(crate) async fn see(&self, css: &str) -> WebElement {
        self.find(css, "", "true").await
    }

    /// Waits until something that fits is shown with `text` in it.
    pub(crate) async fn read(&self, css: &str, text: &str) -> WebElement {
        self.find(css, text, "true").await
    }

    /// Waits until the node has this draft.
    pub(crate) async fn draft_is_kept(&self, text: &str) {
        let asked = "fetch('/api/drafts').then((answer) => answer.json()).then((drafts) => { document.body.dataset.drafts = JSON.stringify(drafts) })";
        self.wait_for(&format!("({asked}, (document.body.dataset.drafts ?? '').includes({:?}))", format!("\"{text}\""))).await;
    }

    /// Asks the page in one go: what is drawn anew between two questions would be lost.
    async fn find(&self, css: &str, text: &str, condition: &str) -> WebElement {
        let script = format!(
            "return [...document.querySelectorAll(arguments[0])].find((element) =>
               element.checkVisibility() && element.innerText.includes(arguments[1]) && {condition})"
        );
        let began = Instant::now();
        loop {
            let answer = self.driver().execute(&script, vec![css.into(), text.into()]).await;
            if let Ok(found) = answer.and_then(ScriptRet::element) {
                return found;
            }
            self.wait_on(began, &format!("{css} {text}")).await;
        }
    }

    /// Waits until nothing that fits is shown.
    pub(crate) async fn see_no(&self, css: &str) {
        let hidden = format!("[...document.querySelectorAll({css:?})].every((element) => !element.checkVisibility())");
        self.wait_for(&hidden).await;
    }

    /// Waits until an expression in the page is true.
    pub(crate) async fn wait_for(&self, script: &str) {
        let began = Instant::now();
        while self.evaluate(script).await != Value::Bool(true) {
            self.wait_on(began, script).await;
        }
    }

    /// Waits until something in the page is done, as long as it goes on: as long as the number that tells its progress grows.
    pub(crate) async fn wait_while_it_grows(&self, progress: &str, done: &str) {
        let mut reached = Value::from(-1);
        while self.evaluate(done).await != Value::Bool(true) {
            self.wait_for(&format!("{done} || {progress} > {reached}")).await;
            reached = self.evaluate(progress).await;
        }
    }

    /// The value of an expression in the page; nothing while the page is being left.
    pub(crate) async fn evaluate(&self, script: &str) -> Value {
        let answer = self.driver().execute(format!("return ({script});"), Vec::new()).await;
        answer.map_or(Value::Null, |answer| answer.json().clone())
    }

    /// What a script in the page returns, once it is there.
    pub(crate) async fn run(&self, script: &str) -> Value {
        self.driver().execute(script, Vec::new()).await.unwrap().json().clone()
    }

    /// Leaves a mark that goes when the page is loaded again.
    pub(crate) async fn mark_page(&self) {
        self.evaluate("document.documentElement.dataset.marked = 'yes'").await;
    }

    pub(crate) async fn is_same_page(&self) -> bool {
        self.evaluate("document.documentElement.dataset.marked === 'yes'").await == Value::Bool(true)
    }

    /// Complaints of the browser about the page since the last call: script errors, refused content, failed requests.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let entries = self.driver().browser_log().await.unwrap();
        entries.into_iter().filter(|entry| entry.level == "SEVERE").map(|entry| entry.message).collect()
    }

    /// The addresses that the browser was about to call since the last call, other than on this person's node.
    pub(crate) async fn calls_elsewhere(&self) -> Vec<String> {
        let entries = self.driver().get_log("performance").await.unwrap();
        let addresses = entries.iter().filter_map(|entry| {
            let event: Value = serde_json::from_str(&entry.message).ok()?;
            event.pointer("/message/params/request/url")?.as_str().map(str::to_owned)
        });
        let is_own =
            |address: &str| ["data:", "blob:", "chrome:", "chrome-untrusted:", "about:"].iter().any(|scheme| address.starts_with(scheme));
        addresses.filter(|address| !address.starts_with(&self.url) && !is_own(address)).collect()
    }

    /// Lets a moment pass. Fails the test, with a picture of the page as it is, once that was enough of them.
    async fn wait_on(&self, since: Instant, what: &str) {
        if since.elapsed() < PATIENCE {
            return actix_web::rt::time::sleep(GLANCE).await;
        }
        self.fail(&format!("waits in vain for {what}")).await;
    }

    /// Fails the test, with a picture of the page as it is.
    async fn fail(&self, why: &str) -> ! {
        let picture = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{}.png", self.name, std::process::id()));
        let taken = self.driver().screenshot(&picture).await;
        let address = self.evaluate("location.href").await;
        panic!("{} {why}\n  on {address}\n  picture: {} {taken:?}", self.name, picture.display());
    }
}
