//! A policy that somebody tries: the settings of the configuration's manual, what they are asked to be, and what keeps a value from
//! being one.
//!
//! Every setting is told by the manual, the shipped file, so that page and file explain the same. Deliberately not here: putting it
//! in force, which only who has the file can do. Known limit: phases and what tells of other projects are not drafted.

use super::text::tables;
use decide::Policy;
use serde::Serialize;
use std::collections::BTreeMap;
use toml::Value;

/// Settings that are decided elsewhere, or tell of other projects.
const ELSEWHERE: [&str; 3] = ["phase", "phase_for", "home_projects"];

/// Letters of a value: longer than any list of sections.
const LONGEST: usize = 2000;

/// How a setting is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SettingKind {
    /// Yes or no.
    Switch,
    /// A whole number.
    Count,
    /// A number.
    Number,
    /// A text on one line.
    Text,
    /// Texts, one a line.
    List,
    /// Inline tables, one a line.
    Entries,
}

/// A setting of the policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PolicySetting {
    /// Its path below `policy`, as addresses and forms have it: `ai.cap`.
    pub path: String,
    /// The table it stands in, such as `policy.ai`.
    pub table: String,
    /// Its name there.
    pub key: String,
    /// What the manual says of it.
    pub about: String,
    /// How it is asked for.
    pub kind: SettingKind,
    /// Its value in force, as a form has it.
    pub in_force: String,
    /// The value it is asked to be, as it was written.
    pub asked: String,
    /// What keeps that from being one.
    pub problem: Option<String>,
}

impl PolicySetting {
    /// Whether it is asked to be another.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.asked != self.in_force
    }
}

/// A policy that somebody tries.
#[derive(Clone, Debug)]
pub struct PolicyDraft {
    /// The settings, in the manual's order.
    pub settings: Vec<PolicySetting>,
    /// The policy they make; none while any of them cannot be.
    pub policy: Option<Policy>,
}

impl PolicyDraft {
    /// The settings of `manual` with their values in `base`, and those that are asked to be others, by path.
    #[must_use]
    pub fn of(manual: &str, base: &Policy, asked: &BTreeMap<String, String>) -> PolicyDraft {
        let whole = tables(base);
        let mut settings: Vec<PolicySetting> = told(manual)
            .into_iter()
            .filter(|(table, key, _)| !(table == "policy" && ELSEWHERE.contains(&key.as_str())))
            .filter_map(|found| setting(found, &whole, asked))
            .collect();
        let mut draft = whole.clone();
        for one in settings.iter_mut().filter(|one| one.differs()) {
            let read = read(one).and_then(|value| with(&whole, &one.path, value.clone()).map(|_| value));
            match read {
                // The same may be written in other ways.
                Ok(value) if at(&whole, &one.path) == Some(&value) => one.asked.clone_from(&one.in_force),
                Ok(value) => put(&mut draft, &one.path, value),
                Err(problem) => one.problem = Some(problem),
            }
        }
        let policy = Value::Table(draft).try_into::<Policy>().ok();
        let problems = policy.as_ref().map(Policy::problems).unwrap_or_default();
        for (path, why) in problems {
            if let Some(one) = settings.iter_mut().find(|one| one.path == path && one.problem.is_none()) {
                one.problem = Some(why);
            }
        }
        let policy = policy.filter(|_| settings.iter().all(|one| one.problem.is_none()));
        PolicyDraft { settings, policy }
    }

    /// Whether anything is asked to be other than it is.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.settings.iter().any(PolicySetting::differs)
    }
}

/// Table, key and explanation of every setting in the manual. Keys that follow one another share the comment above the first.
fn told(manual: &str) -> Vec<(String, String, String)> {
    let mut found = vec![];
    let (mut table, mut about, mut is_open) = (String::new(), String::new(), false);
    for line in manual.lines().map(str::trim) {
        if let Some(comment) = line.strip_prefix('#') {
            if !is_open {
                about.clear();
            }
            is_open = true;
            let space = if about.is_empty() { "" } else { " " };
            about = format!("{about}{space}{}", comment.trim());
        } else if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            (table, about, is_open) = (name.to_owned(), String::new(), false);
        } else if let Some((key, _)) = line.split_once('=') {
            if table == "policy" || table.starts_with("policy.") {
                found.push((table.clone(), key.trim().to_owned(), about.clone()));
            }
            is_open = false;
        }
    }
    found
}

