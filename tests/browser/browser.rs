//! Browsers without a window, each driven by a driver program of its own.

use std::ffi::OsStr;
use std::io::{self, BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::{Capabilities, WebDriver};

/// How long a page may take to show what it should. Loaded machines are slow; nothing waits this long unless it fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// How often the page is looked at meanwhile.
pub(crate) const GLANCE: Duration = Duration::from_millis(50);

/// How often a driver may fail to start: about one start in twenty does on a busy machine.
const DRIVER_STARTS: usize = 8;

/// What is fetched from elsewhere without being asked for, first-run greetings, and what only works with a graphics card or a user account.
const CHROMIUM_FLAGS: [&str; 12] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-prefers-reduced-motion",
    // A microphone that hums, for voice notes.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    // Chromium ends with its driver, however that ends.
    "--remote-debugging-pipe",
];

/// What a page is drawn on, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Screen {
    /// 1280 x 800, with a mouse.
    Desk,
    /// 390 x 844, with a finger.
    Phone,
    /// 320 x 640, with a finger: the narrowest.
    Narrow,
    /// 768 x 1024, with a finger.
    Tablet,
    /// 1920 x 1080, with a mouse.
    Wall,
}

impl Screen {
    /// As Chromium emulates it: the page's own size, without the frame of a window.
    fn metrics(self) -> Value {
        let (width, height) = self.size();
        let touch = matches!(self, Self::Phone | Self::Narrow | Self::Tablet);
        json!({ "width": width, "height": height, "pixelRatio": 1, "touch": touch, "mobile": touch })
    }

    fn size(self) -> (u32, u32) {
        match self {
            Self::Narrow => (320, 640),
            Self::Phone => (390, 844),
            Self::Tablet => (768, 1024),
            Self::Desk => (1280, 800),
            Self::Wall => (1920, 1080),
        }
    }
}

/// An open browser. It is closed when dropped, also by a test that fails.
pub(crate) struct Browser {
    // The order matters: the driver ends first, and the browser with it, and then the folder can go.
    pub(crate) driver: WebDriver,
    process: DriverProcess,
    _profile: TempDir,
}

impl Browser {
    /// Opens Chromium.
    pub(crate) async fn chromium(screen: Screen) -> Self {
        Self::chromium_in("en", screen).await
    }

    /// Opens the Chromium of somebody who reads `language`.
    pub(crate) async fn chromium_in(language: &str, screen: Screen) -> Self {
        let profile = tempfile::tempdir().unwrap();
        let folder = format!("--user-data-dir={}", profile.path().display());
        let flags: Vec<&str> = CHROMIUM_FLAGS.into_iter().chain([folder.as_str()]).collect();
        let options = json!({
            "binary": program("chromium"),
            "args": flags,
            "prefs": { "intl.accept_languages": language },
            "mobileEmulation": { "deviceMetrics": screen.metrics() },
        });
        let wanted = json!({
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        });
        Self::open(DriverProcess::start("chromedriver", &["--port=0"]), wanted, profile).await
    }

    /// Opens Firefox.
    pub(crate) async fn firefox() -> Self {
        let firefox = find("firefox").unwrap_or_else(|| program("firefox-esr"));
        let profile = tempfile::tempdir().unwrap();
        let options = json!({ "binary": firefox, "args": ["-headless", "-profile", profile.path()], "prefs": quiet_firefox() });
        let wanted = json!({ "browserName": "firefox", "moz:firefoxOptions": options });
        Self::open(DriverProcess::start("geckodriver", &["--port", "0"]), wanted, profile).await
    }

    async fn open(process: DriverProcess, wanted: Value, profile: TempDir) -> Self {
        let Value::Object(wanted) = wanted else { unreachable!("capabilities are an object") };
        let session = WebDriver::new(process.url.as_str(), Capabilities::from(wanted)).await;
        Self { driver: session.expect("open the browser"), process, _profile: profile }
    }

    /// Runs `script` in each page of Chromium from now on, before its own.
    pub(crate) async fn prepare_pages(&self, script: &str) {
        let command = json!({ "cmd": "Page.addScriptToEvaluateOnNewDocument", "params": { "source": script } });
        let call = format!("{}/session/{}/goog/cdp/execute", self.process.url, self.driver.session_id());
        let answer = reqwest::Client::new().post(call).json(&command).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    pub(crate) async fn close(self) {
        self.driver.clone().quit().await.unwrap();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // A test that fails cannot wait for a polite end, which needs its own thread.
        let _ = self.driver.clone().leak();
    }
}

/// Firefox looks for portals, updates and bad addresses unless told not to.
fn quiet_firefox() -> Value {
    json!({
        "app.normandy.enabled": false,
        "app.update.enabled": false,
        "browser.safebrowsing.malware.enabled": false,
        "browser.safebrowsing.phishing.enabled": false,
        "intl.accept_languages": "en",
        "network.captive-portal-service.enabled": false,
        "network.connectivity-service.enabled": false,
        "ui.prefersReducedMotion": 1,
    })
}

/// A running chromedriver or geckodriver.
struct DriverProcess {
    child: Child,
    url: String,
}

impl DriverProcess {
    /// Starts the driver, which takes a free port and says which.
    fn start(name: &str, arguments: &[&str]) -> Self {
        // Chromedriver takes a port that is free in IPv6, and ends if the same is not free in IPv4.
        (0..DRIVER_STARTS).find_map(|_| Self::try_start(name, arguments)).unwrap_or_else(|| panic!("{name} does not start"))
    }

    fn try_start(name: &str, arguments: &[&str]) -> Option<Self> {
        let child = Command::new(program(name)).args(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect(name);
        let mut process = Self { child, url: String::new() };
        let port = announced_port(process.child.stdout.take()?)?;
        process.url = format!("http://127.0.0.1:{port}");
        Some(process)
    }
}

impl Drop for DriverProcess {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads the port from "... was started successfully on port 41573." or "... Listening on 127.0.0.1:41573".
fn announced_port(output: ChildStdout) -> Option<u16> {
    let mut output = BufReader::new(output);
    let mut line = String::new();
    while output.read_line(&mut line).expect("read what the driver says") > 0 {
        if line.contains("started successfully") || line.contains("Listening") {
            // What follows goes nowhere, but has to be taken, or the driver would wait.
            std::thread::spawn(move || io::copy(&mut output, &mut io::sink()));
            return line.trim_end().trim_end_matches('.').rsplit([' ', ':']).next()?.parse().ok();
        }
        line.clear();
    }
    None
}

fn program(name: &str) -> PathBuf {
    find(name).unwrap_or_else(|| {
        panic!("the browser tests need {name}, which is not installed: run scripts/test, which installs browsers and their drivers")
    })
}

fn find(name: impl AsRef<OsStr>) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(name.as_ref())).find(|path| path.is_file())
}
