//! The doctor: what works with this token, plan and project, what is lost where it does not, and how to mend it.
//!
//! Reads only. Deliberately not here: mending (`setup` does what can be done).

use crate::context::Engine;
use crate::error::EngineError;
use crate::gather::{read_project, workspace_fields};
use crate::rubrics::{accepted, held};
use decide::wanted_field;
use domain::{FieldDef, ProjectGid, Role};
use serde::Serialize;

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// Works.
    Ok,
    /// Something is lost, the rest works.
    Reduced,
    /// Upnext cannot work like this.
    Broken,
}

/// One check.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// What was looked at.
    pub what: String,
    /// How it is.
    pub health: Health,
    /// What was found.
    pub found: String,
    /// What is lost by it; empty when nothing.
    pub lost: String,
    /// How to mend it; empty when there is nothing to mend.
    pub mend: String,
}

impl Check {
    /// A check that found everything well.
    pub fn ok(what: &str, found: impl Into<String>) -> Check {
        Check {
            what: what.into(),
            health: Health::Ok,
            found: found.into(),
            lost: String::new(),
            mend: String::new(),
        }
    }

    /// A check that found something amiss.
    pub fn amiss(what: &str, health: Health, found: impl Into<String>, lost: &str, mend: &str) -> Check {
        Check { what: what.into(), health, found: found.into(), lost: lost.into(), mend: mend.into() }
    }
}

/// Examines token, workspaces and plan, and each of the projects.
pub async fn examine(engine: &Engine, projects: &[ProjectGid]) -> Vec<Check> {
    let mut checks = vec![Check::ok("store", engine.store.describe())];
    let workspaces = match token(engine, &mut checks).await {
        Some(workspaces) => workspaces,
        None => return checks,
    };
    for (gid, name) in &workspaces {
        plan(engine, gid, name, &mut checks).await;
    }
    for gid in projects {
        project(engine, gid, &mut checks).await;
    }
    checks.push(limits(engine.asana.requests_per_minute()));
    checks
}

/// What paid plans allow, requests a minute (Asana's documentation of rate limits).
const PAID_RATE: u32 = 1_500;

fn limits(rate: u32) -> Check {
    let found = format!("held to {rate} requests a minute, 50 reads and 15 writes at once");
    if rate >= PAID_RATE {
        return Check::ok("limits", found);
    }
    let lost = format!("writing 1,000 tasks takes {} minutes or more", 1_000_u32.div_ceil(rate.max(1)));
    let mend = "paid plans allow 1,500 a minute; asana.requests_per_minute says how many to use";
    Check::amiss("limits", Health::Reduced, found, &lost, mend)
}

async fn token(engine: &Engine, checks: &mut Vec<Check>) -> Option<Vec<(String, String)>> {
    match engine.asana.users().me(&["name", "workspaces.name"]).await {
        Ok(me) => {
            let workspaces: Vec<(String, String)> =
                me.workspaces.into_iter().map(|w| (w.gid, w.name.unwrap_or_default())).collect();
            let names: Vec<&str> = workspaces.iter().map(|w| w.1.as_str()).collect();
            let found = format!("acts as {} in {}", me.name.unwrap_or_default(), names.join(", "));
            checks.push(Check::ok("token", found));
            Some(workspaces)
        }
        Err(error) => {
            let mend = "give a valid token in ASANA_ACCESS_TOKEN or asana.token_file, or run `upnext sign-in`; check ASANA_BASE_URL";
            checks.push(Check::amiss("token", Health::Broken, error.to_string(), "everything", mend));
            None
        }
    }
}

/// Features that come with paid plans or wider scopes: asked for once each, by the cheapest read there is.
async fn plan(engine: &Engine, workspace: &str, name: &str, checks: &mut Vec<Check>) {
    let one = |path: String| engine.asana.get(&path).query("limit", 1);
    let probes = [
        (
            "custom fields",
            one(format!("/workspaces/{workspace}/custom_fields")),
            "scores cannot be written to Asana; plans and explanations still work",
            "move the workspace to a paid plan, or widen the token to custom_fields:read and :write",
        ),
        (
            "goals",
            one("/goals".into()).query("workspace", workspace),
            "strategic alignment is unknown and lowers confidence",
            "goals need the Advanced plan or above, and goals:read",
        ),
        (
            "portfolios",
            one("/portfolios".into()).query("workspace", workspace).query("owner", "me"),
            "`--portfolio` cannot be used; name projects instead",
            "portfolios need the Advanced plan or above, and portfolios:read",
        ),
    ];
    for (feature, probe, lost, mend) in probes {
        checks.push(tried(&format!("{feature} in {name}"), probe, lost, mend).await);
    }
}

