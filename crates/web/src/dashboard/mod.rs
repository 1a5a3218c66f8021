//! What every page of the dashboard stands on: who is there, what they may do, and what an answer always carries.
//!
//! Deliberately not here: the pages (`pages`) and what they show (`engine::views`).

mod answer;
mod asana_sign_in;
mod guard;
mod hands;
mod lately;
mod live;
mod people;
mod refusal;
mod roles;
mod sealed;
mod session;
mod sittings;
mod throttle;
mod turns;

pub(crate) use answer::{asset, assets, html, see_other};
pub(crate) use guard::{Fields, LARGEST_FORM, Signed, address, around, in_time};
pub(crate) use lately::{AGAIN, FRESH, Lately};
pub(crate) use live::live;
pub(crate) use refusal::{Refusal, words};
pub(crate) use roles::Standing;
pub(crate) use sealed::{from_hex, to_hex};
pub(crate) use session::{FormKey, Visitor};
pub(crate) use sittings::{Sitting, Whose};
pub(crate) use throttle::block;
pub(crate) use turns::Look;

use crate::intake::Intake;
use domain::{PortfolioGid, ProjectGid};
use engine::document::Document;
use engine::service::IntakeRule;
use engine::views::Views;
use engine::{AssignView, Clock, EngineError, PortfolioLook, Sealer, SprintList, Workload, unguessable};
use jiff::Timestamp;
use std::sync::Arc;
use store::{AuditEntry, Store};
use throttle::Throttle;
use tokio::sync::watch;

/// What sprint somebody looks back at: its name, its first and its last day, as far as they are given.
pub(crate) type RetroAsked = (Option<String>, Option<jiff::civil::Date>, Option<jiff::civil::Date>);

/// What was found of it: the document, or why there is none.
pub(crate) type RetroFound = Result<Document, String>;

/// The dashboard of a store; clones are the same one.
#[derive(Clone)]
pub struct Dashboard {
    pub(crate) views: Views,
    clock: Clock,
    /// Where people reach it; empty when that is not configured.
    public_url: Arc<str>,
    throttle: Arc<Throttle>,
    live: live::Live,
    /// Shared: a dashboard is cloned for every request.
    hands: Option<Arc<hands::Hands>>,
    /// Requests a minute that each API key may make.
    api_rate: u32,
    pub(crate) sittings: Arc<sittings::Sittings>,
    /// Who works in a project and how much.
    pub(crate) crews: Arc<Lately<ProjectGid, Workload>>,
    /// Who should have the tasks that nobody has.
    assignments: Arc<Lately<ProjectGid, AssignView>>,
    /// The portfolios, which are one thing.
    pub(crate) portfolios: Arc<Lately<(), PortfolioLook>>,
    /// Portfolios that are shown beside those of the token's user.
    pub(crate) named_portfolios: Arc<[PortfolioGid]>,
    /// What of a project can be looked back at.
    pub(crate) sprints: Arc<Lately<ProjectGid, SprintList>>,
    /// Sprints looked back at.
    pub(crate) retros: Arc<Lately<(ProjectGid, RetroAsked), RetroFound>>,
    turns: Arc<turns::Turns>,
    asana_sign_in: Option<Arc<asana_sign_in::AsanaSignIn>>,
    roles: Arc<roles::Roles>,
    intake: Arc<Intake>,
    /// Whether a service works beside it, with the jobs that are asked for here.
    is_served: bool,
    /// The manual of the configuration, which explains every setting.
    manual: &'static str,
}

impl Dashboard {
    /// Over a store. `public_url` is where people reach it, as far as that is known.
    #[must_use]
    pub fn new(store: Store, clock: Clock, public_url: &str) -> Dashboard {
        let views = Views::new(store);
        Dashboard {
            live: live::Live::new(views.clone(), clock.clone()),
            views,
            clock,
            public_url: public_url.trim_end_matches('/').into(),
            throttle: Arc::default(),
            hands: None,
            intake: Arc::new(Intake::new(vec![], None)),
            api_rate: engine::service::ServiceSettings::default().api_requests_per_minute,
            sittings: Arc::default(),
            crews: Arc::default(),
            assignments: Arc::default(),
            portfolios: Arc::new(Lately::to_be_shown()),
            named_portfolios: Arc::default(),
            sprints: Arc::default(),
            retros: Arc::default(),
            turns: Arc::default(),
            asana_sign_in: None,
            roles: Arc::default(),
            is_served: false,
            manual: "",
        }
    }

