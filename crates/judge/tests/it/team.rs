//! A team's models: what is learned from a history, and when a candidate is put in force.

use crate::backlog::{EFFORT, PRIORITY, With, now, project, task};
use domain::{
    Band, FieldGid, FieldState, FieldValue, Happened, Happening, Measure, OptionGid, Past, SectionGid, Task,
    TaskGid, UserGid, Written,
};
use jiff::{Timestamp, ToSpan as _};
use judge::learn::team::{
    Decision, Decisions, History, Overruled, Stated, TeamConfidence, Verdict, confidence, effort, triage,
};
use judge::preset;
use std::collections::BTreeMap;

fn hours_ago(hours: i64) -> Timestamp {
    now().at - hours.hours()
}

/// A finished task, `nth` hours after the first.
fn done(nth: i64, task: Task) -> Past {
    let at = hours_ago(1_000 - nth);
    let task = Task { completed: true, created_at: at - 5.hours(), ..task };
    Past { task, completed_at: Some(at), actual_minutes: None, happenings: vec![] }
}

/// Two sorts of tasks: buttons take one point, migrations eight; every tenth is off by one.
fn sized(count: i64) -> Vec<Past> {
    let of = |nth: i64| {
        let (name, points) = if nth % 2 == 0 {
            ("Change the button colour", 1.0)
        } else {
            ("Write a database migration", 8.0)
        };
        let points = if nth % 10 == 0 { points + 1.0 } else { points };
        done(nth, Task { name: format!("{name} {nth}"), ..task(&format!("10{nth}")) }.effort(points))
    };
    (0..count).map(of).collect()
}

#[test]
fn effort_is_learned_with_its_figures_neighbours_and_interval() {
    let (frame, rubric) = (project(vec![]), preset("default").unwrap());
    let pasts = sized(120);
    let learned = effort(&History { frame: &frame, rubric: &rubric, pasts: &pasts }, None, 1);
    assert!(matches!(learned.report.verdict, Verdict::Promoted { .. }), "{:?}", learned.report);
    assert_eq!(learned.report.rows, 120);
    let mean = &learned.report.metrics[0];
    let (_, median) = mean.baseline.clone().unwrap();
    assert!(mean.value < 0.5 * median, "{mean:?}");
    let model = learned.model.unwrap();
    let asked = Task { name: "Write a database migration for invoices".into(), ..task("7") };
    let found = model.finding("model_1", &frame, &asked).unwrap();
    assert!((6.0..=9.5).contains(&found.effort), "{found:?}");
    assert!(found.low <= found.effort && found.effort <= found.high);
    assert!((3..=5).contains(&found.neighbours.len()));
    assert!(found.neighbours.iter().all(|like| like.name.contains("migration")), "{found:?}");
    assert_eq!((found.unit.as_str(), found.measure), ("Effort Estimate", Measure::EffortField));
    // A number of the team's own is not replaced.
    assert_eq!(model.finding("model_1", &frame, &asked.clone().effort(3.0)), None);
    // What is kept says the same.
    let kept: judge::learn::team::TeamEffort =
        serde_json::from_str(&serde_json::to_string(&model).unwrap()).unwrap();
    assert_eq!(kept.finding("model_1", &frame, &asked), Some(found));
}

#[test]
fn a_learned_effort_counts_and_names_itself_as_learned() {
    let rubric = preset("default").unwrap();
    let asked = task("7").value(9.0);
    let mut snapshot = project(vec![asked, task("8")]);
    let bare = judge::judge(&snapshot, &rubric, now(), &BTreeMap::new());
    let pasts = sized(60);
    let history = History { frame: &snapshot, rubric: &rubric, pasts: &pasts };
    let model = effort(&history, None, 1).model.unwrap();
    let findings =
        domain::Findings { effort: model.finding("model_1", &snapshot, &snapshot.tasks[0]), ratings: None };
    snapshot.evidence.tasks.insert(TaskGid::new("7"), findings.clone());
    let with = judge::judge(&snapshot, &rubric, now(), &BTreeMap::new());
    let of = |judgements: &[domain::Judgement]| {
        judgements.iter().find(|j| j.task.as_str() == "7").cloned().unwrap()
    };
    assert_eq!(of(&with).findings, findings);
    let words: Vec<String> = of(&with).reasons().iter().map(ToString::to_string).collect();
    assert!(words.iter().any(|word| word.starts_with("estimated at Effort Estimate")), "{words:?}");
    assert!(of(&with).missing.len() < of(&bare).missing.len());
    let sum: domain::Points = of(&with).contributions.iter().map(|c| c.points).sum();
    assert_eq!(sum, of(&with).score);
}

