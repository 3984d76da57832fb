//! Who is where, until when. Plain state: the registrar owns it.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::domain::stamp::Stamp;
use crate::domain::username::Username;
use crate::protocol::login_server::{ListedUser, Whereabouts};

/// The reports that still count. At most one for each account, so bounded by their number.
pub(super) struct Leases {
    length: Duration,
    by_user: BTreeMap<Username, Lease>,
}

struct Lease {
    whereabouts: Whereabouts,
    reported_at: Stamp,
    ends: Duration,
}

impl Leases {
    pub(super) fn new(length: Duration) -> Self {
        Self { length, by_user: BTreeMap::new() }
    }

    /// The last report is the one that counts, whole: without a key it takes an earlier key away.
    pub(super) fn report(&mut self, username: Username, whereabouts: Whereabouts, now: Duration, stamp: Stamp) {
        self.by_user.insert(username, Lease { whereabouts, reported_at: stamp, ends: now + self.length });
    }

    pub(super) fn end(&mut self, username: &Username) {
        self.by_user.remove(username);
    }

    pub(super) fn drop_ended(&mut self, now: Duration) {
        self.by_user.retain(|_, lease| lease.ends > now);
    }

    /// Everybody whose lease runs, by name.
    pub(super) fn list(&self, now: Duration) -> Vec<ListedUser> {
        let running = self.by_user.iter().filter(|(_, lease)| lease.ends > now);
        running.map(|(name, lease)| ListedUser::new(name.clone(), lease.whereabouts.clone(), lease.reported_at)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    fn ana() -> Username {
        Username::parse("ana").unwrap()
    }

    fn at(port: u16, key: Option<&str>) -> Whereabouts {
        Whereabouts { location: 2, ip: "203.0.113.7".parse().unwrap(), port, public_key: key.map(str::to_owned) }
    }

    fn report(leases: &mut Leases, whereabouts: Whereabouts, now: Duration) {
        leases.report(ana(), whereabouts, now, Stamp::from_seconds(now.as_secs_f64()).unwrap());
    }

    #[test]
    fn a_lease_ends_five_minutes_after_the_last_report() {
        let mut leases = Leases::new(MINUTE * 5);
        report(&mut leases, at(1, None), Duration::ZERO);
        report(&mut leases, at(1, None), MINUTE);
        assert_eq!(leases.list(MINUTE * 5).len(), 1);
        assert_eq!(leases.list(MINUTE * 6).len(), 0);
        leases.drop_ended(MINUTE * 6);
        assert!(leases.by_user.is_empty());
    }

    #[test]
    fn the_last_report_counts_and_takes_an_earlier_key_away() {
        let mut leases = Leases::new(MINUTE * 5);
        report(&mut leases, at(1, Some("3081")), Duration::ZERO);
        report(&mut leases, at(2, None), MINUTE);
        let listed = leases.list(MINUTE);
        assert_eq!(listed, [ListedUser::new(ana(), at(2, None), Stamp::from_seconds(60.0).unwrap())]);
    }

    #[test]
    fn who_logs_off_is_gone_at_once_and_may_do_so_twice() {
        let mut leases = Leases::new(MINUTE * 5);
        report(&mut leases, at(1, None), Duration::ZERO);
        leases.end(&ana());
        leases.end(&ana());
        assert!(leases.list(Duration::ZERO).is_empty());
    }
}
