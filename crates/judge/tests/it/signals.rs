//! Each signal reads what its documentation says, the example first.

use crate::backlog::{EFFORT, PRIORITY, VALUE, With, goal, list, now, project, task};
use crate::verdict::{of, only, rubric, verdicts};
use domain::{FieldGid, GoalStatus, NumberFormat, Role, Snapshot, Support, Task};

/// The score of the task `1` by this signal alone: 100 times its strength.
fn reads(signal: &str, snapshot: &Snapshot) -> f64 {
    of(&verdicts(snapshot, &only(signal)), "1").score.to_f64()
}

fn alone(signal: &str, task: Task) -> f64 {
    reads(signal, &project(vec![task]))
}

#[test]
fn age() {
    assert_eq!(alone("age", task("1").created(73)), 20.0);
    assert_eq!(alone("age", task("1").created(365)), 100.0);
    assert_eq!(alone("age", task("1").created(3_000)), 100.0);
    assert_eq!(alone("age", task("1")), 0.0);
    // A clock behind Asana's makes nothing younger than new.
    assert_eq!(alone("age", task("1").created(-2)), 0.0);
}

#[test]
fn business_value() {
    assert_eq!(alone("business_value", task("1").value(8.0)), 80.0);
    assert_eq!(alone("business_value", task("1").value(-3.0)), 0.0);
    // The scale is the next power of ten over every value of the project.
    let wide = project(vec![task("1").value(8.0), task("2").value(55.0)]);
    assert_eq!(reads("business_value", &wide), 8.0);
    let full = project(vec![task("1").value(100.0), task("2").value(55.0)]);
    assert_eq!(reads("business_value", &full), 100.0);
}

#[test]
fn business_value_of_a_list_counts_by_place_or_as_configured() {
    let mut snapshot = project(vec![task("1").option("600", "6001", "Some")]);
    snapshot.fields.push(list("600", "Worth", &["Lots", "Some"]));
    snapshot.roles.0.insert(Role::BusinessValue, vec![FieldGid::new("600")]);
    assert_eq!(reads("business_value", &snapshot), 50.0);
    let configured = rubric(
        "values = { Worth = { Lots = 10, Some = 3 } }\n\
         [[criterion]]\nname = 'it'\nweight = 1\nsignals = { business_value = 1.0 }",
    );
    assert_eq!(verdicts(&snapshot, &configured)[0].score.to_f64(), 30.0);
}

#[test]
fn comment_activity() {
    let two = |days| task("1").comment("7", days).comment("8", days);
    assert_eq!(alone("comment_activity", two(1)), 56.3);
    assert_eq!(alone("comment_activity", two(45)), 15.2);
    // One person often is not several.
    let once = alone("comment_activity", task("1").comment("7", 1));
    assert_eq!(alone("comment_activity", task("1").comment("7", 9).comment("7", 1).comment("7", 1)), once);
    assert_eq!(once, 33.9);
}

#[test]
fn due_slack() {
    assert_eq!(alone("due_slack", task("1").due(10).effort(5.0)), 61.9);
    assert_eq!(alone("due_slack", task("1").due(14)), 20.0);
    assert_eq!(alone("due_slack", task("1").due(-7)), 100.0);
    assert_eq!(alone("due_slack", task("1").due(-400)), 100.0);
    assert_eq!(alone("due_slack", task("1").due(90)), 0.0);
    assert_eq!(alone("due_slack", task("1").due(900)), 0.0);
    assert_eq!(alone("due_slack", task("1")), 0.0);
}

#[test]
fn due_slack_of_a_moment_counts_from_now() {
    let mut at_midnight = task("1").due(1);
    at_midnight.due_at = Some("2026-06-16T00:00:00Z".parse().unwrap());
    // Twelve hours are no whole day.
    assert_eq!(alone("due_slack", at_midnight), alone("due_slack", task("1").due(0)));
}

