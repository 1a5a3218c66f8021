//! What earlier plans about people's time came to: the sprint in hand, and whom tasks were given to lately.
//!
//! Read from the journal, so that it holds over runs and processes; what was undone does not count. Deliberately not here: what
//! follows from it.

use super::carry::Inputs;
use crate::context::Engine;
use crate::error::EngineError;
use crate::groom::undos;
use crate::replay::SavedRules;
use decide::assign::Request;
use domain::{Action, FieldValue, Moment, Outcome, PlanKind, ProjectGid, Role, Snapshot, TaskGid, UserGid};
use jiff::{SignedDuration, civil::Date};
use std::collections::{BTreeMap, BTreeSet};

/// Plans looked through: those of some weeks of a busy project.
const LOOK_BACK: u32 = 200;
/// How long a task that somebody was given counts as their turn: four weeks, as far as tasks are given out ahead.
const TURN: SignedDuration = SignedDuration::from_hours(24 * 28);

/// The tasks of the sprint that was written last and has not ended.
pub(crate) async fn sprint_in_hand(
    engine: &Engine,
    project: &ProjectGid,
    today: Date,
) -> Result<Vec<TaskGid>, EngineError> {
    let rows = engine.store.plans(Some(project), LOOK_BACK).await?;
    let undone = undos(engine, project).await?;
    for row in rows.iter().filter(|row| row.kind == "sprint" && row.done > 0) {
        let Some(saved) = engine.store.plan(&row.id).await? else { continue };
        let PlanKind::Sprint { to, .. } = saved.plan.kind else { continue };
        if undone.contains_key(&saved.run) {
            continue;
        }
        let rules: Option<SavedRules> = serde_json::from_str(&saved.rules).ok();
        return Ok(match rules.and_then(|rules| rules.known_inputs()) {
            Some(Inputs::Sprint { filled, .. }) if to >= today => {
                filled.tasks.into_iter().map(|wanted| wanted.task).collect()
            }
            _ => vec![],
        });
    }
    Ok(vec![])
}

/// How many tasks each person was given, or proposed for, by plans that were carried out lately. Tasks that are asked about again are
/// nobody's turn: they are given out in the same order once more.
pub(super) async fn turns(
    engine: &Engine,
    project: &ProjectGid,
    (snapshot, now): (&Snapshot, Moment),
    again: &[Request],
) -> Result<BTreeMap<UserGid, usize>, EngineError> {
    let proposed = snapshot.roles.field(Role::RecommendedAssignee);
    let mut given: BTreeSet<(TaskGid, UserGid)> = BTreeSet::new();
    let rows = engine.store.plans(Some(project), LOOK_BACK).await?;
    let undone = undos(engine, project).await?;
    let since = now.at - TURN;
    let kinds = ["assign", "sprint", "approve"];
    let carried = rows.iter().filter(|row| row.done > 0 && row.created_at >= since);
    for row in carried.filter(|row| kinds.contains(&row.kind.as_str())) {
        let Some(saved) = engine.store.plan(&row.id).await? else { continue };
        if undone.contains_key(&saved.run) {
            continue;
        }
        let outcomes = engine.store.outcomes(&saved.run).await?;
        let well = |id| outcomes.iter().any(|o: &Outcome| o.action == id && o.kind.is_settled_well());
        for planned in saved.plan.actions.iter().filter(|planned| well(planned.id.clone())) {
            match &planned.action {
                Action::Assign { task, new: Some(person), .. } => {
                    given.insert((task.clone(), person.gid.clone()));
                }
                Action::SetFields { task, changes, .. } => {
                    let of = changes.iter().filter(|change| Some(&change.field) == proposed);
                    let people = of.filter_map(|change| match &change.new {
                        Some(FieldValue::People(people)) => Some(people.clone()),
                        _ => None,
                    });
                    given.extend(people.flatten().map(|person| (task.clone(), person)));
                }
                _ => {}
            }
        }
    }
    let mut turns: BTreeMap<UserGid, usize> = BTreeMap::new();
    for (_, person) in given.into_iter().filter(|(task, _)| !again.iter().any(|one| one.task == *task)) {
        *turns.entry(person).or_default() += 1;
    }
    Ok(turns)
}
