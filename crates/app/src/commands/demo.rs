//! `upnext demo`: the main job on a local Asana with a real backlog, from setup to undo.
//!
//! Everything runs in this process and in a temporary folder. Deliberately not here: the workspace (`sandbox`).

use super::{Call, serve};
use crate::cli::Demo;
use crate::exit::{Exit, UsageError};
use crate::{compose, config, progress, show};
use anyhow::Context;
use asana::{Client, CustomFieldWrite, Limits, Settings, TaskWrite};
use domain::{Band, Moment, ProjectGid, Role};
use engine::{Engine, GroomReport, UndoReport, Write};
use sandbox::{Options, Running};
use store::Store;

/// The local Asana enforces no limits here; this only keeps our own from slowing the show down.
const UNHURRIED: u32 = 60_000;

/// What the demo's backlog calls its priorities: without them nothing official would wait for anybody.
const PRIORITIES: [(Band, &str); 4] =
    [(Band::P0, "Critical"), (Band::P1, "Major"), (Band::P2, "Minor"), (Band::P3, "Trivial")];

pub(super) async fn run(call: &Call<'_>, args: &Demo) -> anyhow::Result<Exit> {
    if call.json && args.serve {
        return Err(UsageError("demo --serve goes on until it is ended: leave out --json".into()).into());
    }
    let folder = tempfile::Builder::new().prefix("upnext-demo-").tempdir()?;
    let (world, demo) = sandbox::demo_world(args.seed, compose::now())?;
    let running = sandbox::serve(Options { limits: false, ..Options::default() }, world).await?;
    let store_url = format!("sqlite:{}", folder.path().join("upnext.db").display());
    let engine = engine(call, &running, &demo.bot_token, &store_url).await?;
    let person = client(&running, &demo.person_token)?;
    let project = ProjectGid::new(demo.project.clone());
    let story = Story { call, engine: &engine, person: &person, demo: &demo, project: &project };
    let told = story.tell().await?;
    if call.json {
        show::json(&told)?;
    }
    if args.serve {
        keep_serving(&engine, &running, &demo, &store_url).await?;
    } else if !call.json {
        next_steps();
    }
    engine.store.close().await;
    running.shutdown().await;
    Ok(Exit::Ok)
}

fn client(running: &Running, token: &str) -> anyhow::Result<Client> {
    let mut settings = Settings::new(token);
    settings.base_url.clone_from(&running.base_url);
    settings.limits = Limits::pinned(UNHURRIED);
    Ok(Client::new(settings)?)
}

async fn engine(call: &Call<'_>, running: &Running, token: &str, store_url: &str) -> anyhow::Result<Engine> {
    let rubric = compose::rubric(&call.config)?;
    let store = Store::open(store_url).await?;
    let mut config = call.config.clone();
    config.policy.priority_options = PRIORITIES.map(|(band, option)| (band, option.to_owned())).into();
    compose::assemble(&config, rubric, client(running, token)?, store)
}

/// What the demo came to, for `--json`.
#[derive(serde::Serialize)]
struct Told {
    groom: GroomReport,
    groom_again: GroomReport,
    undo: UndoReport,
    edited: EditedTask,
}

/// The edit a person made in between.
#[derive(serde::Serialize)]
struct EditedTask {
    task: String,
    name: String,
    from: f64,
    to: f64,
}

struct Story<'a> {
    call: &'a Call<'a>,
    engine: &'a Engine,
    person: &'a Client,
    demo: &'a sandbox::Demo,
    project: &'a ProjectGid,
}

