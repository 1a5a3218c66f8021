//! Who belongs to a project in Asana, and how far they may go in Upnext because of it.
//!
//! An admin of the project is an admin here, an editor an approver, who comments or looks a viewer. People of a team that the project
//! is shared with count with the team's access. Deliberately not here: keeping the answer (`web`). Known limits: who sees a project
//! only because it is public to the workspace is no member of it; the memberships are read with Upnext's own token, which must be
//! allowed to (not with the scopes of `asana.profile = "least"`).

use crate::context::Engine;
use crate::error::EngineError;
use domain::{Clearance, ProjectGid};
use std::collections::BTreeMap;

/// The people of a project by their gid in Asana. A project that is gone, or not shared with Upnext any more, has none.
///
/// # Errors
/// Asana's, when it does not say who belongs to it, or who to a team of it; a team that Upnext may not look into is left out.
pub async fn members(
    engine: &Engine,
    project: &ProjectGid,
) -> Result<BTreeMap<String, Clearance>, EngineError> {
    let projects = engine.asana.projects();
    let fields = ["member.gid", "member.resource_type", "access_level"];
    let memberships = match projects.memberships(project.as_str()).fields(&fields).collect_all().await {
        Ok(memberships) => memberships,
        Err(asana::Error::NotFound { .. }) => return Ok(BTreeMap::new()),
        Err(error) => return Err(error.into()),
    };
    let mut people: BTreeMap<String, Clearance> = BTreeMap::new();
    let mut note = |gid: String, clearance: Clearance| {
        let known = people.entry(gid).or_insert(clearance);
        *known = (*known).max(clearance);
    };
    for membership in memberships {
        let (Some(member), Some(clearance)) = (membership.member, of(membership.access_level.as_deref()))
        else {
            continue;
        };
        if member.resource_type.as_deref() != Some("team") {
            note(member.gid, clearance);
            continue;
        }
        match engine.asana.users().in_team(&member.gid).fields(&["gid"]).collect_all().await {
            Ok(team) => team.into_iter().for_each(|user| note(user.gid, clearance)),
            // Asana says no for good: nobody gets in by a team whose people are not shown. What may be said otherwise in a moment
            // is no answer, and must not be kept as one.
            Err(
                error @ (asana::Error::NotFound { .. }
                | asana::Error::Forbidden { .. }
                | asana::Error::PaymentRequired { .. }),
            ) => tracing::warn!(%error, team = member.gid, "the people of a team cannot be read"),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(people)
}

/// The clearance that an access level stands for; none for one that is not known.
fn of(level: Option<&str>) -> Option<Clearance> {
    match level? {
        "admin" => Some(Clearance::Admin),
        "editor" => Some(Clearance::Approver),
        "commenter" | "viewer" => Some(Clearance::Viewer),
        _ => None,
    }
}
