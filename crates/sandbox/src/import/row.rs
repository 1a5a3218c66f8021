//! One line of a backlog, read and checked by itself.

use super::ImportError;
use super::dates::When;
use jiff::Timestamp;
use serde_json::{Map, Value};

/// A task to be. Words are trimmed, title and description are kept to the letter.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    /// Counted from 1.
    pub(crate) line: usize,
    pub(crate) id: Option<String>,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) created: Option<Timestamp>,
    pub(crate) resolved: Option<Timestamp>,
    pub(crate) assignee: Option<String>,
    pub(crate) section: Option<String>,
    pub(crate) due: Option<When>,
    pub(crate) start: Option<When>,
    pub(crate) priority: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) components: Vec<String>,
    pub(crate) story_points: Option<f64>,
    /// Whole minutes.
    pub(crate) in_progress_min: Option<u32>,
    /// `labels` and `tags`.
    pub(crate) tags: Vec<String>,
    pub(crate) parent: Option<String>,
    pub(crate) depends_on: Vec<String>,
    pub(crate) comments: Vec<Comment>,
    pub(crate) fields: Map<String, Value>,
}

/// A comment to be.
#[derive(Debug, Clone)]
pub(crate) struct Comment {
    pub(crate) author: Option<String>,
    pub(crate) at: Option<Timestamp>,
    pub(crate) text: String,
}

impl Row {
    /// The start date, when Asana would take it: with a due date that is not before it.
    pub(crate) fn usable_start(&self) -> Option<When> {
        let (start, due) = (self.start?, self.due?);
        let fits = match (start.moment(), due.moment()) {
            (Some(start), Some(due)) => start <= due,
            _ => start.date() <= due.date(),
        };
        fits.then_some(start)
    }

    /// How notes name the task.
    pub(super) fn label(&self) -> String {
        self.id.clone().unwrap_or_else(|| format!("line {}", self.line))
    }
}

/// Reads every line; empty ones are skipped.
pub(crate) fn parse(text: &str) -> Result<Vec<Row>, ImportError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut rows = Vec::new();
    for (nth, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let row = read(line).map_err(|problem| ImportError::Line { line: nth + 1, problem })?;
        rows.push(Row { line: nth + 1, ..row });
    }
    if rows.is_empty() { Err(ImportError::Empty) } else { Ok(rows) }
}

fn read(line: &str) -> Result<Row, String> {
    let value: Value = serde_json::from_str(line).map_err(|error| {
        let text = error.to_string();
        // The parser sees one line and calls it line 1.
        let cause = text.split(" at line ").next().unwrap_or_default();
        format!("not valid JSON at column {}: {cause}", error.column())
    })?;
    let Value::Object(object) = value else {
        return Err(format!("expected a JSON object, one a line, found {}", kind_of(&value)));
    };
    let keys = Keys(&object);
    let mut tags = keys.words("labels")?;
    tags.extend(keys.words("tags")?);
    Ok(Row {
        line: 0,
        id: keys.word("id")?,
        title: keys.text("title")?.unwrap_or_default(),
        description: keys.text("description")?.unwrap_or_default(),
        created: keys.moment("created")?,
        resolved: keys.moment("resolved")?,
        assignee: keys.word("assignee")?,
        section: keys.word("section")?,
        due: keys.when("due")?,
        start: keys.when("start")?,
        priority: keys.word("priority")?,
        kind: keys.word("type")?,
        components: keys.words("components")?,
        story_points: keys.number("story_points")?,
        in_progress_min: keys.minutes("in_progress_min")?,
        tags,
        parent: keys.word("parent")?,
        depends_on: keys.words("depends_on")?,
        comments: comments(&keys)?,
        fields: keys.object("fields")?,
    })
}

fn comments(keys: &Keys<'_>) -> Result<Vec<Comment>, String> {
    let Some(value) = keys.get("comments") else {
        return Ok(Vec::new());
    };
    let Value::Array(items) = value else {
        return Err(format!("`comments` must be a list of objects, found {}", kind_of(value)));
    };
    let read = |(nth, item): (usize, &Value)| {
        let Value::Object(object) = item else {
            return Err(format!("`comments[{nth}]` must be an object, found {}", kind_of(item)));
        };
        comment(&Keys(object)).map_err(|problem| format!("`comments[{nth}]`: {problem}"))
    };
    items.iter().enumerate().map(read).collect()
}

fn comment(keys: &Keys<'_>) -> Result<Comment, String> {
    let text = keys.text("text")?.filter(|text| !text.trim().is_empty());
    let text = text.ok_or("`text` is missing or empty")?;
    Ok(Comment { author: keys.word("author")?, at: keys.moment("at")?, text })
}

/// What a value is, for messages.
pub(super) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Reads keys of an object; null counts as missing.
struct Keys<'a>(&'a Map<String, Value>);

impl Keys<'_> {
    fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    fn text(&self, key: &str) -> Result<Option<String>, String> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(other) => Err(format!("`{key}` must be a string, found {}", kind_of(other))),
        }
    }

    /// A trimmed text; an empty one counts as missing.
    fn word(&self, key: &str) -> Result<Option<String>, String> {
        let text = self.text(key)?;
        Ok(text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()))
    }

    /// A list of words, or one word; each once.
    fn words(&self, key: &str) -> Result<Vec<String>, String> {
        let items = match self.get(key) {
            None => return Ok(Vec::new()),
            Some(Value::Array(items)) => items.as_slice(),
            Some(one) => std::slice::from_ref(one),
        };
        let mut words: Vec<String> = Vec::new();
        for item in items {
            let word = match item {
                Value::String(text) => text.trim().to_owned(),
                Value::Number(number) => number.to_string(),
                other => return Err(format!("`{key}` must be a list of strings, found {}", kind_of(other))),
            };
            if !word.is_empty() && !words.contains(&word) {
                words.push(word);
            }
        }
        Ok(words)
    }

    fn when(&self, key: &str) -> Result<Option<When>, String> {
        let Some(text) = self.word(key)? else {
            return Ok(None);
        };
        let when = When::parse(&text);
        when.map(Some).ok_or_else(|| {
            format!("`{key}` is no date: \"{text}\"; write 2026-05-23 or 2026-05-23T19:33:31Z")
        })
    }

    fn moment(&self, key: &str) -> Result<Option<Timestamp>, String> {
        Ok(self.when(key)?.map(When::begin))
    }

    fn number(&self, key: &str) -> Result<Option<f64>, String> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Number(number)) => Ok(number.as_f64()),
            Some(other) => Err(format!("`{key}` must be a number, found {}", kind_of(other))),
        }
    }

    /// Minutes, rounded to whole ones.
    fn minutes(&self, key: &str) -> Result<Option<u32>, String> {
        let Some(number) = self.number(key)? else {
            return Ok(None);
        };
        let whole = format!("{:.0}", number.round().abs());
        match whole.parse() {
            Ok(minutes) if number >= 0.0 => Ok(Some(minutes)),
            _ => Err(format!("`{key}` must be a number of minutes from 0 to {}, found {number}", u32::MAX)),
        }
    }

    fn object(&self, key: &str) -> Result<Map<String, Value>, String> {
        match self.get(key) {
            None => Ok(Map::new()),
            Some(Value::Object(object)) => Ok(object.clone()),
            Some(other) => {
                Err(format!("`{key}` must be an object of names and values, found {}", kind_of(other)))
            }
        }
    }
}
