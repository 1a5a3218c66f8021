//! Where tasks stand, and what people estimated.

use super::some_of;
use crate::import::Row;
use fastrand::Rng;
use serde_json::json;

/// The project's sections, in order.
pub(super) const SECTIONS: [&str; 3] = ["Backlog", "Next Sprint", "In Progress"];
const NEXT_SPRINT: usize = 22;
const IN_PROGRESS: usize = 10;
/// Efforts people choose from, in days.
const EFFORTS: [u8; 6] = [1, 2, 3, 5, 8, 13];

/// Puts a few tasks into the sprints and leaves the rest in the backlog.
pub(super) fn place(rows: &mut [Row], random: &mut Rng) {
    let chosen = some_of(0..rows.len(), NEXT_SPRINT + IN_PROGRESS, random);
    let working = some_of(chosen.iter().copied(), IN_PROGRESS, random);
    for (nth, row) in rows.iter_mut().enumerate() {
        let section = match (working.contains(&nth), chosen.contains(&nth)) {
            (true, _) => SECTIONS[2],
            (false, true) => SECTIONS[1],
            (false, false) => SECTIONS[0],
        };
        row.section = Some(section.to_owned());
    }
}

/// "Business Value" for 60 % of the tasks and "Effort Estimate" for 70 %.
pub(super) fn estimate(rows: &mut [Row], random: &mut Rng) {
    for nth in some_of(0..rows.len(), rows.len() * 6 / 10, random) {
        let value = business_value(&rows[nth], random);
        rows[nth].fields.insert("Business Value".to_owned(), json!(value));
    }
    for nth in some_of(0..rows.len(), rows.len() * 7 / 10, random) {
        let effort = effort(&rows[nth], random);
        rows[nth].fields.insert("Effort Estimate".to_owned(), json!(effort));
    }
}

/// 0 to 10, around what the real priority suggests.
fn business_value(row: &Row, random: &mut Rng) -> i32 {
    let around = match row.priority.as_deref() {
        Some("Blocker") => 9,
        Some("Critical") => 8,
        Some("Major") => 6,
        Some("Minor") => 4,
        _ => 2,
    };
    (around + random.i32(-2..=2)).clamp(0, 10)
}

/// Days; bugs tend to be smaller than improvements, and more important ones larger.
fn effort(row: &Row, random: &mut Rng) -> u8 {
    let kind = usize::from(row.kind.as_deref() != Some("Bug"));
    let important = usize::from(matches!(row.priority.as_deref(), Some("Blocker" | "Critical" | "Major")));
    EFFORTS[(kind + important + random.usize(0..=3)).min(EFFORTS.len() - 1)]
}