#[test]
fn effort() {
    assert_eq!(alone("effort", task("1").effort(2.0).value(8.0)), 56.3);
    assert_eq!(alone("effort", task("1").effort(40.0).value(10.0)), 0.0);
    assert_eq!(alone("effort", task("1").effort(0.0).value(10.0)), 100.0);
    // Easy and worthless is worthless.
    assert_eq!(alone("effort", task("1").effort(0.0)), 0.0);
    // The stronger of value and a person's priority counts.
    assert_eq!(alone("effort", task("1").effort(0.0).value(1.0).priority("P1")), 75.0);
}

#[test]
fn effort_in_a_duration_field_is_minutes() {
    let mut snapshot = project(vec![task("1").effort(960.0).value(8.0)]);
    let field = snapshot.fields.iter_mut().find(|f| f.gid.as_str() == EFFORT).unwrap();
    field.format = NumberFormat::Duration;
    assert_eq!(reads("effort", &snapshot), 56.3);
}

#[test]
fn existing_priority() {
    for (label, strength) in [("P0", 100.0), ("P1", 75.0), ("P2", 50.0), ("P3", 25.0)] {
        assert_eq!(alone("existing_priority", task("1").priority(label)), strength, "{label}");
    }
    let mut words = project(vec![task("1").option(PRIORITY, "9", " major")]);
    assert_eq!(reads("existing_priority", &words), 60.0);
    // Words nobody knows count by their place in the list.
    words.fields.retain(|f| f.gid.as_str() != PRIORITY);
    words.fields.push(list(PRIORITY, "Priority", &["Ouch", "Hm", "Meh", "Nah"]));
    words.tasks = vec![task("1").option(PRIORITY, "5032", "Meh")];
    assert_eq!(reads("existing_priority", &words), 50.0);
}

#[test]
fn a_priority_upnext_wrote_is_no_evidence() {
    let mut written = task("1").priority("P0");
    let state = written.fields.get_mut(&FieldGid::new(PRIORITY)).unwrap();
    state.ours = Some(domain::Written { value: state.value.clone(), at: now().at });
    let snapshot = project(vec![written, task("2").priority("P3")]);
    let judgements = verdicts(&snapshot, &only("existing_priority"));
    assert_eq!(of(&judgements, "1").score.to_f64(), 0.0);
    assert_eq!(of(&judgements, "1").missing.len(), 1);
    assert_eq!(of(&judgements, "2").score.to_f64(), 25.0);
}

#[test]
fn goal_links() {
    let mut snapshot = project(vec![task("1"), task("2")]);
    let mut churn = goal("70", GoalStatus::Yellow, &["1"]);
    churn.supports.push(Support::Project { gid: snapshot.project.gid.clone(), weight: 1.0 });
    snapshot.goals = vec![goal("71", GoalStatus::Green, &["1"]), churn];
    let judgements = verdicts(&snapshot, &only("goal_links"));
    // The strongest goal counts, and a task's own link more than its project's.
    assert_eq!(of(&judgements, "1").score.to_f64(), 90.0);
    assert_eq!(of(&judgements, "2").score.to_f64(), 54.0);
    // Closed goals are done with.
    snapshot.goals = vec![goal("71", GoalStatus::Achieved, &["1"]), goal("72", GoalStatus::Red, &["2"])];
    let judgements = verdicts(&snapshot, &only("goal_links"));
    assert_eq!(of(&judgements, "1").score.to_f64(), 0.0);
    assert_eq!(of(&judgements, "2").score.to_f64(), 100.0);
}

#[test]
fn goals_that_could_not_be_read_are_missing_not_absent() {
    let mut snapshot = project(vec![task("1").value(5.0)]);
    let two = rubric(
        "[[criterion]]\nname = 'goals'\nweight = 1\nsignals = { goal_links = 1.0 }\n\
         [[criterion]]\nname = 'worth'\nweight = 1\nsignals = { business_value = 1.0 }",
    );
    assert!(verdicts(&snapshot, &two)[0].missing.is_empty());
    snapshot.goals_read = false;
    let judgement = verdicts(&snapshot, &two).swap_remove(0);
    assert_eq!(judgement.missing[0].input, "goal_links");
    assert_eq!(judgement.confidence.percent, 50);
}