#[test]
fn too_little_history_says_how_much_is_needed() {
    let (frame, rubric) = (project(vec![]), preset("default").unwrap());
    let pasts = sized(8);
    let history = History { frame: &frame, rubric: &rubric, pasts: &pasts };
    let learned = effort(&history, None, 1);
    assert!(learned.model.is_none());
    assert!(
        matches!(learned.report.verdict, Verdict::NotEnoughHistory { have: 8, .. }),
        "{:?}",
        learned.report
    );
    assert!(matches!(triage(&history, None, (0.8, 1)).report.verdict, Verdict::NotEnoughHistory { .. }));
}

#[test]
fn a_candidate_that_is_worse_than_the_model_in_force_is_refused() {
    let (frame, rubric) = (project(vec![]), preset("default").unwrap());
    let pasts = sized(120);
    let live = effort(&History { frame: &frame, rubric: &rubric, pasts: &pasts }, None, 1).model.unwrap();
    // The same tasks, but what the older ones took has been spoilt.
    let mut spoilt = pasts.clone();
    for (nth, past) in spoilt.iter_mut().enumerate().take(84) {
        let points = FieldValue::Number(if nth % 3 == 0 { 13.0 } else { 40.0 });
        past.task.fields.insert(FieldGid::new(EFFORT), FieldState { value: Some(points), ours: None });
    }
    let history = History { frame: &frame, rubric: &rubric, pasts: &spoilt };
    let learned = effort(&history, Some(&live), 1);
    assert!(matches!(learned.report.verdict, Verdict::Refused { .. }), "{:?}", learned.report);
    // Learned again from the same history it is no worse than itself.
    let again = effort(&History { frame: &frame, rubric: &rubric, pasts: &pasts }, Some(&live), 1);
    assert!(matches!(again.report.verdict, Verdict::Promoted { .. }), "{:?}", again.report);
}

#[test]
fn without_an_effort_field_time_is_learned_from() {
    let (frame, rubric) = (project(vec![]), preset("default").unwrap());
    let mut pasts = sized(60);
    for past in &mut pasts {
        past.task.fields.clear();
        past.actual_minutes = Some(if past.task.name.contains("button") { 30.0 } else { 600.0 });
    }
    let history = History { frame: &frame, rubric: &rubric, pasts: &pasts };
    let model = effort(&history, None, 1).model.unwrap();
    let found =
        model.finding("m", &frame, &Task { name: "Change the button colour".into(), ..task("7") }).unwrap();
    assert_eq!((found.measure, found.unit.as_str()), (Measure::ActualTime, "minutes"));
    assert!(found.effort < 200.0, "{found:?}");
    for past in &mut pasts {
        past.actual_minutes = None;
        let taken_up = past.completed_at.unwrap() - 48.hours();
        let what = Happened::Section { old: SectionGid::new("31"), new: SectionGid::new("32") };
        past.happenings = vec![Happening { at: taken_up, by: None, what }];
    }
    let history = History { frame: &frame, rubric: &rubric, pasts: &pasts };
    let found = effort(&history, None, 1).model.unwrap().finding("m", &frame, &task("7")).unwrap();
    assert_eq!((found.measure, found.unit.as_str()), (Measure::CycleTime, "days"));
    assert!((found.effort - 2.0).abs() < 0.01, "{found:?}");
}

#[test]
fn requests_are_learned_from_labels_that_people_gave() {
    let mut frame = project(vec![]);
    frame.fields.push(crate::backlog::list("520", "Category", &["Bug", "Feature"]));
    frame.roles.0.insert(domain::Role::Category, vec![FieldGid::new("520")]);
    let rubric = preset("default").unwrap();
    let labelled = |nth: i64, ours: bool| {
        let bug = nth % 2 == 0;
        let name = if bug { "Crash when saving a file" } else { "Allow exporting to a spreadsheet" };
        let (option, label) = if bug { ("5200", "Bug") } else { ("5201", "Feature") };
        let mut past = done(nth, Task { name: format!("{name} {nth}"), ..task(&format!("20{nth}")) });
        let value = FieldValue::Enum { gid: OptionGid::new(option), name: label.into() };
        let written = Written { value: Some(value.clone()), at: now().at };
        let state = FieldState { value: Some(value), ours: ours.then_some(written) };
        past.task.fields.insert(FieldGid::new("520"), state);
        past
    };
    let pasts: Vec<Past> = (0..80).map(|nth| labelled(nth, false)).collect();
    let learned = triage(&History { frame: &frame, rubric: &rubric, pasts: &pasts }, None, (0.8, 1));
    assert!(matches!(learned.report.verdict, Verdict::Promoted { .. }), "{:?}", learned.report);
    let judged = learned.model.unwrap().judge(&Task { name: "Crash when closing".into(), ..task("7") }, 0.8);
    assert_eq!(judged.findings[1].ranking[0].0, "Bug");
    // What Upnext wrote itself teaches nothing.
    let ours: Vec<Past> = (0..80).map(|nth| labelled(nth, true)).collect();
    let learned = triage(&History { frame: &frame, rubric: &rubric, pasts: &ours }, None, (0.8, 1));
    assert!(learned.model.is_none());
}

