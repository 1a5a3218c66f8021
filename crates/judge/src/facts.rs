//! Facts: what signals and formulas may ask about a task.
//!
//! One place that knows fields, dates, goals and the graph, so that a counterfactual is the same question asked of the
//! same facts with one thing changed. Deliberately not here: strengths and weights.

use crate::alignment::{Alignment, align};
use crate::comparison::{by_place, priority_word};
use crate::formula::Name;
use crate::graph::Graph;
use crate::in_use::{Unused, criteria_in_use, unused};
use crate::rubric::{Criterion, Rubric};
use crate::signals::{comment_sentiment, goal_links, goal_text};
use crate::tone::{Tone, tone};
use domain::{
    EffortFinding, FieldDef, FieldGid, FieldValue, Goal, Measure, Moment, NumberFormat, OptionGid, Owner,
    Rating, Ratings, Role, Snapshot, Support, Task, TaskGid,
};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::HashMap;

/// Minutes of a working day, in which effort is reckoned everywhere.
pub const MINUTES_PER_WORKING_DAY: f64 = 480.0;

/// Everything about the project that facts of one task refer to.
pub(crate) struct Context<'a> {
    pub snapshot: &'a Snapshot,
    pub rubric: &'a Rubric,
    pub now: Moment,
    pub graph: Graph,
    /// The rubric's criteria with the weights in force here.
    pub criteria: Vec<Criterion>,
    /// Inputs of the rubric that no open task has.
    pub unused: Vec<Unused>,
    fields: HashMap<&'a FieldGid, &'a FieldDef>,
    /// Goals with the weight of the contribution.
    goals: HashMap<&'a TaskGid, Vec<(usize, f64)>>,
    project_goals: Vec<(usize, f64)>,
    /// By task: the goal its text speaks of, and the comment that presses hardest; empty when the rubric asks for neither.
    alignments: Vec<Option<Alignment>>,
    tones: Vec<Option<Tone>>,
    largest_value: f64,
}

impl<'a> Context<'a> {
    pub fn new(snapshot: &'a Snapshot, rubric: &'a Rubric, now: Moment) -> Context<'a> {
        let mut goals: HashMap<&TaskGid, Vec<(usize, f64)>> = HashMap::new();
        let mut project_goals = vec![];
        for (at, goal) in snapshot.goals.iter().enumerate() {
            for support in &goal.supports {
                match support {
                    Support::Task { gid, weight } => goals.entry(gid).or_default().push((at, *weight)),
                    Support::Project { gid, weight } if *gid == snapshot.project.gid => {
                        project_goals.push((at, *weight));
                    }
                    Support::Project { .. } => {}
                }
            }
        }
        let mut context = Context {
            snapshot,
            rubric,
            now,
            graph: Graph::of(&snapshot.tasks),
            criteria: vec![],
            unused: vec![],
            fields: snapshot.fields.iter().map(|f| (&f.gid, f)).collect(),
            goals,
            project_goals,
            alignments: vec![],
            tones: vec![],
            largest_value: 10.0,
        };
        context.largest_value = context.scale_of_value();
        if rubric.asks_for(goal_text::NAME) {
            context.alignments = align(snapshot, |goal| goal_links::worth(goal, now.today));
        }
        if rubric.asks_for(comment_sentiment::NAME) {
            context.tones = snapshot.tasks.iter().map(|task| tone(task, rubric, now)).collect();
        }
        context.criteria = criteria_in_use(&context);
        context.unused = unused(&context);
        context
    }

    pub fn field(&self, gid: &FieldGid) -> Option<&'a FieldDef> {
        self.fields.get(gid).copied()
    }

    /// The top of the business-value scale in force.
    pub fn top_of_value(&self) -> f64 {
        self.largest_value
    }

    /// The top of the business-value scale: configured, or the next of 10, 100, 1,000… above every value seen.
    fn scale_of_value(&self) -> f64 {
        let roles = &self.snapshot.roles;
        let field = roles.field(Role::BusinessValue).and_then(|gid| self.field(gid));
        if let Some(largest) = field.and_then(|f| self.rubric.largest(Role::BusinessValue, &f.name)) {
            return largest;
        }
        let seen =
            self.snapshot.tasks.iter().filter_map(|task| match roles.value(Role::BusinessValue, task) {
                Some((_, FieldValue::Number(n))) => Some(*n),
                _ => None,
            });
        let most = seen.fold(10.0, f64::max);
        10f64.powi(most.log10().ceil() as i32)
    }
}

