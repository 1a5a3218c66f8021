//! The similar workflow: what a project already knows about a task or a question. Reads only.
//!
//! Deliberately not here: likeness itself (`judge`), how it is shown (the CLI's).

use crate::context::Engine;
use crate::error::EngineError;
use crate::gather::{Files, TaskText, Texts, Unread, read_text, read_texts};
use crate::report::Requests;
use domain::{Project, ProjectGid, TaskGid};
use judge::learn::retrieval::{Hit, Library, Question, Quote, Work};
use serde::Serialize;
use std::collections::HashMap;

/// What is asked.
#[derive(Clone, Debug)]
pub enum Asked {
    /// What is like this task.
    Task(TaskGid),
    /// What is known about this.
    Text(String),
}

/// A task that was found.
#[derive(Clone, Debug, Serialize)]
pub struct SimilarTask {
    /// The task.
    pub task: TaskGid,
    /// Its name.
    pub name: String,
    /// Whether it is done.
    pub completed: bool,
    /// Where to look at it.
    pub link: String,
    /// What it is ordered by; comparable within one answer only.
    pub score: f64,
    /// The chance that the task asked for repeats it, 0–1; none for a text, and when only a passage was found.
    pub repeats: Option<f64>,
    /// Words both speak of, the most telling first.
    pub shared: Vec<String>,
    /// Passages that speak for it, word for word, best first.
    pub quotes: Vec<Quote>,
}

/// What is known of attachments.
#[derive(Clone, Debug, Serialize)]
pub struct AttachmentsReport {
    /// Whether the policy lets them be read.
    pub on: bool,
    /// Attachments with text.
    pub read: usize,
    /// Attachments without, and why.
    pub unread: Vec<Unread>,
}

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub struct SimilarReport {
    /// The project that was searched.
    pub project: Project,
    /// The name of the task asked for, or the question.
    pub question: String,
    /// Tasks that were searched, done ones too.
    pub tasks: usize,
    /// Comments that were searched.
    pub comments: usize,
    /// Attachments that were searched.
    pub attachments: AttachmentsReport,
    /// The tasks, best first.
    pub found: Vec<SimilarTask>,
    /// What reading it cost.
    pub requests: Requests,
}

/// Finds what a project knows about a task or a text; at most `limit` tasks.
///
/// # Errors
/// What keeps the project, or the task asked for, from being read.
pub async fn similar(
    engine: &Engine,
    project: &ProjectGid,
    asked: &Asked,
    limit: usize,
) -> Result<SimilarReport, EngineError> {
    let start = engine.asana.counters();
    let texts = read_texts(engine, project).await?;
    let question = match asked {
        Asked::Text(text) => Asking { not: None, title: String::new(), body: text.clone() },
        Asked::Task(gid) => match texts.tasks.iter().find(|task| task.gid == *gid) {
            Some(task) => Asking::of(task),
            None => Asking::of(&read_text(engine, gid).await?),
        },
    };
    let host = engine.policy.host_task.as_str();
    let searched = |task: &&TaskText| {
        Some(&task.gid) != question.not.as_ref() && !task.name.trim().eq_ignore_ascii_case(host)
    };
    let tasks: Vec<&TaskText> = texts.tasks.iter().filter(searched).collect();
    engine.stage("comparing", tasks.len());
    let mut hits = find(&tasks, &texts.files, &question, limit);
    if let Asked::Text(_) = asked {
        // A few words repeat nothing.
        hits.iter_mut().for_each(|hit| hit.repeats = None);
    }
    Ok(SimilarReport {
        question: if question.title.is_empty() { question.body } else { question.title },
        tasks: tasks.len(),
        comments: tasks.iter().map(|task| task.comments.len()).sum(),
        attachments: attachments(engine, &texts),
        found: told(hits, &tasks),
        project: texts.project,
        requests: Requests::since(engine, start),
    })
}

/// The question, and the task it is about, which does not answer it.
struct Asking {
    not: Option<TaskGid>,
    title: String,
    body: String,
}

impl Asking {
    fn of(task: &TaskText) -> Asking {
        Asking { not: Some(task.gid.clone()), title: task.name.clone(), body: task.notes.clone() }
    }
}

fn find(tasks: &[&TaskText], files: &Files, question: &Asking, limit: usize) -> Vec<Hit> {
    let said = |task: &TaskText| {
        let by = |c: &domain::Comment| c.author.as_ref().map(|person| person.name.clone());
        task.comments.iter().map(|c| (by(c), c.text.clone())).collect::<Vec<_>>()
    };
    let said: Vec<Vec<(Option<String>, String)>> = tasks.iter().map(|task| said(task)).collect();
    let said: Vec<Vec<(Option<&str>, &str)>> =
        said.iter().map(|of| of.iter().map(|(by, text)| (by.as_deref(), text.as_str())).collect()).collect();
    let filed = |task: &TaskText| {
        let of = files.of.get(&task.gid).into_iter().flatten();
        of.flat_map(|file| file.passages.iter().map(|text| (file.name.as_str(), text.as_str()))).collect()
    };
    let filed: Vec<Vec<(&str, &str)>> = tasks.iter().map(|task| filed(task)).collect();
    let works: Vec<Work<'_>> = tasks
        .iter()
        .zip(said.iter().zip(&filed))
        .map(|(task, (comments, files))| Work {
            id: task.gid.as_str(),
            title: &task.name,
            body: &task.notes,
            comments,
            files,
            vector: None,
        })
        .collect();
    let question = Question { title: &question.title, body: &question.body, vector: None };
    Library::of(&works).find(&question, limit)
}

fn told(hits: Vec<Hit>, tasks: &[&TaskText]) -> Vec<SimilarTask> {
    let by_gid: HashMap<&str, &&TaskText> = tasks.iter().map(|task| (task.gid.as_str(), task)).collect();
    let told = |hit: Hit| {
        let task = by_gid.get(hit.id.as_str())?;
        Some(SimilarTask {
            task: task.gid.clone(),
            name: task.name.clone(),
            completed: task.completed,
            link: format!("https://app.asana.com/0/0/{}/f", task.gid),
            score: hit.score,
            repeats: hit.repeats,
            shared: hit.shared,
            quotes: hit.quotes,
        })
    };
    hits.into_iter().filter_map(told).collect()
}

fn attachments(engine: &Engine, texts: &Texts) -> AttachmentsReport {
    let all = || texts.files.of.iter().flat_map(|(task, files)| files.iter().map(move |file| (task, file)));
    let unread = |(task, file): (&TaskGid, &store::Attachment)| {
        Some(Unread { task: task.clone(), name: file.name.clone(), why: file.problem.clone()? })
    };
    let mut unread: Vec<Unread> =
        all().filter_map(unread).chain(texts.files.failed.iter().cloned()).collect();
    unread.sort_by(|a, b| a.task.numeric_key().cmp(&b.task.numeric_key()).then(a.name.cmp(&b.name)));
    let read = all().filter(|(_, file)| file.problem.is_none()).count();
    AttachmentsReport { on: engine.policy.read_attachments, read, unread }
}
