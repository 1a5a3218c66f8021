//! The audit as people read it: who or what did something, to what, and what an entry holds.
//!
//! Deliberately not here: whether the chain holds (`Store::verify_audit`), and who may look (the trail is of the whole store).

use super::cache::Views;
use crate::error::EngineError;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use store::{AuditQuery, AuditRow};

/// Who or what an entry's deed comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Hand {
    /// A person said or did it.
    Person,
    /// Rules and learned models alone.
    Rules,
    /// Rules, and a language model's reading of the texts moved some of the points.
    Ai,
}

impl Hand {
    /// For people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Hand::Person => "person",
            Hand::Rules => "rules",
            Hand::Ai => "AI and rules",
        }
    }

    /// One word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Hand::Person => "person",
            Hand::Rules => "rules",
            Hand::Ai => "ai",
        }
    }
}

/// An entry.
#[derive(Clone, Debug, Serialize)]
pub struct AuditView {
    /// Its number.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub actor: String,
    /// The sort of entry.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// Who or what the deed comes from.
    pub hand: Hand,
    /// What it says, in one line.
    pub told: String,
    /// All it holds, indented.
    pub body: String,
    /// Its hash.
    pub hash: String,
}

/// A page of the trail.
#[derive(Clone, Debug, Serialize)]
pub struct AuditPage {
    /// The entries, newest first.
    pub entries: Vec<AuditView>,
    /// Where the next page goes on: entries with a lower number than this; none on the last.
    pub older: Option<u64>,
}

impl Views {
    /// Entries that are like that, newest first, below a number.
    ///
    /// # Errors
    /// The store's.
    pub async fn audit(
        &self,
        query: &AuditQuery,
        before: Option<u64>,
        limit: u32,
    ) -> Result<AuditPage, EngineError> {
        let before = before.unwrap_or(u64::MAX);
        let mut rows = self.store.find_audit(query, before, limit.saturating_add(1)).await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let older = rows.last().filter(|_| more).map(|row| row.seq);
        Ok(AuditPage { entries: rows.into_iter().map(view).collect(), older })
    }
}

fn view(row: AuditRow) -> AuditView {
    let body: Value = serde_json::from_str(&row.body).unwrap_or_default();
    AuditView {
        hand: hand(&row, &body),
        told: told(&row.kind, &body),
        body: serde_json::to_string_pretty(&body).unwrap_or_else(|_| row.body.clone()),
        seq: row.seq,
        at: row.at,
        actor: row.actor,
        kind: row.kind,
        subject: row.subject,
        hash: row.hash.to_string(),
    }
}

/// What a run does by itself comes from rules, and from a language model where that moved points of the score; what it carries out
/// of a person's yes or undo is the person's. Whose name an entry bears decides only where no name of a person can stand: people may
/// call themselves anything.
pub(crate) fn hand(row: &AuditRow, body: &Value) -> Hand {
    let is_asked_for = matches!(body["kind"].as_str(), Some("approve" | "undo"));
    match row.kind.as_str() {
        "outcome" | "plan" if is_asked_for => Hand::Person,
        "outcome" | "plan" => {
            let moved = body["judgement"]["by_language_model"].as_object();
            let by_model = moved.is_some_and(|by| by.values().any(|points| points.as_f64() != Some(0.0)));
            if by_model { Hand::Ai } else { Hand::Rules }
        }
        // Asked, replaced and ended by runs, or settled by nobody's answer.
        "approval" if row.actor == "Upnext" || row.actor == crate::SILENCE => Hand::Rules,
        "admin_token" if row.actor == "upnext" => Hand::Rules,
        // Noticed by what ran by it first.
        "policy" => Hand::Rules,
        "model" | "forget" if row.actor.eq_ignore_ascii_case("upnext") => Hand::Rules,
        _ => Hand::Person,
    }
}

/// The gist of an entry.
pub(crate) fn told(kind: &str, body: &Value) -> String {
    let word = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let text = match kind {
        "outcome" => {
            let action = body["action"]["reason"].as_str().unwrap_or_default();
            let score = body["judgement"]["score"].as_f64();
            let score = score.map(|score| format!(", score {score:.1}")).unwrap_or_default();
            format!("{}{score}: {action}", word(&body["kind"]))
        }
        "plan" => format!(
            "{} with {} actions, {} of them waiting, phase {}",
            word(&body["kind"]),
            word(&body["actions"]),
            word(&body["waiting"]),
            word(&body["phase"])
        ),
        "phase" if body["taken_back"].is_object() => {
            format!(
                "took back phase {}, {} is in force again",
                word(&body["taken_back"]["phase"]),
                word(&body["taken_back"]["before"])
            )
        }
        "phase" => {
            format!("phase {} after {}", word(&body["decision"]["phase"]), word(&body["decision"]["before"]))
        }
        "approval" => {
            let asked = &body["approval"];
            let old = asked["old"].as_str().unwrap_or("empty");
            format!("{}: {}, {old} → {}", word(&asked["state"]), word(&asked["label"]), word(&asked["new"]))
        }
        "override" | "override_reversed" | "override_note" | "release" | "calibration_answer" => {
            labelled(kind, body, word)
        }
        "rubric" => format!("rubric {} is {}", word(&body["version"]), word(&body["state"])),
        _ => body["what"].as_str().or(body["reason"].as_str()).unwrap_or_default().to_owned(),
    };
    domain::fit(&text, 160)
}

/// The gist of what somebody said about a value of Upnext's, or about two tasks.
fn labelled(kind: &str, body: &Value, word: impl Fn(&Value) -> String) -> String {
    match kind {
        "override" => {
            format!("set {} of {}", word(&body["override"]["field_name"]), word(&body["override"]["name"]))
        }
        "override_reversed" => {
            let to = &body["reversal"]["to"]["value"];
            let to = if to["name"].is_string() { &to["name"] } else { to };
            format!("set {} to {}, where somebody had overruled Upnext", word(&body["field"]), word(to))
        }
        "override_note" => format!("why {} was set: {}", word(&body["field"]), word(&body["note"]["text"])),
        "release" => format!("gave {} back to Upnext", word(&body["field"])),
        _ => {
            let answer = &body["answer"];
            let (first, second) = (word(&answer["first"]), word(&answer["second"]));
            match answer["said"].as_str() {
                Some("first") => format!("put task {first} before task {second}"),
                Some("same") => format!("put neither of tasks {first} and {second} first"),
                _ => format!("did not say which of tasks {first} and {second} comes first"),
            }
        }
    }
}
