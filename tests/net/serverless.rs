//! The login server is away, and nodes tell each other who is where (protocol section 10).

use kith::protocol::rsa_key::PublicKey;
use rsa::pkcs8::EncodePublicKey;
use rsa::{BigUint, RsaPrivateKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha512};

use super::support::{Answer, FakeServer, Mode, TestNetwork, eventually};

#[actix_web::test]
async fn whoever_is_listed_gets_the_list_and_nobody_else_does() {
    let network = TestNetwork::start().await;
    let (ana, ben) = network.pair().await;
    let node = ben.node;
    let ask = |path: &str, from: [u8; 4]| {
        let (http, url) =
            (reqwest::Client::builder().local_address(std::net::IpAddr::from(from)).build().unwrap(), format!("http://{node}{path}"));
        async move {
            let answer = http.get(url).send().await.unwrap();
            (answer.status().as_u16(), answer.text().await.unwrap())
        }
    };
    let home = [127, 0, 0, 1];
    for path in ["/getList?username=ana&json_format=1", "/getList?json_format=1&username=ANA&x=y"] {
        let (status, text) = ask(path, home).await;
        let list: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((status, list.as_object().unwrap().len()), (200, 2), "{text}");
        for (index, user) in [(0, &ana), (1, &ben)] {
            let row = &list[index.to_string()];
            assert_eq!((&row["username"], &row["port"]), (&json!(user.name), &json!(user.node.port().to_string())), "{text}");
            assert!(row.as_object().unwrap().values().all(Value::is_string), "all values are strings: {row}");
            assert_eq!(row["publicKey"].as_str().unwrap().len(), 324);
        }
    }
    let (status, text) = ask("/getList?username=ana", home).await;
    let fields: Vec<_> = text.strip_prefix("0: ").unwrap().split(',').collect();
    assert_eq!((status, fields.len(), fields[0], fields[6], fields[12]), (200, 13, "ana", "ben", ""), "{text}");
    // The right name from elsewhere, a name that is not listed, one that nobody has, and none.
    for (path, from, refused) in [
        ("/getList?username=ana", [127, 0, 0, 66], (403, "2: ")),
        ("/getList?username=dan&json_format=1", home, (403, "2: ")),
        ("/getList?username=nobody", home, (403, "2: ")),
        ("/getList?username=%3Cscript%3E", home, (400, "1: ")),
        ("/getList?username=", home, (400, "1: ")),
        ("/getList", home, (400, "1: ")),
    ] {
        let (status, text) = ask(path, from).await;
        assert!(status == refused.0 && text.starts_with(refused.1), "{path}: {status} {text}");
    }
    network.stop().await;
}

/// A node that knows of nothing but trouble.
async fn broken_node() -> FakeServer {
    FakeServer::start(|_| Answer::status(500, "4: busy")).await
}

/// A node that takes messages.
async fn good_node() -> FakeServer {
    FakeServer::start(|call| match call.path() {
        "/listAPI" => Answer::text(&kith::protocol::list_api::recommended_text()),
        _ => Answer::text("0: Success"),
    })
    .await
}

#[actix_web::test]
async fn while_the_login_server_is_away_others_are_asked_where_people_are() {
    let network = TestNetwork::start().await;
    let (old, new) = (broken_node().await, good_node().await);
    let at = new.address();
    let rows = json!({ "0": { "username": "ben", "ip": at.ip().to_string(), "port": at.port().to_string(), "location": "2", "lastLogin": "9999999999" },
        "1": { "username": "<script>", "ip": "x" } });
    let informed = FakeServer::start(move |call| match call.path() {
        "/getList" => Answer::text(&rows.to_string()),
        _ => Answer::text("0: Success"),
    })
    .await;
    network.login_server.report("ben", old.address()).await;
    network.login_server.report("cleo", informed.address()).await;
    let node = network.node().await;
    let ana = node.as_user("ana").await;
    ana.sees_online("ben").await;
    ana.sees_online("cleo").await;
    let mut tab = ana.events().await;
    network.link.set(Mode::Cut);
    tab.wait_for("login_server", |event| event["reachable"] == false).await;
    let sent = ana.send("ben", "where are you?").await;
    ana.has_receipt(&sent, "delivered").await;
    assert_eq!(new.calls_to("/receiveMessage").len(), 1);
    let asked = informed.calls_to("/getList");
    assert!(asked.iter().all(|call| call.uri == "/getList?username=ana&json_format=1"), "{asked:?}");
    // Nobody is taken for offline because of what others tell or do not tell.
    assert_ne!(ana.user("cleo").await["online"], false);
    // The login server knows better, even when it does not know what is new.
    network.link.set(Mode::Whole);
    tab.wait_for("login_server", |event| event["reachable"] == true).await;
    let tried = old.calls_to("/receiveMessage").len() + old.calls_to("/listAPI").len();
    ana.send("ben", "are you back there?").await;
    eventually("ben's listed node is tried", async || {
        (old.calls_to("/receiveMessage").len() + old.calls_to("/listAPI").len() > tried).then_some(())
    })
    .await;
    assert_eq!(new.calls_to("/receiveMessage").len(), 1);
    network.stop().await;
}

