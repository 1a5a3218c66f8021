//! The phase of a task or a project by the rules of a policy.
//!
//! Deliberately not here: what a phase lets through (`policy`), and what people decided about phases (`engine`).

use domain::{FieldGid, Phase, PhaseRule, ProjectGid, Task};

/// Where a task is.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    /// The project.
    pub project: &'a ProjectGid,
    /// The name of its section there.
    pub section: Option<&'a str>,
}

/// The phase of a task in one of its projects, by that project's rules: the last fitting one of its type or section, else the one for
/// the whole. `field` is the field of that name in that project.
pub(crate) fn phase_at<'f>(
    (phase, rules): (Phase, &[PhaseRule]),
    place: Place<'_>,
    task: &Task,
    field: impl Fn(&str) -> Option<&'f FieldGid>,
) -> Phase {
    let mut of_type = rules.iter().filter(|rule| {
        rule.is_of(place.project)
            && !rule.is_for_all()
            && type_fits(rule, task, &field)
            && section_fits(rule, place)
    });
    of_type.next_back().map_or_else(|| whole(phase, rules, place.project), |rule| rule.phase)
}

/// The phase of a project by the rules for the whole of it.
pub(crate) fn whole(phase: Phase, rules: &[PhaseRule], project: &ProjectGid) -> Phase {
    let mut rules = rules.iter().filter(|r| r.is_for_all());
    rules.rfind(|rule| rule.is_of(project)).map_or(phase, |r| r.phase)
}

fn section_fits(rule: &PhaseRule, place: Place<'_>) -> bool {
    let Some(wanted) = &rule.section else { return true };
    place.section.is_some_and(|section| section.eq_ignore_ascii_case(wanted))
}

fn type_fits<'f>(rule: &PhaseRule, task: &Task, field: impl Fn(&str) -> Option<&'f FieldGid>) -> bool {
    if rule.field.is_none() {
        return true;
    }
    let (Some(name), Some(wanted)) = (&rule.field, &rule.value) else { return false };
    let value = field(name).and_then(|gid| task.fields.get(gid)).and_then(|s| s.value.as_ref());
    value.is_some_and(|v| v.to_string().eq_ignore_ascii_case(wanted))
}
