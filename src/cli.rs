//! The command line.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::{Args, Parser, Subcommand};

use crate::backup::Counted;
use crate::config::{LogFormat, Settings, SettingsError};
use crate::domain::username::Username;
use crate::loadtest::{self, LoadTestArgs};
use crate::login_server::account_command;
use crate::startup::Node;
use crate::{backup, demo, telemetry, web};

/// A chat node for the people around you: a class, a lab, an office, a village.
///
/// Each person runs one node. It keeps their messages and files, talks to the other nodes directly, and serves its pages to the browser. One
/// login server for all says who is who and where they are. To look around first: `kith demo`.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, arg_required_else_help = true)]
pub struct Cli {
    /// How log lines are written [default: text on a terminal, json elsewhere]
    #[arg(long, global = true, value_enum, value_name = "FORMAT")]
    log_format: Option<LogFormat>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Try it: a login server and three nodes on this machine, with accounts, profiles and conversations
    Demo(DemoArgs),
    /// Run a node
    Node(NodeArgs),
    /// Run the login server, one for all of your people
    LoginServer(LoginServerArgs),
    /// Write a backup of a node's data, also while it runs
    Backup(BackupArgs),
    /// Put a backup back into a new folder
    Restore(BackupArgs),
    /// Write what one user has, as JSON and files
    Export(ExportArgs),
    /// Try how much nodes can take, and whether each message arrives once
    Loadtest(LoadTestArgs),
    /// Manage the accounts of the login server, also while it runs
    Account(AccountArgs),
}