/// The signature of node T as the protocol notes mean it.
fn sign(key: &RsaPrivateKey, passphrase: &str) -> String {
    let number = BigUint::from_bytes_be(&Sha512::digest(passphrase.as_bytes()));
    rsa::hazmat::rsa_decrypt(None::<&mut rsa::rand_core::OsRng>, key, &number).unwrap().to_str_radix(10)
}

#[actix_web::test]
async fn who_says_where_they_are_is_believed_only_with_their_key_from_there_and_while_nobody_better_can_be_asked() {
    let network = TestNetwork::start().await;
    let (old, new) = (broken_node().await, good_node().await);
    let key = RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 1024).unwrap();
    let public = hex::encode(key.to_public_key().to_public_key_der().unwrap().as_bytes());
    PublicKey::parse(&public).unwrap();
    network.login_server.report_key("ben", old.address(), public).await;
    let node = network.node().await;
    let ana = node.as_user("ana").await;
    ana.sees_online("ben").await;
    let report = |passphrase: &str, signature: &str, ip: &str| json!({ "username": "ben", "passphrase": passphrase, "signature": signature, "location": "2", "ip": ip, "port": new.address().port() });
    let good = report("monday", &sign(&key, "monday"), "127.0.0.1");
    // While the login server works it is taken and comes to nothing.
    assert_eq!(node.peer_call("/report", &good).await.text, "0: Success");
    let early = ana.send("ben", "I know where you are").await;
    eventually("the listed node is tried", async || (!old.calls().is_empty()).then_some(())).await;
    assert!(new.calls().is_empty());

    let mut tab = ana.events().await;
    network.link.set(Mode::Cut);
    tab.wait_for("login_server", |event| event["reachable"] == false).await;
    for (what, body) in [
        ("another's signature", report("monday", &sign(&key, "tuesday"), "127.0.0.1")),
        ("no signature", report("monday", "1", "127.0.0.1")),
        ("another place", report("monday", &sign(&key, "monday"), "127.0.0.66")),
        ("no such user", json!({ "username": "zoe", "passphrase": "x", "signature": "1", "location": 2, "ip": "127.0.0.1", "port": 1 })),
    ] {
        assert_eq!(node.peer_call("/report", &body).await.code(), 2, "{what}");
    }
    for missing in ["username", "passphrase", "signature", "location", "ip", "port"] {
        let mut body = good.clone();
        body.as_object_mut().unwrap().remove(missing);
        assert_eq!(node.peer_call("/report", &body).await.code(), 1, "{missing}");
    }
    // Python's library makes a tuple of the signature.
    let mut body = report("wednesday", "", "127.0.0.1");
    body["signature"] = json!([sign(&key, "wednesday")]);
    assert_eq!(node.peer_call("/report", &body).await.code(), 0);
    // Whoever overhears that cannot use it elsewhere.
    let replayed = report("wednesday", &sign(&key, "wednesday"), "127.0.0.66");
    assert_eq!(node.peer_call_from([127, 0, 0, 66], "/report", &replayed).await.code(), 2);
    ana.has_receipt(&early, "delivered").await;
    assert!(!new.calls_to("/receiveMessage").is_empty());
    network.stop().await;
}
