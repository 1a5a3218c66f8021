//! The weekly review: what happened in a project, what people decided, where they disagree, as text and as a comment.
//!
//! Every number is handed in; nothing is reckoned here but shares. Deliberately not here: finding the facts (`engine`).

use crate::groom::Rules;
use crate::policy::Policy;
use crate::posted::{Post, plan_post};
use domain::{Band, Moment, Plan, PlanKind, Snapshot, TaskGid, fit};
use jiff::civil::Date;
use serde::Serialize;

/// Lines of a list that are shown.
const SHOWN: usize = 5;

/// How a review comment begins; the week follows, and there is one comment a week.
pub const REVIEW_MARKER: &str = "Upnext · review of week";

/// Something about one task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReviewTask {
    /// The task.
    pub task: TaskGid,
    /// Its name.
    pub name: String,
    /// What there is to say.
    pub what: String,
}

/// Where people's priority and Upnext's band are far apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Disagreement {
    /// The task.
    pub task: TaskGid,
    /// Its name.
    pub name: String,
    /// Upnext's band.
    pub ours: Band,
    /// The person's.
    pub theirs: Band,
    /// Bands between them.
    pub distance: u8,
    /// What speaks for ours, the strongest first.
    pub because: Option<String>,
}

/// Answers of people to approvals in a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Answers {
    /// Yes.
    pub yes: usize,
    /// No.
    pub no: usize,
}

impl Answers {
    /// The share of yes, 0–1; none without answers.
    #[must_use]
    pub fn agreement(&self) -> Option<f64> {
        let all = self.yes + self.no;
        (all > 0).then(|| self.yes as f64 / all as f64)
    }
}

/// What a review tells.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ReviewFacts {
    /// The first day.
    pub from: Date,
    /// The last day, which counts.
    pub to: Date,
    /// Runs in that time, by workflow.
    pub runs: Vec<(String, usize)>,
    /// Writes that came out well, by what they wrote.
    pub writes: Vec<(String, u64)>,
    /// Tasks whose band changed, the farthest first.
    pub moved: Vec<ReviewTask>,
    /// Values that people set in place of Upnext's.
    pub overrides: Vec<ReviewTask>,
    /// Suggestions that people turned down.
    pub rejections: Vec<ReviewTask>,
    /// Questions that nobody answered in time.
    pub expired: usize,
    /// Values that wait for a person now.
    pub waiting: usize,
    /// Where people and Upnext are farthest apart now.
    pub disagreements: Vec<Disagreement>,
    /// Answers in that time.
    pub answers: Answers,
    /// Answers in the four weeks before it.
    pub answers_before: Answers,
    /// Overrides a week in the four weeks before it.
    pub overrides_before: f64,
    /// The agreement with the golden set (Kendall's tau) and whether it reaches the gate; none without a set.
    pub golden: Option<(f64, bool)>,
    /// Questions to a language model in that time.
    pub model_questions: u64,
    /// What they cost, US dollars, as far as it is known.
    pub model_cost: f64,
    /// Questions whose cost is not known.
    pub model_without_cost: u64,
}

impl ReviewFacts {
    /// The ISO week of the last day: `2026-W48`.
    #[must_use]
    pub fn week(&self) -> String {
        let week = self.to.iso_week_date();
        format!("{}-W{:02}", week.year(), week.week())
    }

    /// How its comment begins.
    #[must_use]
    pub fn marker(&self) -> String {
        format!("{REVIEW_MARKER} {}", self.week())
    }
}

/// The review as plain text, for a terminal and for a comment.
#[must_use]
pub fn review_text(facts: &ReviewFacts) -> String {
    let mut lines = vec![format!("{} ({} to {})", facts.marker(), facts.from, facts.to)];
    lines.push(String::new());
    lines.push(format!("Runs: {}", counted(&facts.runs)));
    lines.push(format!("Written: {}", counted(&facts.writes)));
    list(&mut lines, "Bands that changed", &facts.moved);
    list(&mut lines, "Overrides", &facts.overrides);
    list(&mut lines, "Turned down", &facts.rejections);
    lines.push(format!(
        "Waiting for a person now: {}; not answered in time: {}",
        facts.waiting, facts.expired
    ));
    lines.push(String::new());
    worth_a_look(&mut lines, &facts.disagreements);
    lines.push(String::new());
    drift(&mut lines, facts);
    lines.push(cost(facts));
    lines.join("\n")
}

fn counted<N: std::fmt::Display>(counts: &[(String, N)]) -> String {
    if counts.is_empty() {
        return "nothing".into();
    }
    let words: Vec<String> = counts.iter().map(|(what, count)| format!("{what} {count}")).collect();
    words.join(", ")
}

fn list(lines: &mut Vec<String>, title: &str, tasks: &[ReviewTask]) {
    lines.push(format!("{title}: {}", tasks.len()));
    lines.extend(
        tasks.iter().take(SHOWN).map(|one| format!("  {}: {}", fit(&one.name, 60), fit(&one.what, 120))),
    );
    if tasks.len() > SHOWN {
        lines.push(format!("  … and {} more", tasks.len() - SHOWN));
    }
}

fn worth_a_look(lines: &mut Vec<String>, disagreements: &[Disagreement]) {
    if disagreements.is_empty() {
        lines.push("Disagreements worth a look: none".into());
        return;
    }
    lines.push("Disagreements worth a look:".into());
    lines.extend(disagreements.iter().take(SHOWN).map(|one| {
        let because = one.because.as_ref().map(|why| format!(" ({})", fit(why, 80))).unwrap_or_default();
        format!("  {}: people say {}, Upnext {}{because}", fit(&one.name, 60), one.theirs, one.ours)
    }));
}

fn drift(lines: &mut Vec<String>, facts: &ReviewFacts) {
    let share = |answers: Answers| match answers.agreement() {
        Some(share) => format!("{:.0} % of {}", 100.0 * share, answers.yes + answers.no),
        None => "none".into(),
    };
    lines.push(format!(
        "Yes to suggestions: {} this time, {} in the four weeks before",
        share(facts.answers),
        share(facts.answers_before)
    ));
    lines.push(format!(
        "Overrides: {} this time, {:.1} a week in the four weeks before",
        facts.overrides.len(),
        facts.overrides_before
    ));
    lines.push(match facts.golden {
        Some((tau, true)) => format!("Golden set: agreement {tau:.2}, holds"),
        Some((tau, false)) => format!("Golden set: agreement {tau:.2}, below the gate"),
        None => "Golden set: none yet".into(),
    });
}

fn cost(facts: &ReviewFacts) -> String {
    if facts.model_questions == 0 {
        return "Language model: not asked".into();
    }
    let unknown = match facts.model_without_cost {
        0 => String::new(),
        n => format!(", the cost of {n} is not known"),
    };
    format!("Language model: {} questions, ${:.4}{unknown}", facts.model_questions, facts.model_cost)
}

/// The plan that posts a review: one comment on the host task, one a week.
#[must_use]
pub fn plan_review(
    snapshot: &Snapshot,
    policy: &Policy,
    facts: &ReviewFacts,
    rules: &Rules,
    now: Moment,
) -> Plan {
    let post = Post {
        kind: PlanKind::Review { week: facts.week() },
        id: format!("act_review_{}", facts.week()),
        on: None,
        marker: facts.marker(),
        text: review_text(facts),
        reason: "the week in review, for who answers for the backlog",
    };
    plan_post(snapshot, post, policy, rules, now)
}
