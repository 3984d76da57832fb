//! Runs cases side by side, each within its time, and counts what comes of them.

use std::future::Future;
use std::pin::Pin;
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::StreamExt;

/// Longest time that a case may take.
const LIMIT: Duration = Duration::from_secs(5);

/// Cases that run at the same time: enough that those which wait for a peer's silence cost nothing, few enough that none waits for its turn.
const AT_ONCE: usize = 24;

/// One deviation at one call in one direction.
pub(crate) struct Case {
    name: String,
    work: Pin<Box<dyn Future<Output = ()>>>,
}

impl Case {
    /// A case fails by panicking, or by not ending.
    pub(crate) fn new(name: impl Into<String>, work: impl Future<Output = ()> + 'static) -> Self {
        Self { name: name.into(), work: Box::pin(work) }
    }
}

/// What came of all of them.
pub(crate) struct Summary {
    pub(crate) count: usize,
    pub(crate) failures: Vec<String>,
    pub(crate) slowest: (Duration, String),
    took: Duration,
}

impl Summary {
    #[expect(clippy::print_stdout, reason = "these figures are what the test is to show")]
    pub(crate) fn print(&self, panics: usize) {
        let Self { count, failures, slowest: (time, name), took } = self;
        println!("ragged peers: {count} cases in {took:.1?}, {} failures, {panics} panics, slowest {time:.2?} ({name})", failures.len());
        for failure in failures {
            println!("  failed: {failure}");
        }
    }
}

/// Runs all of them.
pub(crate) async fn run(cases: Vec<Case>) -> Summary {
    let (start, count) = (Instant::now(), cases.len());
    let outcomes: Vec<_> = futures_util::stream::iter(cases).map(run_one).buffer_unordered(AT_ONCE).collect().await;
    let slowest = outcomes.iter().max_by_key(|(_, time, _)| *time).map(|(name, time, _)| (*time, name.clone())).unwrap();
    let failures = outcomes.iter().filter_map(|(name, _, failure)| Some(format!("{name}: {}", failure.as_ref()?))).collect();
    Summary { count, failures, slowest, took: start.elapsed() }
}

async fn run_one(Case { name, work }: Case) -> (String, Duration, Option<String>) {
    let start = Instant::now();
    let mut task = actix_web::rt::spawn(work);
    let failure = match tokio::time::timeout(LIMIT, &mut task).await {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(error.try_into_panic().map_or_else(|error| error.to_string(), |panic| text_of(panic.as_ref()))),
        Err(_) => {
            task.abort();
            Some("it is stuck".to_owned())
        }
    };
    (name, start.elapsed(), failure)
}

fn text_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
    text.unwrap_or_else(|| "a panic without words".to_owned())
}

/// From here on panics are counted, but for those of the thread that calls: the node runs on others.
pub(crate) fn count_panics() -> impl Fn() -> usize {
    static PANICS: AtomicUsize = AtomicUsize::new(0);
    static HOOK: Once = Once::new();
    let here = std::thread::current().id();
    HOOK.call_once(|| {
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            // The cases' own are told with their names.
            if std::thread::current().id() != here {
                report(panic);
                PANICS.fetch_add(1, Ordering::SeqCst);
            }
        }));
    });
    || PANICS.load(Ordering::SeqCst)
}
