//! The similar workflow: what a project already knows about a task or a question. Writes nothing to Asana.
//!
//! Deliberately not here: likeness itself (`judge`), how it is shown (the CLI's), how vectors are made (the composition
//! root brings who makes them).

use crate::context::Engine;
use crate::error::EngineError;
use crate::gather::{Files, TaskText, Texts, Unread, read_text, read_texts};
use crate::report::Requests;
use domain::{Digest, Project, ProjectGid, TaskGid};
use judge::learn::retrieval::{Hit, Library, Question, Quote, Work};
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// The vector of a name and a description.
pub type VectorOf = dyn Fn(&str, &str) -> Vec<f32> + Send + Sync;

/// Makes vectors of texts.
pub struct Meaning {
    /// Names the model; vectors of different models are never compared.
    pub model: String,
    /// Of one length for all.
    pub vector: Box<VectorOf>,
}

/// Texts whose vectors are kept together: an interrupted search loses no more.
const KEPT_TOGETHER: usize = 50;

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

/// Finds what a project knows about a task or a text; at most `limit` tasks. With `meaning`, by vectors too, which are kept.
///
/// # Errors
/// What keeps the project, or the task asked for, from being read.
pub async fn similar(
    engine: &Engine,
    project: &ProjectGid,
    asked: &Asked,
    limit: usize,
    meaning: Option<&Meaning>,
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
    let vectors = match meaning {
        Some(meaning) => Some(vectors(engine, project, &tasks, meaning).await?),
        None => None,
    };
    let asked_vector = meaning.map(|meaning| (meaning.vector)(&question.title, &question.body));
    engine.stage("comparing", tasks.len());
    let works = Works { tasks: &tasks, files: &texts.files, vectors: vectors.as_deref() };
    let mut hits = find(&works, &question, asked_vector.as_deref(), limit);
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

/// The tasks' vectors, in their order: those kept, and new ones where a text is new. Those of texts that are gone are forgotten.
async fn vectors(
    engine: &Engine,
    project: &ProjectGid,
    tasks: &[&TaskText],
    meaning: &Meaning,
) -> Result<Vec<Vec<f32>>, EngineError> {
    let digest = |task: &TaskText| Digest::of(&(&meaning.model, &task.name, &task.notes));
    let digests: Vec<Digest> = tasks.iter().map(|task| digest(task)).collect();
    let mut known = engine.store.vectors(project).await?;
    let used: HashSet<&Digest> = digests.iter().collect();
    let gone: Vec<Digest> = known.keys().filter(|digest| !used.contains(digest)).cloned().collect();
    engine.store.remember_vectors(project, &[], &gone).await?;
    let new: Vec<usize> = (0..tasks.len()).filter(|at| !known.contains_key(&digests[*at])).collect();
    engine.stage("reading for meaning", new.len());
    for some in new.chunks(KEPT_TOGETHER) {
        let mut made = Vec::new();
        for at in some {
            made.push((digests[*at].clone(), (meaning.vector)(&tasks[*at].name, &tasks[*at].notes)));
            engine.step(1);
            // A text takes tens of milliseconds of computing; in between, an interruption is heard.
            tokio::task::yield_now().await;
        }
        engine.store.remember_vectors(project, &made, &[]).await?;
        known.extend(made);
    }
    Ok(digests.iter().map(|digest| known.get(digest).cloned().unwrap_or_default()).collect())
}

/// What is searched.
struct Works<'a> {
    tasks: &'a [&'a TaskText],
    files: &'a Files,
    /// In the order of the tasks.
    vectors: Option<&'a [Vec<f32>]>,
}

fn find(of: &Works<'_>, question: &Asking, vector: Option<&[f32]>, limit: usize) -> Vec<Hit> {
    let (tasks, files) = (of.tasks, of.files);
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
        .enumerate()
        .map(|(at, (task, (comments, files)))| Work {
            id: task.gid.as_str(),
            title: &task.name,
            body: &task.notes,
            comments,
            files,
            vector: of.vectors.and_then(|vectors| vectors.get(at)).map(Vec::as_slice),
        })
        .collect();
    let question = Question { title: &question.title, body: &question.body, vector };
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
