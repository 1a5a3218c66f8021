//! Downloads of attachments: the one request that does not go to the API.
//!
//! The address comes with an answer and is signed, so it needs no token and gets none; it must be one of Asana's hosts or the
//! API's own, a redirect is not followed, and reading stops at the caller's limit. One attempt: the address is good for two
//! minutes only, and whoever asks again gets a new one. Known limit: hosts that Asana begins to use are refused until named.

use crate::request::Method;
use crate::transport::Transport;
use crate::wire::Attachment;
use crate::{Call, Error};
use reqwest::{Response, StatusCode, Url};

/// Where Asana keeps files: the first as recorded in 2026, the second as seen before.
const HOSTS: [&str; 2] = ["asanausercontent.com", "asana-user-private-us-east-1.s3.amazonaws.com"];

impl Transport {
    /// The content of an attachment, at most `most` bytes.
    pub(crate) async fn download(&self, attachment: &Attachment, most: usize) -> Result<Vec<u8>, Error> {
        let call = Call { method: Method::Get, path: format!("/attachments/{}/content", attachment.gid) };
        let refused = |reason: &str| Error::InvalidRequest { call: call.clone(), reason: reason.to_owned() };
        let address = attachment.download_url.as_deref().and_then(|url| Url::parse(url).ok());
        let address = address.ok_or_else(|| refused("Asana gives no address for its content"))?;
        if !self.is_asanas(&address) {
            return Err(refused("the address of its content is not one of Asana's hosts"));
        }
        let lost =
            |source: reqwest::Error| Error::Connection { call: call.clone(), source: source.without_url() };
        let answer = self.http().get(address).send().await.map_err(lost)?;
        let status = answer.status();
        tracing::debug!(path = %call.path, status = status.as_u16(), "asana download");
        match status {
            StatusCode::OK => {}
            StatusCode::FORBIDDEN => {
                let message = "the address of its content has expired".to_owned();
                return Err(Error::Unexpected { call, status: status.as_u16(), message });
            }
            other => return Err(Error::from_status(call, other.as_u16(), b"", None)),
        }
        read(answer, most).await.map_err(lost)?.ok_or_else(|| {
            let message = format!("it has more than {most} bytes");
            Error::TooLarge { call: call.clone(), message }
        })
    }

    /// Whether an address is Asana's, or on the very server the API is.
    fn is_asanas(&self, address: &Url) -> bool {
        let base = self.base_url();
        let same_server = address.scheme() == base.scheme()
            && address.host_str() == base.host_str()
            && address.port_or_known_default() == base.port_or_known_default();
        let host = address.host_str().unwrap_or_default();
        let known = HOSTS.contains(&host) && address.scheme() == "https" && address.port().is_none();
        (same_server || known) && address.username().is_empty() && address.password().is_none()
    }
}

/// The body, or `None` when it is larger. What it says of its length is used only to stop sooner.
async fn read(mut answer: Response, most: usize) -> Result<Option<Vec<u8>>, reqwest::Error> {
    let mut bytes = Vec::new();
    if answer.content_length().is_some_and(|length| length > most as u64) {
        return Ok(None);
    }
    while let Some(chunk) = answer.chunk().await? {
        if bytes.len() + chunk.len() > most {
            return Ok(None);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Some(bytes))
}
