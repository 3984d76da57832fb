//! Waiting for what has to happen, and seeing to it that nothing breaks unseen.

use std::sync::Once;
use std::time::{Duration, Instant};

/// Longer than anything takes on a machine that is busy with other things, and than a node leaves anything lying; what does not happen by
/// then never will.
const PATIENCE: Duration = Duration::from_secs(45);

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(15);

/// Looks until there is something to see. Fails when there is nothing for too long, saying `what` did not happen.
pub(crate) async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(start.elapsed() < PATIENCE, "this never happened: {what}");
        actix_web::rt::time::sleep(PAUSE).await;
    }
}

/// From here on a panic on a thread of a node ends the test run: nothing that a caller sends may cause one.
pub(crate) fn never_panics() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            report(panic);
            let thread = std::thread::current();
            // The tests themselves have threads named for them.
            if thread.name().is_some_and(|name| ["actix", "kith", "actor"].iter().any(|part| name.starts_with(part))) {
                std::process::abort();
            }
        }));
    });
}
