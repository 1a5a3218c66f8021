//! Why something is not shown or not done, in words that say what to do next.
//!
//! What is not to be seen is not there: the same words for a project that does not exist and one that is somebody else's.
//! Deliberately not here: what failed inside; it goes to the log.

use super::answer::html;
use crate::pages::Shell;
use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::Clearance;
use engine::EngineError;
use store::StoreError;

/// Said to a form whose session is over.
pub(super) const SIGN_IN_FIRST: &str =
    "You are not signed in any more, and nothing was changed. Sign in, and send it again.";

/// Said when it is not a visitor's turn.
const BUSY: &str =
    "What you asked for before, or what others ask for, is still being reckoned. Look again in a minute.";

/// Said to somebody whose standing is not known.
const NOT_SAID: &str = "What you may see here is not known just now: Asana does not say who belongs to the projects, or is not asked by this \
     dashboard. A session you have goes on: try again in a minute, or sign in with the admin token at /sign-in.";

/// Said to somebody whom no project knows.
const MEMBER_OF_NOTHING: &str = "In Asana you are a member of no project that Upnext works on, so there is nothing to see here. Ask to be added to one, \
     and sign in again.";

/// Said to a form from elsewhere.
const FROM_ELSEWHERE: &str = "The form did not come from a page of this session, and nothing was changed. Open the page again and send it from there.";

/// Said to who looks at where a form is sent to.
const OF_A_FORM: &str = "This address belongs to a form and is no page of its own. Nothing was changed: go back to the page with the form.";

/// Why a request is not answered with what it asked for.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Nobody is signed in; where they wanted to go.
    SignIn(Option<String>),
    /// There is no such thing.
    Missing(&'static str),
    /// The address takes a form and was looked at, or the other way round.
    NoSuchWay,
    /// They are a member of no project here.
    Nobody,
    /// They may not go so far.
    Forbidden(Clearance),
    /// The request makes no sense.
    Bad(String),
    /// A form that is not ours.
    Forged,
    /// Too much was sent, above so many bytes.
    TooLarge(usize),
    /// Too many tries; seconds to wait.
    TooMany(i64),
    /// Too many requests by the intake; seconds to wait.
    TooOften(i64),
    /// Others are being served, or the visitor's own last look still goes on.
    Busy,
    /// What they may see is not known just now: Asana does not say, or is not asked here.
    NotSaid,
    /// Something else was sent under this request's number.
    SentAlready,
    /// It went wrong here.
    Failed(EngineError),
}

/// What somebody is told who sends other words under the number of a request that is kept.
pub(crate) const SENT_ALREADY: &str = "This form, or this id, was sent already with other words, and nothing was kept of these. Begin a new one to ask for something else.";

/// A form that one of our pages did not make.
pub(super) fn forged() -> Refusal {
    Refusal::Forged
}

impl Refusal {
    /// No such project, or none for them.
    pub(crate) fn no_project() -> Refusal {
        Refusal::Missing("There is no such project here, or you may not see it.")
    }
}

impl<E: Into<EngineError>> From<E> for Refusal {
    fn from(error: E) -> Refusal {
        Refusal::Failed(error.into())
    }
}

#[derive(Template)]
#[template(path = "refused.html")]
struct Page {
    shell: Shell,
    text: String,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        if let Refusal::SignIn(next) = &self {
            return to_sign_in(next.as_deref());
        }
        let (status, title, text) = words(&self);
        let mut response = html(&Page { shell: Shell::bare(title), text });
        *response.status_mut() = status;
        let wait = match self {
            Refusal::TooMany(seconds) | Refusal::TooOften(seconds) => Some(seconds),
            Refusal::Busy | Refusal::NotSaid => Some(60),
            _ => None,
        };
        if let Some(seconds) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

fn to_sign_in(next: Option<&str>) -> Response {
    let query: String = match next.filter(|next| *next != "/") {
        Some(next) => {
            let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
            format!("?next={next}")
        }
        None => String::new(),
    };
    super::see_other(&format!("/sign-in{query}"))
}

/// The status of a refusal, its title and its text.
pub(crate) fn words(refusal: &Refusal) -> (StatusCode, &'static str, String) {
    match refusal {
        Refusal::SignIn(_) => (StatusCode::UNAUTHORIZED, "Sign in", SIGN_IN_FIRST.to_owned()),
        Refusal::Missing(text) => (StatusCode::NOT_FOUND, "Not found", (*text).to_owned()),
        Refusal::NoSuchWay => (StatusCode::METHOD_NOT_ALLOWED, "Not asked like this", OF_A_FORM.to_owned()),
        Refusal::Forbidden(clearance) => (
            StatusCode::FORBIDDEN,
            "Not allowed",
            format!(
                "That takes the role of {}, and yours goes less far. Ask whoever runs Upnext.",
                clearance.word()
            ),
        ),
        Refusal::Nobody => (StatusCode::FORBIDDEN, "Not let in", MEMBER_OF_NOTHING.to_owned()),
        Refusal::Bad(text) => (StatusCode::BAD_REQUEST, "Not understood", text.clone()),
        Refusal::Forged => (StatusCode::FORBIDDEN, "Not accepted", FROM_ELSEWHERE.to_owned()),
        Refusal::TooLarge(bytes) => (
            StatusCode::PAYLOAD_TOO_LARGE,
            "Too large",
            format!("A form may have {bytes} bytes, and this one has more. Nothing was changed."),
        ),
        Refusal::TooMany(seconds) => (
            StatusCode::TOO_MANY_REQUESTS,
            "Too many tries",
            format!("Signing in failed too often. Try again in {} minutes.", (seconds + 59) / 60),
        ),
        Refusal::TooOften(seconds) => (
            StatusCode::TOO_MANY_REQUESTS,
            "Too many requests",
            format!(
                "Too much was sent from here lately, and nothing was kept of this. Try again in {seconds} seconds."
            ),
        ),
        Refusal::Busy => (StatusCode::SERVICE_UNAVAILABLE, "Busy", BUSY.to_owned()),
        Refusal::NotSaid => (StatusCode::SERVICE_UNAVAILABLE, "Not known just now", NOT_SAID.to_owned()),
        Refusal::SentAlready => (StatusCode::CONFLICT, "Sent already", SENT_ALREADY.to_owned()),
        Refusal::Failed(error @ EngineError::UnknownProject { .. }) => {
            (StatusCode::NOT_FOUND, "Not there", format!("{error}. Nothing was changed."))
        }
        Refusal::Failed(EngineError::Unusable(text)) => {
            (StatusCode::BAD_REQUEST, "Not possible", text.clone())
        }
        Refusal::Failed(EngineError::Store(busy @ StoreError::Busy { .. })) => {
            let text = format!("{busy}. Nothing was changed: try again in a moment.");
            (StatusCode::CONFLICT, "Somebody else is at it", text)
        }
        Refusal::Failed(error) => {
            tracing::error!(%error, "a request to the dashboard failed");
            let text = "This cannot be done just now; the log says why. Try again in a moment.".to_owned();
            (StatusCode::SERVICE_UNAVAILABLE, "Something failed", text)
        }
    }
}
