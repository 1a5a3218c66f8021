//! Labels of requests, from the labels the team's people gave.
//!
//! The newest requests are held back, the rest teach, and what comes out is held against the commonest label. Only labels
//! that a person set teach: what Upnext wrote would teach it its own mistakes. What a classifier thinks of its own sureness
//! comes from rows held out by turns; teams change, so a label is given by itself only where that held for the newest requests
//! too, foretold before they were known. Deliberately not here: the classifier (`triage`). Known limits: the text is read as it is now; of a field that holds several options only tasks with exactly one
//! teach and are measured, because nobody says which of several a request was first of all.

use super::{HELD_BACK, History, LEAST_ROWS, Learned, Metric, Report, incomparable, verdict};
use crate::learn::classify::{HeldOut, WhyNone, threshold};
use crate::learn::triage::{
    Aspect, Basis, Finding, LEAST_HISTORY, Labelled, Options, Quiet, Request, Triage, Triaged,
};
use domain::{FieldValue, Owner, Past, Role, Snapshot, Task, TaskGid};
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

    /// What it says first of a request, or said when the request was held back; nothing of one it was taught.
    fn first(&self, row: &Row<'_>, at: usize) -> Option<String> {
        if row.at > self.until {
            return first_of(&self.model, at, &row.labelled.request);
        }
        self.said.get(row.task).and_then(|said| said[at].clone())
    }

    /// Rules alone, for a team without a history.
    #[must_use]
    pub fn untaught(frame: &Snapshot) -> Self {
        Self {
            model: Triage::fit(&[], options(frame), 0),
            until: Timestamp::UNIX_EPOCH,
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
    let (earlier, later) = rows.split_at(rows.len() - ((rows.len() as f64 * HELD_BACK) as usize));
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
    let report = report(&rows, (earlier, later), (&answers, precision), live);
    let until = rows.last().map_or(Timestamp::UNIX_EPOCH, |row| row.at);
    let said = later.iter().zip(answers);
    let said = said.map(|(row, answers)| (row.task.clone(), answers.map(|answer| answer.first))).collect();
    Learned { model: Some(TeamTriage { model: teach(&rows), until, said, checks }), report }
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

fn first_of(model: &Triage, at: usize, request: &Request<'_>) -> Option<String> {
    // The wanted precision decides about keeping quiet, not about the ranking.
    model.judge(request, 0.0).findings.swap_remove(at).ranking.into_iter().next().map(|(label, _)| label)
}

fn commonest(rows: &[Row<'_>], at: usize) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let labels = rows.iter().filter_map(|row| row.labelled.labels[at]);
    labels.for_each(|label| *counts.entry(label).or_default() += 1);
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(label, _)| label.to_owned())
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

/// Of the labels both the candidate and the model in force were asked about: how many, and how many each had wrong.
fn compared(later: &[Row<'_>], answers: &[Answers], live: &TeamTriage) -> (usize, usize, usize) {
    let mut sum = (0, 0, 0);
    for (row, ours) in later.iter().zip(answers) {
        for (at, (label, ours)) in row.labelled.labels.iter().zip(ours).enumerate() {
            let Some(label) = *label else { continue };
            let Some(theirs) = live.first(row, at) else { continue };
            sum.0 += 1;
            sum.1 += usize::from(ours.first.as_deref() != Some(label));
            sum.2 += usize::from(theirs != label);
        }
    }
    sum
}

/// How one aspect of the held-back requests was answered.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    known: usize,
    missed: usize,
    missed_by_commonest: usize,
    asked: usize,
    given: usize,
    given_right: usize,
}

impl Counts {
    fn of((earlier, later): (&[Row<'_>], &[Row<'_>]), answers: &[Answers], at: usize) -> Self {
        let common = commonest(earlier, at);
        let mut counts = Self::default();
        for (row, answers) in later.iter().zip(answers) {
            let Some(label) = row.labelled.labels[at] else { continue };
            let is_right = answers[at].first.as_deref() == Some(label);
            let is_given = answers[at].is_given == Some(true);
            counts.known += 1;
            counts.missed += usize::from(!is_right);
            counts.missed_by_commonest += usize::from(common.as_deref() != Some(label));
            counts.asked += usize::from(answers[at].is_given.is_some());
            counts.given += usize::from(is_given);
            counts.given_right += usize::from(is_given && is_right);
        }
        counts
    }

    fn metrics(self, aspect: Aspect, precision: f64) -> Vec<Metric> {
        let share = |part: usize, of: usize| part as f64 / of as f64;
        let (name, known) = (aspect.words(), self.known);
        let right = Metric::new(&format!("{name} right"), share(known - self.missed, known), known)
            .beside("the commonest label", share(known - self.missed_by_commonest, known));
        let wanted = 100.0 * precision;
        let given = format!("{name} given by itself, {wanted:.0} % to be right");
        let given = Metric::new(&given, share(self.given, self.asked.max(1)), self.asked);
        let kept = (self.given > 0).then(|| {
            Metric::new(&format!("{name} right where given"), share(self.given_right, self.given), self.given)
        });
        [right, given].into_iter().chain(kept).collect()
    }
}

fn report(
    rows: &[Row<'_>],
    (earlier, later): (&[Row<'_>], &[Row<'_>]),
    (answers, precision): (&[Answers], f64),
    live: Option<&TeamTriage>,
) -> Report {
    let baseline = "the commonest label";
    let mut metrics = vec![];
    let (mut ours, mut theirs, mut all) = (0, 0, 0);
    for (at, aspect) in Aspect::ALL.into_iter().enumerate() {
        let counts = Counts::of((earlier, later), answers, at);
        if counts.known == 0 {
            continue;
        }
        metrics.extend(counts.metrics(aspect, precision));
        (ours, theirs, all) = (ours + counts.missed, theirs + counts.missed_by_commonest, all + counts.known);
    }
    let share = |missed: usize| missed as f64 / all.max(1) as f64;
    let both = live.map(|live| compared(later, answers, live)).filter(|both| both.0 >= LEAST_ROWS);
    let in_force = both.map(|(count, ours_missed, missed)| {
        share(ours) + (missed as f64 - ours_missed as f64) / count as f64
    });
    let mut wrong = Metric::new("labels wrong", share(ours), all).beside(baseline, share(theirs));
    wrong.in_force = in_force;
    metrics.insert(0, wrong);
    Report {
        window: rows.first().zip(rows.last()).map(|(first, last)| (first.at, last.at)),
        rows: rows.len(),
        features: ["words of name and description", "headings", "structure", "intent", "tone"]
            .map(str::to_owned)
            .to_vec(),
        metrics,
        verdict: match (live, in_force) {
            (Some(_), None) => incomparable(),
            _ => verdict(share(ours), (baseline, share(theirs)), in_force),
        },
    }
}
