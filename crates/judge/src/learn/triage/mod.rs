//! Four things about a new request: its type, its category, its complexity and the priority to begin with.
//!
//! Each is learned from the team's own labels; without enough of them rules read the text alone ([`rules`]), and where a
//! form's answer names one of the team's options, that is taken. A label is given by itself only above the precision the team
//! asked for; below, the finding carries the ranking and says why it keeps quiet. What a request does not say is asked for
//! ([`missing`]).
//! Deliberately not here: who works on it, and writing anything. Known limit: the rules know English words; in other
//! languages a cold start rests on signs such as logs, lists and question marks.

pub mod missing;
pub mod rules;

use super::classify::{Classifier, Document, Example, Group, Guess, Part, Reason, Recipe, WhyNone};
use super::form::{self, Submission};
use super::intent::Kind;

/// Groups of features; weights chosen by cross-validation on the training rows of three open repositories.
const PARTS: [Part; 8] = [
    Part { group: Group::TitleWords, weight: 1.0, min_documents: 1 },
    Part { group: Group::BodyWords, weight: 1.0, min_documents: 2 },
    Part { group: Group::BodyPieces, weight: 0.5, min_documents: 2 },
    Part { group: Group::Headings, weight: 1.0, min_documents: 2 },
    Part { group: Group::Structure, weight: 1.0, min_documents: 2 },
    Part { group: Group::Intent, weight: 0.5, min_documents: 2 },
    Part { group: Group::Tone, weight: 0.3, min_documents: 2 },
    Part { group: Group::Facts, weight: 1.0, min_documents: 2 },
];
/// Labelled tasks below which the rules answer: with fewer a classifier repeats the commonest label.
pub(crate) const LEAST_HISTORY: usize = 20;

/// Tasks from which pieces of words are left out, because whole words have been seen often enough by then, and from which the
/// newest are held out once instead of all in turn: either would take most of the five seconds a fit may last.
const MANY: usize = 1_500;

/// How triage learns from that many labelled tasks.
#[must_use]
pub fn recipe(tasks: usize) -> Recipe {
    let fits = |part: &&Part| tasks < MANY || part.group != Group::BodyPieces;
    Recipe {
        parts: PARTS.iter().filter(fits).copied().collect(),
        cost: 2.0,
        bayes: 0.5,
        folds: if tasks < MANY { 5 } else { 1 },
        half_life: None,
        most_rows: 5_000,
        apart: 0.0,
    }
}

/// What is found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aspect {
    /// Bug, feature, question, whatever the team tells apart.
    RequestType,
    /// The area or product.
    Category,
    /// How much there is to it.
    Complexity,
    /// The priority to begin with.
    Priority,
}

impl Aspect {
    /// All of them, in the order they are shown.
    pub const ALL: [Self; 4] = [Self::RequestType, Self::Category, Self::Complexity, Self::Priority];

    /// How people call it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::RequestType => "request type",
            Self::Category => "category",
            Self::Complexity => "complexity",
            Self::Priority => "initial priority",
        }
    }

    /// Words by which a form asks for it.
    fn asked_as(self) -> &'static [&'static str] {
        match self {
            Self::RequestType => &["type", "kind of request"],
            Self::Category => &["category", "area", "component", "product"],
            Self::Complexity => &["complexity", "size", "effort"],
            Self::Priority => &["priority", "urgency", "severity"],
        }
    }
}

/// A request's text with what else is known of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'a> {
    /// The task's name.
    pub title: &'a str,
    /// Its description.
    pub notes: &'a str,
    /// Facts besides, each `name: value`.
    pub facts: &'a [String],
}

/// A request whose labels a person set; `None` where they set none.
#[derive(Clone, Copy, Debug, Default)]
pub struct Labelled<'a> {
    /// The request.
    pub request: Request<'a>,
    /// The labels, in the order of [`Aspect::ALL`].
    pub labels: [Option<&'a str>; 4],
}

/// The team's own labels, least first where they have an order, in the order of [`Aspect::ALL`].
pub type Options = [Vec<String>; 4];

