//! `kith loadtest`, for a few seconds each: that it does what it says, not how fast.
//!
//! It begins things at random moments. So each test asks for a rate at which some twenty of what it counts are to be expected: none at all then
//! comes once in e^20 runs.

use serde_json::Value;

use super::program::{Finished, Running, run};

fn result(finished: &Finished) -> Value {
    assert_eq!(finished.code, 0, "{finished:?}");
    serde_json::from_str(&finished.out).unwrap_or_else(|error| panic!("{error}: {finished:?}"))
}

fn count(result: &Value, action: &str) -> u64 {
    let actions = result["stages"].as_array().unwrap().iter().flat_map(|stage| stage["actions"].as_array().unwrap());
    actions.filter(|row| row["name"] == action).map(|row| row["count"].as_u64().unwrap()).sum()
}

fn is_empty(folder: &std::path::Path) -> bool {
    folder.read_dir().unwrap().next().is_none()
}

#[test]
fn people_on_several_nodes_get_each_message_once_and_nothing_is_left_behind() {
    let folder = tempfile::tempdir().unwrap();
    let finished = run(folder.path(), &["loadtest", "mixed", "--seconds", "4", "--users", "8", "--nodes", "2", "--rate", "60", "--json"]);
    let told = result(&finished);
    let check = &told["check"];
    assert!(check["acknowledged"].as_u64().unwrap() > 10, "{check}");
    assert_eq!((&check["missing"], &check["doubled"], &check["untold"]), (&0.into(), &0.into(), &0.into()), "{check}");
    for action in ["text", "page", "message of a peer", "seen in a tab"] {
        assert!(count(&told, action) > 0, "{action}: {told}");
    }
    assert!(is_empty(folder.path()));
}

#[test]
fn peers_and_readers_are_played_and_a_plot_is_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let told = result(&run(folder.path(), &["loadtest", "peers", "--seconds", "1", "--rate", "60", "--json", "--plot", "plot.svg"]));
    assert!(count(&told, "/ping") > 0 && count(&told, "/receiveMessage") > 0 && count(&told, "search") > 0, "{told}");
    assert!(told["figures"]["half of it, /receiveMessage, p99_ms"].as_f64().unwrap() > 0.0, "{told}");
    assert!(std::fs::read_to_string(folder.path().join("plot.svg")).unwrap().contains("<polyline"));
}

#[test]
fn every_tab_is_told_of_a_message_and_stored_ones_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let told = result(&run(folder.path(), &["loadtest", "fanout", "--seconds", "2", "--tabs", "20", "--rate", "20", "--json"]));
    let messages = count(&told, "message of a peer");
    assert!(messages > 0 && count(&told, "seen in a tab") >= messages * 20, "{told}");
    let told = result(&run(folder.path(), &["loadtest", "stored", "--seconds", "2", "--stored", "300", "--json"]));
    assert!(count(&told, "page") > 0 && count(&told, "search") > 0, "{told}");
}

#[actix_web::test]
async fn nodes_that_run_already_are_used() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Running::start(folder.path(), &["demo", "--json"]);
    let network = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(network.path(), &demo.first_line).unwrap();
    let path = network.path().to_str().unwrap();
    let told = result(&run(folder.path(), &["loadtest", "--against", path, "--seconds", "2", "--rate", "20", "--json"]));
    assert!(told["check"]["acknowledged"].as_u64().unwrap() > 0, "{told}");
    demo.stop().await;
}

#[test]
fn a_wrong_wish_says_what_may_be() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, part) in [
        (vec!["loadtest", "nothing"], "--list"),
        (vec!["loadtest", "mixed", "--users", "1"], "it takes 2 users"),
        (vec!["loadtest", "sockets", "--tabs", "90000"], "ulimit -n"),
    ] {
        let finished = run(folder.path(), &arguments);
        assert!(finished.code == 1 && finished.err.contains(part), "{finished:?}");
    }
    let listed = run(folder.path(), &["loadtest", "--list"]).out;
    assert!(listed.contains("town") && listed.contains("fanout"), "{listed}");
}

/// `scripts/bench`, with a second for each of its measurements.
#[test]
fn the_short_form_of_all_measurements_prints_its_table() {
    let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/bench");
    let output = std::process::Command::new(script).arg("smoke").env("KITH", env!("CARGO_BIN_EXE_kith")).output().unwrap();
    let (out, log) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}{log}");
    // What is shipped is measured where somebody has built it.
    let rows = out.lines().filter(|line| line.ends_with("met") && !line.contains("nan") && !line.contains("shipped"));
    assert_eq!(rows.count(), 11, "{out}{log}");
}
