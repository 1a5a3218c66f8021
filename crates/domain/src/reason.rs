//! Reasons as data, rendered once.
//!
//! A signal says what it saw as one of these; every surface shows the same sentence. Deliberately not here: weights.

use crate::{Dimension, EffortFinding, GoalStatus};
use serde::{Deserialize, Serialize};

/// In which way a comment presses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urging {
    /// Work stands still, or a service is down.
    Blocked,
    /// A customer or the management is asking.
    Customer,
    /// Time is short.
    Deadline,
    /// It has been asked before.
    AskedAgain,
    /// Harsh words.
    Unhappy,
}

impl Urging {
    /// How people say it.
    fn words(self) -> &'static str {
        match self {
            Urging::Blocked => "work stands still",
            Urging::Customer => "a customer or the management asks",
            Urging::Deadline => "time is short",
            Urging::AskedAgain => "it was asked before",
            Urging::Unhappy => "harsh words",
        }
    }
}

/// Letters of a comment that a reason quotes.
const QUOTE: usize = 60;

/// What a signal saw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Reason {
    /// A mapped field has a value.
    Field {
        /// The field's name.
        field: String,
        /// The value as people read it.
        value: String,
    },
    /// A person set the priority.
    Priority {
        /// The option's name.
        label: String,
    },
    /// The effort is known.
    Effort {
        /// The field's name.
        field: String,
        /// The amount as people read it.
        amount: String,
    },
    /// The effort was estimated from finished tasks.
    LearnedEffort {
        /// The estimate.
        effort: f64,
        /// Lower end of its interval.
        low: f64,
        /// Upper end.
        high: f64,
        /// The unit, for people.
        unit: String,
        /// The share of truths the interval is made to hold, percent.
        percent: u8,
        /// The name of the finished task most like it.
        like: Option<String>,
        /// Finished tasks it rests on.
        history: usize,
    },
    /// The due date has passed.
    Overdue {
        /// Days since.
        days: i64,
    },
    /// A due date lies ahead.
    Due {
        /// Days until.
        days: i64,
        /// Working days left after the effort is spent; `None` without an effort.
        slack: Option<i64>,
    },
    /// The start date has come and the task is still open.
    Started {
        /// Days since the start date.
        days: i64,
    },
    /// It has been open for long.
    Age {
        /// Days since creation.
        days: i64,
    },
    /// Open tasks wait for it.
    Blocks {
        /// How many, direct and indirect.
        count: usize,
        /// The names of the first three in the project's order.
        names: Vec<String>,
    },
    /// It supports a goal.
    Goal {
        /// The goal's name.
        name: String,
        /// The goal's status.
        status: GoalStatus,
        /// Through the project rather than by itself.
        through_project: bool,
    },
    /// Its text speaks of a goal.
    GoalText {
        /// The goal's name.
        name: String,
        /// The goal's status.
        status: GoalStatus,
        /// The words both have, as the task spells them.
        words: Vec<String>,
    },
    /// A comment presses.
    Pressure {
        /// In which way.
        urging: Urging,
        /// The words, verbatim.
        quote: String,
        /// Who wrote them; empty when Asana no longer says.
        name: String,
        /// Days since.
        days: i64,
    },
    /// A language model rated what the texts say.
    Rated {
        /// What it was asked about.
        dimension: Dimension,
        /// The mean of its answers, 1–5.
        score: f64,
        /// The words it rests on, verbatim.
        quote: String,
        /// Where they are.
        source: String,
    },
    /// People discuss it.
    Comments {
        /// Comments counted.
        count: usize,
        /// Different people.
        people: usize,
        /// Days since the last one.
        days: i64,
    },
    /// A named stakeholder spoke.
    Stakeholder {
        /// Their name.
        name: String,
        /// Days since.
        days: i64,
    },
    /// The team's own formula gave a number.
    Formula {
        /// The criterion.
        criterion: String,
        /// The formula with names, as written in the rubric.
        formula: String,
        /// Its value.
        value: f64,
    },
}

fn days(n: i64) -> String {
    if n == 1 { "1 day".into() } else { format!("{n} days") }
}

fn plural(n: usize, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}

/// How long ago, in words.
fn ago(n: i64) -> String {
    match n {
        ..=0 => "today".into(),
        1 => "yesterday".into(),
        n => format!("{n} days ago"),
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Reason::Field { field, value } => write!(f, "{field} is {value}"),
            Reason::Priority { label } => write!(f, "priority set to {label}"),
            Reason::Effort { field, amount } => write!(f, "{field} is {amount}"),
            Reason::LearnedEffort { effort, low, high, unit, percent, like, history } => {
                let effort = EffortFinding::amount(unit, *effort);
                let (low, high) = (EffortFinding::number(*low), EffortFinding::number(*high));
                write!(
                    f,
                    "estimated at {effort} ({percent} % from {low} to {high}) by {history} finished tasks"
                )?;
                like.as_ref().map_or(Ok(()), |name| write!(f, ", most like “{name}”"))
            }
            Reason::Overdue { days: n } => write!(f, "overdue by {}", days(*n)),
            Reason::Due { days: 0, .. } => f.write_str("due today"),
            Reason::Due { days: n, slack: None } => write!(f, "due in {}", days(*n)),
            Reason::Due { days: n, slack: Some(s) } if *s < 0 => {
                write!(f, "due in {}, {} too few for the effort", days(*n), days(-s))
            }
            Reason::Due { days: n, slack: Some(s) } => {
                write!(f, "due in {} with {} of slack", days(*n), days(*s))
            }
            Reason::Started { days: n } => write!(f, "start date was {}", ago(*n)),
            Reason::Age { days: n } => write!(f, "open for {}", days(*n)),
            Reason::Blocks { count, names } => write!(f, "{}", blocks(*count, names)),
            Reason::Goal { name, status, through_project } => {
                let via = if *through_project { " through the project" } else { "" };
                write!(f, "supports the goal “{name}”{via} ({})", status.words())
            }
            Reason::GoalText { name, status, words } => {
                write!(f, "speaks of the goal “{name}” ({}): {}", status.words(), words.join(", "))
            }
            Reason::Pressure { urging, quote, name, days } => {
                let by = if name.is_empty() { String::new() } else { format!(" by {name}") };
                write!(f, "{}: “{}”{by}, {}", urging.words(), crate::fit(quote, QUOTE), ago(*days))
            }
            Reason::Rated { dimension, score, quote, source } => write!(
                f,
                "AI rates {} {} of 5: “{}” ({source})",
                dimension.word().replace('_', " "),
                (score * 10.0).round() / 10.0,
                crate::fit(quote, QUOTE)
            ),
            Reason::Comments { count, people, days: n } => write!(
                f,
                "{} by {}, last {}",
                plural(*count, "comment", "comments"),
                plural(*people, "person", "people"),
                ago(*n)
            ),
            Reason::Stakeholder { name, days: n } => write!(f, "{name} commented {}", ago(*n)),
            Reason::Formula { criterion, formula, value } => {
                write!(f, "{criterion} = {formula} = {}", (value * 100.0).round() / 100.0)
            }
        }
    }
}

fn blocks(count: usize, names: &[String]) -> String {
    let listed = names.iter().map(|n| format!("“{n}”")).collect::<Vec<_>>().join(", ");
    let more = count.saturating_sub(names.len());
    match (names.is_empty(), more) {
        (true, _) => format!("blocks {}", plural(count, "open task", "open tasks")),
        (false, 0) => format!("blocks {listed}"),
        (false, more) => format!("blocks {listed} and {more} more"),
    }
}
