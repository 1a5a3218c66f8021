//! From Asana's errors to how an action ended.
//!
//! Deliberately not here: retrying (the client did).

use domain::OutcomeKind;

const TOKEN: &str = "the token is not accepted any more";

/// How an action ended that Asana answered with this error.
pub(super) fn of_error(error: &asana::Error) -> OutcomeKind {
    match error {
        asana::Error::NotFound { .. } => OutcomeKind::Gone,
        asana::Error::BadRequest { message, .. }
        | asana::Error::Forbidden { message, .. }
        | asana::Error::PaymentRequired { message, .. }
        | asana::Error::TooLarge { message, .. } => OutcomeKind::Refused { message: message.clone() },
        error if error.needs_sign_in() => OutcomeKind::Unreachable { message: format!("{TOKEN}: {error}") },
        other => OutcomeKind::Unreachable { message: other.to_string() },
    }
}

/// Whether trying further actions is pointless.
pub(super) fn is_final(message: &str) -> bool {
    message.starts_with(TOKEN)
}
