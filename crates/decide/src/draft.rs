//! Whether a sentence that a language model worded may stand in the place of the template's, or above its list.
//!
//! It was given the template's own facts and nothing else. Every number in it, in digits or in words, and every name of a band,
//! a version or a site must occur in those facts; links, mentions and markup are refused whole, so that no text can lead anybody
//! anywhere. Deliberately not here: asking, or the template (`words`). Known limits: number words are known in English up to
//! twenty, with the common larger ones; a number of one task may be told of another; a claim without a number is not checked,
//! which is why wording is off by default and headlines, ranks and links stay the template's.

use std::collections::BTreeSet;

/// The longest wording, letters: three sentences. The headline and the rest of the field need their room.
pub const LONGEST_DRAFT: usize = 600;

/// Told below what a model worded.
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
    let draft = checked(draft, template)?;
    let headline = template.lines().next().unwrap_or_default();
    Some(format!("{headline}\n{draft}\n{WORDED}"))
}

/// The summary with the wording above its list, or nothing when it may not be used.
pub(crate) fn worded_summary(draft: &str, template: &str, facts: &str) -> Option<String> {
    let draft = checked(draft, facts)?;
    let (headline, list) = template.split_once('\n')?;
    Some(format!("{headline}\n{draft}\n{WORDED}\n{list}"))
}

/// The wording as a paragraph that stands by itself, or nothing when it may not be used.
pub(crate) fn worded_paragraph(draft: &str, facts: &str) -> Option<String> {
    Some(format!("{}\n{WORDED}", checked(draft, facts)?))
}

/// A summary as the template alone made it.
pub(crate) fn without_wording(text: &str) -> String {
    match text.lines().collect::<Vec<_>>()[..] {
        [headline, _, told, ref list @ ..] if told == WORDED => {
            std::iter::once(headline).chain(list.iter().copied()).collect::<Vec<_>>().join("\n")
        }
        _ => text.to_owned(),
    }
}

/// The draft as one line, if it is plain and says nothing that can be checked and is not among the facts.
fn checked(draft: &str, facts: &str) -> Option<String> {
    let draft = draft.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_plain = !draft.is_empty()
        && draft.chars().count() <= LONGEST_DRAFT
        && !draft.chars().any(char::is_control)
        && !BARRED.iter().any(|barred| draft.contains(barred));
    (is_plain && claims(&draft).is_subset(&claims(facts))).then_some(draft)
}

/// All that can be checked: every number in digits or words, in thousandths; names with digits, such as `p1`; sites, such as
/// `example.com`. "one" alone is mostly no number ("this one") and says as little.
fn claims(text: &str) -> BTreeSet<String> {
    let lower = text.to_lowercase();
    let mut found = BTreeSet::new();
    let (mut letters, mut digits) = (String::new(), String::new());
    for c in lower.chars().chain([' ']) {
        match c {
            '0'..='9' => digits.push(c),
            '.' | ',' if digits.ends_with(|d: char| d.is_ascii_digit()) => digits.push(c),
            _ => {
                let is_name_over = !digits.is_empty() || !c.is_alphabetic();
                take(&letters, &mut digits, &mut found);
                if is_name_over {
                    letters.clear();
                }
                // Other scripts' digits, fractions: what they say is not read, so they must be there as they are.
                if c.is_numeric() {
                    found.insert(c.to_string());
                }
                letters.extend(Some(c).filter(|c| c.is_alphabetic()));
            }
        }
    }
    let words = lower.split(|c: char| !c.is_alphabetic()).filter(|word| *word != "one");
    found.extend(
        words.filter_map(|word| WORDS.iter().find(|(known, _)| *known == word)).map(|(_, n)| thousandths(*n)),
    );
    found.extend(lower.split_whitespace().filter_map(site));
    found
}

