//! From a project and its people to what a sprint is planned from: candidates and seats.
//!
//! Deliberately not here: planning.

use super::people::{Colleague, key};
use super::sprint::SprintWish;
use super::{ASSUMED_HOURS, SKILL_FIELDS};
use crate::context::Engine;
use crate::error::EngineError;
use decide::SprintWrite;
use decide::sprint::{Candidate, Planned, Seat};
use domain::{
    ApprovalState, FieldValue, Judgement, Moment, NumberFormat, ProjectGid, Role, Snapshot, Task, TaskGid,
};
use jiff::civil::Date;
use judge::risk::{Efforts, Spread};
use std::collections::{BTreeSet, HashMap, HashSet};
use store::ApprovalQuery;

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

/// The people with the hours that are to be given out: what other projects and those tasks of this one leave that are no candidates,
/// and no more than is allocated to it. Candidates take nobody's hours beforehand.
pub(super) fn seats(
    people: &[Colleague],
    candidates: &[Candidate],
    project: &ProjectGid,
    (days, now): ((Date, Date), Moment),
) -> Vec<Seat> {
    let given_out: HashSet<&TaskGid> = candidates.iter().map(|candidate| &candidate.task).collect();
    let seats = people.iter().map(|person| {
        let mut rest = person.clone();
        rest.member.work.retain(|work| !given_out.contains(&work.task));
        Seat {
            hours: rest.capacity(project, days, now).days.iter().map(|day| day.free).collect(),
            person: rest.member.person,
            skills: rest.skills,
            only_own: rest.only_own,
        }
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
    pub people: &'a [Colleague],
    pub wish: &'a SprintWish,
    pub planned: &'a Planned<'a>,
    /// Who open questions would give tasks to, by name.
    pub promised: &'a HashMap<TaskGid, String>,
}

/// Who the open questions of a project would give its tasks to, by name as they are asked.
pub(super) async fn promised(
    engine: &Engine,
    project: &ProjectGid,
) -> Result<HashMap<TaskGid, String>, EngineError> {
    let query = ApprovalQuery {
        project: Some(project.clone()),
        state: Some(ApprovalState::Pending),
        settled_since: None,
    };
    let open = engine.store.approvals(&query).await?.into_iter();
    Ok(open.filter(|one| one.ask.what == "assignee").map(|one| (one.ask.task, one.ask.new)).collect())
}

impl Asked<'_> {
    /// Whether the sprint's own section or project holds the task already: then it is the sprint's.
    pub fn holds(&self, task: &Task) -> bool {
        self.engine.policy.sprint.writes(SprintWrite::Section) && self.planned.holds(task)
    }

    /// Whether a person took the task away from where Upnext had put it, so that it is not brought into this sprint.
    pub fn taken_away(&self, task: &Task) -> bool {
        self.engine.policy.sprint.writes(SprintWrite::Section) && self.planned.taken_away(task)
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
        let promised = self.promised.get(&task.gid);
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
            owner: owner
                .and_then(|owner| self.people.iter().position(|one| one.member.person.gid == owner.gid)),
            held,
            promised: promised
                .and_then(|name| self.people.iter().position(|one| one.member.person.name == *name)),
            carried: self.planned.earlier(task).is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Person, UserGid};
    use jiff::civil::date;
    use judge::capacity::{Allocation, Calendar, Member, Work};
    use judge::risk::Spread;

    const WEEK: (Date, Date) = (date(2026, 6, 15), date(2026, 6, 19));

    fn work(task: &str, hours: f64) -> Work {
        let project = Some(ProjectGid::new("9"));
        Work { task: TaskGid::new(task), project, hours: Some(hours), from: None, due: Some(WEEK.1) }
    }

    /// Somebody with a task that is given out, and one that is not.
    fn somebody(allocations: Option<Vec<Allocation>>) -> Colleague {
        let person = Person { gid: UserGid::new("5"), name: "Ana".into() };
        let work = vec![work("1", 10.0), work("2", 16.0)];
        Colleague {
            member: Member {
                person,
                week: None,
                cap: None,
                away: Some(vec![]),
                allocations,
                work,
                all_work: true,
                assumed: vec![],
            },
            of_project: false,
            only_own: true,
            skills: None,
            focus: None,
            most_open: None,
            usual: Calendar::usual(jiff::tz::TimeZone::UTC).into(),
        }
    }

    fn hours(of: &Colleague) -> f64 {
        let candidate = Candidate {
            task: TaskGid::new("1"),
            name: "Task 1".into(),
            value: 1.0,
            effort: Spread::usual(10.0).expect("hours"),
            section: None,
            skills: BTreeSet::new(),
            waits_for: vec![],
            blocked_by: vec![],
            must: false,
            owner: Some(0),
            held: false,
            promised: None,
            carried: false,
        };
        let at = "2026-06-15T00:00:00Z".parse().expect("a moment");
        let now = Moment { at, today: WEEK.0 };
        let seats = seats(std::slice::from_ref(of), &[candidate], &ProjectGid::new("9"), (WEEK, now));
        assert!(seats[0].only_own && seats[0].hours.len() == 5);
        seats[0].hours.iter().sum()
    }

    #[test]
    fn what_is_no_candidate_takes_its_hours_and_an_allocation_is_the_most() {
        assert!((hours(&somebody(Some(vec![]))) - 24.0).abs() < 1e-6);
        let half = Allocation { project: ProjectGid::new("9"), from: WEEK.0, to: WEEK.1, share: 0.5 };
        assert!((hours(&somebody(Some(vec![half]))) - 4.0).abs() < 1e-6);
    }
}
