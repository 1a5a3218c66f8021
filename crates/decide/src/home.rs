//! The home of a task: which of the projects that it is in writes it.
//!
//! A field of a task has one value however many projects the task is in. Were each of them to write the score of its own
//! ranking, two projects would take turns in one field for ever; so one of them writes, and the others say which. Deliberately not
//! here: which projects Upnext writes to (`Snapshot::writers`), or any other reason to leave a task alone (`skip`).

use crate::policy::{Place, Policy, phase_at};
use domain::{Elsewhere, Phase, ProjectGid, Role, Snapshot, Task, Writer};

/// The project that writes a task in this one's place, if one does.
///
/// Of the projects that would write the task, the home is the first by: its place in `policy.home_projects`, whether it is connected
/// to the service, and its age (Asana counts gids up). All of that is known to each of them, so they come to the same one.
pub(crate) fn home_elsewhere<'s>(task: &Task, snapshot: &'s Snapshot, policy: &Policy) -> Option<&'s Writer> {
    let here = &snapshot.project.gid;
    let connected = snapshot.writers.iter().any(|writer| writer.project.gid == *here && writer.connected);
    let rank = |project: &ProjectGid, connected: bool| {
        let named = policy.home_projects.iter().position(|home| home == project);
        let (length, digits) = project.numeric_key();
        (named.unwrap_or(usize::MAX), !connected, length, digits.to_owned())
    };
    let others = task.elsewhere.iter().filter_map(|there| {
        let writer = snapshot.writers.iter().find(|writer| writer.project.gid == there.project)?;
        writes(writer, there, task, snapshot, policy).then_some(writer)
    });
    let first = others.min_by_key(|writer| rank(&writer.project.gid, writer.connected))?;
    (rank(&first.project.gid, first.connected) < rank(here, connected)).then_some(first)
}

/// Whether a project would write a task: into a field that this project writes too, in a phase and a section that let it.
fn writes(writer: &Writer, there: &Elsewhere, task: &Task, snapshot: &Snapshot, policy: &Policy) -> bool {
    let ours = Role::AI.iter().filter_map(|role| snapshot.roles.field(*role));
    let mut shared = ours.filter(|field| writer.writing.fields.contains(field));
    let place = Place { project: &there.project, section: there.section.as_deref() };
    let rules = (writer.writing.phase, writer.writing.phase_for.as_slice());
    let section = there.section.as_deref().unwrap_or("(none)");
    shared.next().is_some()
        && phase_at(rules, place, snapshot, task) > Phase::Shadow
        && policy.scope.takes_section(section)
}
