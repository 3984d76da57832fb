//! Starting and stopping a login server: its service, and the HTTP server in front of it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::rt;
use actix_web::web::Data;
use actix_web::{App, HttpServer};
use anyhow::Context;
use tokio::sync::mpsc;

use super::calls::routes;
use crate::login_server::{Clock, LoginServerSettings, LoginService};

/// Half-open requests are dropped after this; a head of a kilobyte takes no longer on any network.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);

/// Nodes call every half minute: longer than a burst of calls, shorter than their pause.
const KEEP_ALIVE: Duration = Duration::from_secs(5);

/// For each worker. Waiting connections cost memory, refused ones are tried again.
const MAX_CONNECTIONS: usize = 2048;

/// For each worker: database reads and as many password checks as there are cores.
const MAX_BLOCKING_THREADS: usize = 32;

/// What is being answered when the server stops may take this long.
const STOP_TIMEOUT_S: u64 = 3;

/// A login server that answers calls until it is stopped.
pub struct RunningLoginServer {
    address: SocketAddr,
    service: Data<LoginService>,
    server: ServerHandle,
    failed: mpsc::UnboundedReceiver<String>,
}

/// Starts a login server with the accounts in `data`, on the settings' address. Needs a running actix system.
///
/// # Errors
/// When the accounts cannot be used, or the address is not free.
pub async fn start(settings: &LoginServerSettings, data: &Path) -> anyhow::Result<RunningLoginServer> {
    start_at(settings, data, Clock::system()).await
}

/// Starts a login server that lives by `clock`.
///
/// # Errors
/// As for [`start`].
pub async fn start_at(settings: &LoginServerSettings, data: &Path, clock: Clock) -> anyhow::Result<RunningLoginServer> {
    let service = LoginService::start(settings, data, clock).await;
    let (service, failed) = service.with_context(|| format!("cannot start a login server in {}", data.display()))?;
    let service = Data::new(service);
    let shared = service.clone();
    let server = HttpServer::new(move || App::new().app_data(shared.clone()).configure(routes))
        .workers(usize::try_from(settings.workers.get())?)
        .worker_max_blocking_threads(MAX_BLOCKING_THREADS)
        .max_connections(MAX_CONNECTIONS)
        .client_request_timeout(HEAD_TIMEOUT)
        .keep_alive(KEEP_ALIVE)
        .shutdown_timeout(STOP_TIMEOUT_S)
        .disable_signals()
        .bind(settings.listen)
        .with_context(|| {
            format!("cannot listen on {}: give the login server another address, or port 0 for a free one", settings.listen)
        })?;
    let address = server.addrs().first().copied().context("the login server listens nowhere")?;
    let server = server.run();
    let handle = server.handle();
    rt::spawn(server);
    tracing::info!(%address, "login server is ready");
    Ok(RunningLoginServer { address, service, server: handle, failed })
}

impl RunningLoginServer {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address to give to nodes on this machine, without a slash at its end.
    #[must_use]
    pub fn url(&self) -> String {
        let mut address = self.address;
        if address.ip().is_unspecified() {
            address.set_ip(if address.is_ipv4() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { IpAddr::V6(Ipv6Addr::LOCALHOST) });
        }
        format!("http://{address}")
    }

    /// Waits until a part of it fails so often that it has to stop, and says why.
    pub async fn failed(&mut self) -> String {
        self.failed.recv().await.unwrap_or_else(|| "the login server's watchers have ended".to_owned())
    }

    /// Takes no more calls, finishes those that it has begun, and ends; within some seconds.
    pub async fn stop(self) {
        self.server.stop(true).await;
        self.service.stop().await;
        tracing::info!(address = %self.address, "login server has stopped");
    }
}
