//! Building worlds in code: a fresh workspace, and projects and tasks for tests, imports and demos.
//!
//! These write no stories and check no rules: they describe how the world already is.

use super::{
    EventLog, Gid, Kind, Membership, Plan, Project, Subtype, Task, User, UserTaskList, Workspace, World,
};
use crate::clock::Clock;
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap, VecDeque};

/// The token every fresh world knows.
pub const DEFAULT_TOKEN: &str = "sandbox-token";

/// What a new project needs; the rest has Asana's defaults.
#[derive(Debug, Clone, Default)]
pub struct NewProject {
    /// Shown name.
    pub name: String,
    /// Sections in order; Asana's "Untitled section" when empty.
    pub sections: Vec<String>,
    /// The owner; the bot when absent.
    pub owner: Option<Gid>,
}

/// What a new task needs; the rest is empty.
#[derive(Debug, Clone, Default)]
pub struct NewTask {
    /// Shown name.
    pub name: String,
    /// Plain description.
    pub notes: String,
    /// Sections it stands in, at their ends.
    pub sections: Vec<Gid>,
    /// Who does it.
    pub assignee: Option<Gid>,
    /// `YYYY-MM-DD`.
    pub due_on: Option<String>,
    /// The task it is a subtask of.
    pub parent: Option<Gid>,
}

impl World {
    /// A workspace with one team and one bot user who owns the token `sandbox-token`.
    ///
    /// The same `seed` and the same calls give the same gids. On [`Plan::Free`] the workspace is no organization.
    #[must_use]
    pub fn new(seed: u64, plan: Plan, now: Timestamp) -> Self {
        let mut world = Self::empty(seed, plan, now);
        // Made in one moment, however long that takes.
        world.clock.stand_at(now);
        world.lay_out_time_periods();
        world.lay_out_apps();
        let home = world.issue(Kind::Workspace);
        let is_organization = plan != Plan::Free;
        world.workspaces.insert(
            home.clone(),
            Workspace {
                name: "Sandbox".to_owned(),
                email_domains: vec!["sandbox.example".to_owned()],
                is_organization,
            },
        );
        world.home = home;
        world.add_team("Everyone", &[]);
        world.bot = world.add_user("Upnext Bot", "bot@sandbox.example");
        let bot = world.bot.clone();
        world.add_token(DEFAULT_TOKEN, &bot);
        world.clock.run(1.0);
        world
    }

