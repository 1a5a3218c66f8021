//! Counts what `cargo test` prints: passed, failed, ignored, and what tests say they left out.
//!
//! It reads libtest's words, whose JSON form is still unstable. A line a test printed itself that looks like one of
//! libtest's would be counted too.

use std::collections::BTreeSet;
use std::fmt;

/// The sum over every test binary read so far.
#[derive(Debug, Default)]
pub struct Tally {
    passed: u64,
    failed: u64,
    failures: Vec<String>,
    ignored: Vec<String>,
    left_out: BTreeSet<String>,
    /// The test whose output is being read.
    test: String,
}

impl Tally {
    /// Takes in one line of output.
    pub fn read(&mut self, line: &str) {
        let line = line.trim();
        if let Some(counts) = line.strip_prefix("test result: ") {
            self.add(counts);
        } else if let Some(test) = between(line, "test ", " ... FAILED") {
            self.failures.push(test.to_owned());
        } else if let Some((test, reason)) =
            line.strip_prefix("test ").and_then(|l| l.split_once(" ... ignored"))
        {
            self.ignored.push(format!("{test}{reason}"));
        } else if let Some(test) = between(line, "---- ", " stdout ----") {
            test.clone_into(&mut self.test);
        } else if let Some(what) = line.strip_prefix("left out: ") {
            self.left_out.insert(format!("{}: {what}", self.test));
        }
    }

    /// Tests that failed.
    pub fn failed(&self) -> u64 {
        self.failed
    }

    /// `ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.02s`
    fn add(&mut self, counts: &str) {
        let counts = counts.split_once(". ").map_or(counts, |(_, counts)| counts);
        for count in counts.split(';') {
            let Some((number, word)) = count.trim().split_once(' ') else { continue };
            let Ok(number) = number.parse::<u64>() else { continue };
            match word {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                _ => {}
            }
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        list(f, "left out (the test counts as passed, yet checked less):", &self.left_out)?;
        list(f, "ignored (not run):", &self.ignored)?;
        list(f, "failed:", &self.failures)?;
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

fn list<'a>(
    f: &mut fmt::Formatter<'_>,
    title: &str,
    tests: impl IntoIterator<Item = &'a String>,
) -> fmt::Result {
    let mut tests = tests.into_iter().peekable();
    if tests.peek().is_some() {
        writeln!(f, "{title}")?;
    }
    tests.try_for_each(|test| writeln!(f, "  {test}"))
}

fn between<'a>(line: &'a str, before: &str, after: &str) -> Option<&'a str> {
    line.strip_prefix(before)?.strip_suffix(after)
}
