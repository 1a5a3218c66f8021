//! Policy of plans for people's time: what of a sprint, an assignment or a forecast may be written.
//!
//! Documented key by key in `config.default.toml`. Deliberately not here: phases, which hold for these as for all else (`policy`).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What of a planned sprint is written on its tasks, beside the suggestion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SprintWrite {
    /// The task is moved to the sprint's section.
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
    /// The sprint's section: `{from}` and `{to}` are its days. Empty: tasks stay where they are.
    pub section: String,
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
            write: vec![SprintWrite::Section, SprintWrite::Assignee, SprintWrite::Dates],
            days: 14,
            finishing: 80,
        }
    }
}

impl SprintPolicy {
    /// The name of a sprint's section; none where tasks stay where they are.
    #[must_use]
    pub fn section_of(&self, from: Date, to: Date) -> Option<String> {
        let name = self.section.replace("{from}", &from.to_string()).replace("{to}", &to.to_string());
        let name = name.trim();
        (!name.is_empty()).then(|| name.to_owned())
    }

    /// Whether a section is a sprint's by its name: the pattern with any days. A pattern without days names one section for all
    /// sprints, which tells nothing of past ones.
    #[must_use]
    pub fn is_sprint(&self, section: &str) -> bool {
        self.first_day(section).is_some()
    }

    /// The first day of the sprint that a section of that name is, in the pattern's own words.
    #[must_use]
    pub fn first_day(&self, section: &str) -> Option<Date> {
        let (before, rest) = self.section.trim().split_once("{from}")?;
        let rest = rest.split_once("{to}").map_or(rest, |(between, _)| between);
        let day = section.trim().strip_prefix(before)?;
        let day = if rest.is_empty() { day.get(..10)? } else { day.split_once(rest)?.0 };
        day.parse().ok()
    }

    /// What cannot work, by its path.
    ///
    /// # Errors
    /// The first thing found.
    pub fn check(&self) -> Result<(), String> {
        if !(1..=180).contains(&self.days) {
            return Err("policy.sprint.days: must be from 1 to 180".into());
        }
        if !(50..=99).contains(&self.finishing) {
            return Err("policy.sprint.finishing: must be from 50 to 99 percent".into());
        }
        Ok(())
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
        let name = policy.section_of(from, to);
        assert_eq!(name.as_deref(), Some("Sprint 2026-12-01"));
        assert_eq!(policy.first_day("Sprint 2026-12-01"), Some(from));
        assert_eq!(policy.first_day("Sprint 2026-12-01 (done)"), Some(from));
        let others = ["Backlog", "Sprint 12", "sprint", "Sprint ", "Sprint 2026-13-01"];
        assert!(others.iter().all(|name| !policy.is_sprint(name)));
        let both = SprintPolicy { section: "S {from} – {to}".into(), ..policy.clone() };
        assert_eq!(both.first_day("S 2026-12-01 – 2026-12-14"), Some(from));
        let fixed = SprintPolicy { section: "This Sprint".into(), ..policy };
        assert!(!fixed.is_sprint("This Sprint"));
        assert_eq!(fixed.section_of(from, to).as_deref(), Some("This Sprint"));
    }
}
