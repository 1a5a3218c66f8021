//! What every page shows around its content.
//!
//! Deliberately not here: the content.

use crate::dashboard::{Visitor, assets};

/// Around the content.
pub(crate) struct Shell {
    pub(crate) title: String,
    /// The entry of the navigation that is open.
    pub(crate) here: &'static str,
    /// Who is there; none on pages for strangers.
    pub(crate) visitor: Option<Inside>,
    /// Names the version of styles and scripts.
    pub(crate) assets: &'static str,
}

/// What the shell tells somebody who is signed in.
pub(crate) struct Inside {
    pub(crate) who: String,
    pub(crate) clearance: &'static str,
    pub(crate) key: String,
    /// Whether they may look into the audit trail.
    pub(crate) audits: bool,
}

impl Shell {
    /// For a visitor; `here` is the entry of the navigation that the page belongs to.
    pub(crate) fn of(visitor: &Visitor, title: impl Into<String>, here: &'static str) -> Shell {
        let inside = Inside {
            who: visitor.who.clone(),
            clearance: visitor.access.clearance.word(),
            key: visitor.key.token(),
            audits: visitor.audits(),
        };
        Shell { visitor: Some(inside), here, ..Shell::bare(title) }
    }

    /// Whether somebody is there who has the whole store.
    pub(crate) fn audits(&self) -> bool {
        self.visitor.as_ref().is_some_and(|inside| inside.audits)
    }

    /// For anybody.
    pub(crate) fn bare(title: impl Into<String>) -> Shell {
        Shell { title: title.into(), here: "", visitor: None, assets: assets() }
    }
}
