//! Goals: what they aim at, how they are measured, and what supports them.
//!
//! Progress of a metric that is not set by hand is worked out when it is read, from the supporting work as it stands.
//! Known limit: time periods are not modelled.

use super::{Gid, Kind, Subtype, World};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a new goal needs; the rest has Asana's defaults.
#[derive(Debug, Clone, Default)]
pub struct NewGoal {
    /// Shown name.
    pub name: String,
    /// Open: `green`, `yellow`, `red`; closed: `achieved`, `partial`, `missed`, `dropped`.
    pub status: Option<String>,
    /// `YYYY-MM-DD`.
    pub due_on: Option<String>,
    /// The owner; the bot when absent.
    pub owner: Option<Gid>,
    /// A goal of the whole workspace; otherwise one of its first team.
    pub is_workspace_level: bool,
}

/// A goal.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Goal {
    /// Shown name.
    pub name: String,
    /// Plain description.
    pub notes: String,
    /// Description as markup, when it was written so.
    pub html_notes: Option<String>,
    /// See [`NewGoal::status`].
    pub status: Option<String>,
    /// `YYYY-MM-DD`.
    pub due_on: Option<String>,
    /// `YYYY-MM-DD`.
    pub start_on: Option<String>,
    /// The owner.
    pub owner: Option<Gid>,
    /// The team of a goal below workspace level.
    pub team: Option<Gid>,
    /// A goal of the whole workspace.
    pub is_workspace_level: bool,
    /// Followers, users only.
    pub followers: Vec<Gid>,
    /// Users who like it.
    pub likes: Vec<Gid>,
    /// `public_to_workspace` or `members_only`.
    pub privacy_setting: String,
    /// Access a new member gets.
    pub default_access_level: String,
    /// The [`TimePeriod`](super::TimePeriod) it is set for.
    pub time_period: Option<Gid>,
    /// Its [`GoalMetric`].
    pub metric: Option<Gid>,
    /// Its [`GoalRelationship`]s as the supported goal, in shown order.
    pub supported_by: Vec<Gid>,
    /// Creation.
    pub created_at: Timestamp,
}

/// How a goal is measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GoalMetric {
    /// `none`, `currency` or `percentage`.
    pub unit: String,
    /// Digits after the point, 0 to 6.
    pub precision: u8,
    /// ISO 4217, on currencies only.
    pub currency_code: Option<String>,
    /// Where it starts.
    pub initial: f64,
    /// Where it should end; never equal to `initial`.
    pub target: f64,
    /// Where it stands; worked out when `progress_source` is automatic.
    pub current: f64,
    /// `manual`, `external`, or the name of what it is worked out from.
    pub progress_source: String,
    /// Whether supporting work counts by its weight or equally.
    pub is_custom_weight: bool,
    /// Who set it.
    pub created_by: Gid,
}

/// A goal's support by another goal, a project, a task or a portfolio.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GoalRelationship {
    /// The goal that is supported.
    pub supported: Gid,
    /// The goal, project, task or portfolio that supports it.
    pub supporting: Gid,
    /// `contribution_weight`, 0 to 1; 0 does not count.
    pub weight: f64,
}

impl GoalMetric {
    /// Digits after the point that are kept; a percentage is stored as a share, so it keeps two more.
    pub(crate) fn digits(&self) -> u8 {
        if self.unit == "percentage" { self.precision + 2 } else { self.precision }
    }
}

impl World {
    /// Adds a goal; answers its gid.
    pub fn add_goal(&mut self, new: NewGoal) -> Gid {
        let gid = self.issue(Kind::Goal);
        let goal = self.new_goal(new);
        self.goals.insert(gid.clone(), goal);
        gid
    }

    /// A goal with Asana's defaults, not yet in the world.
    pub(crate) fn new_goal(&self, new: NewGoal) -> Goal {
        let owner = new.owner.unwrap_or_else(|| self.bot.clone());
        Goal {
            name: new.name,
            notes: String::new(),
            html_notes: None,
            status: new.status,
            due_on: new.due_on,
            start_on: None,
            team: if new.is_workspace_level { None } else { self.teams.keys().next().cloned() },
            is_workspace_level: new.is_workspace_level,
            followers: vec![owner.clone()],
            owner: Some(owner),
            likes: Vec::new(),
            privacy_setting: "public_to_workspace".to_owned(),
            default_access_level: "editor".to_owned(),
            time_period: None,
            metric: None,
            supported_by: Vec::new(),
            created_at: self.now(),
        }
    }

    /// Lets a task, project, goal or portfolio support a goal with a weight of 0 to 1; answers the relationship.
    pub fn support_goal(&mut self, goal: &str, supporting: &str, weight: f64) -> Gid {
        let gid = self.issue(Kind::GoalRelationship);
        self.goal_relationships.insert(
            gid.clone(),
            GoalRelationship { supported: goal.to_owned(), supporting: supporting.to_owned(), weight },
        );
        if let Some(goal) = self.goals.get_mut(goal) {
            goal.supported_by.push(gid.clone());
        }
        gid
    }

