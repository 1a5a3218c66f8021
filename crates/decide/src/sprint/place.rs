//! Where a sprint's tasks are kept together: in a section of the project, or in a project beside it.
//!
//! A project is found by its name among those of the same team, and only one that no more people see than the project whose tasks go
//! into it. Deliberately not here: which tasks (`write`), past sprints (`velocity`), and reading what there is (`engine`).
//! Known limits: a private project is compared by its privacy alone, not by its members; backlogs of one team whose sprints are called
//! alike share the sprint's project, and what a person took out of it may be put back by the other backlog that has the task.

use crate::groom::Draft;
use crate::policy::{Policy, SprintPolicy, SprintWrite};
use domain::{
    Action, ActionId, Consent, NewProject, PlannedAction, Privacy, ProjectGid, ProjectRef, SectionGid,
    SectionRef, Snapshot, Task,
};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// The action that makes a sprint's section.
const SECTION: &str = "act_sprint_section";
/// The action that makes a sprint's project.
pub const SPRINT_PROJECT: &str = "act_sprint_project";

/// A section of the project, or a project beside it, by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its name.
    pub name: String,
    at: At,
    /// Whether it may be filled: it is not archived.
    open: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum At {
    Section(SectionGid),
    Project(ProjectGid),
}

impl Place {
    /// Whether a task is in it.
    #[must_use]
    pub fn holds(&self, task: &Task) -> bool {
        match &self.at {
            At::Section(gid) => task.section.as_ref() == Some(gid),
            At::Project(gid) => task.is_in(gid),
        }
    }

    /// Whether a person took a task out of it that Upnext had put into it. What left a section is in another.
    #[must_use]
    pub fn lost(&self, task: &Task) -> bool {
        matches!(&self.at, At::Project(gid) if task.taken_out_of(gid))
    }

    /// Whether it is the one of that name that is filled.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        self.open && self.name.trim().eq_ignore_ascii_case(name)
    }
}

/// The places that a sprint of the project is, was or may be, by the policy: its sections, or projects beside it.
#[must_use]
pub fn places(snapshot: &Snapshot, policy: &SprintPolicy) -> Vec<Place> {
    if policy.in_projects() {
        let there = snapshot.sprints.iter().flat_map(|sprints| &sprints.there);
        let place = |one: &domain::SprintProject| Place {
            name: one.name.clone(),
            at: At::Project(one.gid.clone()),
            open: !one.archived,
        };
        return there.map(place).collect();
    }
    let place = |section: &domain::Section| Place {
        name: section.name.clone(),
        at: At::Section(section.gid.clone()),
        open: true,
    };
    snapshot.sections.iter().map(place).collect()
}

/// The project of a sprint of that name: the one that is there, or one that is to be made or whose making is to be ended.
///
/// # Errors
/// Why no task is put into any, in a sentence.
pub(crate) fn project_of(snapshot: &Snapshot, name: &str) -> Result<ProjectRef, String> {
    let is = |known: &str| known.trim().eq_ignore_ascii_case(name);
    let Some(known) = &snapshot.sprints else {
        return Err(format!(
            "the projects beside this one could not be read, so no task is put into the sprint's project “{name}”"
        ));
    };
    if is(&snapshot.project.name) {
        return Err(format!(
            "this project is itself called “{name}”: give policy.sprint.project other names"
        ));
    }
    let mut called = known.there.iter().filter(|one| !one.archived && is(&one.name));
    match (called.next(), called.count()) {
        (None, _) => Ok(ProjectRef::MadeBy { made_by: ActionId::new(SPRINT_PROJECT) }),
        (Some(one), 0) if one.privacy <= known.privacy => Ok(match one.unshared {
            true => ProjectRef::MadeBy { made_by: ActionId::new(SPRINT_PROJECT) },
            false => ProjectRef::Existing(one.gid.clone()),
        }),
        (Some(_), 0) => Err(format!(
            "more people see the project “{name}” than this one, so no task is put into it: change who sees it, or its name"
        )),
        (Some(_), more) => Err(format!(
            "{} projects are called “{name}”, so no task is put into any: leave one of them that name",
            more + 1
        )),
    }
}