/// Takes a run of digits, points and commas; right behind letters it is part of a name.
fn take(letters: &str, digits: &mut String, found: &mut BTreeSet<String>) {
    let run = std::mem::take(digits);
    let run = run.trim_end_matches(['.', ',']);
    if run.is_empty() {
        return;
    }
    if !letters.is_empty() {
        found.insert(format!("{letters}{run}"));
        return;
    }
    found.extend(readings(run).into_iter().map(thousandths));
}

/// Every reading of a run: "1,000" may be a thousand or one, and both must be among the facts.
fn readings(run: &str) -> Vec<f64> {
    let grouped = run.split(['.', ',']).skip(1).all(|part| part.len() == 3);
    let mut readings: Vec<f64> = run.replace(',', ".").parse().into_iter().collect();
    if grouped {
        readings.extend(run.replace(['.', ','], "").parse::<f64>());
    }
    if readings.is_empty() {
        // A date or a version: each of its parts.
        readings.extend(run.split(['.', ',']).filter_map(|part| part.parse::<f64>().ok()));
    }
    readings
}

/// A word that a reader's program may turn into a link: letters on both sides of a point, at least two behind it.
fn site(word: &str) -> Option<String> {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let is_letters = |part: &str| part.chars().take_while(|c| c.is_alphabetic()).count() >= 2;
    let joins =
        |(at, _): (usize, &str)| word[..at].ends_with(char::is_alphanumeric) && is_letters(&word[at + 1..]);
    word.match_indices('.').any(joins).then(|| word.to_owned())
}

fn thousandths(value: f64) -> String {
    ((value * 1_000.0).round() as i64).to_string()
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
            // The band's digit is no number, and another band is not this one.
            "It saves 1 day.",
            "It is a P0.",
            "Due in ٤ days.",
            "It cuts the cost by ½.",
        ] {
            assert_eq!(worded(draft, TEMPLATE), None, "{draft}");
        }
    }

    #[test]
    fn what_leads_somewhere_is_refused() {
        for draft in [
            "See https://a.example",
            "Ask @ana.",
            "<b>Now</b>",
            "[x](x)",
            "",
            "On www.b.example",
            "Go to b.example/x",
        ] {
            assert_eq!(worded(draft, TEMPLATE), None, "{draft}");
        }
        assert_eq!(worded(&"word ".repeat(200), TEMPLATE), None);
    }

    #[test]
    fn a_site_of_the_facts_and_an_abbreviation_are_fine() {
        let facts = "- P1 60.2 · Move “node.js” off example.com · due in 3 days";
        for draft in ["The move off example.com, i.e. of Node.js, is a P1.", "Due soon, e.g. in 3 days."] {
            assert!(checked(draft, facts).is_some(), "{draft}");
        }
    }

    #[test]
    fn a_worded_summary_holds_the_list_and_comes_off_again() {
        let template = "Upnext · top (4 tasks scored)\n1. P1 60.2 · Ship it · due in 3 days\n   https://app.asana.com/0/1/2";
        let facts = "4 tasks scored; these come first:\n- P1 60.2 · Ship it · due in 3 days";
        let text = worded_summary("“Ship it” is due\nin 3 days.", template, facts).unwrap();
        assert_eq!(text.lines().nth(1), Some("“Ship it” is due in 3 days."));
        assert!(text.ends_with("\n1. P1 60.2 · Ship it · due in 3 days\n   https://app.asana.com/0/1/2"));
        assert_eq!(without_wording(&text), template);
        assert_eq!(without_wording(template), template);
        // Neither rank nor link lends its numbers.
        assert_eq!(worded_summary("Due in 2 days.", template, facts), None);
        assert_eq!(worded_summary("Due in 0 days.", template, facts), None);
    }

    proptest::proptest! {
        /// Whatever is drafted, no number gets in that the template does not have.
        #[test]
        fn no_number_is_made_up(draft in "([a-z ]{0,9}[0-9.,]{0,6}){0,6}") {
            if let Some(text) = worded(&draft, TEMPLATE) {
                proptest::prop_assert!(claims(&text).is_subset(&claims(TEMPLATE)));
            }
        }
    }
}
