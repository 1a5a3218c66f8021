//! The mirror of the audit trail in Asana: one comment a day or week that tells what was decided, and whether rules, a language model or a
//! person did.
//!
//! It ends with the number and hash of the last entry it tells of, so that a copy of the trail's head stands outside the store. Every
//! figure is handed in. Deliberately not here: reading the trail (`engine`), and single values, which it holds.

use crate::groom::Rules;
use crate::policy::Policy;
use crate::posted::{Post, plan_post};
use crate::words::task_link;
use domain::{Digest, Moment, Plan, PlanKind, Snapshot, TaskGid, fit};
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How the ids of actions begin that post a digest; the period's name follows.
pub const MIRROR_ACTION: &str = "act_mirror_";

/// How the comment begins; the period and the project follow.
pub const MIRROR_MARKER: &str = "Upnext · decisions of";

/// Lines about people that are shown.
const SHOWN: usize = 12;

/// How much one comment of the mirror tells of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MirrorEvery {
    /// There is none.
    #[default]
    Never,
    /// A day.
    Day,
    /// A week, Monday to Sunday.
    Week,
}

/// Where the digest of decisions is put in Asana.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuditMirrorPolicy {
    /// How much one comment tells of.
    pub every: MirrorEvery,
    /// The number of the task it is on, a subtask or one of another project; empty for the host task.
    pub task: String,
}

/// The days one comment tells of, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct MirrorPeriod {
    /// The first.
    pub from: Date,
    /// The last.
    pub to: Date,
}

impl MirrorPeriod {
    /// The period that a day is in; a day where the policy has no mirror.
    #[must_use]
    pub fn holding(day: Date, every: MirrorEvery) -> MirrorPeriod {
        if every != MirrorEvery::Week {
            return MirrorPeriod { from: day, to: day };
        }
        let since = day.weekday().since(Weekday::Monday);
        let from = day.saturating_sub(i64::from(since).days());
        MirrorPeriod { from, to: from.saturating_add(6.days()) }
    }

    /// The last one that is over.
    #[must_use]
    pub fn before(today: Date, every: MirrorEvery) -> MirrorPeriod {
        let current = MirrorPeriod::holding(today, every);
        MirrorPeriod::holding(current.from.saturating_sub(1.day()), every)
    }

    /// Those that are over and not among the posted, oldest first: back to the last posted one, and no further than two weeks of
    /// days or eight weeks. Where none was ever posted, the last alone. The last that is over is always among them.
    #[must_use]
    pub fn since(today: Date, every: MirrorEvery, posted: &BTreeSet<String>) -> Vec<MirrorPeriod> {
        let last = MirrorPeriod::before(today, every);
        let is_week = |name: &str| name.contains('W');
        if !posted.iter().any(|name| is_week(name) == (every == MirrorEvery::Week)) {
            return vec![last];
        }
        let most = if every == MirrorEvery::Week { 8 } else { 14 };
        let earlier = std::iter::successors(Some(last), |one| Some(MirrorPeriod::before(one.from, every)));
        let mut due: Vec<MirrorPeriod> = earlier
            .take(most)
            .enumerate()
            .take_while(|(back, one)| *back == 0 || !posted.contains(&one.name()))
            .map(|(_, one)| one)
            .collect();
        if posted.contains(&last.name()) {
            due.truncate(1);
        }
        due.reverse();
        due
    }

    /// `2026-11-26`, or the ISO week `2026-W48`.
    #[must_use]
    pub fn name(&self) -> String {
        if self.from == self.to {
            return self.from.to_string();
        }
        let week = self.to.iso_week_date();
        format!("{}-W{:02}", week.year(), week.week())
    }
}

/// Something that a person did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MirrorLine {
    /// Who.
    pub who: String,
    /// What.
    pub what: String,
    /// The task it is about, if it is about one, and its name where that is known.
    pub task: Option<(TaskGid, Option<String>)>,
}

/// What the mirror tells of a period.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MirrorFacts {
    /// The period.
    pub period: MirrorPeriod,
    /// What people decided and did, oldest first.
    pub people: Vec<MirrorLine>,
    /// What rules alone did: how often what.
    pub rules: Vec<(String, u64)>,
    /// What rules did where a language model had moved points of the score.
    pub ai: Vec<(String, u64)>,
    /// Runs that began, by workflow.
    pub runs: Vec<(String, usize)>,
    /// Number and hash of the last entry of the whole trail in that time; none when there is none.
    pub head: Option<(u64, Digest)>,
}

/// How the comment of a period and project begins.
fn marker(snapshot: &Snapshot, period: MirrorPeriod) -> String {
    format!("{MIRROR_MARKER} {} (project {})", period.name(), snapshot.project.gid)
}

