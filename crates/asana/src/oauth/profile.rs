//! Which scopes to ask for, and what cannot be done with them.
//!
//! An app is registered either for full permissions or for granular scopes, and may ask for nothing of the other kind. The
//! lists are what the operations of Asana's OpenAPI file of 2026-06-11 name; an operation that names no scope is taken to
//! need full permissions. Known limit: a scope that Asana has added since is asked for only once it stands here.

use crate::Method::{self, Delete, Get, Post, Put};

/// What Upnext's calls need, each with the call it is for. Asana's own list of scopes leaves out `project_sections:read`,
/// `stories:delete` and `time_periods:read`, though its operations and fields name them: where the developer console does
/// not offer one, ask without it.
const LEAST: &[&str] = &[
    // Files of tasks, when their texts are read.
    "attachments:read",
    // Which fields there are, and making Upnext's own.
    "custom_fields:read",
    "custom_fields:write",
    // Goals, and the time they are for.
    "goals:read",
    "time_periods:read",
    // The projects of a portfolio.
    "portfolios:read",
    // The project, its fields and its tasks' memberships; adding Upnext's fields to it.
    "projects:read",
    "projects:write",
    "project_sections:read",
    // Comments and history; the summary comment, and taking it back.
    "stories:read",
    "stories:write",
    "stories:delete",
    // Tasks; their fields, sections and Upnext's own task, and taking that back.
    "tasks:read",
    "tasks:write",
    "tasks:delete",
    // Whose token it is.
    "users:read",
    // Being told of changes.
    "webhooks:read",
    "webhooks:write",
    "webhooks:delete",
];

/// A set of scopes to ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Profile {
    /// What Upnext's calls need, as far as Asana has scopes for it. For an app registered for granular scopes.
    Least,
    /// Everything the person may do. For an app registered for full permissions.
    Full,
}

/// Something that cannot be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lack {
    /// What, and what becomes of it, in one sentence.
    pub what: &'static str,
    /// Calls that are refused for it: method and path, with `{gid}` for every parameter.
    pub calls: &'static [(Method, &'static str)],
}

impl Profile {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Least, Self::Full];

    /// What to ask for.
    pub fn scopes(self) -> &'static [&'static str] {
        match self {
            Self::Least => LEAST,
            Self::Full => &["default"],
        }
    }

    /// What tokens with these scopes cannot do, whatever the person may.
    pub fn lacks(self) -> &'static [Lack] {
        match self {
            Self::Least => LEAST_LACKS,
            Self::Full => FULL_LACKS,
        }
    }
}

const LEAST_LACKS: &[Lack] = &[
    Lack {
        what: "Sections cannot be listed, made or renamed: only sections that hold a task are known, and moving tasks needs \
               the section's gid.",
        calls: &[
            (Get, "/projects/{gid}/sections"),
            (Post, "/projects/{gid}/sections"),
            (Get, "/sections/{gid}"),
            (Put, "/sections/{gid}"),
            (Delete, "/sections/{gid}"),
        ],
    },
    Lack {
        what: "Which goals a task or project supports cannot be read, and goals cannot be changed: strategic alignment \
               is unknown.",
        calls: &[(Get, "/goal_relationships"), (Post, "/goals"), (Put, "/goals/{gid}")],
    },
    Lack {
        what: "Event streams cannot be followed: changes are learned from webhooks and by looking.",
        calls: &[(Get, "/events")],
    },
    Lack {
        what: "Status updates cannot be read or written.",
        calls: &[(Get, "/status_updates"), (Post, "/status_updates")],
    },
    Lack { what: "Calls cannot be sent in batches.", calls: &[(Post, "/batch")] },
    Lack {
        what: "Members, allocations and budgets cannot be read: capacity is known only from what Upnext is told.",
        calls: &[
            (Get, "/memberships"),
            (Get, "/workspaces/{gid}/workspace_memberships"),
            (Get, "/allocations"),
            (Get, "/budgets"),
        ],
    },
    Lack {
        what: "Custom fields, portfolios and projects cannot be deleted: an undo leaves the project that was made for a sprint.",
        calls: &[
            (Delete, "/custom_fields/{gid}"),
            (Delete, "/portfolios/{gid}"),
            (Delete, "/projects/{gid}"),
        ],
    },
    Lack {
        what: "Projects cannot be shared with anybody: a private one that is made for a sprint is its maker's alone.",
        calls: &[(Post, "/memberships")],
    },
    Lack {
        what: "Teams, tags and the list of workspaces are not asked for, because nothing Upnext does needs them.",
        calls: &[
            (Get, "/workspaces"),
            (Get, "/workspaces/{gid}/teams"),
            (Get, "/workspaces/{gid}/tags"),
            (Post, "/workspaces/{gid}/tags"),
        ],
    },
];

const FULL_LACKS: &[Lack] = &[
    Lack {
        what: "The audit log and the event stream of a whole workspace are for service accounts.",
        calls: &[(Get, "/workspaces/{gid}/audit_log_events"), (Get, "/workspaces/{gid}/events")],
    },
    Lack {
        what: "An organization can be exported by service accounts only.",
        calls: &[(Post, "/organization_exports")],
    },
    Lack {
        what: "Portfolios are listed for their owner only, so each person's portfolios need that person's token.",
        calls: &[(Get, "/portfolios")],
    },
];
