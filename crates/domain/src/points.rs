//! Score points: tenths of a point from 0.0 to 100.0, kept as an integer.
//!
//! Integers make the breakdown exact: a score *is* the sum of its contributions as people see them, and the value
//! written to a field of precision 1 is the value judged. Deliberately not here: bands, or any scale but 0–100.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Points in tenths; arithmetic saturates nowhere near the range used (0–1000).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "f64")]
pub struct Points(i32);

impl Points {
    /// No points.
    pub const ZERO: Points = Points(0);

    /// Rounds a number of points (0–100, fractions allowed) to the nearest tenth.
    pub fn from_f64(points: f64) -> Self {
        Points((points * 10.0).round() as i32)
    }

    /// Builds from tenths of a point: `734` is 73.4.
    pub fn from_tenths(tenths: i32) -> Self {
        Points(tenths)
    }

    /// The value in tenths.
    pub fn tenths(self) -> i32 {
        self.0
    }

    /// The value as a number with one decimal.
    pub fn to_f64(self) -> f64 {
        f64::from(self.0) / 10.0
    }

    /// The distance between two values, never negative.
    pub fn distance(self, other: Points) -> Points {
        Points((self.0 - other.0).abs())
    }
}

impl std::ops::Add for Points {
    type Output = Points;
    fn add(self, other: Points) -> Points {
        Points(self.0 + other.0)
    }
}

impl std::ops::Sub for Points {
    type Output = Points;
    fn sub(self, other: Points) -> Points {
        Points(self.0 - other.0)
    }
}

impl std::iter::Sum for Points {
    fn sum<I: Iterator<Item = Points>>(iter: I) -> Points {
        iter.fold(Points::ZERO, |a, b| a + b)
    }
}

impl std::fmt::Display for Points {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&format!("{:.1}", self.to_f64()))
    }
}

impl Serialize for Points {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.to_f64())
    }
}

impl<'de> Deserialize<'de> for Points {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        f64::deserialize(deserializer).map(Points::from_f64)
    }
}
