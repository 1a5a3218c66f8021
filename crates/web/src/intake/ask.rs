//! What is asked for: read, bounded, looked at, and sent on its way. The same for the form and the API.
//!
//! Deliberately not here: who asks.

use crate::dashboard::{Dashboard, Refusal};
use domain::{ProjectGid, RequestId};
use engine::service::{IntakeRule, Work};
use engine::views::RequestView;
use engine::{EngineError, Filed, Taken};

/// Letters of each text: what fits a form's body in any script, and more than people write.
#[derive(Debug)]
pub(crate) struct Longest {
    pub(crate) title: usize,
    pub(crate) description: usize,
    pub(crate) answer: usize,
    pub(crate) question: usize,
    pub(crate) requester: usize,
    pub(crate) answers: usize,
}

/// The bounds of a request.
pub(crate) const LONGEST: Longest =
    Longest { title: 200, description: 4000, answer: 500, question: 200, requester: 200, answers: 4 };

/// A question and its answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Said {
    pub(crate) question: String,
    pub(crate) answer: String,
}

/// What somebody asks for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asking {
    pub(crate) title: String,
    pub(crate) description: String,
    /// Who asks, and how to reach them.
    pub(crate) requester: String,
    pub(crate) answers: Vec<Said>,
}

impl Asking {
    /// What keeps it from being sent, in words.
    pub(crate) fn problem(&self) -> Option<String> {
        let letters = |text: &str| text.trim().chars().count();
        let over = |what: &str, text: &str, most: usize| {
            (letters(text) > most)
                .then(|| format!("{what}: at most {most} letters, and these are {}.", letters(text)))
        };
        if letters(&self.title) == 0 {
            return Some("It needs a title.".into());
        }
        if letters(&self.description) == 0 {
            return Some("It needs a description.".into());
        }
        if self.answers.len() > LONGEST.answers {
            return Some(format!("At most {} answers.", LONGEST.answers));
        }
        let answers = self.answers.iter().flat_map(|said| {
            [over("Question", &said.question, LONGEST.question), over("Answer", &said.answer, LONGEST.answer)]
        });
        let rest = [
            over("Title", &self.title, LONGEST.title),
            over("Description", &self.description, LONGEST.description),
            over("Who asks", &self.requester, LONGEST.requester),
        ];
        rest.into_iter().chain(answers).flatten().next()
    }

    /// Everything that was written.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        let answers = self.answers.iter().flat_map(|said| [said.question.as_str(), said.answer.as_str()]);
        [self.title.as_str(), &self.description, &self.requester].into_iter().chain(answers)
    }

    /// Questions and answers in the order they are kept.
    fn pairs(&self) -> Vec<(&str, &str)> {
        let mut pairs = vec![("Description", self.description.as_str())];
        pairs.extend(self.answers.iter().map(|said| (one_line(&said.question), said.answer.as_str())));
        pairs.push(("Asked by", one_line(&self.requester)));
        pairs
    }
}

/// The first line of a text, without the colon that ends a question.
fn one_line(text: &str) -> &str {
    text.trim().lines().next().unwrap_or_default().trim_end_matches(':')
}

/// What is found about it; names of other tasks only for those who may see them.
pub(crate) async fn look(
    dashboard: &Dashboard,
    project: &ProjectGid,
    asking: &Asking,
    sees_tasks: bool,
) -> Result<RequestView, EngineError> {
    let notes: Vec<&str> = asking.pairs().into_iter().map(|(_, answer)| answer).collect();
    let text = (asking.title.as_str(), &*notes.join("\n\n"));
    let mut view = dashboard.views.request(project, text, dashboard.precision(), dashboard.now()).await?;
    if !sees_tasks {
        view.similar.clear();
        if let Some(effort) = &mut view.effort {
            effort.alike.clear();
        }
    }
    Ok(view)
}

/// Keeps a request as a job, once however often it is sent, and tells where it stands. Other words under the same number are refused.
pub(crate) async fn send(
    dashboard: &Dashboard,
    rule: &IntakeRule,
    (request, asking): (RequestId, &Asking),
    who: &str,
) -> Result<Filed, Refusal> {
    if !dashboard.has_hands() {
        return Err(Refusal::Bad("Nothing is taken here: this dashboard only reads.".into()));
    }
    let work = Work::intake(&rule.project, &request, (&asking.title, &rule.title), &asking.pairs());
    match engine::take_request(dashboard.store(), &work, dashboard.now()).await? {
        Taken::Known(filed) => Ok(filed),
        Taken::Another => Err(Refusal::SentAlready),
        Taken::Kept(filed) => {
            let what = format!("asked by {request} for a task in project {}", rule.project);
            dashboard.note("request", who, &what).await?;
            Ok(filed)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking() -> Asking {
        Asking { title: "Add dark mode".into(), description: "Please".into(), ..Asking::default() }
    }

    #[test]
    fn what_is_too_long_or_missing_is_said() {
        assert_eq!(asking().problem(), None);
        let wrong = [
            Asking { title: "  ".into(), ..asking() },
            Asking { description: String::new(), ..asking() },
            Asking { title: "x".repeat(201), ..asking() },
            Asking { description: "x".repeat(4001), ..asking() },
            Asking { answers: vec![Said::default(); 5], ..asking() },
            Asking { answers: vec![Said { answer: "x".repeat(501), ..Said::default() }], ..asking() },
        ];
        assert!(wrong.iter().all(|wrong| wrong.problem().is_some()), "{wrong:?}");
    }

    #[test]
    fn a_question_is_one_line() {
        let said = Said { question: "Which?:\nPriority".into(), answer: "this".into() };
        let asking = Asking { answers: vec![said], ..asking() };
        assert_eq!(asking.pairs()[1], ("Which?", "this"));
    }
}
