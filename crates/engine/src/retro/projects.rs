//! Sprints that are projects of their own: which there are beside a project, which is meant, and the days of each.
//!
//! A project that fewer people see than see the one beside it is not looked at: the people of the latter read the retrospective.
//! Deliberately not here: sprints that the project itself has (`span`). Known limits: the members of two private projects are not
//! compared; a task that has left the backlog, or never was in it, is not looked back at, and told as a number.

use super::span::{Meant, RetroWish, by_section, days_of, sprint_fields};
use crate::context::Engine;
use crate::error::EngineError;
use crate::gather::{with_projects, with_sprints};
use domain::{Moment, Past, PlanKind, ProjectGid, Snapshot, SprintProject};
use jiff::Timestamp;
use jiff::civil::Date;
use judge::retro::Membership;
use std::collections::{BTreeMap, HashSet};

/// Plans of sprints that are looked through for the days of one.
const LOOK_BACK: u32 = 200;

/// A project that is a sprint.
#[derive(Clone, Debug)]
pub(super) struct Own {
    pub gid: ProjectGid,
    pub name: String,
    pub days: Option<(Date, Date)>,
}

/// The sprint that is meant, and the project with the sprints beside it where these were looked for.
///
/// # Errors
/// A name that nothing has or two projects have, and what keeps projects from being read.
pub(super) async fn meant(
    engine: &Engine,
    wish: &RetroWish,
    present: Snapshot,
    now: Moment,
) -> Result<(Snapshot, Meant), EngineError> {
    if let Some(found) = wish.of_project(&present, engine) {
        return Ok((present, found));
    }
    let Some(name) = wish.sprint.as_deref().map(str::trim) else {
        let present = with_sprints(engine, present, &[]).await?;
        let by = wish.to.unwrap_or(now.today);
        let own = own(engine, &present).await?.into_iter();
        let begun = own.filter(|one| one.days.is_some_and(|(from, _)| from <= by));
        let found = match begun.max_by_key(|one| one.days) {
            Some(last) => as_meant(last),
            None => {
                let next = by_section(&present, engine.policy.sections.next.trim());
                Meant { membership: next.unwrap_or(Membership::DueDate), name: None, days: None }
            }
        };
        return Ok((present, found));
    };
    let present = if engine.policy.sprint.in_projects() {
        with_sprints(engine, present, &[name]).await?
    } else {
        with_projects(engine, present, |other| other.trim().eq_ignore_ascii_case(name)).await?
    };
    let own = own(engine, &present).await?;
    let mut called = own.iter().filter(|one| one.name.trim().eq_ignore_ascii_case(name));
    match (called.next(), called.count()) {
        (Some(only), 0) => Ok((present, as_meant(only.clone()))),
        (Some(_), more) => Err(EngineError::Unusable(format!(
            "{} projects are called “{name}”: rename all but the sprint's",
            more + 1
        ))),
        (None, _) => Err(EngineError::Unusable(unknown(&present, &own, name))),
    }
}

fn as_meant(own: Own) -> Meant {
    let Own { gid, name, days } = own;
    let membership = Membership::Project { project: gid, name: name.clone() };
    Meant { membership, name: Some(name), days }
}

fn unknown(present: &Snapshot, own: &[Own], name: &str) -> String {
    let list = |what: &str, names: Vec<&str>| match names.len() {
        0 => String::new(),
        _ => format!("; {what}: {}", names.join(", ")),
    };
    let sections: Vec<&str> = present.sections.iter().map(|section| section.name.as_str()).collect();
    let options = sprint_fields(present).flat_map(|field| field.options.iter().map(|o| o.name.as_str()));
    // A note of this reading says why projects are not known.
    let why = if present.sprints.is_some() { None } else { present.notes.last() };
    format!(
        "no sprint “{name}”: neither a section of the project nor an option of one of its fields nor a project beside it is called so \
         (sections: {}{}{}){}",
        sections.join(", "),
        list("options", options.collect()),
        list("projects", own.iter().map(|one| one.name.as_str()).collect()),
        why.map_or_else(String::new, |why| format!("; {why}"))
    )
}

/// The projects beside one that are sprints of its own, as far as they were read: in the order of Asana's numbers.
pub(super) async fn own(engine: &Engine, present: &Snapshot) -> Result<Vec<Own>, EngineError> {
    let Some(sprints) = present.sprints.as_ref().filter(|sprints| !sprints.there.is_empty()) else {
        return Ok(vec![]);
    };
    let planned = planned(engine, &present.project.gid).await?;
    let seen = sprints.there.iter().filter(|one| one.privacy >= sprints.privacy);
    let one = |one: &SprintProject| {
        // Two dates in the name are people's word; one alone is completed by the plan that named it.
        let told = days_of(&one.name, engine);
        let days =
            told.map(|(from, to)| (from, planned.get(&(from, one.name.clone())).copied().unwrap_or(to)));
        Own { gid: one.gid.clone(), name: one.name.clone(), days }
    };
    Ok(seen.map(one).collect())
}

/// The last days of the sprints that were planned, by first day and name.
async fn planned(
    engine: &Engine,
    project: &ProjectGid,
) -> Result<BTreeMap<(Date, String), Date>, EngineError> {
    let mut found = BTreeMap::new();
    let rows = engine.store.plans(Some(project), LOOK_BACK).await?;
    // The latest first: it has the last word.
    for row in rows.iter().filter(|row| row.kind == "sprint" && row.done > 0) {
        if let Some(saved) = engine.store.plan(&row.id).await?
            && let PlanKind::Sprint { from, to } = saved.plan.kind
            && let Some(name) = engine.policy.sprint.name_of(from, to)
        {
            found.entry((from, name)).or_insert(to);
        }
    }
    Ok(found)
}

/// What of a sprint's project is not looked back at, as a sentence.
pub(super) async fn left_out(
    engine: &Engine,
    membership: &Membership,
    pasts: &[Past],
    since: Timestamp,
) -> Result<Option<String>, EngineError> {
    let (project, name) = match membership {
        Membership::Project { project, name } => (project, name),
        Membership::Whole => {
            let note = "what was taken out of the sprint's project is not seen from there: name the sprint to its backlog \
                        (`upnext retro BACKLOG --sprint NAME`) to have it counted";
            return Ok(Some(note.to_owned()));
        }
        _ => return Ok(None),
    };
    let list = engine.asana.tasks().in_project(project.as_str()).completed_since(since).fields(&["gid"]);
    let there = match list.collect_all().await {
        Ok(there) => there,
        Err(
            error @ (asana::Error::Forbidden { .. }
            | asana::Error::NotFound { .. }
            | asana::Error::PaymentRequired { .. }),
        ) => return Ok(Some(format!("what else is in “{name}” could not be read: {error}"))),
        Err(error) => return Err(error.into()),
    };
    let known: HashSet<&str> = pasts.iter().map(|past| past.task.gid.as_str()).collect();
    let others = there.iter().filter(|task| !known.contains(task.gid.as_str())).count();
    Ok((others > 0).then(|| {
        let tasks = if others == 1 { "task of “" } else { "tasks of “" };
        format!("{others} {tasks}{name}” not in this project: looked back at by `upnext retro {project}`")
    }))
}