/// What a finding rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", tag = "basis")]
pub enum Basis {
    /// The form's answer.
    Form,
    /// The team's labelled tasks.
    History {
        /// How many.
        tasks: usize,
    },
    /// Rules over the text, because there is too little history.
    Rules,
}

/// Why a finding gives no label by itself.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Quiet {
    /// No threshold reaches the precision.
    #[error(transparent)]
    NoThreshold {
        /// Why.
        #[from]
        reason: WhyNone,
    },
    /// This one is less sure than it must be.
    #[error("{probability:.2} sure, {needed:.2} is needed")]
    BelowThreshold {
        /// The first label's probability.
        probability: f64,
        /// The threshold.
        needed: f64,
    },
    /// Rules alone are not asked to decide.
    #[error(
        "judged by rules alone until there are more labelled tasks, and they teach more than the rules know"
    )]
    RulesOnly,
    /// Nothing to choose from.
    #[error("no labels are known")]
    NoLabels,
}

/// One aspect of a request.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Finding {
    /// Which.
    pub aspect: Aspect,
    /// Labels with probabilities, the most probable first, adding to 1; empty when no labels are known.
    pub ranking: Vec<(String, f64)>,
    /// What moved the first label most.
    pub reasons: Vec<Reason>,
    /// What it rests on.
    pub basis: Basis,
    /// Why the first label should not be set by itself; `None` when it may.
    pub quiet: Option<Quiet>,
}

/// All about a request.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Triaged {
    /// One for each aspect, in the order of [`Aspect::ALL`].
    pub findings: Vec<Finding>,
    /// What the form asked and was told.
    pub submission: Submission,
    /// What to ask the requester.
    pub missing: Vec<missing::Missing>,
}

/// What a team's history taught.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Triage {
    models: [(usize, Classifier); 4],
    options: Options,
}

impl Triage {
    /// Learns from labelled requests, the oldest first.
    #[must_use]
    pub fn fit(history: &[Labelled<'_>], options: Options, seed: u64) -> Self {
        let models = [0, 1, 2, 3].map(|at| {
            let examples: Vec<Example<'_>> = history
                .iter()
                .filter_map(|one| {
                    let label = one.labels[at]?;
                    Some(Example { document: document(&one.request), label, weight: 1.0, own: true })
                })
                .collect();
            (examples.len(), Classifier::fit(&examples, &recipe(examples.len()), seed))
        });
        Self { models, options }
    }

    /// What a request is; labels are given by themselves where they are right at least as often as `precision`.
    #[must_use]
    pub fn judge(&self, request: &Request<'_>, precision: f64) -> Triaged {
        let submission = form::read(request.notes);
        let finding = |aspect: &Aspect| self.finding(*aspect, request, &submission, precision);
        let findings = Aspect::ALL.iter().map(finding).collect();
        let kind = Kind::of(request.title, request.notes);
        Triaged { findings, missing: missing::missing(kind, request.title, request.notes), submission }
    }

    /// The first label of one aspect, given by itself or not; none where no labels are known.
    #[must_use]
    pub fn first(&self, aspect: Aspect, request: &Request<'_>) -> Option<String> {
        // The wanted precision decides about keeping quiet, not about the ranking.
        let finding = self.finding(aspect, request, &form::read(request.notes), 0.0);
        finding.ranking.into_iter().next().map(|(label, _)| label)
    }

    /// Whether the team's labels answer for an aspect, not rules.
    #[must_use]
    pub fn is_taught(&self, aspect: Aspect) -> bool {
        self.models[aspect as usize].0 >= LEAST_HISTORY
    }

    /// Takes over what another was taught about an aspect; the labels that can be given stay.
    pub(crate) fn keep(&mut self, aspect: Aspect, other: &Self) {
        self.models[aspect as usize].clone_from(&other.models[aspect as usize]);
    }

    fn finding(&self, aspect: Aspect, request: &Request<'_>, form: &Submission, precision: f64) -> Finding {
        let at = aspect as usize;
        let (tasks, model) = &self.models[at];
        let options = &self.options[at];
        if let Some(option) = said(form, aspect, options) {
            return from_form(aspect, option);
        }
        if !self.is_taught(aspect) {
            let ranking = rules::ranking(aspect, request.title, request.notes, options);
            let quiet = if ranking.is_empty() { Quiet::NoLabels } else { Quiet::RulesOnly };
            return Finding { aspect, ranking, reasons: Vec::new(), basis: Basis::Rules, quiet: Some(quiet) };
        }
        let guess = model.guess(&document(request));
        let quiet = quiet(model, &guess, precision);
        let basis = Basis::History { tasks: *tasks };
        Finding { aspect, ranking: guess.ranking, reasons: guess.reasons, basis, quiet }
    }
}

fn document<'a>(request: &Request<'a>) -> Document<'a> {
    Document { title: request.title, body: request.notes, facts: request.facts }
}

