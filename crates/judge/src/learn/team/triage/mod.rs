//! Labels of requests, from the labels the team's people gave.
//!
//! The newest requests are held back, the rest teach. Each label is a classifier of its own and is held against what it would
//! replace: that of the model in force, or the rules where there is none. Where it is worse, what it would replace stays, so a
//! version may hold labels of different ages. Only labels that a person set teach: what Upnext wrote would teach it its own
//! mistakes. What a classifier thinks of its own sureness comes from rows held out by turns; teams change, so a label is given by
//! itself only where that held for the newest requests too, foretold before they were known. Deliberately not here: the classifier
//! (`triage`), and the figures (`held_back`). Known limits: the text is read as it is now; of a field that holds several options
//! only tasks with exactly one teach and are measured, because nobody says which of several a request was first of all.

mod held_back;

use super::{HELD_BACK, History, LEAST_ROWS, Learned, Report, Verdict};
use crate::learn::classify::{HeldOut, WhyNone, threshold};
use crate::learn::triage::{
    Aspect, Basis, Finding, LEAST_HISTORY, Labelled, Options, Quiet, Request, Triage, Triaged,
};
use domain::{FieldValue, Owner, Past, Role, Snapshot, Task, TaskGid};
use held_back::{Fate, Held, fate, report};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The field each aspect is read from, in the order of [`Aspect::ALL`].
pub const LABELS: [Role; 4] = [Role::RequestType, Role::Category, Role::Complexity, Role::InitialPriority];

/// What a team's people taught about requests, as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TeamTriage {
    model: Triage,
    until: Timestamp,
    /// Until when a label was taught that was taken over from the version before, one an aspect.
    #[serde(default)]
    older: [Option<Timestamp>; 4],
    /// What was said of tasks when they were held back, by task, one an aspect.
    said: BTreeMap<TaskGid, [Option<String>; 4]>,
    /// How sure it was of them then, and whether it was right; one an aspect.
    #[serde(default)]
    checks: Checks,
}

impl TeamTriage {
    /// What a request is; labels are given by themselves where they are right at least as often as `precision`.
    #[must_use]
    pub fn judge(&self, task: &Task, precision: f64) -> Triaged {
        let mut triaged = self.model.judge(&request(task), precision);
        hush(&mut triaged.findings, &self.checks, precision);
        triaged
    }

    /// What it says first of a request, or said when the request was held back; nothing of one it was taught. Rules were taught
    /// nothing.
    fn first(&self, row: &Row<'_>, at: usize) -> Option<String> {
        if row.at > self.until(at) || !self.model.is_taught(Aspect::ALL[at]) {
            return self.model.first(Aspect::ALL[at], &row.labelled.request);
        }
        self.said.get(row.task).and_then(|said| said[at].clone())
    }

    fn until(&self, at: usize) -> Timestamp {
        self.older[at].unwrap_or(self.until)
    }

    /// Takes over one label from the version before, with what was said and how sure that was.
    fn keep(&mut self, at: usize, before: &Self) {
        self.model.keep(Aspect::ALL[at], &before.model);
        self.older[at] = Some(before.until(at));
        self.checks[at].clone_from(&before.checks[at]);
        self.said.values_mut().for_each(|said| said[at] = None);
        for (task, said) in before.said.iter().filter(|(_, said)| said[at].is_some()) {
            self.said.entry(task.clone()).or_default()[at].clone_from(&said[at]);
        }
        self.said.retain(|_, said| said.iter().any(Option::is_some));
    }

    /// Rules alone, for a team without a history.
    #[must_use]
    pub fn untaught(frame: &Snapshot) -> Self {
        Self {
            model: Triage::fit(&[], options(frame), 0),
            until: Timestamp::UNIX_EPOCH,
            older: [None; 4],
            said: BTreeMap::new(),
            checks: Checks::default(),
        }
    }
}

/// Requests foretold before their labels were known, one list an aspect in the order of [`Aspect::ALL`].
type Checks = [Vec<HeldOut>; 4];

fn checks(rows: &[Row<'_>], findings: &[Vec<Finding>]) -> Checks {
    [0, 1, 2, 3].map(|at| {
        let known = rows.iter().zip(findings).filter_map(|(row, findings)| {
            let (label, finding) = (row.labelled.labels[at]?, &findings[at]);
            let (first, probability) = finding.ranking.first()?;
            let learned = matches!(finding.basis, Basis::History { .. });
            learned.then(|| HeldOut { label: 0, probability: *probability, right: first == label })
        });
        known.collect()
    })
}

/// Takes back labels whose sureness was not enough for requests that came after what was taught. Where there are too few of
/// those to tell, the classifier's own word stands.
fn hush(findings: &mut [Finding], checks: &Checks, precision: f64) {
    for (finding, checks) in findings.iter_mut().zip(checks) {
        let (None, Basis::History { .. }, Some((_, probability))) =
            (finding.quiet, finding.basis, finding.ranking.first())
        else {
            continue;
        };
        let probability = *probability;
        finding.quiet = match threshold(checks, precision) {
            Ok(found) if probability < found.probability => {
                Some(Quiet::BelowThreshold { probability, needed: found.probability })
            }
            Ok(_) | Err(WhyNone::TooFewRows { .. }) => None,
            Err(reason) => Some(Quiet::NoThreshold { reason }),
        };
    }
}

fn request(task: &Task) -> Request<'_> {
    Request { title: &task.name, notes: &task.notes, facts: &[] }
}

