//! Help, and what is wrong with the arguments and settings.

use std::net::TcpListener;

use super::program::{kith, run};

#[test]
fn it_tells_its_version_and_how_to_use_it() {
    let folder = tempfile::tempdir().unwrap();
    let version = run(folder.path(), &["--version"]);
    assert_eq!((version.code, version.out), (0, format!("kith {}\n", env!("CARGO_PKG_VERSION"))));
    let help = run(folder.path(), &["--help"]);
    assert_eq!(help.code, 0);
    for part in ["demo", "node", "login-server", "account", "--log-format", "To look around first: `kith demo`"] {
        assert!(help.out.contains(part), "{part} is not in {}", help.out);
    }
    for (command, part) in [("demo", "--keep"), ("node", "--advertise"), ("login-server", "--listen"), ("account", "passwd")] {
        let help = run(folder.path(), &[command, "--help"]);
        assert!(help.code == 0 && help.out.contains(part), "{command}: {help:?}");
    }
    let bare = run(folder.path(), &[]);
    assert!(bare.code == 2 && bare.err.contains("Usage: kith"), "{bare:?}");
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}

#[test]
fn an_argument_that_is_none_ends_with_2() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in
        [vec!["nonsense"], vec!["node", "--port", "1"], vec!["account"], vec!["account", "add"], vec!["--log-format", "xml", "demo"]]
    {
        let failed = run(folder.path(), &arguments);
        assert_eq!(failed.code, 2, "{arguments:?}: {failed:?}");
        assert!(failed.err.contains("--help") && failed.out.is_empty(), "{failed:?}");
    }
}

#[test]
fn a_wrong_setting_is_named_with_its_file_its_key_and_what_it_may_be() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.toml");
    for (text, parts) in [
        ("[http]\nworkers = 0", vec!["mine.toml", "http.workers = 0", "1 to 64"]),
        ("[http]\nworkers = \"many\"", vec!["mine.toml", "http.workers", "config/kith.toml"]),
        ("[http]\nwokers = 1", vec!["mine.toml", "wokers"]),
        ("[log]\nformat = \"xml\"", vec!["mine.toml", "log.format", "json"]),
        ("[node]\nlogin_server = \"ftp://x\"", vec!["mine.toml", "node.login_server", "http://HOST:PORT"]),
        ("[node]\nlisten = \"here\"", vec!["mine.toml", "node.listen"]),
        ("[node", vec!["mine.toml"]),
    ] {
        std::fs::write(&file, text).unwrap();
        let failed = run(folder.path(), &["node", "--config", "mine.toml"]);
        assert_eq!(failed.code, 2, "{text}: {failed:?}");
        for part in parts {
            assert!(failed.err.contains(part), "{text}: {part} is not in {}", failed.err);
        }
        assert!(failed.err.lines().count() <= 8 && !failed.err.contains("panicked"), "{}", failed.err);
    }
    let absent = run(folder.path(), &["node", "--config", "absent.toml"]);
    assert!(absent.code == 2 && absent.err.contains("absent.toml: no such file"), "{absent:?}");
    let flag = run(folder.path(), &["node", "--listen", "nowhere"]);
    assert!(flag.code == 2 && flag.err.contains("command line") && flag.err.contains("node.listen"), "{flag:?}");
    let variable = kith(folder.path(), &["node"]).env("KITH_HTTP__WORKERS", "900").output().unwrap();
    let text = String::from_utf8(variable.stderr).unwrap();
    assert!(variable.status.code() == Some(2) && text.contains("KITH_") && text.contains("1 to 64"), "{text}");
    // Nothing was started or made.
    assert_eq!(folder.path().read_dir().unwrap().count(), 1);
}

#[test]
fn a_port_that_is_taken_is_named_with_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let _holder = TcpListener::bind(taken).unwrap();
    for command in ["node", "login-server"] {
        let failed = run(folder.path(), &[command, "--listen", &taken.to_string()]);
        assert_eq!(failed.code, 1, "{failed:?}");
        assert!(failed.err.contains(&taken.port().to_string()) && failed.err.contains("port 0"), "{command}: {}", failed.err);
    }
}

#[test]
fn a_data_folder_that_is_none_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("letter"), "to my aunt").unwrap();
    let failed = run(folder.path(), &["node", "--listen", "127.0.0.1:0", "--data", "letter"]);
    assert!(failed.code == 1 && failed.err.contains("letter") && failed.err.contains("--data"), "{failed:?}");
    std::fs::create_dir(folder.path().join("other")).unwrap();
    let newer = rusqlite::Connection::open(folder.path().join("other/kith.db")).unwrap();
    newer.pragma_update(None, "user_version", 9999).unwrap();
    let failed = run(folder.path(), &["node", "--listen", "127.0.0.1:0", "--data", "other"]);
    assert!(failed.code == 1 && failed.err.contains("kith.db") && failed.err.contains("newer"), "{failed:?}");
}
