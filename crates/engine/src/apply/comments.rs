//! Upnext's one comment on its host task: found by how it begins and by whom, edited in place.
//!
//! Deliberately not here: its text.

use super::{Work, ending};
use crate::gather::find_comment;
use asana::wire::Story;
use domain::{ActionId, Outcome, OutcomeKind, StoryGid, TaskGid, UserGid};
use serde_json::json;

const TRIES: usize = 3;

/// The text as Asana's XML with a mention at its end.
fn mentioning(text: &str, user: &UserGid) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<body>{text}\n<a data-asana-gid=\"{user}\"/></body>")
}

/// Whether a comment says a text, the mention at its end aside: as plain text that is an address.
pub(crate) fn says(now: &str, text: &str) -> bool {
    now.strip_prefix(text).is_some_and(|rest| {
        let rest = rest.trim();
        rest.is_empty() || (rest.starts_with("https://app.asana.com/") && !rest.contains(char::is_whitespace))
    })
}

impl Work<'_> {
    /// One comment of ours on the task with this text.
    pub(super) async fn put_comment(
        &self,
        id: &ActionId,
        (task, marker): (&TaskGid, &str),
        (text, mention): (&str, Option<&UserGid>),
    ) -> Outcome {
        // Of a week's review only the beginning is known, by which it is found below.
        let is_known = mention.is_some() || decide::is_summary_marker(marker);
        if is_known && let Some(outcome) = self.edit_known(id, task, (text, mention)).await {
            return outcome;
        }
        let mut last = OutcomeKind::AlreadySo;
        for attempt in 0..TRIES {
            let found = match find_comment(self.engine, task, marker, &self.actor.gid).await {
                Ok(found) => found,
                Err(error) => return self.outcome(id, ending::of_error(&error)),
            };
            if let Some((first, extra)) = found.split_first() {
                self.drop_extra(extra).await;
                return self.edit(id, first, (text, mention), attempt > 0).await;
            }
            if decide::takes_back(text) {
                // Somebody deleted what it would take back.
                return self.outcome(id, OutcomeKind::AlreadySo);
            }
            match self.create(task, text, mention).await {
                Ok(story) => {
                    let story = Some(StoryGid::new(story.gid));
                    return Outcome { story, made: true, ..self.outcome(id, OutcomeKind::Done) };
                }
                Err(asana::Error::MayHaveLanded { reason, .. }) => {
                    last = OutcomeKind::Unreachable { message: reason };
                }
                Err(error) => return self.outcome(id, ending::of_error(&error)),
            }
        }
        self.outcome(id, last)
    }

    /// Edits the comment the store remembers; `None` when there is none, or none any more.
    async fn edit_known(
        &self,
        id: &ActionId,
        task: &TaskGid,
        (text, mention): (&str, Option<&UserGid>),
    ) -> Option<Outcome> {
        let (story, replaced) = match mention {
            Some(_) => {
                let of_risk = decide::is_risk_note(text);
                let notes = if of_risk { &self.anchors.risks } else { &self.anchors.notices };
                let notice = notes.get(task)?;
                (notice.story.clone()?, Some(notice.text.clone()))
            }
            None => (self.anchors.summary_comment.clone()?, self.anchors.summary_text.clone()),
        };
        match self.update(&story, text, mention).await {
            Ok(_) => Some(Outcome { story: Some(story), replaced, ..self.outcome(id, OutcomeKind::Done) }),
            Err(asana::Error::NotFound { .. }) => None,
            Err(error) => Some(self.outcome(id, ending::of_error(&error))),
        }
    }

    /// A second comment can only come from a creation that landed after it was given up for lost.
    async fn drop_extra(&self, extra: &[Story]) {
        for story in extra {
            if let Err(error) = self.engine.asana.stories().delete(&story.gid).await {
                tracing::warn!(story = story.gid, %error, "a second summary comment could not be deleted");
            }
        }
    }

    async fn edit(
        &self,
        id: &ActionId,
        story: &Story,
        (text, mention): (&str, Option<&UserGid>),
        made: bool,
    ) -> Outcome {
        let gid = StoryGid::new(&*story.gid);
        let now = story.text.clone().unwrap_or_default();
        if says(&now, text) {
            let kind = if made { OutcomeKind::Done } else { OutcomeKind::AlreadySo };
            return Outcome { story: Some(gid), made, ..self.outcome(id, kind) };
        }
        match self.update(&gid, text, mention).await {
            Ok(_) => Outcome {
                story: Some(gid),
                replaced: (!made).then_some(now),
                made,
                ..self.outcome(id, OutcomeKind::Done)
            },
            Err(error) => self.outcome(id, ending::of_error(&error)),
        }
    }

    /// Starts a rule. It is never started again when the answer was lost: what a rule does twice is done twice.
    pub(super) async fn run_rule(&self, id: &ActionId, task: &TaskGid, trigger: &str, text: &str) -> Outcome {
        let data = json!({ "resource": task, "action_data": { "message": text } });
        let call = self.engine.asana.post(&format!("/rule_triggers/{trigger}/run")).data(data);
        match call.send::<serde::de::IgnoredAny>().await {
            Ok(_) | Err(asana::Error::MayHaveLanded { .. }) => self.outcome(id, OutcomeKind::Done),
            Err(error) => self.outcome(id, ending::of_error(&error)),
        }
    }

    async fn create(
        &self,
        task: &TaskGid,
        text: &str,
        mention: Option<&UserGid>,
    ) -> Result<Story, asana::Error> {
        let stories = self.engine.asana.stories();
        match mention {
            Some(user) => stories.create_html_comment(task.as_str(), &mentioning(text, user)).await,
            None => stories.create_comment(task.as_str(), text).await,
        }
    }

    async fn update(
        &self,
        story: &StoryGid,
        text: &str,
        mention: Option<&UserGid>,
    ) -> Result<Story, asana::Error> {
        let stories = self.engine.asana.stories();
        match mention {
            Some(user) => stories.update_html(story.as_str(), &mentioning(text, user)).await,
            None => stories.update(story.as_str(), text).await,
        }
    }

    /// Undo: takes our comment away while it still has our text.
    pub(super) async fn delete_comment(&self, id: &ActionId, story: &StoryGid, expected: &str) -> Outcome {
        if let Some(ended) = self.differs(id, story, expected).await {
            return ended;
        }
        match self.engine.asana.stories().delete(story.as_str()).await {
            Ok(()) => self.outcome(id, OutcomeKind::Done),
            Err(asana::Error::NotFound { .. }) => self.outcome(id, OutcomeKind::AlreadySo),
            Err(error) => self.outcome(id, ending::of_error(&error)),
        }
    }

    /// Undo: gives our comment its earlier text while it still has ours.
    pub(super) async fn restore_comment(
        &self,
        id: &ActionId,
        story: &StoryGid,
        expected: &str,
        text: &str,
    ) -> Outcome {
        if let Some(ended) = self.differs(id, story, expected).await {
            return ended;
        }
        match self.engine.asana.stories().update(story.as_str(), text).await {
            Ok(_) => Outcome { story: Some(story.clone()), ..self.outcome(id, OutcomeKind::Done) },
            Err(error) => self.outcome(id, ending::of_error(&error)),
        }
    }

    /// How an action on a comment ends when the comment is not as expected.
    async fn differs(&self, id: &ActionId, story: &StoryGid, expected: &str) -> Option<Outcome> {
        match self.engine.asana.stories().get(story.as_str(), &["text"]).await {
            Ok(now) if now.text.as_deref().is_some_and(|now| says(now, expected)) => None,
            Ok(now) => {
                let found = domain::fit(&now.text.unwrap_or_default(), 60);
                Some(self.outcome(id, OutcomeKind::Conflict { what: "our comment".into(), found }))
            }
            Err(asana::Error::NotFound { .. }) => Some(self.outcome(id, OutcomeKind::AlreadySo)),
            Err(error) => Some(self.outcome(id, ending::of_error(&error))),
        }
    }
}