/// The labels that can be given, least first for complexity and priority as the fields list them.
#[must_use]
fn options(frame: &Snapshot) -> Options {
    LABELS.map(|role| {
        let field = frame.roles.field(role).and_then(|gid| frame.field(gid));
        let options = field.into_iter().flat_map(|field| &field.options).filter(|option| option.enabled);
        let mut names: Vec<String> = options.map(|option| option.name.clone()).collect();
        if role == Role::InitialPriority {
            // Priorities are listed highest first.
            names.reverse();
        }
        names
    })
}

/// A request with the labels a person gave it.
fn labelled<'a>(frame: &Snapshot, past: &'a Past) -> Labelled<'a> {
    let label = |role: Role| {
        let fields = frame.roles.candidates(role).iter();
        let mut states = fields.filter_map(|gid| past.task.fields.get(gid));
        states.find_map(|state| match (&state.value, state.owner()) {
            (Some(FieldValue::Enum { name, .. }), Owner::Person) => Some(name.as_str()),
            (Some(FieldValue::MultiEnum(options)), Owner::Person) => match options.as_slice() {
                [(_, name)] => Some(name.as_str()),
                _ => None,
            },
            _ => None,
        })
    };
    Labelled { request: request(&past.task), labels: LABELS.map(label) }
}

/// A labelled request.
#[derive(Clone, Copy)]
struct Row<'a> {
    at: Timestamp,
    task: &'a TaskGid,
    labelled: Labelled<'a>,
}

/// Learns the labels of requests. `live` is the model in force; at `precision`, 0 to 1, the share of labels that are given by
/// themselves is measured, and how many of them were right.
#[must_use]
pub fn triage(
    history: &History<'_>,
    live: Option<&TeamTriage>,
    (precision, seed): (f64, u64),
) -> Learned<TeamTriage> {
    let rows = rows(history);
    let known = |at: usize| rows.iter().filter(|row| row.labelled.labels[at].is_some()).count();
    let have = (0..LABELS.len()).map(known).max().unwrap_or(0);
    let needed = LEAST_HISTORY + LEAST_ROWS;
    if have < needed {
        let report = Report::not_enough(have, needed, "requests that people labelled");
        return Learned { model: None, report };
    }
    let held_back = ((rows.len() as f64 * HELD_BACK) as usize).max(LEAST_ROWS);
    let (earlier, later) = rows.split_at(rows.len() - held_back);
    let options = options(history.frame);
    let teach = |rows: &[Row<'_>]| {
        let rows: Vec<Labelled<'_>> = rows.iter().map(|row| row.labelled).collect();
        Triage::fit(&rows, options.clone(), seed)
    };
    let candidate = teach(earlier);
    let findings: Vec<Vec<Finding>> =
        later.iter().map(|row| candidate.judge(&row.labelled.request, precision).findings).collect();
    let checks = checks(later, &findings);
    let answers = answers(later, findings, precision);
    let rules = TeamTriage::untaught(history.frame);
    let replaced = live.unwrap_or(&rules);
    let held = Held { earlier, later, answers: &answers };
    let fates = [0, 1, 2, 3].map(|at| fate(&held, at, (&candidate, replaced)));
    let report = report(&rows, &held, (&fates, replaced), precision);
    let until = rows.last().map_or(Timestamp::UNIX_EPOCH, |row| row.at);
    let said = later.iter().zip(answers);
    let said = said.map(|(row, answers)| (row.task.clone(), answers.map(|answer| answer.first))).collect();
    let mut model = TeamTriage { model: teach(&rows), until, older: [None; 4], said, checks };
    // A refused version is kept as it was learned, so that `upnext model use` means what it says.
    if matches!(report.verdict, Verdict::Promoted { .. }) {
        let staying = (0..fates.len()).filter(|at| fates[*at] != Fate::Taken);
        staying.for_each(|at| model.keep(at, replaced));
    }
    Learned { model: Some(model), report }
}

/// Requests with a label, in the order in which they came.
fn rows<'a>(history: &History<'a>) -> Vec<Row<'a>> {
    let mut rows: Vec<Row<'a>> = history
        .pasts
        .iter()
        .map(|past| {
            let labelled = labelled(history.frame, past);
            Row { at: past.task.created_at, task: &past.task.gid, labelled }
        })
        .filter(|row| row.labelled.labels.iter().any(Option::is_some))
        .collect();
    rows.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| a.task.cmp(b.task)));
    rows
}

/// What was said of one aspect of a held-back request.
#[derive(Clone, Debug, Default)]
struct Answer {
    first: Option<String>,
    /// Whether it would have been given by itself; not told of the older half, which the newer half's thresholds rest on.
    is_given: Option<bool>,
}

type Answers = [Answer; 4];

fn answers(later: &[Row<'_>], mut findings: Vec<Vec<Finding>>, precision: f64) -> Vec<Answers> {
    let half = later.len() / 2;
    let known = checks(&later[..half], &findings[..half]);
    findings[half..].iter_mut().for_each(|findings| hush(findings, &known, precision));
    let answer = |nth: usize, finding: Finding| Answer {
        is_given: (nth >= half).then_some(finding.quiet.is_none()),
        first: finding.ranking.into_iter().next().map(|(label, _)| label),
    };
    let all = findings.into_iter().enumerate().map(|(nth, findings)| {
        let mut findings = findings.into_iter().map(|finding| answer(nth, finding));
        [(); 4].map(|()| findings.next().unwrap_or_default())
    });
    all.collect()
}