/// One thing imagined to be different.
#[derive(Clone, Debug)]
pub(crate) enum Overlay {
    Due(Date),
    Number(FieldGid, f64),
    Option(FieldGid, OptionGid),
    Goal(usize),
}

/// The facts of one task.
#[derive(Clone, Copy)]
pub(crate) struct Facts<'a> {
    pub cx: &'a Context<'a>,
    pub task: &'a Task,
    /// Its position in the snapshot.
    pub at: usize,
    pub overlay: Option<&'a Overlay>,
    /// Strength inherited from what the task blocks, 0–1.
    pub inherited: f64,
    /// Whether what its texts say, or let learn of it, counts; not for what others inherit.
    pub texts: bool,
}

impl<'a> Facts<'a> {
    pub fn due_on(&self) -> Option<Date> {
        match self.overlay {
            Some(Overlay::Due(date)) => Some(*date),
            _ => self.task.due_on,
        }
    }

    /// Days until the task is due; with a due moment, counted from now to that moment.
    pub fn days_until_due(&self) -> Option<i64> {
        match (self.overlay, self.task.due_at) {
            (Some(Overlay::Due(_)), _) | (_, None) => {
                self.due_on().map(|d| days_between(self.cx.now.today, d))
            }
            (_, Some(at)) => {
                Some((at.duration_since(self.cx.now.at).as_secs() as f64 / 86_400.0).floor() as i64)
            }
        }
    }

    pub fn age_days(&self) -> i64 {
        self.days_since(self.task.created_at)
    }

    pub fn days_since(&self, at: Timestamp) -> i64 {
        (self.cx.now.at.duration_since(at).as_secs() / 86_400).max(0)
    }

    /// Working days of effort: the team's own number, or what was learned from its finished tasks.
    pub fn effort_days(&self) -> Option<f64> {
        let own = self.role_number(Role::EffortEstimate).map(|(gid, amount)| {
            let minutes = self.cx.field(gid).is_some_and(|f| f.format == NumberFormat::Duration);
            if minutes {
                amount / MINUTES_PER_WORKING_DAY
            } else {
                amount * self.cx.rubric.effort().days_per_unit
            }
        });
        let days = own.or_else(|| self.learned_effort().map(|learned| self.days_of(learned)))?;
        (days >= 0.0).then_some(days)
    }

