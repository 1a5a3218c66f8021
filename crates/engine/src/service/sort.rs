//! From deliveries and events to the tasks that are to be looked at.
//!
//! Pure. Events say "look again at this" and no more, so only the task counts: that of a comment or file is the one it hangs on.
//! A body that cannot be read asks to look at its project all the same. Deliberately not here: whose events are our own echo;
//! what changed is told by the task itself. Who made an event only says how long to wait (`burst`).

use super::ServiceSettings;
use super::work::Work;
use asana::wire::{self, Event};
use domain::{ProjectGid, TaskGid, UserGid};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use store::{Change, NewJob, Unsorted};

/// What deliveries come to.
#[derive(Debug, Default)]
pub(crate) struct Sorted {
    pub ids: Vec<i64>,
    pub changes: Vec<Change>,
    pub jobs: Vec<NewJob>,
    /// The tasks that somebody else than Upnext's own user changed.
    pub by_others: Vec<(ProjectGid, TaskGid)>,
}

/// Sorts deliveries; `me` is Upnext's own user, once known.
pub(crate) fn sort(
    deliveries: &[Unsorted],
    settings: &ServiceSettings,
    me: Option<&UserGid>,
    now: Timestamp,
) -> Sorted {
    let mut found = Found { me: me.cloned(), ..Found::default() };
    for unsorted in deliveries {
        let delivery = &unsorted.delivery;
        match serde_json::from_slice::<wire::Delivery>(&delivery.body) {
            Ok(body) => found.add(&delivery.project, &body.events, delivery.received_at),
            Err(error) => {
                tracing::warn!(project = %delivery.project, %error, "a signed delivery cannot be read");
                found.projects.entry(delivery.project.clone()).or_default();
            }
        }
    }
    Sorted { ids: deliveries.iter().map(|d| d.id).collect(), ..found.sorted(settings, now) }
}

/// Sorts the events of a stream.
pub(crate) fn sort_events(
    project: &ProjectGid,
    events: &[Event],
    settings: &ServiceSettings,
    now: Timestamp,
) -> Sorted {
    let mut found = Found::default();
    found.add(project, events, now);
    found.sorted(settings, now)
}

#[derive(Default)]
struct Found {
    me: Option<UserGid>,
    by_others: BTreeSet<(ProjectGid, TaskGid)>,
    projects: BTreeMap<ProjectGid, BTreeMap<TaskGid, Change>>,
}

impl Found {
    fn add(&mut self, project: &ProjectGid, events: &[Event], at: Timestamp) {
        if events.is_empty() {
            return;
        }
        let tasks = self.projects.entry(project.clone()).or_default();
        for (event, task) in events.iter().filter_map(|event| Some((event, task_of(event)?))) {
            let by = event.user.as_ref().map(|user| &*user.gid);
            if by.is_none() || by != self.me.as_ref().map(UserGid::as_str) {
                self.by_others.insert((project.clone(), task.clone()));
            }
            let change = tasks.entry(task.clone()).or_insert_with(|| Change {
                project: project.clone(),
                task,
                first_at: at,
                last_at: at,
                events: 0,
            });
            change.first_at = change.first_at.min(at);
            change.last_at = change.last_at.max(at);
            change.events += 1;
        }
    }

    fn sorted(self, settings: &ServiceSettings, now: Timestamp) -> Sorted {
        let jobs = self.projects.keys().map(|project| Work::after_changes(project, settings, now)).collect();
        let changes = self.projects.into_values().flat_map(BTreeMap::into_values).collect();
        Sorted { ids: vec![], changes, jobs, by_others: self.by_others.into_iter().collect() }
    }
}

/// The task an event is about.
fn task_of(event: &Event) -> Option<TaskGid> {
    let is_task = |r: &&wire::Ref| r.resource_type.as_deref() == Some("task");
    let on = event.parent.as_ref().filter(is_task);
    // A task that joins a task is a subtask: both changed, and the parent is the one in the project.
    let of = Some(&event.resource).filter(is_task).or(on)?;
    Some(TaskGid::new(&*of.gid))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use store::Delivery;

    fn unsorted(id: i64, project: &str, body: &serde_json::Value) -> Unsorted {
        let delivery = Delivery {
            project: ProjectGid::new(project),
            received_at: Timestamp::from_second(100 + id).expect("a moment"),
            body: body.to_string().into_bytes(),
        };
        Unsorted { id, delivery }
    }

    fn event(kind: &str, gid: &str, on: Option<&str>) -> serde_json::Value {
        let parent = on.map(|gid| json!({ "gid": gid, "resource_type": "task" }));
        json!({ "action": "added", "user": { "gid": "77" }, "resource": { "gid": gid, "resource_type": kind }, "parent": parent })
    }

    #[test]
    fn a_burst_on_a_task_is_one_change_and_one_job() {
        let burst = json!({ "events": [event("task", "1", None), event("story", "9", Some("1")),
            event("story", "8", Some("2")), event("section", "7", None)] });
        let heartbeat = json!({ "events": [] });
        let garbage = json!("no events here");
        let deliveries = [
            unsorted(1, "10", &burst),
            unsorted(2, "10", &burst),
            unsorted(3, "20", &heartbeat),
            unsorted(4, "30", &garbage),
        ];
        let now = Timestamp::from_second(200).expect("a moment");
        let sorted = sort(&deliveries, &ServiceSettings::default(), Some(&UserGid::new("5")), now);
        assert_eq!(sorted.ids, [1, 2, 3, 4]);
        let changes: Vec<_> = sorted
            .changes
            .iter()
            .map(|c| (c.task.as_str(), c.events, c.first_at.as_second(), c.last_at.as_second()))
            .collect();
        assert_eq!(changes, [("1", 4, 101, 102), ("2", 2, 101, 102)]);
        let jobs: Vec<&str> = sorted.jobs.iter().map(|job| job.key.as_str()).collect();
        assert_eq!(jobs, ["recalculate:10", "recalculate:30"]);
        assert_eq!(sorted.by_others.len(), 2);
        let own = sort(&deliveries, &ServiceSettings::default(), Some(&UserGid::new("77")), now);
        assert_eq!((own.by_others.len(), own.changes), (0, sorted.changes));
    }
}
