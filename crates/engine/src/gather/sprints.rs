//! Projects beside a project that are called as its sprints are.
//!
//! A request for a hundred: of the team's projects or, where the project is in no team, of all in the workspace that the token sees.
//! Those that the journal knows Upnext to have made are found even where Asana's list leaves them out. Deliberately not here: which of
//! them is filled (`decide`), and making one (`apply`).
//! Known limit: a project that is shared with the team and listed with no team is found only where Upnext made it.

use crate::context::Engine;
use crate::error::EngineError;
use asana::wire;
use decide::sprint::{SPANS, SPRINT_PROJECT, is_numbered};
use domain::{ActionId, Privacy, ProjectGid, Snapshot, SprintProject, SprintProjects, TeamGid};

/// Pages of a hundred projects that are read at most.
const PAGES: usize = 50;

const FIELDS: [&str; 3] = ["name", "archived", "privacy_setting"];

/// The snapshot with the projects that sprints are, where the policy has them so; `asked` are other names that matter. Where they cannot
/// be read, that is told in it.
pub(crate) async fn with_sprints(
    engine: &Engine,
    snapshot: Snapshot,
    asked: &[&str],
) -> Result<Snapshot, EngineError> {
    let policy = &engine.policy.sprint;
    if !policy.in_projects() {
        return Ok(snapshot);
    }
    let wanted = |name: &str| {
        policy.is_sprint_project(name)
            || is_numbered(name)
            || asked.iter().any(|asked| asked.eq_ignore_ascii_case(name.trim()))
    };
    with_projects(engine, snapshot, wanted).await
}

/// The snapshot with the projects beside its own whose names are wanted. Where they cannot be read, that is told in it.
pub(crate) async fn with_projects(
    engine: &Engine,
    mut snapshot: Snapshot,
    wanted: impl Fn(&str) -> bool,
) -> Result<Snapshot, EngineError> {
    match read_sprints(engine, &snapshot.project.gid, wanted).await {
        Ok(sprints) => snapshot.sprints = Some(sprints),
        Err(EngineError::Asana(
            error @ (asana::Error::Forbidden { .. }
            | asana::Error::NotFound { .. }
            | asana::Error::PaymentRequired { .. }),
        )) => snapshot.notes.push(format!("projects of sprints could not be read: {error}")),
        Err(EngineError::Unusable(why)) => snapshot.notes.push(why),
        Err(error) => return Err(error),
    }
    Ok(snapshot)
}

/// The projects beside one whose names are wanted, the oldest first.
///
/// # Errors
/// What keeps them from being read; more projects than are read.
pub(crate) async fn read_sprints(
    engine: &Engine,
    project: &ProjectGid,
    wanted: impl Fn(&str) -> bool,
) -> Result<SprintProjects, EngineError> {
    engine.stage("looking for the sprint's project", 0);
    let projects = engine.asana.projects();
    let fields = ["team.gid", "privacy_setting", "workspace.gid"];
    let here = projects.get(project.as_str(), &fields).await?;
    let team = here.team.map(|team| TeamGid::new(team.gid));
    let workspace = here.workspace.unwrap_or_default().gid;
    let list = match &team {
        Some(team) => projects.in_team(team.as_str()),
        None => projects.in_workspace(&workspace),
    };
    let is_wanted =
        |one: &wire::Project| one.gid != project.as_str() && one.name.as_deref().is_some_and(&wanted);
    let mut there: Vec<SprintProject> = vec![];
    let (mut pages, mut read) = (list.fields(&FIELDS).pages(), 0);
    while let Some(page) = pages.next().await? {
        if read == PAGES {
            return Err(EngineError::Unusable(format!(
                "there are more than {} projects beside this one, too many to look for the sprint's among them: put this \
                 project into a team",
                100 * PAGES
            )));
        }
        read += 1;
        there.extend(page.into_iter().filter(is_wanted).map(to_project));
    }
    let made = engine.store.made_projects(project, &ActionId::new(SPRINT_PROJECT)).await?;
    for made in made.iter().filter(|made| wanted(&made.name)).take(SPANS as usize) {
        if there.iter().any(|one| one.gid == made.gid) {
            continue;
        }
        match projects.get(made.gid.as_str(), &FIELDS).await {
            Ok(one) => there.extend(Some(one).filter(is_wanted).map(to_project)),
            Err(asana::Error::NotFound { .. } | asana::Error::Forbidden { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    for one in &mut there {
        one.unshared = made.iter().any(|made| made.gid == one.gid && !made.complete);
    }
    there.sort_by(|a, b| a.gid.numeric_key().cmp(&b.gid.numeric_key()));
    let privacy = here.privacy_setting.as_deref().and_then(Privacy::from_asana);
    // Of what is not known the fewest are to see the new, and the most see the other.
    Ok(SprintProjects { team, privacy: privacy.unwrap_or(Privacy::Private), there })
}

fn to_project(one: wire::Project) -> SprintProject {
    let privacy = one.privacy_setting.as_deref().and_then(Privacy::from_asana);
    SprintProject {
        gid: ProjectGid::new(one.gid),
        name: one.name.unwrap_or_default(),
        archived: one.archived.unwrap_or(false),
        privacy: privacy.unwrap_or(Privacy::PublicToWorkspace),
        unshared: false,
    }
}
