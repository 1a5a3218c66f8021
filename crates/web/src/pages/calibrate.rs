//! `/projects/{gid}/calibrate`: "which of these two first?", a question a page, and what the answers come to.
//!
//! The same questions, answers and proposal as `upnext calibrate`. What an answer is used for is not told: it would colour it.
//! Deliberately not here: choosing questions and fitting (`engine::Calibration`), accepting a proposal (`rubric`).

use super::project::Here;
use super::{Shell, rubric, words};
use crate::dashboard::{Dashboard, Fields, Refusal, Signed, Sitting, Visitor, Whose, html, see_other};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::Clearance;
use engine::{Calibration, Proposal, Question, Side};
use store::Said;

/// Questions of a sitting, as `upnext calibrate` asks when it is not told otherwise.
const QUESTIONS: usize = 20;

#[derive(Template)]
#[template(path = "calibrate.html")]
struct Page {
    shell: Shell,
    here: Here,
    /// The question that is open.
    question: Option<Question>,
    /// Whether a sitting is under way.
    sits: bool,
    answered: usize,
    may_answer: bool,
    has_hands: bool,
}

fn whose(visitor: &Visitor, here: &Here) -> Whose {
    Whose { who: visitor.who.clone(), project: here.gid.clone() }
}

pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    Path(project): Path<String>,
    visitor: Visitor,
) -> Result<Response, Refusal> {
    let here = Here::of(&dashboard, &visitor, project).await?;
    let may_answer = visitor.access.may(Clearance::Approver, &here.gid);
    let sitting = dashboard.sittings.of(&whose(&visitor, &here), dashboard.now());
    let (question, answered, sits) = match sitting {
        Some(sitting) => {
            let sitting = sitting.lock().await;
            (sitting.question.clone(), sitting.calibration.answered(), true)
        }
        None => {
            let kept = dashboard.store().answers(&here.gid).await?;
            let said = kept.iter().filter(|answer| answer.said != Said::Skipped && answer.used != "given");
            (None, said.count(), false)
        }
    };
    let shell = Shell::of(&visitor, format!("Calibrate – {}", here.name), "projects");
    let has_hands = dashboard.has_hands();
    Ok(html(&Page { shell, here, question, sits, answered, may_answer, has_hands }))
}

#[derive(Template)]
#[template(path = "calibrate_waits.html")]
struct Waits {
    shell: Shell,
    here: Here,
}

/// Reads the project and asks the first question.
pub(super) async fn begin(
    State(dashboard): State<Dashboard>,
    Path(project): Path<String>,
    signed: Signed,
) -> Result<Response, Refusal> {
    let Signed { visitor, fields } = signed;
    let here = Here::with(&dashboard, &visitor, (project, Clearance::Approver)).await?;
    let (whose, gid, how) = (whose(&visitor, &here), here.gid.clone(), visitor.deciding(&fields));
    let (sittings, at) = (dashboard.sittings.clone(), dashboard.now());
    // It is kept by the work itself, which goes on when the browser has had enough.
    let work = move |engine, now| async move {
        let mut calibration = Calibration::begin(&engine, &gid, now, &how).await?;
        let question = calibration.question(QUESTIONS);
        sittings.begin(whose, Sitting { calibration, question }, at);
        Ok(())
    };
    match dashboard.do_it(work).await? {
        Some(()) => Ok(see_other(&here.page("calibrate"))),
        None => Ok(html(&Waits { shell: Shell::of(&visitor, "Being read", "projects"), here })),
    }
}

/// Takes an answer to the question that is open, and no other.
pub(super) async fn answer(
    State(dashboard): State<Dashboard>,
    Path(project): Path<String>,
    signed: Signed,
) -> Result<Response, Refusal> {
    let Signed { visitor, fields } = signed;
    let here = Here::with(&dashboard, &visitor, (project, Clearance::Approver)).await?;
    // Answers are written into the store, which a dashboard that only reads does not do.
    if !dashboard.has_hands() {
        return Err(Refusal::Bad("This dashboard only reads.".into()));
    }
    let sitting = dashboard.sittings.of(&whose(&visitor, &here), dashboard.now());
    let Some(sitting) = sitting else { return Ok(see_other(&here.page("calibrate"))) };
    let mut sitting = sitting.lock_owned().await;
    let open = sitting.question.clone().filter(|open| is_about(open, &fields));
    // A page that was sent twice, or an old one, asks of something that is answered already.
    let Some(open) = open else { return Ok(see_other(&here.page("calibrate"))) };
    let (first, said) = match fields.get("answer") {
        Some("a") => (&open.a.gid, Said::First),
        Some("b") => (&open.b.gid, Said::First),
        Some("same") => (&open.a.gid, Said::Same),
        Some("skip") => (&open.a.gid, Said::Skipped),
        _ => return Err(Refusal::Bad("Say which comes first: go back and press a button.".into())),
    };
    sitting.calibration.answer(&open, first, said).await?;
    // Choosing the next weighs all pairs: not on a thread that serves other pages.
    let chosen = tokio::task::spawn_blocking(move || {
        let question = sitting.calibration.question(QUESTIONS);
        sitting.question = question;
    });
    chosen.await.map_err(|error| engine::EngineError::Stopped(error.to_string()))?;
    Ok(see_other(&here.page("calibrate")))
}

fn is_about(open: &Question, fields: &Fields) -> bool {
    fields.get("task_a") == Some(open.a.gid.as_str()) && fields.get("task_b") == Some(open.b.gid.as_str())
}

#[derive(Template)]
#[template(path = "calibrated.html")]
struct Calibrated {
    shell: Shell,
    here: Here,
    proposal: Proposal,
}

/// What the answers so far come to; a proposal is kept when they speak for one.
pub(super) async fn propose(
    State(dashboard): State<Dashboard>,
    Path(project): Path<String>,
    signed: Signed,
) -> Result<Response, Refusal> {
    let visitor = signed.visitor;
    let here = Here::with(&dashboard, &visitor, (project, Clearance::Approver)).await?;
    let whose = whose(&visitor, &here);
    let Some(sitting) = dashboard.sittings.of(&whose, dashboard.now()) else {
        return Ok(see_other(&here.page("calibrate")));
    };
    let sitting = sitting.lock_owned().await;
    let proposal = dashboard.do_it(move |_, _| async move { sitting.calibration.propose().await }).await?;
    let shell = Shell::of(&visitor, "Calibrated", "projects");
    match proposal {
        Some(proposal) => {
            if proposal.proposed.is_some() {
                dashboard.sittings.end(&whose);
            }
            Ok(html(&Calibrated { shell, here, proposal }))
        }
        None => Ok(html(&Waits { shell, here })),
    }
}

/// What is told of a task beside its name.
fn facts(side: &Side) -> String {
    let due = side.due_on.map(|day| format!("due {day}"));
    let fields = side.fields.iter().map(|(name, value)| format!("{name} {value}"));
    due.into_iter().chain(fields).collect::<Vec<_>>().join(" · ")
}

/// The two of a question, each with its letter.
fn sides(question: &Question) -> [(&'static str, &Side); 2] {
    [("a", &question.a), ("b", &question.b)]
}
