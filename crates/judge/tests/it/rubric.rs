//! Rubrics: what is refused and how it is told, the presets, and formulas.

use crate::backlog::{PLAIN, With, project, task};
use crate::verdict::{of, parsed, rubric, verdicts};
use domain::Task;
use judge::{PRESETS, Rubric, preset};
use proptest::prelude::*;

fn refused(criteria: &str) -> String {
    match parsed(criteria) {
        Ok(_) => panic!("accepted: {criteria}"),
        Err(error) => error.to_string(),
    }
}

const WORTH: &str = "[[criterion]]\nname = 'worth'\nweight = 1\nsignals = { business_value = 1.0 }\n";

#[test]
fn what_cannot_work_is_refused_by_name() {
    let cases = [
        ("surprise = 1\n[[criterion]]\nname = 'a'\nweight = 1\nsignals = { age = 1.0 }", "surprise"),
        (
            "[[criterion]]\nname = 'a'\nweight = 0\nsignals = { age = 1.0 }",
            "no criterion with a weight above 0",
        ),
        ("[[criterion]]\nname = 'a'\nweight = -1\nsignals = { age = 1.0 }", "0 or more"),
        ("[[criterion]]\nname = 'a'\nweight = nan\nsignals = { age = 1.0 }", "0 or more"),
        (
            "[[criterion]]\nname = 'a'\nweight = 1\nsignals = { mood = 1.0 }",
            "no signal `mood`; known: goal_links",
        ),
        ("[[criterion]]\nname = 'a'\nweight = 1\nsignals = { age = 1.5 }", "share of `age`"),
        ("[[criterion]]\nname = 'a'\nweight = 1", "`signals` or a `formula`"),
        ("[[criterion]]\nname = 'a'\nweight = 1\nsignals = { age = 1.0 }\nformula = '1'", "not both"),
        ("[[criterion]]\nname = 'a'\nweight = 1\nsignals = { age = 1.0 }\nmin = 1", "belong to a formula"),
        ("[[criterion]]\nname = 'a'\nweight = 1\nformula = 'age_days'", "needs `min` and `max`"),
        ("[[criterion]]\nname = 'a'\nweight = 1\nformula = 'age_days'\nmin = 2\nmax = 1", "below `max`"),
        (
            "[[criterion]]\nname = 'a'\nweight = 1\nformula = 'age_days'\nmin = 0\nmax = 1\nscale = 'log'",
            "log scale `min` must be above 0",
        ),
        ("[[criterion]]\nname = 'a'\nweight = 1\nformula = 'age_days +'\nmin = 0\nmax = 1", "cannot be read"),
        ("[[criterion]]\nname = 'a'\nweight = 1\nformula = 'mood * 2'\nmin = 0\nmax = 1", "braces: {mood}"),
        ("[[criterion]]\nname = 'a'\nweight = 1\nsignals = { stakeholders = 1.0 }", "name stakeholders"),
    ];
    for (criteria, words) in cases {
        let said = refused(criteria);
        assert!(said.contains(words), "`{words}` is not in: {said}");
    }
    assert!(refused(&format!("{WORTH}{WORTH}")).contains("`worth`: the name is used twice"));
}

#[test]
fn bands_must_fall() {
    for bands in [(50, 50, 25, 1), (80, 40, 0, 1), (101, 50, 25, 1), (75, 50, 25, -1), (20, 50, 75, 0)] {
        let (p0, p1, p2, hysteresis) = bands;
        let text = format!(
            "version = 't'\ndescription = 't'\n\
             bands = {{ p0 = {p0}, p1 = {p1}, p2 = {p2}, hysteresis = {hysteresis} }}\n\
             sprint = {{ next_tasks = 3 }}\neffort = {{ days_per_unit = 1.0, large_days = 40.0 }}\n{WORTH}"
        );
        assert_eq!(Rubric::parse(&text).unwrap_err().to_string(), judge::RubricError::Bands.to_string());
    }
}

#[test]
fn an_unknown_preset_names_the_known_ones() {
    let said = preset("moscow").unwrap_err().to_string();
    assert!(PRESETS.iter().all(|(name, _)| said.contains(name)), "{said}");
}

#[test]
fn the_canonical_text_gives_the_same_judgements() {
    let snapshot = project(vec![task("1").value(3.0).due(4), task("2").effort(2.0).priority("P1")]);
    for (name, _) in PRESETS {
        let rubric = preset(name).unwrap();
        let again = Rubric::from_canonical(&rubric.canonical()).unwrap();
        assert_eq!(again.canonical(), rubric.canonical());
        assert_eq!(verdicts(&snapshot, &again), verdicts(&snapshot, &rubric), "{name}");
    }
    assert!(Rubric::from_canonical("{}").is_err());
}

