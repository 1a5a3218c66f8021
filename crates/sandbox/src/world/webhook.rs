//! Webhooks: who is told of which events, what still waits to be sent, and how the sending went.
//!
//! Everything is by the world's clock, so a jump brings heartbeats, retries and the deletion after a day of failures.

use super::{Action, Event, Gid, Kind, World};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Between two heartbeats.
const HEARTBEAT: SignedDuration = SignedDuration::from_hours(8);
/// Of failures, until a webhook is deleted.
const PATIENCE: SignedDuration = SignedDuration::from_hours(24);
/// The first wait after a failure; it doubles each time. Asana says exponential and no numbers.
const FIRST_WAIT_SECONDS: i64 = 10;
/// The longest wait, so that a day of failures has some two dozen attempts.
const LONGEST_WAIT_SECONDS: i64 = 3600;
/// Events in one delivery. Asana says many and no number.
const MOST_PER_DELIVERY: usize = 100;

/// What passes a filter: every part that is given must fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookFilter {
    /// `task`, `story`, …
    pub resource_type: Option<String>,
    /// `milestone`, `comment_added`, …
    pub resource_subtype: Option<String>,
    /// `changed`, `added`, `removed`, `deleted`, `undeleted`.
    pub action: Option<String>,
    /// On `changed` only: any of these.
    pub fields: Option<Vec<String>>,
}

impl WebhookFilter {
    fn passes(&self, event: &Event, type_name: &str) -> bool {
        let fits = |wanted: &Option<String>, is: &str| wanted.as_deref().is_none_or(|wanted| wanted == is);
        let field = event.change.as_ref().map(|change| change.field.as_str());
        fits(&self.resource_type, type_name)
            && fits(&self.resource_subtype, event.subtype.as_deref().unwrap_or_default())
            && fits(&self.action, event.action.word())
            && self.fields.as_ref().is_none_or(|fields| {
                event.action == Action::Changed && fields.iter().any(|wanted| Some(wanted.as_str()) == field)
            })
    }
}

/// A webhook.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Webhook {
    /// What it watches.
    pub resource: Gid,
    /// Where it sends to.
    pub target: String,
    /// Key of its signatures.
    pub secret: String,
    /// An event that passes any of these is sent; all are when there are none.
    pub filters: Vec<WebhookFilter>,
    /// Who made it; only their token sees it.
    pub created_by: Gid,
    /// The OAuth app it was made through, if one was.
    pub app: Option<Gid>,
    /// Creation.
    pub created_at: Timestamp,
    /// Whether the target has answered since the handshake.
    pub active: bool,
    /// The last delivery that was answered well.
    pub last_success_at: Option<Timestamp>,
    /// The last that was not, and what came back.
    pub last_failure: Option<(Timestamp, String)>,
    /// Failures in a row.
    pub delivery_retry_count: u32,
    /// Not before this, after a failure.
    pub next_attempt_after: Option<Timestamp>,
    /// When it is given up.
    pub failure_deletion_timestamp: Option<Timestamp>,
    /// When an empty delivery is due.
    pub next_heartbeat_at: Timestamp,
    /// Events that wait, each with the moment it may go.
    pub(crate) queue: VecDeque<(Timestamp, Event)>,
    /// A delivery is under way.
    #[serde(skip)]
    pub(crate) busy: bool,
}

/// One POST that is due.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) webhook: Gid,
    pub(crate) target: String,
    pub(crate) secret: String,
    /// None is a heartbeat.
    pub(crate) events: Vec<Event>,
}

impl Webhook {
    /// When there is next something to send; nothing while a delivery is under way.
    fn due_at(&self) -> Option<Timestamp> {
        if self.busy {
            return None;
        }
        let events = self.queue.iter().map(|(due, _)| *due).min();
        let next = events.map_or(self.next_heartbeat_at, |due| due.min(self.next_heartbeat_at));
        Some(self.next_attempt_after.map_or(next, |after| next.max(after)))
    }

