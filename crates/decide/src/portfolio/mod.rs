//! The portfolio's plan: each project's priority and its reasons into fields of the portfolio, and one status update.
//!
//! Values of a portfolio's fields are values of its projects, written on each project; one in phase shadow is left out, of the status
//! update too. A value that is neither ours nor missing is kept: a person set it, or another portfolio's run. Deliberately not here:
//! ranking (`judge::portfolio`). Known limit: fields are not made: people add them to the portfolio.

mod pages;

pub use pages::{PortfolioFindings, portfolio_document};

use crate::groom::Rules;
use crate::policy::Policy;
use crate::words::projects;
use domain::{
    ASANA_TEXT_LIMIT, Action, ActionId, Consent, Digest, FieldChange, FieldDef, FieldKind, FieldState,
    FieldValue, HeldProject, Moment, Owner, Phase, Plan, PlanId, PlanKind, PlannedAction, ProjectGid,
    Snapshot, fit,
};
use jiff::civil::Date;
use judge::portfolio::{Criterion, Ranked};
use std::collections::BTreeMap;

/// The field of a portfolio that holds a project's priority, a number.
pub const PRIORITY_FIELD: &str = "AI Project Priority";
/// The field that holds its reasons, a text.
pub const RATIONALE_FIELD: &str = "AI Project Rationale";
/// How a status update of ours is titled; the day follows.
const STATUS_TITLE: &str = "Upnext · status of";
/// Expected days late from which a project is off track rather than at risk: two weeks.
const OFF_TRACK: f64 = 14.0;

/// Why a project stands where it stands, for a text field.
#[must_use]
pub fn project_rationale(ranked: &Ranked) -> String {
    let mut lines = vec![format!("{} of 100, place {}", ranked.priority, ranked.place)];
    for one in &ranked.contributions {
        lines.push(format!("{} +{}: {}", one.criterion.word(), one.points, one.because));
    }
    if !ranked.unknown.is_empty() {
        let words: Vec<&str> = ranked.unknown.iter().map(|criterion| criterion.word()).collect();
        lines.push(format!("Not known: {}", words.join(", ")));
    }
    fit(&lines.join("\n"), ASANA_TEXT_LIMIT)
}

/// `on_track`, `at_risk` or `off_track`, by the latest of the projects and what is used of budgets and goals.
#[must_use]
pub fn status(ranked: &[Ranked]) -> &'static str {
    let most = ranked.iter().filter_map(|one| one.late_days).fold(0.0, f64::max);
    let half = |one: &&judge::portfolio::Contribution| 2 * one.points.tenths() >= one.most.tenths();
    let endangered =
        ranked.iter().flat_map(|one| &one.contributions).filter(|c| c.criterion != Criterion::Worth);
    match most {
        days if days >= OFF_TRACK => "off_track",
        days if days >= 1.0 => "at_risk",
        _ if endangered.filter(half).count() > 0 => "at_risk",
        _ => "on_track",
    }
}

/// The title of a day's status update.
#[must_use]
pub fn status_title(day: Date) -> String {
    format!("{STATUS_TITLE} {day}")
}

/// The status update: the first projects with their reasons.
#[must_use]
pub fn status_text(ranked: &[Ranked]) -> String {
    const NAMED: usize = 5;
    let mut lines = vec![format!(
        "{} {} by the attention they need (automatic; people decide):",
        ranked.len(),
        projects(ranked.len())
    )];
    for one in ranked.iter().take(NAMED) {
        let mut why: Vec<&judge::portfolio::Contribution> =
            one.contributions.iter().filter(|c| c.points > domain::Points::ZERO).collect();
        why.sort_by_key(|c| std::cmp::Reverse(c.points));
        let why: Vec<String> = why
            .iter()
            .take(3)
            .map(|c| format!("{} +{} ({})", c.criterion.word(), c.points, fit(&c.because, 120)))
            .collect();
        lines.push(format!(
            "{}. {} – {}: {}",
            one.place,
            fit(&one.project.name, 80),
            one.priority,
            why.join("; ")
        ));
    }
    lines.join("\n")
}

/// The projects that a status update may name: those that are not in phase shadow.
#[must_use]
pub fn told_of(ranked: &[Ranked], held: &BTreeMap<ProjectGid, HeldProject>) -> Vec<Ranked> {
    let speaks = |one: &&Ranked| held.get(&one.project.gid).is_some_and(|held| held.phase != Phase::Shadow);
    ranked.iter().filter(speaks).cloned().collect()
}

