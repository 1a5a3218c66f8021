//! The project's own commands, each a module a test can call: `check`, `test`, `bench`, `eval`.
//!
//! It imports no other crate of the workspace, so that it builds in seconds and works while they do not compile.

mod apt;
pub mod bench;
pub mod browser;
pub mod check;
pub mod clients;
pub mod conformance;
pub mod eval;
pub mod fuzz;
pub mod model;
pub mod postgres;
pub mod tally;
pub mod test;
pub mod tidy;
pub mod workspace;

/// How a command ended; what was wrong has been printed already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing to mend.
    Good,
    /// Something to mend: the process exits non-zero.
    Bad,
}

impl Verdict {
    /// `Good` when `good`.
    pub fn of(good: bool) -> Self {
        if good { Self::Good } else { Self::Bad }
    }
}
