//! Signing in with Asana: the way there, and the way back.
//!
//! Who is a member of no project that Upnext knows gets no session. Deliberately not here: what the browser carries in between
//! (`dashboard::asana_sign_in`).

use super::sign_in::{local, with_cookie};
use crate::dashboard::{Dashboard, Fields, Refusal, Standing, see_other};
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::Response;

/// Sends somebody to Asana.
pub(super) async fn leave(
    State(dashboard): State<Dashboard>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Refusal> {
    let next = local(fields.get("next").unwrap_or_default());
    if dashboard.is_in(&headers).await? {
        return Ok(see_other(next));
    }
    let (url, way) = dashboard.set_out(next)?;
    Ok(with_cookie(see_other(&url), Some(dashboard.way_cookie(&way))))
}

/// Lets in who comes back, as far as Asana says they may.
pub(super) async fn come_back(
    State(dashboard): State<Dashboard>,
    fields: Fields,
    request: Request,
) -> Result<Response, Refusal> {
    let (address, headers) = (crate::dashboard::address(&request), request.headers().clone());
    if let Some(seconds) = dashboard.wait(address) {
        return Err(Refusal::TooMany(seconds));
    }
    let way = dashboard.way(&headers).unwrap_or_default();
    let word = |name: &str| fields.get(name).unwrap_or_default();
    if fields.get("error").is_some() {
        return Err(Refusal::Bad(
            "Asana let nobody in: you said no there, or the app may not. Begin again at /sign-in.".into(),
        ));
    }
    let came = dashboard.come_back(&way, (word("code"), word("state"))).await;
    let came = came.inspect_err(|error| {
        // Anybody can follow a made-up link; and it is nobody's fault when Asana does not answer.
        if matches!(error, Refusal::Bad(_)) && dashboard.knows_way(&way) {
            dashboard.failed(address);
        }
    })?;
    let who = format!("{} ({})", came.name, came.gid);
    let access = match dashboard.standing_anew(&came.gid).await? {
        Standing::Member(access) => access,
        Standing::Unknown => return Err(Refusal::NotSaid),
        Standing::NoMember => {
            dashboard.note("sign_in", &who, "was not let in: a member of no project here").await?;
            return Err(Refusal::Nobody);
        }
    };
    let role = access.clearance.word();
    let cookie = dashboard.let_in(&headers, (&who, access, Some(came.gid))).await?;
    dashboard
        .note("sign_in", &who, &format!("signed in with Asana from {address}, at most as {role}"))
        .await?;
    let response = with_cookie(see_other(&came.next), Some(cookie));
    Ok(with_cookie(response, Some(dashboard.no_way_cookie())))
}
