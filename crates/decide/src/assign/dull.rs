//! Work that nobody is eager for, told apart by what people call it: chores, maintenance, documentation.
//!
//! A rule, no model, and nothing but names that people gave: the request type decides where the task has one; else a tag does; else the
//! word before the colon with which its name begins (`docs: …`, `chore(deps): …`). A low rank is no sign of it: such a task is wanted
//! later, and not less. Deliberately not here: how it is spread over people (`points`). Known limit: English words; what a team calls
//! otherwise is not told apart.

use domain::{Role, Snapshot, Task};

/// What upkeep is called, in words of a name.
const UPKEEP: [&str; 14] = [
    "chore",
    "chores",
    "maintenance",
    "upkeep",
    "housekeeping",
    "cleanup",
    "clean up",
    "documentation",
    "docs",
    "doc",
    "tech debt",
    "technical debt",
    "paperwork",
    "admin",
];
/// Letters of what stands before a colon to be a kind of work.
const LONGEST: usize = 24;

/// Why a task counts as dull work, for people; none where nothing says that it does.
#[must_use]
pub fn dull(snapshot: &Snapshot, task: &Task) -> Option<String> {
    if let Some((gid, value)) = snapshot.roles.value(Role::RequestType, task) {
        let field = snapshot.field(gid).map_or("its type", |field| field.name.as_str());
        let value = value.to_string();
        return is_upkeep(&value).then(|| format!("{field} is {}", domain::fit(&value, 40)));
    }
    if let Some(tag) = task.tags.iter().find(|tag| is_upkeep(tag)) {
        return Some(format!("tagged {}", domain::fit(tag, 40)));
    }
    let kind = begins_with(&task.name)?;
    is_upkeep(kind).then(|| format!("its name begins with “{kind}”"))
}

/// The kind of work that a name begins with: `docs: …`, `chore(deps): …`, `[docs] …`.
fn begins_with(name: &str) -> Option<&str> {
    let name = name.trim();
    let kind = match name.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.0,
        None => name.split_once(':')?.0.split('(').next()?,
    };
    let kind = kind.trim_end_matches('!').trim();
    (kind.chars().count() <= LONGEST).then_some(kind)
}

fn is_upkeep(text: &str) -> bool {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let text = format!(" {} ", words.join(" "));
    UPKEEP.iter().any(|called| text.contains(&format!(" {called} ")))
}
