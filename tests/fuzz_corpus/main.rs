//! The fuzzers' targets on stable: everything in `fuzz/corpus`, and the recorded vectors, go through them once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on stops")]

mod vectors;

#[path = "../../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "they are public for the fuzzers, in a package of their own")]
mod targets;

use std::path::Path;

/// Runs the inputs of one target, names the one at which it fails, and says how many there were.
#[expect(clippy::print_stdout, reason = "the number of inputs is what the test is to show")]
fn run(name: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "no corpus of {name}");
    for file in &files {
        one(&file.display().to_string(), target, &std::fs::read(file).unwrap());
    }
    let vectors = vectors::inputs(name);
    for (index, input) in vectors.iter().enumerate() {
        one(&format!("vector {index}"), target, input);
    }
    println!("{name}: {} inputs of the corpus, {} of the vectors", files.len(), vectors.len());
}

fn one(input: &str, target: fn(&[u8]), data: &[u8]) {
    let failed = std::panic::catch_unwind(|| target(data)).is_err();
    assert!(!failed, "fails at {input}: {:?}", String::from_utf8_lossy(data));
}

macro_rules! corpus {
    ($($target:ident)*) => {
        $(#[test]
        fn $target() {
            run(stringify!($target), targets::$target::target);
        })*

        #[test]
        fn every_target_of_the_fuzzers_is_here() {
            let here = [$(stringify!($target)),*];
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/fuzz_targets");
            let mut there: Vec<String> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            there.sort();
            assert_eq!(there, here.map(|name| format!("{name}.rs")));
        }
    };
}

corpus! { login_server markdown names peer_answer peer_body range search upload }
