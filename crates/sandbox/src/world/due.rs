//! What the passing of days brings: a story on every open task that is due that day.
//!
//! Days are UTC's. Known limit: Asana tells by the assignee's own day, which the API does not show.

use super::{Gid, Story, World};
use jiff::civil::Date;
use jiff::tz::TimeZone;

impl World {
    /// Tells of what became due since the last look; called before each piece of work, so that a jump of the clock tells of
    /// every day in it. The day the world was made or loaded on is not told of.
    pub(crate) fn pass_midnight(&mut self) {
        let today = self.now().to_zoned_datetime(TimeZone::UTC).date();
        let told = *self.told_until.get_or_insert(today);
        if told >= today {
            return;
        }
        self.told_until = Some(today);
        let due = |day: &str| day.parse::<Date>().is_ok_and(|day| told < day && day <= today);
        let open = self.tasks.iter().filter(|(_, task)| !task.trashed && task.completed.is_none());
        let due: Vec<Gid> = open
            .filter(|(_, task)| task.due_on.as_deref().is_some_and(due))
            .map(|(gid, _)| gid.clone())
            .collect();
        for task in due {
            self.tell_due(task);
        }
    }

    fn tell_due(&mut self, task: Gid) {
        self.add_story(Story {
            target: task,
            created_at: self.now(),
            created_by: None,
            is_comment: false,
            resource_subtype: "due_today".into(),
            text: "This task is due today".to_owned(),
            html_text: None,
            is_pinned: false,
            is_edited: false,
            source: "unknown".into(),
            sticker_name: None,
            change: Vec::new(),
        });
    }
}
