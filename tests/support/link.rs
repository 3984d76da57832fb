//! A cable between two programs, which can be cut and mended: a TCP proxy.

use std::net::SocketAddr;

use actix_web::rt::task::JoinHandle;
use tokio::io::{AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What the cable does with what is put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Carries it.
    Whole,
    /// Hangs up at once.
    Cut,
    /// Takes it and never answers.
    Silent,
    /// Answers these bytes, whatever comes.
    Babbling(Vec<u8>),
}

/// A cable to one address.
pub(crate) struct Link {
    address: SocketAddr,
    mode: watch::Sender<Mode>,
    carrier: JoinHandle<()>,
}

impl Link {
    pub(crate) async fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (mode, modes) = watch::channel(Mode::Whole);
        let carrier = actix_web::rt::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                actix_web::rt::spawn(carry(near, target, modes.clone()));
            }
        });
        Self { address, mode, carrier }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Changes what happens from now on; what is on its way under another mode is cut off.
    pub(crate) fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.carrier.abort();
    }
}

async fn carry(mut near: TcpStream, target: SocketAddr, mut modes: watch::Receiver<Mode>) {
    let mode = modes.borrow_and_update().clone();
    let work = async {
        match &mode {
            Mode::Whole => {
                if let Ok(mut far) = TcpStream::connect(target).await {
                    let _ = copy_bidirectional(&mut near, &mut far).await;
                }
            }
            Mode::Cut => {}
            Mode::Silent => std::future::pending().await,
            Mode::Babbling(bytes) => {
                // They may have hung up already.
                let _ = near.write_all(bytes).await;
                let _ = near.shutdown().await;
                let _ = tokio::io::copy(&mut near, &mut tokio::io::sink()).await;
            }
        }
    };
    tokio::select! {
        biased;
        _ = modes.changed() => {}
        () = work => {}
    }
}