fn stated(task: i64, percent: u8) -> Stated {
    Stated { task: TaskGid::new(format!("30{task}")), at: hours_ago(500), percent, band: Band::P1 }
}

#[test]
fn a_task_gives_one_decision() {
    let set = |name: &str| {
        let new = Some(FieldValue::Enum { gid: OptionGid::new("1"), name: name.into() });
        let what = Happened::Field { gid: FieldGid::new(PRIORITY), old: None, new };
        vec![Happening { at: hours_ago(400), by: Some(UserGid::new("5")), what }]
    };
    let past = |nth: i64, completed: bool, happenings| {
        let task = Task { completed, ..task(&format!("30{nth}")) };
        let completed_at = completed.then(|| hours_ago(300));
        Past { task, completed_at, actual_minutes: None, happenings }
    };
    let pasts = [
        past(1, true, set("P1")),
        past(2, false, set("p3")),
        past(3, true, vec![]),
        past(4, false, vec![]),
        past(5, true, vec![]),
        past(6, true, vec![]),
        past(7, true, vec![]),
    ];
    let stated: Vec<Stated> = [1, 2, 3, 4, 5, 7].map(|nth| stated(nth, 60)).to_vec();
    let overruled = [("305", 450), ("307", 460)]
        .map(|(task, ago)| Overruled { task: TaskGid::new(task), at: Some(hours_ago(ago)) });
    let options = Band::ALL.into_iter().map(|band| (band, band.label().to_owned())).collect();
    let field = FieldGid::new(PRIORITY);
    let ours = UserGid::new("900");
    let decisions = Decisions {
        stated: &stated,
        overruled: &overruled,
        // Of a yes and a replaced value, the later is what they think.
        approved: &[
            (TaskGid::new("304"), hours_ago(450)),
            (TaskGid::new("305"), hours_ago(460)),
            (TaskGid::new("307"), hours_ago(450)),
        ],
        pasts: &pasts,
        priority: Some(&field),
        options: &options,
        ours: &ours,
    };
    let mut told: Vec<(String, bool)> =
        decisions.all().into_iter().map(|one| (one.task.to_string(), one.accepted)).collect();
    told.sort();
    let expected =
        [("301", true), ("302", false), ("303", true), ("304", true), ("305", false), ("307", true)];
    assert_eq!(told, expected.map(|(task, accepted)| (task.to_owned(), accepted)));
}

/// Decisions where three of four are taken above a half and one of four below, whatever is stated.
fn decided(count: usize) -> Vec<Decision> {
    let of = |nth: usize| {
        let high = nth.is_multiple_of(2);
        Decision {
            task: TaskGid::new(nth.to_string()),
            at: hours_ago(1_000 - nth as i64),
            stated: if high { 0.95 } else { 0.45 },
            accepted: if high { !nth.is_multiple_of(8) } else { nth % 8 == 1 },
            how: String::new(),
        }
    };
    (0..count).map(of).collect()
}

#[test]
fn confidence_is_measured_from_a_hundred_decisions_on() {
    let few = confidence(&decided(99), None);
    assert!(matches!(few.report.verdict, Verdict::NotEnoughHistory { have: 99, needed: 100, .. }));
    let learned = confidence(&decided(200), None);
    assert!(matches!(learned.report.verdict, Verdict::Promoted { .. }), "{:?}", learned.report);
    let calibration = &learned.report.metrics[1];
    assert!(calibration.value < 0.05 && calibration.baseline.as_ref().unwrap().1 > 0.15, "{calibration:?}");
    let measured = learned.model.unwrap().measured();
    assert_eq!(measured.decisions, 200);
    let mut snapshot = project(vec![task("1").value(5.0).effort(2.0).priority("P1")]);
    let rubric = preset("default").unwrap();
    let before = judge::judge(&snapshot, &rubric, now(), &BTreeMap::new())[0].confidence;
    assert!(!before.calibrated && before.percent == before.stated);
    snapshot.evidence.confidence = Some(measured);
    let after = judge::judge(&snapshot, &rubric, now(), &BTreeMap::new())[0].confidence;
    assert!(after.calibrated && after.stated == before.stated);
    assert!([25, 75].contains(&after.percent), "{after:?}");
    // Nothing was decided on so low a confidence: it stays as it was stated.
    let steps = vec![(f64::from(after.stated + 1) / 100.0, 0.9)];
    snapshot.evidence.confidence = Some(domain::MeasuredConfidence { steps, decisions: 200 });
    let low = judge::judge(&snapshot, &rubric, now(), &BTreeMap::new())[0].confidence;
    assert!(low.percent == low.stated && !low.calibrated, "{low:?}");
}

