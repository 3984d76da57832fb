//! `kith account`, also while the login server runs.

use super::program::{Running, run, run_with_input};
use super::support::{Reply, User};

#[test]
fn accounts_are_added_changed_listed_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let account = |arguments: &[&str], input: &str| {
        let arguments = [&["account", "--data", "accounts"], arguments].concat();
        let done = run_with_input(folder.path(), &arguments, input);
        (done.code, done.out + &done.err)
    };
    assert_eq!(account(&["add", "ben"], "long enough\n"), (0, "added ben\n".to_owned()));
    assert_eq!(account(&["add", "Ana"], "long enough"), (0, "added ana\n".to_owned()));
    assert_eq!(account(&["list"], ""), (0, "ana\nben\n".to_owned()));
    assert_eq!(account(&["passwd", "ben"], "another one\n"), (0, "changed the password of ben\n".to_owned()));
    assert_eq!(account(&["remove", "ben"], ""), (0, "removed ben\n".to_owned()));
    assert_eq!(account(&["list"], ""), (0, "ana\n".to_owned()));

    for (arguments, input, told) in [
        (["add", "ana"], "long enough\n", "there is already an account ana"),
        (["add", "cleo"], "short\n", "at least 8 characters"),
        (["add", "cleo"], "", "the password is empty"),
        (["add", "a/b"], "long enough\n", "\"a/b\" cannot be a user name"),
        (["add", "<b>"], "long enough\n", "cannot be a user name"),
        (["add", &"x".repeat(300)], "long enough\n", "cannot be a user name"),
        (["passwd", "cleo"], "long enough\n", "there is no account cleo"),
        (["remove", "cleo"], "", "there is no account cleo"),
    ] {
        let (code, text) = account(&arguments, input);
        assert!(code == 1 && text.starts_with("kith: ") && text.contains(told), "{arguments:?}: {code} {text}");
    }
    // A password is never an argument, which others on the machine could read.
    assert_eq!(account(&["add", "cleo", "a password"], "").0, 2);
}

async fn log_in(node: &Running, name: &str, password: &str) -> Reply {
    let address = node.url().strip_prefix("http://").unwrap().parse().unwrap();
    User::new(name, address, None).try_log_in(password).await
}

#[actix_web::test]
async fn accounts_may_change_while_the_login_server_runs() {
    let folder = tempfile::tempdir().unwrap();
    let add = |name: &str, what: &str, password: &str| {
        assert_eq!(run_with_input(folder.path(), &["account", what, name, "--data", "accounts"], password).code, 0);
    };
    add("ana", "add", "the first one");
    let server = Running::start(folder.path(), &["login-server", "--listen", "127.0.0.1:0", "--data", "accounts"]);
    assert!(server.first_line.starts_with("kith login server ready on http://127.0.0.1:"), "{}", server.first_line);
    let node = Running::start(folder.path(), &["node", "--listen", "127.0.0.1:0", "--login-server", &server.url()]);

    assert_eq!(log_in(&node, "ben", "of ben, later").await.status, 401);
    add("ben", "add", "of ben, later");
    assert_eq!(log_in(&node, "ben", "of ben, later").await.status, 201);

    assert_eq!(log_in(&node, "ana", "the first one").await.status, 201);
    add("ana", "passwd", "the second one");
    assert_eq!(log_in(&node, "ana", "the first one").await.status, 401);
    assert_eq!(log_in(&node, "ana", "the second one").await.status, 201);

    assert_eq!(run(folder.path(), &["account", "remove", "ben", "--data", "accounts"]).code, 0);
    assert_eq!(log_in(&node, "ben", "of ben, later").await.status, 401);
    node.stop().await;
    server.stop().await;
}
