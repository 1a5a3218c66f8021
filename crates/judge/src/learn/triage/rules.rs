//! The cold start: what a text alone says about a request, before the team has labelled any.
//!
//! Deliberately few rules, each a phrase or a sign that means the same in every team; the answers are rankings, never
//! decisions. Known limits: English phrases; a category cannot be told without history, so its options stay alike.

use super::Aspect;
use crate::learn::intent::{Kind, points};

use crate::learn::calibration::softmax;
use crate::learn::severity::sounds;
use crate::learn::text::{plain, words};

/// The names teams give to the kinds, as parts of a lower-case label.
const NAMES: [(Kind, &[&str]); 3] = [
    (Kind::Bug, &["bug", "defect", "incident", "fault", "problem", "error"]),
    (Kind::Feature, &["feature", "enhancement", "improvement", "idea", "wish", "story", "change", "request"]),
    (Kind::Question, &["question", "support", "help", "how", "inquiry", "consult"]),
];
/// Letters of a description that are read.
const MOST_CHARS: usize = 3_000;
/// Words of a description from which a request is taken to be twice as large: a paragraph.
const PARAGRAPH: f64 = 80.0;

/// The team's options by how well they fit, adding to 1, the best first; the order of the options breaks ties.
#[must_use]
pub fn ranking(aspect: Aspect, title: &str, body: &str, options: &[String]) -> Vec<(String, f64)> {
    let scores: Vec<f64> = match aspect {
        Aspect::RequestType => by_kind(points(title, body), options),
        Aspect::Category => options.iter().map(|option| named(option, title, body)).collect(),
        Aspect::Complexity => by_place(size(body), options.len()),
        Aspect::Priority => by_place(0.5 + sounds(title, body) / 8.0, options.len()),
    };
    let mut ranked: Vec<(String, f64)> = options.iter().cloned().zip(softmax(&scores, 1.0)).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
    ranked
}

fn by_kind(points: [f64; 3], options: &[String]) -> Vec<f64> {
    let score = |option: &String| {
        let lower = option.to_lowercase();
        let kind = NAMES.iter().position(|(_, names)| names.iter().any(|name| lower.contains(name)));
        // A label that names no kind may mean anything, so it stands below a kind that was found.
        kind.map_or(0.5, |kind| points[kind].min(4.0))
    };
    options.iter().map(score).collect()
}

/// Whether the text names the option itself.
fn named(option: &str, title: &str, body: &str) -> f64 {
    let option = option.to_lowercase();
    let holds = |text: &str| !option.is_empty() && text.to_lowercase().contains(&option);
    let body: String = body.chars().take(MOST_CHARS).collect();
    2.0 * f64::from(u8::from(holds(title))) + f64::from(u8::from(holds(&body)))
}

/// How large it looks, 0 to 1, by the words of the description in doublings of a paragraph.
fn size(body: &str) -> f64 {
    let start: String = body.chars().take(4 * MOST_CHARS).collect();
    let count = words(&plain(&start)).count() as f64;
    ((1.0 + count / PARAGRAPH).log2() / 3.0).min(1.0)
}

/// Scores of ordered options around a place from 0 (the least) to 1 (the most): a bell as wide as one option.
fn by_place(place: f64, options: usize) -> Vec<f64> {
    let middle = place.clamp(0.0, 1.0) * (options.max(1) - 1) as f64;
    (0..options).map(|at| -(at as f64 - middle).powi(2)).collect()
}

#[cfg(test)]
mod tests {
    use super::{Aspect, ranking};

    #[test]
    fn harm_ranks_the_highest_priority_first() {
        let options = ["Low", "Medium", "High"].map(str::to_owned);
        let best = |title| ranking(Aspect::Priority, title, "", &options)[0].0.clone();
        assert_eq!(best("Crash and data loss: cannot start"), "High");
        assert_eq!(best("Fix typo in javadoc"), "Low");
        assert!(ranking(Aspect::Priority, "x", "y", &[]).is_empty());
    }
}
