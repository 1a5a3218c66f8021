//! Where a new entry goes in a list that callers order with `insert_before` and `insert_after`.
//!
//! Not here: tasks and sections, whose anchors have rules of their own.

use crate::call::Call;
use crate::error::Failure;
use crate::world::Gid;

/// The index for a new entry of `order`; the end without an anchor.
pub(super) fn slot(call: &Call, order: &[Gid]) -> Result<usize, Failure> {
    let find = |key: &str, gid: &str| {
        order.iter().position(|known| known == gid).ok_or_else(|| Failure::unknown(key, gid))
    };
    match (call.text("insert_before")?, call.text("insert_after")?) {
        (Some(_), Some(_)) => Err(Failure::bad("You may only provide one of insert_before or insert_after!")),
        (Some(gid), None) => find("insert_before", &gid),
        (None, Some(gid)) => Ok(find("insert_after", &gid)? + 1),
        (None, None) => Ok(order.len()),
    }
}
