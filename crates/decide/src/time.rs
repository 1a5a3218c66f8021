//! Policy of plans for people's time: what of a sprint, an assignment or a forecast may be written.
//!
//! Documented key by key in `config.default.toml`. Deliberately not here: phases, which hold for these as for all else (`policy`).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What of a planned sprint is written on its tasks, beside the suggestion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SprintWrite {
    /// The task is moved to the sprint's section, or put into the sprint's project.
    Section,
    /// It is given to whom the plan names.
    Assignee,
    /// It gets its start and due day, where it has none.
    Dates,
}

/// What filling a sprint may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SprintPolicy {
    /// The sprint's section: `{from}` and `{to}` are its days. Empty: tasks stay where they are, or a sprint is a project.
    pub section: String,
    /// The sprint's project, where each sprint is one of its own: as `section`, which is then empty.
    pub project: String,
    /// What is written.
    pub write: Vec<SprintWrite>,
    /// How many days a sprint has, weekends included, where nobody says otherwise; 1 to 180.
    pub days: u16,
    /// The probability, in percent, with which each person is to finish, where nobody says otherwise; 50 to 99.
    pub finishing: u8,
}

impl Default for SprintPolicy {
    fn default() -> Self {
        SprintPolicy {
            section: "Sprint {from}".into(),
            project: String::new(),
            write: vec![SprintWrite::Section, SprintWrite::Assignee, SprintWrite::Dates],
            days: 14,
            finishing: 80,
        }
    }
}

impl SprintPolicy {
    /// Whether sprints are projects of their own, not sections.
    #[must_use]
    pub fn in_projects(&self) -> bool {
        !self.project.trim().is_empty()
    }

    fn pattern(&self) -> &str {
        if self.in_projects() { self.project.trim() } else { self.section.trim() }
    }

    /// The name of a sprint's section or project; none where tasks stay where they are.
    #[must_use]
    pub fn name_of(&self, from: Date, to: Date) -> Option<String> {
        let name = self.pattern().replace("{from}", &from.to_string()).replace("{to}", &to.to_string());
        (!name.is_empty()).then_some(name)
    }

    /// Whether a section or project is a sprint's by its name: the pattern with any days. A pattern without days names one for all
    /// sprints, which tells nothing of past ones.
    #[must_use]
    pub fn is_sprint(&self, name: &str) -> bool {
        self.first_day(name).is_some()
    }

    /// The first day of the sprint that a section or project of that name is, in the pattern's own words.
    #[must_use]
    pub fn first_day(&self, name: &str) -> Option<Date> {
        let (before, rest) = self.pattern().split_once("{from}")?;
        let rest = rest.split_once("{to}").map_or(rest, |(between, _)| between);
        let day = name.trim().strip_prefix(before)?;
        let day = if rest.is_empty() { day.get(..10)? } else { day.split_once(rest)?.0 };
        day.parse().ok()
    }

    /// Whether a project of that name is a sprint's, where sprints are projects.
    #[must_use]
    pub fn is_sprint_project(&self, name: &str) -> bool {
        self.in_projects() && (self.is_sprint(name) || self.pattern().eq_ignore_ascii_case(name.trim()))
    }

    /// Whether this much of a sprint is written.
    #[must_use]
    pub fn writes(&self, what: SprintWrite) -> bool {
        self.write.contains(&what)
    }
}

/// What giving out tasks may do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AssignPolicy {
    /// Whether the assignee itself is set, beside the suggestion, in phases that allow it.
    pub set: bool,
    /// The most open tasks that anybody is given; 0 for no such limit. A person's own field goes over it.
    pub max_open: usize,
    /// Whether the user whose token it is is given tasks like anybody, in sprints too, where they own none in the project yet.
    pub own_user: bool,
}

/// How dates in danger are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RiskPolicy {
    /// Whether tasks are flagged in a field of their own, which `setup` then makes.
    pub flag: bool,
    /// Whether the owner gets a subtask of the task, which is edited in place and completed when the danger has passed.
    pub subtask: bool,
}

#[cfg(test)]
mod tests {
    use super::SprintPolicy;
    use jiff::civil::date;

    #[test]
    fn sections_of_sprints_are_known_by_the_pattern() {
        let policy = SprintPolicy::default();
        let (from, to) = (date(2026, 12, 1), date(2026, 12, 14));
        let name = policy.name_of(from, to);
        assert_eq!(name.as_deref(), Some("Sprint 2026-12-01"));
        assert_eq!(policy.first_day("Sprint 2026-12-01"), Some(from));
        assert_eq!(policy.first_day("Sprint 2026-12-01 (done)"), Some(from));
        let others = ["Backlog", "Sprint 12", "sprint", "Sprint ", "Sprint 2026-13-01"];
        assert!(others.iter().all(|name| !policy.is_sprint(name)));
        let both = SprintPolicy { section: "S {from} – {to}".into(), ..policy.clone() };
        assert_eq!(both.first_day("S 2026-12-01 – 2026-12-14"), Some(from));
        let fixed = SprintPolicy { section: "This Sprint".into(), ..policy.clone() };
        assert!(!fixed.is_sprint("This Sprint"));
        assert_eq!(fixed.name_of(from, to).as_deref(), Some("This Sprint"));
        let projects = SprintPolicy { section: String::new(), project: "S {from}".into(), ..policy };
        assert_eq!(projects.name_of(from, to).as_deref(), Some("S 2026-12-01"));
        assert!(
            projects.is_sprint_project("S 2026-11-17") && !projects.is_sprint_project("Sprint 2026-11-17")
        );
    }
}
