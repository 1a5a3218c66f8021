//! Learning a rubric's weights from what people put first: strengths as features, the fit, and what it would change.
//!
//! A proposal is the same rubric with other weights. It is made only when it tells answers that it was not fitted on better
//! than the rubric in force does; a person accepts it. Deliberately not here: asking (`app`), keeping (`store`), the past
//! (`backtest::pulled`). Known limit: what a blocker inherits is taken as it is under the rubric in force; the comparison of
//! the two orders judges afresh and so has it right.

mod compare;
mod fit;
mod held_out;
mod interview;
mod strengths;

pub use compare::{Agreement, Change, agreement, change};
pub use fit::{LearnedWeight, Pair, fit, proposed};
pub use held_out::{Answered, HeldOut, Use, held_out};
pub use interview::{Interview, asked, to_learn};
pub use strengths::{Strengths, strengths};

/// What stands between a rubric's own version and the number of a team's version of it.
const TEAM: &str = "+team-";

/// The rubric's own version: `default-3` of `default-3+team-2`.
#[must_use]
pub fn base_version(version: &str) -> &str {
    version.rsplit_once(TEAM).map_or(version, |(base, _)| base)
}

/// The next version for a team: `default-3+team-2` after `default-3+team-1`, whatever was rejected in between.
pub fn next_version<'a>(current: &'a str, known: impl IntoIterator<Item = &'a str>) -> String {
    let base = base_version(current);
    let number = |version: &str| {
        let (of, number) = version.rsplit_once(TEAM)?;
        (of == base).then(|| number.parse::<u32>().ok()).flatten()
    };
    let last = known.into_iter().chain([current]).filter_map(number).max().unwrap_or(0);
    format!("{base}{TEAM}{}", last.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::next_version;

    #[test]
    fn versions_count_on_from_the_last_of_the_same_base() {
        assert_eq!(next_version("default-3", []), "default-3+team-1");
        assert_eq!(next_version("default-3+team-2", ["default-3+team-4", "wsjf+team-9"]), "default-3+team-5");
        assert_eq!(next_version("mine+team-x", ["mine+team-x"]), "mine+team-1");
    }
}
