//! How a thing is said: what is negated, and the tone beside the words.
//!
//! Deliberately not here: what the tone means (`sentiment`). Known limits: a negation reaches three words or to the next mark
//! of punctuation; negations are English.

use super::lexicon::{strength, valence};
use super::text::{plain, words};

/// Words a negation reaches: the usual choice of systems that mark negation, and longer reaches take in the next clause.
const REACH: usize = 3;
/// Kinds of words that are read together.
const LONGEST_TURN: usize = 3;
/// Repetitions of one sign that count.
const MOST_REPEATS: usize = 3;
/// Signs of tone with their names; longer ones first where one holds another.
const SIGNS: [(&[&str], &str); 9] = [
    (
        &[
            ":)", ":-)", ":D", ":-D", ";)", ";-)", "=)", ":]", "^_^", ":P", ":p", "<3", ":o)", "(:", "xD",
            "XD",
        ],
        "smiling emoticon",
    ),
    (&[":(", ":-(", ":'(", "=(", ":[", ":/", ":-/", ":\\", ":|", "D:", "-_-", "</3"], "frowning emoticon"),
    (
        &[
            "+1",
            ":+1:",
            ":thumbsup:",
            ":tada:",
            ":heart:",
            ":smile:",
            ":grin:",
            ":joy:",
            "👍",
            "❤",
            "😀",
            "😊",
            "🎉",
            "😍",
            "😂",
        ],
        "approving sign",
    ),
    (
        &[
            "-1",
            ":-1:",
            ":thumbsdown:",
            ":cry:",
            ":rage:",
            ":disappointed:",
            ":confused:",
            "👎",
            "😡",
            "😢",
            "😭",
            "😞",
        ],
        "disapproving sign",
    ),
    (&["!!"], "exclamation marks in a row"),
    (&["!"], "exclamation mark"),
    (&["??"], "question marks in a row"),
    (&["?"], "question mark"),
    (&["..."], "trailing dots"),
];

/// Whether a lower-case word negates what follows.
#[must_use]
pub fn negates(word: &str) -> bool {
    const WORDS: [&str; 17] = [
        "not", "no", "never", "none", "nothing", "nor", "without", "cannot", "cant", "dont", "doesnt",
        "didnt", "isnt", "wont", "hardly", "nobody", "neither",
    ];
    WORDS.contains(&word) || word.ends_with("n't") || word.ends_with("n’t")
}

/// Words within reach of a negation.
#[must_use]
pub fn negated(text: &str) -> Vec<String> {
    spoken(text).into_iter().filter(|word| word.negated).map(|word| word.word).collect()
}

/// A word with whether a negation reaches it and how much the word before strengthens it.
struct Spoken {
    word: String,
    negated: bool,
    strength: f64,
}

fn spoken(text: &str) -> Vec<Spoken> {
    let mut out = Vec::new();
    for clause in plain(text).split(['.', ',', ';', ':', '!', '?', '\n', '(', ')']) {
        let (mut left, mut before) = (0, 1.0);
        for word in words(clause) {
            let next = strength(&word);
            let denies = negates(&word);
            out.push(Spoken { negated: left > 0, strength: before, word });
            left = if denies { REACH } else { left.saturating_sub(1) };
            before = next;
        }
    }
    out
}

/// Sums of the lexicon's valence: what speaks well and what speaks ill, both 0 or more. A negated word counts half as its
/// opposite, because "not bad" is less than "good".
#[must_use]
pub fn valences(text: &str) -> (f64, f64) {
    spoken(text).iter().fold((0.0, 0.0), |(well, ill), word| {
        let turned = if word.negated { -0.5 } else { 1.0 };
        let moved = f64::from(valence(&word.word)) * word.strength * turned;
        (well + moved.max(0.0), ill + (-moved).max(0.0))
    })
}

