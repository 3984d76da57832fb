//! `kith demo`: a login server and three nodes on this machine, with people who have really talked.
//!
//! Nothing is painted on: the accounts are in the login server's database, and each message below went from one node to another through
//! the protocol before the table is printed.

mod story;

use std::path::{Path, PathBuf};
use std::time::Duration;

use actix::Addr;
use anyhow::{Context as _, Result, ensure};
use rusqlite::Connection;
use serde_json::json;

use self::story::{CAST, Character, Line, PLAN, SCRIPT};
use crate::actors::node::{FindSession, LogIn};
use crate::actors::presence::LookAround;
use crate::actors::session::{AnswerEvent, ChangePicture, ChangeProfile, MakeEvent, Send, Session};
use crate::cli::{StopSignal, say};
use crate::config::Settings;
use crate::db::queries::{event_outbox, outbox};
use crate::domain::clock;
use crate::domain::event::{EventDetails, EventId};
use crate::domain::message::{Attachment, Content, Markup};
use crate::domain::picture;
use crate::domain::stamp::Stamp;
use crate::domain::username::Username;
use crate::login_server::account_command;
use crate::protocol::login_server::Credential;
use crate::startup::Node;
use crate::web::login_server::RunningLoginServer;
use crate::{domain, web};

/// How often nodes look around: on one machine nobody minds, and a newcomer sees at once how it works.
const LOOK_EVERY_S: u64 = 2;

/// Longest time in which the conversations are to be through.
const TALK_WITHIN: Duration = Duration::from_secs(20);

/// Between two lines of a conversation: each gets a stamp of its own, so that they stand in the order in which they were said.
const BREATH: Duration = Duration::from_millis(12);

/// Keeps the terminal for the table, unless somebody asked for more.
pub fn quieten(settings: &mut Settings) {
    if settings.log.filter == "info" {
        "warn".clone_into(&mut settings.log.filter);
    }
}

/// Runs the demo until Ctrl-C or SIGTERM.
///
/// # Errors
/// When something cannot be started; what was started until then is stopped.
pub async fn run(settings: &Settings, keep: Option<&Path>, as_json: bool) -> Result<()> {
    let mut signal = StopSignal::listen()?;
    let folder = Folder::open(keep)?;
    let stage = Stage::open(settings, folder.path()).await?;
    let played = async {
        stage.play().await?;
        say(&if as_json { stage.as_json() } else { stage.as_table(keep) })?;
        std::future::pending().await
    };
    let outcome = tokio::select! {
        outcome = played => outcome,
        () = signal.wait() => Ok(()),
    };
    stage.close().await;
    folder.close()?;
    outcome
}

/// Where the data is: for good, or until the end.
enum Folder {
    Kept(PathBuf),
    Temporary(tempfile::TempDir),
}

impl Folder {
    fn open(keep: Option<&Path>) -> Result<Self> {
        match keep {
            Some(folder) => {
                let is_free = !folder.exists() || folder.read_dir().is_ok_and(|mut entries| entries.next().is_none());
                ensure!(is_free, "{} is not empty; --keep wants a new folder", folder.display());
                std::fs::create_dir_all(folder).with_context(|| format!("make the folder {}", folder.display()))?;
                Ok(Self::Kept(folder.to_owned()))
            }
            None => Ok(Self::Temporary(tempfile::Builder::new().prefix("kith-demo-").tempdir().context("make a temporary folder")?)),
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::Kept(folder) => folder,
            Self::Temporary(folder) => folder.path(),
        }
    }

    fn close(self) -> Result<()> {
        match self {
            Self::Kept(_) => Ok(()),
            Self::Temporary(folder) => folder.close().context("remove the temporary folder"),
        }
    }
}

/// The login server and the nodes, one for each of the cast, in the same order.
struct Stage {
    login_server: RunningLoginServer,
    nodes: Vec<Node>,
}

impl Stage {
    async fn open(settings: &Settings, folder: &Path) -> Result<Self> {
        let mut server_settings = settings.login_server.clone();
        server_settings.listen = ([127, 0, 0, 1], 0).into();
        // Nodes that look around every other second, and people who try things out, are no attack.
        server_settings.calls_per_minute = 0;
        server_settings.guesses_per_minute = 0;
        let accounts = folder.join("login-server");
        std::fs::create_dir_all(&accounts).context("make the login server's folder")?;
        for character in &CAST {
            account_command::add(&accounts, &server_settings.salt, &character.username()?, character.password)?;
        }
        let login_server = web::login_server::start(&server_settings, &accounts).await?;
        let mut nodes = Vec::new();
        for character in &CAST {
            let mut settings = settings.clone();
            settings.node.listen = ([127, 0, 0, 1], 0).into();
            settings.node.data = folder.join(character.name);
            settings.node.login_server = login_server.url();
            settings.node.advertise.clear();
            settings.presence.list_every_s = LOOK_EVERY_S;
            settings.presence.status_every_s = LOOK_EVERY_S;
            settings.presence.profile_every_s = LOOK_EVERY_S;
            settings.http.workers = 1;
            nodes.push(Node::build(settings).await?);
        }
        Ok(Self { login_server, nodes })
    }

