//! Policy: who may be changed by what, and how far. Data with defaults, read from configuration.
//!
//! Every key is documented in `config.default.toml`. Deliberately not here: reading it, or applying it.

pub use crate::mirror::{AuditMirrorPolicy, MirrorEvery};
use crate::policy_phase::{Place, phase_at, whole};
pub use crate::time::{AssignPolicy, RiskPolicy, SprintPolicy, SprintWrite};
use domain::{Band, FieldValue, Phase, PhaseRule, Points, ProjectGid, Role, Snapshot, Task, Writing};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The official values that wait for approval in `suggest`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Official {
    /// The `Priority` field.
    Priority,
    /// The task's section.
    Section,
}

impl Official {
    /// One word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Official::Priority => "priority",
            Official::Section => "section",
        }
    }
}

/// One thing the `conditional` phase may do by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allowance {
    /// What.
    pub what: Official,
    /// For which bands.
    pub bands: Vec<Band>,
    /// From which confidence, percent.
    pub min_confidence: u8,
}

/// Which tasks are looked at. Empty lists mean all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scope {
    /// Section names.
    pub sections: Vec<String>,
    /// Values of Prioritization Status; a task without one is in scope.
    pub statuses: Vec<String>,
}

impl Scope {
    /// Whether tasks of a section are looked at.
    pub(crate) fn takes_section(&self, name: &str) -> bool {
        listed(&self.sections, name)
    }

    /// Whether tasks of a status are looked at.
    pub(crate) fn takes_status(&self, value: &str) -> bool {
        listed(&self.statuses, value)
    }
}

fn listed(list: &[String], value: &str) -> bool {
    list.is_empty() || list.iter().any(|item| item.eq_ignore_ascii_case(value))
}

/// Sections tasks move to, by recommended sprint; empty leaves them where they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TargetSections {
    /// For "Next Sprint".
    pub next: String,
    /// For "Future Sprint".
    pub future: String,
    /// For "Backlog".
    pub backlog: String,
}

/// What triage may do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TriagePolicy {
    /// The share of labels given by themselves that must be right, 0–1.
    pub precision: f64,
    /// The labels that are filled in without a person in the phases below `auto`: `category`, `complexity`,
    /// `initial_priority`, `request_type`.
    pub fill: Vec<Role>,
}

impl Default for TriagePolicy {
    fn default() -> Self {
        TriagePolicy { precision: 0.8, fill: vec![] }
    }
}

/// What a language model may be shown and may move.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AiPolicy {
    /// How far its rating may move the strength of a criterion, 0–1.
    pub cap: f64,
    /// What is never shown to it: `name`, `description`, `comments`, `attachments`, or the name of a custom field.
    pub exclude: Vec<String>,
    /// Points around a band's border within which the larger model is asked as well.
    pub larger_within: Points,
    /// Times the same question is asked about a task of the sample.
    pub samples: u8,
    /// The share of tasks in that sample, percent.
    pub sampled_percent: u8,
    /// Whether questions go to the provider's batch API: half the price, answers within a day.
    pub batch: bool,
    /// Whether rationales are worded by the model from the judgement's own facts.
    pub word_rationales: bool,
    /// Whether the model writes a paragraph above the summary's list, from the same facts.
    pub word_summary: bool,
    /// Whether the model writes a paragraph above a retrospective, from its figures.
    pub word_retro: bool,
    /// Until when questions and answers are kept whole, for looking into them; none keeps none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub debug_until: Option<Timestamp>,
}

impl Default for AiPolicy {
    fn default() -> Self {
        AiPolicy {
            cap: 0.25,
            exclude: vec![],
            larger_within: Points::from_f64(2.0),
            samples: 3,
            sampled_percent: 5,
            batch: false,
            word_rationales: false,
            word_summary: false,
            word_retro: false,
            debug_until: None,
        }
    }
}