#[test]
fn stakeholders() {
    let named = rubric(
        "stakeholders = { 'Person 7' = 1.0, 8 = 0.4 }\n\
         [[criterion]]\nname = 'it'\nweight = 1\nsignals = { stakeholders = 1.0 }",
    );
    let scored = |task| verdicts(&project(vec![task]), &named)[0].score.to_f64();
    assert_eq!(scored(task("1").comment("7", 30)), 50.0);
    // By name or by gid, the weightiest alone.
    assert_eq!(scored(task("1").comment("8", 0)), 40.0);
    assert_eq!(scored(task("1").comment("8", 0).comment("7", 30)), 50.0);
    assert_eq!(scored(task("1").comment("9", 0)), 0.0);
}

#[test]
fn start_date() {
    assert_eq!(alone("start_date", task("1").starts(-3)), 100.0);
    assert_eq!(alone("start_date", task("1").starts(3)), 57.1);
    assert_eq!(alone("start_date", task("1").starts(7)), 0.0);
}

#[test]
fn text_that_is_a_number_counts_as_one() {
    let mut snapshot = project(vec![task("1")]);
    let text = domain::FieldState { value: Some(domain::FieldValue::Text(" 7 ".into())), ours: None };
    snapshot.tasks[0].fields.insert(FieldGid::new(VALUE), text);
    assert_eq!(reads("business_value", &snapshot), 70.0);
}

#[test]
fn every_signal_has_a_case_here() {
    let cases = include_str!("signals.rs");
    for signal in &judge::signals::SIGNALS {
        let named = cases.contains(&format!("fn {}()", signal.name));
        let in_graph = include_str!("graph.rs").contains(signal.name);
        assert!(named || in_graph, "{} has none", signal.name);
    }
}

fn said(task: Task, text: &str) -> Task {
    let mut task = task.comment("7", 1);
    task.comments[0].text = text.into();
    task
}

#[test]
fn comment_sentiment() {
    let reads_of = |text: &str| alone("comment_sentiment", said(task("1"), text));
    assert_eq!(reads_of("Any update? We need this ASAP"), 40.6);
    assert_eq!(reads_of("Production is down for us"), 58.1);
    assert_eq!(reads_of("This is terrible and awful, I hate it"), 23.2);
    assert_eq!(reads_of("Not urgent, thanks a lot"), 0.0);
    let named = rubric(
        "[stakeholders]\n\"Person 7\" = 1.0\n\
         [[criterion]]\nname = 'it'\nweight = 1\nsignals = { comment_sentiment = 1.0 }",
    );
    let snapshot = project(vec![said(task("1"), "Any update? We need this ASAP")]);
    let judged = verdicts(&snapshot, &named);
    assert_eq!(judged[0].score.to_f64(), 67.7);
    let words = judged[0].reasons()[0].to_string();
    assert_eq!(words, "time is short: “Any update? We need this ASAP” by Person 7, yesterday");
}

#[test]
fn goal_text() {
    let mut snapshot = project(vec![
        Task { name: "Exit survey for churn".into(), notes: String::new(), ..task("1") },
        Task { name: "Repaint the lobby".into(), ..task("2") },
    ]);
    let mut churn = goal("70", GoalStatus::Yellow, &[]);
    churn.name = "Cut churn in Europe".into();
    churn.notes = "Customers leave after the first survey.".into();
    snapshot.goals = vec![churn];
    // One of three words of the name, and of the description one at a third.
    assert_eq!(reads("goal_text", &snapshot), 40.0);
    let judged = verdicts(&snapshot, &only("goal_text"));
    assert_eq!(of(&judged, "2").score.to_f64(), 0.0);
    let words = of(&judged, "1").reasons()[0].to_string();
    assert_eq!(words, "speaks of the goal “Cut churn in Europe” (at risk): churn, survey");
    // A closed goal is spoken of in vain.
    snapshot.goals[0].status = GoalStatus::Achieved;
    assert_eq!(reads("goal_text", &snapshot), 0.0);
}

