//! What one person writes comes to another, whole, once, and with a receipt.

use serde_json::json;

use super::support::{HTML, TestNetwork, message, png, sha256, wav};

#[actix_web::test]
async fn a_text_goes_from_browser_to_browser() {
    let network = TestNetwork::start().await;
    let (ana, ben) = network.pair().await;
    let (mut tab_of_ana, mut tab_of_ben) = (ana.events().await, ben.events().await);

    let text = "Grüße an <b>alle</b> & \"mehr\" 🐚\nzweite Zeile";
    let sent = ana.send("ben", text).await;
    assert_eq!((&sent["from"], &sent["to"], &sent["text"]), (&json!("ana"), &json!("ben"), &json!(text)));

    let seen = tab_of_ben.message(text).await;
    assert_eq!((&seen["id"], &seen["from"], &seen["stamp"]), (&sent["id"], &json!("ana"), &sent["stamp"]));
    assert_eq!((&seen["receipt"], &seen["verified"]), (&json!(null), &json!(true)));
    assert_eq!(seen["html"], "Grüße an &lt;b&gt;alle&lt;/b&gt; &amp; \"mehr\" 🐚<br>zweite Zeile");
    tab_of_ana.receipt(&sent, "delivered").await;

    assert_eq!(ben.conversation("ana").await, [seen]);
    assert_eq!(ana.message("ben", &sent["id"]).await["receipt"], "delivered");
    network.stop().await;
}

#[actix_web::test]
async fn the_senders_other_tabs_see_the_message_too() {
    let network = TestNetwork::start().await;
    let (ana, _ben) = network.pair().await;
    let mut other_tab = ana.events().await;
    let sent = ana.send("ben", "from my phone").await;
    assert_eq!(other_tab.message("from my phone").await["id"], sent["id"]);
    network.stop().await;
}

#[actix_web::test]
async fn markdown_is_rendered_for_both() {
    let network = TestNetwork::start().await;
    let (ana, ben) = network.pair().await;
    let sent = ana.send_markdown("ben", "**bold** and `code`").await;
    let got = ben.has_messages("ana", 1).await.remove(0);
    for message in [&sent, &got] {
        assert_eq!((&message["text"], &message["markdown"]), (&json!("**bold** and `code`"), &json!(true)));
        assert!(message["html"].as_str().unwrap().contains("<strong>bold</strong> and <code>code</code>"), "{message}");
    }
    network.stop().await;
}

#[actix_web::test]
async fn files_arrive_byte_for_byte() {
    let network = TestNetwork::start().await;
    let (ana, ben) = network.pair().await;
    let (mut tab_of_ana, mut tab_of_ben) = (ana.events().await, ben.events().await);
    let files = [
        ("shell.png", "image/png", png(), "image/png", "inline"),
        ("bell.wav", "audio/wav", wav(), "audio/x-wav", "inline"),
        ("page.html", "text/html", HTML.to_vec(), "application/octet-stream", "attachment"),
    ];
    for (name, content_type, content, served_as, disposition) in files {
        let sent = ana.send_file("ben", name, content_type, &content).await;
        let seen = tab_of_ben.wait_for("message", |event| event["message"]["id"] == sent["id"]).await["message"].clone();
        tab_of_ana.receipt(&sent, "delivered").await;
        let file = &seen["file"];
        assert_eq!((&file["name"], &file["content_type"]), (&json!(name), &json!(content_type)));
        assert_eq!((&file["size"], &file["sha256"]), (&json!(content.len()), &json!(sha256(&content))));
        for (user, id) in [(&ana, &sent["file"]["id"]), (&ben, &file["id"])] {
            let got = user.file(id).await.ok();
            assert_eq!(sha256(&got.body), sha256(&content), "{name}");
            assert_eq!(got.header("content-type"), served_as, "{name}");
            assert!(got.header("content-disposition").starts_with(disposition), "{name}: {}", got.header("content-disposition"));
        }
    }
    network.stop().await;
}

