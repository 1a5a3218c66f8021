//! Bands P0–P3, the recommended sprint and the recommended action: the words a score is turned into.
//!
//! Thresholds come from the rubric; hysteresis lives here because it is part of what a band means.
//! Deliberately not here: the scores themselves.

use crate::Points;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Priority band, P0 the most urgent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Band {
    /// Do it now.
    P0,
    /// Next.
    P1,
    /// Worth doing.
    P2,
    /// Not now.
    P3,
}

impl Band {
    /// All bands, highest first.
    pub const ALL: [Band; 4] = [Band::P0, Band::P1, Band::P2, Band::P3];

    /// The label shown in Asana: `P0` … `P3`.
    pub fn label(self) -> &'static str {
        match self {
            Band::P0 => "P0",
            Band::P1 => "P1",
            Band::P2 => "P2",
            Band::P3 => "P3",
        }
    }

    /// Reads a label such as `P1`; anything else is `None`.
    pub fn from_label(label: &str) -> Option<Band> {
        Band::ALL.into_iter().find(|b| b.label() == label)
    }
}

impl std::fmt::Display for Band {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.label())
    }
}

/// Where the bands begin, and how far past a border a score must go to change band.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bands {
    /// Lowest score of P0, points.
    pub p0: Points,
    /// Lowest score of P1, points.
    pub p1: Points,
    /// Lowest score of P2, points; below is P3.
    pub p2: Points,
    /// Points past a border before a task leaves the band it had.
    pub hysteresis: Points,
}

impl Bands {
    /// The band of a score alone.
    pub fn of(&self, score: Points) -> Band {
        match score {
            s if s >= self.p0 => Band::P0,
            s if s >= self.p1 => Band::P1,
            s if s >= self.p2 => Band::P2,
            _ => Band::P3,
        }
    }

    /// The lowest score of a band; P3 begins at zero.
    pub fn floor(&self, band: Band) -> Points {
        match band {
            Band::P0 => self.p0,
            Band::P1 => self.p1,
            Band::P2 => self.p2,
            Band::P3 => Points::ZERO,
        }
    }

    /// The band of a score, given the one the task had: a border must be passed by `hysteresis` to count.
    pub fn with_memory(&self, score: Points, had: Option<Band>) -> Band {
        let plain = self.of(score);
        let Some(had) = had else { return plain };
        let held = match plain.cmp(&had) {
            std::cmp::Ordering::Equal => true,
            // `Less` is a higher band: the score must clear the new band's floor by the margin.
            std::cmp::Ordering::Less => score < self.floor(plain) + self.hysteresis,
            std::cmp::Ordering::Greater => score > self.floor(had) - self.hysteresis,
        };
        // A jump over more than one band is never noise.
        let far = (plain as i32 - had as i32).abs() > 1;
        if held && !far { had } else { plain }
    }
}

/// When to take the task up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Sprint {
    /// In the next sprint.
    #[serde(rename = "Next Sprint")]
    Next,
    /// In one after that.
    #[serde(rename = "Future Sprint")]
    Future,
    /// Leave it in the backlog.
    Backlog,
}

impl Sprint {
    /// All values in the order of the field's options.
    pub const ALL: [Sprint; 3] = [Sprint::Next, Sprint::Future, Sprint::Backlog];

    /// The option's name in Asana.
    pub fn label(self) -> &'static str {
        match self {
            Sprint::Next => "Next Sprint",
            Sprint::Future => "Future Sprint",
            Sprint::Backlog => "Backlog",
        }
    }
}

/// What to do with the task next; a single-select field in Asana.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecommendedAction {
    /// Schedule it into the next sprint.
    Schedule,
    /// Finish or chase what blocks it first.
    Unblock,
    /// Estimate, value or describe it: too little is known to trust the score.
    Clarify,
    /// Keep it for a later sprint.
    Plan,
    /// Leave it where it is.
    Keep,
    /// Old, unwanted and unlinked: consider closing it.
    ConsiderClosing,
}

impl RecommendedAction {
    /// All values in the order of the field's options.
    pub const ALL: [RecommendedAction; 6] = [
        RecommendedAction::Schedule,
        RecommendedAction::Unblock,
        RecommendedAction::Clarify,
        RecommendedAction::Plan,
        RecommendedAction::Keep,
        RecommendedAction::ConsiderClosing,
    ];

    /// The option's name in Asana.
    pub fn label(self) -> &'static str {
        match self {
            RecommendedAction::Schedule => "Schedule now",
            RecommendedAction::Unblock => "Unblock first",
            RecommendedAction::Clarify => "Clarify",
            RecommendedAction::Plan => "Plan for later",
            RecommendedAction::Keep => "Keep in backlog",
            RecommendedAction::ConsiderClosing => "Consider closing",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bands() -> Bands {
        let at = |p: f64| Points::from_f64(p);
        Bands { p0: at(70.0), p1: at(50.0), p2: at(30.0), hysteresis: at(2.0) }
    }

    #[test]
    fn a_border_must_be_passed_by_the_margin() {
        let b = bands();
        assert_eq!(b.with_memory(Points::from_f64(51.0), Some(Band::P2)), Band::P2);
        assert_eq!(b.with_memory(Points::from_f64(52.0), Some(Band::P2)), Band::P1);
        assert_eq!(b.with_memory(Points::from_f64(48.5), Some(Band::P1)), Band::P1);
        assert_eq!(b.with_memory(Points::from_f64(48.0), Some(Band::P1)), Band::P2);
        assert_eq!(b.with_memory(Points::from_f64(50.0), Some(Band::P3)), Band::P1);
        assert_eq!(b.with_memory(Points::from_f64(50.0), None), Band::P1);
    }
}