#[test]
fn a_confidence_that_was_right_all_along_is_not_replaced_by_a_worse_one() {
    // Early decisions say the opposite of late ones: the curve fitted on them is worse than what was stated.
    let mut decisions = decided(200);
    decisions.iter_mut().take(140).for_each(|one| one.accepted = one.stated < 0.5);
    decisions.iter_mut().skip(140).for_each(|one| one.accepted = one.stated > 0.5);
    let learned = confidence(&decisions, None::<&TeamConfidence>);
    assert!(matches!(learned.report.verdict, Verdict::Refused { .. }), "{:?}", learned.report);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(24))]
    /// Whatever stands in the fields and texts of a history, learning from it ends, and what it finds is a number.
    #[test]
    fn a_poisoned_history_gives_finite_numbers(
        efforts in proptest::collection::vec(proptest::prop_oneof![
            proptest::prelude::any::<f64>(),
            proptest::prelude::Just(f64::NAN),
            proptest::prelude::Just(1e308),
            proptest::prelude::Just(-3.0),
            0.0..20.0f64,
        ], 0..60),
        name in "(<b>|\u{202e}|مهمة|👩‍💻|NaN|[a-z]{0,9}| |\u{0}){0,12}",
    ) {
        let (frame, rubric) = (project(vec![]), preset("default").unwrap());
        let of = |(nth, effort): (usize, &f64)| {
            done((nth / 3) as i64, Task { name: name.clone(), notes: "x".repeat(nth * 997 % 5_000), ..task(&format!("{nth}")) }
                .effort(*effort))
        };
        let pasts: Vec<Past> = efforts.iter().enumerate().map(of).collect();
        let history = History { frame: &frame, rubric: &rubric, pasts: &pasts };
        let learned = effort(&history, None, 1);
        proptest::prop_assert!(learned.report.metrics.iter().all(|metric| metric.value.is_finite()), "{:?}", learned.report);
        if let Some(model) = learned.model {
            let found = model.finding("m", &frame, &Task { name, ..task("7") });
            if let Some(found) = found {
                proptest::prop_assert!([found.low, found.effort, found.high].iter().all(|n| n.is_finite()), "{:?}", found);
                proptest::prop_assert!(found.low <= found.effort && found.effort <= found.high);
            }
            proptest::prop_assert!(serde_json::to_string(&model).is_ok());
        }
        proptest::prop_assert!(triage(&history, None, (0.8, 1)).model.is_none());
    }
}

#[test]
fn effort_is_learned_from_one_field_alone() {
    let mut frame = project(vec![]);
    frame.fields.push(crate::backlog::field("540", "Estimated time", domain::FieldKind::Number));
    frame.roles.0.insert(domain::Role::EffortEstimate, vec![FieldGid::new(EFFORT), FieldGid::new("540")]);
    let rubric = preset("default").unwrap();
    let mut pasts = sized(80);
    for past in pasts.iter_mut().take(30) {
        past.task.fields.clear();
        let minutes = FieldState { value: Some(FieldValue::Number(1_600.0)), ours: None };
        past.task.fields.insert(FieldGid::new("540"), minutes);
    }
    let learned = effort(&History { frame: &frame, rubric: &rubric, pasts: &pasts }, None, 1);
    assert_eq!(learned.report.rows, 50);
    let found = learned.model.unwrap().finding("m", &frame, &task("7")).unwrap();
    assert!(found.high < 20.0, "{found:?}");
}