    /// What was learned about the effort, where the team has no number of its own.
    pub fn learned_effort(&self) -> Option<&'a EffortFinding> {
        if !self.texts || self.role_number(Role::EffortEstimate).is_some() {
            return None;
        }
        self.cx.snapshot.evidence.tasks.get(&self.task.gid)?.effort.as_ref()
    }

    fn days_of(&self, learned: &EffortFinding) -> f64 {
        match (learned.measure, learned.unit.as_str()) {
            (Measure::CycleTime, _) => learned.effort,
            (Measure::ActualTime, _) | (Measure::EffortField, "minutes") => {
                learned.effort / MINUTES_PER_WORKING_DAY
            }
            (Measure::EffortField, _) => learned.effort * self.cx.rubric.effort().days_per_unit,
        }
    }

    /// Business value as a strength, 0–1, with the field it came from.
    pub fn business_value(&self) -> Option<(&'a FieldGid, f64)> {
        let candidates = self.cx.snapshot.roles.candidates(Role::BusinessValue);
        candidates.iter().find_map(|gid| {
            let strength = match self.number(gid) {
                Some(n) => n / self.cx.largest_value,
                None => self.option_place(gid)?,
            };
            Some((gid, strength.clamp(0.0, 1.0)))
        })
    }

    /// The priority a person gave, as a strength with its label. Upnext's own writes do not count as evidence.
    pub fn priority(&self) -> Option<(&'a FieldGid, f64)> {
        let roles = &self.cx.snapshot.roles;
        let both = roles.candidates(Role::Priority).iter().chain(roles.candidates(Role::InitialPriority));
        let mut theirs = both.filter(|gid| {
            let imagined = matches!(self.overlay, Some(Overlay::Option(o, _)) if o == *gid);
            imagined || self.task.fields.get(gid).is_some_and(|s| s.owner() == Owner::Person)
        });
        theirs.find_map(|gid| {
            let label = self.option_name(gid)?;
            let configured = self.cx.field(gid).and_then(|f| self.cx.rubric.option_value(&f.name, label));
            let strength = configured.or_else(|| priority_word(label)).or_else(|| self.option_place(gid))?;
            Some((gid, strength.clamp(0.0, 1.0)))
        })
    }

    /// Goals the task supports, with the weight of the contribution and whether by itself; the imagined link comes first.
    pub fn goals(&self) -> impl Iterator<Item = (&'a Goal, f64, bool)> {
        let imagined = match self.overlay {
            Some(Overlay::Goal(at)) => Some((*at, 1.0)),
            _ => None,
        };
        let own = self.cx.goals.get(&self.task.gid).map_or(&[][..], Vec::as_slice);
        let by_itself = imagined.into_iter().chain(own.iter().copied()).map(|link| (link, true));
        let through_project = self.cx.project_goals.iter().map(|link| (*link, false));
        let goals = &self.cx.snapshot.goals;
        by_itself.chain(through_project).map(move |((at, weight), own)| (&goals[at], weight, own))
    }

    /// The open goal the task's text speaks of.
    pub fn alignment(&self) -> Option<&'a Alignment> {
        self.cx.alignments.get(self.at)?.as_ref().filter(|_| self.texts)
    }

    /// The comment that presses hardest.
    pub fn tone(&self) -> Option<&'a Tone> {
        self.cx.tones.get(self.at)?.as_ref().filter(|_| self.texts)
    }

    /// What a language model read in its texts.
    pub fn ratings(&self) -> Option<&'a Ratings> {
        self.cx.snapshot.evidence.tasks.get(&self.task.gid)?.ratings.as_ref().filter(|_| self.texts)
    }

    /// What it read that speaks to a criterion, with the strength it stands for, 0–1.
    pub fn rating(&self, criterion: &Criterion) -> Option<(&'a Rating, f64)> {
        let rating = self.ratings()?.of(criterion.dimension?)?;
        Some((rating, rating.strength()?))
    }

    /// The value a name in a formula has on this task.
    pub fn variable(&self, name: &Name) -> Option<f64> {
        match name {
            Name::Role(role) => self.role_number(*role).map(|(_, n)| n),
            Name::AgeDays => Some(self.age_days() as f64),
            Name::DaysUntilDue => self.days_until_due().map(|d| d as f64),
            Name::CommentCount => Some(self.task.comments.len() as f64),
            Name::Likes => Some(f64::from(self.task.likes)),
            Name::Field(name) => {
                let field = self.cx.snapshot.fields.iter().find(|f| f.name.eq_ignore_ascii_case(name))?;
                self.number(&field.gid)
            }
        }
    }

    pub fn role_number(&self, role: Role) -> Option<(&'a FieldGid, f64)> {
        let candidates = self.cx.snapshot.roles.candidates(role);
        candidates.iter().find_map(|gid| self.number(gid).map(|n| (gid, n)))
    }

    /// A field as a number: itself, the configured number of its option, or a number in its text.
    pub fn number(&self, gid: &FieldGid) -> Option<f64> {
        if let Some(Overlay::Number(field, n)) = self.overlay
            && field == gid
        {
            return Some(*n);
        }
        if let Some(option) = self.option_name(gid) {
            let field = self.cx.field(gid)?;
            return self.cx.rubric.option_value(&field.name, option).or_else(|| option.trim().parse().ok());
        }
        match self.task.fields.get(gid)?.value.as_ref()? {
            FieldValue::Number(n) => Some(*n),
            FieldValue::Text(t) | FieldValue::Other(t) => t.trim().parse().ok(),
            _ => None,
        }
    }

    /// The name of the option an enum field has.
    pub fn option_name(&self, gid: &FieldGid) -> Option<&'a str> {
        if let Some(Overlay::Option(field, option)) = self.overlay
            && field == gid
        {
            let field = self.cx.field(gid)?;
            return field.options.iter().find(|o| o.gid == *option).map(|o| o.name.as_str());
        }
        match self.task.fields.get(gid)?.value.as_ref()? {
            FieldValue::Enum { name, .. } => Some(name),
            _ => None,
        }
    }

    fn option_place(&self, gid: &FieldGid) -> Option<f64> {
        let name = self.option_name(gid)?;
        let field = self.cx.field(gid)?;
        let place = field.options.iter().position(|o| o.name == name)?;
        Some(by_place(place, field.options.len()))
    }
}

/// Calendar days from one date to another; negative when the other is earlier.
pub(crate) fn days_between(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}