#[test]
fn a_formula_counts_from_min_to_max_and_says_its_value() {
    let criterion = "[[criterion]]\nname = 'pain'\nweight = 1\nformula = '{Severity} * comment_count / 2'\nmin = 0\nmax = 10";
    let tasks = vec![
        task("1").number("517", 5.0).comment("7", 1).comment("8", 1),
        task("2").number("517", 50.0).comment("7", 1),
        task("3").comment("7", 1),
    ];
    let snapshot = project(tasks);
    let judgements = verdicts(&snapshot, &rubric(criterion));
    assert_eq!(of(&judgements, "1").score.to_f64(), 50.0);
    let said = of(&judgements, "1").contributions[0].readings[0].reason.to_string();
    assert_eq!(said, "pain = {Severity} * comment_count / 2 = 5");
    assert_eq!(of(&judgements, "2").score.to_f64(), 100.0);
    // What is missing is named and counts nothing.
    let third = of(&judgements, "3");
    assert_eq!((third.score.to_f64(), third.missing[0].input.as_str()), (0.0, "Severity"));
    let inverted = verdicts(&snapshot, &rubric(&format!("{criterion}\ninvert = true")));
    assert_eq!(of(&inverted, "2").score.to_f64(), 0.0);
}

#[test]
fn a_formula_without_a_finite_value_counts_nothing() {
    let criterion = "[[criterion]]\nname = 'ratio'\nweight = 1\nformula = 'business_value / effort_estimate'\nmin = 0\nmax = 10";
    let judgements = verdicts(
        &project(vec![task("1").value(5.0).effort(0.0), task("2").value(5.0).effort(1.0)]),
        &rubric(criterion),
    );
    assert_eq!(of(&judgements, "1").score.to_f64(), 0.0);
    assert!(of(&judgements, "1").contributions[0].readings.is_empty());
    assert_eq!(of(&judgements, "2").score.to_f64(), 50.0);
}

/// A task with a number in each plain field of that name.
fn with(gid: usize, numbers: &[(&str, f64)]) -> Task {
    numbers.iter().fold(task(&gid.to_string()), |task, (name, number)| {
        let known = PLAIN.iter().find(|(_, plain)| plain == name);
        known.map_or_else(|| unreachable!("{name}"), |(gid, _)| task.number(gid, *number))
    })
}

/// Ranked by the preset, the quotients fall; those closer than rounding to tenths of three parts may swap.
fn ranks_like(name: &str, tasks: Vec<Task>, quotients: &[f64], range: f64) {
    let judgements = verdicts(&project(tasks), &preset(name).unwrap());
    let ranked: Vec<f64> =
        judgements.iter().map(|j| quotients[j.task.as_str().parse::<usize>().unwrap()]).collect();
    // A tenth of a point is this factor on the logarithmic scale; four parts are each off by half of one.
    let tenth = (range.ln() / 1000.0).exp();
    for pair in ranked.windows(2) {
        assert!(pair[0] * tenth.powi(5) >= pair[1], "{name}: {} before {}", pair[0], pair[1]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn wsjf_orders_by_cost_of_delay_over_job_size(parts in prop::collection::vec((1..=20u8, 1..=20u8, 1..=20u8, 1..=20u8), 2..20)) {
        let tasks = parts.iter().enumerate().map(|(gid, p)| {
            with(gid, &[("Time Criticality", p.1.into()), ("Risk Reduction", p.2.into())])
                .value(p.0.into())
                .effort(p.3.into())
        });
        let quotient = |p: &(u8, u8, u8, u8)| (f64::from(p.0) + f64::from(p.1) + f64::from(p.2)) / f64::from(p.3);
        ranks_like("wsjf", tasks.collect(), &parts.iter().map(quotient).collect::<Vec<_>>(), 400.0);
    }

    #[test]
    fn rice_orders_by_its_product(parts in prop::collection::vec((1..=100_000u32, 1..=12u8, 1..=10u8, 1..=100u8), 2..20)) {
        let numbers: Vec<[f64; 4]> = parts
            .iter()
            .map(|p| [f64::from(p.0), f64::from(p.1) / 4.0, f64::from(p.2) / 10.0, f64::from(p.3) / 10.0])
            .collect();
        let tasks = numbers.iter().enumerate().map(|(gid, n)| {
            with(gid, &[("Reach", n[0]), ("Impact", n[1]), ("Confidence", n[2])]).effort(n[3])
        });
        let quotients: Vec<f64> = numbers.iter().map(|n| n[0] * n[1] * n[2] / n[3]).collect();
        ranks_like("rice", tasks.collect(), &quotients, 1.2e9);
    }

    #[test]
    fn ice_orders_by_its_product(parts in prop::collection::vec((1..=10u8, 1..=10u8, 1..=10u8), 2..20)) {
        let tasks = parts.iter().enumerate().map(|(gid, p)| {
            with(gid, &[("Impact", p.0.into()), ("Confidence", p.1.into()), ("Ease", p.2.into())])
        });
        let product = |p: &(u8, u8, u8)| f64::from(p.0) * f64::from(p.1) * f64::from(p.2);
        ranks_like("ice", tasks.collect(), &parts.iter().map(product).collect::<Vec<_>>(), 1000.0);
    }
}
