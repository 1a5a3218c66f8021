//! `/webhooks`. Asana calls the target during `create`, so the receiver must already be serving.

use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;

use crate::request::Method;
use crate::wire::{Webhook, WebhookFilter};
use crate::{Client, Error, List};

/// Calls about webhooks. See [`Client::webhooks`].
#[derive(Clone, Copy, Debug)]
pub struct Webhooks<'c>(&'c Client);

/// A webhook just made, with the secret that Asana tells only now (and in the handshake).
#[derive(Debug)]
pub struct NewWebhook {
    /// The webhook.
    pub webhook: Webhook,
    /// Key of its signatures; `None` when the answer left it out, and the handshake's is the only one.
    pub secret: Option<SecretString>,
}

#[derive(Deserialize)]
struct Created {
    data: Webhook,
    #[serde(default, rename = "X-Hook-Secret")]
    secret: Option<String>,
}

impl Client {
    /// Calls about webhooks.
    pub fn webhooks(&self) -> Webhooks<'_> {
        Webhooks(self)
    }
}

impl Webhooks<'_> {
    /// This app's webhooks of the token's user in a workspace; add `query("resource", gid)` for those of one resource.
    pub fn in_workspace(self, workspace: &str) -> List<Webhook> {
        List::new(self.0.call(Method::Get, &["webhooks"]).query("workspace", workspace))
    }

    /// Watches a resource. List first: a second one for the same resource and target is refused. Not repeatable.
    ///
    /// # Errors
    /// As any write; `Forbidden` for a duplicate, a local target or a failed handshake.
    pub async fn create(
        self,
        resource: &str,
        target: &str,
        filters: &[WebhookFilter],
    ) -> Result<NewWebhook, Error> {
        let data = json!({ "resource": resource, "target": target, "filters": filters });
        let created: Created = self.0.call(Method::Post, &["webhooks"]).data(data).decode().await?;
        Ok(NewWebhook { webhook: created.data, secret: created.secret.map(SecretString::from) })
    }

    /// Replaces the filters; nothing else of a webhook can change.
    ///
    /// # Errors
    /// As any write.
    pub async fn update_filters(self, webhook: &str, filters: &[WebhookFilter]) -> Result<Webhook, Error> {
        self.0.call(Method::Put, &["webhooks", webhook]).data(json!({ "filters": filters })).send().await
    }

    /// Ends the watch; one delivery on its way may still arrive.
    ///
    /// # Errors
    /// As any write.
    pub async fn delete(self, webhook: &str) -> Result<(), Error> {
        self.0.call(Method::Delete, &["webhooks", webhook]).run().await
    }
}
