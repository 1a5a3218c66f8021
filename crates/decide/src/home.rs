//! The home of a task: which of the projects that it is in writes it.
//!
//! A field of a task has one value however many projects the task is in. Were each of them to write the score of its own
//! ranking, two projects would take turns in one field for ever; so one of them writes, and the others say which. Deliberately not
//! here: which projects Upnext writes to (`Snapshot::writers`), or any other reason to leave a task alone (`skip`).

use crate::policy::Policy;
use crate::policy_phase::{Place, phase_at};
use domain::{FieldGid, Phase, Project, Snapshot, Task, Writer};

/// The project that writes a task in this one's place, if one does.
///
/// The projects that would write the task are gone through by: their place in `policy.home_projects`, whether they are a sprint's by
/// their name (a task comes from a backlog and leaves the sprint again), whether they are connected to the service, and their age
/// (Asana counts gids up). Each writes unless it has a field in common with one before it that writes. All
/// of that is known to each of them, so they come to the same answer.
pub(crate) fn home_elsewhere<'s>(task: &Task, snapshot: &'s Snapshot, policy: &Policy) -> Option<&'s Writer> {
    if task.elsewhere.is_empty() || snapshot.writers.is_empty() {
        return None;
    }
    let here = &snapshot.project.gid;
    let own = policy.writing(snapshot).fields;
    let connected = snapshot.writers.iter().any(|writer| writer.project.gid == *here && writer.connected);
    let mut all =
        vec![Candidate { rank: rank(&snapshot.project, connected, policy), fields: &own, writer: None }];
    for there in &task.elsewhere {
        let writer = snapshot.writers.iter().find(|writer| writer.project.gid == there.project);
        if let Some(writer) = writer.filter(|writer| writes(writer, there.section.as_deref(), task, policy)) {
            let rank = rank(&writer.project, writer.connected, policy);
            all.push(Candidate { rank, fields: &writer.writing.fields, writer: Some(writer) });
        }
    }
    all.sort_by(|a, b| a.rank.cmp(&b.rank));
    let mut writing: Vec<&Candidate<'_, 's>> = vec![];
    for one in &all {
        let before =
            writing.iter().find(|before| before.fields.iter().any(|field| one.fields.contains(field)));
        match (before, one.writer) {
            (Some(before), None) => return before.writer,
            (None, None) => return None,
            (Some(_), Some(_)) => {}
            (None, Some(_)) => writing.push(one),
        }
    }
    None
}

/// A project that would write the task; no writer for the project that asks.
struct Candidate<'a, 's> {
    rank: Rank,
    fields: &'a [FieldGid],
    writer: Option<&'s Writer>,
}

/// Place by the policy, whether a sprint's, whether not connected, age.
type Rank = (usize, bool, bool, usize, String);

fn rank(project: &Project, connected: bool, policy: &Policy) -> Rank {
    let named = policy.home_projects.iter().position(|home| *home == project.gid);
    let of_sprint = policy.sprint.is_sprint_project(&project.name);
    let (length, digits) = project.gid.numeric_key();
    (named.unwrap_or(usize::MAX), of_sprint, !connected, length, digits.to_owned())
}

/// Whether a project would write a task: in a phase and a section that let it.
fn writes(writer: &Writer, section: Option<&str>, task: &Task, policy: &Policy) -> bool {
    let writing = &writer.writing;
    let place = Place { project: &writer.project.gid, section };
    let field = |name: &str| {
        let mut named = writing.named.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        named.next().map(|(_, gid)| gid)
    };
    phase_at((writing.phase, &writing.phase_for), place, task, field) > Phase::Shadow
        && policy.scope.takes_section(section.unwrap_or("(none)"))
}