/// The plan. `frame` is the portfolio as a snapshot: its name, the fields set on it, what stands on its projects, and no task.
#[must_use]
pub fn plan_portfolio(
    frame: &Snapshot,
    policy: &Policy,
    ranked: &[Ranked],
    rules: &Rules,
    now: Moment,
) -> Plan {
    let mut notes = vec![];
    let fields = Fields::of(frame, &mut notes);
    let mut actions: Vec<PlannedAction> =
        ranked.iter().filter_map(|one| of_project(one, &fields, &frame.held, &mut notes)).collect();
    let told = told_of(ranked, &frame.held);
    if policy.phase == Phase::Shadow {
        notes.push("phase shadow: no status update is posted".to_owned());
        actions.clear();
    } else if !told.is_empty() {
        let action = Action::PostStatus {
            parent: frame.project.gid.to_string(),
            title: status_title(now.today),
            text: status_text(&told),
            status: status(&told).to_owned(),
        };
        actions.push(planned("act_portfolio_status".to_owned(), action, "how the portfolio stands"));
    }
    let digest = frame.digest();
    let id = Digest::of(&("portfolio", &digest, &rules.digest, now));
    Plan {
        id: PlanId::new(format!("plan_{}", &id.as_str()[..16])),
        kind: PlanKind::Portfolio,
        project: frame.project.clone(),
        now,
        phase: policy.phase,
        rubric: rules.rubric.clone(),
        snapshot: digest,
        actions,
        skipped: vec![],
        kept: vec![],
        notes,
    }
}

/// The portfolio's fields that are written.
struct Fields<'a> {
    priority: Option<&'a FieldDef>,
    rationale: Option<&'a FieldDef>,
}

impl<'a> Fields<'a> {
    fn of(frame: &'a Snapshot, notes: &mut Vec<String>) -> Fields<'a> {
        let mut field = |name: &str, kind: FieldKind| {
            let is =
                |f: &&FieldDef| f.name.trim().eq_ignore_ascii_case(name) && f.kind == kind && !f.read_only;
            let found = frame.fields.iter().find(is);
            if found.is_none() {
                let kind = kind.asana_name();
                notes.push(format!(
                    "the portfolio has no {kind} field “{name}”, so it is not written: add it to the portfolio in Asana"
                ));
            }
            found
        };
        Fields {
            priority: field(PRIORITY_FIELD, FieldKind::Number),
            rationale: field(RATIONALE_FIELD, FieldKind::Text),
        }
    }
}

/// The writes to one project; nothing, with a note, where it may not be written to.
fn of_project(
    one: &Ranked,
    fields: &Fields<'_>,
    held: &BTreeMap<ProjectGid, HeldProject>,
    notes: &mut Vec<String>,
) -> Option<PlannedAction> {
    let (gid, name) = (&one.project.gid, &one.project.name);
    let held = held.get(gid);
    if held.is_some_and(|held| held.phase == Phase::Shadow) {
        notes.push(format!(
            "{name} is in phase shadow: nothing is written to it, and the status update leaves it out"
        ));
        return None;
    }
    let Some((held, values)) = held.and_then(|held| Some((held, held.fields.as_ref()?))) else {
        notes.push(format!("the values of {name} could not be read, so nothing is written to it"));
        return None;
    };
    let wanted = [
        fields.priority.map(|f| (f, FieldValue::Number(f.round(one.priority.to_f64())))),
        fields.rationale.map(|f| (f, FieldValue::Text(project_rationale(one)))),
    ];
    let mut changes = vec![];
    for (field, new) in wanted.into_iter().flatten() {
        let state = values.get(&field.gid).cloned().unwrap_or_default();
        match kept(field, &state, held.elsewhere.get(&field.gid)) {
            _ if state.value.as_ref() == Some(&new) => {}
            Some(why) => notes.push(format!("{name}: {why}")),
            None => changes.push(FieldChange {
                field: field.gid.clone(),
                name: field.name.clone(),
                expected: state.value,
                new: Some(new),
            }),
        }
    }
    if changes.is_empty() {
        return None;
    }
    let action = Action::SetProjectFields { project: gid.clone(), name: name.clone(), changes };
    Some(planned(format!("act_portfolio_{gid}"), action, &format!("place {} of the portfolio", one.place)))
}

/// Why a value is kept, if it is: it is there and not ours. An empty field is nobody's: clearing it gives it back.
fn kept(field: &FieldDef, state: &FieldState, elsewhere: Option<&ProjectGid>) -> Option<String> {
    let value = state.value.as_ref().filter(|_| state.owner() == Owner::Person)?;
    let (name, value) = (&field.name, fit(&value.to_string(), 80));
    Some(match elsewhere {
        Some(portfolio) => {
            format!("“{name}” holds what the portfolio {portfolio} wrote ({value}), so it is kept")
        }
        None => format!(
            "“{name}” holds {value}, which Upnext did not write, so it is kept: empty the field to have it written"
        ),
    })
}

fn planned(id: String, action: Action, reason: &str) -> PlannedAction {
    PlannedAction { id: ActionId::new(id), action, reason: reason.to_owned(), consent: Consent::Given }
}
