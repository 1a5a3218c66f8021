//! The rubrics that ship: `default`, `wsjf`, `rice`, `ice`.
//!
//! Files beside the code, so that a team can copy one and change it. Deliberately not here: parsing.

use crate::{Rubric, RubricError};

/// Name and text of every shipped rubric.
pub const PRESETS: [(&str, &str); 4] = [
    ("default", include_str!("../presets/default.toml")),
    ("wsjf", include_str!("../presets/wsjf.toml")),
    ("rice", include_str!("../presets/rice.toml")),
    ("ice", include_str!("../presets/ice.toml")),
];

/// A shipped rubric by name.
///
/// # Errors
/// An unknown name, listing the known ones.
pub fn preset(name: &str) -> Result<Rubric, RubricError> {
    let text = PRESETS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text);
    Rubric::parse(text.ok_or_else(|| RubricError::UnknownPreset(name.to_owned()))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_is_valid_and_its_weights_sum_to_one() {
        for (name, _) in PRESETS {
            let rubric = preset(name).expect(name);
            let sum: f64 = rubric.criteria().iter().map(|c| c.weight).sum();
            assert!((sum - 1.0).abs() < 1e-12, "{name}: {sum}");
        }
    }
}
