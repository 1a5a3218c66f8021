//! Words that people use for priorities, and how strong each is.
//!
//! One table for every team: Asana's High/Medium/Low, P0–P4, and Jira's Blocker–Trivial. Options it does not know are
//! read by their place in the list, first is highest. Deliberately not here: which field is read.

/// Strength of a priority word, 0–1.
pub(crate) fn priority_word(label: &str) -> Option<f64> {
    let word = label.trim().to_lowercase();
    Some(match word.as_str() {
        "blocker" | "p0" | "urgent" | "highest" => 1.0,
        "critical" => 0.9,
        "high" | "p1" => 0.75,
        "major" => 0.6,
        "medium" | "normal" | "moderate" | "p2" => 0.5,
        "minor" => 0.3,
        "low" | "p3" => 0.25,
        "trivial" | "lowest" | "p4" => 0.1,
        _ => return None,
    })
}

/// Strength of the option at `place` of `count`, first highest: evenly spaced from 1 down to 1/count.
pub(crate) fn by_place(place: usize, count: usize) -> f64 {
    (count - place) as f64 / count as f64
}