#[test]
fn a_model_that_learned_less_does_not_replace_one_that_learned_more() {
    let mut frame = project(vec![]);
    frame.fields.push(crate::backlog::list("520", "Category", &["Bug", "Feature"]));
    frame.roles.0.insert(domain::Role::Category, vec![FieldGid::new("520")]);
    let rubric = preset("default").unwrap();
    let words = ["crash", "freeze", "error", "export", "allow", "support"];
    let labelled = |nth: i64| {
        let word = words[(nth % 6) as usize];
        let (option, label) = if nth % 6 < 3 { ("5200", "Bug") } else { ("5201", "Feature") };
        let mut past =
            done(nth, Task { name: format!("{word} of part {nth}"), ..task(&format!("20{nth:03}")) });
        let value = FieldValue::Enum { gid: OptionGid::new(option), name: label.into() };
        past.task.fields.insert(FieldGid::new("520"), FieldState { value: Some(value), ours: None });
        past
    };
    let all: Vec<Past> = (0..240).map(labelled).collect();
    let history = |pasts| History { frame: &frame, rubric: &rubric, pasts };
    let live = triage(&history(&all), None, (0.8, 1)).model.unwrap();
    // Half of the labels of the newest are spoilt, and they are all there is to learn from now.
    let mut few: Vec<Past> = all[200..].to_vec();
    for past in few.iter_mut().take(28).step_by(2) {
        let value = FieldValue::Enum { gid: OptionGid::new("5200"), name: "Bug".into() };
        past.task.fields.insert(FieldGid::new("520"), FieldState { value: Some(value), ours: None });
    }
    let learned = triage(&history(&few), Some(&live), (0.8, 1));
    assert!(matches!(learned.report.verdict, Verdict::Refused { .. }), "{:?}", learned.report);
}

/// Of a version's two labels one is learned better and the other worse: the one is taken, the other stays as it was.
#[test]
fn each_label_is_taken_by_itself() {
    let mut frame = project(vec![]);
    frame.fields.push(crate::backlog::list("520", "Category", &["Bug", "Feature"]));
    frame.fields.push(crate::backlog::list("521", "Size", &["Small", "Large"]));
    frame.roles.0.insert(domain::Role::Category, vec![FieldGid::new("520")]);
    frame.roles.0.insert(domain::Role::Complexity, vec![FieldGid::new("521")]);
    let rubric = preset("default").unwrap();
    // Of the older 56 of 80 tasks, one field may hold the same option everywhere.
    let made = |spoilt: &str| -> Vec<Past> {
        let of = |nth: i64| {
            let first = nth % 2 == 0;
            let name = if first { "Crash when saving a file" } else { "Allow exporting to a spreadsheet" };
            let mut past = done(nth, Task { name: format!("{name} {nth}"), ..task(&format!("30{nth:02}")) });
            for (field, options) in [("520", ["Bug", "Feature"]), ("521", ["Small", "Large"])] {
                let is_spoilt = field == spoilt && nth < 56;
                let at = usize::from(!first && !is_spoilt);
                let value = FieldValue::Enum {
                    gid: OptionGid::new(format!("{field}{at}")),
                    name: options[at].into(),
                };
                past.task.fields.insert(FieldGid::new(field), FieldState { value: Some(value), ours: None });
            }
            past
        };
        (0..80).map(of).collect()
    };
    let learned = |pasts: &[Past], live: Option<&_>| {
        triage(&History { frame: &frame, rubric: &rubric, pasts }, live, (0.8, 1))
    };
    let live = learned(&made("520"), None).model.unwrap();
    let next = learned(&made("521"), Some(&live));
    let Verdict::Promoted { why } = &next.report.verdict else { panic!("{:?}", next.report) };
    assert!(why.contains("complexity stays as it was: of 24 held-back tasks it had 12 wrong"), "{why}");
    let next = next.model.unwrap();
    let first = |model: &judge::learn::team::TeamTriage| {
        let asked = Task { name: "Allow exporting to a spreadsheet".into(), ..task("7") };
        let found = model.judge(&asked, 0.8).findings;
        [1, 2].map(|at: usize| found[at].ranking[0].0.clone())
    };
    assert_eq!(first(&live), ["Bug", "Large"]);
    assert_eq!(first(&next), ["Feature", "Large"]);
    // What was taken over is still compared with what it had said itself, also as it is kept.
    let kept: judge::learn::team::TeamTriage =
        serde_json::from_str(&serde_json::to_string(&next).unwrap()).unwrap();
    let again = learned(&made("521"), Some(&kept));
    let Verdict::Promoted { why } = &again.report.verdict else { panic!("{:?}", again.report) };
    assert!(why.contains("complexity stays as it was: of 24 held-back tasks it had 12 wrong"), "{why}");
    assert_eq!(first(&again.model.unwrap()), ["Feature", "Large"]);
}
