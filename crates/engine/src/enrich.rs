//! Enrich: what learned models make of the tasks of a snapshot.
//!
//! A finding is remembered by the content it rests on, so a task that has not changed costs nothing. A model that cannot be
//! read is a note, and everything goes on without it. Deliberately not here: learning (`learn`), and what a finding is
//! worth in a score (`judge`).

use crate::context::Engine;
use crate::error::EngineError;
use crate::workload::sprint_in_hand;
use domain::{Digest, Evidence, Findings, ModelKind, ModelUsed, Moment, Role, Snapshot, Task, TaskGid};
use judge::learn::team::{TeamConfidence, TeamEffort};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::StoreError;

/// A model in force, read back.
pub(crate) struct InForce<M> {
    pub used: ModelUsed,
    pub model: M,
}

/// The model in force of a kind; a note instead when it cannot be read.
pub(crate) async fn in_force<M: DeserializeOwned>(
    engine: &Engine,
    snapshot: &mut Snapshot,
    kind: ModelKind,
) -> Result<Option<InForce<M>>, EngineError> {
    let word = kind.word();
    let mut note = |problem: String| {
        snapshot.notes.push(format!(
            "the {word} model in force cannot be read ({problem}) and was left out: `upnext learn` makes a new one, `upnext \
             model use` goes back to an older one"
        ));
        Ok(None)
    };
    let (row, content) = match engine.store.model_in_force(&snapshot.project.gid, kind).await {
        Ok(Some(found)) => found,
        Ok(None) => return Ok(None),
        Err(StoreError::Corrupt { what, .. }) => return note(what),
        Err(error) => return Err(error.into()),
    };
    match serde_json::from_slice(&content) {
        Ok(model) => Ok(Some(InForce { used: row.used, model })),
        Err(error) => note(error.to_string()),
    }
}

/// Adds to a snapshot what the models in force find.
pub(crate) async fn enrich(
    engine: &Engine,
    mut snapshot: Snapshot,
    now: Moment,
) -> Result<Snapshot, EngineError> {
    let mut evidence = Evidence::default();
    if let Some(found) = in_force::<TeamConfidence>(engine, &mut snapshot, ModelKind::Confidence).await? {
        evidence.confidence = Some(found.model.measured());
        evidence.models.push(found.used);
    }
    if let Some(effort) = in_force::<TeamEffort>(engine, &mut snapshot, ModelKind::Effort).await? {
        evidence.models.push(effort.used.clone());
        (snapshot, evidence.tasks) = efforts(engine, effort, snapshot).await?;
    }
    evidence.sprint = sprint_in_hand(engine, &snapshot.project.gid, now.today).await?;
    snapshot.evidence = evidence;
    Ok(snapshot)
}

type Found = BTreeMap<TaskGid, Findings>;

/// The effort of every open task without one, remembered or found now.
async fn efforts(
    engine: &Engine,
    effort: InForce<TeamEffort>,
    snapshot: Snapshot,
) -> Result<(Snapshot, Found), EngineError> {
    let known = engine.store.findings(&snapshot.project.gid).await?;
    let mut found = Found::new();
    let mut asked: Vec<(usize, Digest)> = vec![];
    for (at, task) in snapshot.tasks.iter().enumerate().filter(|(_, task)| !task.completed) {
        let digest = rests_on(&effort.used, &snapshot, task);
        match known.get(&task.gid) {
            Some((known, findings)) if *known == digest => {
                found.insert(task.gid.clone(), findings.clone());
            }
            _ => asked.push((at, digest)),
        }
    }
    engine.stage("estimating effort", asked.len());
    let (snapshot, new) = find_all(engine, effort, snapshot, asked).await;
    engine.store.remember_findings(&snapshot.project.gid, &new).await?;
    found.extend(new.into_iter().map(|(task, _, findings)| (task, findings)));
    found.retain(|_, findings| !findings.is_empty());
    Ok((snapshot, found))
}

/// The fingerprint of all that a finding rests on.
fn rests_on(model: &ModelUsed, snapshot: &Snapshot, task: &Task) -> Digest {
    let value = |role: Role| snapshot.roles.value(role, task).map(|(_, value)| value.to_string());
    let fields = (value(Role::RequestType), value(Role::Category), value(Role::EffortEstimate));
    Digest::of(&(&model.id, &task.name, &task.notes, &task.tags, fields))
}

type Asked = Vec<(usize, Digest)>;
type New = Vec<(TaskGid, Digest, Findings)>;

/// Finds on every core: an estimate takes milliseconds, and there may be thousands.
async fn find_all(
    engine: &Engine,
    effort: InForce<TeamEffort>,
    snapshot: Snapshot,
    asked: Asked,
) -> (Snapshot, New) {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let share = asked.len().div_ceil(cores).max(1);
    let (engine, effort, snapshot) = (engine.clone(), Arc::new(effort), Arc::new(snapshot));
    let mut new = New::new();
    let parts: Vec<_> = asked
        .chunks(share)
        .map(|part| {
            let (engine, effort, snapshot) = (engine.clone(), effort.clone(), snapshot.clone());
            let part = part.to_vec();
            tokio::task::spawn_blocking(move || find_some(&engine, &effort, &snapshot, &part))
        })
        .collect();
    for part in parts {
        // A part that panicked has found nothing: its tasks are judged without, as if there were no model.
        new.extend(part.await.unwrap_or_default());
    }
    (Arc::unwrap_or_clone(snapshot), new)
}

fn find_some(
    engine: &Engine,
    effort: &InForce<TeamEffort>,
    snapshot: &Snapshot,
    part: &[(usize, Digest)],
) -> New {
    let find = |(at, digest): &(usize, Digest)| {
        let task = &snapshot.tasks[*at];
        let effort = effort.model.finding(&effort.used.id, snapshot, task);
        let findings = Findings { effort, ratings: None };
        engine.step(1);
        (task.gid.clone(), digest.clone(), findings)
    };
    part.iter().map(find).collect()
}
