//! Whether a sentence that a language model worded may stand in the place of the template's.
//!
//! It was given the template's own facts and nothing else. Every number in it, in digits or in words, must occur in those
//! facts; links, mentions and markup are refused whole, so that no text can lead anybody anywhere. Deliberately not here:
//! asking, or the template (`words`). Known limits: number words are known in English up to twenty, with the common larger
//! ones; a claim without a number is not checked, which is why wording is off by default and the headline stays the template's.

use std::collections::BTreeSet;

/// The longest wording, letters: three sentences. The headline and the rest of the field need their room.
pub const LONGEST_DRAFT: usize = 600;

/// Told at the end of a rationale that a model worded.
const WORDED: &str = "(Worded by a language model from Upnext's facts.)";

/// Words that stand for a number, and the number.
const WORDS: [(&str, f64); 27] = [
    ("zero", 0.0),
    ("one", 1.0),
    ("two", 2.0),
    ("three", 3.0),
    ("four", 4.0),
    ("five", 5.0),
    ("six", 6.0),
    ("seven", 7.0),
    ("eight", 8.0),
    ("nine", 9.0),
    ("ten", 10.0),
    ("eleven", 11.0),
    ("twelve", 12.0),
    ("thirteen", 13.0),
    ("fourteen", 14.0),
    ("fifteen", 15.0),
    ("sixteen", 16.0),
    ("seventeen", 17.0),
    ("eighteen", 18.0),
    ("nineteen", 19.0),
    ("twenty", 20.0),
    ("dozen", 12.0),
    ("hundred", 100.0),
    ("thousand", 1_000.0),
    ("million", 1_000_000.0),
    ("twice", 2.0),
    ("double", 2.0),
];

/// What a wording must not hold: it leads somewhere, calls somebody, or is read as more than text.
const BARRED: [&str; 6] = ["://", "www.", "@", "<", "](", "`"];

/// The wording with the template's headline, or nothing when it may not be used.
#[must_use]
pub fn worded(draft: &str, template: &str) -> Option<String> {
    let draft = draft.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_plain = !draft.is_empty()
        && draft.chars().count() <= LONGEST_DRAFT
        && !draft.chars().any(char::is_control)
        && !BARRED.iter().any(|barred| draft.contains(barred));
    if !is_plain || !numbers(&draft).is_subset(&numbers(template)) {
        return None;
    }
    let headline = template.lines().next().unwrap_or_default();
    Some(format!("{headline}\n{draft}\n{WORDED}"))
}

/// Every number in a text, in digits or words, in thousandths. "one" alone is mostly no number ("this one") and says as little.
fn numbers(text: &str) -> BTreeSet<i64> {
    let mut found = BTreeSet::new();
    let mut digits = String::new();
    for c in text.chars().chain([' ']) {
        match c {
            '0'..='9' => digits.push(c),
            '.' | ',' if digits.ends_with(|d: char| d.is_ascii_digit()) => digits.push(c),
            _ => take(&mut digits, &mut found),
        }
    }
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphabetic()).filter(|word| *word != "one");
    found.extend(
        words.filter_map(|word| WORDS.iter().find(|(known, _)| *known == word)).map(|(_, n)| thousandths(*n)),
    );
    found
}

/// Every reading of a run of digits, points and commas: "1,000" may be a thousand or one, and both must be among the facts.
fn take(digits: &mut String, found: &mut BTreeSet<i64>) {
    let run = std::mem::take(digits);
    let run = run.trim_end_matches(['.', ',']);
    let grouped = run.split(['.', ',']).skip(1).all(|part| part.len() == 3);
    let mut readings: Vec<f64> = run.replace(',', ".").parse().into_iter().collect();
    if grouped {
        readings.extend(run.replace(['.', ','], "").parse::<f64>());
    }
    if readings.is_empty() {
        // A date or a version: each of its parts.
        readings.extend(run.split(['.', ',']).filter_map(|part| part.parse::<f64>().ok()));
    }
    found.extend(readings.into_iter().map(thousandths));
}

fn thousandths(value: f64) -> i64 {
    (value * 1_000.0).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "P1 · 47.5 of 100 · confidence 80 %\nBecause: urgency +18.2 (due in 3 days); blocks “Ship it” and 2 more.";

    #[test]
    fn a_wording_of_the_facts_takes_the_place_of_the_template() {
        let draft = "It is due in three days and blocks “Ship it” and 2 more, which gives 18.2 points.";
        let text = worded(draft, TEMPLATE).unwrap();
        assert_eq!(text.lines().next(), TEMPLATE.lines().next());
        assert!(text.contains(draft) && text.ends_with(WORDED));
    }

    #[test]
    fn a_number_that_is_not_among_the_facts_refuses_it() {
        for draft in [
            "It is due in 4 days.",
            "It saves $1,000.",
            "Due in four days.",
            "Twelve customers wait.",
            "Its score is 47.6.",
            "Due 2026-12-01.",
            "Confidence is 80.5 %.",
        ] {
            assert_eq!(worded(draft, TEMPLATE), None, "{draft}");
        }
    }

    #[test]
    fn what_leads_somewhere_is_refused() {
        for draft in
            ["See https://example.com", "Ask @ana.", "<b>Now</b>", "[here](x)", "", "Go to www.example.com"]
        {
            assert_eq!(worded(draft, TEMPLATE), None, "{draft}");
        }
        assert_eq!(worded(&"word ".repeat(200), TEMPLATE), None);
    }

    proptest::proptest! {
        /// Whatever is drafted, no number gets in that the template does not have.
        #[test]
        fn no_number_is_made_up(draft in "([a-z ]{0,9}[0-9.,]{0,6}){0,6}") {
            if let Some(text) = worded(&draft, TEMPLATE) {
                proptest::prop_assert!(numbers(&text).is_subset(&numbers(TEMPLATE)));
            }
        }
    }
}
