//! Calibration: "which of these two first?", from the question to a proposal that waits for a person.
//!
//! The project is read once; after that every answer is kept before the next question comes. A proposal is only made when
//! answers it was not fitted on speak for it. Deliberately not here: the fit and the choice of questions (`judge::weights`),
//! the terminal (the CLI's).

mod history;
mod propose;
mod question;

pub use history::calibrate_from_history;
pub use propose::{AnswerEvidence, BandChange, Evidence, Proposal};
pub(crate) use propose::{keep_proposal, proposal};
pub use question::{Question, Side};

use crate::context::Engine;
use crate::error::EngineError;
use crate::gather::gather;
use crate::rubrics::Deciding;
use domain::{Judgement, Moment, ProjectGid, Snapshot, TaskGid};
use judge::Memory;
use judge::weights::{Answered, Interview, Pair, Strengths, Use, asked, strengths, to_learn};
use std::collections::HashMap;
use store::{Answer, Said};

/// A calibration of one project.
pub struct Calibration {
    /// With the rubric in force for the project.
    engine: Engine,
    project: ProjectGid,
    snapshot: Snapshot,
    now: Moment,
    by: String,
    strengths: Strengths,
    judgements: HashMap<TaskGid, Judgement>,
    places: HashMap<TaskGid, usize>,
    interview: Interview,
    answers: Vec<Answer>,
}

/// An answer that somebody gives without being asked.
#[derive(Clone, Debug)]
pub struct Given {
    /// The task that comes first.
    pub first: TaskGid,
    /// The other.
    pub second: TaskGid,
    /// Whether neither comes first.
    pub is_tie: bool,
}

impl Calibration {
    /// Reads the project and the answers that are kept of it.
    ///
    /// # Errors
    /// What keeps the project from being read; also a project of which there is nothing to weigh.
    pub async fn begin(
        engine: &Engine,
        project: &ProjectGid,
        now: Moment,
        how: &Deciding,
    ) -> Result<Calibration, EngineError> {
        let engine = engine.for_project(project).await?;
        let by = how.who(&engine).await?;
        let snapshot = {
            let _lock = engine.store.lock_project(project).await?;
            gather(&engine, project, now.at).await?.snapshot
        };
        engine.stage("judging", snapshot.tasks.len());
        let mut strengths = strengths(&snapshot, &engine.rubric, now);
        let ours = [&snapshot.anchors.host_task, &snapshot.anchors.review_subtask];
        strengths.tasks.retain(|(gid, _)| !ours.contains(&&Some(gid.clone())));
        let interview = Interview::about(&strengths);
        if interview.criteria() < 2 || strengths.tasks.len() < 2 {
            return Err(EngineError::Unusable(too_little(&engine, &strengths, &interview)));
        }
        let judgements = judge::judge(&snapshot, &engine.rubric, now, &Memory::new());
        let mut calibration = Calibration {
            judgements: judgements.into_iter().map(|j| (j.task.clone(), j)).collect(),
            places: strengths.tasks.iter().enumerate().map(|(at, (gid, _))| (gid.clone(), at)).collect(),
            answers: vec![],
            project: project.clone(),
            snapshot,
            now,
            by,
            strengths,
            interview,
            engine,
        };
        for answer in calibration.engine.store.answers(project).await? {
            calibration.hear(answer);
        }
        Ok(calibration)
    }

    /// The project's name.
    #[must_use]
    pub fn project(&self) -> &str {
        &self.snapshot.project.name
    }

    /// The version of the rubric in force.
    #[must_use]
    pub fn rubric(&self) -> &str {
        self.engine.rubric.version()
    }

    /// How many questions have been answered so far; skipped ones and answers nobody asked for aside.
    #[must_use]
    pub fn answered(&self) -> usize {
        self.answers.iter().filter(|a| a.said != Said::Skipped && a.used != word(Use::Given)).count()
    }

    /// The next question of a sitting of so many; none when they are answered or nothing is left to ask.
    pub fn question(&mut self, questions: usize) -> Option<Question> {
        if self.answered() >= questions {
            return None;
        }
        let learned = self.answers.iter().filter(|a| a.said != Said::Skipped && a.used == word(Use::Learn));
        let wanted = if learned.count() < to_learn(questions) { Use::Learn } else { Use::Check };
        let (pair, used) = match self.interview.question(wanted) {
            Some(pair) => (pair, wanted),
            None => (self.interview.question(Use::Check)?, Use::Check),
        };
        Some(question::question(self, pair, used))
    }

