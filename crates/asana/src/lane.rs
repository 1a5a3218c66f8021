//! Whose call goes first, and how much of a token's limits this process may use.
//!
//! Both are plain values; `limiter` keeps to them. Who divides a token among processes is not decided here. Known limit: where
//! the whole rate is small (a free plan's, a small share), an interactive call waits until one call more fits, at most.

/// The part of every limit that background calls may use, in percent: requests a minute, searches a minute, reads and
/// writes in flight. The fifth that is kept free is, at Asana's paid limits, 300 calls a minute, 9 of them at once, 10 reads
/// and 3 writes in flight: more than a page or a button takes that somebody waits for, while a night's sweep gets only a
/// quarter slower.
const BACKGROUND_PERCENT: u64 = 80;

/// Who waits for a call. See [`Client::lane`](crate::Client::lane).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lane {
    /// Somebody does: these calls go before all background calls and may use the whole limit.
    #[default]
    Interactive,
    /// Nobody does: at most four fifths of each limit, but always at least one call at a time, and nothing at all while an
    /// interactive call waits for the same limit.
    Background,
}

impl Lane {
    /// How much of `limit` calls of this lane may use.
    pub(crate) fn part(self, limit: u32) -> u32 {
        match self {
            Self::Interactive => limit,
            // Four fifths of one would be nothing for ever.
            Self::Background => scaled(limit, BACKGROUND_PERCENT, 100).max(limit.min(1)),
        }
    }
}

/// The part of one token's limits that is this process's: `numerator / denominator`, from nothing to everything.
///
/// Each limit is multiplied by it and rounded down, so processes whose shares add up to at most 1 stay within the limit
/// together. A limit smaller than the number of equal shares rounds to nothing: see
/// [`Limits::most_shares`](crate::Limits::most_shares).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Share {
    numerator: u32,
    denominator: u32,
}

impl Share {
    /// The whole token.
    pub const WHOLE: Self = Self { numerator: 1, denominator: 1 };
    /// Nothing: no call is sent until there is another share.
    pub const NONE: Self = Self { numerator: 0, denominator: 1 };

    /// `numerator / denominator`; `None` when that is no number from 0 to 1.
    pub fn new(numerator: u32, denominator: u32) -> Option<Self> {
        (denominator > 0 && numerator <= denominator).then_some(Self { numerator, denominator })
    }

    /// How much of `limit` that is, in whole calls.
    pub(crate) fn of(self, limit: u32) -> u32 {
        scaled(limit, u64::from(self.numerator), u64::from(self.denominator))
    }
}

/// `limit · numerator / denominator`, rounded down. The fraction is at most 1, so the result fits.
fn scaled(limit: u32, numerator: u64, denominator: u64) -> u32 {
    u32::try_from(u64::from(limit) * numerator / denominator).unwrap_or(limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_fractions_and_parts_never_add_up_to_more() {
        assert_eq!(Share::new(1, 0), None);
        assert_eq!(Share::new(3, 2), None);
        for denominator in 1..40 {
            let share = Share::new(1, denominator).expect("a fraction");
            for limit in [15, 50, 60, 150, 1_500, u32::MAX] {
                assert!(u64::from(share.of(limit)) * u64::from(denominator) <= u64::from(limit));
            }
        }
        assert_eq!((Share::WHOLE.of(15), Share::NONE.of(15)), (15, 0));
    }

    #[test]
    fn the_background_gets_four_fifths_and_at_least_one() {
        assert_eq!(
            [1_500, 60, 50, 15, 2, 1, 0].map(|n| Lane::Background.part(n)),
            [1_200, 48, 40, 12, 1, 1, 0]
        );
        assert_eq!(Lane::Interactive.part(15), 15);
    }
}
