//! The rules of this repository that a program can hold, so that a reviewer need not.
//!
//! Each rule is a file. A rule reads files and returns findings; it mends nothing and runs nothing. What `rustfmt` and
//! clippy already hold is not repeated here.

mod edges;
mod licence;
mod paths;
mod signals;
mod size;
mod source;
mod tree;

use std::fmt;
use std::path::{Path, PathBuf};
use tree::Tree;

/// One thing to mend.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// From the root of the repository.
    pub file: PathBuf,
    /// From 1; 0 for the file as a whole.
    pub line: usize,
    /// What is wrong and what to do about it.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file.display(), self.what),
            line => write!(f, "{}:{line}: {}", self.file.display(), self.what),
        }
    }
}

/// What there is to mend in the repository at `root`, by file and line. Errors are files that cannot be read.
pub fn findings(root: &Path) -> anyhow::Result<Vec<Finding>> {
    let tree = Tree::read(root)?;
    let rules = [edges::check, licence::check, paths::check, signals::check, size::check, source::check];
    let mut findings: Vec<Finding> = rules.iter().flat_map(|rule| rule(&tree)).collect();
    findings.sort();
    Ok(findings)
}