    /// Keeps what was said of a question; `first` is the task that comes first.
    ///
    /// # Errors
    /// The store's: the answer is not kept then.
    pub async fn answer(
        &mut self,
        question: &Question,
        first: &TaskGid,
        said: Said,
    ) -> Result<(), EngineError> {
        let (a, b) = (&question.a.gid, &question.b.gid);
        let second = if first == a { b } else { a };
        let Some(answer) = self.made(first, second, (said, question.used)) else { return Ok(()) };
        self.engine.store.save_answers(&self.project, std::slice::from_ref(&answer)).await?;
        self.hear(answer);
        Ok(())
    }

    /// Keeps answers that nobody asked for.
    ///
    /// # Errors
    /// A task that is not open in the project; nothing is kept then.
    pub async fn give(&mut self, given: &[Given]) -> Result<(), EngineError> {
        let mut answers = vec![];
        for (nth, one) in given.iter().enumerate() {
            let said = if one.is_tie { Said::Same } else { Said::First };
            let unknown = || {
                let (first, second) = (&one.first, &one.second);
                EngineError::Unusable(format!(
                    "answer {}: {first} and {second} must be two open tasks of project {}",
                    nth + 1,
                    self.project
                ))
            };
            let made =
                (one.first != one.second).then(|| self.made(&one.first, &one.second, (said, Use::Given)));
            answers.push(made.flatten().ok_or_else(unknown)?);
        }
        self.engine.store.save_answers(&self.project, &answers).await?;
        for answer in answers {
            self.hear(answer);
        }
        Ok(())
    }

    /// An answer with the strengths of both as they are now.
    fn made(&self, first: &TaskGid, second: &TaskGid, (said, used): (Said, Use)) -> Option<Answer> {
        let row = |gid| Some(&self.strengths.tasks[*self.places.get(gid)?].1);
        let both = row(first)?.iter().zip(row(second)?).map(|(a, b)| (*a, *b));
        Some(Answer {
            first: first.clone(),
            second: second.clone(),
            said,
            used: word(used),
            strengths: self.strengths.criteria.iter().cloned().zip(both).collect(),
            by: self.by.clone(),
            at: (self.engine.clock)(),
        })
    }

    /// Takes an answer in that is kept.
    fn hear(&mut self, answer: Answer) {
        let both = |a, b| Some((*self.places.get(a)?, *self.places.get(b)?));
        let about = both(&answer.first, &answer.second);
        match (self.usable(&answer), about) {
            (Some(usable), about) => self.interview.hear(&usable, about),
            (None, Some(about)) => self.interview.pass(about),
            (None, None) => {}
        }
        // A pair is answered once: the later word counts, in the store too.
        let is_same = |known: &Answer| {
            (&known.first, &known.second) == (&answer.first, &answer.second)
                || (&known.second, &known.first) == (&answer.first, &answer.second)
        };
        self.answers.retain(|known| !is_same(known));
        self.answers.push(answer);
    }

    /// An answer as the fit takes it: nothing when it was skipped or was given under other criteria.
    fn usable(&self, answer: &Answer) -> Option<Answered> {
        if answer.said == Said::Skipped {
            return None;
        }
        let strengths: Option<Vec<(f64, f64)>> =
            self.strengths.criteria.iter().map(|name| answer.strengths.get(name).copied()).collect();
        let (first, second): (Vec<f64>, Vec<f64>) = strengths?.into_iter().unzip();
        let pair: Pair = asked(&first, &second, answer.said == Said::Same);
        let used = [Use::Learn, Use::Check].into_iter().find(|used| answer.used == word(*used));
        Some(Answered { pair, used: used.unwrap_or(Use::Given) })
    }
}

/// The word that is kept with an answer.
fn word(used: Use) -> String {
    match used {
        Use::Learn => "learn",
        Use::Check => "check",
        Use::Given => "given",
    }
    .to_owned()
}

fn too_little(engine: &Engine, strengths: &Strengths, interview: &Interview) -> String {
    if strengths.tasks.len() < 2 {
        return "the project has fewer than two open tasks: there is nothing to compare".into();
    }
    format!(
        "of rubric {}, the project has input for {} of {} criteria, and weights need two: fill in more fields (`upnext \
         doctor` tells which), or choose another rubric",
        engine.rubric.version(),
        interview.criteria(),
        strengths.criteria.len()
    )
}
