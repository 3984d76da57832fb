//! What `/metrics` told.

/// The text of one look.
pub(crate) struct Figures(pub(crate) String);

impl Figures {
    /// The value of the line that starts with `name`, its labels included; 0 when there is none.
    pub(crate) fn value(&self, name: &str) -> f64 {
        let line = self.0.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.map_or(0.0, |value| value.parse().unwrap())
    }

    /// The same, of something that is counted.
    pub(crate) fn count(&self, name: &str) -> u64 {
        let line = self.0.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.map_or(0, |value| value.parse().unwrap())
    }

    /// What the limiter said how often about `kind`.
    pub(crate) fn limiter(&self, kind: &str, outcome: &str) -> u64 {
        self.count(&format!("kith_limiter_total{{kind=\"{kind}\",outcome=\"{outcome}\"}}"))
    }

    /// How often a peer's call got this code.
    pub(crate) fn calls(&self, call: &str, code: u8) -> u64 {
        self.count(&format!("kith_peer_calls_total{{call=\"{call}\",code=\"{code}\"}}"))
    }
}