fn setting(
    (table, key, about): (String, String, String),
    whole: &toml::Table,
    asked: &BTreeMap<String, String>,
) -> Option<PolicySetting> {
    let below = table.strip_prefix("policy").unwrap_or_default().trim_start_matches('.');
    let path = if below.is_empty() { key.clone() } else { format!("{below}.{key}") };
    let value = at(whole, &path)?;
    let kind = match value {
        Value::Boolean(_) => SettingKind::Switch,
        Value::Integer(_) => SettingKind::Count,
        Value::Float(_) => SettingKind::Number,
        Value::Array(_) if path == "conditional" => SettingKind::Entries,
        Value::Array(_) => SettingKind::List,
        _ => SettingKind::Text,
    };
    let in_force = shown(value);
    // Browsers send the ends of lines as two letters.
    let asked = asked.get(&path).map_or_else(|| in_force.clone(), |text| tidied(text, kind));
    Some(PolicySetting { path, table, key, about, kind, in_force, asked, problem: None })
}

fn tidied(text: &str, kind: SettingKind) -> String {
    match kind {
        SettingKind::List | SettingKind::Entries => {
            let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
            lines.join("\n")
        }
        _ => text.trim().to_owned(),
    }
}

/// A value as a form has it.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(shown).collect::<Vec<_>>().join("\n"),
        other => other.to_string(),
    }
}

/// What somebody wrote, as a value.
fn read(setting: &PolicySetting) -> Result<Value, String> {
    let text = setting.asked.as_str();
    if text.chars().count() > LONGEST {
        return Err(format!("may have {LONGEST} letters at most"));
    }
    if text.chars().any(|letter| letter.is_control() && letter != '\n') {
        return Err("holds a letter that cannot be shown".into());
    }
    match setting.kind {
        SettingKind::Switch => text.parse().map(Value::Boolean).map_err(|_| "must be true or false".into()),
        SettingKind::Count => {
            let count = text.parse::<i64>().ok().filter(|count| *count >= 0);
            count.map(Value::Integer).ok_or_else(|| "must be a whole number of 0 or more".into())
        }
        SettingKind::Number => {
            let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
            number.map(Value::Float).ok_or_else(|| "must be a number".into())
        }
        SettingKind::Text if text.contains('\n') => Err("must be on one line".into()),
        SettingKind::Text => Ok(Value::String(text.to_owned())),
        SettingKind::List => Ok(Value::Array(text.lines().map(|line| Value::String(line.into())).collect())),
        SettingKind::Entries => text.lines().map(entry).collect::<Result<Vec<_>, _>>().map(Value::Array),
    }
}

fn entry(line: &str) -> Result<Value, String> {
    let read = toml::from_str::<toml::Table>(&format!("entry = {line}")).ok();
    let value = read.filter(|table| table.len() == 1).and_then(|mut table| table.remove("entry"));
    let shape =
        "each line must be an entry such as { what = \"priority\", bands = [\"P0\"], min_confidence = 60 }";
    value.filter(Value::is_table).ok_or_else(|| shape.into())
}

/// The policy with one setting otherwise, when that can be read.
fn with(whole: &toml::Table, path: &str, value: Value) -> Result<Policy, String> {
    let mut one = whole.clone();
    put(&mut one, path, value);
    Value::Table(one).try_into().map_err(|error: toml::de::Error| in_words(error.message()))
}

fn at<'a>(table: &'a toml::Table, path: &str) -> Option<&'a Value> {
    match path.split_once('.') {
        None => table.get(path),
        Some((first, rest)) => at(table.get(first)?.as_table()?, rest),
    }
}

