//! Due dates: where they end up, and the days they were on before they slipped.

use super::calendar::DAY;
use super::dice::Dice;

/// The days a due date was on, first to last; never before the day of the creation.
pub(super) fn due_days(
    (created, done, now): (i64, Option<i64>, i64),
    slips: i64,
    dice: &mut Dice,
) -> Vec<i64> {
    let (first, today) = (created.div_euclid(DAY), now.div_euclid(DAY));
    let last = match done {
        // Around the day it was done; late somewhat more often than early.
        Some(done) => done.div_euclid(DAY) + dice.between(-6, 5),
        // Some are overdue, most are ahead of us, a few are far off.
        None if dice.chance(0.15) => today - dice.between(1, 25),
        None => today + dice.log_normal(18.0, 0.9) as i64,
    };
    let mut days = vec![last.max(first)];
    for _ in 0..slips {
        let before = days[days.len() - 1] - dice.between(2, 14);
        if before < first {
            break;
        }
        days.push(before);
    }
    days.reverse();
    days
}
