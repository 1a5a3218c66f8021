//! Bursts of changes: what came of late, and whether to wait for its end.
//!
//! Looked at in the middle of a burst, a task is written, and written again when a task it depends on changes a moment later. So
//! while a burst lasts, looks wait: those of a project of which many tasks change, and those of all projects when many change in
//! many of them. Pure. Deliberately not here: what Upnext itself did, which the caller leaves out: what it writes in one project
//! must not hold up another. Known limits: each process knows what it sorted itself; what the user changes whose token Upnext has is
//! taken for Upnext's own, and then the usual pause is the only one.

use domain::{ProjectGid, TaskGid};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, HashMap};

/// Tasks of a project that changed within the pause, from which on it is a burst. Nobody edits three tasks a second by hand.
const TASKS: usize = 6;

/// Projects that a burst in all of them touches at least, and tasks of them together.
const ALL_PROJECTS: usize = 5;
const ALL_TASKS: usize = 60;

/// How often what is too old is thrown away, and how often jobs of all projects are put off.
const EVERY: SignedDuration = SignedDuration::from_millis(500);

/// When others last changed a task, for the last moments.
#[derive(Debug, Default)]
pub(crate) struct Bursts {
    changed: BTreeMap<ProjectGid, HashMap<TaskGid, Timestamp>>,
    tidied: Timestamp,
    put_off: Timestamp,
}

impl Bursts {
    /// Others changed these tasks. `pause` is how long a burst rests before it is over.
    pub(crate) fn hear(&mut self, tasks: &[(ProjectGid, TaskGid)], pause: SignedDuration, now: Timestamp) {
        for (project, task) in tasks {
            self.changed.entry(project.clone()).or_default().insert(task.clone(), now);
        }
        if now.duration_since(self.tidied) >= EVERY {
            self.tidied = now;
            self.changed.retain(|_, tasks| {
                tasks.retain(|_, at| *at >= now - pause);
                !tasks.is_empty()
            });
        }
    }

    /// Whether a burst is under way in this project.
    pub(crate) fn in_project(&self, project: &ProjectGid, pause: SignedDuration, now: Timestamp) -> bool {
        let tasks = self.changed.get(project);
        tasks.is_some_and(|tasks| lately(tasks, pause, now).take(TASKS).count() == TASKS)
    }

    /// Whether a burst is under way in many projects, and jobs were not put off for it just now.
    pub(crate) fn in_all(&mut self, pause: SignedDuration, now: Timestamp) -> bool {
        if now.duration_since(self.put_off) < EVERY || self.changed.len() < ALL_PROJECTS {
            return false;
        }
        let tasks = self.changed.values().map(|tasks| lately(tasks, pause, now).take(ALL_TASKS).count());
        let tasks: Vec<usize> = tasks.filter(|tasks| *tasks > 0).collect();
        let burst = tasks.len() >= ALL_PROJECTS && tasks.iter().sum::<usize>() >= ALL_TASKS;
        if burst {
            self.put_off = now;
        }
        burst
    }
}

fn lately(
    tasks: &HashMap<TaskGid, Timestamp>,
    pause: SignedDuration,
    now: Timestamp,
) -> impl Iterator<Item = &Timestamp> {
    tasks.values().filter(move |at| **at >= now - pause)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSE: SignedDuration = SignedDuration::from_secs(2);

    fn tasks(project: &str, numbers: std::ops::Range<usize>) -> Vec<(ProjectGid, TaskGid)> {
        numbers.map(|n| (ProjectGid::new(project), TaskGid::new(format!("{project}-{n}")))).collect()
    }

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(1_000_000 + milliseconds).expect("a moment")
    }

    #[test]
    fn many_tasks_of_a_project_are_a_burst_until_it_rests() {
        let mut bursts = Bursts::default();
        let project = ProjectGid::new("1");
        bursts.hear(&tasks("1", 0..5), PAUSE, at(0));
        // One task over and over is no burst.
        bursts.hear(&tasks("1", 4..5), PAUSE, at(100));
        assert!(!bursts.in_project(&project, PAUSE, at(100)));
        bursts.hear(&tasks("1", 5..6), PAUSE, at(200));
        assert!(bursts.in_project(&project, PAUSE, at(200)));
        assert!(!bursts.in_project(&ProjectGid::new("2"), PAUSE, at(200)));
        assert!(!bursts.in_project(&project, PAUSE, at(2_150)));
    }

    #[test]
    fn one_project_however_busy_holds_up_no_other() {
        let mut bursts = Bursts::default();
        bursts.hear(&tasks("1", 0..500), PAUSE, at(0));
        assert!(!bursts.in_all(PAUSE, at(0)));
        for project in ["2", "3", "4"] {
            bursts.hear(&tasks(project, 0..100), PAUSE, at(0));
        }
        assert!(!bursts.in_all(PAUSE, at(0)));
        bursts.hear(&tasks("5", 0..1), PAUSE, at(10));
        assert!(bursts.in_all(PAUSE, at(10)));
        assert!(!bursts.in_all(PAUSE, at(20)), "jobs were put off just now");
        assert!(bursts.in_all(PAUSE, at(600)));
        assert!(!bursts.in_all(PAUSE, at(2_100)));
    }
}
