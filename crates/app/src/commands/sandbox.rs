//! `upnext sandbox`: a local Asana until the process is told to stop.
//!
//! Deliberately not here: how it imitates Asana (`sandbox`).

use super::{Call, serve};
use crate::cli::{AsanaPlan, Sandbox, Switch};
use crate::compose;
use crate::exit::{Exit, UsageError};
use sandbox::{Faults, ImportReport, Options, Plan, World};
use std::path::Path;

pub(super) async fn run(call: &Call<'_>, args: Sandbox) -> anyhow::Result<Exit> {
    let plan = match args.plan {
        AsanaPlan::Free => Plan::Free,
        AsanaPlan::Paid => Plan::Paid,
        AsanaPlan::Enterprise => Plan::Enterprise,
    };
    let now = compose::now();
    let mut world =
        if args.demo { sandbox::demo_world(args.seed, now)?.0 } else { World::new(args.seed, plan, now) };
    let mut imports = vec![];
    for file in &args.import {
        imports.push(import(&mut world, file)?);
    }
    let faults = match &args.faults {
        Some(file) => {
            Faults::from_toml(&read(file)?).map_err(|e| UsageError(format!("{}: {e}", file.display())))?
        }
        None => Faults::default(),
    };
    let options =
        Options { port: args.port, token: args.token.clone(), limits: args.limits == Switch::On, faults };
    let workspace = world.workspace().to_string();
    let running = sandbox::serve(options, world).await?;
    let token = args.token.unwrap_or_else(|| sandbox::DEFAULT_TOKEN.to_owned());
    announce(call, &running.base_url, &token, &workspace, &imports)?;
    serve::stop().await;
    running.shutdown().await;
    Ok(Exit::Ok)
}

fn read(file: &Path) -> anyhow::Result<String> {
    Ok(std::fs::read_to_string(file)
        .map_err(|e| UsageError(format!("{} cannot be read: {e}", file.display())))?)
}

fn import(world: &mut World, file: &Path) -> anyhow::Result<ImportReport> {
    let text = read(file)?;
    let name = file.file_stem().map_or_else(|| "backlog".into(), |stem| stem.to_string_lossy().into_owned());
    Ok(world.import_backlog(&name, &text).map_err(|e| UsageError(format!("{}: {e}", file.display())))?)
}

/// Says where it is. Scripts get one line of JSON and can start when they have read it.
fn announce(
    call: &Call<'_>,
    base_url: &str,
    token: &str,
    workspace: &str,
    imports: &[ImportReport],
) -> anyhow::Result<()> {
    if call.json {
        let object = serde_json::json!({
            "base_url": base_url, "token": token, "workspace": workspace, "imports": imports,
        });
        say!("{}", serde_json::to_string(&object)?);
        return Ok(());
    }
    say!("A local Asana is at {base_url}; Ctrl-C ends it, and everything in it is gone.");
    say!("  export ASANA_BASE_URL={base_url} ASANA_ACCESS_TOKEN={token}");
    for import in imports {
        say!(
            "  project {} “{}”: {} tasks, {} people",
            import.project,
            import.name,
            import.tasks,
            import.users
        );
        for note in &import.notes {
            say!("    {note}");
        }
    }
    say!("  Try: upnext doctor; upnext setup --project GID; upnext groom --project GID");
    Ok(())
}
