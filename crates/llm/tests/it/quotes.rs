//! Quotes: found when they are there, and only then.

use llm::{SHORTEST_QUOTE, occurs};
use proptest::prelude::*;

const SOURCE: &str =
    "Since Monday the “checkout”\n   fails — for\tevery customer… It’s costing us 3,000 € a day.";

#[test]
fn white_space_case_and_marks_do_not_matter() {
    for (quote, found) in [
        ("the \"checkout\" fails - for every customer...", "the “checkout”\n   fails — for\tevery customer…"),
        ("IT'S COSTING US", "It’s costing us"),
        ("  “It's costing us 3,000 €” ", "It’s costing us 3,000 €"),
        ("Since Monday the", "Since Monday the"),
    ] {
        let place = occurs(quote, SOURCE).unwrap_or_else(|| panic!("{quote}"));
        assert_eq!(place.of(SOURCE), found);
    }
}

#[test]
fn anything_else_does() {
    for quote in [
        "",
        "   ",
        "checkout fails for every customer",
        "the checkout works for",
        "fails for no customer",
        "costing us 30,000",
        "costing us 3,00",
        "ince Monday the",
        "Since Monday th",
        "us 3,000",
        "\"\"''",
        "Since Monday the checkout fails and so does everything else that was ever written down here",
    ] {
        assert_eq!(occurs(quote, SOURCE), None, "{quote}");
    }
    assert_eq!(occurs("long enough to be one", ""), None);
}

proptest! {
    /// Any whole words of a text occur in it, also when white space, case and marks are changed.
    #[test]
    fn what_was_copied_is_found(words in prop::collection::vec("[a-zäßλж0-9'\"-]{1,9}", 3..20), from in 0_usize..10, len in 1_usize..9) {
        let source = words.join("\n ");
        let from = from.min(words.len() - 1);
        let copied = words[from..(from + len).min(words.len())].join(" ");
        let letters = copied.trim_matches(['\'', '"']).chars().filter(|c| c.is_alphanumeric()).count();
        let changed = copied.replace('\'', "\u{2019}").replace('"', "\u{201D}").replace('-', "\u{2013}");
        for quote in [copied.clone(), changed, format!(" \u{201C}{copied}\u{201D} ")] {
            let place = occurs(&quote, &source);
            prop_assert_eq!(place.is_some(), letters >= SHORTEST_QUOTE, "{:?} in {:?}", quote, source);
        }
    }

    /// Nothing panics, and what is found lies within the source on whole characters.
    #[test]
    fn any_texts_do(quote in ".{0,40}", source in ".{0,200}") {
        if let Some(place) = occurs(&quote, &source) {
            prop_assert!(source.get(place.bytes).is_some_and(|found| !found.is_empty()));
        }
    }

    /// A word changed is a quote lost.
    #[test]
    fn what_was_changed_is_not_found(words in prop::collection::vec("[a-y]{3,9}", 4..12), at in 0_usize..4) {
        let source = words.join(" ");
        let mut forged = words.clone();
        forged[at].push('z');
        prop_assert_eq!(occurs(&forged.join(" "), &source), None);
    }
}
