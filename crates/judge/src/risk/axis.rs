//! From calendar days to a person's working hours and back.
//!
//! A moment is a number of days since today began, its fraction the part of that day's working hours that have passed.
//! Deliberately not here: zones. Known limits: people's days are taken to begin together; beyond the hours given, every day
//! has the mean of the last four weeks.

/// Days of the past that stand for the future.
const LIKE: usize = 28;
/// A moment that never comes: 27 centuries.
pub const NEVER: f32 = 1e6;

/// Working hours over days.
#[derive(Clone, Debug)]
pub struct Axis {
    /// Hours worked before each day.
    before: Vec<f32>,
    /// For every bin of hours the day its beginning falls on.
    days: Vec<u32>,
    bin: f32,
    /// Hours a day beyond the last.
    beyond: f32,
}

impl Axis {
    /// From hours a day, beginning today; what is no number of 0 or more counts 0.
    pub fn new(hours: &[f64]) -> Axis {
        let possible = |h: &f64| if h.is_finite() { h.clamp(0.0, 24.0) } else { 0.0 };
        let mut before = vec![0.0_f32];
        let mut sum = 0.0;
        for hours in hours.iter().map(possible) {
            sum += hours;
            before.push(sum as f32);
        }
        let last = &hours[hours.len().saturating_sub(LIKE)..];
        let beyond = last.iter().map(possible).sum::<f64>() / last.len().max(1) as f64;
        // Sixteen bins a day: in most of them no day begins.
        let bin = (sum / (16.0 * before.len() as f64)).max(1e-3) as f32;
        let mut days = vec![];
        let mut day = 0;
        while (days.len() as f32) * bin < sum as f32 {
            let begin = days.len() as f32 * bin;
            while before[day + 1] <= begin {
                day += 1;
            }
            days.push(day as u32);
        }
        Axis { before, days, bin, beyond: beyond as f32 }
    }

    /// Hours worked until a moment.
    #[inline]
    pub fn hours(&self, at: f32) -> f32 {
        let last = self.before.len() - 1;
        let day = at as usize;
        if day < last {
            let begin = self.before[day];
            begin + (at - day as f32) * (self.before[day + 1] - begin)
        } else {
            self.before[last] + (at - last as f32) * self.beyond
        }
    }

    /// The first moment by which so many hours were worked.
    #[inline]
    pub fn moment(&self, hours: f32) -> f32 {
        if hours <= 0.0 {
            return 0.0;
        }
        let last = self.before.len() - 1;
        if hours > self.before[last] {
            let more = hours - self.before[last];
            return if self.beyond > 0.0 { (last as f32 + more / self.beyond).min(NEVER) } else { NEVER };
        }
        let bin = ((hours / self.bin) as usize).min(self.days.len() - 1);
        let mut day = self.days[bin] as usize;
        // A bin that begins with a day may be meant for the end of the one before.
        if self.before[day] >= hours {
            day = self.before.partition_point(|before| *before < hours).saturating_sub(1);
        }
        while self.before[day + 1] < hours {
            day += 1;
        }
        let begin = self.before[day];
        day as f32 + (hours - begin) / (self.before[day + 1] - begin)
    }
}

/// The day a moment falls on; what ends with a day falls on that day.
#[inline]
pub fn day(at: f32) -> u32 {
    // Sums of hours are rounded: a hundredth of a day is minutes.
    (at - 0.01).max(0.0) as u32
}

#[cfg(test)]
mod tests {
    use super::{Axis, NEVER, day};
    use proptest::prelude::*;

    #[test]
    fn work_ends_with_the_day_it_fills_and_waits_for_monday() {
        let weeks: Vec<f64> = [8.0, 8.0, 0.0, 0.0, 8.0].repeat(3);
        let axis = Axis::new(&weeks);
        assert_eq!(day(axis.moment(16.0)), 1);
        assert_eq!(axis.moment(20.0), 4.5);
        assert_eq!(axis.hours(3.5), 16.0);
        assert_eq!(day(axis.moment(16.0 * 4.0 + 8.0 + 9.0)), 16, "beyond: 4.8 h a day");
    }

    #[test]
    fn who_never_works_never_ends() {
        assert_eq!(Axis::new(&[]).moment(1.0), NEVER);
        assert_eq!(Axis::new(&[0.0; 30]).moment(1.0), NEVER);
        assert_eq!(Axis::new(&[0.0; 30]).moment(0.0), 0.0);
    }

    proptest! {
        #[test]
        fn there_and_back(hours in prop::collection::vec(0.0..12.0_f64, 1..60), part in 0.0..1.0_f64) {
            let axis = Axis::new(&hours);
            let wanted = (hours.iter().sum::<f64>() * part) as f32;
            let back = axis.hours(axis.moment(wanted));
            prop_assert!((back - wanted).abs() <= 1e-3 * (1.0 + wanted), "{} {}", wanted, back);
        }
    }
}
