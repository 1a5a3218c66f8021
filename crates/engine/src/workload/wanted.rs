//! From a project and its people to what a sprint is planned from: candidates and seats.
//!
//! Deliberately not here: planning.

use super::people::{Colleagues, key};
use super::sprint::SprintWish;
use super::{ASSUMED_HOURS, SKILL_FIELDS};
use crate::context::Engine;
use decide::SprintWrite;
use decide::sprint::{Candidate, Planned, Seat};
use domain::{FieldValue, Judgement, NumberFormat, Role, Snapshot, Task, TaskGid};
use judge::capacity::Capacity;
use judge::risk::{Efforts, Spread};
use std::collections::{BTreeSet, HashMap};

/// Skills a task asks for, by its field of that name.
pub(super) fn skills(snapshot: &Snapshot, task: &Task) -> BTreeSet<String> {
    let named = |name: &&str| snapshot.fields.iter().find(|f| f.name.eq_ignore_ascii_case(name));
    let field = SKILL_FIELDS.iter().find_map(named);
    let value = field.and_then(|f| task.fields.get(&f.gid)).and_then(|state| state.value.as_ref());
    match value {
        Some(FieldValue::MultiEnum(options)) => options.iter().map(|(_, name)| key(name)).collect(),
        Some(FieldValue::Enum { name, .. }) => [key(name)].into(),
        _ => BTreeSet::new(),
    }
}

/// A task's hours with their spread.
pub(super) fn effort(efforts: &Efforts, task: &TaskGid) -> Spread {
    let known = efforts.get(task).copied().or_else(|| Spread::usual(ASSUMED_HOURS));
    known.unwrap_or(Spread { middle: ASSUMED_HOURS, below: 0.0, above: 0.0 })
}

/// Hours by the team's own number on a task.
pub(super) fn numbered_hours(engine: &Engine, snapshot: &Snapshot, task: &Task) -> Option<f64> {
    snapshot.roles.candidates(Role::EffortEstimate).iter().find_map(|gid| {
        let Some(FieldValue::Number(value)) = task.fields.get(gid)?.value.as_ref() else { return None };
        let minutes = snapshot.field(gid).is_some_and(|f| f.format == NumberFormat::Duration);
        let hours =
            if minutes { value / 60.0 } else { value * engine.rubric.effort().days_per_unit * ASSUMED_HOURS };
        (hours.is_finite() && hours >= 0.0).then_some(hours)
    })
}

/// The people with their hours.
pub(super) fn seats(capacities: &[Capacity], colleagues: &Colleagues) -> Vec<Seat> {
    let seats = capacities.iter().zip(&colleagues.people).map(|(of, person)| Seat {
        person: of.person.clone(),
        hours: of.days.iter().map(|day| (day.works - day.elsewhere).max(0.0)).collect(),
        skills: person.skills.clone(),
    });
    seats.collect()
}

/// The name of the section a task is in.
pub(super) fn section(snapshot: &Snapshot, task: &Task) -> Option<String> {
    let gid = task.section.as_ref()?;
    snapshot.sections.iter().find(|s| s.gid == *gid).map(|s| s.name.clone())
}

/// What candidates are made from.
pub(super) struct Asked<'a> {
    pub engine: &'a Engine,
    pub snapshot: &'a Snapshot,
    pub judgements: &'a [Judgement],
    pub efforts: &'a Efforts,
    pub people: &'a [Seat],
    pub wish: &'a SprintWish,
    pub planned: &'a Planned<'a>,
}

impl Asked<'_> {
    /// Whether the sprint's own section holds the task already: then it is the sprint's.
    pub fn holds(&self, task: &Task) -> bool {
        let own = self.planned.own.filter(|_| self.engine.policy.sprint.writes(SprintWrite::Section));
        own.is_some_and(|own| section(self.snapshot, task).is_some_and(|name| name.eq_ignore_ascii_case(own)))
    }

    /// Whether a person took the task to another section since Upnext moved it, so that it is not moved into this one.
    pub fn taken_away(&self, task: &Task) -> bool {
        let moves = self.planned.own.is_some() && self.engine.policy.sprint.writes(SprintWrite::Section);
        moves && task.moved_by_person() && !self.holds(task)
    }

    /// Whether a sprint may take the task. What it holds takes its hours, whatever is done with it.
    fn able(&self, task: &Task) -> bool {
        let must = self.wish.must.contains(&task.gid) || self.holds(task);
        must || (self.engine.policy.plans(task, self.snapshot) && !self.taken_away(task))
    }

    /// The candidates, in rank order.
    pub fn candidates(&self) -> Vec<Candidate> {
        let taken: Vec<(&Judgement, &Task)> = self
            .judgements
            .iter()
            .filter_map(|judgement| Some((judgement, self.snapshot.task(&judgement.task)?)))
            .filter(|(_, task)| self.able(task))
            .collect();
        let at: HashMap<&TaskGid, usize> =
            taken.iter().enumerate().map(|(at, (_, t))| (&t.gid, at)).collect();
        taken.iter().map(|(judgement, task)| self.candidate(judgement, task, &at)).collect()
    }

    fn candidate(&self, judgement: &Judgement, task: &Task, at: &HashMap<&TaskGid, usize>) -> Candidate {
        let named = |gid: &TaskGid| {
            let known = self.snapshot.task(gid).map(|t| t.name.clone());
            known.unwrap_or_else(|| format!("task {gid}, outside the project"))
        };
        let (inside, outside): (Vec<&TaskGid>, Vec<&TaskGid>) =
            judgement.waits_for.iter().partition(|gid| at.contains_key(gid));
        let held = self.holds(task);
        let owner = task.assignee.as_ref();
        Candidate {
            task: task.gid.clone(),
            name: task.name.clone(),
            value: judgement.score.to_f64(),
            effort: effort(self.efforts, &task.gid),
            section: section(self.snapshot, task),
            skills: skills(self.snapshot, task),
            waits_for: inside.into_iter().map(|gid| at[gid]).collect(),
            blocked_by: outside.into_iter().map(named).collect(),
            must: held || self.wish.must.contains(&task.gid),
            owner: owner.and_then(|owner| self.people.iter().position(|seat| seat.person.gid == owner.gid)),
            held,
            carried: self.planned.earlier(task).is_some(),
        }
    }
}
