//! Granular OAuth scopes: which operations and fields a token without full permissions may use.
//!
//! Guess: the wording of the refusal, and that operations without a documented scope are refused.

use crate::call::Route;
use crate::error::Failure;
use crate::world::Kind;

/// `METHOD path scope …`, with `{}` for every parameter.
const OPERATIONS: &str = include_str!("../data/scopes.txt");

/// Fields that need more than their object's operation does, from the descriptions of the operations.
const FIELDS: &[(Kind, &str, &[&str])] = &[
    (Kind::Task, "memberships", &["projects:read", "project_sections:read"]),
    (Kind::Task, "actual_time_minutes", &["time_tracking_entries:read"]),
    (Kind::Goal, "time_period", &["time_periods:read"]),
    (Kind::Project, "team", &["teams:read"]),
    (Kind::Story, "previews", &["attachments:read"]),
    (Kind::Job, "new_task", &["tasks:read"]),
    (Kind::Job, "new_project", &["projects:read"]),
    (Kind::Job, "new_project_template", &["project_templates:read"]),
    (Kind::Job, "new_portfolio", &["portfolios:read"]),
    (Kind::Job, "new_task_template", &["task_templates:read"]),
];

/// Named in descriptions of operations and fields, though not by any operation's own list.
const FIELD_ONLY: &[&str] = &[
    "project_sections:read",
    "time_periods:read",
    "stories:delete",
    "goals:write",
    "task_custom_types:read",
    "openid",
    "email",
    "profile",
];

/// Every scope an app may be registered for.
pub(crate) fn all() -> Vec<String> {
    let mut scopes: Vec<String> = operations().flat_map(|(_, scopes)| scopes.map(str::to_owned)).collect();
    scopes.extend(FIELD_ONLY.iter().map(|&scope| scope.to_owned()));
    scopes.sort_unstable();
    scopes.dedup();
    scopes
}

fn operations() -> impl Iterator<Item = ((&'static str, &'static str), std::str::SplitWhitespace<'static>)> {
    let lines = OPERATIONS.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| {
        let mut words = line.split_whitespace();
        Some(((words.next()?, words.next()?), words))
    })
}

/// Refuses an operation the scopes do not cover.
pub(crate) fn check(scopes: &[String], route: &Route) -> Result<(), Failure> {
    let pattern: Vec<&str> =
        route.pattern.split('/').map(|part| if part.starts_with('{') { "{}" } else { part }).collect();
    let pattern = pattern.join("/");
    let found = operations().find(|((method, path), _)| route.method == *method && pattern == *path);
    let Some((_, needed)) = found else {
        return Err(Failure::forbidden("This endpoint requires an app with full permissions."));
    };
    let missing: Vec<&str> = needed.filter(|scope| !scopes.iter().any(|known| known == scope)).collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(Failure::forbidden(format!("Your app is missing the required scopes: {}", missing.join(", "))))
    }
}

/// Whether a field may be shown to a token with these scopes.
pub(crate) fn shows(scopes: &[String], kind: Kind, field: &str) -> bool {
    let rule = FIELDS.iter().find(|(of, name, _)| *of == kind && *name == field);
    rule.is_none_or(|(_, _, needed)| needed.iter().all(|scope| scopes.iter().any(|known| known == scope)))
}
