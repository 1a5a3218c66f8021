//! The history of one drafted task: who did what to it, and when.
//!
//! A history is a list of deeds in order of time, each in the working hours of the one who does it where they leave
//! room. Nothing is written here: `play.rs` does the deeds in a world, and the stories follow from that.

use super::Scene;
use super::calendar::{DAY, HOUR};
use super::dates::due_days;
use super::deeds::{Deed, Event};
use super::dice::Dice;
use super::fields::{Key, PRIORITIES, points, priority};
use super::talk::Moment;
use super::tasks::Draft;
use crate::world::{FieldValue, Subtype};

/// When a task came to its stages.
#[derive(Debug, Clone, Copy)]
struct Marks {
    triaged: i64,
    planned: i64,
    /// Only when somebody works on it or has done so.
    started: Option<i64>,
    end: i64,
}

struct Line<'a> {
    scene: &'a Scene<'a>,
    draft: &'a Draft,
    nth: usize,
    marks: Marks,
    dice: &'a mut Dice,
    wanted: Vec<(i64, usize, Deed)>,
    closing: Vec<(usize, Deed)>,
    after: Vec<(i64, usize, Deed)>,
}

/// The history of the task at a place.
pub(super) fn live(scene: &Scene<'_>, nth: usize, dice: &mut Dice) -> Vec<Event> {
    let draft = &scene.drafts[nth];
    let marks = marks(scene, draft, dice);
    let (wanted, closing, after) = (Vec::new(), Vec::new(), Vec::new());
    let mut line = Line { scene, draft, nth, marks, dice, wanted, closing, after };
    line.begin();
    line.triage();
    line.plan();
    line.work();
    line.talk();
    line.finish();
    line.settle()
}

fn marks(scene: &Scene<'_>, draft: &Draft, dice: &mut Dice) -> Marks {
    let end = draft.done.unwrap_or(scene.span.now);
    let life = (end - draft.created) as f64;
    let triaged = draft.created + (dice.log_normal(DAY as f64, 1.0).min(life * 0.2)) as i64;
    let planned = triaged + ((0.1 + 0.4 * dice.share()) * (end - triaged) as f64) as i64;
    // Somebody works five hours a day on it, on five days of seven.
    let work = (draft.hours / 5.0 * 1.4 * DAY as f64) as i64 + HOUR;
    let released = draft.waits.iter().filter_map(|awaited| scene.drafts[*awaited].done).max();
    let started = match (draft.done, draft.stage) {
        (Some(done), _) => {
            let earliest = released.unwrap_or(draft.created).max(draft.created);
            Some((done - work).max(earliest).clamp(draft.created, done))
        }
        (None, 2 | 3) => Some((end - (work as f64 * (0.2 + dice.share())) as i64).max(planned)),
        (None, _) => None,
    };
    let planned = started.map_or(planned, |started| planned.min(started));
    Marks { triaged: triaged.min(planned), planned, started, end }
}