    /// Logs everybody in, lets them introduce themselves, and lets them talk.
    async fn play(&self) -> Result<()> {
        for (character, node) in CAST.iter().zip(&self.nodes) {
            enter(character, node).await?;
        }
        // The first to come has not seen the last one yet.
        for node in &self.nodes {
            node.state().presence.ask(LookAround).await?;
        }
        for line in &SCRIPT {
            self.speak(line).await?;
            actix::clock::sleep(BREATH).await;
        }
        actix::clock::timeout(TALK_WITHIN, self.everything_is_delivered()).await.context("deliver the conversations")??;
        actix::clock::timeout(TALK_WITHIN, self.plan()).await.context("plan the event")?
    }

    /// The first of the cast invites the others; some have answered by the time that the demo is ready.
    async fn plan(&self) -> Result<()> {
        let host = CAST[0].username()?;
        let others = CAST[1..].iter().map(Character::username).collect::<Result<Vec<_>, _>>()?;
        let hour = (clock::now().seconds() / 3600.0).ceil() + f64::from(24 * PLAN.in_days);
        let details = EventDetails {
            name: PLAN.name.to_owned(),
            description: PLAN.description.to_owned(),
            location: PLAN.location.to_owned(),
            picture: String::new(),
            start: Stamp::from_seconds(hour * 3600.0)?,
            end: Stamp::from_seconds((hour + 2.0) * 3600.0)?,
            markup: Markup::Plain,
        };
        let start = details.start;
        let limits = self.node_of(host.as_str())?.state().settings.events.limits();
        self.session_of(&host).await?.send(MakeEvent { details, guests: others.clone(), limits }).await??;
        self.everything_is_delivered().await?;
        for (guest, attendance) in others.iter().zip(PLAN.answers) {
            if let Some(attendance) = attendance {
                let id = EventId::of(&host, PLAN.name, start, Some(guest));
                self.session_of(guest).await?.send(AnswerEvent { id, attendance }).await??;
            }
        }
        self.everything_is_delivered().await
    }

    async fn session_of(&self, user: &Username) -> Result<Addr<Session>> {
        let node = self.node_of(user.as_str())?;
        node.state().node.send(FindSession(user.clone())).await?.context("find the session that was just opened")
    }

    async fn speak(&self, line: &Line) -> Result<()> {
        let node = self.node_of(line.from)?;
        let (content, file) = match line.says {
            story::Says::Text(text) => (Content::Text { text: text.to_owned(), markup: Markup::Plain }, None),
            story::Says::Markdown(text) => (Content::Text { text: text.to_owned(), markup: Markup::Markdown }, None),
            story::Says::File(name, bytes) => {
                let file = node.state().files.put(bytes)?;
                let content_type = mime_guess::from_path(name).first_or_octet_stream().to_string();
                let name = domain::file::FileName::from_sent(name);
                (Content::File(Attachment { sha256: file.sha256.clone(), name, content_type, size: file.size }), Some(file))
            }
        };
        let (from, to) = (Username::parse(line.from)?, Username::parse(line.to)?);
        self.session_of(&from).await?.send(Send { to, content, file }).await??;
        Ok(())
    }

    fn node_of(&self, name: &str) -> Result<&Node> {
        let index = CAST.iter().position(|character| character.name == name).context("everybody who speaks is in the cast")?;
        self.nodes.get(index).context("there is a node for each of the cast")
    }

    async fn everything_is_delivered(&self) -> Result<()> {
        for node in &self.nodes {
            let waiting =
                |connection: &Connection| Ok(outbox::destinations(connection)?.len() + event_outbox::destinations(connection)?.len());
            while node.state().reader.read(waiting).await? > 0 {
                actix::clock::sleep(BREATH).await;
            }
        }
        Ok(())
    }

    fn as_json(&self) -> String {
        let nodes: Vec<_> = CAST
            .iter()
            .zip(&self.nodes)
            .map(|(character, node)| json!({ "username": character.name, "password": character.password, "url": node.url() }))
            .collect();
        json!({ "login_server": self.login_server.url(), "nodes": nodes }).to_string()
    }

    fn as_table(&self, keep: Option<&Path>) -> String {
        let row = |who: &str, password: &str, address: &str| format!("  {who:<10}{password:<14}{address}");
        let people = CAST.iter().zip(&self.nodes).map(|(character, node)| row(character.name, character.password, &node.url()));
        let end = keep.map_or_else(
            || "Ctrl-C ends the demo and removes its data.".to_owned(),
            |folder| format!("Ctrl-C ends the demo; its data stays in {}.", folder.display()),
        );
        let mut lines = vec![String::new(), row("who", "password", "open in a browser")];
        lines.extend(people);
        lines.extend([
            String::new(),
            format!("The login server is at {}. To be two people at once, use two browsers or a private window.", self.login_server.url()),
            end,
        ]);
        lines.join("\n")
    }

    async fn close(self) {
        futures_util::future::join_all(self.nodes.into_iter().map(Node::stop)).await;
        self.login_server.stop().await;
    }
}

/// Somebody logs in and introduces themselves.
async fn enter(character: &Character, node: &Node) -> Result<()> {
    let (state, username) = (node.state(), character.username()?);
    let credential = Credential::of(character.password, &state.settings.node.password_salt);
    state.node.send(LogIn { username: username.clone(), credential }).await??;
    let session = state.node.send(FindSession(username)).await?.context("find the session that was just opened")?;
    session.send(ChangeProfile(character.profile())).await??;
    let picture = state.files.put(&picture::as_avatar(character.picture)?)?;
    session.send(ChangePicture(Some(picture))).await??;
    Ok(())
}
