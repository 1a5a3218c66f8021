//! `upnext forget`.
//!
//! Deliberately not here: what goes and what stays.

use super::{Call, gid};
use crate::cli::ForgetTexts;
use crate::exit::Exit;
use crate::{compose, show};
use domain::ProjectGid;
use store::Forget;

pub(super) async fn run(call: &Call<'_>, args: &ForgetTexts) -> anyhow::Result<Exit> {
    let store = compose::open_store(&call.config, call.env).await?;
    let project = ProjectGid::new(gid(&args.project)?);
    let what = if args.attachments_only { Forget::Attachments } else { Forget::Texts };
    let forgotten = engine::forget(&store, &project, what, compose::now()).await?;
    if call.json {
        show::json(&serde_json::json!({ "project": project, "what": what, "forgotten": forgotten }))?;
        return Ok(Exit::Ok);
    }
    say!("Forgotten of project {project}: the text of {} attachments", forgotten.attachments);
    if what == Forget::Texts {
        say!(
            "  {} lists of comments, {} snapshots, {} judgements, {} versions of learned models, {} golden sets, {} requests that were given up",
            forgotten.comments,
            forgotten.snapshots,
            forgotten.judgements,
            forgotten.models,
            forgotten.golden_sets,
            forgotten.requests
        );
    }
    if forgotten.golden_sets > 0 {
        say!(
            "  No golden set guards the order any more: `upnext golden freeze` makes a new one after the next groom."
        );
    }
    if forgotten.snapshots_kept > 0 {
        say!(
            "  {} snapshots are still kept: a run was stopped in the middle of a write. Groom the project, which settles \
             it, then forget again",
            forgotten.snapshots_kept
        );
    }
    say!("Noted in the audit. The next groom or search of the project reads its texts again.");
    Ok(Exit::Ok)
}
