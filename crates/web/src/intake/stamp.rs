//! When a form was shown and which request it is, sealed so that nobody but us can say so.
//!
//! With the service's own key, not the browser's: whoever has a cookie could sign with it what they like. A stamp is for one form, and is
//! the same request however often it is sent, also after a restart. Deliberately not here: the form.

use super::Intake;
use crate::dashboard::{Refusal, from_hex, to_hex};
use domain::RequestId;
use engine::{EngineError, SealError, Sealer, unguessable};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};

/// Nobody reads and fills in the form in less.
const SHORTEST: SignedDuration = SignedDuration::from_secs(3);

/// A form that is older is asked for again.
const OLDEST: SignedDuration = SignedDuration::from_hours(24);

/// Letters of a request's id.
const ID: usize = 20;

/// Letters of the longest stamp of ours, with room to spare.
const LONGEST: usize = 400;

const ANEW: &str = "This form is too old, or is not ours: it was made anew. Look it over, and send it again.";
const TOO_FAST: &str = "That was faster than people read: look it over, and send it again in a moment.";

impl Intake {
    /// A stamp for a form that is shown now.
    pub(super) fn stamp(&self, link: &str, now: Timestamp) -> Result<String, Refusal> {
        let sealer = self.sealer.as_ref();
        let sealer =
            sealer.ok_or_else(|| Refusal::Bad("Nothing is taken here: there is no service key.".into()))?;
        let sealed = made(sealer, link, now).map_err(|error| EngineError::Stopped(error.to_string()))?;
        Ok(to_hex(&sealed))
    }

    /// The request's id, when the form was shown by us, long enough ago and not too long.
    pub(super) fn stamped(&self, link: &str, stamp: &str, now: Timestamp) -> Result<RequestId, &'static str> {
        let sealed = from_hex(stamp, LONGEST).ok_or(ANEW)?;
        let opened = self.sealer.as_ref().and_then(|sealer| sealer.open(&purpose(link), &sealed).ok());
        let opened = opened.ok_or(ANEW)?;
        let (shown, id) = opened.expose_secret().split_once('-').ok_or(ANEW)?;
        let shown = shown.parse().ok().and_then(|ms| Timestamp::from_millisecond(ms).ok()).ok_or(ANEW)?;
        match now.duration_since(shown) {
            open if open > OLDEST => Err(ANEW),
            open if open < SHORTEST => Err(TOO_FAST),
            _ => Ok(RequestId::new(format!("req_{id}"))),
        }
    }
}

fn purpose(link: &str) -> String {
    format!("intake form {link}")
}

fn made(sealer: &Sealer, link: &str, now: Timestamp) -> Result<Vec<u8>, SealError> {
    let random = unguessable()?;
    let text = format!("{}-{}", now.as_millisecond(), &random[..ID]);
    sealer.seal(&purpose(link), &SecretString::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intake(key: &str) -> Intake {
        Intake::new(vec![], Sealer::new(&SecretString::from(key.repeat(32))).ok())
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).expect("a moment")
    }

    #[test]
    fn a_stamp_is_good_for_its_form_and_its_time() {
        let (ours, theirs) = (intake("a"), intake("b"));
        let stamp = ours.stamp("one", at(0)).expect("a stamp");
        let id = ours.stamped("one", &stamp, at(3)).expect("it is open for long enough");
        assert_eq!(ours.stamped("one", &stamp, at(86_400)), Ok(id), "one form is one request");
        assert_eq!(ours.stamped("one", &stamp, at(2)), Err(TOO_FAST));
        assert_eq!(ours.stamped("one", &stamp, at(-9)), Err(TOO_FAST));
        assert_eq!(ours.stamped("one", &stamp, at(86_401)), Err(ANEW));
        assert_eq!(ours.stamped("two", &stamp, at(9)), Err(ANEW));
        assert_eq!(theirs.stamped("one", &stamp, at(9)), Err(ANEW));
        let other = ours.stamp("one", at(0)).expect("a stamp");
        assert_ne!(ours.stamped("one", &other, at(9)), ours.stamped("one", &stamp, at(9)));
        let turned = format!("{}0{}", &stamp[..30], &stamp[31..]);
        for wrong in ["", "0", "zz", "é0", &stamp[2..], &format!("{stamp}00"), &"0".repeat(500)] {
            assert_eq!(ours.stamped("one", wrong, at(9)), Err(ANEW), "{wrong}");
        }
        assert!(turned == stamp || ours.stamped("one", &turned, at(9)) == Err(ANEW));
    }
}
