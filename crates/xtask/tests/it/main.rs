//! The tidy rules on small made-up repositories, the count of test results, the page of figures, and the private PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a failed test may end where it stands")]

mod edges;
mod eval;
mod licence;
mod paths;
mod postgres;
mod repository;
mod signals;
mod size;
mod source;
mod tally;
