//! Words of harm and words of polish: how bad a matter sounds, before a team has taught anything.
//!
//! Written from general knowledge of issue trackers; the learned order (`priority`) takes the findings as features and gives
//! them the team's own weight. Known limits: English; a sentence that denies harm ("no data loss") sounds harmful.

/// Kinds of harm with the words that tell of them, each found as the beginning of a word, lower-case.
const HARM: [(&str, &[&str]); 9] = [
    (
        "a crash",
        &[
            "crash",
            "segfault",
            "core dump",
            "abort",
            "panic",
            "oom",
            "out of memory",
            "outofmemory",
            "hang",
            "deadlock",
            "freez",
        ],
    ),
    (
        "lost or wrong data",
        &[
            "data loss",
            "lose data",
            "lost data",
            "corrupt",
            "wrong result",
            "incorrect result",
            "inconsisten",
            "overwrit",
            "truncat",
        ],
    ),
    (
        "a security hole",
        &[
            "security",
            "vulnerab",
            "cve",
            "xss",
            "injection",
            "exploit",
            "leak",
            "password",
            "credential",
            "expired",
        ],
    ),
    (
        "an outage",
        &[
            "outage",
            "down",
            "unavailable",
            "unreachable",
            "unable to start",
            "does not start",
            "cannot start",
            "can't start",
            "fails to start",
            "not start",
        ],
    ),
    (
        "a broken build",
        &[
            "build fail",
            "build broken",
            "broken build",
            "compile",
            "compilation",
            "does not build",
            "failing build",
            "build is broken",
        ],
    ),
    (
        "a blocked release",
        &["blocker", "block", "release", "urgent", "critical", "asap", "showstopper", "must "],
    ),
    (
        "a failure",
        &[
            "fail",
            "error",
            "exception",
            "npe",
            "nullpointer",
            "broken",
            "broke",
            "not work",
            "doesn't work",
            "does not work",
            "unable",
            "cannot",
        ],
    ),
    ("a step back", &["regression", "regress", "used to work", "no longer", "after upgrad", "upgrade"]),
    ("slowness", &["slow", "performance", "timeout", "time out", "timed out", "memory", "latency"]),
];
/// Kinds of polish with the words that tell of them.
const POLISH: [(&str, &[&str]); 6] = [
    ("wording", &["typo", "spelling", "misspell", "grammar", "wording", "rename", "message"]),
    ("documents", &["javadoc", "documentation", "docs", "readme", "wiki", "example", "comment"]),
    (
        "tidying",
        &[
            "clean",
            "cleanup",
            "refactor",
            "unused",
            "deprecat",
            "simplif",
            "remove",
            "style",
            "warning",
            "lint",
            "redundant",
        ],
    ),
    (
        "looks",
        &["cosmetic", "minor", "trivial", "align", "tooltip", "icon", "color", "colour", "font", "log level"],
    ),
    (
        "a wish",
        &[
            "nice to have",
            "would be nice",
            "improve",
            "enhance",
            "allow",
            "support",
            "consider",
            "suggest",
            "add ",
        ],
    ),
    ("tests", &["test", "junit", "flaky", "coverage"]),
];
/// Letters of a description that are looked at: harm is told early.
const MOST_CHARS: usize = 1_500;

/// What a title and the beginning of a description tell, once for each; the title's findings apart.
#[must_use]
pub fn findings(title: &str, body: &str) -> Vec<String> {
    let begins = |text: &str| {
        format!(
            " {}",
            text.chars()
                .take(MOST_CHARS)
                .collect::<String>()
                .to_lowercase()
                .replace(['\n', '[', '(', '"', ':', '/', '.'], " ")
        )
    };
    let (title, body) = (begins(title), begins(body));
    let mut out = Vec::new();
    for (kinds, tone) in [(HARM.as_slice(), "harm"), (POLISH.as_slice(), "polish")] {
        for (kind, words) in kinds {
            let told = |text: &str| words.iter().any(|word| text.contains(&format!(" {word}")));
            if told(&title) {
                out.push(format!("title tells of {kind}"));
                out.push(format!("title tells of {tone}"));
            }
            if told(&body) {
                out.push(format!("tells of {kind}"));
            }
        }
    }
    out
}

/// Harm minus polish: how bad it sounds, in kinds; the title counts double.
#[must_use]
pub fn sounds(title: &str, body: &str) -> f64 {
    let told = findings(title, body);
    let count = |kinds: &[(&str, &[&str])]| -> f64 {
        let one = |(kind, _): &(&str, &[&str])| {
            let named = |start: &str| told.iter().any(|finding| finding.strip_prefix(start) == Some(kind));
            f64::from(u8::from(named("title tells of "))) * 2.0 + f64::from(u8::from(named("tells of ")))
        };
        kinds.iter().map(one).sum()
    };
    count(&HARM) - count(&POLISH)
}

#[cfg(test)]
mod tests {
    use super::sounds;

    #[test]
    fn harm_sounds_worse_than_polish() {
        assert!(sounds("Server crashes, data loss", "Nodes are down") > 3.0);
        assert!(sounds("Fix typo in javadoc", "") < -1.0);
        assert_eq!(sounds("", ""), 0.0);
    }
}
