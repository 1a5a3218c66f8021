//! Labels of requests, from the labels the team's people gave.
//!
//! The newest requests are held back, the rest teach, and what comes out is held against the commonest label. Only labels
//! that a person set teach: what Upnext wrote would teach it its own mistakes. Deliberately not here: the classifier
//! (`triage`). Known limit: the text is read as it is now.

use super::{HELD_BACK, History, LEAST_ROWS, Learned, Metric, Report, verdict};
use crate::learn::triage::{Aspect, LEAST_HISTORY, Labelled, Options, Request, Triage, Triaged};
use domain::{FieldValue, Owner, Past, Role, Snapshot, Task};
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
}

impl TeamTriage {
    /// What a request is; labels are given by themselves where they are right at least as often as `precision`.
    #[must_use]
    pub fn judge(&self, task: &Task, precision: f64) -> Triaged {
        self.model.judge(&request(task), precision)
    }

    /// Rules alone, for a team without a history.
    #[must_use]
    pub fn untaught(frame: &Snapshot) -> Self {
        Self { model: Triage::fit(&[], options(frame), 0), until: Timestamp::UNIX_EPOCH }
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
            _ => None,
        })
    };
    Labelled { request: request(&past.task), labels: LABELS.map(label) }
}

/// Learns the labels of requests. `live` is the model in force.
#[must_use]
pub fn triage(history: &History<'_>, live: Option<&TeamTriage>, seed: u64) -> Learned<TeamTriage> {
    let mut pasts: Vec<&Past> = history.pasts.iter().collect();
    pasts.sort_by(|a, b| a.task.created_at.cmp(&b.task.created_at).then_with(|| a.task.gid.cmp(&b.task.gid)));
    let rows: Vec<(Timestamp, Labelled<'_>)> = pasts
        .into_iter()
        .map(|past| (past.task.created_at, labelled(history.frame, past)))
        .filter(|(_, row)| row.labels.iter().any(Option::is_some))
        .collect();
    let most = (0..LABELS.len()).map(|at| rows.iter().filter(|row| row.1.labels[at].is_some()).count()).max();
    let (have, needed) = (most.unwrap_or(0), LEAST_HISTORY + LEAST_ROWS);
    if have < needed {
        let report = Report::not_enough(have, needed, "requests that people labelled");
        return Learned { model: None, report };
    }
    let (earlier, later) = rows.split_at(rows.len() - ((rows.len() as f64 * HELD_BACK) as usize));
    let options = options(history.frame);
    let teach = |rows: &[(Timestamp, Labelled<'_>)]| {
        let rows: Vec<Labelled<'_>> = rows.iter().map(|row| row.1).collect();
        Triage::fit(&rows, options.clone(), seed)
    };
    let candidate = teach(earlier);
    let unseen = |live: &&TeamTriage| later.iter().filter(|row| row.0 > live.until).count() >= LEAST_ROWS;
    let report = report(&rows, (earlier, later), &candidate, live.filter(unseen));
    let until = rows.last().map_or(Timestamp::UNIX_EPOCH, |row| row.0);
    Learned { model: Some(TeamTriage { model: teach(&rows), until }), report }
}

type Rows<'r, 'a> = &'r [(Timestamp, Labelled<'a>)];

/// Labels of an aspect that were wrong, and how many there were.
fn wrong(rows: Rows<'_, '_>, at: usize, says: &dyn Fn(&Request<'_>) -> Option<String>) -> (usize, usize) {
    let known: Vec<(&Request<'_>, &str)> =
        rows.iter().filter_map(|row| Some((&row.1.request, row.1.labels[at]?))).collect();
    let wrong = known.iter().filter(|(request, label)| says(request).as_deref() != Some(label)).count();
    (wrong, known.len())
}

fn first_of(model: &Triage, at: usize, request: &Request<'_>) -> Option<String> {
    // The wanted precision decides about keeping quiet, not about the ranking.
    model.judge(request, 0.0).findings.swap_remove(at).ranking.into_iter().next().map(|(label, _)| label)
}

fn commonest(rows: Rows<'_, '_>, at: usize) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    rows.iter().filter_map(|row| row.1.labels[at]).for_each(|label| *counts.entry(label).or_default() += 1);
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(label, _)| label.to_owned())
}

fn report(
    rows: Rows<'_, '_>,
    (earlier, later): (Rows<'_, '_>, Rows<'_, '_>),
    candidate: &Triage,
    live: Option<&TeamTriage>,
) -> Report {
    let baseline = "the commonest label";
    let mut metrics = vec![];
    let (mut ours, mut theirs, mut all) = (0, 0, 0);
    for (at, aspect) in Aspect::ALL.iter().enumerate() {
        let (missed, count) = wrong(later, at, &|request| first_of(candidate, at, request));
        if count == 0 {
            continue;
        }
        let common = commonest(earlier, at);
        let (by_commonest, _) = wrong(later, at, &|_| common.clone());
        let right = |missed: usize| 1.0 - missed as f64 / count as f64;
        let name = format!("{} right", aspect.words());
        metrics.push(Metric::new(&name, right(missed), count).beside(baseline, right(by_commonest)));
        (ours, theirs, all) = (ours + missed, theirs + by_commonest, all + count);
    }
    let share = |missed: usize| missed as f64 / all.max(1) as f64;
    let in_force = live.map(|live| {
        let newer: Vec<(Timestamp, Labelled<'_>)> =
            later.iter().filter(|row| row.0 > live.until).copied().collect();
        let missed = |model: &Triage| -> (usize, usize) {
            (0..LABELS.len())
                .map(|at| wrong(&newer, at, &|request| first_of(model, at, request)))
                .fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
        };
        let ((candidate, count), (live, _)) = (missed(candidate), missed(&live.model));
        share(ours) + (live as f64 - candidate as f64) / count.max(1) as f64
    });
    Report {
        window: rows.first().zip(rows.last()).map(|(first, last)| (first.0, last.0)),
        rows: rows.len(),
        features: ["words of name and description", "headings", "structure", "intent", "tone"]
            .map(str::to_owned)
            .to_vec(),
        metrics,
        verdict: verdict(share(ours), (baseline, share(theirs)), in_force),
    }
}
