//! The town: a login server and nodes, each a program of its own, with their data in a folder that goes with them.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use futures_util::{StreamExt, TryStreamExt, stream};
use tempfile::TempDir;

use super::cast::{Cast, PASSWORD};
use super::program::{Program, Usage, stop_all};
use super::scenario::Scenario;
use crate::db::filling;
use crate::domain::username::Username;
use crate::login_server::LoginServerSettings;
use crate::login_server::accounts::AccountBook;
use crate::login_server::proof::StoredProof;
use crate::protocol::login_server::Credential;

/// Nodes that are started at the same time.
const STARTED_AT_ONCE: usize = 4;

/// What was started.
pub(super) struct Town {
    login_server: Program,
    nodes: Vec<Program>,
    // Removed last, when nobody writes to it any more.
    folder: TempDir,
}

/// What the town uses.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TownUsage {
    /// All nodes together; of open files, the one with the most.
    pub(super) nodes: Usage,
    pub(super) login_server: Usage,
}

impl Town {
    /// Starts everything that `scenario` asks for, with an account for everybody of `cast` who has one.
    pub(super) async fn start(scenario: &Scenario, cast: &Cast) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("kith-loadtest-").tempdir().context("make a temporary folder")?;
        let accounts = folder.path().join("accounts");
        let names: Vec<String> = cast.people.iter().take(scenario.users + scenario.strange).map(|person| person.name.clone()).collect();
        let book = accounts.clone();
        actix_web::web::block(move || add_accounts(&book, &names)).await??;
        fill(scenario, &folder.path().join("node-0")).await?;

        let unlimited = ["CALLS_PER_MINUTE", "GUESSES_PER_MINUTE"].map(|key| (format!("KITH_LOGIN_SERVER__{key}"), "0".to_owned()));
        let login_server = start_program("login-server", &accounts, &[], unlimited.into()).await.context("start the login server")?;
        let variables = variables(scenario);
        let url = login_server.url.clone();
        let start_node = |at: usize| {
            let (data, url, variables) = (folder.path().join(format!("node-{at}")), url.clone(), variables.clone());
            async move { start_program("node", &data, &["--login-server", &url], variables).await }
        };
        let nodes = stream::iter(0..scenario.nodes).map(start_node).buffered(STARTED_AT_ONCE).try_collect().await?;
        Ok(Self { login_server, nodes, folder })
    }

    pub(super) fn login_server(&self) -> &str {
        &self.login_server.url
    }

    pub(super) fn nodes(&self) -> Vec<String> {
        self.nodes.iter().map(|node| node.url.clone()).collect()
    }

    /// How long the slowest node took until it was ready.
    pub(super) fn ready_after(&self) -> Duration {
        self.nodes.iter().map(|node| node.ready_after).max().unwrap_or_default()
    }

    pub(super) fn usage(&self) -> TownUsage {
        let add = |sum: Usage, node: &Program| {
            let usage = node.usage();
            Usage {
                resident_bytes: sum.resident_bytes + usage.resident_bytes,
                open_files: sum.open_files.max(usage.open_files),
                wal_bytes: sum.wal_bytes + usage.wal_bytes,
                cpu_s: sum.cpu_s + usage.cpu_s,
            }
        };
        TownUsage { nodes: self.nodes.iter().fold(Usage::default(), add), login_server: self.login_server.usage() }
    }

    /// Lines in the nodes' logs in which something went wrong that should not.
    pub(super) fn error_lines(&self) -> usize {
        self.nodes.iter().map(Program::error_lines).sum()
    }

    /// Stops all of it and removes the folder.
    pub(super) async fn stop(self) -> Result<()> {
        stop_all(self.nodes).await;
        stop_all(vec![self.login_server]).await;
        self.folder.close().context("remove the folder of the load test")
    }
}

async fn start_program(kind: &str, data: &Path, more: &[&str], variables: Vec<(String, String)>) -> Result<Program> {
    let mut arguments: Vec<String> = [kind, "--log-format", "json", "--listen", "127.0.0.1:0", "--data"].map(ToOwned::to_owned).into();
    arguments.push(data.to_string_lossy().into_owned());
    arguments.extend(more.iter().map(|argument| (*argument).to_owned()));
    Program::start(arguments, variables, data.to_owned()).await
}

/// The settings of the nodes, as variables.
fn variables(scenario: &Scenario) -> Vec<(String, String)> {
    let variable = |key: &str| format!("KITH_{}", key.replace('.', "__").to_uppercase());
    let mut variables = vec![("KITH_LOG__FILTER".to_owned(), "warn".to_owned())];
    variables.extend(scenario.settings.iter().map(|(key, value)| (variable(key), value.clone())));
    variables
}

/// Everybody has the same password, so that its slow hash is made once.
fn add_accounts(folder: &Path, names: &[String]) -> Result<()> {
    let salt = LoginServerSettings::default().salt;
    let proof = StoredProof::of(&Credential::of(PASSWORD, &salt))?;
    let mut book = AccountBook::create(folder)?;
    for name in names {
        book.add(&Username::parse(name)?, &proof)?;
    }
    Ok(())
}

/// Puts into the first node's database what it is to hold before it starts.
async fn fill(scenario: &Scenario, folder: &Path) -> Result<()> {
    if scenario.stored == 0 {
        return Ok(());
    }
    let (count, folder) = (scenario.stored, folder.to_owned());
    let reader = Username::parse("load-0")?;
    actix_web::web::block(move || filling::fill(&folder, &reader, count)).await?.context("fill a database")
}
