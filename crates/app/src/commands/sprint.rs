//! `upnext sprint`.
//!
//! Deliberately not here: planning.

use super::{Call, gid};
use crate::cli::Sprint;
use crate::exit::{Exit, UsageError};
use crate::{compose, progress, show};
use decide::Policy;
use decide::sprint::Proof;
use domain::{ProjectGid, TaskGid};
use engine::{Scenario, ScenarioChange, ScenarioReport, SprintReport, SprintWish, Write};
use jiff::ToSpan as _;
use jiff::civil::Date;

/// Tasks left out that a terminal gets; `--json` has them all.
const SHOWN: usize = 10;

pub(super) async fn run(call: &Call<'_>, args: &Sprint) -> anyhow::Result<Exit> {
    let now = compose::moment(&call.config)?;
    let wish = wish(args, &call.config.policy, now.today)?;
    let engine = compose::engine(&call.config, call.env).await?;
    let project = ProjectGid::new(gid(&args.project)?);
    if args.post {
        let posted = engine::post_sprint(&engine, &project, &wish, now).await?;
        return super::posted(call, &posted, (&posted.text, &posted.posting));
    }
    let write = if args.apply { Write::Apply } else { Write::PlanOnly };
    let report = engine::sprint(&engine, &project, &wish, (now, write)).await?;
    progress::clear();
    if call.json {
        show::json(&report)?;
    } else {
        print(&report);
        super::carried(&report.written, args.apply);
    }
    Ok(super::ending(&report.written, args.apply))
}

fn wish(args: &Sprint, policy: &Policy, today: Date) -> anyhow::Result<SprintWish> {
    let from = args.from.unwrap_or(today);
    if from < today {
        return Err(UsageError(format!("--from {from} has passed: a sprint begins today or later")).into());
    }
    if args.velocity.is_some_and(|hours| !(hours.is_finite() && hours >= 0.0)) {
        return Err(UsageError("--velocity: give hours, 0 or more".into()).into());
    }
    let limit = |text: &String| -> anyhow::Result<(String, usize)> {
        let wrong = || UsageError(format!("--limit {text}: write SECTION=COUNT, for example Ready=5"));
        let (section, count) = text.rsplit_once('=').ok_or_else(wrong)?;
        Ok((section.trim().to_owned(), count.trim().parse().map_err(|_| wrong())?))
    };
    let usual = SprintWish::usual(policy, from);
    Ok(SprintWish {
        to: args.days.map_or(usual.to, |days| from.saturating_add((i64::from(days) - 1).days())),
        finishing: args.finishing.map_or(usual.finishing, |percent| f64::from(percent) / 100.0),
        must: args.must.iter().map(|task| gid(task).map(TaskGid::new)).collect::<anyhow::Result<_>>()?,
        velocity: args.velocity,
        section_limits: args.limits.iter().map(limit).collect::<anyhow::Result<_>>()?,
        compare: args.compare.iter().map(|text| scenario(text)).collect::<anyhow::Result<_>>()?,
        ..usual
    })
}

fn scenario(text: &str) -> anyhow::Result<Scenario> {
    let changes = text.split(',').map(|part| change(text, part)).collect::<anyhow::Result<_>>()?;
    Ok(Scenario { name: text.to_owned(), changes })
}

fn change(text: &str, part: &str) -> anyhow::Result<ScenarioChange> {
    let wrong = |why: &str| UsageError(format!("--compare {text}: {why}"));
    let known = "write finishing=PERCENT, away=PERSON, without=TASK, must=TASK or velocity=HOURS";
    let (what, value) = part.split_once('=').ok_or_else(|| wrong(known))?;
    let value = value.trim();
    let number = |value: &str| value.parse::<f64>().ok().filter(|number| number.is_finite());
    Ok(match what.trim() {
        "finishing" => {
            let percent = number(value).filter(|percent| (50.0..=99.0).contains(percent));
            ScenarioChange::Finishing(percent.ok_or_else(|| wrong("finishing is 50 to 99 percent"))? / 100.0)
        }
        "away" => ScenarioChange::Away(value.to_owned()),
        "without" => ScenarioChange::Without(TaskGid::new(gid(value)?)),
        "must" => ScenarioChange::Must(TaskGid::new(gid(value)?)),
        "velocity" if value == "none" => ScenarioChange::Velocity(None),
        "velocity" => {
            let hours = number(value).filter(|hours| *hours >= 0.0);
            ScenarioChange::Velocity(Some(
                hours.ok_or_else(|| wrong("velocity is hours, 0 or more, or none"))?,
            ))
        }
        _ => return Err(wrong(known).into()),
    })
}

/// The scenarios side by side, then what each does otherwise.
fn compared(scenarios: &[ScenarioReport]) {
    if scenarios.is_empty() {
        return;
    }
    say!("{}", show::scenarios(scenarios));
    for scenario in scenarios.iter().skip(1) {
        say!("{}:", scenario.name);
        scenario.differs.iter().take(SHOWN).for_each(|line| say!("  {line}"));
        if scenario.differs.len() > SHOWN {
            say!("  … and {} more (--json lists all)", scenario.differs.len() - SHOWN);
        }
    }
}

fn print(report: &SprintReport) {
    let plan = &report.plan;
    say!("{} · sprint {} to {}", report.project.name, report.from, report.to);
    let proof = match plan.proof {
        Proof::Optimal => "no plan is worth more".to_owned(),
        Proof::Bounded => format!(
            "no plan is worth more than {:.1}: at most {:.1} % from the best",
            plan.bound,
            100.0 * plan.gap
        ),
    };
    say!("Value {:.1} in {} tasks; {proof}", plan.value, plan.taken.len());
    for person in &report.people {
        let mine: Vec<_> = plan.taken.iter().filter(|t| t.person == person.person).collect();
        let hours: f64 = mine.iter().map(|t| t.hours).sum();
        say!("{} · {hours:.0} of {:.0} h · {}", person.person.name, person.here, person.rests_on.join("; "));
        for taken in mine {
            let day = |at: f64| report.from.saturating_add((at as i64).days());
            let (begins, ends) = (day(taken.begins), day((taken.ends - 1e-6).max(taken.begins)));
            let name = domain::fit(&taken.name, 60);
            say!("  {begins} – {ends}  {:5.1} h  {:5.1}  {name}", taken.hours, taken.value);
        }
    }
    if !plan.binding.is_empty() {
        say!("What holds the plan back (value of one more hour or place):");
        plan.binding.iter().for_each(|b| say!("  {:.2}  {}", b.price, b.limit));
    }
    say!("Left out: {}", plan.left.len());
    for left in plan.left.iter().take(SHOWN) {
        say!("  {:5.1}  {}: {}", left.value, domain::fit(&left.name, 60), left.why);
    }
    if plan.left.len() > SHOWN {
        say!("  … and {} more (--json lists all)", plan.left.len() - SHOWN);
    }
    compared(&report.scenarios);
    show::notes(&plan.notes);
    show::notes(&report.notes);
    say!("Requests: {} reads, {} writes", report.requests.reads, report.requests.writes);
}
