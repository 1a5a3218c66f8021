//! The registration keeper: one webhook per project, made, found again, made anew, taken away.
//!
//! Looks before it makes: Asana refuses a second webhook for the same project and target, and a creation whose answer was lost is
//! found in the list. Whatever was missed while there was none is found by the sweep that follows each creation; after all but the first
//! it reads the project whole, since deletions may have been missed. Where a plan, token or network has no webhooks, the event stream
//! does the same. Deliberately not here: receiving (`web`).

use super::work::{Urgency, Work};
use super::{Service, ServiceError};
use crate::seal::unguessable;
use asana::wire::{Webhook, WebhookFilter};
use domain::{ProjectGid, WorkspaceGid};
use jiff::{SignedDuration, Timestamp};
use std::collections::{HashMap, HashSet};
use store::{Channel, Connection, Hook};

/// Asana calls the target while it answers the creation; this is longer than a creation is waited for.
const HANDSHAKE: SignedDuration = SignedDuration::from_mins(3);

/// Asana sends an empty delivery every 8 hours: two missed ones mean that it does not reach us, whatever it says.
const SILENT: SignedDuration = SignedDuration::from_hours(17);

/// Where deliveries go below the public address.
pub const HOOK_PATH: &str = "/webhooks/";

impl Service {
    /// Sees that every connected project of a workspace has one webhook that works and calls below `base`; where that is empty,
    /// event streams do.
    pub(super) async fn keep(&self, workspace: &WorkspaceGid, base: &str) -> Result<(), ServiceError> {
        let store = &self.engine.store;
        let mine = |c: &Connection| c.workspace == *workspace;
        let connections: Vec<Connection> = store.connections().await?.into_iter().filter(mine).collect();
        let known: HashMap<String, Hook> =
            store.hooks().await?.into_iter().map(|hook| (hook.path.clone(), hook)).collect();
        if base.is_empty() && known.is_empty() {
            for connection in &connections {
                self.fall_back(connection, None).await?;
            }
            return Ok(());
        }
        let there = match self.engine.asana.webhooks().in_workspace(workspace.as_str()).collect_all().await {
            Ok(there) => there,
            Err(error) if lacks(&error) => {
                for connection in &connections {
                    self.fall_back(connection, Some(&error.to_string())).await?;
                }
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        self.take_away(&connections, &known, (&there, base)).await?;
        for connection in &connections {
            self.keep_one(connection, &known, (&there, base)).await?;
        }
        Ok(())
    }

    /// Where deliveries go; empty when Asana does not reach us.
    pub(super) fn base(&self) -> String {
        let url = self.settings.public_url.trim_end_matches('/');
        let can = !url.is_empty() && self.sealer.is_some();
        if can { format!("{url}{HOOK_PATH}") } else { String::new() }
    }

    async fn keep_one(
        &self,
        connection: &Connection,
        known: &HashMap<String, Hook>,
        (there, base): (&[Webhook], &str),
    ) -> Result<(), ServiceError> {
        if base.is_empty() {
            return self.fall_back(connection, None).await;
        }
        let now = self.now();
        let ours = |hook: &&Webhook| works(hook, connection, known, (base, now));
        if let Some(found) = there.iter().find(ours) {
            // A creation whose answer was lost: its secret came by the handshake.
            if let Some(hook) = path_of(found).and_then(|p| known.get(p)).filter(|h| h.webhook.is_none()) {
                self.look_after_creation(connection).await?;
                self.engine.store.hook_made(&hook.path, &found.gid).await?;
            }
            if connection.channel != Channel::Webhook {
                self.engine.store.hears_by(&connection.project, Channel::Webhook, None).await?;
            }
            return Ok(());
        }
        self.make(connection, base).await
    }

    async fn make(&self, connection: &Connection, base: &str) -> Result<(), ServiceError> {
        let (store, project, now) = (&self.engine.store, &connection.project, self.now());
        let path = unguessable()?;
        let target = format!("{base}{path}");
        store.expect_hook(&path, project, &target, now + HANDSHAKE).await?;
        match self.engine.asana.webhooks().create(project.as_str(), &target, &filters()).await {
            Ok(made) => {
                if let (Some(secret), Some(sealer)) = (made.secret, &self.sealer) {
                    // Where another process took the handshake, the secret is there already.
                    store.take_secret(&path, sealer.seal(&path, &secret)?, now).await?;
                }
                // Asked for first: a creation that is not noted as done is found in the list, and looked after then.
                self.look_after_creation(connection).await?;
                store.hook_made(&path, &made.webhook.gid).await?;
                store.hears_by(project, Channel::Webhook, None).await?;
                tracing::info!(%project, webhook = made.webhook.gid, "Asana tells us of changes from now on");
                Ok(())
            }
            // It may be there: the next look finds it in the list, or it was not made.
            Err(error @ asana::Error::MayHaveLanded { .. }) => Err(error.into()),
            Err(error) => {
                store.forget_hook(&path).await?;
                if lacks(&error) {
                    self.fall_back(connection, Some(&error.to_string())).await
                } else {
                    Err(error.into())
                }
            }
        }
    }

    /// Looks for what was missed before a webhook was there. Before the first one nothing was to be heard, and the project was read
    /// only just now; before any other something may have been deleted.
    async fn look_after_creation(&self, connection: &Connection) -> Result<(), ServiceError> {
        if connection.channel != Channel::New {
            self.whole_is_due(&connection.project).await?;
        }
        let (project, now) = (connection.project.clone(), self.now());
        self.ask(&[Work::Sweep { project }.job(Urgency::Change, now, now)]).await
    }

    /// Hears of changes by the event stream from now on.
    async fn fall_back(&self, connection: &Connection, why: Option<&str>) -> Result<(), ServiceError> {
        let project = &connection.project;
        if connection.channel == Channel::Webhook {
            // What a webhook told until it was lost is not known, and a stream tells nothing of before its first question.
            self.whole_is_due(project).await?;
        }
        if connection.channel != Channel::Events {
            self.engine.store.hears_by(project, Channel::Events, None).await?;
        }
        if let Some(why) = why {
            tracing::warn!(%project, why, "Asana makes no webhook: its event stream is asked instead");
        }
        let now = self.now();
        self.ask(&[Work::Poll { project: project.clone() }.job(Urgency::Hearing, now, now)]).await
    }

    /// Takes away webhooks of ours that nobody needs: of projects that are not connected any more, of an earlier address, those
    /// that stopped working, and those whose secret is not known.
    async fn take_away(
        &self,
        connections: &[Connection],
        known: &HashMap<String, Hook>,
        (there, base): (&[Webhook], &str),
    ) -> Result<(), ServiceError> {
        let store = &self.engine.store;
        let now = self.now();
        let mut needed: HashSet<&ProjectGid> = connections.iter().map(|c| &c.project).collect();
        let mut kept: HashSet<&str> = HashSet::new();
        for hook in there.iter().filter(|hook| is_ours(hook, known, base)) {
            let of = |c: &&Connection| works(hook, c, known, (base, now)) && needed.contains(&c.project);
            if let Some(connection) = connections.iter().find(of) {
                needed.remove(&connection.project);
                kept.extend(path_of(hook));
                continue;
            }
            match self.engine.asana.webhooks().delete(&hook.gid).await {
                Ok(()) | Err(asana::Error::NotFound { .. } | asana::Error::Forbidden { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let projects: HashSet<&ProjectGid> = connections.iter().map(|c| &c.project).collect();
        for hook in known.values().filter(|hook| !kept.contains(hook.path.as_str())) {
            let awaited = hook.webhook.is_none() && hook.pending_until.is_some_and(|until| until > now);
            if projects.contains(&hook.project) && !awaited {
                store.forget_hook(&hook.path).await?;
            }
        }
        Ok(())
    }
}

/// What is asked for: tasks, and the stories on them, which tell of every change in their own right.
fn filters() -> Vec<WebhookFilter> {
    let filter = |kind: &str, action: &str| WebhookFilter {
        resource_type: kind.to_owned(),
        action: Some(action.to_owned()),
        ..WebhookFilter::default()
    };
    let task = ["added", "removed", "deleted", "undeleted", "changed"].map(|action| filter("task", action));
    let story = ["added", "removed", "changed"].map(|action| filter("story", action));
    task.into_iter().chain(story).collect()
}

/// The part of a webhook's target that nobody can guess.
fn path_of(hook: &Webhook) -> Option<&str> {
    hook.target.as_deref()?.rsplit_once(HOOK_PATH).map(|(_, path)| path)
}

/// Whether a webhook was made by this service: one we know, or one that calls our address.
fn is_ours(hook: &Webhook, known: &HashMap<String, Hook>, base: &str) -> bool {
    let calls_us = !base.is_empty() && hook.target.as_deref().is_some_and(|target| target.starts_with(base));
    calls_us || path_of(hook).is_some_and(|path| known.contains_key(path))
}

/// Whether a webhook is the connection's, at the present address, with a secret we have, and not silent.
fn works(
    hook: &Webhook,
    connection: &Connection,
    known: &HashMap<String, Hook>,
    (base, now): (&str, Timestamp),
) -> bool {
    let Some(ours) = path_of(hook).and_then(|path| known.get(path)) else { return false };
    let heard = ours.heard_at.into_iter().chain(hook.created_at).max();
    !base.is_empty()
        && hook.active != Some(false)
        && ours.project == connection.project
        && hook.target.as_deref() == Some(ours.target.as_str())
        && ours.target.starts_with(base)
        && ours.secret.is_some()
        && heard.is_none_or(|heard| now.duration_since(heard) < SILENT)
}

/// Whether the plan, the token or the network has no webhooks; anything else is tried again.
fn lacks(error: &asana::Error) -> bool {
    matches!(
        error,
        asana::Error::PaymentRequired { .. }
            | asana::Error::Forbidden { .. }
            | asana::Error::BadRequest { .. }
    )
}
