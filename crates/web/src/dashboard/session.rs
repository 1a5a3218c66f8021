//! Who is there: the cookie of a session, the key that a page's forms carry, and what a visitor may do.
//!
//! A session's secret is a random number of 256 bits that only the browser has; the store has its digest. It is new at every
//! sign-in, so nobody can give somebody else a session to sign in to. A session ends when it was not used for `IDLE`, and in any
//! case `LONGEST` after it began. Deliberately not here: signing in (`pages::sign_in`).

use super::roles::Standing;
use super::{Dashboard, Fields, Refusal};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use domain::{Access, Clearance, Digest, ProjectGid};
use engine::{Deciding, EngineError, unguessable};
use jiff::SignedDuration;
use store::WebSession;

/// How long a session lasts that nobody uses.
const IDLE: SignedDuration = SignedDuration::from_hours(8);

/// How long a session lasts.
const LONGEST: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How often it is noted that a session is used.
const NOTED: SignedDuration = SignedDuration::from_mins(1);

/// Letters of a reason.
const LONGEST_REASON: usize = 500;

/// Longer than any secret of ours.
const LONGEST_SECRET: usize = 128;

/// The digest that a secret is kept under.
pub(super) fn digest(secret: &str) -> Digest {
    Digest::of_bytes(secret.as_bytes())
}

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    pub(crate) who: String,
    pub(crate) access: Access,
    pub(crate) key: FormKey,
}

impl Visitor {
    /// Goes on when they see the project; what they do not see is not there for them.
    pub(crate) fn sees(&self, project: &ProjectGid) -> Result<(), Refusal> {
        if self.access.sees(project) { Ok(()) } else { Err(Refusal::no_project()) }
    }

    /// The name of the one place they have where turns are taken.
    pub(crate) fn place(&self) -> String {
        self.key.session().to_string()
    }

    /// How what they decide here is signed.
    pub(crate) fn deciding(&self, fields: &Fields) -> Deciding {
        let reason = fields.get("reason").map(|text| domain::fit(text.trim(), LONGEST_REASON));
        Deciding {
            by: Some(format!("{} (dashboard)", self.who)),
            reason: reason.filter(|text| !text.is_empty()),
            over_the_gate: false,
        }
    }

    /// Whether they may look at what belongs to the whole store: the audit trail.
    pub(crate) fn audits(&self) -> bool {
        self.access.sees_all() && self.access.clearance == Clearance::Admin
    }

    /// Goes on when they may go so far in the project.
    pub(crate) fn must(&self, clearance: Clearance, project: &ProjectGid) -> Result<(), Refusal> {
        self.sees(project)?;
        if self.access.may(clearance, project) { Ok(()) } else { Err(Refusal::Forbidden(clearance)) }
    }
}

/// What a page's forms are told from another site's by: it follows from the cookie, which other sites do not know.
#[derive(Clone, Debug)]
pub(crate) struct FormKey(String);

impl FormKey {
    /// The token for one page. Every page has another, so that its compressed length tells nothing of it.
    pub(crate) fn token(&self) -> String {
        let nonce = unguessable().unwrap_or_default();
        let nonce = nonce.get(..16).unwrap_or_default();
        format!("{nonce}.{}", self.mac(nonce))
    }

    /// What tells this session from every other; it cannot be signed in with.
    pub(super) fn session(&self) -> Digest {
        digest(&self.0)
    }

    /// Whether a token is one of this key's.
    pub(crate) fn made(&self, token: &str) -> bool {
        token.split_once('.').is_some_and(|(nonce, mac)| !nonce.is_empty() && same(&self.mac(nonce), mac))
    }

    fn mac(&self, nonce: &str) -> String {
        let (key, inner) = (&self.0, Digest::of_bytes(format!("form:{}:{nonce}", self.0).as_bytes()));
        // Nested, as HMAC is, so that nothing can be appended.
        Digest::of_bytes(format!("{key}:{inner}").as_bytes()).to_string()
    }
}

/// Compares without telling by the time it takes where two texts differ.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

impl FromRequestParts<Dashboard> for Visitor {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, dashboard: &Dashboard) -> Result<Visitor, Refusal> {
        // A page that lies open and listens or waits is nobody who uses it.
        let path = parts.uri.path();
        let uses = path != "/live" && !path.ends_with("/awaited");
        let found = dashboard.somebody(&parts.headers, uses).await?;
        found.ok_or_else(|| Refusal::SignIn(parts.uri.path_and_query().map(ToString::to_string)))
    }
}

impl Dashboard {
    /// Who a request's cookie belongs to.
    pub(crate) async fn visitor(&self, headers: &HeaderMap) -> Result<Option<Visitor>, Refusal> {
        self.somebody(headers, true).await
    }

    /// Whether somebody is in who need not sign in. Whose standing is not known may, with the admin token.
    pub(crate) async fn is_in(&self, headers: &HeaderMap) -> Result<bool, Refusal> {
        match self.visitor(headers).await {
            Err(Refusal::NotSaid) => Ok(false),
            found => Ok(found?.is_some()),
        }
    }

