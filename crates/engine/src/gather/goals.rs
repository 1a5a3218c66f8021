//! Goals of the workspace and what supports them.
//!
//! One request for the goals, one for the relationships of each open goal. Plans without goals answer 402 and tokens
//! without the scope 403: both are noted and everything else goes on. Deliberately not here: goal metrics.

use super::project::ProjectRead;
use crate::context::Engine;
use crate::error::EngineError;
use asana::wire;
use domain::{Goal, GoalGid, GoalStatus, ProjectGid, Support, TaskGid};
use futures_util::{StreamExt, TryStreamExt, stream};

/// Goals, whether they could be read, and why not.
pub(crate) struct GoalsRead {
    pub goals: Vec<Goal>,
    pub read: bool,
    pub note: Option<String>,
}

/// How many goals' relationships are asked for at once: well below the 50 reads Asana allows in flight.
const AT_ONCE: usize = 8;

/// What is asked for of every goal; the last ones need a scope of their own.
const FIELDS: [&str; 7] =
    ["name", "notes", "status", "start_on", "due_on", "time_period.start_on", "time_period.end_on"];
const WITHOUT_PERIODS: usize = 5;

/// Reads the open goals with their support.
pub(crate) async fn read_goals(engine: &Engine, project: &ProjectRead) -> Result<GoalsRead, EngineError> {
    let list = |fields: &[&str]| {
        engine.asana.goals().in_workspace(project.workspace.gid.as_str()).fields(fields).collect_all()
    };
    let goals = match list(&FIELDS).await {
        // A token may be allowed to read goals and not their time periods.
        Err(asana::Error::Forbidden { .. }) => list(&FIELDS[..WITHOUT_PERIODS]).await,
        goals => goals,
    };
    let goals = match goals {
        Ok(goals) => goals,
        Err(error) => return unreadable(error),
    };
    let open = goals.into_iter().filter(|g| status(g.status.as_deref()).is_open());
    let read: Result<Vec<Goal>, asana::Error> =
        stream::iter(open.map(|goal| with_support(engine, goal))).buffered(AT_ONCE).try_collect().await;
    match read {
        Ok(goals) => Ok(GoalsRead { goals, read: true, note: None }),
        Err(error) => unreadable(error),
    }
}

fn unreadable(error: asana::Error) -> Result<GoalsRead, EngineError> {
    let note = match &error {
        asana::Error::PaymentRequired { .. } => "goals are not part of this workspace's Asana plan",
        asana::Error::Forbidden { .. } => "this token may not read goals",
        _ => return Err(error.into()),
    };
    let note = format!("{note}: strategic alignment is unknown");
    Ok(GoalsRead { goals: vec![], read: false, note: Some(note) })
}

async fn with_support(engine: &Engine, goal: wire::Goal) -> Result<Goal, asana::Error> {
    let fields = ["contribution_weight", "supporting_resource.gid", "supporting_resource.resource_type"];
    let supports = engine.asana.goals().relationships(&goal.gid).fields(&fields).collect_all().await?;
    let period = goal.time_period.unwrap_or_default();
    Ok(Goal {
        gid: GoalGid::new(goal.gid),
        name: goal.name.unwrap_or_default(),
        status: status(goal.status.as_deref()),
        notes: goal.notes.unwrap_or_default(),
        start_on: goal.start_on.or(period.start_on),
        due_on: goal.due_on.or(period.end_on),
        supports: supports.into_iter().filter_map(support).collect(),
    })
}

fn support(relationship: wire::GoalRelationship) -> Option<Support> {
    let weight = relationship.contribution_weight.unwrap_or(1.0);
    let resource = relationship.supporting_resource?;
    match resource.resource_type.as_deref() {
        Some("task") => Some(Support::Task { gid: TaskGid::new(resource.gid), weight }),
        Some("project") => Some(Support::Project { gid: ProjectGid::new(resource.gid), weight }),
        _ => None,
    }
}

fn status(status: Option<&str>) -> GoalStatus {
    match status {
        Some("green") => GoalStatus::Green,
        Some("yellow") => GoalStatus::Yellow,
        Some("red") => GoalStatus::Red,
        Some("achieved") => GoalStatus::Achieved,
        Some("partial") => GoalStatus::Partial,
        Some("missed") => GoalStatus::Missed,
        Some("dropped") => GoalStatus::Dropped,
        _ => GoalStatus::Unknown,
    }
}
