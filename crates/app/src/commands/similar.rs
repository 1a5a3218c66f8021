//! `upnext similar`.
//!
//! Deliberately not here: finding.

use super::{Call, gid};
use crate::cli::Similar;
use crate::exit::{Exit, UsageError};
use crate::{compose, progress, show};
use domain::{ProjectGid, TaskGid};
use engine::{Asked, AttachmentsReport, SimilarReport, SimilarTask};
use judge::learn::retrieval::Source;
use std::path::Path;

/// Attachments without text that are named one by one.
const NAMED: usize = 5;

pub(super) async fn run(call: &Call<'_>, args: &Similar) -> anyhow::Result<Exit> {
    let project = ProjectGid::new(gid(&args.project)?);
    let asked = match (&args.asked.task, &args.asked.text) {
        (Some(task), _) => Asked::Task(TaskGid::new(gid(task)?)),
        (None, Some(text)) if text.contains(char::is_alphanumeric) => Asked::Text(text.clone()),
        _ => return Err(UsageError("--text has no word in it: say what you are looking for".into()).into()),
    };
    let dir = &call.config.similar.embeddings_dir;
    let meaning = if dir.is_empty() { None } else { Some(compose::meaning(Path::new(dir))?) };
    let engine = compose::engine(&call.config, call.env).await?;
    let report =
        engine::similar(&engine, &project, &asked, usize::from(args.limit), meaning.as_ref()).await?;
    progress::clear();
    if call.json {
        show::json(&report)?
    } else {
        print(&report)
    }
    Ok(Exit::Ok)
}

fn print(report: &SimilarReport) {
    let (name, question) = (&report.project.name, domain::fit(&one_line(&report.question), 70));
    say!("{name} · like “{question}” · {} tasks and {} comments searched", report.tasks, report.comments);
    for (nth, task) in report.found.iter().enumerate() {
        print_task(nth + 1, task);
    }
    if report.found.is_empty() {
        say!("Nothing there shares a telling word with it.");
    }
    print_attachments(&report.attachments);
    say!("Requests: {} reads, {} writes", report.requests.reads, report.requests.writes);
}

fn print_task(place: usize, task: &SimilarTask) {
    let state = if task.completed { "done" } else { "open" };
    let repeats =
        task.repeats.map_or_else(String::new, |chance| format!(" · {:.0} % the same", chance * 100.0));
    say!("{place:>3}. {} · {state}{repeats}", domain::fit(&one_line(&task.name), 80));
    say!("     {}", task.link);
    if !task.shared.is_empty() {
        say!("     both: {}", task.shared.join(", "));
    }
    for quote in &task.quotes {
        let place = match &quote.source {
            Source::Task => "description".to_owned(),
            Source::Comment { by: Some(by) } => format!("comment by {}", one_line(by)),
            Source::Comment { by: None } => "comment".to_owned(),
            Source::Attachment { name } => one_line(name),
        };
        say!("     {place}: “{}”", one_line(&quote.text));
    }
}

fn print_attachments(attachments: &AttachmentsReport) {
    if !attachments.on {
        say!("Attachments are not read (policy.read_attachments).");
        return;
    }
    say!("Attachments: {} with text, {} without", attachments.read, attachments.unread.len());
    for unread in attachments.unread.iter().take(NAMED) {
        let name = if unread.name.is_empty() { "the list of attachments" } else { &unread.name };
        say!("  {} on {}: {}", one_line(name), unread.task, unread.why);
    }
    if attachments.unread.len() > NAMED {
        say!("  … and {} more (--json lists all)", attachments.unread.len() - NAMED);
    }
}

/// What people and files say, on one line and without characters that a terminal would obey.
fn one_line(text: &str) -> String {
    let words = text.split_whitespace().map(|word| word.replace(char::is_control, ""));
    words.collect::<Vec<_>>().join(" ")
}
