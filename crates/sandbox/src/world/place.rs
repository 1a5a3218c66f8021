//! Where work lives: projects, sections, tags and attachments.

use super::{Gid, Kind, World};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A project with its plain settings.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Project {
    /// Shown name.
    pub name: String,
    /// Plain description.
    pub notes: String,
    /// Description as markup, when it was written so.
    pub html_notes: Option<String>,
    /// Archived projects stay readable.
    pub archived: bool,
    /// Colour name, none when absent.
    pub color: Option<String>,
    /// Icon name.
    pub icon: String,
    /// `list`, `board`, `calendar` or `timeline`.
    pub default_view: String,
    /// `public_to_workspace`, `private_to_team` or `private`.
    pub privacy_setting: String,
    /// Access a new member gets.
    pub default_access_level: String,
    /// Least access to change how it is set up: `admin` or `editor`.
    #[serde(default = "editor")]
    pub minimum_access_level_for_customization: String,
    /// Least access to share it: `admin` or `editor`.
    #[serde(default = "editor")]
    pub minimum_access_level_for_sharing: String,
    /// `YYYY-MM-DD`.
    pub due_on: Option<String>,
    /// `YYYY-MM-DD`.
    pub start_on: Option<String>,
    /// When it was completed, and by whom.
    pub completed: Option<(Timestamp, Gid)>,
    /// The owner.
    pub owner: Option<Gid>,
    /// The team it was made in.
    pub team: Option<Gid>,
    /// Members, users only.
    pub members: Vec<Gid>,
    /// Followers, users only.
    pub followers: Vec<Gid>,
    /// Sections in shown order; never empty.
    pub sections: Vec<Gid>,
    /// The template it was made from.
    #[serde(default)]
    pub created_from_template: Option<Gid>,
    /// Creation and last change of the project's own data.
    pub created_at: Timestamp,
    /// Moves on changes to the project itself, not to its tasks.
    pub modified_at: Timestamp,
}

impl Project {
    /// Followers are a subset of the members.
    pub(crate) fn follow_as_members(&mut self) {
        for follower in &self.followers {
            if !self.members.contains(follower) {
                self.members.push(follower.clone());
            }
        }
    }
}

/// What worlds saved before the setting was kept have.
fn editor() -> String {
    "editor".to_owned()
}

/// A section; its tasks are in manual order.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Section {
    /// Shown name.
    pub name: String,
    /// The project or My Tasks list it belongs to.
    pub project: Gid,
    /// Tasks in manual order, trashed ones removed.
    pub tasks: Vec<Gid>,
    /// Creation.
    pub created_at: Timestamp,
}

/// A tag.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Tag {
    /// Shown name.
    pub name: String,
    /// Colour name.
    pub color: Option<String>,
    /// Plain notes.
    pub notes: String,
    /// Followers.
    pub followers: Vec<Gid>,
    /// Creation.
    pub created_at: Timestamp,
}

/// A file or link on a task or project.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Attachment {
    /// File name.
    pub name: String,
    /// The task or project it hangs on.
    pub parent: Gid,
    /// `asana` for an uploaded file, `external` for a link, or the service that hosts it.
    pub resource_subtype: String,
    /// Bytes of an uploaded file; empty for a link.
    #[serde(with = "super::save::bytes")]
    pub content: Vec<u8>,
    /// Address of a link.
    pub view_url: Option<String>,
    /// Creation.
    pub created_at: Timestamp,
}

impl World {
    /// Puts a file on a task or project; answers its gid.
    pub fn add_file(&mut self, parent: &str, name: &str, content: Vec<u8>) -> Gid {
        self.add_attachment(Attachment {
            name: name.to_owned(),
            parent: parent.to_owned(),
            resource_subtype: "asana".to_owned(),
            content,
            view_url: None,
            created_at: self.now(),
        })
    }

    /// Puts a link on a task or project; answers its gid.
    pub fn add_link(&mut self, parent: &str, name: &str, url: &str) -> Gid {
        self.add_attachment(Attachment {
            name: name.to_owned(),
            parent: parent.to_owned(),
            resource_subtype: "external".to_owned(),
            content: Vec::new(),
            view_url: Some(url.to_owned()),
            created_at: self.now(),
        })
    }

    fn add_attachment(&mut self, attachment: Attachment) -> Gid {
        let gid = self.issue(Kind::Attachment);
        self.attachments.insert(gid.clone(), attachment);
        gid
    }

    /// A new, empty section object; the caller puts it into its project's order.
    pub(crate) fn add_section(&mut self, project: &str, name: &str) -> Gid {
        let gid = self.issue(Kind::Section);
        let created_at = self.now();
        self.sections.insert(
            gid.clone(),
            Section { name: name.to_owned(), project: project.to_owned(), tasks: Vec::new(), created_at },
        );
        gid
    }

    /// A project's tasks in manual order.
    pub(crate) fn project_tasks(&self, project: &str) -> Vec<Gid> {
        let Some(project) = self.projects.get(project) else {
            return Vec::new();
        };
        project
            .sections
            .iter()
            .filter_map(|gid| self.sections.get(gid))
            .flat_map(|section| section.tasks.iter().cloned())
            .collect()
    }
}
