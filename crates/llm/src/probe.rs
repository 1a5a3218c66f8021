//! What a server holds a model to, found out by asking a question of two keys.
//!
//! From the strictest form down: a schema, any JSON object, plain text. Refusing a form or answering outside it means the
//! next one; a wrong key or no connection ends the probe. OpenAI and Anthropic hold to schemas by contract, so only their
//! model is looked up, which costs nothing. Known limit: what is true of one model of a server need not be of another.

use crate::answer::Spent;
use crate::client::Client;
use crate::ending::{Ending, Rejection};
use crate::question::{Prompt, Question};
use crate::schema::{Kind, Part, Schema};
use serde::{Deserialize, Serialize};

/// The most a server holds a model to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    /// Answers follow a JSON schema.
    JsonSchema,
    /// Answers are JSON objects; the schema is in the prompt.
    JsonObject,
    /// Answers are text, cut to the first JSON object.
    Text,
}

impl Capability {
    /// For people.
    pub fn describe(self) -> &'static str {
        match self {
            Capability::JsonSchema => "holds answers to a JSON schema",
            Capability::JsonObject => "gives JSON objects, with the schema told in the prompt",
            Capability::Text => "gives plain text, cut to the first JSON object",
        }
    }
}

/// Enough for two keys, and little enough for a slow server.
const MOST_TOKENS: u32 = 50;

/// The question: its answer must show a closed choice and a whole number.
fn question() -> Option<Prompt> {
    let anchors = ["none", "one", "two", "three", "four", "five"].map(str::to_owned);
    let part = |name: &str, kind| Part { name: name.to_owned(), about: "any of them".to_owned(), kind };
    let colours = ["red", "green"].map(str::to_owned).to_vec();
    let parts = vec![part("number", Kind::Score(anchors)), part("colour", Kind::Choice(colours))];
    Some(Prompt::new("probe", "Choose a number and a colour.", Schema::new(parts).ok()?))
}

/// Goes down the forms until one holds.
pub(crate) async fn find_out(client: &Client, spent: &mut Spent) -> Result<Capability, Ending> {
    // The parts above always make a schema; plain text is what is left without one.
    let Some(prompt) = question() else { return Ok(Capability::Text) };
    for form in [Capability::JsonSchema, Capability::JsonObject] {
        let mut question = Question::new(&prompt).max_output_tokens(MOST_TOKENS);
        let mut outcome = client.once(&question, form, None, spent).await;
        if matches!(outcome, Err(Ending::Truncated)) {
            // A model that reasons first may have used all of it before its first word.
            question.max_output_tokens = None;
            outcome = client.once(&question, form, None, spent).await;
        }
        match outcome {
            Ok(_) => return Ok(form),
            Err(
                Ending::Malformed(_)
                | Ending::OutOfRange(_)
                | Ending::UnknownChoice(_)
                | Ending::TooLong(_)
                | Ending::Truncated
                | Ending::Rejected { what: Rejection::Request, .. },
            ) => {}
            // Some servers fail on a form they do not know.
            Err(Ending::Failed { status: 500 | 501, .. }) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(Capability::Text)
}