#[actix_web::test]
async fn the_largest_file_that_the_settings_allow_arrives() {
    let network = TestNetwork::start().await;
    let (ana, ben) = network.pair().await;
    let content: Vec<u8> = (0..5_242_878_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    let sent = ana.send_file("ben", "large.bin", "application/octet-stream", &content).await;
    ana.has_receipt(&sent, "delivered").await;
    assert_eq!(sha256(&ben.file(&sent["file"]["id"]).await.ok().body), sha256(&content));
    network.stop().await;
}

#[actix_web::test]
async fn messages_arrive_in_the_order_in_which_they_were_written() {
    let network = TestNetwork::start().await;
    let (ana, ben) = network.pair().await;
    let texts: Vec<String> = (0..20).map(|n| format!("number {n}")).collect();
    for text in &texts {
        ana.send("ben", text).await;
    }
    ben.has_messages("ana", texts.len()).await;
    assert_eq!(ben.texts("ana").await, texts);
    network.stop().await;
}

#[actix_web::test]
async fn many_who_write_at_once_lose_and_double_nothing() {
    let network = TestNetwork::start().await;
    let (ana, ben) = network.pair().await;
    let both = (0..60).map(|n| {
        let (ana, ben) = (&ana, &ben);
        async move {
            let (from, to, with) = if n % 2 == 0 { (ana, "ben", ben) } else { (ben, "ana", ana) };
            assert_eq!(with.name, to);
            from.send(to, &format!("number {n}")).await
        }
    });
    let sent = futures_util::future::join_all(both).await;
    for (user, with) in [(&ana, "ben"), (&ben, "ana")] {
        let mut ids: Vec<_> = user.has_messages(with, 60).await.into_iter().map(|message| message["id"].to_string()).collect();
        let mut expected: Vec<_> = sent.iter().map(|message| message["id"].to_string()).collect();
        ids.sort();
        expected.sort();
        assert_eq!(ids, expected);
    }
    network.stop().await;
}

#[actix_web::test]
async fn what_arrives_twice_is_stored_once_and_answered_alike() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ben = node.as_user("ben").await;
    let text = message("ana", "ben", "once", 1_700_000_000.25);
    let file = super::support::file("ana", "ben", "shell.png", "image/png", &png(), 1_700_000_001.5);
    for _ in 0..3 {
        assert_eq!(node.peer_call("/receiveMessage", &text).await.text, "0: Success");
        assert_eq!(node.peer_call("/receiveFile", &file).await.text, "0: Success");
    }
    let again = futures_util::future::join_all((0..8).map(|_| node.peer_call("/receiveMessage", &text))).await;
    assert!(again.iter().all(|reply| reply.text == "0: Success"));
    assert_eq!(ben.conversation("ana").await.len(), 2);
    assert_eq!(node.count("SELECT count(*) FROM messages"), 2);
    assert_eq!(node.count("SELECT count(*) FROM files"), 1);
    network.stop().await;
}

#[actix_web::test]
async fn the_same_words_at_another_time_are_another_message() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ben = node.as_user("ben").await;
    for stamp in [1_700_000_000.25, 1_700_000_000.26] {
        assert_eq!(node.peer_call("/receiveMessage", &message("ana", "ben", "hi", stamp)).await.code(), 0);
    }
    // The same second from another person, and other words in the same second: node E drops the latter.
    assert_eq!(node.peer_call("/receiveMessage", &message("cleo", "ben", "hi", 1_700_000_000.25)).await.code(), 0);
    assert_eq!(node.peer_call("/receiveMessage", &message("ana", "ben", "and more", 1_700_000_000.25)).await.code(), 0);
    assert_eq!(ben.conversation("ana").await.len(), 3);
    assert_eq!(ben.conversation("cleo").await.len(), 1);
    network.stop().await;
}

#[actix_web::test]
async fn a_message_to_oneself_and_to_a_housemate_is_delivered_on_the_spot() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let (ana, ben) = (node.as_user("ana").await, node.as_user("ben").await);
    let mut tab_of_ben = ben.events().await;
    let note = ana.send("ana", "note to self").await;
    ana.has_receipt(&note, "delivered").await;
    let sent = ana.send("ben", "dinner?").await;
    assert_eq!(tab_of_ben.message("dinner?").await["receipt"], json!(null));
    ana.has_receipt(&sent, "delivered").await;
    assert_eq!(ben.conversations().await[0]["unread"], 1);
    assert_eq!((ana.texts("ana").await.len(), ana.texts("ben").await.len(), ben.texts("ana").await.len()), (1, 1, 1));
    network.stop().await;
}

#[actix_web::test]
async fn what_was_read_is_marked_in_every_tab() {
    let network = TestNetwork::start().await;
    let (ana, ben) = network.pair().await;
    let mut tab_of_ben = ben.events().await;
    for text in ["one", "two", "three"] {
        ana.send("ben", text).await;
    }
    let messages = ben.has_messages("ana", 3).await;
    assert_eq!(ben.conversations().await[0]["unread"], 3);
    let marked = ben.post("/api/conversations/ana/read", &json!({ "up_to": messages[1]["id"] })).await.ok();
    assert_eq!(marked.json(), json!({ "unread": 1 }));
    let event = tab_of_ben.wait_for("read", |_| true).await;
    assert_eq!((&event["with"], &event["unread"]), (&json!("ana"), &json!(1)));
    assert_eq!(ben.conversations().await[0]["unread"], 1);
    network.stop().await;
}
