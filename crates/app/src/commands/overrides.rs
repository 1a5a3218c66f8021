//! `upnext overrides list | note | release`.
//!
//! Deliberately not here: finding overrides (every run does).

use super::rubric::deciding;
use super::{Call, gid};
use crate::cli::Overrides;
use crate::exit::Exit;
use crate::{compose, progress, show};
use domain::{ProjectGid, TaskGid};
use engine::{Deciding, OverrideRow, Since};

pub(super) async fn run(call: &Call<'_>, args: Overrides) -> anyhow::Result<Exit> {
    match args {
        Overrides::List { project } => list(call, &project).await,
        Overrides::Note { id, reason, by } => {
            let engine = compose::engine(&call.config, call.env).await?;
            let how = Deciding { by, ..Deciding::default() };
            engine::note_override(&engine, &id, &reason, &how).await?;
            if call.json {
                show::json(&serde_json::json!({ "override": id, "reason": reason }))?;
            } else {
                say!("Noted on {id}: {reason}");
            }
            Ok(Exit::Ok)
        }
        Overrides::Release { task, field, who } => {
            let engine = compose::engine(&call.config, call.env).await?;
            let (task, now) = (TaskGid::new(gid(&task)?), compose::moment(&call.config)?);
            let project = engine::judged_in(&engine.store, &task).await?;
            let released = engine::release(&engine, (&project, &task), &field, &deciding(&who), now).await?;
            progress::clear();
            if call.json {
                show::json(&released)?;
            } else {
                let value = if released.value.is_empty() { "(empty)" } else { &released.value };
                say!("{}: {} {value} is given back to Upnext", released.name, released.field);
                say!(
                    "It stays so until a run has another value: upnext groom --project {}",
                    released.project
                );
            }
            Ok(Exit::Ok)
        }
    }
}

async fn list(call: &Call<'_>, project: &str) -> anyhow::Result<Exit> {
    let store = compose::open_store(&call.config, call.env).await?;
    let found = engine::overrides(&store, &ProjectGid::new(gid(project)?)).await?;
    if call.json {
        show::json(&found)?;
    } else if found.is_empty() {
        say!("Nobody has set another value in place of one that Upnext wrote, as of the last run.");
    } else {
        print(&found);
    }
    Ok(Exit::Ok)
}

fn print(found: &[OverrideRow]) {
    let mut table = show::table(&["Override", "When", "Who", "Task", "Field", "From", "To", "Since", "Why"]);
    let value = |value: &Option<String>| match value {
        Some(value) => domain::fit(&value.replace('\n', " "), 24),
        None => "(empty)".to_owned(),
    };
    for one in found {
        let mut since = match &one.since {
            Since::Stands => "stands".to_owned(),
            Since::Reversed { value } if value.is_empty() => "was cleared".to_owned(),
            Since::Reversed { value } => format!("now {}", domain::fit(value, 20)),
            Since::GivenBack => "given back".to_owned(),
            Since::Unknown => "not known".to_owned(),
        };
        if let Some(reversal) = &one.reversal {
            let did = if reversal.is_ours { "put ours back" } else { "changed it" };
            let day = reversal.at.strftime("%Y-%m-%d");
            since.push_str(&format!("; {} {did} {day}", reversal.by.name));
        }
        table.add_row([
            one.id.clone(),
            one.at.unwrap_or(one.recorded_at).strftime("%Y-%m-%d").to_string(),
            one.by.as_ref().map_or_else(|| "not known".to_owned(), |by| by.name.clone()),
            domain::fit(&one.name, 40),
            one.field_name.clone(),
            value(&one.ours),
            value(&one.theirs),
            since,
            one.note.as_ref().map(|note| domain::fit(&note.text, 40)).unwrap_or_default(),
        ]);
    }
    say!("{table}");
    say!(
        "Say why: upnext overrides note ID --reason \"…\". Give a value back: upnext overrides release TASK FIELD"
    );
}