/// A feature, by whether the cheapest read of it is answered.
async fn tried(what: &str, probe: asana::Request, lost: &str, mend: &str) -> Check {
    match probe.send::<serde_json::Value>().await {
        Ok(_) => Check::ok(what, "available"),
        Err(error) => Check::amiss(what, Health::Reduced, error.to_string(), lost, mend),
    }
}

/// What the token's scopes let it read of a project. Full-permission tokens have all of it.
async fn scopes(engine: &Engine, gid: &ProjectGid, name: &str, checks: &mut Vec<Check>) {
    let one = |path: &str| engine.asana.get(&format!("/projects/{gid}/{path}")).query("limit", 1);
    let probes = [
        ("tasks", one("tasks"), "nothing can be scored", "widen the token to tasks:read and tasks:write"),
        (
            "dependencies",
            one("tasks").query("opt_fields", "dependencies"),
            "nothing blocks or waits: dependency criticality is unknown",
            "dependencies need a paid plan",
        ),
        (
            "sections",
            one("sections"),
            "tasks cannot be moved to the sections that policy.sections names",
            "sections are in no granular scope: use a full-permission token",
        ),
    ];
    for (feature, probe, lost, mend) in probes {
        checks.push(tried(&format!("{feature} of {name}"), probe, lost, mend).await);
    }
}

/// Which rubric judges the project.
async fn rubric(engine: &Engine, gid: &ProjectGid, name: &str) -> Check {
    let what = format!("rubric of {name}");
    let (ours, accepted) = (engine.for_project(gid).await, accepted(engine, gid).await);
    if let Ok(Some(held)) = held(engine, gid).await {
        let mend = "name a rubric in the configuration that agrees with it, or accept this one with a reason";
        return Check::amiss(
            &what,
            Health::Reduced,
            held.told(gid),
            "the configured rubric does not judge",
            mend,
        );
    }
    let found = match (&ours, &accepted) {
        (Ok(ours), Ok(Some(accepted))) => {
            let version = ours.rubric.version();
            let also = accepted.note.as_ref().map(|note| format!("; {note}")).unwrap_or_default();
            format!("{version}, accepted by {} at {}{also}", accepted.by, accepted.at)
        }
        (Ok(ours), Ok(None)) => format!("{}, as configured", ours.rubric.version()),
        (Err(error), _) | (_, Err(error)) => {
            let mend = format!("upnext rubric revert --project {gid}");
            return Check::amiss(&what, Health::Broken, error.to_string(), "this project", &mend);
        }
    };
    Check::ok(&what, found)
}

async fn project(engine: &Engine, gid: &ProjectGid, checks: &mut Vec<Check>) {
    let read = match read_project(engine, gid).await {
        Ok(read) => read,
        Err(error) => {
            let mend = "check the number in the project's URL, and that the token's user is a member";
            let what = format!("project {gid}");
            checks.push(Check::amiss(&what, Health::Broken, error.to_string(), "this project", mend));
            return;
        }
    };
    let name = &read.project.name;
    checks.push(Check::ok(&format!("project {name}"), format!("{} fields", read.fields.len())));
    scopes(engine, gid, name, checks).await;
    checks.push(rubric(engine, gid, name).await);
    let in_workspace: Result<Vec<FieldDef>, EngineError> =
        workspace_fields(engine, &read.workspace.gid).await;
    let in_workspace = in_workspace.unwrap_or_default();
    for role in Role::of_every_project().chain(engine.policy.risk.flag.then_some(Role::AiRisk)) {
        checks.push(field(engine, role, &read.fields, &in_workspace, gid));
    }
}

fn field(engine: &Engine, role: Role, here: &[FieldDef], all: &[FieldDef], gid: &ProjectGid) -> Check {
    let wanted = wanted_field(role, &engine.names);
    let what = format!("field {}", wanted.name);
    let named = |list: &[FieldDef]| list.iter().find(|f| f.name.eq_ignore_ascii_case(&wanted.name)).cloned();
    let lost = if Role::AI.contains(&role) { "this value is not written" } else { "this input is not read" };
    let mend = format!("upnext setup --project {gid}");
    match (named(here), named(all)) {
        (Some(field), _) if field.kind != wanted.kind => {
            let found =
                format!("is of type {}, {} is needed", field.kind.asana_name(), wanted.kind.asana_name());
            let mend = format!("rename it, or name another under [fields] {}", role.key());
            Check::amiss(&what, Health::Reduced, found, lost, &mend)
        }
        (Some(field), _) if field.read_only && Role::AI.contains(&role) => {
            let mend = format!("name another under [fields] {}", role.key());
            Check::amiss(&what, Health::Reduced, "is read-only", lost, &mend)
        }
        (Some(_), _) => Check::ok(&what, "on the project"),
        (None, Some(_)) => {
            Check::amiss(&what, Health::Reduced, "in the workspace, not on the project", lost, &mend)
        }
        (None, None) => Check::amiss(&what, Health::Reduced, "missing", lost, &mend),
    }
}
