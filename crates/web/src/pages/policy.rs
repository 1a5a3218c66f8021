//! `/projects/{gid}/policy`: every setting of the policy with what the manual says of it, a draft of others with what it would do to the
//! project, the lines for the configuration file, and what was in force before.
//!
//! The draft is in the address, so that it can be sent to whoever has the file: nothing is kept, and no policy is put in force from
//! here, which would let a browser widen what is written to Asana. Deliberately not here: phases (`phases`), and what a setting means
//! (the manual says it).

use super::project::Here;
use super::{Shell, words};
use crate::dashboard::{Dashboard, Fields, LARGEST_FORM, Refusal, Visitor, html, see_other};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::Clearance;
use engine::views::{PlannedView, PolicyPage};
use engine::{PolicyChange, PolicySetting, SettingKind};
use std::collections::BTreeMap;

/// The settings of one table.
struct Group<'a> {
    table: &'a str,
    settings: Vec<&'a PolicySetting>,
}

#[derive(Template)]
#[template(path = "policy.html")]
struct Page {
    shell: Shell,
    here: Here,
    view: PolicyPage,
    /// Whether the visitor may try other settings.
    may_draft: bool,
}

pub(super) async fn show(
    State(dashboard): State<Dashboard>,
    Path(project): Path<String>,
    visitor: Visitor,
    fields: Fields,
) -> Result<Response, Refusal> {
    let here = Here::of(&dashboard, &visitor, project).await?;
    let asked = asked(&fields)?;
    let may_draft = visitor.access.may(Clearance::Approver, &here.gid);
    let (gid, access, views) = (here.gid.clone(), visitor.access.clone(), dashboard.views.clone());
    let (manual, wanted) = (dashboard.manual(), if may_draft { asked.clone() } else { BTreeMap::new() });
    let look = move |engine, _| async move { views.policy(&engine, (&gid, &access), manual, &wanted).await };
    let view = dashboard.find(&visitor, look).await?;
    if !may_draft && view.draft.settings.iter().any(|one| asked.contains_key(&one.path)) {
        return Err(Refusal::Forbidden(Clearance::Approver));
    }
    // What is as it was is left out of the address: it then tells the draft, whatever the policy becomes.
    let needed: Vec<&PolicySetting> = view.draft.settings.iter().filter(|one| one.differs()).collect();
    if may_draft && asked.len() > needed.len() {
        return Ok(see_other(&address(&here, &needed)));
    }
    let page = Page {
        shell: Shell::of(&visitor, format!("Policy – {}", here.name), "projects"),
        may_draft,
        here,
        view,
    };
    Ok(html(&page))
}

/// The settings that an address asks for, by path.
fn asked(fields: &Fields) -> Result<BTreeMap<String, String>, Refusal> {
    let asked: BTreeMap<String, String> =
        fields.pairs().map(|(path, text)| (path.to_owned(), text.to_owned())).collect();
    let bytes: usize = asked.iter().map(|(path, text)| path.len() + text.len()).sum();
    if bytes > LARGEST_FORM { Err(Refusal::TooLarge(LARGEST_FORM)) } else { Ok(asked) }
}

fn address(here: &Here, needed: &[&PolicySetting]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(needed.iter().map(|one| (&one.path, &one.asked)));
    let query = query.finish();
    let page = here.page("policy");
    if query.is_empty() { page } else { format!("{page}?{query}") }
}

/// The settings table by table, in the manual's order.
fn groups(settings: &[PolicySetting]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = vec![];
    for one in settings {
        match groups.last_mut().filter(|group| group.table == one.table) {
            Some(group) => group.settings.push(one),
            None => groups.push(Group { table: &one.table, settings: vec![one] }),
        }
    }
    groups
}

/// Whether a table has a setting that is asked to be another, so that it is shown open.
fn is_open(group: &Group<'_>) -> bool {
    group.table == "policy" || group.settings.iter().any(|one| one.differs())
}

/// What a table is about, for people.
fn heading(table: &str) -> &str {
    match table.strip_prefix("policy.") {
        None => "All writes",
        Some("ai") => "Language model",
        Some("notices") => "Notes to owners",
        Some("approvals") => "Approvals",
        Some("sprint") => "Sprints",
        Some("assign") => "Assignees",
        Some("risk") => "Dates in danger",
        Some("audit_mirror") => "Digest of decisions",
        Some("priority_options") => "Official mapping",
        Some("scope") => "Scope",
        Some("triage") => "Triage",
        Some("sections") => "Sections",
        Some(other) => other,
    }
}

/// A value in words; nothing is told of as such.
fn value(text: &str) -> String {
    if text.is_empty() { "empty".into() } else { text.replace('\n', ", ") }
}

/// Rows that a list needs.
fn rows(text: &str) -> usize {
    text.lines().count().clamp(1, 8) + 1
}

/// How the changes of a version read where there are none to be seen.
fn unseen(changes: &[PolicyChange]) -> bool {
    changes.is_empty()
}

/// How an action differs: by who is asked, or by what it writes.
fn difference((was, then): &(PlannedView, PlannedView)) -> String {
    if was.state != then.state {
        return format!("{} → {}", was.state.label(), then.state.label());
    }
    let word =
        |value: &Option<String>| value.as_ref().map_or("empty".to_owned(), |text| domain::fit(text, 60));
    let changes = then.changes.iter().filter(|change| !was.changes.contains(change));
    let told: Vec<String> = changes
        .map(|change| format!("{} {} → {}", change.what, word(&change.before), word(&change.after)))
        .collect();
    if told.is_empty() { "writes less".into() } else { told.join("; ") }
}

/// What an action would write, in a line.
fn writes(action: &PlannedView) -> String {
    let word =
        |value: &Option<String>| value.as_ref().map_or("empty".to_owned(), |text| domain::fit(text, 60));
    let change = |change: &engine::views::ChangeView| {
        format!("{} {} → {}", change.what, word(&change.before), word(&change.after))
    };
    let told: Vec<String> = action.changes.iter().map(change).collect();
    if told.is_empty() { action.what.clone() } else { told.join("; ") }
}
