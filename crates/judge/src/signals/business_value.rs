//! **What it measures** The team's own business-value field, from 0 to the top of its scale (configured, or the next of
//! 10, 100, 1,000… above every value on the project). An enum field counts by its configured numbers or its order.
//! **Why it matters** It is the team's own statement of worth; everything else is a proxy.
//! **Example** 8 on a scale to 10 reads 0.8.
//! **When it misleads** Scales that different people use differently; values nobody has touched since intake.

use super::Sight;
use crate::facts::Facts;
use domain::Reason;

/// Its name in rubrics.
pub const NAME: &str = "business_value";

pub(crate) fn read(facts: &Facts) -> Sight {
    facts.business_value().map_or(Sight::Unknown, |(_, strength)| Sight::Strength(strength))
}

pub(crate) fn reason(facts: &Facts) -> Option<Reason> {
    let (gid, _) = facts.business_value()?;
    let field = facts.cx.field(gid)?.name.clone();
    let value = match facts.option_name(gid) {
        Some(option) => option.to_owned(),
        None => facts.number(gid)?.to_string(),
    };
    Some(Reason::Field { field, value })
}