fn put(table: &mut toml::Table, path: &str, value: Value) {
    match path.split_once('.') {
        None => drop(table.insert(path.to_owned(), value)),
        Some((first, rest)) => {
            if let Some(Value::Table(below)) = table.get_mut(first) {
                put(below, rest, value);
            }
        }
    }
}

/// A parser's message with the types in people's words.
#[must_use]
pub fn in_words(message: &str) -> String {
    let words = [
        ("a sequence", "a list in brackets"),
        ("a map", "a table"),
        ("usize", "a whole number of 0 or more"),
        ("u64", "a whole number of 0 or more"),
        ("u32", "a whole number of 0 or more"),
        ("u16", "a whole number from 0 to 65,535"),
        ("u8", "a whole number from 0 to 255"),
        ("f64", "a number"),
    ];
    let Some((found, expected)) = message.rsplit_once("expected ") else { return message.to_owned() };
    let known = words.iter().find(|(theirs, _)| *theirs == expected);
    format!("{found}expected {}", known.map_or(expected, |(_, ours)| ours))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANUAL: &str = "[policy]\n# The most writes.\nmax_writes = 20000\n# How far.\nphase = \"suggest\"\n# Entries.\n\
        conditional = []\n\n[policy.sprint]\n# Days, and\n# the chance.\ndays = 14\nfinishing = 80\n\n[policy.ai]\n# Names.\n\
        exclude = []\n\n[service]\n# An address.\nlisten = \"x\"\n";

    fn draft(asked: &[(&str, &str)]) -> PolicyDraft {
        let asked = asked.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        PolicyDraft::of(MANUAL, &Policy::default(), &asked)
    }

    #[test]
    fn settings_are_the_manuals_with_their_comments_and_phases_are_not_among_them() {
        let draft = draft(&[]);
        let told: Vec<(&str, &str)> =
            draft.settings.iter().map(|one| (one.path.as_str(), one.about.as_str())).collect();
        let days = "Days, and the chance.";
        let expected = [
            ("max_writes", "The most writes."),
            ("conditional", "Entries."),
            ("sprint.days", days),
            ("sprint.finishing", days),
            ("ai.exclude", "Names."),
        ];
        assert_eq!(told, expected);
        assert!(!draft.differs() && draft.policy == Some(Policy::default()));
    }

    #[test]
    fn every_value_that_cannot_be_is_told_at_its_own_setting() {
        let asked = [
            ("max_writes", "many"),
            ("sprint.days", "400"),
            ("sprint.finishing", "80000"),
            ("conditional", "{ what = \"all\" }"),
            ("ai.exclude", "name\r\n\r\n comments "),
        ];
        let draft = draft(&asked);
        let problem = |path: &str| {
            draft.settings.iter().find(|one| one.path == path).and_then(|one| one.problem.clone())
        };
        assert!(draft.policy.is_none());
        assert_eq!(problem("max_writes").as_deref(), Some("must be a whole number of 0 or more"));
        assert_eq!(problem("sprint.days").as_deref(), Some("must be from 1 to 180"));
        assert!(problem("sprint.finishing").is_some_and(|why| why.contains("from 0 to 255")), "{draft:?}");
        assert!(problem("conditional").is_some_and(|why| why.contains("all")), "{draft:?}");
        assert_eq!(problem("ai.exclude"), None);
        let exclude = draft.settings.iter().find(|one| one.path == "ai.exclude").expect("there");
        assert_eq!(exclude.asked, "name\ncomments");
    }

    #[test]
    fn what_can_be_makes_a_policy() {
        let line = "{ what = \"priority\", bands = [\"P0\"], min_confidence = 60 }";
        let made = draft(&[("conditional", line), ("max_writes", "7")]).policy.expect("a policy");
        assert_eq!((made.max_writes, made.conditional.len()), (7, 1));
        let same = PolicyDraft::of(
            MANUAL,
            &made,
            &[("conditional".to_owned(), "{what=\"priority\",min_confidence=60,bands=[\"P0\"]}".to_owned())]
                .into(),
        );
        assert!(!same.differs() && same.policy == Some(made), "{same:?}");
    }
}
