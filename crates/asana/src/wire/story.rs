//! Stories: comments and the record of changes. Old and new values are here, not on events.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::open_enum::open_enum;
use super::{CustomField, DateValue, EnumOption, Ref, User, nullable};

open_enum! {
    /// Written by a person, or noted by Asana.
    StoryType {
        /// A comment.
        Comment = "comment",
        /// A change.
        System = "system",
    }
}

open_enum! {
    /// Through what it came.
    StorySource {
        /// The web app.
        Web = "web",
        /// A mobile app.
        Mobile = "mobile",
        /// E-mail.
        Email = "email",
        /// An API client: we, and most integrations.
        Api = "api",
        /// Not told.
        Unknown = "unknown",
    }
}

/// Dates before or after a change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoryDates {
    /// First day.
    #[serde(default)]
    pub start_on: Option<Date>,
    /// Due day.
    #[serde(default)]
    pub due_on: Option<Date>,
    /// Due moment.
    #[serde(default)]
    pub due_at: Option<Timestamp>,
}

/// A story. Which of the old and new values are there follows from `resource_subtype`. Never parse `text`: it depends
/// on the reader's language.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Story {
    /// Id.
    pub gid: String,
    /// When.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
    /// Who; null for Asana itself.
    #[serde(default)]
    pub created_by: Option<User>,
    /// Comment or change.
    #[serde(default, rename = "type")]
    pub story_type: Option<StoryType>,
    /// What kind, for instance `comment_added` or `enum_custom_field_changed`. An open list.
    #[serde(default)]
    pub resource_subtype: Option<String>,
    /// Plain text.
    #[serde(default)]
    pub text: Option<String>,
    /// Asana's XML.
    #[serde(default)]
    pub html_text: Option<String>,
    /// Whether it is pinned.
    #[serde(default)]
    pub is_pinned: Option<bool>,
    /// Whether the token's user may edit it.
    #[serde(default)]
    pub is_editable: Option<bool>,
    /// Whether it was edited.
    #[serde(default)]
    pub is_edited: Option<bool>,
    /// Number of likes.
    #[serde(default)]
    pub num_likes: Option<u32>,
    /// Through what it came.
    #[serde(default)]
    pub source: Option<StorySource>,
    /// The object it belongs to.
    #[serde(default)]
    pub target: Option<Ref>,
    /// The field that changed.
    #[serde(default)]
    pub custom_field: Option<CustomField>,
    /// Text value before.
    #[serde(default)]
    pub old_text_value: Option<String>,
    /// Text value after.
    #[serde(default)]
    pub new_text_value: Option<String>,
    /// Number before.
    #[serde(default)]
    pub old_number_value: Option<f64>,
    /// Number after.
    #[serde(default)]
    pub new_number_value: Option<f64>,
    /// Choice before.
    #[serde(default)]
    pub old_enum_value: Option<EnumOption>,
    /// Choice after.
    #[serde(default)]
    pub new_enum_value: Option<EnumOption>,
    /// Choices before.
    #[serde(default, deserialize_with = "nullable")]
    pub old_multi_enum_values: Vec<EnumOption>,
    /// Choices after.
    #[serde(default, deserialize_with = "nullable")]
    pub new_multi_enum_values: Vec<EnumOption>,
    /// Date before, of a date field.
    #[serde(default)]
    pub old_date_value: Option<DateValue>,
    /// Date after, of a date field.
    #[serde(default)]
    pub new_date_value: Option<DateValue>,
    /// People before.
    #[serde(default, deserialize_with = "nullable")]
    pub old_people_value: Vec<Ref>,
    /// People after.
    #[serde(default, deserialize_with = "nullable")]
    pub new_people_value: Vec<Ref>,
    /// Section before.
    #[serde(default)]
    pub old_section: Option<Ref>,
    /// Section after; check that it is of the project you watch.
    #[serde(default)]
    pub new_section: Option<Ref>,
    /// Dates before.
    #[serde(default)]
    pub old_dates: Option<StoryDates>,
    /// Dates after.
    #[serde(default)]
    pub new_dates: Option<StoryDates>,
    /// Name before.
    #[serde(default)]
    pub old_name: Option<String>,
    /// Name after.
    #[serde(default)]
    pub new_name: Option<String>,
    /// Kind of task before.
    #[serde(default)]
    pub old_resource_subtype: Option<String>,
    /// Kind of task after.
    #[serde(default)]
    pub new_resource_subtype: Option<String>,
    /// Approval before.
    #[serde(default)]
    pub old_approval_status: Option<String>,
    /// Approval after.
    #[serde(default)]
    pub new_approval_status: Option<String>,
    /// Who was assigned.
    #[serde(default)]
    pub assignee: Option<Ref>,
    /// Who began to follow.
    #[serde(default)]
    pub follower: Option<Ref>,
    /// The other task of a dependency that changed.
    #[serde(default)]
    pub dependency: Option<Ref>,
    /// The project joined or left.
    #[serde(default)]
    pub project: Option<Ref>,
    /// The tag.
    #[serde(default)]
    pub tag: Option<Ref>,
    /// The task, where the story is about another one.
    #[serde(default)]
    pub task: Option<Ref>,
    /// The story that was liked.
    #[serde(default)]
    pub story: Option<Ref>,
    /// The task this one was marked a duplicate of.
    #[serde(default)]
    pub duplicate_of: Option<Ref>,
    /// The task this one was copied from.
    #[serde(default)]
    pub duplicated_from: Option<Ref>,
}
