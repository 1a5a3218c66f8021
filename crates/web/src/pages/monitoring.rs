//! `/monitoring`: how well it works: coverage, what people keep and change, calibration, requests and cost.
//!
//! Deliberately not here: counting (`engine::views`).

use super::charts::{Point, Rect, columns, scatter};
use super::{Shell, words};
use crate::dashboard::{Dashboard, Refusal, Visitor, html};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use engine::BandAnswers;
use engine::views::{BarView, CalibrationView, Churn, Coverage, FieldFate, Monitoring, WeekOfPeople, share};

/// The box of the columns of days.
const DAYS: (f64, f64) = (640.0, 120.0);

/// The box of a reliability diagram.
const DIAGRAM: (f64, f64) = (220.0, 220.0);

#[derive(Template)]
#[template(path = "monitoring.html")]
struct Page {
    shell: Shell,
    view: Monitoring,
    /// Requests a minute that Asana is asked at most; none where it is not asked from here.
    limit: Option<u64>,
    requests: Vec<Rect>,
    reads: u64,
    writes: u64,
    runs: u64,
    costs: Vec<Rect>,
    dollars: f64,
    questions: u64,
    unanswered: u64,
    without_cost: u64,
}

pub(super) async fn show(State(dashboard): State<Dashboard>, visitor: Visitor) -> Result<Response, Refusal> {
    let view = dashboard.views.monitoring(&visitor.access, dashboard.now()).await?;
    let requests: Vec<(Vec<f64>, String)> = view
        .requests
        .iter()
        .map(|day| {
            let (reads, writes) = (words::count(day.reads), words::count(day.writes));
            let label = format!("{}: {reads} reads, {writes} writes", day.day.strftime("%F"));
            (vec![day.reads as f64, day.writes as f64], label)
        })
        .collect();
    let costs: Vec<(Vec<f64>, String)> = view
        .costs
        .iter()
        .map(|day| {
            let label = format!(
                "{}: {}, {}",
                day.day,
                words::dollars(&day.cost.dollars),
                words::counted(day.cost.questions, "question", "questions")
            );
            (vec![day.cost.dollars], label)
        })
        .collect();
    let page = Page {
        shell: Shell::of(&visitor, "Monitoring", "monitoring"),
        limit: dashboard.requests_per_minute().map(u64::from),
        requests: columns(&requests, DAYS),
        costs: columns(&costs, DAYS),
        reads: view.requests.iter().map(|day| day.reads).sum(),
        writes: view.requests.iter().map(|day| day.writes).sum(),
        runs: view.requests.iter().map(|day| day.runs).sum(),
        dollars: view.costs.iter().map(|day| day.cost.dollars).sum(),
        questions: view.costs.iter().map(|day| day.cost.questions).sum(),
        unanswered: view.costs.iter().map(|day| day.cost.unanswered).sum(),
        without_cost: view.costs.iter().map(|day| day.cost.without_cost).sum(),
        view,
    };
    Ok(html(&page))
}

/// A share in words; a dash of nothing.
fn part(part: usize, whole: usize) -> String {
    share(part, whole).map_or_else(|| "–".into(), |share| words::percent(&share))
}

/// Scored tasks that have everything the rubric asks for.
fn complete(coverage: &Coverage) -> String {
    part(coverage.complete, coverage.scored)
}

/// Priorities set by people that are the suggested ones.
fn agreeing((set, agree): &(usize, usize)) -> String {
    part(*agree, *set)
}

/// The share of yes.
fn accepted(answers: &BandAnswers) -> String {
    part(answers.yes, answers.yes + answers.no)
}

/// Whether anybody said or replaced anything in these weeks.
fn is_told(course: &[WeekOfPeople]) -> bool {
    course.iter().any(|week| week.yes + week.no + week.replaced > 0)
}

/// A column a week.
fn weeks(course: &[WeekOfPeople]) -> Vec<Rect> {
    let column = |week: &WeekOfPeople| {
        let parts = [week.yes, week.no, week.replaced].map(|count| count as f64);
        let (yes, no) = (words::count(week.yes), words::count(week.no));
        let label = format!("{}: {yes} yes, {no} no, {} replaced", week.monday, words::count(week.replaced));
        (parts.to_vec(), label)
    };
    columns(&course.iter().map(column).collect::<Vec<_>>(), DAYS)
}

/// The share of yes in a week.
fn accepted_then(week: &WeekOfPeople) -> String {
    part(week.yes, week.yes + week.no)
}

/// The columns in words.
fn course_words(course: &[WeekOfPeople]) -> String {
    let sum = |of: fn(&WeekOfPeople) -> usize| course.iter().map(of).sum::<usize>();
    let (yes, no) = (words::count(sum(|week| week.yes)), words::count(sum(|week| week.no)));
    let replaced = words::counted(sum(|week| week.replaced), "value replaced", "values replaced");
    let weeks = words::counted(course.len(), "week", "weeks");
    format!("What people did a week, over {weeks}: {yes} yes, {no} no, {replaced}")
}

/// Tasks that were put in more than one band.
fn moved(churn: &Churn) -> String {
    let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    part(count(churn.moved), count(churn.judged))
}

/// Seconds, to a tenth below ten.
fn seconds(of: &f64) -> String {
    if *of < 10.0 { format!("{of:.1}\u{a0}s") } else { format!("{of:.0}\u{a0}s") }
}

/// The share of what the limit allows in a day that the busiest day took.
fn used(view: &Monitoring, limit: &u64) -> String {
    const MINUTES: f64 = 1440.0;
    let most = view.requests.iter().map(|day| day.reads + day.writes).max().unwrap_or(0);
    words::percent(&(100.0 * most as f64 / ((*limit).max(1) as f64 * MINUTES)))
}

/// Values of a field that still stand.
fn stands(fate: &FieldFate) -> String {
    part(fate.stands, fate.stands + fate.changed)
}

fn dots(bars: &[BarView]) -> Vec<Point> {
    let dot = |bar: &BarView| {
        let label = format!(
            "stated {}, taken {} of {}",
            words::percent(&bar.stated),
            words::percent(&bar.taken),
            words::counted(bar.decisions, "decision", "decisions")
        );
        (bar.stated, bar.taken, bar.decisions, label)
    };
    scatter(&bars.iter().map(dot).collect::<Vec<_>>(), DIAGRAM)
}

/// The diagram in words.
fn diagram_words(found: &CalibrationView) -> String {
    let each = |bars| dots(bars).into_iter().map(|dot| dot.label).collect::<Vec<_>>().join("; ");
    format!("Confidence as it is told now: {}. As it was stated: {}", each(&found.after), each(&found.before))
}
