//! Whether people can still have tasks that they were to be given some time ago.
//!
//! Deliberately not here: the rule (`decide::assign::still_able`), and choosing anew.

use super::{Read, read};
use crate::context::Engine;
use crate::error::EngineError;
use decide::assign::{Holder, still_able};
use domain::{Moment, Person, ProjectGid, Task, TaskGid, UserGid};
use jiff::ToSpan as _;
use jiff::civil::Date;
use judge::capacity::Work;
use judge::risk::Spread;
use std::collections::BTreeMap;

/// A task that somebody is to have.
pub(crate) struct Promise {
    pub task: TaskGid,
    pub person: Person,
    /// A day until which there is time for it even where it is due before.
    pub until: Option<Date>,
}

/// Why people cannot have what they were to be given, by task, as their hours are now. Tasks that are gone, done, or theirs already are
/// left out.
pub(crate) async fn unable(
    engine: &Engine,
    project: &ProjectGid,
    promises: &[Promise],
    now: Moment,
) -> Result<BTreeMap<TaskGid, String>, EngineError> {
    let Read { snapshot, efforts, colleagues, .. } = read(engine, project, now).await?;
    let days = (now.today, now.today.saturating_add(super::assign::AHEAD.days()));
    let cap = Some(engine.policy.assign.max_open).filter(|most| *most > 0);
    let holder = |person: &super::people::Colleague| Holder {
        agenda: person.agenda(project, days, now),
        member: !person.only_own,
        open: person.member.work.len(),
        cap: person.most_open.or(cap),
    };
    let people: Vec<Holder> = colleagues.people.iter().map(holder).collect();
    let work = |task: &Task, until: Option<Date>| Work {
        task: task.gid.clone(),
        project: Some(project.clone()),
        hours: efforts.get(&task.gid).map(Spread::mean),
        from: task.start_on,
        due: task.due_on.map(|due| until.map_or(due, |until| due.max(until))),
    };
    let asked = promises.iter().filter_map(|promise| {
        let task = snapshot.task(&promise.task).filter(|task| !task.completed)?;
        let theirs = task.assignee.as_ref().is_some_and(|owner| owner.gid == promise.person.gid);
        (!theirs).then(|| (promise, work(task, promise.until)))
    });
    let asked: Vec<(&Promise, Work)> = asked.collect();
    let given: Vec<(UserGid, Work)> =
        asked.iter().map(|(promise, work)| (promise.person.gid.clone(), work.clone())).collect();
    let found = asked.iter().zip(still_able(&given, &people));
    let why = found.filter_map(|((promise, _), why)| {
        Some((promise.task.clone(), format!("{} {} by now", promise.person.name, why?)))
    });
    Ok(why.collect())
}