/// What the owner of a task is told by a comment that mentions them, when a change brings it about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NoticePolicy {
    /// Bands whose reaching from a lower one is told.
    pub bands: Vec<Band>,
    /// Whether a due date is told that what the task waits for will not let it keep.
    pub date_at_risk: bool,
    /// The trigger of a rule that tells it instead of a comment; empty for a comment.
    pub rule_trigger: String,
}

impl Default for NoticePolicy {
    fn default() -> Self {
        NoticePolicy { bands: vec![Band::P0], date_at_risk: true, rule_trigger: String::new() }
    }
}

/// How people approve what waits for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ApprovalPolicy {
    /// The official values that are asked for where the phase does not let them be written; empty asks for none.
    pub ask: Vec<Official>,
    /// Days after which a question that nobody answered ends, 1 or more.
    pub expire_days: u32,
    /// Days after which what nobody rejected counts as approved; 0 for never.
    pub silence_days: u32,
    /// The field of a task by which people approve in Asana; empty for none.
    pub field: String,
    /// Its value for yes.
    pub approve: String,
    /// Its value for no.
    pub reject: String,
}

impl Default for ApprovalPolicy {
    fn default() -> Self {
        ApprovalPolicy {
            ask: vec![Official::Priority, Official::Section],
            expire_days: 14,
            silence_days: 0,
            field: String::new(),
            approve: "Approved".into(),
            reject: "Rejected".into(),
        }
    }
}

impl ApprovalPolicy {
    /// What holds for plans that were saved before there were approvals: nothing was asked.
    fn before() -> ApprovalPolicy {
        ApprovalPolicy { ask: vec![], ..ApprovalPolicy::default() }
    }
}

/// The policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// The phase where no rule says otherwise.
    pub phase: Phase,
    /// Rules for projects and task types; the last that fits counts.
    pub phase_for: Vec<PhaseRule>,
    /// What `conditional` may do by itself.
    pub conditional: Vec<Allowance>,
    /// Points a score must move before it is written again.
    pub min_change: Points,
    /// The most writes to tasks in one run, the host task's aside.
    pub max_writes: usize,
    /// Values of Manual Override that mean "no override".
    pub override_off: Vec<String>,
    /// The option of the official Priority field for each band.
    pub priority_options: BTreeMap<Band, String>,
    /// Which tasks are looked at.
    pub scope: Scope,
    /// Where tasks move.
    pub sections: TargetSections,
    /// What triage may do.
    pub triage: TriagePolicy,
    /// What a language model may be shown and may move.
    pub ai: AiPolicy,
    /// What owners are told.
    pub notices: NoticePolicy,
    /// What filling a sprint may do.
    pub sprint: SprintPolicy,
    /// What giving out tasks may do.
    pub assign: AssignPolicy,
    /// How dates in danger are shown.
    pub risk: RiskPolicy,
    /// Where the digest of decisions is put in Asana, if anywhere.
    pub audit_mirror: AuditMirrorPolicy,
    /// How people approve what waits for them.
    #[serde(default = "ApprovalPolicy::before")]
    pub approvals: ApprovalPolicy,
    /// Projects that come first in writing the tasks they share with others, the first of them before the rest.
    pub home_projects: Vec<ProjectGid>,
    /// The most times a day a change of a task is answered by writing it again; a groom writes all the same.
    pub rewrites_a_day: u32,
    /// The task that carries the summary comment and the review subtask.
    pub host_task: String,
    /// Whether the top-5 comment is kept.
    pub summary_comment: bool,
    /// The review subtask's name; empty for none.
    pub review_subtask: String,
    /// The task that carries retrospectives; empty for none.
    pub retro_task: String,
    /// Days of a sprint where nothing else tells them, 1–180.
    pub retro_days: u16,
    /// Whether texts of attachments are read and kept.
    pub read_attachments: bool,
    /// The largest attachment that is read, bytes.
    pub attachments_max_bytes: usize,
    /// The most attachments of a task that are read.
    pub attachments_per_task: usize,
    /// The least agreement with a golden set, Kendall's tau, that lets a new rubric pass.
    pub golden_gate: f64,
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            phase: Phase::Suggest,
            phase_for: vec![],
            conditional: vec![],
            min_change: Points::from_f64(3.0),
            max_writes: 20_000,
            override_off: ["No", "None", "Off", "False", "0"].map(str::to_owned).to_vec(),
            priority_options: Band::ALL.into_iter().map(|b| (b, b.label().to_owned())).collect(),
            scope: Scope::default(),
            sections: TargetSections::default(),
            triage: TriagePolicy::default(),
            ai: AiPolicy::default(),
            notices: NoticePolicy::default(),
            sprint: SprintPolicy::default(),
            assign: AssignPolicy::default(),
            risk: RiskPolicy::default(),
            audit_mirror: AuditMirrorPolicy::default(),
            approvals: ApprovalPolicy::default(),
            home_projects: vec![],
            rewrites_a_day: 12,
            host_task: "Prioritize Backlog".into(),
            summary_comment: true,
            review_subtask: "Review AI Prioritization".into(),
            retro_task: "Retrospective".into(),
            retro_days: 14,
            read_attachments: false,
            attachments_max_bytes: 20_000_000,
            attachments_per_task: 10,
            golden_gate: 0.6,
        }
    }
}

