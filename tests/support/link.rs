//! A cable between two programs, which can be cut and mended: a TCP proxy.

use std::net::SocketAddr;

use actix_web::rt::task::JoinHandle;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
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
    /// Carries so many bytes there, then breaks the connection on both sides.
    BrokenAfter(usize),
    /// Carries what is asked, and none of the answers.
    Deaf,
    /// Carries what is asked twice, on two connections, and one of the answers.
    Twice,
}

/// A cable to one address.
pub(crate) struct Link {
    address: SocketAddr,
    target: watch::Sender<SocketAddr>,
    mode: watch::Sender<Mode>,
    carrier: JoinHandle<()>,
}

impl Link {
    pub(crate) async fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (mode, modes) = watch::channel(Mode::Whole);
        let (target, targets) = watch::channel(target);
        let carrier = actix_web::rt::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let target = *targets.borrow();
                actix_web::rt::spawn(carry(near, target, modes.clone()));
            }
        });
        Self { address, target, mode, carrier }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Leads somewhere else from the next connection on.
    pub(crate) fn lead_to(&self, target: SocketAddr) {
        self.target.send_replace(target);
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
            Mode::BrokenAfter(bytes) => {
                if let Ok(mut far) = TcpStream::connect(target).await {
                    let _ = tokio::io::copy(&mut (&mut near).take(*bytes as u64), &mut far).await;
                    // Closed in the middle, a connection is reset.
                    let _ = (near.set_zero_linger(), far.set_zero_linger());
                }
            }
            Mode::Deaf => {
                if let Ok(mut far) = TcpStream::connect(target).await {
                    let ((mut answers, mut questions), mut nowhere) = (far.split(), tokio::io::sink());
                    let _ = tokio::join!(tokio::io::copy(&mut near, &mut questions), tokio::io::copy(&mut answers, &mut nowhere));
                }
            }
            Mode::Twice => {
                if let (Ok(far), Ok(second)) = (TcpStream::connect(target).await, TcpStream::connect(target).await) {
                    let _ = carry_twice(near, far, second).await;
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

/// What comes from `near` goes to both; only what `far` says goes back.
async fn carry_twice(mut near: TcpStream, mut far: TcpStream, mut second: TcpStream) -> std::io::Result<()> {
    let (mut questions, mut to_near) = near.split();
    let (mut answers, mut to_far) = far.split();
    let (mut unheard, mut to_second) = second.split();
    let ask = async {
        let mut bytes = vec![0; 16 << 10];
        loop {
            let count = questions.read(&mut bytes).await?;
            if count == 0 {
                return Ok::<_, std::io::Error>(());
            }
            to_far.write_all(&bytes[..count]).await?;
            to_second.write_all(&bytes[..count]).await?;
        }
    };
    let mut nowhere = tokio::io::sink();
    let hear = async { tokio::try_join!(tokio::io::copy(&mut answers, &mut to_near), tokio::io::copy(&mut unheard, &mut nowhere)) };
    tokio::select! {
        done = ask => done,
        done = hear => done.map(|_| ()),
    }
}
