//! Who calls: the key in `Authorization: Bearer`, what it may do, and how often.
//!
//! Deliberately not here: cookies. A session of the dashboard opens nothing here.

use super::keys::{digest, id_of};
use super::{Api, Problem};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;
use domain::{Access, ApiKey, KeyState, ProjectGid, Scope};
use jiff::SignedDuration;

/// How often it is noted that a key is used.
const NOTED: SignedDuration = SignedDuration::from_mins(1);

/// A program that was let in.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) key: ApiKey,
    pub(super) access: Access,
}

impl Caller {
    /// Goes on when the key sees the project; what it does not see is not there for it.
    pub(super) fn sees(&self, project: &ProjectGid) -> Result<(), Problem> {
        if self.access.sees(project) { Ok(()) } else { Err(Problem::no_project()) }
    }
}

/// Lets a request through whose key has the scope; in front of every route.
pub(super) async fn guard(
    State((api, scope)): State<(Api, Scope)>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let caller = caller(&api, request.headers()).await?;
    if let Some(seconds) = api.limit.take(&caller.key.id, api.dashboard.now()) {
        return Err(Problem::too_many(seconds));
    }
    if !caller.key.scopes.contains(&scope) {
        let detail =
            format!("This takes a key with the scope {}, which this one does not have.", scope.word());
        return Err(Problem::forbidden(detail));
    }
    request.extensions_mut().insert(caller);
    Ok(next.run(request).await)
}

async fn caller(api: &Api, headers: &HeaderMap) -> Result<Caller, Problem> {
    let token = token(headers).ok_or_else(Problem::unknown)?;
    let id = id_of(token).ok_or_else(Problem::unknown)?;
    let (store, now) = (api.dashboard.store(), api.dashboard.now());
    // Digests of random numbers: how long comparing them takes tells nothing of the number.
    let found = store.api_key(&id).await?.filter(|(_, kept)| *kept == digest(token));
    let (key, _) =
        found.filter(|(key, _)| key.state(now) == KeyState::Active).ok_or_else(Problem::unknown)?;
    if key.used_at.is_none_or(|used| now - NOTED > used) {
        store.see_api_key(&key.id, now).await?;
    }
    Ok(Caller { access: key.access(), key })
}

/// The token of the one `Authorization` header.
fn token(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let text = all.next()?.to_str().ok()?;
    let (scheme, token) = text.split_once(' ')?;
    (all.next().is_none() && scheme.eq_ignore_ascii_case("bearer")).then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn a_token_comes_from_one_bearer_header() {
        let of = |texts: &[&str]| {
            let mut headers = HeaderMap::new();
            for text in texts {
                headers.append(header::AUTHORIZATION, HeaderValue::try_from(*text).expect("a header"));
            }
            token(&headers).map(str::to_owned)
        };
        assert_eq!(of(&["Bearer abc"]), Some("abc".into()));
        assert_eq!(of(&["bearer  abc "]), Some("abc".into()));
        for wrong in [&[][..], &["Basic abc"], &["Bearer"], &["abc"], &["Bearer a", "Bearer b"]] {
            assert_eq!(of(wrong), None, "{wrong:?}");
        }
    }
}