/// What a lower-case word does to the mood of a sentence, for [`moods`]; `None` for most words.
fn part(word: &str) -> Option<&'static str> {
    if negates(word) {
        return Some("a negation");
    }
    Some(match (valence(word), word) {
        (2.., _) => "very kind",
        (1, _) => "kind",
        (-1, _) => "harsh",
        (..=-2, _) => "very harsh",
        (0, "but" | "however" | "although" | "though" | "yet") => "but",
        (0, "i" | "me" | "my" | "i'm" | "i've" | "we") => "the writer",
        (0, "you" | "your" | "you're" | "u") => "the reader",
        (0, "it" | "this" | "that") => "a thing",
        (0, "if" | "would" | "could" | "should" | "wish") => "a condition",
        (0, word) if strength(word) > 1.0 => "more",
        (0, word) if strength(word) < 1.0 => "less",
        _ => return None,
    })
}

/// Kinds of words of mood in the order of each sentence, alone and with one or two that follow: "not very good" and "never
/// really useful" are the same three, so a few hundred labelled texts suffice to learn what they mean.
#[must_use]
pub fn moods(text: &str) -> Vec<String> {
    let plain = plain(text);
    let mut out = Vec::new();
    for sentence in plain.split(['.', '!', '?', '\n']) {
        let parts: Vec<&str> = words(sentence).filter_map(|word| part(&word)).collect();
        for length in 1..=LONGEST_TURN {
            out.extend(parts.windows(length).map(|turn| turn.join(", ")));
        }
    }
    out
}

/// Signs of tone: emoticons, marks, capitals, the lexicon's valence in steps, how it begins and ends.
#[must_use]
pub fn tone(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for (signs, name) in SIGNS {
        let count: usize = signs.iter().map(|sign| text.matches(sign).count()).sum();
        out.extend(std::iter::repeat_n(name.to_owned(), count.min(MOST_REPEATS)));
    }
    let shouted = text.split(|c: char| !c.is_alphabetic()).filter(|word| shouts(word)).take(MOST_REPEATS);
    out.extend(shouted.map(|_| "word in capitals".to_owned()));
    let (well, ill) = valences(text);
    for (sum, name) in [(well, "kind words"), (ill, "harsh words")] {
        for least in [0.5, 1.5, 2.5, 4.5].into_iter().filter(|least| sum >= *least) {
            out.push(format!("{name} of at least {least}"));
        }
    }
    out.push(
        if well > ill {
            "more kind than harsh"
        } else if ill > well {
            "more harsh than kind"
        } else {
            "as kind as harsh"
        }
        .to_owned(),
    );
    edges(text, &mut out);
    out
}

fn shouts(word: &str) -> bool {
    word.chars().count() >= 4 && word.chars().all(char::is_uppercase)
}

fn edges(text: &str, out: &mut Vec<String>) {
    let said: Vec<String> = words(&plain(text)).take(400).collect();
    out.push(format!("about {} words", 1_usize << (said.len() + 1).ilog2()));
    if let Some(first) = said.first() {
        out.push(format!("begins with {first}"));
    }
    if let Some(last) = said.last() {
        out.push(format!("ends with {last}"));
    }
}

#[cfg(test)]
mod tests {
    use super::{moods, negated, tone, valences};

    #[test]
    fn a_negation_reaches_three_words_or_to_the_comma() {
        assert_eq!(negated("It does not really work here, sorry"), ["really", "work", "here"]);
        assert_eq!(negated("No, thanks"), Vec::<String>::new());
    }

    #[test]
    fn words_of_mood_are_read_in_turn_within_a_sentence() {
        assert_eq!(
            moods("Not very good. Build 7 is"),
            moods("no REALLY nicer").iter().map(|turn| turn.replace("very kind", "kind")).collect::<Vec<_>>()
        );
        assert_eq!(moods("Great! But slow"), ["very kind", "but", "harsh", "but, harsh"]);
    }

    #[test]
    fn negation_turns_and_weakens() {
        assert_eq!(valences("very nice"), (3.0, 0.0));
        assert_eq!(valences("not nice"), (0.0, 1.0));
        assert!(tone("GREAT work!! :)").iter().any(|sign| sign == "smiling emoticon"));
    }
}