/// The project that would be made for a sprint: beside this one, for no more people.
pub(crate) fn new_project(snapshot: &Snapshot, name: &str) -> NewProject {
    let beside = snapshot.sprints.as_ref();
    NewProject {
        name: name.to_owned(),
        notes: format!(
            "Made by Upnext for a sprint of the project “{}”, in which its tasks stay as well.",
            snapshot.project.name
        ),
        team: beside.and_then(|beside| beside.team.clone()),
        privacy: beside.map_or(Privacy::Private, |beside| beside.privacy),
    }
}

/// Where a sprint's tasks go: what is there, or is to be made.
pub(super) enum Target {
    Section(SectionRef, String),
    Project(ProjectRef, String),
}

impl Target {
    /// The place by the policy; none where tasks stay where they are.
    ///
    /// # Errors
    /// Why no task can be put there, in a sentence.
    pub fn of(
        snapshot: &Snapshot,
        policy: &Policy,
        (from, to): (Date, Date),
    ) -> Result<Option<Target>, String> {
        let name = policy.sprint.name_of(from, to).filter(|_| policy.sprint.writes(SprintWrite::Section));
        let Some(name) = name else { return Ok(None) };
        if policy.sprint.in_projects() {
            return Ok(Some(Target::Project(project_of(snapshot, &name)?, name)));
        }
        let known = snapshot.sections.iter().find(|section| section.name.trim().eq_ignore_ascii_case(&name));
        Ok(Some(match known {
            Some(known) => Target::Section(SectionRef::Existing(known.gid.clone()), known.name.clone()),
            None => Target::Section(SectionRef::MadeBy { made_by: ActionId::new(SECTION) }, name),
        }))
    }

    /// Whether it is there and a task is in it.
    pub fn holds(&self, task: &Task) -> bool {
        match self {
            Target::Section(to, _) => to.gid().is_some() && task.section.as_ref() == to.gid(),
            Target::Project(to, _) => to.gid().is_some_and(|gid| task.is_in(gid)),
        }
    }

    /// The name of the project that a person took a task out of.
    pub fn lost(&self, task: &Task) -> Option<&str> {
        match self {
            Target::Project(ProjectRef::Existing(gid), name) if task.taken_out_of(gid) => Some(name),
            _ => None,
        }
    }
}

impl Draft<'_> {
    /// Plans that a task comes to the sprint's place.
    pub(super) fn gather_in(&mut self, task: &Task, target: &Target, consent: Consent) {
        if target.holds(task) {
            return;
        }
        let (gid, name) = (task.gid.clone(), task.name.clone());
        let (what, to_name, action) = match target {
            Target::Section(to, to_name) => {
                let (expected, to) = (task.section.clone(), to.clone());
                let called = to_name.clone();
                let action =
                    Action::MoveToSection { task: gid, name, expected, to, to_name: called, spot: None };
                ("sprint", to_name, action)
            }
            Target::Project(to, to_name) => {
                let (to, called) = (to.clone(), to_name.clone());
                ("project", to_name, Action::AddToProject { task: gid, name, to, to_name: called })
            }
        };
        let consent = if self.turned_down(task, "", to_name) { Consent::Waiting } else { consent };
        self.propose(what, task, action, (format!("planned for “{to_name}”"), consent));
    }

    /// Puts the making of the place before the first action that needs it.
    pub(super) fn make_place(&mut self, target: Option<Target>) {
        let (id, action) = match target {
            Some(Target::Section(SectionRef::MadeBy { made_by }, name)) => {
                (made_by, Action::EnsureSection { name })
            }
            Some(Target::Project(ProjectRef::MadeBy { made_by }, name)) => {
                (made_by, Action::EnsureProject { project: new_project(self.snapshot, &name) })
            }
            _ => return,
        };
        let into = self.actions.iter().filter(|planned| {
            matches!(planned.action, Action::MoveToSection { .. } | Action::AddToProject { .. })
        });
        let consents: BTreeSet<bool> = into.map(|planned| planned.consent == Consent::Given).collect();
        let Some(given) = consents.last() else { return };
        let consent = if *given { Consent::Given } else { Consent::Waiting };
        if let Action::EnsureProject { project } = &action
            && project.privacy == Privacy::Private
        {
            self.note(format!(
                "“{}” is made private, as this project is, and shared with those this one is shared with",
                project.name
            ));
        }
        let reason = "holds the tasks of the sprint".into();
        self.actions.insert(0, PlannedAction { id, action, reason, consent });
    }
}
