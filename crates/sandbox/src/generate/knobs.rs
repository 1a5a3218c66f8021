//! The knobs of made-up workspaces: every one with its default, its range and what it does.
//!
//! The list below is the manual: `upnext sandbox --help` prints it, `docs/sandbox.md` repeats it, and a test holds the two
//! together. Unknown knobs and values out of range are refused, never bent.

use serde::Deserialize;

/// Why knobs were refused; the text names the knob.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct KnobError(String);

/// One line of the manual.
#[derive(Debug, Clone, Copy)]
pub struct Knob {
    /// The key.
    pub name: &'static str,
    /// What it is when nothing is said.
    pub default: &'static str,
    /// Lowest value.
    pub least: f64,
    /// Highest value.
    pub most: f64,
    /// What it does.
    pub what: &'static str,
}

macro_rules! knobs {
    ($($name:ident: $kind:ty = $default:literal, $least:literal to $most:literal, $what:literal;)*) => {
        /// How large a made-up workspace is, and what its people are like.
        #[derive(Debug, Clone, PartialEq, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct Knobs { $(#[doc = $what] pub $name: $kind,)* }

        impl Default for Knobs {
            fn default() -> Self {
                Self { $($name: $default,)* }
            }
        }

        /// Every knob, in the order of the manual.
        pub const KNOBS: &[Knob] = &[$(Knob {
            name: stringify!($name),
            default: stringify!($default),
            least: $least as f64,
            most: $most as f64,
            what: $what,
        }),*];

        impl Knobs {
            fn check_ranges(&self) -> Result<(), KnobError> {
                $(if !($least..=$most).contains(&self.$name) {
                    let (name, given) = (stringify!($name), self.$name);
                    return Err(KnobError(format!(
                        "{name} is {given}; give a number from {} to {}", $least, $most
                    )));
                })*
                Ok(())
            }
        }
    };
}

// The upper ends keep a world below what one machine holds, and names apart: 64 given names and 72 surnames make 4,608.
knobs! {
    people: u32 = 40, 1 to 4_000, "people, guests among them; the bot comes on top";
    guests: u32 = 2, 0 to 4_000, "how many of the people are guests from outside";
    teams: u32 = 4, 0 to 200, "teams beside the one of everybody";
    projects: u32 = 8, 1 to 2_000, "projects, in turn for development, a board, support and launches";
    tasks: u32 = 1_000, 0 to 1_000_000, "tasks, subtasks, milestones and approvals among them";
    months: u32 = 12, 1 to 60, "months of history before the start";
    open_share: f64 = 0.4, 0.0 to 1.0, "share of tasks that are open, the younger ones mostly";
    unassigned_share: f64 = 0.15, 0.0 to 1.0, "share of open tasks nobody has";
    subtask_share: f64 = 0.12, 0.0 to 0.9, "share of tasks that are subtasks, up to three levels deep";
    milestone_share: f64 = 0.03, 0.0 to 1.0, "share of tasks that are milestones";
    approval_share: f64 = 0.02, 0.0 to 1.0, "share of tasks that are approvals";
    multi_home_share: f64 = 0.05, 0.0 to 1.0, "share of tasks in a second project too";
    duplicate_share: f64 = 0.03, 0.0 to 1.0, "share of tasks that say in other words what an earlier one says";
    field_fill: f64 = 0.7, 0.0 to 1.0, "how often a custom field that may stay empty has a value";
    due_share: f64 = 0.6, 0.0 to 1.0, "share of tasks with a due date";
    slip_rate: f64 = 0.25, 0.0 to 1.0, "share of due dates that were moved, one to three times";
    rework_rate: f64 = 0.06, 0.0 to 1.0, "share of completed tasks that were opened again in between";
    override_rate: f64 = 0.1, 0.0 to 1.0, "share of tasks whose priority or business value somebody changed later";
    comment_rate: f64 = 1.5, 0.0 to 50.0, "comments a task has on average";
    attachment_share: f64 = 0.1, 0.0 to 1.0, "share of tasks with a link attached";
    dependency_density: f64 = 0.3, 0.0 to 5.0, "tasks a task waits for on average";
    cross_project_share: f64 = 0.15, 0.0 to 1.0, "share of those links that lead into another project";
    cycles: u32 = 0, 0 to 10_000, "circles of two or three open tasks that wait for each other";
    sprint_days: u32 = 14, 5 to 42, "length of a sprint in development projects";
    tags: u32 = 8, 0 to 16, "tags of the workspace";
    skills: u32 = 12, 0 to 12, "skills people have, as a custom field of users";
    part_time_share: f64 = 0.15, 0.0 to 1.0, "share of people who work less than five days a week";
    ooo_rate: f64 = 3.0, 0.0 to 20.0, "absences of a person in a year, beside public holidays; 0 leaves out both";
    allocation_share: f64 = 0.5, 0.0 to 1.0, "share of project members with an allocation; reading them needs `--plan enterprise`";
    time_tracking_share: f64 = 0.25, 0.0 to 1.0, "share of tasks worked on that have tracked time";
    goals: u32 = 8, 0 to 1_000, "goals, in a hierarchy";
    portfolios: u32 = 3, 0 to 200, "portfolios; the first holds the others";
    status_days: u32 = 14, 0 to 180, "days between two status updates; 0 for none";
}

impl Knobs {
    /// Reads knobs from TOML; what it does not name has its default.
    ///
    /// # Errors
    ///
    /// [`KnobError`] naming the knob that is unknown, no number, or out of range.
    pub fn from_toml(text: &str) -> Result<Self, KnobError> {
        let knobs: Self = toml::from_str(text).map_err(|error| KnobError(error.message().to_owned()))?;
        knobs.check()?;
        Ok(knobs)
    }

    /// Reads `people=40,tasks=5000`; the word `default` and nothing at all stand for the defaults.
    ///
    /// # Errors
    ///
    /// As of [`Knobs::from_toml`].
    pub fn from_list(text: &str) -> Result<Self, KnobError> {
        if text.trim() == "default" {
            return Ok(Self::default());
        }
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let value = part.split_once('=').map(|(_, value)| value.trim());
            if value.is_none_or(|value| value.parse::<f64>().is_err()) {
                return Err(KnobError(format!("`{part}` is no knob; write name=number, such as tasks=5000")));
            }
        }
        Self::from_toml(&text.replace(',', "\n"))
    }

    fn check(&self) -> Result<(), KnobError> {
        self.check_ranges()?;
        if self.guests >= self.people && self.guests > 0 {
            let (guests, people) = (self.guests, self.people);
            return Err(KnobError(format!(
                "guests is {guests} of {people} people; somebody must be from inside"
            )));
        }
        let special = self.milestone_share + self.approval_share + self.subtask_share;
        if special > 1.0 {
            return Err(KnobError(format!(
                "milestone_share, approval_share and subtask_share are {special} together; give at most 1"
            )));
        }
        Ok(())
    }
}

/// The manual of all knobs, a line each.
#[must_use]
pub fn knobs_help() -> String {
    let line = |knob: &Knob| {
        let Knob { name, default, least, most, what } = knob;
        let default = default.replace('_', "");
        format!("  {name:<20} {default:>7}  {what} ({least} to {most})")
    };
    let lines: Vec<String> = KNOBS.iter().map(line).collect();
    format!("Knobs of --generate, with their defaults:\n{}", lines.join("\n"))
}