/// The option a form's answer names.
fn said<'a>(form: &Submission, aspect: Aspect, options: &'a [String]) -> Option<&'a String> {
    form.form.as_ref()?;
    let answer = form.answer(aspect.asked_as())?.trim().to_lowercase();
    options.iter().find(|option| option.trim().to_lowercase() == answer)
}

fn from_form(aspect: Aspect, option: &str) -> Finding {
    let ranking = vec![(option.to_owned(), 1.0)];
    Finding { aspect, ranking, reasons: Vec::new(), basis: Basis::Form, quiet: None }
}

fn quiet(model: &Classifier, guess: &Guess, precision: f64) -> Option<Quiet> {
    let Some((_, probability)) = guess.best() else { return Some(Quiet::NoLabels) };
    match model.threshold(precision) {
        Err(reason) => Some(Quiet::NoThreshold { reason }),
        Ok(threshold) if probability < threshold.probability => {
            Some(Quiet::BelowThreshold { probability, needed: threshold.probability })
        }
        Ok(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Aspect, Basis, Labelled, Quiet, Request, Triage};

    fn options() -> super::Options {
        let list = |words: &str| words.split(' ').map(str::to_owned).collect();
        [list("Bug Idea Question"), list("Web Mobile"), list("Small Large"), list("Low High")]
    }

    #[test]
    fn rules_answer_until_there_is_history() {
        let triage = Triage::fit(&[], options(), 1);
        let request = Request { title: "App crashes on start", notes: "Steps:\n1. open", facts: &[] };
        let triaged = triage.judge(&request, 0.8);
        let kind = &triaged.findings[Aspect::RequestType as usize];
        assert_eq!((kind.ranking[0].0.as_str(), kind.basis), ("Bug", Basis::Rules));
        assert_eq!(kind.quiet, Some(Quiet::RulesOnly));
        assert!(triaged.missing.iter().any(|one| one.fact == "version"));
    }

    #[test]
    fn history_answers_with_the_teams_own_labels() {
        let texts = ["crash in the login page", "please add a dark mode", "how do I log in"];
        let history: Vec<Labelled<'_>> = (0..90)
            .map(|at| Labelled {
                request: Request { title: texts[at % 3], ..Request::default() },
                labels: [Some(["Bug", "Idea", "Question"][at % 3]), None, None, None],
            })
            .collect();
        let triage = Triage::fit(&history, options(), 1);
        let triaged =
            triage.judge(&Request { title: "crash in the login page again", ..Request::default() }, 0.8);
        assert_eq!(triaged.findings[0].ranking[0].0, "Bug");
        assert_eq!(
            (triaged.findings[0].basis, triaged.findings[0].quiet),
            (Basis::History { tasks: 90 }, None)
        );
    }

    #[test]
    fn a_forms_answer_goes_first() {
        let notes =
            "Priority:\nhigh\n\n———\nThis task was submitted through Requests\nhttps://form.asana.com/x";
        let triaged = Triage::fit(&[], options(), 1).judge(&Request { title: "x", notes, facts: &[] }, 0.8);
        assert_eq!(triaged.findings[3].ranking, [("High".to_owned(), 1.0)]);
        assert_eq!((triaged.findings[3].basis, triaged.findings[3].quiet), (Basis::Form, None));
    }
}
