//! Making what Asana's API cannot make but can read: `POST /_sandbox/make`.
//!
//! ```json
//! {"what": "custom_type", "project": "…", "name": "Bug", "steps": [["Reported", false], ["Fixed", true]]}
//! {"what": "task_template", "project": "…", "name": "Release", "description": "…"}
//! {"what": "agent", "name": "…", "description": "…"}
//! {"what": "reaction", "target": "…", "user": "…", "emoji": "👍"}
//! {"what": "rule_trigger", "project": "…", "owner": "…", "custom_fields": {"<gid>": 5}}
//! {"what": "favorite", "user": "…", "object": "…"}
//! {"what": "user", "name": "…", "email": "…", "guest": false, "view_only": false}
//! {"what": "limit", "user": "…", "guest": true, "view_only": false}
//! {"what": "workspace", "name": "…"}
//! {"what": "setting", "parent": "<workspace or team>", "custom_field": "…"}
//! ```
//!
//! `limit` changes a user who is there; a flag left out stays as it is. Users are named by gid, address or `me` (the first user). The answer is `{"gid": "…"}`.

use crate::call::check_object;
use crate::error::Failure;
use crate::world::{Gid, Kind, World};
use serde::Deserialize;
use serde_json::Value;

/// What to make.
#[derive(Debug, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Make {
    CustomType {
        project: Gid,
        name: String,
        steps: Vec<(String, bool)>,
    },
    TaskTemplate {
        project: Gid,
        name: String,
        description: String,
    },
    Agent {
        name: String,
        description: String,
    },
    Reaction {
        target: Gid,
        user: String,
        emoji: String,
    },
    RuleTrigger {
        project: Gid,
        owner: String,
        custom_fields: Value,
    },
    Favorite {
        user: String,
        object: Gid,
    },
    User {
        name: String,
        email: String,
        #[serde(default)]
        guest: bool,
        #[serde(default)]
        view_only: bool,
    },
    Limit {
        user: String,
        guest: Option<bool>,
        view_only: Option<bool>,
    },
    Workspace {
        name: String,
    },
    Setting {
        parent: Gid,
        custom_field: Gid,
    },
}

impl Make {
    /// Makes it; answers its gid.
    pub(crate) fn run(self, world: &mut World) -> Result<Gid, Failure> {
        match self {
            Self::CustomType { project, name, steps } => {
                check_object(world, Kind::Project, "project", &project)?;
                let steps: Vec<(&str, bool)> =
                    steps.iter().map(|(name, done)| (name.as_str(), *done)).collect();
                Ok(world.add_custom_type(&project, &name, &steps))
            }
            Self::TaskTemplate { project, name, description } => {
                check_object(world, Kind::Project, "project", &project)?;
                Ok(world.add_task_template(&project, &name, &description))
            }
            Self::Agent { name, description } => Ok(world.add_agent(&name, &description)),
            Self::Reaction { target, user, emoji } => {
                known(world, "target", &target)?;
                let user = person(world, &user)?;
                Ok(world.add_reaction(&target, &user, &emoji))
            }
            Self::RuleTrigger { project, owner, custom_fields } => {
                check_object(world, Kind::Project, "project", &project)?;
                let owner = person(world, &owner)?;
                Ok(world.add_rule_trigger(&project, &owner, custom_fields))
            }
            Self::Favorite { user, object } => {
                known(world, "object", &object)?;
                let user = person(world, &user)?;
                if let Some(user) = world.users.get_mut(&user) {
                    user.favorites.push(object.clone());
                }
                Ok(object)
            }
            Self::User { name, email, guest, view_only } => {
                if world.find_user(&email, &world.bot).is_some() {
                    return Err(Failure::bad(format!(
                        "email: There is a user with this address already: {email}"
                    )));
                }
                let gid = world.add_user(&name, &email);
                world.limit_user(&gid, guest, view_only);
                Ok(gid)
            }
            Self::Limit { user, guest, view_only } => {
                let gid = person(world, &user)?;
                let known = &world.users[&gid];
                let flags = (guest.unwrap_or(known.is_guest), view_only.unwrap_or(known.is_view_only));
                world.limit_user(&gid, flags.0, flags.1);
                Ok(gid)
            }
            Self::Workspace { name } => Ok(world.add_workspace(&name)),
            Self::Setting { parent, custom_field } => {
                known(world, "parent", &parent)?;
                check_object(world, Kind::CustomField, "custom_field", &custom_field)?;
                Ok(world.add_setting(&parent, &custom_field, false))
            }
        }
    }
}

fn known(world: &World, what: &str, gid: &str) -> Result<(), Failure> {
    world.kind_of(gid).map(|_| ()).ok_or_else(|| Failure::unknown(what, gid))
}

fn person(world: &World, given: &str) -> Result<Gid, Failure> {
    world.find_user(given, &world.bot).ok_or_else(|| Failure::unknown("user", given))
}
