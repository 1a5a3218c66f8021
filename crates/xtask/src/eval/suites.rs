//! The suites: what is predicted from which tables under which protocol, and which script scores it.
//!
//! `rolling` means that every earlier row of the same project teaches, as in a running service; `split` that only the rows
//! marked train and valid do.

use super::{detector, steering};
use std::fmt;
use std::path::Path;

/// A part of the learned judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Suite {
    /// Story points from texts
    Effort,
    /// Minutes in progress
    Time,
    /// What a request asks for, and how far stated probabilities come true
    Type,
    /// The order of urgency
    Priority,
    /// The tone of texts, in five folds
    Sentiment,
    /// Earlier tasks that a task repeats
    Similar,
    /// Who takes a task
    Assignee,
    /// What sprints deliver beyond their commitment
    Velocity,
    /// Texts that speak to the machine
    Injection,
    /// The weights that find such texts, fitted anew, and what they find of kinds they have not seen
    Detector,
    /// How far such texts move scores
    Steering,
    /// Seconds and megabytes for 5,000 tasks
    Speed,
    /// Dates foretold on made-up projects, and what came true
    Risk,
}

impl Suite {
    pub(super) const ALL: [Self; 13] = [
        Self::Effort,
        Self::Time,
        Self::Type,
        Self::Priority,
        Self::Sentiment,
        Self::Similar,
        Self::Assignee,
        Self::Velocity,
        Self::Injection,
        Self::Detector,
        Self::Steering,
        Self::Speed,
        Self::Risk,
    ];

    /// What `upnext eval` calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Effort => "effort",
            Self::Time => "time",
            Self::Type => "type",
            Self::Priority => "priority",
            Self::Sentiment => "sentiment",
            Self::Similar => "similar",
            Self::Assignee => "assignee",
            Self::Velocity => "velocity",
            Self::Injection => "injection",
            Self::Detector => "detector",
            Self::Steering => "steering",
            Self::Speed => "speed",
            Self::Risk => "risk",
        }
    }

    fn folders(self) -> &'static [&'static str] {
        match self {
            Self::Sentiment => &["sentiment"],
            Self::Speed | Self::Risk | Self::Steering | Self::Detector => &[],
            _ => RUNS.iter().find(|run| run.suite == self).map_or(&[], |run| run.folders),
        }
    }

    /// What the data lacks for it.
    pub(super) fn missing(self, data: &Path) -> Vec<String> {
        let folders = self.folders().iter().map(|folder| data.join("public").join(folder));
        let files: &[&str] = match self {
            Self::Steering => &steering::FILES,
            Self::Detector => &detector::NEEDED,
            _ => &[],
        };
        let all = folders.chain(files.iter().map(|file| data.join(file)));
        all.filter(|path| !path.exists()).map(|path| path.display().to_string()).collect()
    }
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One protocol of a suite.
pub(super) struct Run {
    /// Under which its figures are kept.
    pub(super) name: &'static str,
    pub(super) suite: Suite,
    /// Its folders of tables; their predictions are scored together.
    pub(super) folders: &'static [&'static str],
    pub(super) mode: &'static str,
    pub(super) script: &'static str,
}

const EFFORT: &[&str] = &["effort_sp_choet16", "effort_sp_tawosi21"];
const ISSUES: &[&str] = &["jira_apache", "priority_hib"];
const ROLLING: &str = "rolling";
const SPLIT: &str = "split";

/// All but those that are measured in their own way: sentiment, detector, steering, speed and risk.
pub(super) const RUNS: [Run; 13] = [
    run("effort, rolling", Suite::Effort, EFFORT, ROLLING, "score_effort_sp.py"),
    run("effort, split", Suite::Effort, EFFORT, SPLIT, "score_effort_sp.py"),
    run("time, rolling", Suite::Time, &["effort_time_esem"], ROLLING, "score_effort_time.py"),
    run("type, split", Suite::Type, &["type_nlbse24"], SPLIT, "score_type.py"),
    run("priority, rolling", Suite::Priority, ISSUES, ROLLING, "score_priority.py"),
    run("priority, split", Suite::Priority, ISSUES, SPLIT, "score_priority.py"),
    run("similar, rolling", Suite::Similar, &["duplicates"], ROLLING, "score_duplicates.py"),
    run("similar, split", Suite::Similar, &["duplicates"], SPLIT, "score_duplicates.py"),
    run("assignee, rolling", Suite::Assignee, &["jira_apache"], ROLLING, "score_assignee.py"),
    run("assignee, split", Suite::Assignee, &["jira_apache"], SPLIT, "score_assignee.py"),
    run("velocity, rolling", Suite::Velocity, &["sprint_velocity"], ROLLING, "score_sprint.py"),
    run("velocity, split", Suite::Velocity, &["sprint_velocity"], SPLIT, "score_sprint.py"),
    run(
        "injection",
        Suite::Injection,
        &["jira_apache", "priority_hib", "injection"],
        ROLLING,
        "score_injection.py",
    ),
];

const fn run(
    name: &'static str,
    suite: Suite,
    folders: &'static [&'static str],
    mode: &'static str,
    script: &'static str,
) -> Run {
    Run { name, suite, folders, mode, script }
}
