//! The past of a project: its tasks, done ones too, and what their stories tell.
//!
//! One request a task for its stories; for looking back, not for a groom. Deliberately not here: turning time back (`judge`).

use super::convert::{TASK_FIELDS, field_value, to_comment, to_task, without_dependencies};
use super::stories::is_comment;
use crate::context::Engine;
use crate::error::EngineError;
use asana::wire;
use domain::{Happened, Happening, Past, ProjectGid, SectionGid, TaskGid, UserGid};
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;

/// Stories of one task are a request; Asana allows 50 reads in flight.
const AT_ONCE: usize = 20;

const STORY_FIELDS: [&str; 32] = [
    "created_at",
    "created_by.name",
    "type",
    "resource_subtype",
    "text",
    "custom_field.gid",
    "custom_field.resource_subtype",
    "old_text_value",
    "new_text_value",
    "old_number_value",
    "new_number_value",
    "old_enum_value.gid",
    "old_enum_value.name",
    "new_enum_value.gid",
    "new_enum_value.name",
    "old_multi_enum_values.gid",
    "old_multi_enum_values.name",
    "new_multi_enum_values.gid",
    "new_multi_enum_values.name",
    "old_date_value",
    "new_date_value",
    "old_people_value.gid",
    "new_people_value.gid",
    "old_section.gid",
    "new_section.gid",
    "old_dates",
    "new_dates",
    "old_name",
    "assignee.gid",
    "dependency.gid",
    "project.gid",
    "source",
];

/// Every task that is open or was done since a moment, with its history, in the project's order.
pub(crate) async fn read_history(
    engine: &Engine,
    project: &ProjectGid,
    since: Timestamp,
) -> Result<Vec<Past>, EngineError> {
    let tasks = list_history(engine, project, since).await?;
    read_stories(engine, project, tasks, |_| true).await
}

/// The same without their history: a request for a hundred.
pub(crate) async fn list_history(
    engine: &Engine,
    project: &ProjectGid,
    since: Timestamp,
) -> Result<Vec<Past>, EngineError> {
    engine.stage("reading tasks", 0);
    let tasks = match read_tasks(engine, project, since, &TASK_FIELDS).await {
        Err(asana::Error::PaymentRequired { .. }) => {
            read_tasks(engine, project, since, &without_dependencies()).await?
        }
        tasks => tasks?,
    };
    let past = |task: wire::Task| Past {
        completed_at: task.completed_at,
        actual_minutes: task.actual_time_minutes,
        task: to_task(task, project),
        happenings: vec![],
    };
    Ok(tasks.into_iter().map(past).collect())
}

/// Adds comments and history to the tasks that are wanted: a request each.
pub(crate) async fn read_stories(
    engine: &Engine,
    project: &ProjectGid,
    pasts: Vec<Past>,
    wanted: impl Fn(&Past) -> bool,
) -> Result<Vec<Past>, EngineError> {
    engine.stage("reading their history", pasts.iter().filter(|past| wanted(past)).count());
    let read = pasts.into_iter().map(|past| {
        let wanted = wanted(&past);
        async move { if wanted { read_past(engine, project, past).await } else { Ok(past) } }
    });
    stream::iter(read).buffered(AT_ONCE).try_collect().await
}

async fn read_tasks(
    engine: &Engine,
    project: &ProjectGid,
    since: Timestamp,
    fields: &[&str],
) -> Result<Vec<wire::Task>, asana::Error> {
    let fields: Vec<&str> = fields.iter().copied().chain(["completed_at", "actual_time_minutes"]).collect();
    engine
        .asana
        .tasks()
        .in_project(project.as_str())
        .completed_since(since)
        .fields(&fields)
        .collect_all()
        .await
}

async fn read_past(engine: &Engine, project: &ProjectGid, mut past: Past) -> Result<Past, EngineError> {
    let list = engine.asana.stories().of_task(past.task.gid.as_str()).fields(&STORY_FIELDS);
    let stories = match list.collect_all().await {
        Ok(stories) => stories,
        Err(asana::Error::NotFound { .. }) => vec![],
        Err(error) => return Err(error.into()),
    };
    engine.step(1);
    past.task.comments = stories.iter().filter(|story| is_comment(story)).map(to_comment).collect();
    past.happenings = stories.into_iter().filter_map(|story| happening(story, project)).collect();
    past.happenings.sort_by_key(|happening| happening.at);
    Ok(past)
}

/// What a story tells, as far as anything is judged by it.
fn happening(story: wire::Story, project: &ProjectGid) -> Option<Happening> {
    let at = story.created_at?;
    let by = story.created_by.as_ref().map(|user| UserGid::new(&*user.gid));
    let what = match story.resource_subtype.as_deref()? {
        "marked_complete" => Happened::Completed,
        "marked_incomplete" => Happened::Reopened,
        "assigned" => Happened::Assignee(Some(UserGid::new(story.assignee?.gid))),
        "unassigned" => Happened::Assignee(None),
        "name_changed" => Happened::Name { old: story.old_name? },
        "notes_changed" => Happened::Notes,
        "added_to_project" => match ProjectGid::new(story.project?.gid) {
            here if here == *project => Happened::Joined,
            project => Happened::Elsewhere { project, enters: true },
        },
        "removed_from_project" => {
            let left = ProjectGid::new(story.project?.gid);
            (left != *project).then_some(Happened::Elsewhere { project: left, enters: false })?
        }
        "section_changed" => Happened::Section {
            old: SectionGid::new(story.old_section?.gid),
            new: SectionGid::new(story.new_section?.gid),
        },
        "due_date_changed" | "start_date_changed" => {
            let days = |dates: Option<wire::StoryDates>| {
                let dates = dates.unwrap_or_default();
                (dates.start_on, dates.due_on)
            };
            Happened::Dates { old: days(story.old_dates), new: days(story.new_dates) }
        }
        "dependency_added" => Happened::Waits { on: TaskGid::new(story.dependency?.gid), begins: true },
        "dependency_removed" => Happened::Waits { on: TaskGid::new(story.dependency?.gid), begins: false },
        subtype if subtype.ends_with("_custom_field_changed") => field_change(story)?,
        _ => return None,
    };
    Some(Happening { at, by, what })
}

/// The story's old and new value, read as values on a task are.
fn field_change(story: wire::Story) -> Option<Happened> {
    let field = story.custom_field?;
    let value = |text, number, option, (options, date, people)| {
        field_value(&wire::CustomFieldValue {
            gid: field.gid.clone(),
            resource_subtype: field.resource_subtype.clone(),
            text_value: text,
            number_value: number,
            enum_value: option,
            multi_enum_values: options,
            date_value: date,
            people_value: people,
            ..wire::CustomFieldValue::default()
        })
    };
    let old = (story.old_multi_enum_values, story.old_date_value, story.old_people_value);
    let new = (story.new_multi_enum_values, story.new_date_value, story.new_people_value);
    Some(Happened::Field {
        old: value(story.old_text_value, story.old_number_value, story.old_enum_value, old),
        new: value(story.new_text_value, story.new_number_value, story.new_enum_value, new),
        gid: domain::FieldGid::new(&*field.gid),
    })
}