    fn take_due(&mut self, now: Timestamp) -> Vec<Event> {
        let mut taken = Vec::new();
        let mut kept = VecDeque::new();
        for (due, event) in self.queue.drain(..) {
            if due <= now && taken.len() < MOST_PER_DELIVERY {
                taken.push(event);
            } else {
                kept.push_back((due, event));
            }
        }
        self.queue = kept;
        taken
    }
}

impl World {
    /// The webhooks an event goes to.
    pub(crate) fn hooked(&self, event: &Event) -> Vec<Gid> {
        let name = crate::resources::shape_of(event.kind).name;
        let found = self.webhooks.iter().filter(|(_, hook)| {
            event.seen_by.contains(&hook.resource)
                && (hook.filters.is_empty() || hook.filters.iter().any(|filter| filter.passes(event, name)))
        });
        found.map(|(gid, _)| gid.clone()).collect()
    }

    /// Lets an event wait for a webhook until `due`.
    pub(crate) fn queue_event(&mut self, webhook: &str, due: Timestamp, event: Event) {
        if let Some(hook) = self.webhooks.get_mut(webhook) {
            hook.queue.push_back((due, event));
        }
    }

    /// Takes all that is due now; drops webhooks whose target failed for a day or whose resource is gone.
    pub(crate) fn deliveries_due(&mut self) -> Vec<Delivery> {
        let now = self.now();
        let kept: Vec<Gid> = self
            .webhooks
            .iter()
            // What watches something deleted is hidden at once, and goes once it has told of the deletion.
            .filter(|(_, hook)| self.kind_of(&hook.resource).is_some() || hook.busy || !hook.queue.is_empty())
            .filter(|(_, hook)| hook.failure_deletion_timestamp.is_none_or(|at| now < at))
            .map(|(gid, _)| gid.clone())
            .collect();
        self.webhooks.retain(|gid, _| kept.binary_search(gid).is_ok());
        let mut due = Vec::new();
        for (gid, hook) in &mut self.webhooks {
            if hook.due_at().is_some_and(|at| at <= now) {
                hook.busy = true;
                due.push(Delivery {
                    webhook: gid.clone(),
                    target: hook.target.clone(),
                    secret: hook.secret.clone(),
                    events: hook.take_due(now),
                });
            }
        }
        due
    }

    /// Notes how a delivery went; what failed waits in front of the queue.
    pub(crate) fn delivered(&mut self, delivery: Delivery, outcome: Result<(), String>) {
        let now = self.now();
        let Some(hook) = self.webhooks.get_mut(&delivery.webhook) else {
            return;
        };
        hook.busy = false;
        match outcome {
            Ok(()) => {
                hook.active = true;
                hook.last_success_at = Some(now);
                hook.delivery_retry_count = 0;
                hook.next_attempt_after = None;
                hook.failure_deletion_timestamp = None;
                if now >= hook.next_heartbeat_at {
                    hook.next_heartbeat_at = later(now, HEARTBEAT);
                }
            }
            Err(content) => {
                hook.last_failure = Some((now, content));
                let doublings = hook.delivery_retry_count.min(16);
                let wait = (FIRST_WAIT_SECONDS << doublings).min(LONGEST_WAIT_SECONDS);
                hook.delivery_retry_count += 1;
                hook.next_attempt_after = Some(later(now, SignedDuration::from_secs(wait)));
                hook.failure_deletion_timestamp.get_or_insert(later(now, PATIENCE));
                for event in delivery.events.into_iter().rev() {
                    hook.queue.push_front((now, event));
                }
            }
        }
    }

    /// When the next delivery is due, if there is any webhook.
    pub(crate) fn next_delivery_at(&self) -> Option<Timestamp> {
        self.webhooks.values().filter_map(Webhook::due_at).min()
    }

    /// The kinds whose webhooks must say what they want to hear.
    pub(crate) fn is_higher_level(kind: Kind) -> bool {
        matches!(kind, Kind::Workspace | Kind::Team | Kind::Portfolio)
    }
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap_or(now)
}
