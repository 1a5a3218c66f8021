//! What a request asks: its path, its query and its body, read strictly and refused in the documented shape.
//!
//! An unknown name is refused rather than left out: a program that asks for something else than it means should hear of it.
//! Deliberately not here: what the values mean.

use super::Problem;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize as _, Deserializer};

/// The parts of the path.
pub(super) struct At<T>(pub(super) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<At<T>, Problem> {
        let path = Path::<T>::from_request_parts(parts, state).await;
        path.map(|Path(value)| At(value)).map_err(|error| Problem::bad(error.body_text()))
    }
}

/// The query, each name once.
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Asked<T>, Problem> {
        let query = Query::<T>::try_from_uri(&parts.uri);
        query.map(|Query(value)| Asked(value)).map_err(|error| Problem::bad(error.body_text()))
    }
}

/// A body of JSON.
pub(super) struct Sent<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Sent<T>, Problem> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(value)) => Ok(Sent(value)),
            Err(error @ JsonRejection::JsonDataError(_)) => Err(Problem::bad(error.body_text())),
            Err(error) => Err(Problem::new(error.status(), error.body_text())),
        }
    }
}

/// A whole number, also one that is written as `166.0`: to JSON both are the same.
pub(super) fn whole<'de, D: Deserializer<'de>>(from: D) -> Result<Option<usize>, D::Error> {
    let Some(number) = Option::<f64>::deserialize(from)? else { return Ok(None) };
    // Far above any limit of ours, and exact.
    if number.fract() == 0.0 && (0.0..=1e9).contains(&number) {
        return Ok(Some(number as usize));
    }
    Err(D::Error::custom("not a whole number from 0 to 1,000,000,000"))
}

/// Refuses a text that is longer than so many letters.
pub(super) fn no_longer(name: &str, text: &str, letters: usize) -> Result<(), Problem> {
    if text.chars().count() <= letters {
        return Ok(());
    }
    Err(Problem::new(StatusCode::BAD_REQUEST, format!("{name}: at most {letters} letters")))
}