    fn empty(seed: u64, plan: Plan, now: Timestamp) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        let last_gid = 1_200_000_000_000_000 + random.u64(0..9_000_000_000_000);
        Self {
            seed,
            plan,
            search_lag_seconds: 0,
            event_delay_seconds: 0,
            merge_stories_seconds: 0,
            told_until: None,
            loopback_webhooks: true,
            root: None,
            clock: Clock::starting_at(now),
            random,
            last_gid,
            kinds: HashMap::new(),
            tokens: HashMap::new(),
            apps: BTreeMap::new(),
            codes: HashMap::new(),
            refresh_tokens: HashMap::new(),
            home: Gid::new(),
            bot: Gid::new(),
            workspaces: BTreeMap::new(),
            apart: BTreeMap::new(),
            teams: BTreeMap::new(),
            users: BTreeMap::<Gid, User>::new(),
            user_task_lists: BTreeMap::<Gid, UserTaskList>::new(),
            projects: BTreeMap::new(),
            sections: BTreeMap::new(),
            tasks: BTreeMap::new(),
            stories: BTreeMap::new(),
            stories_of: HashMap::new(),
            custom_fields: BTreeMap::new(),
            option_fields: HashMap::new(),
            settings: BTreeMap::new(),
            settings_of: HashMap::new(),
            values: HashMap::new(),
            tags: BTreeMap::new(),
            attachments: BTreeMap::new(),
            goals: BTreeMap::new(),
            goal_metrics: BTreeMap::new(),
            goal_relationships: BTreeMap::new(),
            portfolios: BTreeMap::new(),
            status_updates: BTreeMap::new(),
            time_periods: BTreeMap::new(),
            jobs: BTreeMap::new(),
            webhooks: BTreeMap::new(),
            entries: BTreeMap::new(),
            audit_log: VecDeque::new(),
            events: EventLog::default(),
            unheard: false,
            outbox: Vec::new(),
        }
    }

    /// The user the default token belongs to.
    #[must_use]
    pub fn bot(&self) -> &Gid {
        &self.bot
    }

    /// Adds a project; answers its gid. Its sections are in [`World::sections_of`].
    pub fn add_project(&mut self, new: NewProject) -> Gid {
        let gid = self.issue(Kind::Project);
        let mut project = self.new_project(&new);
        let names = if new.sections.is_empty() { vec!["Untitled section".to_owned()] } else { new.sections };
        project.sections = names.iter().map(|name| self.add_section(&gid, name)).collect();
        self.projects.insert(gid.clone(), project);
        gid
    }

    /// A project with Asana's defaults, not yet in the world and without sections.
    pub(crate) fn new_project(&self, new: &NewProject) -> Project {
        let owner = new.owner.clone().unwrap_or_else(|| self.bot.clone());
        let now = self.now();
        Project {
            name: new.name.clone(),
            notes: String::new(),
            html_notes: None,
            archived: false,
            color: None,
            icon: "list".to_owned(),
            default_view: "list".to_owned(),
            privacy_setting: "private".to_owned(),
            default_access_level: "editor".to_owned(),
            minimum_access_level_for_customization: "editor".to_owned(),
            minimum_access_level_for_sharing: "editor".to_owned(),
            due_on: None,
            start_on: None,
            completed: None,
            members: vec![owner.clone()],
            followers: vec![owner.clone()],
            owner: Some(owner),
            team: self.teams.keys().next().cloned(),
            sections: Vec::new(),
            created_from_template: None,
            created_at: now,
            modified_at: now,
        }
    }

    /// A project's sections in shown order.
    #[must_use]
    pub fn sections_of(&self, project: &str) -> Vec<Gid> {
        self.projects.get(project).map(|project| project.sections.clone()).unwrap_or_default()
    }

    /// Adds a task at the end of its sections; answers its gid.
    pub fn add_task(&mut self, new: NewTask) -> Gid {
        let gid = self.issue(Kind::Task);
        let mut memberships = Vec::new();
        for section in &new.sections {
            if let Some(section_state) = self.sections.get_mut(section) {
                section_state.tasks.push(gid.clone());
                memberships
                    .push(Membership { project: section_state.project.clone(), section: section.clone() });
            }
        }
        if let Some(parent) = new.parent.as_ref().and_then(|parent| self.tasks.get_mut(parent)) {
            parent.subtasks.push(gid.clone());
        }
        let mut task = self.blank_task();
        task.name = new.name;
        task.notes = new.notes;
        task.assignee_section = new.assignee.as_ref().and_then(|user| self.inbox_section(user));
        task.assignee = new.assignee;
        task.due_on = new.due_on;
        task.parent = new.parent;
        task.memberships = memberships;
        self.tasks.insert(gid.clone(), task);
        gid
    }

    /// The section of a user's My Tasks list where newly assigned tasks land.
    pub(crate) fn inbox_section(&self, user: &str) -> Option<Gid> {
        let list = &self.users.get(user)?.task_list;
        self.user_task_lists.get(list)?.sections.first().cloned()
    }

    /// A task with nothing in it, made now by the bot.
    pub(crate) fn blank_task(&self) -> Task {
        let now = self.now();
        Task {
            name: String::new(),
            notes: String::new(),
            html_notes: None,
            subtype: Subtype::Default,
            completed: None,
            approval_status: None,
            assignee: None,
            assigned_by: None,
            assignee_section: None,
            due_on: None,
            due_at: None,
            start_on: None,
            start_at: None,
            created_at: now,
            created_by: Some(self.bot.clone()),
            modified_at: now,
            parent: None,
            subtasks: Vec::new(),
            memberships: Vec::new(),
            tags: Vec::new(),
            followers: Vec::new(),
            likes: Vec::new(),
            dependencies: Vec::new(),
            dependents: Vec::new(),
            custom_type: None,
            custom_type_status_option: None,
            external: None,
            actual_time_minutes: None,
            assignee_status: None,
            trashed: false,
        }
    }
}
