//! `upnext model …`.
//!
//! Deliberately not here: learning one (`learn`).

use super::{Call, gid, learn};
use crate::cli::Model;
use crate::exit::{Exit, UsageError};
use crate::{compose, show};
use domain::ProjectGid;
use store::ModelRow;

pub(super) async fn run(call: &Call<'_>, args: Model) -> anyhow::Result<Exit> {
    let store = compose::open_store(&call.config, call.env).await?;
    match args {
        Model::List { project } => {
            let models = store.models(&ProjectGid::new(gid(&project)?)).await?;
            if call.json {
                show::json(&models)?;
            } else if models.is_empty() {
                say!("No models yet: run `upnext learn --project {project}` first.");
            } else {
                models.iter().for_each(print);
            }
        }
        Model::Use { model } => {
            let at = compose::moment(&call.config)?.at;
            let used = store.use_model(&model, at, "the command line").await?;
            let unknown = || {
                UsageError(format!("there is no model {model}: `upnext model list --project GID` shows them"))
            };
            let used = used.ok_or_else(unknown)?;
            if call.json {
                show::json(&used)?;
            } else {
                say!("{} is the {} model in force.", used.used.id, used.used.kind.word());
            }
        }
    }
    Ok(Exit::Ok)
}

fn print(model: &ModelRow) {
    let state = model.state.word().replace('_', " ");
    say!("{} · {} · {state} · learned {}", model.used.id, model.used.kind.word(), model.used.fitted_at);
    if let Ok(report) = serde_json::from_value(model.report.clone()) {
        learn::figures(&report);
    }
}