#[derive(Debug, Args)]
struct DemoArgs {
    /// Keep the data in DIR instead of removing it at the end
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Print one line of JSON instead of the table
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct NodeArgs {
    /// A TOML file with settings that differ from the defaults
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder of the database and the files
    #[arg(long, value_name = "DIR")]
    data: Option<String>,
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<String>,
    /// The login server of your people
    #[arg(long, value_name = "URL")]
    login_server: Option<String>,
    /// Where other nodes reach this one, if it is not where it listens
    #[arg(long, value_name = "ADDR:PORT")]
    advertise: Option<String>,
}

#[derive(Debug, Args)]
struct LoginServerArgs {
    /// A TOML file with settings that differ from the defaults
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder of the accounts
    #[arg(long, value_name = "DIR")]
    data: Option<String>,
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<String>,
}

#[derive(Debug, Args)]
struct BackupArgs {
    /// The backup, a tar file
    file: PathBuf,
    /// A TOML file with settings that differ from the defaults
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder of the node's database and files
    #[arg(long, value_name = "DIR")]
    data: Option<String>,
}

#[derive(Debug, Args)]
struct ExportArgs {
    /// A new folder to write to
    folder: PathBuf,
    /// Whose messages and files
    #[arg(long, value_name = "NAME")]
    user: String,
    /// A TOML file with settings that differ from the defaults
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder of the node's database and files
    #[arg(long, value_name = "DIR")]
    data: Option<String>,
}

#[derive(Debug, Args)]
struct AccountArgs {
    /// A TOML file with settings that differ from the defaults
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// Folder of the accounts, the same as the login server's
    #[arg(long, value_name = "DIR", global = true)]
    data: Option<String>,
    #[command(subcommand)]
    action: AccountAction,
}

#[derive(Debug, Subcommand)]
enum AccountAction {
    /// Add an account; the password is asked for, or read from standard input
    Add {
        /// 1 to 32 letters, digits, '-' or '_'
        name: String,
    },
    /// Change a password, which is asked for, or read from standard input
    Passwd {
        /// Whose
        name: String,
    },
    /// List all accounts
    List,
    /// Remove an account
    Remove {
        /// Whose
        name: String,
    },
}

/// Runs the program, until it is done or told to stop.
///
/// # Errors
/// [`SettingsError`] for a setting that cannot be used, and whatever else stands in the way, in words for the person at the terminal.
pub fn run(cli: Cli) -> Result<()> {
    match cli.command {
        Command::Demo(args) => {
            let mut settings = load(None, &[], cli.log_format)?;
            demo::quieten(&mut settings);
            telemetry::start(&settings.log)?;
            actix_web::rt::System::new().block_on(demo::run(&settings, args.keep.as_deref(), args.json))
        }
        Command::Node(args) => {
            let flags = [
                ("node.data", args.data),
                ("node.listen", args.listen),
                ("node.login_server", args.login_server),
                ("node.advertise", args.advertise),
            ];
            let settings = load(args.config, &flags, cli.log_format)?;
            telemetry::start(&settings.log)?;
            actix_web::rt::System::new().block_on(run_node(settings))
        }
        Command::LoginServer(args) => {
            let settings = load(args.config, &[("login_server.data", args.data), ("login_server.listen", args.listen)], cli.log_format)?;
            telemetry::start(&settings.log)?;
            actix_web::rt::System::new().block_on(run_login_server(&settings))
        }
        Command::Backup(args) => {
            let settings = load(args.config, &[("node.data", args.data)], cli.log_format)?;
            let Counted { messages, files } = backup::backup(&settings.node.data, &args.file)?;
            say(&format!("{} holds {messages} messages and {files} files", args.file.display()))
        }
        Command::Restore(args) => {
            let settings = load(args.config, &[("node.data", args.data)], cli.log_format)?;
            let Counted { messages, files } = backup::restore(&args.file, &settings.node.data)?;
            say(&format!("{} has {messages} messages and {files} files again", settings.node.data.display()))
        }
        Command::Export(args) => {
            let settings = load(args.config, &[("node.data", args.data)], cli.log_format)?;
            let user = parse_name(&args.user)?;
            let Counted { messages, files } = backup::export(&settings.node.data, &user, &args.folder)?;
            say(&format!("{} holds {messages} messages and {files} files of {user}", args.folder.display()))
        }
        Command::Loadtest(args) => {
            let mut settings = load(None, &[], cli.log_format)?;
            demo::quieten(&mut settings);
            telemetry::start(&settings.log)?;
            actix_web::rt::System::new().block_on(loadtest::run(args))
        }
        Command::Account(args) => {
            let settings = load(args.config, &[("login_server.data", args.data)], cli.log_format)?;
            change_accounts(&settings, args.action)
        }
    }
}

fn load(file: Option<PathBuf>, flags: &[(&'static str, Option<String>)], log_format: Option<LogFormat>) -> Result<Settings, SettingsError> {
    let given: Vec<_> = flags.iter().filter_map(|(key, value)| value.clone().map(|value| (*key, value))).collect();
    let mut settings = Settings::load(file.as_deref(), &given)?;
    settings.log.format = log_format.unwrap_or(settings.log.format);
    Ok(settings)
}

async fn run_node(settings: Settings) -> Result<()> {
    let mut signal = StopSignal::listen()?;
    let mut node = Node::build(settings).await?;
    say(&format!("kith node ready on {}", node.url()))?;
    let failure = tokio::select! {
        () = signal.wait() => None,
        reason = node.failed() => Some(reason),
    };
    node.stop().await;
    match failure {
        Some(reason) => anyhow::bail!("the node stopped by itself: {reason}; its log says more"),
        None => Ok(()),
    }
}

async fn run_login_server(settings: &Settings) -> Result<()> {
    let mut signal = StopSignal::listen()?;
    let mut server = web::login_server::start(&settings.login_server, &settings.login_server.data).await?;
    say(&format!("kith login server ready on {}", server.url()))?;
    let failure = tokio::select! {
        () = signal.wait() => None,
        reason = server.failed() => Some(reason),
    };
    server.stop().await;
    match failure {
        Some(reason) => anyhow::bail!("the login server stopped by itself: {reason}; its log says more"),
        None => Ok(()),
    }
}

fn change_accounts(settings: &Settings, action: AccountAction) -> Result<()> {
    let (data, salt) = (&settings.login_server.data, &settings.login_server.salt);
    match action {
        AccountAction::Add { name } => {
            let name = parse_name(&name)?;
            account_command::add(data, salt, &name, &account_command::read_password(&format!("Password for {name}"))?)?;
            say(&format!("added {name}"))
        }
        AccountAction::Passwd { name } => {
            let name = parse_name(&name)?;
            account_command::change_password(data, salt, &name, &account_command::read_password(&format!("New password for {name}"))?)?;
            say(&format!("changed the password of {name}"))
        }
        AccountAction::List => account_command::list(data)?.iter().try_for_each(|account| say(account.username.as_str())),
        AccountAction::Remove { name } => {
            let name = parse_name(&name)?;
            account_command::remove(data, &name)?;
            say(&format!("removed {name}"))
        }
    }
}

fn parse_name(name: &str) -> Result<Username> {
    Username::parse(name).with_context(|| format!("{name:?} cannot be a user name"))
}

/// Prints a line for the person at the terminal, or for the script that waits for it.
pub(crate) fn say(line: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).context("print")
}

/// Ctrl-C and SIGTERM, heard from the moment of [`StopSignal::listen`]: whatever was started until then is stopped in order.
pub(crate) struct StopSignal {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 2],
}

impl StopSignal {
    /// Listens from now on.
    pub(crate) fn listen() -> Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let interrupt = signal(SignalKind::interrupt()).context("listen for Ctrl-C")?;
            let terminate = signal(SignalKind::terminate()).context("listen for SIGTERM")?;
            Ok(Self { signals: [interrupt, terminate] })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    /// Waits until one has come.
    pub(crate) async fn wait(&mut self) {
        #[cfg(unix)]
        {
            let [interrupt, terminate] = &mut self.signals;
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        }
        #[cfg(not(unix))]
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "cannot hear Ctrl-C; stopping");
        }
    }
}