impl Policy {
    /// The phase of a project, task types aside.
    pub fn project_phase(&self, project: &ProjectGid) -> Phase {
        whole(self.phase, &self.phase_for, project)
    }

    /// The phase of a task: the last fitting rule of its type or section, else the project's.
    pub fn task_phase(&self, snapshot: &Snapshot, task: &Task) -> Phase {
        let section = snapshot.sections.iter().find(|s| Some(&s.gid) == task.section.as_ref());
        let place = Place { project: &snapshot.project.gid, section: section.map(|s| s.name.as_str()) };
        let field = |name: &str| snapshot.fields.iter().find(|f| f.name.eq_ignore_ascii_case(name));
        phase_at((self.phase, &self.phase_for), place, task, |name| field(name).map(|f| &f.gid))
    }

    /// What is written in the project by this policy, for the other projects that share tasks with it.
    #[must_use]
    pub fn writing(&self, snapshot: &Snapshot) -> Writing {
        let fields = Role::WRITTEN.iter().filter_map(|role| snapshot.roles.field(*role)).cloned();
        Writing {
            fields: fields.collect(),
            named: snapshot.fields.iter().map(|field| (field.name.clone(), field.gid.clone())).collect(),
            phase: self.phase,
            phase_for: self.phase_for.clone(),
        }
    }

    /// Whether the policy lets an official value be written without a person.
    pub(crate) fn allows(&self, phase: Phase, what: Official, band: Band, confidence: u8) -> bool {
        match phase {
            Phase::Shadow | Phase::Suggest => false,
            Phase::Auto => true,
            Phase::Conditional => self
                .conditional
                .iter()
                .any(|a| a.what == what && a.bands.contains(&band) && confidence >= a.min_confidence),
        }
    }

    /// Whether a task reaches the plan, so that what is found out about it is of use.
    #[must_use]
    pub fn takes(&self, task: &Task, snapshot: &Snapshot) -> bool {
        crate::skip::skip_reason(task, snapshot, self).is_none()
    }

    /// Whether a sprint of the project may take a task: as [`Policy::takes`], but wherever its home is, since each project has sprints
    /// of its own.
    #[must_use]
    pub fn plans(&self, task: &Task, snapshot: &Snapshot) -> bool {
        crate::skip::left_alone(task, snapshot, self).is_none()
    }

    /// Whether a value of Manual Override keeps Upnext away.
    pub fn is_override(&self, value: &FieldValue) -> bool {
        let text = value.to_string();
        !self.override_off.iter().any(|off| off.eq_ignore_ascii_case(text.trim()))
    }
}
