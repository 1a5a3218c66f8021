//! How this process is let in to Asana, and what that cannot do.
//!
//! Deliberately not here: whether it works (the engine's doctor asks Asana).

use crate::commands::sign_in::who;
use crate::compose::sign_in::{Way, profile, way};
use crate::config::Config;
use crate::env::Env;
use asana::oauth::{Profile, Tokens};
use engine::doctor::{Check, Health};
use store::Store;

const WHAT: &str = "way in";

/// Looks at the sign-in as it is now, renewed by what was asked before.
pub(super) async fn examine(store: &Store, config: &Config, env: &Env) -> anyhow::Result<Check> {
    Ok(match way(config, env, store).await? {
        Way::Variable(_) => Check::ok(WHAT, "the token in ASANA_ACCESS_TOKEN"),
        Way::File(_) => {
            Check::ok(WHAT, format!("the token in {} (asana.token_file)", config.asana.token_file))
        }
        Way::SignIn(kept) => signed_in(&kept.tokens),
    })
}

fn signed_in(tokens: &Tokens) -> Check {
    let (word, profile) = profile(tokens);
    let until = tokens.expires_at.strftime("%F %R UTC");
    let found = format!("sign-in of {} until {until}, renewed by itself; profile {word}", who(tokens));
    let lacks: Vec<&str> = profile.lacks().iter().map(|lack| lack.what).collect();
    let lost = lacks.join(" ");
    match profile {
        // No sign-in of a person can do these: there is nothing to mend.
        Profile::Full => Check { lost, ..Check::ok(WHAT, found) },
        Profile::Least => {
            let mend =
                "an app registered for full permissions and asana.profile = \"full\", then `upnext sign-in`";
            Check::amiss(WHAT, Health::Reduced, found, &lost, mend)
        }
    }
}
