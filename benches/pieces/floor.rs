//! What `/receiveMessage` stands on: the disk alone, a bare HTTP server, and its own steps one by one. The whole of it, over one connection as over
//! many, is for `kith loadtest`.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use actix_web::{App, HttpServer, web};
use divan::Bencher;
use kith::db::connection;
use kith::db::queries::{accounts, messages};
use kith::domain::clock;
use kith::domain::message::MessageId;
use kith::domain::username::Username;
use kith::protocol::peer::{self, ReceiveMessage};

use super::writer::incoming;

const BODY: &str = r#"{"sender":"peer-1","destination":"ana","message":"The tide turns at noon, bring the long line and two lamps.","stamp":1500000000.25,"markdown":0,"encryption":0,"hashing":0,"hash":""}"#;

/// The disk: four kilobytes at the end of a file, and a sync.
#[divan::bench]
fn append_and_sync(bencher: Bencher<'_, '_>) {
    let folder = tempfile::tempdir().unwrap();
    let mut file = std::fs::File::create(folder.path().join("log")).unwrap();
    bencher.bench_local(|| {
        file.write_all(&[7; 4096]).unwrap();
        file.sync_data().unwrap();
    });
}

/// Bytes to a message.
#[divan::bench]
fn parse() -> ReceiveMessage {
    peer::read(divan::black_box(BODY.as_bytes())).unwrap()
}

/// What makes a repeat the same message.
#[divan::bench]
fn identity(bencher: Bencher<'_, '_>) {
    let message = incoming(1);
    bencher.bench_local(|| MessageId::of(&message.sender, &message.destination, message.stamp, &message.content));
}

/// The statements, in a transaction that stays open.
#[divan::bench]
fn statements(bencher: Bencher<'_, '_>) {
    let folder = tempfile::tempdir().unwrap();
    let database = connection::open_writer(&folder.path().join("kith.db"), std::time::Duration::from_secs(1)).unwrap();
    accounts::logged_in(&database, &Username::parse("ana").unwrap(), "", clock::now()).unwrap();
    let transaction = database.unchecked_transaction().unwrap();
    let mut number = 0;
    bencher.bench_local(|| {
        number += 1;
        messages::receive(&transaction, &incoming(number)).unwrap()
    });
}

/// One connection, one call at a time, to a server that reads the body and does nothing with it.
#[divan::bench]
fn bare_server(bencher: Bencher<'_, '_>) {
    let (told, address) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async {
            let answer = async |body: web::Bytes| if body.is_empty() { "1: Missing" } else { "0: Success" };
            let server = HttpServer::new(move || App::new().route("/receiveMessage", web::post().to(answer))).workers(2);
            let server = server.bind("127.0.0.1:0").unwrap();
            told.send(server.addrs()[0]).unwrap();
            server.run().await.unwrap();
        });
    });
    let mut caller = Caller::connect(address.recv().unwrap());
    bencher.bench_local(|| caller.post("/receiveMessage", BODY));
}

/// One connection that is kept.
struct Caller {
    stream: TcpStream,
    answer: [u8; 2048],
}

impl Caller {
    fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, answer: [0; 2048] }
    }

    /// Posts, and reads the answer, which comes in one piece.
    fn post(&mut self, path: &str, body: &str) {
        let head =
            format!("POST {path} HTTP/1.1\r\nHost: node\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
        self.stream.write_all(&[head.as_bytes(), body.as_bytes()].concat()).unwrap();
        let length = self.stream.read(&mut self.answer).unwrap();
        assert!(self.answer[..length].starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&self.answer[..length]));
    }
}