    /// The same with so many requests a minute for each API key.
    #[must_use]
    pub fn with_api_rate(self, per_minute: u32) -> Dashboard {
        Dashboard { api_rate: per_minute, ..self }
    }

    /// The same showing these portfolios too, beside those of the token's user.
    #[must_use]
    pub fn with_portfolios(self, named: Vec<PortfolioGid>) -> Dashboard {
        Dashboard { named_portfolios: named.into(), ..self }
    }

    /// The same with projects that take requests.
    #[must_use]
    pub fn with_intake(self, rules: Vec<IntakeRule>, sealer: Option<Sealer>) -> Dashboard {
        Dashboard { intake: Arc::new(Intake::new(rules, sealer)), ..self }
    }

    /// The same beside a service, which carries out what is asked of it later: connected projects are read and ranked.
    #[must_use]
    pub(crate) fn beside_service(self) -> Dashboard {
        Dashboard { is_served: true, ..self }
    }

    /// Whether what is asked for here as a job is ever done.
    pub(crate) fn is_served(&self) -> bool {
        self.is_served
    }

    /// The same with the configuration's manual, so that its policy can be looked at setting by setting.
    #[must_use]
    pub fn with_manual(self, manual: &'static str) -> Dashboard {
        Dashboard { manual, ..self }
    }

    pub(crate) fn manual(&self) -> &'static str {
        self.manual
    }

    pub(crate) fn intake(&self) -> &Intake {
        &self.intake
    }

    pub(crate) fn api_rate(&self) -> u32 {
        self.api_rate
    }

    /// Makes the token that lets the first person in, when there is none yet: none when there is. It is told only now.
    ///
    /// # Errors
    /// The store's; also when the system gives no random numbers.
    pub async fn first_token(&self) -> Result<Option<String>, EngineError> {
        let token = new_token()?;
        let is_first = self.store().first_admin_token(&session::digest(&token), self.now()).await?;
        if is_first {
            self.note("admin_token", "upnext", "the first admin token was made").await?;
        }
        Ok(is_first.then_some(token))
    }

    /// Whether that is the admin token.
    pub(crate) async fn is_token(&self, token: &str) -> Result<bool, EngineError> {
        Ok(!token.is_empty() && self.store().is_admin_token(&session::digest(token)).await?)
    }

    /// Ends with `stop`, after those who listen have been told to go.
    pub(crate) async fn ending(self, stop: impl Future<Output = ()> + Send + 'static) {
        stop.await;
        self.live.end();
    }

    pub(crate) fn store(&self) -> &Store {
        self.views.store()
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(crate) fn clock(&self) -> Clock {
        self.clock.clone()
    }

    fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// Notes in the audit trail what somebody did here.
    pub(crate) async fn note(&self, kind: &str, who: &str, what: &str) -> Result<(), EngineError> {
        let entry = AuditEntry {
            at: self.now(),
            actor: who.to_owned(),
            kind: kind.to_owned(),
            subject: "dashboard".into(),
            body: serde_json::json!({ "what": what }),
        };
        Ok(self.store().audit(&[entry]).await?)
    }
}

/// Puts another admin token in the place of the one before, ends every session, and tells the new one.
///
/// # Errors
/// The store's; also when the system gives no random numbers.
pub async fn new_admin_token(store: &Store, now: Timestamp) -> Result<String, EngineError> {
    let token = new_token()?;
    store.replace_admin_token(&session::digest(&token), now).await?;
    let entry = AuditEntry {
        at: now,
        actor: "command line".into(),
        kind: "admin_token".into(),
        subject: "dashboard".into(),
        body: serde_json::json!({ "what": "another admin token was made, and every session ended" }),
    };
    store.audit(&[entry]).await?;
    Ok(token)
}

fn new_token() -> Result<String, EngineError> {
    let random = unguessable().map_err(|error| EngineError::Stopped(error.to_string()))?;
    Ok(format!("upnext_{random}"))
}

/// Ends once the dashboard does.
async fn ended(mut end: watch::Receiver<bool>) {
    while !*end.borrow() {
        if end.changed().await.is_err() {
            return;
        }
    }
}