/// The digest as plain text, for a terminal and for the comment.
#[must_use]
pub fn mirror_text(snapshot: &Snapshot, facts: &MirrorFacts) -> String {
    let project = &snapshot.project;
    let mut lines = vec![marker(snapshot, facts.period)];
    let days = match facts.period {
        MirrorPeriod { from, to } if from == to => from.to_string(),
        MirrorPeriod { from, to } => format!("{from} to {to}"),
    };
    lines.push(format!("{}, {days}. Runs: {}.", fit(&project.name, 80), told(&facts.runs)));
    lines.push(String::new());
    lines.push(format!("Person: {}", facts.people.len()));
    for line in facts.people.iter().take(SHOWN) {
        lines.push(format!(
            "  {}: {}",
            fit(&line.who.replace('\n', " "), 60),
            fit(&line.what.replace('\n', " "), 140)
        ));
        if let Some((task, name)) = &line.task {
            let name = name.as_ref().map(|name| format!("{}, ", fit(name, 60))).unwrap_or_default();
            lines.push(format!("    {name}{}", task_link(&project.gid, task)));
        }
    }
    if facts.people.len() > SHOWN {
        lines.push(format!("  … and {} more", facts.people.len() - SHOWN));
    }
    lines.push(format!("Rule (rules and learned models alone): {}", told(&facts.rules)));
    lines.push(format!("AI (rules, with points that a language model moved): {}", told(&facts.ai)));
    lines.push(String::new());
    lines.push(match &facts.head {
        None => "The audit trail has no entry of that time.".into(),
        Some((seq, hash)) => {
            format!("Every value stands in the audit trail. Its entry {seq}, the last of that time, has the hash {hash}.")
        }
    });
    lines.push(format!("The project: https://app.asana.com/0/{}/list", project.gid));
    lines.join("\n")
}

fn told<N: std::fmt::Display>(counts: &[(String, N)]) -> String {
    if counts.is_empty() {
        return "nothing".into();
    }
    counts.iter().map(|(what, count)| format!("{what} {count}")).collect::<Vec<_>>().join(", ")
}

/// The plan that puts the digest in Asana: one comment a period, on the task the policy names.
#[must_use]
pub fn plan_mirror(
    snapshot: &Snapshot,
    policy: &Policy,
    facts: &MirrorFacts,
    rules: &Rules,
    now: Moment,
) -> Plan {
    let period = facts.period.name();
    let task = policy.audit_mirror.task.as_str();
    let post = Post {
        id: format!("{MIRROR_ACTION}{period}"),
        kind: PlanKind::Mirror { period },
        on: (!task.is_empty()).then(|| TaskGid::new(task)),
        marker: marker(snapshot, facts.period),
        text: mirror_text(snapshot, facts),
        reason: "what was decided, and by whom, for who keeps watch in Asana",
    };
    plan_post(snapshot, post, policy, rules, now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn periods_are_whole_days_or_weeks_that_are_over() {
        let monday = date(2026, 11, 23);
        let week = MirrorPeriod::before(monday, MirrorEvery::Week);
        assert_eq!((week.from, week.to), (date(2026, 11, 16), date(2026, 11, 22)));
        assert_eq!(week.name(), "2026-W47");
        assert_eq!(MirrorPeriod::holding(date(2026, 11, 22), MirrorEvery::Week), week);
        let day = MirrorPeriod::before(monday, MirrorEvery::Day);
        assert_eq!((day.from, day.name()), (date(2026, 11, 22), "2026-11-22".to_owned()));
        // The week of the turn of the year bears the number its Thursday has.
        assert_eq!(MirrorPeriod::holding(date(2027, 1, 1), MirrorEvery::Week).name(), "2026-W53");
    }

    #[test]
    fn what_is_due_goes_back_to_what_was_posted_last() {
        let today = date(2026, 11, 23);
        let due = |every, posted: &[&str]| -> Vec<String> {
            let posted = posted.iter().map(|name| (*name).to_owned()).collect();
            MirrorPeriod::since(today, every, &posted).iter().map(MirrorPeriod::name).collect()
        };
        assert_eq!(due(MirrorEvery::Day, &[]), ["2026-11-22"], "what was before the first is nobody's gap");
        assert_eq!(due(MirrorEvery::Day, &["2026-11-19"]), ["2026-11-20", "2026-11-21", "2026-11-22"]);
        assert_eq!(
            due(MirrorEvery::Day, &["2026-11-19", "2026-11-22"]),
            ["2026-11-22"],
            "it may have changed"
        );
        let long = due(MirrorEvery::Day, &["2026-01-01"]);
        assert_eq!((long.len(), long[0].as_str()), (14, "2026-11-09"));
        assert_eq!(due(MirrorEvery::Week, &["2026-11-19"]), ["2026-W47"], "days are no weeks");
        assert_eq!(due(MirrorEvery::Week, &["2026-W44"]), ["2026-W45", "2026-W46", "2026-W47"]);
        assert_eq!(due(MirrorEvery::Week, &["2026-W01"]).len(), 8);
    }
}
