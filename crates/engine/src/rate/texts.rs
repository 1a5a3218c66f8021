//! What of a task a language model is shown.
//!
//! Its name, description, text fields, last comments and the beginnings of its attachments' texts, each cut; nothing that
//! Upnext wrote, nothing of another task, nobody's name beyond what the texts say themselves. Goals and the project's name are
//! the facts. Policy can leave any of it out. Secrets are taken out by the cleaner, before which nothing is cut in two.

use decide::AiPolicy;
use domain::{FieldKind, GoalStatus, Role, Snapshot, Task};
use llm::{Cleaner, Prompt, Question};
use store::Attachment;

/// Letters of each text that are sent: about 1,000 tokens of description, and 2,500 in all at most.
const NAME: usize = 500;
const DESCRIPTION: usize = 4_000;
const FIELD: usize = 500;
const COMMENT: usize = 600;
const ATTACHMENT: usize = 1_200;
/// How many of each: the newest comments, the first of the others.
const FIELDS: usize = 4;
const COMMENTS: usize = 5;
const ATTACHMENTS: usize = 2;
/// Goals that are named among the facts.
const GOALS: usize = 10;
/// Letters of a goal's name.
const GOAL: usize = 120;

/// So many times the letters that are sent are cleaned: a secret can then be cut in two only where nothing is sent.
const LOOKED_AT: usize = 4;

/// The question about a task; `None` when nothing of it may be shown.
pub(crate) fn question<'p>(
    prompt: &'p Prompt,
    cleaner: &Cleaner,
    (snapshot, task, attachments): (&Snapshot, &Task, &[Attachment]),
    policy: &AiPolicy,
) -> Option<Question<'p>> {
    let mut question = Question::new(prompt).facts(cleaner.clean(&facts(snapshot)).cut(2 * DESCRIPTION));
    let mut any = false;
    for (name, text, most) in texts(snapshot, task, attachments, policy) {
        let head: String = text.chars().take(LOOKED_AT * most).collect();
        let clean = cleaner.clean(&head).cut(most);
        if !clean.text().trim().is_empty() {
            any = true;
            question = question.source(&name, clean);
        }
    }
    any.then_some(question)
}

fn facts(snapshot: &Snapshot) -> String {
    let open = |status: GoalStatus| status.is_open();
    let goals = snapshot.goals.iter().filter(|goal| open(goal.status)).take(GOALS);
    let lines = goals.map(|goal| format!("- {}", domain::fit(&goal.name, GOAL)));
    let mut text = format!("Project: {}\n", domain::fit(&snapshot.project.name, GOAL));
    let lines: Vec<String> = lines.collect();
    match lines.is_empty() {
        true => text.push_str("Goals: none are known."),
        false => text.push_str(&format!("Goals:\n{}", lines.join("\n"))),
    }
    text
}

/// Source, text, letters that are sent.
fn texts(
    snapshot: &Snapshot,
    task: &Task,
    attachments: &[Attachment],
    policy: &AiPolicy,
) -> Vec<(String, String, usize)> {
    let shown = |what: &str| !policy.exclude.iter().any(|excluded| excluded.eq_ignore_ascii_case(what));
    let mut texts = vec![];
    if shown("name") {
        texts.push(("name".to_owned(), task.name.clone(), NAME));
    }
    if shown("description") {
        texts.push(("description".to_owned(), task.notes.clone(), DESCRIPTION));
    }
    texts.extend(fields(snapshot, task, shown));
    if shown("comments") {
        let first = task.comments.len().saturating_sub(COMMENTS);
        let comments = task.comments.iter().enumerate().skip(first);
        texts.extend(comments.map(|(at, c)| (format!("comment {}", at + 1), c.text.clone(), COMMENT)));
    }
    if shown("attachments") {
        let read = attachments.iter().filter(|attachment| !attachment.passages.is_empty()).take(ATTACHMENTS);
        texts.extend(read.enumerate().map(|(at, attachment)| {
            let text = format!("{}\n{}", attachment.name, attachment.passages.join("\n"));
            (format!("attachment {}", at + 1), text, ATTACHMENT)
        }));
    }
    texts
}

/// Text fields that people fill in. What Upnext writes would come back as evidence of itself.
fn fields(snapshot: &Snapshot, task: &Task, shown: impl Fn(&str) -> bool) -> Vec<(String, String, usize)> {
    let ours = Role::AI.iter().flat_map(|role| snapshot.roles.candidates(*role));
    let ours: Vec<_> = ours.chain(snapshot.roles.candidates(Role::RecommendedAssignee)).collect();
    let theirs = snapshot.fields.iter().filter(|field| {
        field.kind == FieldKind::Text && !field.read_only && !ours.contains(&&field.gid) && shown(&field.name)
    });
    let filled = theirs.filter_map(|field| {
        let state = task.fields.get(&field.gid)?;
        let text = state.value.as_ref()?.to_string();
        (state.owner() == domain::Owner::Person).then(|| (format!("field {}", field.name), text, FIELD))
    });
    filled.take(FIELDS).collect()
}
