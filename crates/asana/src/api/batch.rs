//! `/batch`: up to ten actions in one connection.
//!
//! It saves connections, not quota: ten actions count as ten. They run at the same time in no order, and each has its
//! own ending, so the answer is a result per action, never one result for all.

use serde_json::{Map, Value, json};

use crate::request::{Cost, Method};
use crate::retry::Repeat;
use crate::wire::BatchResult;
use crate::{Call, Client, Error};

/// Most actions Asana takes at once.
const MAX_ACTIONS: usize = 10;

/// One action of a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchAction {
    call: Call,
    data: Option<Value>,
    options: Map<String, Value>,
}

impl BatchAction {
    /// An action on a path such as `/tasks/1201`, without a query.
    pub fn new(method: Method, path: &str) -> Self {
        Self { call: Call { method, path: path.to_owned() }, data: None, options: Map::new() }
    }

    /// The body of a write, or the parameters of a read.
    pub fn data(mut self, data: impl Into<Value>) -> Self {
        self.data = Some(data.into());
        self
    }

    /// Asks for exactly these fields, plus `gid`.
    pub fn fields(mut self, fields: &[&str]) -> Self {
        self.options.insert("fields".to_owned(), json!(fields));
        self
    }

    /// How many records of a list.
    pub fn limit(mut self, limit: u32) -> Self {
        self.options.insert("limit".to_owned(), json!(limit));
        self
    }

    fn body(&self) -> Value {
        let mut body = json!({
            "method": self.call.method.to_string().to_ascii_lowercase(),
            "relative_path": self.call.path,
        });
        if let Some(data) = &self.data {
            body["data"] = data.clone();
        }
        if !self.options.is_empty() {
            body["options"] = Value::Object(self.options.clone());
        }
        body
    }

    /// The `data` of the action's answer, or its error. What the batch may not repeat, an action may not either.
    fn result(&self, answer: BatchResult) -> Result<Value, Error> {
        let (call, status) = (self.call.clone(), answer.status_code);
        let mut body = answer.body;
        match status {
            200..=299 => Ok(body.get_mut("data").map(Value::take).unwrap_or_default()),
            500..=599 if !call.method.is_read() => {
                Err(Error::MayHaveLanded { call, reason: format!("Asana answered with status {status}") })
            }
            _ => Err(Error::from_status(call, status, body.to_string().as_bytes(), None)),
        }
    }
}

/// Up to ten actions, not yet sent.
#[derive(Clone, Debug)]
#[must_use = "a batch does nothing until it is sent"]
pub struct Batch<'c> {
    client: &'c Client,
    actions: Vec<BatchAction>,
}

impl Client {
    /// A batch of 1 to 10 actions. It is repeated only if no action is a POST.
    pub fn batch(&self, actions: Vec<BatchAction>) -> Batch<'_> {
        Batch { client: self, actions }
    }
}

impl Batch<'_> {
    /// Sends the batch. The results stand in the order of the actions.
    ///
    /// # Errors
    /// `InvalidRequest` for none or more than ten actions, else what kept the batch as a whole from being answered.
    pub async fn send(self) -> Result<Vec<Result<Value, Error>>, Error> {
        let mut request = self.client.call(Method::Post, &["batch"]);
        let call = request.call.clone();
        if !(1..=MAX_ACTIONS).contains(&self.actions.len()) {
            let reason = format!("a batch takes 1 to {MAX_ACTIONS} actions, not {}", self.actions.len());
            return Err(Error::InvalidRequest { call, reason });
        }
        request.cost = self.cost();
        if self.actions.iter().all(|action| action.call.method != Method::Post) {
            request.repeat = Repeat::Safe;
        }
        let bodies: Vec<Value> = self.actions.iter().map(BatchAction::body).collect();
        let answers: Vec<BatchResult> = request.data(json!({ "actions": bodies })).send().await?;
        if answers.len() != self.actions.len() {
            let problem = format!("{} results for {} actions", answers.len(), self.actions.len());
            return Err(Error::Decode { call, path: "data".to_owned(), problem });
        }
        Ok(self.actions.iter().zip(answers).map(|(action, answer)| action.result(answer)).collect())
    }

    fn cost(&self) -> Cost {
        let reads = self.actions.iter().map(|action| u32::from(action.call.method.is_read())).sum();
        let all = u32::try_from(self.actions.len()).unwrap_or(u32::MAX);
        Cost { reads, writes: all - reads, search: false }
    }
}
