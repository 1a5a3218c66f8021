//! Comments: plainly generic sentences, by several people, over the last eight weeks.

use super::some_of;
use crate::import::{Comment, Row};
use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};

/// Tasks people talk about.
const TALKED_ABOUT: usize = 50;
const MOST_COMMENTS: usize = 4;
const WEEKS: i64 = 8;
const HOUR_SECONDS: i64 = 60 * 60;

const SENTENCES: [&str; 16] = [
    "Any news on this?",
    "Is anybody working on this?",
    "I can have a look at this next week.",
    "Could we get this into the next sprint?",
    "Seen again today.",
    "Is there a workaround in the meantime?",
    "Thanks, that helps.",
    "Not urgent from my side.",
    "A customer asked about this again.",
    "This is holding up our release.",
    "I could not reproduce it here. Can you add the steps?",
    "Works for me with the latest build.",
    "Let us discuss this in the next planning.",
    "We should add a test for this.",
    "This can wait until after the release.",
    "Same here.",
];

/// Lets people comment; nobody before the task was there.
pub(super) fn comment(rows: &mut [Row], now: Timestamp, random: &mut Rng) {
    let mut people: Vec<String> = rows.iter().filter_map(|row| row.assignee.clone()).collect();
    people.sort_unstable();
    people.dedup();
    let first = now.as_second() - WEEKS * 7 * 24 * HOUR_SECONDS;
    let last = now.as_second() - HOUR_SECONDS;
    for nth in some_of(0..rows.len(), TALKED_ABOUT, random) {
        let created = rows[nth].created.map_or(first, Timestamp::as_second);
        let said = some_of(0..SENTENCES.len(), random.usize(1..=MOST_COMMENTS), random);
        for sentence in said {
            let at = random.i64(first.max(created)..last);
            rows[nth].comments.push(Comment {
                author: random.choice(&people).cloned(),
                at: now.checked_sub(SignedDuration::from_secs(now.as_second() - at)).ok(),
                text: SENTENCES[sentence].to_owned(),
            });
        }
    }
}