#[test]
fn a_goal_counts_by_its_time_and_the_weight_of_the_contribution() {
    let with = |start: Option<i64>, due: Option<i64>, weight: f64| {
        let mut goal = goal("70", GoalStatus::Yellow, &["1"]);
        goal.start_on = start.map(crate::backlog::day);
        goal.due_on = due.map(crate::backlog::day);
        goal.supports = vec![Support::Task { gid: domain::TaskGid::new("1"), weight }];
        let mut snapshot = project(vec![task("1")]);
        snapshot.goals = vec![goal];
        reads("goal_links", &snapshot)
    };
    assert_eq!(with(Some(-10), Some(10), 1.0), 90.0);
    assert_eq!(with(Some(10), Some(100), 1.0), 45.0);
    assert_eq!(with(Some(-100), Some(-10), 1.0), 63.0);
    assert_eq!(with(None, None, 0.5), 76.5);
    // Asana's 0 says nothing.
    assert_eq!(with(None, None, 0.0), 90.0);
}

proptest::proptest! {
    /// Whatever is written into one task, no other task's score changes.
    #[test]
    fn a_text_moves_no_other_task(name in ".{0,60}", notes in "(urgent|churn|goal|Europe|[a-z]{1,9}| ){0,40}", comment in ".{0,80}") {
        let made = |at: usize| {
            let task = task(&at.to_string()).value(at as f64).comment("8", at as i64);
            Task { name: format!("Task {at} about churn"), ..task }
        };
        let mut snapshot = project((1..6).map(made).collect());
        let mut churn = goal("70", GoalStatus::Red, &["2"]);
        churn.name = "Cut churn in Europe".into();
        snapshot.goals = vec![churn];
        let rubric = judge::preset("default").unwrap();
        let before = verdicts(&snapshot, &rubric);
        snapshot.tasks[0].name = name;
        snapshot.tasks[0].notes = notes;
        snapshot.tasks[0].comments[0].text = comment;
        let after = verdicts(&snapshot, &rubric);
        for other in ["2", "3", "4", "5"] {
            proptest::prop_assert_eq!(of(&before, other).score, of(&after, other).score);
        }
        // And its own by no more than goal and comments may give by words.
        let moved = of(&before, "1").score.distance(of(&after, "1").score).to_f64();
        proptest::prop_assert!(moved <= 7.0, "moved by {}", moved);
    }
}

/// Goals of the workspace that no task is linked to take no more weight than texts may fill.
#[test]
fn goals_without_links_cost_nothing() {
    let tasks = || vec![task("1").value(10.0).priority("P0").due(-3), task("2").value(2.0)];
    let rubric = judge::preset("default").unwrap();
    let without = verdicts(&project(tasks()), &rubric);
    let mut snapshot = project(tasks());
    snapshot.goals = vec![goal("70", GoalStatus::Green, &[])];
    snapshot.goals[0].name = "Cut churn in Europe".into();
    let with = verdicts(&snapshot, &rubric);
    let most = |judgements: &[domain::Judgement]| {
        let of = judgements[0].contributions.iter().find(|c| c.criterion == "strategic_alignment");
        of.unwrap().most.to_f64()
    };
    assert_eq!(most(&without), 0.0);
    assert!(most(&with) < 9.0, "{}", most(&with));
    let fell = of(&without, "1").score.to_f64() - of(&with, "1").score.to_f64();
    assert!(fell < 9.0 && of(&with, "1").band == of(&without, "1").band, "fell by {fell}");
}
