//! Where hours lack and who has some: suggestions for moving people's time between projects.
//!
//! Deliberately left out: moving anybody. Known limit: who could do the work of another project is not known.

use domain::{Person, Project, ProjectGid, TaskGid, UserGid};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Hours below which an offer is not worth a conversation: half a day.
const LEAST: f64 = 4.0;

/// An open task that is due within the days asked about.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DueTask {
    /// The task.
    pub task: TaskGid,
    /// Its name.
    pub name: String,
    /// Hours it takes.
    pub hours: f64,
}

/// Hours of a project over the days asked about.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Crew {
    /// The project.
    pub project: Project,
    /// Its open tasks that are due within those days, as far as their efforts are known.
    pub due: Vec<DueTask>,
    /// Its people, each with the hours they have for it, and those nobody has planned.
    pub people: Vec<(Person, f64, f64)>,
}

/// Hours of somebody.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Offer {
    /// Who.
    pub person: Person,
    /// Hours.
    pub hours: f64,
}

/// A project that lacks hours.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Shortage {
    /// The project.
    pub project: Project,
    /// Hours its tasks take.
    pub due: f64,
    /// Those tasks, the most hours first.
    pub tasks: Vec<DueTask>,
    /// Hours its people have for it.
    pub hours: f64,
    /// Its people with these hours, the most first.
    pub people: Vec<Offer>,
    /// Who of other projects has free hours, the most first, as far as they are needed; its own people's are among its hours.
    pub offers: Vec<Offer>,
}

/// Projects that lack hours, in the order given, with who could help. Nobody's hours are offered twice.
#[must_use]
pub fn shortages(crews: &[&Crew]) -> Vec<Shortage> {
    let mut free: BTreeMap<UserGid, (Person, f64)> = BTreeMap::new();
    for (person, _, hours) in crews.iter().flat_map(|crew| &crew.people) {
        // The same person's free hours are read once a project: the least of them is sure.
        let held = free.entry(person.gid.clone()).or_insert_with(|| (person.clone(), *hours));
        held.1 = held.1.min(*hours);
    }
    let mut seen: BTreeSet<&ProjectGid> = BTreeSet::new();
    let mut found = vec![];
    for crew in crews.iter().filter(|crew| seen.insert(&crew.project.gid)) {
        let hours = 0.0 + crew.people.iter().map(|(_, hours, _)| hours).sum::<f64>();
        let due = 0.0 + crew.due.iter().map(|task| task.hours).sum::<f64>();
        let mut lacking = due - hours;
        if lacking < LEAST {
            continue;
        }
        let of_project: BTreeSet<&UserGid> = crew.people.iter().map(|(person, ..)| &person.gid).collect();
        let others = free.iter().filter(|(gid, (_, hours))| !of_project.contains(gid) && *hours >= LEAST);
        let mut able: Vec<(f64, UserGid)> = others.map(|(gid, (_, hours))| (*hours, gid.clone())).collect();
        able.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut offers = vec![];
        for (hours, gid) in able {
            if lacking < LEAST {
                break;
            }
            let given = hours.min(lacking);
            lacking -= given;
            if let Some((person, left)) = free.get_mut(&gid) {
                *left -= given;
                offers.push(Offer { person: person.clone(), hours: given });
            }
        }
        let (project, tasks, people) = (crew.project.clone(), by_hours(&crew.due), theirs(crew));
        found.push(Shortage { project, due, tasks, hours, people, offers });
    }
    found
}

fn by_hours(tasks: &[DueTask]) -> Vec<DueTask> {
    let mut tasks = tasks.to_vec();
    tasks.sort_by(|a, b| {
        b.hours.total_cmp(&a.hours).then_with(|| a.task.numeric_key().cmp(&b.task.numeric_key()))
    });
    tasks
}

fn theirs(crew: &Crew) -> Vec<Offer> {
    let has_any = crew.people.iter().filter(|(_, hours, _)| *hours > 0.0);
    let mut people: Vec<Offer> =
        has_any.map(|(person, hours, _)| Offer { person: person.clone(), hours: *hours }).collect();
    people.sort_by(|a, b| b.hours.total_cmp(&a.hours).then_with(|| a.person.gid.cmp(&b.person.gid)));
    people
}
