//! `upnext sandbox`: a local Asana until the process is told to stop.
//!
//! Deliberately not here: how it imitates Asana (`sandbox`).

use super::{Call, serve};
use crate::cli::{AsanaPlan, Sandbox, Switch};
use crate::compose;
use crate::exit::{Exit, UsageError};
use jiff::Timestamp;
use sandbox::{Again, Faults, ImportReport, Knobs, Made, Options, Plan, World};
use std::path::Path;

pub(super) async fn run(call: &Call<'_>, args: Sandbox) -> anyhow::Result<Exit> {
    let now = compose::now();
    let (world, filled) = first_world(&args, now)?;
    let faults = match &args.faults {
        Some(file) => {
            Faults::from_toml(&read(file)?).map_err(|e| UsageError(format!("{}: {e}", file.display())))?
        }
        None => Faults::default(),
    };
    let again = {
        let args = args.clone();
        Again::new(move || Ok(first_world(&args, now).map_err(|error| format!("{error:#}"))?.0))
    };
    let options = Options {
        port: args.port,
        token: args.token.clone(),
        limits: args.limits == Switch::On,
        loopback_webhooks: args.loopback_webhooks == Switch::On,
        oauth_asks: args.oauth_asks == Switch::On,
        faults,
        again: Some(again),
    };
    let workspace = world.workspace().to_string();
    let running = sandbox::serve(options, world).await?;
    let token = args.token.clone().unwrap_or_else(|| sandbox::DEFAULT_TOKEN.to_owned());
    let told = serve::stop();
    announce(call, &args, (&running.base_url, &token, &workspace), &filled)?;
    told.await;
    let saved = args.state.as_deref().map(|file| running.save(file));
    running.shutdown().await;
    saved.transpose()?;
    Ok(Exit::Ok)
}

/// What the world was filled with.
#[derive(Default)]
struct Filled {
    made: Option<Made>,
    imports: Vec<ImportReport>,
}

/// The world the arguments ask for; the same again whenever it is asked for.
fn first_world(args: &Sandbox, now: Timestamp) -> anyhow::Result<(World, Filled)> {
    let knobs = args.generate.as_deref().map(knobs).transpose()?;
    if let Some(file) = args.state.as_deref().filter(|file| file.exists()) {
        return Ok((World::load(file)?, Filled::default()));
    }
    let plan = match args.plan {
        AsanaPlan::Free => Plan::Free,
        AsanaPlan::Paid => Plan::Paid,
        AsanaPlan::Enterprise => Plan::Enterprise,
    };
    let (mut world, made) = match knobs {
        Some(knobs) => {
            let (world, made) = sandbox::generated_world(args.seed, plan, &knobs, now);
            (world, Some(made))
        }
        None if args.demo => (sandbox::demo_world(args.seed, now)?.0, None),
        None => (World::new(args.seed, plan, now), None),
    };
    let imports = args.import.iter().map(|file| import(&mut world, file)).collect::<Result<_, _>>()?;
    Ok((world, Filled { made, imports }))
}

/// Knobs given in the argument itself, or in the file it names.
fn knobs(given: &str) -> anyhow::Result<Knobs> {
    let is_list = given == "default" || given.contains('=');
    let knobs = if is_list { Knobs::from_list(given) } else { Knobs::from_toml(&read(Path::new(given))?) };
    let at = if is_list { "--generate" } else { given };
    Ok(knobs.map_err(|e| UsageError(format!("{at}: {e}")))?)
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
    args: &Sandbox,
    (base_url, token, workspace): (&str, &str, &str),
    filled: &Filled,
) -> anyhow::Result<()> {
    let page = base_url.trim_end_matches("api/1.0");
    if call.json {
        let object = serde_json::json!({
            "base_url": base_url, "token": token, "workspace": workspace, "page": page,
            "imports": filled.imports, "made": filled.made,
        });
        say!("{}", serde_json::to_string(&object)?);
        return Ok(());
    }
    match &args.state {
        Some(file) => {
            say!("A local Asana is at {base_url}; Ctrl-C ends it and saves it to {}.", file.display())
        }
        None => say!("A local Asana is at {base_url}; Ctrl-C ends it, and everything in it is gone."),
    }
    say!("  Look at it: {page}");
    say!("  export ASANA_BASE_URL={base_url} ASANA_ACCESS_TOKEN={token}");
    if let Some(Made { people, projects, tasks, open, stories, dependencies, person_token, .. }) =
        &filled.made
    {
        say!(
            "  made up: {people} people, {projects} projects, {tasks} tasks ({open} open), {stories} stories, \
             {dependencies} dependencies"
        );
        say!("  its administrator's token: {person_token}");
    }
    for import in &filled.imports {
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
