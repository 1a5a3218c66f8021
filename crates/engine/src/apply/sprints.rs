//! Projects that sprints are: found by name before they are made, so that there is one of each; tasks put into them, and taken out by
//! an undo; and deleted only while they hold nothing.
//!
//! Deliberately not here: which tasks, and which project (`decide`).

use super::hosts::TRIES;
use super::{Work, ending, needs};
use crate::error::EngineError;
use crate::gather::{read_here, read_sprints};
use asana::wire;
use domain::{
    ActionId, NewProject, Outcome, OutcomeKind, Privacy, ProjectGid, ProjectRef, SprintProject,
    SprintProjects, TaskGid,
};
use serde_json::{Map, Value, json};

impl Work<'_> {
    /// The only project of that name beside the plan's, or a new one for no more people.
    pub(super) async fn ensure_project(&self, id: &ActionId, new: &NewProject) -> Outcome {
        let mut last = OutcomeKind::AlreadySo;
        for attempt in 0..TRIES {
            let called = |name: &str| name.trim().eq_ignore_ascii_case(&new.name);
            let beside = match read_sprints(self.engine, &self.plan.project.gid, called).await {
                Ok(beside) => beside,
                Err(error) => return self.outcome(id, of_engine(&error)),
            };
            match open_one(&beside, new) {
                Err(kind) => return self.outcome(id, kind),
                // What an attempt made whose answer was lost is ours as well.
                Ok(Some(one)) if attempt > 0 || one.unshared || self.outcomes.contains_key(id) => {
                    return self.found_again(id, one.gid.clone(), new).await;
                }
                Ok(Some(one)) => {
                    return Outcome {
                        project: Some(one.gid.clone()),
                        ..self.outcome(id, OutcomeKind::AlreadySo)
                    };
                }
                Ok(None) => {}
            }
            match self.create_project(new).await {
                Ok(project) => return self.made_project(id, ProjectGid::new(project.gid), new).await,
                Err(asana::Error::MayHaveLanded { reason, .. }) => {
                    last = OutcomeKind::Unreachable { message: reason };
                }
                Err(error) => return self.outcome(id, ending::of_error(&error)),
            }
        }
        self.outcome(id, last)
    }

    async fn create_project(&self, new: &NewProject) -> Result<wire::Project, asana::Error> {
        let keys = json!({
            "name": new.name, "notes": new.notes, "privacy_setting": new.privacy.asana_name(),
        });
        let keys: Map<String, Value> = keys.as_object().cloned().unwrap_or_default();
        let projects = self.engine.asana.projects();
        match &new.team {
            Some(team) => projects.create_in_team(team.as_str(), keys).await,
            None => projects.create_in_workspace(self.view.workspace().as_str(), keys).await,
        }
    }

    async fn found_again(&self, id: &ActionId, gid: ProjectGid, new: &NewProject) -> Outcome {
        match self.engine.asana.projects().get(gid.as_str(), &["notes"]).await {
            Ok(found) if found.notes.as_deref() == Some(&new.notes) => self.made_project(id, gid, new).await,
            Ok(_) => Outcome { project: Some(gid), ..self.outcome(id, OutcomeKind::AlreadySo) },
            Err(error) => self.outcome(id, ending::of_error(&error)),
        }
    }

    async fn made_project(&self, id: &ActionId, gid: ProjectGid, new: &NewProject) -> Outcome {
        let mut kind = OutcomeKind::Done;
        if new.privacy == Privacy::Private
            && let Err(error) = self.share(&gid).await
        {
            tracing::warn!(project = %gid, %error, "the sprint's project could not be shared as this one is");
            // Refused for good, it stays its maker's, as the manual says; else nothing comes into it before it is shared.
            if let OutcomeKind::Unreachable { message } = ending::of_error(&error) {
                kind = OutcomeKind::Unreachable { message };
            }
        }
        Outcome { project: Some(gid), made: true, ..self.outcome(id, kind) }
    }

    /// Lets in whom the plan's project lets in, as far.
    async fn share(&self, with: &ProjectGid) -> Result<(), asana::Error> {
        let projects = self.engine.asana.projects();
        let fields = ["member.gid", "access_level"];
        let of = async |project: &ProjectGid| {
            projects.memberships(project.as_str()).fields(&fields).collect_all().await
        };
        let (theirs, known) = (of(&self.plan.project.gid).await?, of(with).await?);
        let known: Vec<String> = known.into_iter().filter_map(|one| Some(one.member?.gid)).collect();
        for one in theirs {
            let (Some(member), Some(access)) = (one.member, one.access_level) else { continue };
            if !known.contains(&member.gid) {
                projects.share(with.as_str(), &member.gid, &access).await?;
            }
        }
        Ok(())
    }

    /// Puts a task into a project that exists by now. It stays where it is as well.
    pub(super) async fn add_to_project(&self, id: &ActionId, gid: &TaskGid, to: &ProjectRef) -> Outcome {
        let Some(to) = to.gid() else { return self.outcome(id, needs()) };
        // Joining a project does not change `modified_at`: the task itself is asked.
        let (task, here) = match read_here(self.engine, &self.plan.project.gid, gid).await {
            Ok(Some(found)) => found,
            Ok(None) => return self.outcome(id, OutcomeKind::Gone),
            Err(error) => return self.outcome(id, of_engine(&error)),
        };
        if let Some(kind) = self.closed(&task).or_else(|| self.kept(&task)) {
            return self.outcome(id, kind);
        }
        if task.is_in(to) {
            return self.outcome(id, OutcomeKind::AlreadySo);
        }
        if !here {
            let found = "no place in this project any more".to_owned();
            return self.outcome(id, OutcomeKind::Conflict { what: "the task".into(), found });
        }
        match self.engine.asana.tasks().add_project(gid.as_str(), to.as_str(), None).await {
            Ok(()) => self.outcome(id, OutcomeKind::Done),
            Err(error) => self.settle(id, gid, &error, |task| task.is_in(to)).await,
        }
    }

    /// Undo: takes a task out of a project that it was put into, unless it would be in none then.
    pub(super) async fn remove_from_project(
        &self,
        id: &ActionId,
        gid: &TaskGid,
        from: &ProjectGid,
    ) -> Outcome {
        let (task, here) = match read_here(self.engine, &self.plan.project.gid, gid).await {
            Ok(Some(found)) => found,
            Ok(None) => return self.outcome(id, OutcomeKind::Gone),
            Err(error) => return self.outcome(id, of_engine(&error)),
        };
        if !task.is_in(from) {
            return self.outcome(id, OutcomeKind::AlreadySo);
        }
        if !here && task.elsewhere.len() < 2 {
            let found = "no other project: taken out, it would be in none".to_owned();
            return self.outcome(id, OutcomeKind::Conflict { what: "the task".into(), found });
        }
        match self.engine.asana.tasks().remove_project(gid.as_str(), from.as_str()).await {
            Ok(()) => self.outcome(id, OutcomeKind::Done),
            Err(error) => self.settle(id, gid, &error, |task| !task.is_in(from)).await,
        }
    }

    /// Undo: deletes a project that the run made, unless somebody has put anything in it or changed it.
    pub(super) async fn delete_project(&self, id: &ActionId, gid: &ProjectGid, made: &NewProject) -> Outcome {
        match self.used(gid, made).await {
            Err(asana::Error::NotFound { .. }) => return self.outcome(id, OutcomeKind::AlreadySo),
            Err(error) => return self.outcome(id, ending::of_error(&error)),
            Ok(Some(found)) => {
                let found = found.to_owned();
                return self.outcome(id, OutcomeKind::Conflict { what: "the project".into(), found });
            }
            Ok(None) => {}
        }
        match self.engine.asana.projects().delete(gid.as_str()).await {
            Ok(()) => self.outcome(id, OutcomeKind::Done),
            Err(asana::Error::NotFound { .. }) => self.outcome(id, OutcomeKind::AlreadySo),
            Err(error) => self.outcome(id, ending::of_error(&error)),
        }
    }

    /// What a project holds or is that it was not made with.
    async fn used(&self, gid: &ProjectGid, made: &NewProject) -> Result<Option<&'static str>, asana::Error> {
        let projects = self.engine.asana.projects();
        let fields = [
            "name",
            "notes",
            "archived",
            "completed",
            "start_on",
            "due_on",
            "current_status_update.gid",
            "custom_field_settings.gid",
            "project_brief.gid",
        ];
        let now = projects.get(gid.as_str(), &fields).await?;
        if let Some(found) = changed(&now, made) {
            return Ok(Some(found));
        }
        if !projects.is_empty(gid.as_str()).await? {
            return Ok(Some("tasks"));
        }
        match projects.sections(gid.as_str()).fields(&["name"]).collect_all().await {
            Ok(sections) if sections.len() > 1 => return Ok(Some("sections")),
            Ok(_) | Err(asana::Error::Forbidden { .. }) => {}
            Err(error) => return Err(error),
        }
        match self.engine.asana.attachments().of(gid.as_str()).fields(&["name"]).collect_all().await {
            Ok(files) => Ok((!files.is_empty()).then_some("files")),
            Err(asana::Error::PaymentRequired { .. } | asana::Error::Forbidden { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The one project that is to be filled, if it is there.
fn open_one<'a>(
    beside: &'a SprintProjects,
    new: &NewProject,
) -> Result<Option<&'a SprintProject>, OutcomeKind> {
    let conflict = |what: &str, found: String| Err(OutcomeKind::Conflict { what: what.to_owned(), found });
    if beside.privacy < new.privacy || beside.team != new.team {
        return conflict("this project", "other people than when the sprint was planned".into());
    }
    let mut open = beside.there.iter().filter(|one| !one.archived);
    match (open.next(), open.count()) {
        (None, _) => Ok(None),
        (Some(one), 0) if one.privacy <= beside.privacy => Ok(Some(one)),
        (Some(_), 0) => conflict("the project", "more people than this one".into()),
        (Some(_), more) => conflict("the team", format!("{} projects of that name", more + 1)),
    }
}

/// What of a project is not as it was made.
fn changed(now: &wire::Project, made: &NewProject) -> Option<&'static str> {
    if now.name.as_deref() != Some(&made.name) {
        Some("another name")
    } else if now.notes.as_deref() != Some(&made.notes) {
        Some("another description")
    } else if now.archived == Some(true) || now.completed == Some(true) {
        Some("an end")
    } else if now.start_on.is_some() || now.due_on.is_some() {
        Some("days")
    } else if now.current_status_update.is_some() {
        Some("a status")
    } else if !now.custom_field_settings.is_empty() {
        Some("fields")
    } else if now.project_brief.is_some() {
        Some("a brief")
    } else {
        None
    }
}

fn of_engine(error: &EngineError) -> OutcomeKind {
    match error {
        EngineError::Asana(error) => ending::of_error(error),
        other => OutcomeKind::Unreachable { message: other.to_string() },
    }
}
