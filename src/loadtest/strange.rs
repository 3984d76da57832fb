//! Nodes as one would rather not have them: they answer with an error page, with rubbish, with half an answer, slowly, or not at all.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::domain::username::Username;
use crate::login_server::LoginServerSettings;
use crate::peers::Timeouts;
use crate::peers::login_server::LoginServer;
use crate::protocol::login_server::{Credential, Login, Whereabouts};

/// How long a slow one thinks.
const LONG: Duration = Duration::from_secs(4);

/// How often it says where it is: the protocol asks for 30 to 60 s.
const REPORT_EVERY: Duration = Duration::from_secs(40);

/// What is brought that is no message, each to be refused without harm.
pub(super) const NONSENSE: [&str; 6] = [
    "",
    "{",
    "[]",
    r#"{"sender":7,"destination":{},"message":null,"stamp":"tomorrow"}"#,
    r#"{"sender":"../../etc","destination":"load-0","message":"x","stamp":1500000000}"#,
    r#"{"sender":"peer-0","destination":"load-0","message":"x","stamp":1e300,"hashing":77,"encryption":99}"#,
];

/// Starts a node for `name` that answers in the `at`-th bad way, and reports it to the login server for as long as the program runs.
pub(super) async fn start(login_server: &str, name: &str, password: &str, at: usize) -> Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("listen for a strange node")?;
    let address = listener.local_addr()?;
    actix::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            actix::spawn(answer(stream, at));
        }
    });
    let salt = LoginServerSettings::default().salt;
    let login = Login { username: Username::parse(name)?, credential: Credential::of(password, &salt) };
    let timeouts = Timeouts { connect: LONG, total: LONG };
    let server = LoginServer::new(login_server, timeouts);
    report(&server, &login, address).await.context("report a strange node")?;
    actix::spawn(async move {
        loop {
            actix::clock::sleep(REPORT_EVERY).await;
            if let Err(error) = report(&server, &login, address).await {
                tracing::warn!(%error, "could not report a strange node");
            }
        }
    });
    Ok(())
}

async fn report(server: &LoginServer, login: &Login, address: SocketAddr) -> Result<(), crate::peers::login_server::LoginCallError> {
    server.report(login, &Whereabouts { location: 2, ip: address.ip(), port: address.port(), public_key: None }).await
}

/// Answers one call, and hangs up.
async fn answer(mut stream: TcpStream, at: usize) {
    let mut buffer = [0; 8192];
    let Ok(1..) = stream.read(&mut buffer).await else { return };
    let text: &[u8] = match at % 5 {
        0 => b"HTTP/1.1 500 Error\r\nContent-Length: 24\r\n\r\n<html>Traceback...</html>",
        1 => b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nnothing",
        2 => b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0: Succ",
        3 => {
            actix::clock::sleep(LONG).await;
            b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n4: too bad"
        }
        _ => b"",
    };
    // Nobody listening is what such nodes are used to.
    let _ = stream.write_all(text).await;
}
