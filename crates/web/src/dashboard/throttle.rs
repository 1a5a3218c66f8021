//! How often a sign-in may fail: a few times an address, some times in all.
//!
//! The token is a random number of 256 bits, so this keeps a log readable and a store unbothered rather than the door shut.
//! Known limits: behind a proxy every visitor has the proxy's address; each process counts for itself.

use jiff::{SignedDuration, Timestamp};
use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// The time that failures are counted over.
const WINDOW: SignedDuration = SignedDuration::from_mins(5);

/// Failures an address: a person who mistypes, twice.
const OF_ONE: usize = 8;

/// Failures of all addresses: a team on its first morning stays far below.
const OF_ALL: usize = 200;

/// Counts failures.
#[derive(Debug, Default)]
pub(super) struct Throttle(Mutex<Failures>);

#[derive(Debug, Default)]
struct Failures {
    all: VecDeque<Timestamp>,
    by_address: HashMap<IpAddr, VecDeque<Timestamp>>,
}

impl Throttle {
    /// How many seconds an address has to wait; none when it may try.
    pub(super) fn wait(&self, address: IpAddr, now: Timestamp) -> Option<i64> {
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        failures.forget(now);
        let of_one = failures.by_address.get(&block(address));
        let over = |times: Option<&VecDeque<Timestamp>>, most: usize| {
            times.filter(|times| times.len() >= most).and_then(|times| times.front().copied())
        };
        let since = over(of_one, OF_ONE).or_else(|| over(Some(&failures.all), OF_ALL))?;
        Some((since + WINDOW).duration_since(now).as_secs().max(1))
    }

    /// Notes a failure.
    pub(super) fn failed(&self, address: IpAddr, now: Timestamp) {
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        failures.forget(now);
        failures.all.push_back(now);
        failures.by_address.entry(block(address)).or_default().push_back(now);
    }
}

impl Failures {
    fn forget(&mut self, now: Timestamp) {
        let old = |at: &Timestamp| now.duration_since(*at) >= WINDOW;
        let drop_old = |times: &mut VecDeque<Timestamp>| {
            while times.front().is_some_and(old) {
                times.pop_front();
            }
        };
        drop_old(&mut self.all);
        self.by_address.values_mut().for_each(drop_old);
        self.by_address.retain(|_, times| !times.is_empty());
    }
}

/// One who has an IPv6 address has 2^64 of them.
pub(crate) fn block(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(six) => match six.to_ipv4_mapped() {
            Some(four) => IpAddr::V4(four),
            None => IpAddr::V6((u128::from(six) >> 64 << 64).into()),
        },
        four @ IpAddr::V4(_) => four,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).expect("a moment")
    }

    #[test]
    fn one_address_waits_alone_until_its_failures_are_old() {
        let throttle = Throttle::default();
        let (one, other): (IpAddr, IpAddr) = ([192, 0, 2, 1].into(), [192, 0, 2, 2].into());
        for n in 0..OF_ONE as i64 {
            assert_eq!(throttle.wait(one, at(n)), None);
            throttle.failed(one, at(n));
        }
        assert_eq!(throttle.wait(one, at(10)), Some(290));
        assert_eq!(throttle.wait(other, at(10)), None);
        assert_eq!(throttle.wait(one, at(300)), None, "the first failure is old");
    }

    #[test]
    fn many_addresses_wait_together() {
        let throttle = Throttle::default();
        for n in 0..OF_ALL {
            throttle.failed([10, 0, (n / 250) as u8, (n % 250) as u8].into(), at(0));
        }
        assert!(throttle.wait([192, 0, 2, 9].into(), at(1)).is_some());
        assert!(throttle.wait([192, 0, 2, 9].into(), at(301)).is_none());
    }

    #[test]
    fn addresses_of_one_network_are_one() {
        let (a, b): (IpAddr, IpAddr) =
            ("2001:db8:1:2::1".parse().unwrap(), "2001:db8:1:2:ffff::9".parse().unwrap());
        assert_eq!(block(a), block(b));
        assert_eq!(block("::ffff:192.0.2.1".parse().unwrap()), IpAddr::from([192, 0, 2, 1]));
    }
}
