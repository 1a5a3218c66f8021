//! A language model's server that answers as a test says: the wire is real, the model is scripted.
//!
//! It speaks Chat Completions, counts tokens as a quarter of the bytes, and remembers what it was asked.

use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// The five dimensions of the default rubric.
pub const DIMENSIONS: [&str; 5] =
    ["strategic_fit", "user_business_value", "time_criticality", "risk_reduction", "stakeholder_pressure"];

/// One question as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    pub model: String,
    pub system: String,
    pub user: String,
}

impl Asked {
    /// The text between the marks of a source.
    pub fn source(&self, name: &str) -> Option<String> {
        let opened = format!(" source=\"{name}\">\n");
        let rest = &self.user[self.user.find(&opened)? + opened.len()..];
        Some(rest[..rest.find("\n</data-")?].to_owned())
    }
}

/// What the server does with a question.
pub enum Say {
    /// An answer with these parts.
    Parts(Value),
    /// A refusal.
    Refuse,
    /// Nothing: the connection is closed, as when the server dies.
    Nothing,
}

type Script = Box<dyn Fn(&Asked, usize) -> Say + Send>;

pub struct Witness {
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    script: Arc<Mutex<Script>>,
}

impl Witness {
    /// Starts one; the script gets the question and how many came before it.
    pub fn start(script: impl Fn(&Asked, usize) -> Say + Send + 'static) -> Witness {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let script: Arc<Mutex<Script>> = Arc::new(Mutex::new(Box::new(script)));
        let (seen, says) = (asked.clone(), script.clone());
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let (seen, says) = (seen.clone(), says.clone());
                std::thread::spawn(move || serve(connection.unwrap(), &seen, &says));
            }
        });
        Witness { url, asked, script }
    }

    /// From now on it answers in another way.
    pub fn now(&self, script: impl Fn(&Asked, usize) -> Say + Send + 'static) {
        *self.script.lock().unwrap() = Box::new(script);
    }

    /// The questions about tasks since the last call of this, in the order they came.
    pub fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }

    /// The configuration that asks it, with more of `[model]` and whatever follows.
    pub fn config(&self, more: &str) -> String {
        format!(
            "[model]\nprovider = 'compatible'\nbase_url = '{}'\nmodel = 'small'\nretries = 0\n{more}\n\
             [model.prices]\nsmall = {{ input = 0.1, cached_input = 0.01, output = 0.5 }}\n\
             large = {{ input = 2.0, cached_input = 0.2, output = 10.0 }}\n",
            self.url
        )
    }
}

fn serve(connection: TcpStream, seen: &Mutex<Vec<Asked>>, script: &Mutex<Script>) {
    let mut reader = BufReader::new(connection.try_clone().unwrap());
    let (mut line, mut length) = (String::new(), 0);
    while reader.read_line(&mut line).unwrap_or(0) > 2 {
        let lower = line.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        line.clear();
    }
    let mut body = vec![0; length];
    if reader.read_exact(&mut body).is_err() || body.is_empty() {
        return;
    }
    let body: Value = serde_json::from_slice(&body).unwrap();
    let text = |role: usize| body["messages"][role]["content"].as_str().unwrap_or_default().to_owned();
    let asked = Asked {
        model: body["model"].as_str().unwrap_or_default().to_owned(),
        system: text(0),
        user: text(1),
    };
    // A server is asked first whether it holds to a schema.
    let is_probe = !body.to_string().contains("rate_task");
    let say = if is_probe {
        Say::Parts(json!({ "number": 1, "colour": "red" }))
    } else {
        let before = {
            let mut seen = seen.lock().unwrap();
            seen.push(asked.clone());
            seen.len() - 1
        };
        (script.lock().unwrap())(&asked, before)
    };
    let answer = match say {
        Say::Nothing => return,
        Say::Refuse => message(&asked, json!({ "content": null, "refusal": "I would rather not." })),
        Say::Parts(parts) => message(&asked, json!({ "content": parts.to_string() })),
    };
    let answer = answer.to_string();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        answer.len()
    );
    let mut connection = connection;
    let _ = connection.write_all(format!("{head}{answer}").as_bytes());
}

fn message(asked: &Asked, message: Value) -> Value {
    let (input, output) = ((asked.system.len() + asked.user.len()) / 4, message.to_string().len() / 4);
    json!({
        "model": asked.model, "choices": [{ "finish_reason": "stop", "message": message }],
        "usage": { "prompt_tokens": input, "completion_tokens": output },
    })
}

/// The same score and quote for every dimension.
pub fn all(score: u8, quote: &str) -> Say {
    let scores = DIMENSIONS.iter().map(|dimension| ((*dimension).to_owned(), json!(score)));
    let quotes = DIMENSIONS.iter().map(|dimension| (format!("{dimension}_quote"), json!(quote)));
    Say::Parts(Value::Object(scores.chain(quotes).collect()))
}

/// An honest reader: the score after the word "worth" in the description, 3 without one, quoting the description.
pub fn honest(asked: &Asked, _: usize) -> Say {
    let text = asked.source("description").or_else(|| asked.source("name")).unwrap_or_default();
    let score = text.split("worth ").nth(1).and_then(|rest| rest[..1].parse().ok()).unwrap_or(3);
    all(score, text.lines().next().unwrap_or_default())
}
