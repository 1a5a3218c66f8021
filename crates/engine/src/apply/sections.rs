//! Sections: found by name before they are made, so that there is one of each, and deleted only while they are empty.
//!
//! Deliberately not here: which tasks are moved where.

use super::{Work, ending};
use asana::Place;
use domain::{ActionId, Outcome, OutcomeKind, SectionGid, SectionRef, Spot, TaskGid};

/// How often a creation with an unknown outcome is looked for and tried again.
const TRIES: usize = 3;

impl Work<'_> {
    /// A section of that name in the project.
    pub(super) async fn ensure_section(&self, id: &ActionId, name: &str) -> Outcome {
        let project = self.plan.project.gid.as_str();
        let mut last = OutcomeKind::AlreadySo;
        for attempt in 0..TRIES {
            let list = self.engine.asana.projects().sections(project).fields(&["name"]);
            let sections = match list.collect_all().await {
                Ok(sections) => sections,
                Err(error) => return self.outcome(id, ending::of_error(&error)),
            };
            let is = |section: &&asana::wire::Section| {
                section.name.as_deref().unwrap_or_default().trim().eq_ignore_ascii_case(name)
            };
            if let Some(found) = sections.iter().find(is) {
                let kind = if attempt == 0 { OutcomeKind::AlreadySo } else { OutcomeKind::Done };
                return self.found(id, (&found.gid, kind), attempt > 0);
            }
            match self.engine.asana.sections().create(project, name).await {
                Ok(section) => return self.found(id, (&section.gid, OutcomeKind::Done), true),
                Err(asana::Error::MayHaveLanded { reason, .. }) => {
                    last = OutcomeKind::Unreachable { message: reason };
                }
                Err(error) => return self.outcome(id, ending::of_error(&error)),
            }
        }
        self.outcome(id, last)
    }

    fn found(&self, id: &ActionId, (gid, kind): (&str, OutcomeKind), made: bool) -> Outcome {
        Outcome { section: Some(SectionGid::new(gid)), made, ..self.outcome(id, kind) }
    }

    /// Moves a task to a section that exists by now.
    pub(super) async fn move_to(
        &self,
        id: &ActionId,
        task: &TaskGid,
        expected: Option<&SectionGid>,
        (to, spot): (&SectionRef, Option<&Spot>),
    ) -> Outcome {
        let Some(to) = to.gid() else { return self.outcome(id, super::needs()) };
        let place = match spot {
            None => Place::Bottom,
            Some(Spot::First) => Place::Top,
            Some(Spot::After(other)) => Place::After(other.to_string()),
        };
        let outcome = self.move_to_section(id, task, expected, (to, place)).await;
        match (spot, &outcome.kind) {
            // Its neighbour is somewhere else by now.
            (Some(Spot::After(_)), OutcomeKind::Refused { .. } | OutcomeKind::Gone) => {
                self.move_to_section(id, task, expected, (to, Place::Bottom)).await
            }
            _ => outcome,
        }
    }

    /// Deletes a section that the undone run made, unless somebody has put something in it or renamed it. Asana refuses to delete one
    /// that is not empty by then.
    pub(super) async fn delete_section(&self, id: &ActionId, gid: &SectionGid, name: &str) -> Outcome {
        let conflict = |found: &str| {
            self.outcome(id, OutcomeKind::Conflict { what: "the section".into(), found: found.to_owned() })
        };
        match self.engine.asana.sections().get(gid.as_str(), &["name"]).await {
            Err(asana::Error::NotFound { .. }) => return self.outcome(id, OutcomeKind::AlreadySo),
            Err(error) => return self.outcome(id, ending::of_error(&error)),
            Ok(section) if section.name.as_deref() != Some(name) => return conflict("another name"),
            Ok(_) => {}
        }
        match self.engine.asana.sections().is_empty(gid.as_str()).await {
            Err(error) => return self.outcome(id, ending::of_error(&error)),
            Ok(false) => return conflict("tasks"),
            Ok(true) => {}
        }
        match self.engine.asana.sections().delete(gid.as_str()).await {
            Ok(()) => self.outcome(id, OutcomeKind::Done),
            Err(asana::Error::NotFound { .. }) => self.outcome(id, OutcomeKind::AlreadySo),
            Err(error) => self.outcome(id, ending::of_error(&error)),
        }
    }
}
