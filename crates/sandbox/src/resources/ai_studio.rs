//! AI Studio usage: seats and runs. Nobody here has a licence, so the lists of a service account are empty.

use crate::call::{Answer, Call, Route};
use crate::error::Failure;
use crate::world::{Kind, World};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/workspaces/{workspace}/ai_studio/runs", none),
    Route::get("/workspaces/{workspace}/ai_studio/seats", none),
];

fn none(world: &mut World, call: &Call) -> Result<Answer, Failure> {
    call.target(world, "workspace", Kind::Workspace)?;
    if !call.actor.is_service_account {
        return Err(Failure::forbidden("AI Studio usage is only available to service accounts."));
    }
    Ok(Answer::list(Kind::Workspace, Vec::new()))
}
