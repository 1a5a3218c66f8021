//! `upnext llm try | usage | gate | accept | texts`.
//!
//! Deliberately not here: asking (`engine`, `llm`).

use super::{Call, gid};
use crate::cli::{By, Llm};
use crate::exit::{Exit, UsageError};
use crate::{compose, progress, show};
use comfy_table::CellAlignment;
use domain::{ProjectGid, Rating, TaskGid};
use engine::{ModelUse, ModelVerdict, Tried};
use jiff::ToSpan;
use llm::{Money, Size, Value};
use store::{ModelText, UsedBy, UsedSum};

/// Rows of a sum that a terminal gets.
const ROWS: u32 = 50;

pub(super) async fn run(call: &Call<'_>, args: Llm) -> anyhow::Result<Exit> {
    match args {
        Llm::Try { task, larger } => try_one(call, &task, larger).await,
        Llm::Usage { project, by, days } => usage(call, project.as_deref(), by, days).await,
        Llm::Gate { project } => gate(call, &project).await,
        Llm::Accept { project, who } => {
            if who.reason.is_none() {
                return Err(UsageError("say why with --reason: it is kept in the audit trail".into()).into());
            }
            let engine = compose::engine(&call.config, call.env).await?;
            let (project, how) = (ProjectGid::new(gid(&project)?), super::rubric::deciding(&who));
            let now = compose::moment(&call.config)?;
            let verdict = engine::accept_model(&engine, &project, now, &how).await?;
            told(call, &verdict, None)
        }
        Llm::Texts { limit } => texts(call, limit).await,
    }
}

async fn try_one(call: &Call<'_>, task: &str, larger: bool) -> anyhow::Result<Exit> {
    let engine = compose::engine(&call.config, call.env).await?;
    let task = TaskGid::new(gid(task)?);
    let size = if larger { Size::Large } else { Size::Small };
    let tried = engine::try_task(&engine, &task, compose::moment(&call.config)?, size).await?;
    progress::clear();
    let exit = if tried.ending.is_none() { Exit::Ok } else { Exit::Failed };
    if call.json {
        show::json(&tried)?;
    } else {
        print(&tried);
    }
    Ok(exit)
}

fn print(tried: &Tried) {
    say!("{} ({}), as read {}", tried.name, tried.task, tried.read_at);
    say!("Model {} · prompt {}", tried.model, tried.prompt);
    say!("\n── What it is told ──\n{}", tried.system);
    say!("\n── What it is asked about ──\n{}", tried.question);
    if tried.redactions > 0 {
        say!("({} secrets were taken out)", tried.redactions);
    }
    say!("── What it answers ──");
    for (part, value) in &tried.answer {
        match value {
            Value::Score(score) => say!("{part}: {}", score.get()),
            Value::Choice(words) | Value::Quote(words) | Value::Words(words) => say!("{part}: “{words}”"),
        }
    }
    if let Some(ending) = &tried.ending {
        say!("no answer: {ending}");
    }
    if let Some(kept) = &tried.kept {
        say!("\n── What is kept ──");
        kept.rated.iter().filter(|rating| rating.strength().is_some()).for_each(rating);
        if !kept.rated.iter().any(|rating| rating.strength().is_some()) {
            say!("nothing: no score that moves anything");
        }
        for dimension in &kept.dropped {
            say!("dropped: {} (its quote is not in the task)", dimension.word().replace('_', " "));
        }
    }
    let cost =
        tried.dollars.map_or("cost not known".into(), |dollars| Money::from_dollars(dollars).to_string());
    say!(
        "\n{} requests, {} tokens in, {} out, {cost}",
        tried.requests,
        tried.input_tokens,
        tried.output_tokens
    );
}

fn rating(rating: &Rating) {
    let (dimension, mean) = (rating.dimension.word().replace('_', " "), rating.mean());
    say!("{dimension}: {mean} of 5, “{}” ({})", rating.quote, rating.source);
}

async fn usage(call: &Call<'_>, project: Option<&str>, by: By, days: u16) -> anyhow::Result<Exit> {
    let store = compose::open_store(&call.config, call.env).await?;
    let project = project.map(gid).transpose()?.map(ProjectGid::new);
    let today = compose::moment(&call.config)?.today;
    let since = today.checked_sub(i64::from(days - 1).days())?;
    let by = match by {
        By::Day => UsedBy::Day,
        By::Run => UsedBy::Run,
        By::Project => UsedBy::Project,
        By::Task => UsedBy::Task,
        By::Model => UsedBy::Model,
    };
    let limit = if call.json { u32::MAX } else { ROWS };
    let sums = store.model_use_by(by, since, project.as_ref(), limit).await?;
    let (day, month) = store.model_use_until(today).await?;
    if call.json {
        let rows: Vec<_> = sums.iter().map(object).collect();
        show::json(
            &serde_json::json!({ "since": since, "rows": rows, "today": object(&day), "month": object(&month) }),
        )?;
        return Ok(Exit::Ok);
    }
    if sums.is_empty() {
        say!("No language model was asked since {since}.");
        return Ok(Exit::Ok);
    }
    say!("{}", table(&sums));
    let budget = &call.config.model.budget;
    left("Today", &day, (budget.day_tokens, budget.day_dollars));
    left("This month", &month, (budget.month_tokens, budget.month_dollars));
    Ok(Exit::Ok)
}