    /// Gives a goal a metric in place of the one it had; answers its gid.
    pub fn set_goal_metric(&mut self, goal: &str, metric: GoalMetric) -> Gid {
        let gid = self.issue(Kind::GoalMetric);
        self.goal_metrics.insert(gid.clone(), metric);
        if let Some(goal) = self.goals.get_mut(goal)
            && let Some(old) = goal.metric.replace(gid.clone())
        {
            self.goal_metrics.remove(&old);
        }
        gid
    }

    /// Deletes a goal with its metric and its relationships on both sides.
    pub(crate) fn remove_goal(&mut self, gid: &str) {
        let Some(goal) = self.goals.remove(gid) else {
            return;
        };
        if let Some(metric) = goal.metric {
            self.goal_metrics.remove(&metric);
        }
        let of_it = |link: &GoalRelationship| link.supported == gid || link.supporting == gid;
        self.goal_relationships.retain(|_, link| !of_it(link));
        for goal in self.goals.values_mut() {
            goal.supported_by.retain(|link| self.goal_relationships.contains_key(link));
        }
        self.remove_settings(gid);
    }

    /// A goal's relationships whose supporting object still exists, in shown order.
    pub(crate) fn support_of(&self, goal: &str) -> Vec<(Gid, &GoalRelationship)> {
        let links = self.goals.get(goal).map_or(&[][..], |goal| goal.supported_by.as_slice());
        links
            .iter()
            .filter_map(|gid| Some((gid.clone(), self.goal_relationships.get(gid)?)))
            .filter(|(_, link)| self.kind_of(&link.supporting).is_some())
            .collect()
    }

    /// The goals an object supports, in order of creation of the support.
    pub(crate) fn goals_supported_by(&self, supporting: &str) -> Vec<Gid> {
        let links = self.goal_relationships.values().filter(|link| link.supporting == supporting);
        links.map(|link| link.supported.clone()).collect()
    }

    /// Whether `below` supports `goal`, directly or through goals between them; a goal counts as its own support.
    pub(crate) fn supports(&self, below: &str, goal: &str) -> bool {
        let mut seen = vec![goal.to_owned()];
        let mut next = 0;
        while let Some(at) = seen.get(next).cloned() {
            if at == below {
                return true;
            }
            for (_, link) in self.support_of(&at) {
                if !seen.contains(&link.supporting) {
                    seen.push(link.supporting.clone());
                }
            }
            next += 1;
        }
        false
    }

    /// The current value of a goal's metric, worked out from what supports it unless it is set by hand.
    pub(crate) fn metric_value(&self, goal: &str) -> Option<f64> {
        let metric = self.goal_metrics.get(self.goals.get(goal)?.metric.as_ref()?)?;
        let parts: Vec<(f64, f64)> = self
            .support_of(goal)
            .into_iter()
            .filter(|(_, link)| link.weight > 0.0 && !self.supports(goal, &link.supporting))
            .filter_map(|(_, link)| {
                let share = self.share_done(&metric.progress_source, &link.supporting)?;
                Some((if metric.is_custom_weight { link.weight } else { 1.0 }, share))
            })
            .collect();
        let total: f64 = parts.iter().map(|(weight, _)| weight).sum();
        if matches!(metric.progress_source.as_str(), "manual" | "external") || total == 0.0 {
            return Some(metric.current);
        }
        let done = parts.iter().map(|(weight, share)| weight * share).sum::<f64>() / total;
        Some(super::round_to(metric.initial + (metric.target - metric.initial) * done, metric.digits()))
    }

    /// How much of a supporting object is done, 0 to 1; nothing when the source does not count such objects.
    fn share_done(&self, source: &str, supporting: &str) -> Option<f64> {
        match (source, self.kind_of(supporting)?) {
            ("subgoal_progress", Kind::Goal) => {
                let metric = self.goal_metrics.get(self.goals.get(supporting)?.metric.as_ref()?)?;
                let value = self.metric_value(supporting)?;
                Some(((value - metric.initial) / (metric.target - metric.initial)).clamp(0.0, 1.0))
            }
            ("task_completion", Kind::Task) => Some(f64::from(self.task(supporting)?.completed.is_some())),
            ("project_task_completion", Kind::Project) => self.tasks_done(supporting, |_| true),
            ("project_milestone_completion", Kind::Project) => {
                self.tasks_done(supporting, |subtype| subtype == Subtype::Milestone)
            }
            _ => None,
        }
    }

    /// The share of a project's tasks of some subtypes that are completed.
    fn tasks_done(&self, project: &str, counts: fn(Subtype) -> bool) -> Option<f64> {
        let (mut done, mut all) = (0_u32, 0_u32);
        for gid in self.project_tasks(project) {
            if let Some(task) = self.task(&gid).filter(|task| counts(task.subtype)) {
                all += 1;
                done += u32::from(task.completed.is_some());
            }
        }
        (all > 0).then(|| f64::from(done) / f64::from(all))
    }
}
