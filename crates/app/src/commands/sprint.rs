//! `upnext sprint`.
//!
//! Deliberately not here: planning.

use super::{Call, gid};
use crate::cli::Sprint;
use crate::exit::{Exit, UsageError};
use crate::{compose, progress, show};
use decide::sprint::Proof;
use domain::{ProjectGid, TaskGid};
use engine::{SprintReport, SprintWish};
use jiff::ToSpan as _;
use jiff::civil::Date;

/// Tasks left out that a terminal gets; `--json` has them all.
const SHOWN: usize = 10;

pub(super) async fn run(call: &Call<'_>, args: &Sprint) -> anyhow::Result<Exit> {
    let now = compose::moment(&call.config)?;
    let wish = wish(args, now.today)?;
    let engine = compose::engine(&call.config, call.env).await?;
    let project = ProjectGid::new(gid(&args.project)?);
    let report = engine::sprint(&engine, &project, &wish, now).await?;
    progress::clear();
    if call.json {
        show::json(&report)?;
    } else {
        print(&report);
    }
    Ok(Exit::Ok)
}

fn wish(args: &Sprint, today: Date) -> anyhow::Result<SprintWish> {
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
    Ok(SprintWish {
        from,
        to: from.saturating_add((i64::from(args.days) - 1).days()),
        finishing: f64::from(args.finishing) / 100.0,
        must: args.must.iter().map(|task| gid(task).map(TaskGid::new)).collect::<anyhow::Result<_>>()?,
        velocity: args.velocity,
        section_limits: args.limits.iter().map(limit).collect::<anyhow::Result<_>>()?,
    })
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
    show::notes(&plan.notes);
    show::notes(&report.notes);
    say!("Requests: {} reads, {} writes", report.requests.reads, report.requests.writes);
}