fn object(sum: &UsedSum) -> serde_json::Value {
    serde_json::json!({
        "of": sum.of,
        "questions": sum.questions,
        "unanswered": sum.unanswered,
        "requests": sum.requests,
        "input_tokens": sum.input,
        "cached_input_tokens": sum.cached_input,
        "output_tokens": sum.output,
        "held_tokens": sum.held,
        "dollars": Money::from_units(sum.cost).dollars(),
        "held_dollars": Money::from_units(sum.held_cost).dollars(),
        "questions_without_cost": sum.without_cost,
    })
}

fn table(sums: &[UsedSum]) -> String {
    let mut table = show::table(&["Of", "Questions", "No answer", "Tokens in", "cached", "out", "Cost"]);
    for sum in sums {
        table.add_row([
            sum.of.clone(),
            sum.questions.to_string(),
            sum.unanswered.to_string(),
            sum.input.to_string(),
            sum.cached_input.to_string(),
            sum.output.to_string(),
            cost(sum),
        ]);
    }
    for column in 1..=6 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.to_string()
}

fn cost(sum: &UsedSum) -> String {
    let known = Money::from_units(sum.cost);
    match sum.without_cost {
        0 => known.to_string(),
        n if n == sum.questions => "not known".to_owned(),
        n => format!("{known} and {n} not known"),
    }
}

fn left(when: &str, used: &UsedSum, (tokens, dollars): (Option<u64>, Option<f64>)) {
    let of_tokens = tokens.map_or(String::new(), |most| format!(" of {most}"));
    let of_dollars = dollars.map_or(String::new(), |most| format!(" of {}", Money::from_dollars(most)));
    say!("{when}: {} tokens{of_tokens}, {}{of_dollars}", used.tokens(), cost(used));
}

async fn gate(call: &Call<'_>, project: &str) -> anyhow::Result<Exit> {
    let engine = compose::engine(&call.config, call.env).await?;
    let project = ProjectGid::new(gid(project)?);
    let (verdict, used) = engine::gate_model(&engine, &project, compose::moment(&call.config)?).await?;
    progress::clear();
    told(call, &verdict, Some(&used))
}

fn told(call: &Call<'_>, verdict: &ModelVerdict, used: Option<&ModelUse>) -> anyhow::Result<Exit> {
    if call.json {
        show::json(&serde_json::json!({ "verdict": verdict, "use": used }))?;
    } else {
        say!("{} · prompt {} · golden set of {}", verdict.model, verdict.prompt, verdict.frozen_at);
        if let Some((before, after)) = verdict.before.zip(verdict.after) {
            say!("Agreement with its order: {after:.3}, {before:.3} without (gate {})", verdict.gate);
        }
        match (&verdict.accepted_by, verdict.holds) {
            (Some(by), _) => {
                say!("Accepted by {by}: {}", verdict.reason.as_deref().unwrap_or("no reason given"))
            }
            (None, true) => say!("Passed: the model is used."),
            (None, false) => say!("Fell out with the set: rules alone score the project."),
        }
        if let Some(used) = used {
            say!("{} answers, {}", used.answered, used.cost());
        }
    }
    Ok(if verdict.holds { Exit::Ok } else { Exit::Amiss })
}

async fn texts(call: &Call<'_>, limit: u32) -> anyhow::Result<Exit> {
    let store = compose::open_store(&call.config, call.env).await?;
    let now = compose::now();
    let until = call.config.policy.ai.debug_until.filter(|until| *until > now);
    if until.is_none() {
        store.forget_model_texts(jiff::Timestamp::MAX).await?;
    }
    let kept: Vec<ModelText> = store.model_texts(limit).await?;
    if call.json {
        show::json(&serde_json::json!({ "kept_until": until, "texts": kept }))?;
        return Ok(Exit::Ok);
    }
    match until {
        Some(until) => say!("Kept until {until}."),
        None => say!("No debug window is open (policy.ai.debug_until): questions and answers are not kept."),
    }
    for text in kept {
        say!(
            "\n── {} · {} · task {} ──\n{}\n→ {}",
            text.at,
            text.model,
            text.task,
            text.question,
            text.answer
        );
    }
    Ok(Exit::Ok)
}
