//! Judging in one line, and finding a task's judgement among the others.

use crate::backlog::now;
use domain::{Judgement, Snapshot, Task};
use judge::{Memory, Rubric, judge, preset};

/// The judgements of tasks in a project of their own, by the default rubric.
pub fn judged(tasks: Vec<Task>) -> Vec<Judgement> {
    verdicts(&crate::backlog::project(tasks), &preset("default").unwrap())
}

pub fn verdicts(snapshot: &Snapshot, rubric: &Rubric) -> Vec<Judgement> {
    judge(snapshot, rubric, now(), &Memory::new())
}

pub fn of<'a>(judgements: &'a [Judgement], task: &str) -> &'a Judgement {
    judgements.iter().find(|j| j.task.as_str() == task).unwrap()
}

/// A rubric of these criteria, TOML, with round bands and no hysteresis.
pub fn rubric(criteria: &str) -> Rubric {
    parsed(criteria).unwrap()
}

/// The same, for rubrics that may be wrong.
pub fn parsed(criteria: &str) -> Result<Rubric, judge::RubricError> {
    Rubric::parse(&format!(
        "version = 'test-1'\ndescription = 'of a test'\n\
         bands = {{ p0 = 75, p1 = 50, p2 = 25, hysteresis = 0 }}\n\
         sprint = {{ next_tasks = 3 }}\n\
         effort = {{ days_per_unit = 1.0, large_days = 40.0 }}\n{criteria}"
    ))
}

/// A rubric that scores 100 · the signal's strength.
pub fn only(signal: &str) -> Rubric {
    rubric(&format!("[[criterion]]\nname = 'it'\nweight = 1\nsignals = {{ {signal} = 1.0 }}"))
}
