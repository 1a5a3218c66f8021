//! What people do to tasks, as data: the steps a history is made of.
//!
//! People, tasks and projects are named by their places in the draft. `life.rs` lays deeds out, `play.rs` does them.

use super::fields::Key;
use super::talk::Moment;
use crate::world::FieldValue;

/// What somebody does to a task.
#[derive(Debug)]
pub(super) enum Deed {
    /// Makes it; `true` with a title that is changed later.
    Create(bool),
    Retitle,
    Set(Key, FieldValue),
    Assign(usize),
    /// Moves it to a stage of its project.
    Move(usize),
    /// Moves it to the section of a finished sprint.
    File(i64),
    /// Puts it into its second project.
    Share,
    /// Moves it to the last stage there.
    FinishElsewhere,
    /// Start and due day.
    Dates(Option<i64>, i64),
    Wait(usize),
    Follow(usize),
    Like,
    Attach,
    Tag(usize),
    Say(Moment),
    /// Names an earlier task that says the same.
    Point(usize),
    Complete,
    Reopen,
    /// Minutes worked.
    Track(u32),
}

/// A deed, its moment in seconds, its task and its doer by their places.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) at: i64,
    pub(super) task: u32,
    pub(super) by: u32,
    pub(super) deed: Deed,
}
