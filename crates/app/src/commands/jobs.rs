//! `upnext jobs`: what waits, runs or was given up.
//!
//! Deliberately not here: doing jobs.

use super::Call;
use crate::cli::{Jobs, Standing};
use crate::exit::{Exit, UsageError};
use crate::{compose, show};
use store::{Job, JobAttempt, JobState, Store};

pub(super) async fn run(call: &Call<'_>, args: Jobs) -> anyhow::Result<Exit> {
    let store = compose::open_store(&call.config, call.env).await?;
    match args {
        Jobs::List { state, limit } => list(call, &store, state, limit).await,
        Jobs::Retry { job, by } => {
            let done = store.retry_job(job, Some(who(by.as_deref())), compose::now()).await?;
            told(call, done, job, "is given another chance", "there is no job {} that was given up")
        }
        Jobs::Drop { job, by } => {
            let done = store.drop_job(job, who(by.as_deref()), compose::now()).await?;
            told(call, done, job, "is forgotten", "there is no job {} that nobody is working on")
        }
    }
}

/// Who is noted in the audit trail. These commands need no token, so that nobody is known who is not named.
fn who(by: Option<&str>) -> &str {
    by.map(str::trim).filter(|by| !by.is_empty()).unwrap_or("command line")
}

async fn list(call: &Call<'_>, store: &Store, state: Option<Standing>, limit: u32) -> anyhow::Result<Exit> {
    let state = state.map(|standing| match standing {
        Standing::Ready => JobState::Ready,
        Standing::Leased => JobState::Leased,
        Standing::Dead => JobState::Dead,
    });
    let mut rows: Vec<(Job, Vec<JobAttempt>)> = vec![];
    for job in store.jobs(state, limit).await? {
        let attempts = store.job_attempts(job.id).await?;
        rows.push((job, attempts));
    }
    if call.json {
        let rows: Vec<serde_json::Value> = rows
            .iter()
            .map(|(job, attempts)| serde_json::json!({ "job": job, "attempts": attempts }))
            .collect();
        show::json(&rows)?;
        return Ok(Exit::Ok);
    }
    if rows.is_empty() {
        say!("No jobs.");
    }
    for (job, attempts) in &rows {
        print(job, attempts);
    }
    Ok(Exit::Ok)
}

fn print(job: &Job, attempts: &[JobAttempt]) {
    let at = |moment: jiff::Timestamp| moment.strftime("%F %T UTC").to_string();
    let standing = match job.state {
        JobState::Ready => format!("waits until {}", at(job.run_at)),
        JobState::Leased => format!("runs at {}", job.worker.as_deref().unwrap_or("?")),
        JobState::Dead => format!("was given up after {} attempts: upnext jobs retry {}", job.tries, job.id),
    };
    say!("{} · {} · {standing}", job.id, job.key);
    for attempt in attempts.iter().filter(|attempt| attempt.error.is_some()) {
        let (ending, error) =
            (attempt.ending.as_deref().unwrap_or("?"), attempt.error.as_deref().unwrap_or("?"));
        say!("    {} {ending}: {}", at(attempt.began_at), domain::fit(error, 200));
    }
}

fn told(call: &Call<'_>, done: bool, job: i64, well: &str, wrong: &str) -> anyhow::Result<Exit> {
    if !done {
        let message = format!("{}: `upnext jobs list` shows them", wrong.replace("{}", &job.to_string()));
        return Err(UsageError(message).into());
    }
    if call.json {
        show::json(&serde_json::json!({ "job": job, "done": true }))?;
    } else {
        say!("Job {job} {well}.");
    }
    Ok(Exit::Ok)
}
