//! **What it measures** The priority a person has set: Blocker, P0, Urgent or Highest 1; Critical 0.9; High or P1 0.75;
//! Major 0.6; Medium or P2 0.5; Minor 0.3; Low or P3 0.25; Trivial or Lowest 0.1; other words by their place in the list.
//! **Why it matters** Somebody who knew the task said so.
//! **Example** Major reads 0.6.
//! **When it misleads** When everything is High, or the tracker's default was never changed. What Upnext wrote itself
//! is never read back as evidence.

use super::Sight;
use crate::facts::Facts;
use domain::Reason;

/// Its name in rubrics.
pub const NAME: &str = "existing_priority";

pub(crate) fn read(facts: &Facts) -> Sight {
    facts.priority().map_or(Sight::Unknown, |(_, strength)| Sight::Strength(strength))
}

pub(crate) fn reason(facts: &Facts) -> Option<Reason> {
    let (gid, _) = facts.priority()?;
    Some(Reason::Priority { label: facts.option_name(gid)?.to_owned() })
}
