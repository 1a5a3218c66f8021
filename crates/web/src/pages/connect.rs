//! `/connect`: the projects that the token sees, connected and taken away by the owner of the admin token.
//!
//! Connecting shows a project's texts to Upnext and lets it write what the phase allows, so it belongs to whoever has the whole store.
//! What is connected is worked on by the service, so it is done only beside one. Deliberately not here: what the service does with a connected project (`engine::service`).

use super::{Shell, words};
use crate::dashboard::{Dashboard, Fields, Look, Refusal, Signed, Visitor, html, see_other};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::{Clearance, Phase, ProjectGid};
use engine::service::{Reachable, connect_in_shadow, disconnect as take_away, look_soon, reachable};

/// Projects of a page: beyond it, words narrow them down.
const SHOWN: usize = 100;

/// Letters of what is looked for.
const LONGEST: usize = 100;

#[derive(Template)]
#[template(path = "connect.html")]
struct Page {
    shell: Shell,
    /// Those that are shown; none where no service works on them.
    projects: Option<Vec<Reachable>>,
    /// How many fit what is looked for.
    found: usize,
    text: String,
}

/// Told when connecting takes longer than a page waits.
#[derive(Template)]
#[template(path = "connecting.html")]
struct Connecting {
    shell: Shell,
}

/// A project belongs to whoever has the whole store, until it is connected.
fn may_connect(visitor: &Visitor) -> Result<(), Refusal> {
    if visitor.audits() { Ok(()) } else { Err(Refusal::Forbidden(Clearance::Admin)) }
}

/// Without a service a connected project would wait for its first ranking for ever.
fn is_served(dashboard: &Dashboard) -> Result<(), Refusal> {
    let text = "Projects are connected on the dashboard of `upnext serve`, which works on them: no service runs beside this one.";
    if dashboard.is_served() { Ok(()) } else { Err(Refusal::Bad(text.into())) }
}

pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    visitor: Visitor,
    fields: Fields,
) -> Result<Response, Refusal> {
    may_connect(&visitor)?;
    let text = domain::fit(fields.get("q").unwrap_or_default().trim(), LONGEST);
    let wanted = text.to_lowercase();
    let (mut projects, mut found) = (None, 0);
    if dashboard.is_served() {
        let all = dashboard
            .reckon((&visitor, Look::People), |engine, _| async move { reachable(&engine).await })
            .await?;
        let all = all.ok_or_else(|| {
            Refusal::Bad("Asana takes longer than a page waits: try again in a minute.".into())
        })?;
        let fits = |one: &Reachable| one.name.to_lowercase().contains(&wanted) || one.gid.as_str() == wanted;
        let mut fitting: Vec<Reachable> = all.into_iter().filter(fits).collect();
        // What is connected is at hand, whatever else there is.
        fitting.sort_by_key(|one| !one.connected);
        found = fitting.len();
        fitting.truncate(SHOWN);
        projects = Some(fitting);
    }
    Ok(html(&Page { shell: Shell::of(&visitor, "Connect", "projects"), projects, found, text }))
}

/// The project that a form is about.
fn project(fields: &Fields) -> Result<ProjectGid, Refusal> {
    let text = fields.get("project").unwrap_or_default();
    let is_gid = (3..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let wrong = || Refusal::Bad("That is no number of a project: go back and press a button.".into());
    if is_gid { Ok(ProjectGid::new(text)) } else { Err(wrong()) }
}

pub(super) async fn connect(State(dashboard): State<Dashboard>, signed: Signed) -> Result<Response, Refusal> {
    let Signed { visitor, fields } = signed;
    may_connect(&visitor)?;
    is_served(&dashboard)?;
    let (gid, how) = (project(&fields)?, visitor.deciding(&fields));
    let in_shadow = match fields.get("phase") {
        Some("shadow") => true,
        Some("configured") => false,
        _ => return Err(Refusal::Bad("Choose how it begins: go back and press a button.".into())),
    };
    let there = format!("/projects/{gid}");
    let done = dashboard
        .do_it(move |engine, _| async move {
            if in_shadow {
                connect_in_shadow(&engine, &gid, &how).await?;
            } else {
                engine::service::connect(&engine, &gid, &how).await?;
            }
            look_soon(&engine, &gid).await
        })
        .await?;
    match done {
        Some(_) => Ok(see_other(&there)),
        // Its page may not be there yet.
        None => Ok(html(&Connecting { shell: Shell::of(&visitor, "Being connected", "projects") })),
    }
}

pub(super) async fn disconnect(
    State(dashboard): State<Dashboard>,
    signed: Signed,
) -> Result<Response, Refusal> {
    let Signed { visitor, fields } = signed;
    may_connect(&visitor)?;
    is_served(&dashboard)?;
    let (gid, how) = (project(&fields)?, visitor.deciding(&fields));
    dashboard.do_it(move |engine, _| async move { take_away(&engine, &gid, &how).await }).await?;
    Ok(see_other("/connect"))
}

/// What a phase writes of a project that begins in it, in words.
fn begins(phase: &Phase) -> &'static str {
    match phase {
        Phase::Shadow => "nothing is written to Asana",
        Phase::Suggest => "AI fields are written, and people are asked about the rest",
        Phase::Conditional => "AI fields are written, and what policy.conditional names",
        Phase::Auto => "everything the policy allows is written",
    }
}
