//! Which sprints of a project can be looked back at: its sections, the options of its fields and, where the policy has sprints so, the
//! projects beside it, as `upnext retro --sprint` takes them.
//!
//! Two dates in a name tell the days, and of a project its plan; what is called “Sprint 12” is a sprint whose days its tasks tell. Other sections can be asked for
//! as well, with days. Deliberately not here: looking back, and what was in a sprint. Known limit: what is in a section is not looked
//! at, so an empty one is listed too.

use super::kept::periods;
use super::projects::own;
use super::span::{dates_in, is_sprint_word, sprint_fields};
use crate::context::Engine;
use crate::error::EngineError;
use crate::gather::{gather_frame, with_sprints};
use domain::{Moment, ProjectGid};
use jiff::civil::Date;
use std::cmp::Reverse;

/// A sprint by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SprintThere {
    /// A section, an option of a field, or a project.
    pub name: String,
    /// Its days, where the name or its plan tells them.
    pub days: Option<(Date, Date)>,
    /// Whether its retrospective was posted, by the days.
    pub posted: bool,
}

/// What of a project can be looked back at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SprintList {
    /// What is dated or numbered, the latest first: those with days, then the others in reverse of the project's order.
    pub sprints: Vec<SprintThere>,
    /// Other sections, in the project's order: they take days.
    pub others: Vec<String>,
    /// The days of a sprint where nothing else tells them.
    pub usual_days: u16,
}

/// The sprints of a project. Asks Asana for its sections and fields.
///
/// # Errors
/// What keeps the project from being read, or the store's.
pub async fn sprints_of(
    engine: &Engine,
    project: &ProjectGid,
    now: Moment,
) -> Result<SprintList, EngineError> {
    let engine = &engine.for_project(project).await?;
    let present = gather_frame(engine, project, now.at).await?;
    let present = with_sprints(engine, present, &[]).await?;
    let posted = periods(engine, project).await?;
    let sections = present.sections.iter().map(|section| (section.name.as_str(), false, true));
    let options = sprint_fields(&present).flat_map(|field| {
        let is_called_so = is_sprint_word(&field.name);
        field.options.iter().map(move |option| (option.name.as_str(), is_called_so, false))
    });
    let (mut sprints, mut others): (Vec<SprintThere>, Vec<String>) = (vec![], vec![]);
    for (name, is_sprint, is_section) in sections.chain(options) {
        let days = dates_in(name);
        let known = sprints.iter().map(|one| &one.name).chain(&others).any(|n| n.eq_ignore_ascii_case(name));
        if known || days.is_some_and(|(from, _)| from > now.today) {
            continue;
        }
        let is_numbered = is_sprint_word(name) && name.chars().any(|c| c.is_ascii_digit());
        if is_sprint || days.is_some() || is_numbered {
            let posted = days.is_some_and(|days| posted.contains(&days));
            sprints.push(SprintThere { name: name.to_owned(), days, posted });
        } else if is_section {
            others.push(name.to_owned());
        }
    }
    for own in own(engine, &present).await? {
        let is_known = sprints.iter().any(|one| one.name.eq_ignore_ascii_case(&own.name));
        if !is_known && own.days.is_none_or(|(from, _)| from <= now.today) {
            let posted = own.days.is_some_and(|days| posted.contains(&days));
            sprints.push(SprintThere { name: own.name, days: own.days, posted });
        }
    }
    sprints.reverse();
    sprints.sort_by_key(|one| Reverse(one.days.map(|(from, to)| (to, from))));
    Ok(SprintList { sprints, others, usual_days: engine.policy.retro_days })
}