impl Line<'_> {
    fn owner(&self) -> usize {
        self.scene.homes[self.draft.project].owner
    }

    fn member(&mut self) -> usize {
        *self.dice.pick(&self.scene.homes[self.draft.project].members)
    }

    fn add(&mut self, at: i64, by: usize, deed: Deed) {
        self.wanted.push((at.clamp(self.draft.created, self.marks.end), by, deed));
    }

    /// A moment between the creation and the end.
    fn some_time(&mut self) -> i64 {
        self.draft.created + ((self.marks.end - self.draft.created) as f64 * self.dice.share()) as i64
    }

    fn begin(&mut self) {
        let (created, creator) = (self.draft.created, self.draft.creator);
        let is_retitled = self.draft.subtype == Subtype::Default && self.dice.chance(0.04);
        self.add(created, creator, Deed::Create(is_retitled));
        if is_retitled {
            let at = created.midpoint(self.marks.triaged);
            self.add(at, creator, Deed::Retitle);
        }
        let knobs = self.scene.knobs;
        if self.dice.chance(knobs.attachment_share) {
            let at = if self.dice.chance(0.6) { created + 60 } else { self.some_time() };
            self.add(at, creator, Deed::Attach);
        }
        if knobs.tags > 0 && self.dice.chance(0.25) {
            let tag = self.dice.index(knobs.tags as usize);
            self.add(self.marks.triaged, creator, Deed::Tag(tag));
        }
        if let Some(twin) = self.draft.twin.filter(|_| self.dice.chance(0.5)) {
            let by = self.member();
            self.add(self.marks.triaged, by, Deed::Point(twin));
        }
        if self.dice.chance(0.3) {
            let (at, who) = (self.some_time(), self.member());
            self.add(at, creator, Deed::Follow(who));
        }
        if self.dice.chance(0.08) {
            let (at, who) = (self.some_time(), self.member());
            self.add(at, who, Deed::Like);
        }
    }

    /// Who has it and how important it is.
    fn triage(&mut self) {
        let at = self.marks.triaged;
        if let Some(assignee) = self.draft.assignee {
            let first = if self.dice.chance(0.12) { self.insider() } else { assignee };
            let by = if self.dice.chance(0.6) { self.owner() } else { first };
            self.add(at, by, Deed::Assign(first));
            if first != assignee {
                self.add(at.midpoint(self.marks.planned), first, Deed::Assign(assignee));
            }
        }
        if self.draft.is_placed {
            self.value();
        }
        for awaited in self.draft.waits.clone() {
            let both = self.draft.created.max(self.scene.drafts[awaited].created);
            let by = self.draft.assignee.unwrap_or(self.draft.creator);
            let later = self.dice.between(0, (self.marks.planned - both).max(0));
            self.add(both + later, by, Deed::Wait(awaited));
        }
        if self.draft.also.is_some() {
            let at = self.some_time();
            let by = self.owner();
            self.add(at, by, Deed::Share);
        }
    }

    fn insider(&mut self) -> usize {
        let who = self.member();
        if self.scene.cast.people[who].is_guest { self.owner() } else { who }
    }

    fn has(&self, key: Key) -> bool {
        self.scene.homes[self.draft.project].flow.keys.contains(&key)
    }

    /// Whether a field that may stay empty is filled in.
    fn fills(&mut self, key: Key) -> bool {
        self.has(key) && self.dice.chance(self.scene.knobs.field_fill)
    }

    /// Values the owner gives when looking at the task, and changes of mind.
    fn value(&mut self) {
        let (owner, triaged) = (self.owner(), self.marks.triaged);
        let about = (self.draft.heat * 10.0 + self.dice.normal()).clamp(0.0, 10.0).round();
        let changes = self.dice.chance(self.scene.knobs.override_rate);
        let later = triaged + ((self.marks.end - triaged) as f64 * (0.2 + 0.6 * self.dice.share())) as i64;
        if self.fills(Key::Value) {
            self.add(triaged, owner, Deed::Set(Key::Value, FieldValue::Number(about)));
            if changes && self.dice.chance(0.7) {
                let step = self.dice.between(1, 4) as f64;
                let other = if about > 5.0 { about - step } else { about + step };
                self.add(later, owner, Deed::Set(Key::Value, FieldValue::Number(other)));
            }
        }
        if self.fills(Key::Priority) {
            let level = priority(self.draft.heat);
            self.add(
                triaged,
                owner,
                Deed::Set(Key::Priority, self.scene.fields.choice(Key::Priority, level)),
            );
            if changes {
                // More often up than down.
                let up = level > 0 && (level + 1 == PRIORITIES.len() || self.dice.chance(0.7));
                let level = if up { level - 1 } else { level + 1 };
                self.add(
                    later,
                    owner,
                    Deed::Set(Key::Priority, self.scene.fields.choice(Key::Priority, level)),
                );
            }
        }
    }

    /// Chosen, sized and dated.
    fn plan(&mut self) {
        let (owner, planned) = (self.owner(), self.marks.planned);
        let worker = self.draft.assignee.unwrap_or(owner);
        if self.draft.is_placed && self.draft.stage > 0 {
            self.add(planned, owner, Deed::Move(1));
        }
        if self.draft.is_placed && self.draft.subtype == Subtype::Default {
            if self.fills(Key::Points) {
                let size = FieldValue::Number(points(self.draft.hours));
                self.add(planned, worker, Deed::Set(Key::Points, size));
            }
            if self.fills(Key::Estimate) {
                // People are optimists: half an hour at least, in half hours.
                let halves = (self.draft.hours * 2.0 * self.dice.log_normal(0.9, 0.3)).round().max(1.0);
                let minutes = FieldValue::Number(halves * 30.0);
                self.add(planned, worker, Deed::Set(Key::Estimate, minutes));
            }
        }
        let is_milestone = self.draft.subtype == Subtype::Milestone;
        if is_milestone || self.dice.chance(self.scene.knobs.due_share) {
            self.date(is_milestone);
        }
    }

    /// A due date, and how it moved.
    fn date(&mut self, is_milestone: bool) {
        let slips = if self.dice.chance(self.scene.knobs.slip_rate) { self.dice.between(1, 3) } else { 0 };
        let days = due_days((self.draft.created, self.draft.done, self.scene.span.now), slips, self.dice);
        let begun = self.marks.started.unwrap_or(self.marks.planned).div_euclid(DAY);
        let has_start = !is_milestone && self.dice.chance(0.5);
        let start = has_start.then(|| begun.min(days[0]).max(self.draft.created.div_euclid(DAY)));
        let (owner, planned) = (self.owner(), self.marks.planned);
        let worker = self.draft.assignee.unwrap_or(owner);
        let mut old = None;
        for due in days {
            let (at, by) = match old {
                None => (planned, owner),
                Some(old) => (old * DAY + self.dice.between(-DAY, DAY), worker),
            };
            // What is done by then has no reason to slip.
            if at > self.marks.end {
                break;
            }
            self.add(at.max(planned), by, Deed::Dates(start, due));
            old = Some(due);
        }
    }

    /// In work, in review; time tracked on the way.
    fn work(&mut self) {
        let Some(started) = self.marks.started else { return };
        let worker = self.draft.assignee.unwrap_or(self.owner());
        let span = self.marks.end - started;
        let is_reviewed = self.draft.stage == 3 || (self.draft.done.is_some() && self.dice.chance(0.5));
        if self.draft.is_placed {
            self.add(started, worker, Deed::Move(2));
            if is_reviewed {
                let at = started + span / 10 * 8;
                if self.fills(Key::Reviewer) {
                    let who = self.insider();
                    let who = FieldValue::People(vec![self.scene.cast.people[who].gid.clone()]);
                    self.add(at, worker, Deed::Set(Key::Reviewer, who));
                }
                self.add(at, worker, Deed::Move(3));
            }
        }
        let is_work = self.draft.subtype == Subtype::Default;
        if is_work && self.dice.chance(self.scene.knobs.time_tracking_share) {
            let share = if self.draft.done.is_some() { 1.0 } else { 0.5 };
            let minutes = self.draft.hours * 60.0 * share * self.dice.log_normal(1.0, 0.25);
            // Up to four hours at a time, and at most eight entries: more tell nothing new.
            let parts = ((minutes / 240.0).ceil() as i64).clamp(1, 8);
            for part in 1..=parts {
                let at = started + span * part / (parts + 1);
                self.add(at, worker, Deed::Track(((minutes / parts as f64).round() as u32).max(5)));
            }
        }
    }

    fn talk(&mut self) {
        for _ in 0..self.dice.count(self.scene.knobs.comment_rate) {
            let who = self.dice.weighted(&[0.3, 0.4, 0.3]);
            let by = match who {
                0 => self.draft.creator,
                1 => self.draft.assignee.unwrap_or(self.draft.creator),
                _ => self.member(),
            };
            if let Some(done) = self.draft.done.filter(|_| self.dice.chance(0.2)) {
                let later = self.dice.log_normal(DAY as f64, 1.0) as i64;
                self.after.push((done + later, by, Deed::Say(Moment::Done)));
                continue;
            }
            let at = self.some_time();
            let is_begun = self.marks.started.is_some_and(|started| at >= started);
            self.add(at, by, Deed::Say(if is_begun { Moment::Working } else { Moment::Waiting }));
        }
    }

    /// Completion, with a round of rework before it now and then, and what follows.
    fn finish(&mut self) {
        let Some(done) = self.draft.done else { return };
        let worker = self.draft.assignee.unwrap_or(self.draft.creator);
        let placed = self.draft.is_placed;
        if self.dice.chance(self.scene.knobs.rework_rate) {
            let from = self.marks.started.unwrap_or(self.draft.created);
            let at = |tenths: i64| from + (done - from) * tenths / 10;
            let by = self.insider();
            self.add(at(9), worker, Deed::Complete);
            if placed {
                self.add(at(9), worker, Deed::Move(4));
            }
            self.add(done, by, Deed::Reopen);
            if placed {
                self.add(done, by, Deed::Move(2));
            }
        }
        self.closing.push((worker, Deed::Complete));
        if placed {
            self.closing.push((worker, Deed::Move(4)));
        }
        if self.draft.also.is_some() {
            self.closing.push((worker, Deed::FinishElsewhere));
        }
        let home = &self.scene.homes[self.draft.project];
        let sprint = self.scene.sprints.at(done);
        if placed && home.sprints.iter().any(|(known, _)| *known == sprint) {
            let at = self.scene.sprints.begin(sprint + 1).max(done);
            self.after.push((at, home.owner, Deed::File(sprint)));
        }
    }

    /// Puts everything into working hours, in order and before the end.
    fn settle(mut self) -> Vec<Event> {
        let mut events = Vec::with_capacity(self.wanted.len() + self.closing.len() + self.after.len());
        let mut last = self.draft.created;
        self.wanted.sort_by_key(|(at, ..)| *at);
        self.after.sort_by_key(|(at, ..)| *at);
        let (task, end) = (self.nth as u32, self.marks.end);
        let mut put = |at: i64, by: usize, deed: Deed| {
            events.push(Event { at, task, by: by as u32, deed });
        };
        for (nth, (wanted, by, deed)) in self.wanted.into_iter().enumerate() {
            let hours = &self.scene.cast.people[by].hours;
            let worked = hours.moment(wanted.max(last), self.dice);
            // The creation was put into working hours before; what has no room comes when it must.
            last = if nth == 0 {
                wanted
            } else if worked <= end {
                worked
            } else {
                wanted.max(last)
            };
            put(last, by, deed);
        }
        for (by, deed) in self.closing {
            last = end;
            put(end, by, deed);
        }
        for (wanted, by, deed) in self.after {
            let at = self.scene.cast.people[by].hours.moment(wanted.max(last), self.dice);
            if at > self.scene.span.now {
                break;
            }
            last = at;
            put(at, by, deed);
        }
        events
    }
}
