//! What a description is built of, apart from its words: templates, lists, logs, pictures, questions.
//!
//! Issue forms leave their headings behind, and a stack trace or a list of steps tells a fault from a wish in any
//! language. Every sign becomes one feature named for people, because it is shown as a reason.
//! Known limit: headings are compared letter by letter, so an edited template is another template.

use crate::learn::text::{plain, words};

/// A short line is a heading or a choice of a form when it has at most this many letters; longer ones hardly repeat.
const LONGEST_HEADING: usize = 80;
/// Lines looked at; beyond them descriptions hold logs.
const MOST_LINES: usize = 200;
/// Words that begin a question in English; other languages still have their question mark.
const ASKING: [&str; 22] = [
    "how", "what", "why", "when", "where", "which", "who", "is", "are", "can", "could", "should", "would",
    "do", "does", "did", "will", "has", "have", "any", "am", "may",
];
/// Signs found as parts of the lower-case text, with their names.
const SIGNS: [(&str, &str); 26] = [
    ("traceback", "a stack trace"),
    ("exception", "an exception"),
    ("error", "an error"),
    ("reproduc", "steps to reproduce"),
    ("repro", "a reproduction"),
    ("expected", "what was expected"),
    ("actual", "what happened"),
    ("instead", "what happened instead"),
    ("version", "a version"),
    ("regression", "a regression"),
    ("used to work", "it used to work"),
    ("![", "a picture"),
    ("<img", "a picture"),
    ("|--", "a table"),
    ("<!--", "a hidden note"),
    ("<details", "a folded part"),
    ("```", "code"),
    ("    at ", "a stack trace"),
    ("feature request", "the words feature request"),
    ("would be", "a wish"),
    ("i would like", "a wish"),
    ("proposal", "a proposal"),
    ("allow", "to allow something"),
    ("support", "support for something"),
    ("how to", "asks how to"),
    ("thank", "thanks"),
];

/// The signs of a task's title and description.
#[must_use]
pub fn signs(title: &str, body: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    in_title(title, &mut out);
    let lower = body.chars().take(12_000).collect::<String>().to_lowercase();
    for (part, name) in SIGNS {
        if lower.contains(part) {
            out.push(format!("has {name}"));
        }
    }
    sizes(body, &mut out);
    if lower.lines().any(|line| line.trim_start().starts_with("1.")) {
        out.push("has numbered steps".to_owned());
    }
    out
}

fn in_title(title: &str, out: &mut Vec<String>) {
    let titled: Vec<String> = words(&plain(title)).collect();
    if title.contains('?') {
        out.push("title asks".to_owned());
    }
    if let Some(first) = titled.first() {
        if ASKING.contains(&first.as_str()) {
            out.push("title begins as a question".to_owned());
        }
        out.push(format!("title begins with {first}"));
    }
    if let Some((before, _)) = title.split_once([':', ']', ')'])
        && before.chars().count() <= 25
    {
        out.push(format!("title is marked {}", words(before).collect::<Vec<_>>().join(" ")));
    }
    if !title.is_ascii() {
        out.push("title in other letters".to_owned());
    }
    out.push(format!("title of {} words", titled.len().min(15)));
}

fn sizes(body: &str, out: &mut Vec<String>) {
    let bare = plain(body);
    let said: Vec<String> = words(&bare).take(2_000).collect();
    // Doubling sizes: a hundred words against two hundred says as much as one against two.
    out.push(format!("description of about {} words", 1_usize << (said.len() + 1).ilog2()));
    out.push(format!("description with {} question marks", bare.matches('?').count().min(3)));
    if let Some(first) = said.first() {
        out.push(format!("description begins with {first}"));
    }
    if let [first, second, ..] = said.as_slice() {
        out.push(format!("description begins with {first} {second}"));
    }
    let outside = bare.len() as f64 / body.len().clamp(1, 12_000) as f64;
    out.push(format!("{} fifths of it is text", (outside * 5.0).clamp(0.0, 5.0) as u32));
}

/// The short lines of a description: headings of forms, choices in them, sentences that tools leave behind.
#[must_use]
pub fn headings(body: &str) -> Vec<String> {
    body.lines()
        .take(MOST_LINES)
        .filter(|line| line.len() <= 4 * LONGEST_HEADING)
        .map(|line| words(line).collect::<Vec<_>>().join(" "))
        .filter(|line| !line.is_empty() && line.chars().count() <= LONGEST_HEADING)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{headings, signs};

    #[test]
    fn signs_are_named_for_people() {
        let found = signs("How to sort?", "1. open\n2. sort\n![shot](x)\nExpected: order");
        for sign in ["title asks", "title begins as a question", "has a picture", "has numbered steps"] {
            assert!(found.iter().any(|one| one == sign), "{sign} in {found:?}");
        }
        assert!(signs("", "").iter().all(|sign| !sign.starts_with("has ")));
    }

    #[test]
    fn headings_are_the_short_lines() {
        assert_eq!(headings("### Issue type\n\nBug\n"), ["issue type", "bug"]);
    }
}
