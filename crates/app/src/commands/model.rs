//! `upnext model …`.
//!
//! Deliberately not here: learning one (`learn`).

use super::{Call, gid, learn};
use crate::cli::Model;
use crate::exit::{Exit, UsageError};
use crate::{compose, show};
use domain::{ModelKind, ProjectGid};
use judge::learn::calibration::Bar;
use judge::learn::team::{Report, TeamConfidence, Verdict};
use store::{ModelRow, ModelState, Store};

pub(super) async fn run(call: &Call<'_>, args: Model) -> anyhow::Result<Exit> {
    let store = compose::open_store(&call.config, call.env).await?;
    match args {
        Model::List { project } => list(call, &store, &project).await?,
        Model::Show { model } => details(call, &store, &model).await?,
        Model::Use { model } => {
            let at = compose::moment(&call.config)?.at;
            let was = store.model(&model).await?;
            let used = store.use_model(&model, at, "the command line").await?;
            let used = used.ok_or_else(|| unknown(&model))?;
            if call.json {
                show::json(&used)?;
            } else {
                say!("{} is the {} model in force.", used.used.id, used.used.kind.word());
                if was.is_some_and(|was| was.state == ModelState::Refused) {
                    say!("It had been refused: `upnext model show {model}` says what it did worse.");
                }
            }
        }
    }
    Ok(Exit::Ok)
}

fn unknown(model: &str) -> UsageError {
    UsageError(format!("there is no model {model}: `upnext model list --project GID` shows them"))
}

async fn list(call: &Call<'_>, store: &Store, project: &str) -> anyhow::Result<()> {
    let models = store.models(&ProjectGid::new(gid(project)?)).await?;
    if call.json {
        return show::json(&models);
    }
    if models.is_empty() {
        say!("No models yet: run `upnext learn --project {project}` first.");
    }
    models.iter().for_each(print);
    Ok(())
}

async fn details(call: &Call<'_>, store: &Store, id: &str) -> anyhow::Result<()> {
    let (model, content) = store.model_content(id).await?.ok_or_else(|| unknown(id))?;
    let confidence: Option<TeamConfidence> =
        (model.used.kind == ModelKind::Confidence).then(|| serde_json::from_slice(&content).ok()).flatten();
    if call.json {
        let diagram =
            confidence.map(|found| serde_json::json!({ "before": found.before, "after": found.after }));
        return show::json(&serde_json::json!({ "model": model, "reliability": diagram }));
    }
    print(&model);
    if let Some(found) = confidence {
        reliability("as it was stated", &found.before);
        reliability("as it is told now", &found.after);
    }
    Ok(())
}

/// A reliability diagram in words: where stated and accepted agree, the confidence is right.
fn reliability(what: &str, bars: &[Bar]) {
    say!("  Confidence {what}, beside the share that people took, on the decisions held back:");
    for bar in bars {
        say!(
            "    stated {:>3.0} %  taken {:>3.0} %  {} ({} decisions)",
            100.0 * bar.stated,
            100.0 * bar.came_true,
            "█".repeat((20.0 * bar.came_true).round() as usize),
            bar.rows
        );
    }
}

fn print(model: &ModelRow) {
    let state = model.state.word().replace('_', " ");
    say!("{} · {} · {state} · learned {}", model.used.id, model.used.kind.word(), model.used.fitted_at);
    if let Ok(report) = serde_json::from_value::<Report>(model.report.clone()) {
        if let Verdict::Promoted { why } | Verdict::Refused { why } = &report.verdict {
            say!("  {why}");
        }
        learn::figures(&report);
    }
}
