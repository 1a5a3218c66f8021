//! Does the deeds of all histories in a world, in order of time and with the world's clock at each.
//!
//! Changes go through the code that answers the API's writes, so their stories read alike, and the last story of a
//! property always tells its present value. What is not told by a story in Asana (what a task was made with, likes) is
//! set silently.

use super::Scene;
use super::calendar::{DAY, day_date, day_text};
use super::deeds::{Deed, Event};
use super::dice::Dice;
use super::fields::Key;

use super::talk::say;
use super::theme::{BUG, sentence};
use super::words::{CUSTOMERS, LINKS, THEMES};
use crate::resources::{
    add_follower, follow, record_attachment, record_changes, record_link, record_place, record_tag, set_field,
};
use crate::world::{Actor, FieldValue, Gid, Kind, Membership, Story, Subtype, Task, World};
use jiff::Timestamp;

/// Draws for words that were not used on a task yet; with many comments they run out.
const REWORDINGS: usize = 5;

struct Play<'a> {
    world: &'a mut World,
    scene: &'a Scene<'a>,
    dice: &'a mut Dice,
    tags: &'a [Gid],
    /// Gids of the tasks made so far, by their places.
    tasks: Vec<Gid>,
}

/// Plays the events, which are in order of time; answers the gids of the tasks by their places.
pub(super) fn play(
    world: &mut World,
    scene: &Scene<'_>,
    events: Vec<Event>,
    tags: &[Gid],
    dice: &mut Dice,
) -> Vec<Gid> {
    let tasks = vec![Gid::new(); scene.drafts.len()];
    let mut play = Play { world, scene, dice, tags, tasks };
    let (mut second, mut millisecond) = (0, 0);
    for event in events {
        // Several deeds of a second follow each other by milliseconds.
        millisecond = if event.at == second { (millisecond + 1).min(999) } else { play.dice.between(0, 700) };
        second = event.at;
        let now = Timestamp::from_millisecond(second * 1000 + millisecond).unwrap_or_default();
        play.world.clock.stand_at(now);
        play.perform(event);
    }
    let tasks = play.tasks;
    fill_sections(world);
    tasks
}

/// What somebody uses at a moment: the same for two hours, so that nobody changes device between two clicks.
fn source(by: usize, at: i64) -> &'static str {
    // Any multiplier that spreads the bits will do; this one is Knuth's.
    let mixed =
        (by as u64).wrapping_mul(31).wrapping_add(at.unsigned_abs() / 7200).wrapping_mul(2_654_435_761);
    match (mixed >> 16) % 100 {
        0..75 => "web",
        75..95 => "mobile",
        _ => "api",
    }
}

/// Tasks stand in their sections in order of creation.
fn fill_sections(world: &mut World) {
    for (gid, task) in &world.tasks {
        for place in &task.memberships {
            if let Some(section) = world.sections.get_mut(&place.section) {
                section.tasks.push(gid.clone());
            }
        }
    }
}

