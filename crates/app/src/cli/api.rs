//! The arguments of the commands for API keys.
//!
//! Deliberately not here: what they do.

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};

/// The words of the scopes.
const SCOPES: [&str; 4] = ["read", "approvals:write", "runs:undo", "requests:write"];

/// `upnext api-key …`.
#[derive(Debug, Subcommand)]
pub enum ApiKey {
    /// Make a key and print it. It is told only now: the store keeps its SHA-256.
    ///
    /// A key goes no further than its scopes, in its projects: `read` reads all that the dashboard shows, `approvals:write` approves
    /// and rejects what waits, `runs:undo` takes back what a run wrote, `requests:write` asks for things by a project's intake.
    Create(NewKey),
    /// Every key: what it may do, until when, and when it was last used.
    List,
    /// Take a key back: from the next request on it lets nobody in.
    Revoke {
        /// The key's id: `key_…`.
        key: String,
    },
}

/// `upnext api-key create`.
#[derive(Debug, Clone, Args)]
pub struct NewKey {
    /// What the key is for, as it is to stand in the audit trail.
    pub name: String,
    /// What it lets a program do; may be repeated.
    #[arg(long = "scope", value_name = "SCOPE", default_value = "read", value_parser = PossibleValuesParser::new(SCOPES))]
    pub scopes: Vec<String>,
    /// A project it sees, by gid or URL; may be repeated.
    #[arg(long = "project", value_name = "GID", required_unless_present = "all_projects")]
    pub projects: Vec<String>,
    /// It sees every project of the store, those to come too.
    #[arg(long, conflicts_with = "projects")]
    pub all_projects: bool,
    /// Days after which it no longer lets in; without it, it does until it is revoked.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub days: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::SCOPES;

    #[test]
    fn every_scope_can_be_asked_for() {
        assert_eq!(domain::Scope::ALL.map(domain::Scope::word), SCOPES);
    }
}
