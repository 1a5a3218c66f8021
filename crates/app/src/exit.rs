//! Exit codes, and which error leads to which.
//!
//! Scripts may rely on them; `upnext --help` lists them. Deliberately not here: printing.

use engine::EngineError;
use std::process::ExitCode;
use store::StoreError;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All well.
    Ok,
    /// Something failed; the message says what.
    Failed,
    /// Wrong usage or configuration; nothing was done.
    Usage,
    /// Asana refused: the token, the plan, or an unknown object.
    Refused,
    /// Part of the writes did not happen; run the same command again.
    Partly,
    /// A check found something amiss.
    Amiss,
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Exit::Ok => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Refused => 3,
            Exit::Partly => 4,
            Exit::Amiss => 5,
        }
    }

    /// Which code an error leads to.
    pub fn of(error: &anyhow::Error) -> Exit {
        if error.downcast_ref::<UsageError>().is_some() {
            return Exit::Usage;
        }
        if let Some(StoreError::Backup { .. } | StoreError::NotEmpty { .. }) = error.downcast_ref() {
            return Exit::Usage;
        }
        if let Some(error) = error.downcast_ref::<asana::oauth::Error>() {
            return if error.is_retryable_later() { Exit::Failed } else { Exit::Refused };
        }
        match error.downcast_ref::<EngineError>() {
            Some(
                EngineError::UnknownProject { .. }
                | EngineError::NoCustomFields { .. }
                | EngineError::NotInProject { .. }
                | EngineError::UnknownTask(_),
            ) => Exit::Refused,
            Some(EngineError::Asana(e)) => Exit::of_asana(e),
            Some(
                EngineError::UnknownRun(_)
                | EngineError::UnknownPlan(_)
                | EngineError::UnknownApproval(_)
                | EngineError::UnknownRubric { .. }
                | EngineError::NoGolden(_)
                | EngineError::Unusable(_),
            ) => Exit::Usage,
            _ => error.downcast_ref::<asana::Error>().map_or(Exit::Failed, Exit::of_asana),
        }
    }

    fn of_asana(error: &asana::Error) -> Exit {
        match error {
            error if error.needs_sign_in() => Exit::Refused,
            asana::Error::PaymentRequired { .. }
            | asana::Error::Forbidden { .. }
            | asana::Error::NotFound { .. } => Exit::Refused,
            asana::Error::Settings { .. } => Exit::Usage,
            _ => Exit::Failed,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}

/// Wrong usage or configuration.
#[derive(Debug)]
pub struct UsageError(pub String);

impl std::fmt::Display for UsageError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UsageError {}