    /// The same as `visitor`, noting that the session is used or not.
    async fn somebody(&self, headers: &HeaderMap, uses: bool) -> Result<Option<Visitor>, Refusal> {
        let Some(secret) = cookie(headers, self.session_cookie()) else { return Ok(None) };
        let (digest, now) = (digest(&secret), self.now());
        let Some(session) = self.store().web_session(&digest).await? else { return Ok(None) };
        let is_old = session.made_at < now - LONGEST || session.seen_at < now - IDLE;
        if is_old {
            self.store().end_web_session(&digest).await?;
            return Ok(None);
        }
        if uses && now - NOTED > session.seen_at {
            self.store().see_web_session(&digest, now).await?;
        }
        let access = match &session.person {
            None => session.access,
            Some(person) => match self.standing_of(person).await? {
                Standing::Member(access) => access,
                // Nothing speaks against them: they are not let in, and stay signed in.
                Standing::Unknown => return Err(Refusal::NotSaid),
                Standing::NoMember => {
                    self.store().end_web_session(&digest).await?;
                    self.note("sign_out", &session.who, "is a member of no project here any more").await?;
                    return Ok(None);
                }
            },
        };
        Ok(Some(Visitor { who: session.who, access, key: FormKey(secret) }))
    }

    /// Begins a session and ends the one the browser had; the cookie to set.
    pub(crate) async fn let_in(
        &self,
        headers: &HeaderMap,
        (who, access, person): (&str, Access, Option<String>),
    ) -> Result<HeaderValue, EngineError> {
        self.let_go(headers).await?;
        let secret = unguessable().map_err(|error| EngineError::Stopped(error.to_string()))?;
        let now = self.now();
        let session = WebSession { who: who.to_owned(), access, person, made_at: now, seen_at: now };
        self.store().start_web_session(&digest(&secret), &session, (now - LONGEST, now - IDLE)).await?;
        Ok(self.set(self.session_cookie(), &secret, "Lax"))
    }

    /// Ends the session a request has, if it has one; the cookie that takes the browser's away.
    pub(crate) async fn let_go(&self, headers: &HeaderMap) -> Result<HeaderValue, EngineError> {
        if let Some(secret) = cookie(headers, self.session_cookie()) {
            self.store().end_web_session(&digest(&secret)).await?;
        }
        Ok(self.take_away(self.session_cookie()))
    }

    /// The key for forms of somebody who is not signed in, and the cookie to set when the browser has none yet.
    pub(crate) fn stranger(
        &self,
        headers: &HeaderMap,
    ) -> Result<(FormKey, Option<HeaderValue>), EngineError> {
        if let Some(secret) = cookie(headers, self.form_cookie()) {
            return Ok((FormKey(secret), None));
        }
        let secret = unguessable().map_err(|error| EngineError::Stopped(error.to_string()))?;
        // A link in a mail comes from another site: with `Strict` that tab would not bring the cookie, and be given another.
        let set = self.set(self.form_cookie(), &secret, "Lax");
        Ok((FormKey(secret), Some(set)))
    }

    /// `__Host-` makes browsers refuse such a cookie from another host or over plain HTTP.
    fn session_cookie(&self) -> &'static str {
        if self.is_https() { "__Host-upnext" } else { "upnext" }
    }

    fn form_cookie(&self) -> &'static str {
        if self.is_https() { "__Host-upnext-form" } else { "upnext-form" }
    }

    /// The cookie of somebody on their way to Asana: they come back from another site, which `Strict` would not survive.
    pub(crate) fn way_cookie(&self, way: &str) -> HeaderValue {
        self.set(self.way_name(), way, "Lax; Max-Age=600")
    }

    /// The cookie that takes that one away.
    pub(crate) fn no_way_cookie(&self) -> HeaderValue {
        self.take_away(self.way_name())
    }

    /// What somebody who comes back brings.
    pub(crate) fn way(&self, headers: &HeaderMap) -> Option<String> {
        cookie_up_to(super::asana_sign_in::LONGEST_WAY, headers, self.way_name())
    }

    fn way_name(&self) -> &'static str {
        if self.is_https() { "__Host-upnext-way" } else { "upnext-way" }
    }

    fn set(&self, name: &str, value: &str, same_site: &str) -> HeaderValue {
        let secure = if self.is_https() { "; Secure" } else { "" };
        let text = format!("{name}={value}; Path=/; HttpOnly; SameSite={same_site}{secure}");
        HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
    }

    fn take_away(&self, name: &str) -> HeaderValue {
        let secure = if self.is_https() { "; Secure" } else { "" };
        let text = format!("{name}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{secure}");
        HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
    }
}

/// The value of a cookie of ours.
fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    cookie_up_to(LONGEST_SECRET, headers, name)
}

fn cookie_up_to(longest: usize, headers: &HeaderMap, name: &str) -> Option<String> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let value = pairs.flat_map(|text| text.split(';')).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then(|| value.to_owned())
    })?;
    let fits = !value.is_empty() && value.len() <= longest;
    (fits && value.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_token_belongs_to_its_key_and_nothing_else() {
        let (ours, theirs) = (FormKey("a".repeat(64)), FormKey("b".repeat(64)));
        let (one, other) = (ours.token(), ours.token());
        assert_ne!(one, other, "a page's token is used once");
        assert!(ours.made(&one) && ours.made(&other) && !theirs.made(&one));
        for wrong in ["", ".", "x", &one[1..], &format!("{one}0"), &one.replace('.', "")] {
            assert!(!ours.made(wrong), "{wrong}");
        }
        let (nonce, mac) = one.split_once('.').expect("two parts");
        assert!(!ours.made(&format!("x{nonce}.{mac}")));
    }

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let headers = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, HeaderValue::try_from(text).expect("a header"));
            headers
        };
        assert_eq!(cookie(&headers("a=1; upnext=abc; b=2"), "upnext"), Some("abc".into()));
        assert_eq!(cookie(&headers("upnext-form=abc; xupnext=def"), "upnext"), None);
        assert_eq!(cookie(&headers("upnext="), "upnext"), None);
        assert_eq!(cookie(&headers("upnext=a\"b"), "upnext"), None);
        assert_eq!(cookie(&headers(&format!("upnext={}", "a".repeat(500))), "upnext"), None);
    }
}
