//! A language model's server that answers as a test says: the wire is real, the model is scripted.
//!
//! It speaks Chat Completions and OpenAI's batches, counts tokens as a quarter of the bytes unless told how, and remembers what it
//! was asked.

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
type Count = fn(&str) -> usize;

pub struct Witness {
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    script: Arc<Mutex<Script>>,
}

impl Witness {
    /// Starts one; the script gets the question and how many came before it.
    pub fn start(script: impl Fn(&Asked, usize) -> Say + Send + 'static) -> Witness {
        Witness::counting(|text| text.len() / 4, script)
    }

    /// The same with a count of tokens of one's own.
    pub fn counting(count: Count, script: impl Fn(&Asked, usize) -> Say + Send + 'static) -> Witness {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let script: Arc<Mutex<Script>> = Arc::new(Mutex::new(Box::new(script)));
        let (seen, says) = (asked.clone(), script.clone());
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let (seen, says) = (seen.clone(), says.clone());
                std::thread::spawn(move || serve(connection.unwrap(), count, &seen, &says));
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

fn serve(connection: TcpStream, count: Count, seen: &Mutex<Vec<Asked>>, script: &Mutex<Script>) {
    let mut reader = BufReader::new(connection.try_clone().unwrap());
    let (mut line, mut length) = (String::new(), 0);
    reader.read_line(&mut line).unwrap();
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    line.clear();
    while reader.read_line(&mut line).unwrap_or(0) > 2 {
        let lower = line.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        line.clear();
    }
    let mut body = vec![0; length];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    let answer = match path.strip_prefix("/v1/").unwrap_or_default() {
        "chat/completions" => {
            said(&serde_json::from_slice(&body).unwrap(), count, seen, script).map(|a| a.to_string())
        }
        of_batches => batch(of_batches, &String::from_utf8_lossy(&body), count, (seen, script)),
    };
    let Some(answer) = answer else { return };
    let length = answer.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    );
    let mut connection = connection;
    let _ = connection.write_all(format!("{head}{answer}").as_bytes());
}

/// The answer to one question; none when the connection is to break.
fn said(body: &Value, count: Count, seen: &Mutex<Vec<Asked>>, script: &Mutex<Script>) -> Option<Value> {
    let text = |role: usize| body["messages"][role]["content"].as_str().unwrap_or_default().to_owned();
    let asked = Asked {
        model: body["model"].as_str().unwrap_or_default().to_owned(),
        system: text(0),
        user: text(1),
    };
    // A server is asked first whether it holds to a schema.
    let is_probe = !["rate_task", "word_rationale", "word_summary", "word_retro"]
        .iter()
        .any(|name| body.to_string().contains(name));
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
    match say {
        Say::Nothing => None,
        Say::Refuse => {
            Some(message(&asked, count, json!({ "content": null, "refusal": "I would rather not." })))
        }
        Say::Parts(parts) => Some(message(&asked, count, json!({ "content": parts.to_string() }))),
    }
}

/// OpenAI's batches: the file is kept as the questions it holds, and they are answered when the results are read. While the
/// script says [`Say::Nothing`] to the first of them, the batch is under way.
fn batch(
    path: &str,
    body: &str,
    count: Count,
    (seen, script): (&Mutex<Vec<Asked>>, &Mutex<Script>),
) -> Option<String> {
    static LINES: Mutex<Vec<(String, Vec<Value>)>> = Mutex::new(vec![]);
    let mut files = LINES.lock().unwrap();
    let state = |id: &str, status: &str, output: Option<&str>| {
        json!({
            "id": id, "object": "batch", "endpoint": "/v1/chat/completions", "input_file_id": id,
            "completion_window": "24h", "status": status, "output_file_id": output, "created_at": 1_790_000_000,
            "request_counts": { "total": 0, "completed": 0, "failed": 0 },
        })
        .to_string()
    };
    match path.split('/').collect::<Vec<_>>()[..] {
        ["files"] => {
            let lines = body.lines().filter(|line| line.starts_with("{\"custom_id\""));
            let lines: Vec<Value> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
            let id = format!("file-{}-{}", std::process::id(), files.len());
            files.push((id.clone(), lines));
            Some(json!({ "id": id, "object": "file", "purpose": "batch", "bytes": 9 }).to_string())
        }
        ["batches"] => {
            let order: Value = serde_json::from_str(body).unwrap();
            Some(state(order["input_file_id"].as_str().unwrap(), "validating", None))
        }
        ["batches", id] => {
            let lines = &files.iter().find(|(file, _)| file == id).unwrap().1;
            // Whether it is ready is asked of the script without counting as a question.
            let ready = said(&lines[0]["body"], count, &Mutex::default(), script).is_some();
            Some(if ready { state(id, "completed", Some(id)) } else { state(id, "in_progress", None) })
        }
        ["files", id, "content"] => {
            let lines = files.iter().find(|(file, _)| file == id).unwrap().1.clone();
            let answered = lines.iter().rev().map(|line| {
                let body = said(&line["body"], count, seen, script).unwrap();
                let response = json!({ "status_code": 200, "request_id": "r", "body": body });
                json!({ "id": "b", "custom_id": line["custom_id"], "response": response, "error": null })
            });
            Some(answered.map(|line| format!("{line}\n")).collect())
        }
        _ => None,
    }
}

fn message(asked: &Asked, count: Count, message: Value) -> Value {
    let said = message["content"].as_str().unwrap_or_default();
    let (input, output) = (count(&asked.system) + count(&asked.user), count(said));
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