impl Play<'_> {
    fn perform(&mut self, Event { at, task: nth, by, deed }: Event) {
        let (nth, by) = (nth as usize, by as usize);
        let actor = Actor::of(&self.scene.cast.people[by].gid, source(by, at));
        let gid = self.tasks[nth].clone();
        match deed {
            Deed::Create(is_retitled) => self.create(nth, is_retitled, &actor),
            Deed::Retitle => {
                let title = self.title(nth, false);
                self.change(&gid, &actor, |task, _| task.name = title);
            }
            Deed::Set(key, value) => {
                set_field(self.world, &actor, &gid, (self.scene.fields.gid(key), value));
            }
            Deed::Assign(who) => self.assign(&gid, who, &actor),
            Deed::Move(stage) => {
                let section = self.home(nth).stages[stage].clone();
                self.shift(&gid, &actor, (0, section));
            }
            Deed::File(sprint) => {
                let section = self.home(nth).sprints.iter().find(|(known, _)| *known == sprint);
                if let Some(section) = section.map(|(_, section)| section.clone()) {
                    self.shift(&gid, &actor, (0, section));
                }
            }
            Deed::Share => self.share(nth, &gid, &actor),
            Deed::FinishElsewhere => {
                let other = self.scene.drafts[nth].also.map(|also| &self.scene.homes[also]);
                if let Some(section) = other.and_then(|home| home.stages.last()) {
                    self.shift(&gid, &actor, (1, section.clone()));
                }
            }
            Deed::Dates(start, due) => self.change(&gid, &actor, |task, _| {
                task.start_on = start.map(day_text);
                task.due_on = Some(day_text(due));
            }),
            Deed::Wait(awaited) => self.wait(&gid, awaited, &actor),
            Deed::Complete => self.complete(&gid, &actor),
            Deed::Reopen => self.change(&gid, &actor, |task, _| {
                task.completed = None;
                if task.subtype == Subtype::Approval {
                    task.approval_status = Some("pending".to_owned());
                }
            }),
            other => self.accompany((nth, &gid), other, &actor),
        }
    }

    /// What happens around a task rather than to it.
    fn accompany(&mut self, (nth, gid): (usize, &Gid), deed: Deed, actor: &Actor) {
        let draft = &self.scene.drafts[nth];
        match deed {
            Deed::Follow(who) => {
                let who = &self.scene.cast.people[who].gid;
                if !self.world.tasks[gid].followers.contains(who) {
                    add_follower(self.world, actor, gid, who);
                }
            }
            Deed::Like => {
                if let Some(task) = self.world.tasks.get_mut(gid) {
                    task.likes.push(actor.user.clone());
                }
            }
            Deed::Attach => {
                let [label, address] = *self.dice.pick(&LINKS);
                let number = self.dice.between(100, 99_999);
                let name = format!("{label} {}", draft.theme.thing());
                self.world.add_link(gid, &name, &format!("{address}/{number}"));
                record_attachment(self.world, actor, gid, &name);
            }
            Deed::Tag(tag) => {
                let tag = &self.tags[tag];
                if let Some(task) = self.world.tasks.get_mut(gid) {
                    task.tags.push(tag.clone());
                }
                record_tag(self.world, actor, (gid, tag), "added_to_tag", "added to tag");
            }
            Deed::Say(moment) => {
                let mut text = say(draft.theme, moment, draft.heat, self.dice);
                for _ in 0..REWORDINGS {
                    if !self.was_said(gid, &text) {
                        break;
                    }
                    text = say(draft.theme, moment, draft.heat, self.dice);
                }
                self.comment(gid, actor, &text);
            }
            Deed::Point(twin) => {
                let name = self.world.tasks[&self.tasks[twin]].name.clone();
                self.comment(gid, actor, &format!("Is this not the same as “{name}”?"));
            }
            Deed::Track(minutes) => {
                self.world.track_time(&actor.user, gid, minutes);
            }
            _ => {}
        }
    }

    fn home(&self, nth: usize) -> &super::projects::Home {
        &self.scene.homes[self.scene.drafts[nth].project]
    }

    /// Changes a task as a write of the API does: with a story for everything that differs.
    fn change(&mut self, gid: &Gid, actor: &Actor, how: impl FnOnce(&mut Task, &World)) {
        let old = self.world.tasks[gid].clone();
        let mut new = old.clone();
        how(&mut new, self.world);
        self.world.tasks.insert(gid.clone(), new.clone());
        record_changes(self.world, actor, gid, (&old, &new));
    }

    fn title(&self, nth: usize, is_retitled: bool) -> String {
        let draft = &self.scene.drafts[nth];
        let theme = if is_retitled { draft.theme.again() } else { draft.theme };
        match draft.subtype {
            Subtype::Milestone => sentence(&format!("{} ready for customers", theme.thing())),
            Subtype::Approval => format!("Approve the change of the {}", theme.thing()),
            _ => theme.title(),
        }
    }

    fn create(&mut self, nth: usize, is_retitled: bool, actor: &Actor) {
        let draft = &self.scene.drafts[nth];
        let mut task = self.world.blank_task();
        task.name = self.title(nth, is_retitled);
        task.notes = match draft.subtype {
            Subtype::Milestone => format!("Reached when all work on the {} is done.", draft.theme.thing()),
            _ => draft.theme.notes(self.dice),
        };
        task.subtype = draft.subtype;
        task.approval_status = (draft.subtype == Subtype::Approval).then(|| "pending".to_owned());
        task.created_by = Some(actor.user.clone());
        task.followers = vec![actor.user.clone()];
        task.parent = draft.parent.map(|parent| self.tasks[parent].clone());
        let gid = self.world.issue(Kind::Task);
        if let Some(parent) = task.parent.as_ref().and_then(|parent| self.world.tasks.get_mut(parent)) {
            parent.subtasks.push(gid.clone());
        }
        self.world.tasks.insert(gid.clone(), task);
        self.tasks[nth] = gid.clone();
        if draft.is_placed {
            let home = self.home(nth);
            let place = Membership { project: home.gid.clone(), section: home.stages[0].clone() };
            self.enter(&gid, actor, place);
            self.give(nth, &gid);
        }
    }

    /// The values a task is made with.
    fn give(&mut self, nth: usize, gid: &Gid) {
        let draft = &self.scene.drafts[nth];
        let (fields, keys) = (&self.scene.fields, self.home(nth).flow.keys);
        if keys.contains(&Key::Type) {
            let kind = fields.choice(Key::Type, draft.theme.kind);
            self.world.set_value(gid, fields.gid(Key::Type), Some(kind));
        }
        if keys.contains(&Key::Components) && self.dice.chance(self.scene.knobs.field_fill) {
            let components = fields.components(draft.theme.area, self.dice);
            self.world.set_value(gid, fields.gid(Key::Components), Some(components));
        }
        if keys.contains(&Key::Theme) && self.dice.chance(self.scene.knobs.field_fill) {
            let theme = fields.choice(Key::Theme, draft.theme.area % THEMES.len());
            self.world.set_value(gid, fields.gid(Key::Theme), Some(theme));
        }
        if keys.contains(&Key::Target) && self.dice.chance(self.scene.knobs.field_fill) {
            let end = draft.done.unwrap_or(self.scene.span.now);
            let date = day_date(end.div_euclid(DAY) + self.dice.between(0, 30));
            let target = FieldValue::Date { date, date_time: None };
            self.world.set_value(gid, fields.gid(Key::Target), Some(target));
        }
        let has_customer = keys.contains(&Key::Customer) && draft.theme.kind == BUG;
        if has_customer && self.dice.chance(self.scene.knobs.field_fill) {
            let customer = FieldValue::Text(CUSTOMERS[draft.theme.customer].to_owned());
            self.world.set_value(gid, fields.gid(Key::Customer), Some(customer));
        }
    }

    /// Puts a task into one more project.
    fn enter(&mut self, gid: &Gid, actor: &Actor, place: Membership) {
        if let Some(task) = self.world.tasks.get_mut(gid) {
            task.memberships.push(place.clone());
        }
        record_place(self.world, actor, gid, (None, &place));
    }

    fn share(&mut self, nth: usize, gid: &Gid, actor: &Actor) {
        let Some(home) = self.scene.drafts[nth].also.map(|also| &self.scene.homes[also]) else { return };
        let place = Membership { project: home.gid.clone(), section: home.stages[0].clone() };
        self.enter(gid, actor, place);
    }

    /// Moves a task to another section of one of its projects.
    fn shift(&mut self, gid: &Gid, actor: &Actor, (at, section): (usize, Gid)) {
        let place = self.world.tasks.get_mut(gid).and_then(|task| task.memberships.get_mut(at));
        let Some(place) = place else { return };
        let old = std::mem::replace(&mut place.section, section);
        let place = place.clone();
        record_place(self.world, actor, gid, (Some(old), &place));
    }

    fn assign(&mut self, gid: &Gid, who: usize, actor: &Actor) {
        let who = self.scene.cast.people[who].gid.clone();
        self.change(gid, actor, |task, world| {
            task.assigned_by = Some(actor.user.clone());
            task.assignee_section = world.inbox_section(&who);
            task.assignee = Some(who);
        });
    }

    fn wait(&mut self, gid: &Gid, awaited: usize, actor: &Actor) {
        let awaited = self.tasks[awaited].clone();
        if let Some(task) = self.world.tasks.get_mut(gid) {
            task.dependencies.push(awaited.clone());
        }
        if let Some(task) = self.world.tasks.get_mut(&awaited) {
            task.dependents.push(gid.clone());
        }
        record_link(self.world, actor, (gid, &awaited), "added");
    }

    fn complete(&mut self, gid: &Gid, actor: &Actor) {
        let outcome = ["approved", "changes_requested", "rejected"][self.dice.weighted(&[0.75, 0.15, 0.1])];
        self.change(gid, actor, |task, world| {
            task.completed = Some((world.now(), actor.user.clone()));
            if task.subtype == Subtype::Approval {
                task.approval_status = Some(outcome.to_owned());
            }
        });
    }

    fn was_said(&self, gid: &Gid, text: &str) -> bool {
        let stories = self.world.stories_of.get(gid).into_iter().flatten();
        stories.filter_map(|story| self.world.stories.get(story)).any(|story| story.text == text)
    }

    fn comment(&mut self, gid: &Gid, actor: &Actor, text: &str) {
        let mut story = Story::comment(gid, self.world.now(), Some(actor.user.clone()), text);
        story.source.clone_from(&actor.source);
        self.world.add_story(story);
        if let Some(task) = self.world.tasks.get_mut(gid) {
            follow(task, &actor.user);
        }
    }
}