impl Story<'_> {
    fn say(&self, text: &str) {
        progress::clear();
        if !self.call.json {
            say!("{text}");
        }
    }

    fn now(&self) -> anyhow::Result<Moment> {
        compose::moment(&self.call.config)
    }

    async fn tell(&self) -> anyhow::Result<Told> {
        self.say(&format!(
            "A local Asana with {} real tasks of “{}” (see its data's README for source and licence).\n",
            self.demo.tasks, self.demo.project_name
        ));
        let setup = engine::setup(self.engine, self.project, self.now()?).await?;
        self.say(&format!(
            "1. Setup made {} fields and found {} in place: {}, …\n",
            setup.created.len(),
            setup.reused.len(),
            setup.created.iter().take(4).cloned().collect::<Vec<_>>().join(", ")
        ));
        let groom = self.groom().await?;
        self.explain(&groom).await?;
        let edited = self.edit(&groom).await?;
        let groom_again = self.respect(&edited).await?;
        let undo = self.undo(&groom, &edited).await?;
        Ok(Told { groom, groom_again, undo, edited })
    }

    async fn groom(&self) -> anyhow::Result<GroomReport> {
        let groom = engine::groom(self.engine, self.project, self.now()?, Write::Apply).await?;
        self.say(&format!(
            "2. Groom read, scored and wrote back {} tasks ({} reads, {} writes), phase {}:\n",
            groom.tasks.len(),
            groom.requests.reads,
            groom.requests.writes,
            groom.phase
        ));
        self.say(&show::ranking(&groom.tasks, 15, self.call.config.display.scale));
        self.say("\n   Why the first five are first:");
        for task in groom.tasks.iter().take(5) {
            self.say(&format!("   {}. {}", task.rank, short(&task.name)));
            for line in task.reasons.chunks(2) {
                self.say(&format!("      {}", line.join("; ")));
            }
        }
        Ok(groom)
    }

    /// The breakdown of one task, and what would move it to another band.
    async fn explain(&self, groom: &GroomReport) -> anyhow::Result<()> {
        let upward = |t: &&engine::ScoredTask| t.band != "P0" && !t.counterfactuals.is_empty();
        let task =
            groom.tasks.iter().find(upward).or(groom.tasks.first()).context("the demo has no tasks")?;
        let explained = engine::explain(&self.engine.store, &task.gid).await?;
        let judgement = explained.context("the task was judged a moment ago")?.judgement;
        self.say(&format!(
            "\n3. Why “{}” has {}: every point is accounted for.",
            short(&task.name),
            task.score
        ));
        self.say(&show::breakdown(&judgement));
        for counterfactual in &judgement.counterfactuals {
            self.say(&format!("   What would change its band: {counterfactual}"));
        }
        Ok(())
    }

    /// A person sets the score of the second task by hand.
    async fn edit(&self, groom: &GroomReport) -> anyhow::Result<EditedTask> {
        let task = groom.tasks.get(1).context("the demo has two tasks")?;
        let name = self.engine.names.name(Role::AiPriorityScore);
        let settings = self.person.projects().custom_field_settings(self.project.as_str());
        let settings = settings.fields(&["custom_field.name"]).collect_all().await?;
        let fields = settings.into_iter().filter_map(|s| s.custom_field);
        let field =
            fields.into_iter().find(|f| f.name.as_deref() == Some(&name)).context("setup made the field")?;
        let to = 5.0;
        let write = TaskWrite::new().custom_field(&field.gid, CustomFieldWrite::Number(to));
        self.person.tasks().update(task.gid.as_str(), write, &["name"]).await?;
        self.say(&format!(
            "\n4. {} sets {name} of “{}” to {to} by hand.",
            self.demo.person_name,
            short(&task.name)
        ));
        Ok(EditedTask { task: task.gid.to_string(), name: task.name.clone(), from: task.score, to })
    }

    async fn respect(&self, edited: &EditedTask) -> anyhow::Result<GroomReport> {
        let again = engine::groom(self.engine, self.project, self.now()?, Write::Apply).await?;
        let reason = again.skipped.iter().find(|s| s.gid.as_str() == edited.task).map(|s| s.reason.clone());
        self.say(&format!(
            "   Groom again ({} reads, {} written). “{}”: {}.",
            again.requests.reads,
            again.requests.writes,
            short(&edited.name),
            reason.unwrap_or_else(|| "not respected".into())
        ));
        Ok(again)
    }

    async fn undo(&self, groom: &GroomReport, edited: &EditedTask) -> anyhow::Result<UndoReport> {
        let undo = engine::undo(self.engine, &groom.run, self.now()?).await?;
        self.say(&format!(
            "\n5. Undo {}: {} tasks have back what they had before.",
            groom.run,
            undo.restored.len()
        ));
        for left in undo.left.iter().filter(|l| l.gid.as_str() == edited.task) {
            self.say(&format!("   “{}”: {}.", short(&left.name), left.reason));
        }
        let audit = self.engine.store.verify_audit().await?;
        let state = if audit.broken.is_none() { "unbroken" } else { "BROKEN" };
        self.say(&format!(
            "   The audit trail of all this has {} entries; its chain is {state}.\n",
            audit.entries
        ));
        Ok(undo)
    }
}

/// A task's name, short enough for a line.
fn short(name: &str) -> String {
    domain::fit(name, 70)
}

fn next_steps() {
    say!("What to do next:");
    say!("  upnext demo --serve            keep this Asana running, look at the dashboard, try the commands");
    say!(
        "  upnext risk PROJECT            which dates are in danger and why; upnext sprint PROJECT plans the next two weeks,"
    );
    say!(
        "                                 upnext assign PROJECT says who should have what: previews until --apply"
    );
    say!(
        "  upnext retro PROJECT           what became of the last sprint and why; upnext portfolio which projects and goals come first"
    );
    say!("  upnext config default          the configuration and its manual");
    say!("  export ASANA_ACCESS_TOKEN=…    then, on your own project, nothing is written until you say so:");
    say!("  upnext doctor --project GID && upnext setup --project GID && upnext groom --project GID");
}

async fn keep_serving(
    engine: &Engine,
    running: &Running,
    demo: &sandbox::Demo,
    store_url: &str,
) -> anyhow::Result<()> {
    let told = serve::stop();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let dashboard = web::Dashboard::new(engine.store.clone(), engine.clock.clone(), "")
        .with_hands(engine.clone(), jiff::tz::TimeZone::UTC)
        .with_manual(config::DEFAULT)
        .with_portfolios(vec![domain::PortfolioGid::new(demo.portfolio.to_string())]);
    say!("The dashboard of what was done: http://{}/", listener.local_addr()?);
    serve::tell_token(dashboard.first_token().await?.as_deref());
    say!("The local Asana stays at {}; Ctrl-C ends both. In another terminal:", running.base_url);
    say!("  export ASANA_BASE_URL={} ASANA_ACCESS_TOKEN={}", running.base_url, demo.bot_token);
    say!("  export DATABASE_URL={store_url}");
    say!("  upnext groom --project {} --apply", demo.project);
    say!("  upnext risk {0}; upnext sprint {0}; upnext assign {0}", demo.project);
    say!("  upnext retro {}; upnext portfolio {}", demo.project, demo.portfolio);
    Ok(web::serve_dashboard(listener, dashboard, told).await?)
}
