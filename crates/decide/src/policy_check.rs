//! What of a policy cannot work, setting by setting, whoever wants it: the configuration file or a draft on the dashboard.
//!
//! Deliberately not here: values that are of the wrong type, which reading finds.

use crate::policy::Policy;
use domain::Role;

/// The longest that a question may wait: what is over it is a slip of the hand.
const LONGEST_DAYS: u32 = 3650;

/// The labels a triage knows.
const LABELS: [Role; 4] = [Role::Category, Role::Complexity, Role::InitialPriority, Role::RequestType];

impl Policy {
    /// Settings that cannot work, each by its path below `policy`, with the reason; empty when all can.
    #[must_use]
    pub fn problems(&self) -> Vec<(&'static str, String)> {
        let mut found = vec![];
        let mut unless = |holds: bool, path: &'static str, why: String| {
            if !holds {
                found.push((path, why));
            }
        };
        let least = |holds: u64| holds > 0;
        unless(
            least(self.max_writes as u64),
            "max_writes",
            "must be at least 1; use phase = \"shadow\" to write nothing".into(),
        );
        unless((1..=180).contains(&self.retro_days), "retro_days", "must be from 1 to 180".into());
        let read = "must be at least 1; use read_attachments = false to read none";
        unless(least(self.attachments_max_bytes as u64), "attachments_max_bytes", read.into());
        unless(least(self.attachments_per_task as u64), "attachments_per_task", read.into());
        unless((-1.0..=1.0).contains(&self.golden_gate), "golden_gate", "must be from -1 to 1".into());
        let in_pairs = self.phase_for.iter().all(|rule| rule.field.is_some() == rule.value.is_some());
        unless(in_pairs, "phase_for", "a rule for a task type needs both `field` and `value`".into());
        let of_one = self.phase_for.iter().all(|rule| rule.project.is_none() || rule.portfolio.is_none());
        unless(of_one, "phase_for", "a rule is for a project or for a portfolio, not for both".into());
        let sure = self.triage.precision;
        unless((0.0..1.0).contains(&sure), "triage.precision", "must be at least 0 and below 1".into());
        if let Some(role) = self.triage.fill.iter().find(|role| !LABELS.contains(role)) {
            let choices = "choose from category, complexity, initial_priority, request_type";
            unless(false, "triage.fill", format!("{} is no label; {choices}", role.key()));
        }
        found.extend(self.problems_of_parts());
        found
    }

    /// The same of the tables below that have more than one.
    fn problems_of_parts(&self) -> Vec<(&'static str, String)> {
        let (ai, sprint, approvals) = (&self.ai, &self.sprint, &self.approvals);
        let differs =
            approvals.field.is_empty() || !approvals.approve.eq_ignore_ascii_case(&approvals.reject);
        let ten_years = format!("must be at most {LONGEST_DAYS}, ten years");
        let rules = [
            ((0.0..=1.0).contains(&ai.cap), "ai.cap", "must be from 0 to 1"),
            ((1..=9).contains(&ai.samples), "ai.samples", "must be from 1 to 9"),
            (ai.sampled_percent <= 100, "ai.sampled_percent", "must be at most 100"),
            ((1..=180).contains(&sprint.days), "sprint.days", "must be from 1 to 180"),
            ((50..=99).contains(&sprint.finishing), "sprint.finishing", "must be from 50 to 99 percent"),
            (
                !sprint.in_projects() || sprint.section.trim().is_empty(),
                "sprint.project",
                "a sprint is a project or a section, not both: set sprint.section to \"\", or take sprint.project out",
            ),
            (
                approvals.expire_days > 0,
                "approvals.expire_days",
                "must be at least 1; use ask = [] to ask nothing",
            ),
            (approvals.expire_days <= LONGEST_DAYS, "approvals.expire_days", &ten_years),
            (
                approvals.silence_days < approvals.expire_days.max(1),
                "approvals.silence_days",
                "must be below expire_days, or nothing would come of it",
            ),
            (is_gid(&self.audit_mirror.task), "audit_mirror.task", "must be the number of a task, or empty"),
            (differs, "approvals.reject", "approve and reject must be two values"),
        ];
        let failed = rules.into_iter().filter(|(holds, ..)| !holds);
        failed.map(|(_, path, why)| (path, why.to_owned())).collect()
    }
}

/// Whether a text is a number of Asana's, or nothing.
fn is_gid(text: &str) -> bool {
    text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_digit())
}
