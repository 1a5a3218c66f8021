//! Made-up workspaces of any size: people, projects, tasks and months of history, drawn from a seed.
//!
//! Everything is invented: see `docs/sandbox.md`, "Made-up workspaces". The parts are drafted first (people, projects,
//! tasks and their links), then each task's history is laid out as deeds, and the deeds of all tasks are done in a world
//! in order of time. The same seed, knobs and moment give the same world, apart from the clock that runs on.
//!
//! Deliberately not here: an imitation of any real team's figures; the shapes of the distributions are usual ones, and
//! each constant says why it is what it is. Known limits: projects never end, nobody leaves, and histories have no
//! trashed tasks.

mod calendar;
mod dates;
mod deeds;
mod dice;
mod fields;
mod goals;
mod knobs;
mod life;
mod links;
mod people;
mod play;
mod projects;
mod reports;
mod talk;
mod tasks;
mod theme;
mod words;

pub use knobs::{KNOBS, Knob, KnobError, Knobs, knobs_help};

use crate::demo::PERSON_TOKEN;
use crate::world::{Gid, Kind, Plan, Tag, World};
use calendar::{DAY, Sprints};
use deeds::Event;
use dice::Dice;
use fields::Fields;
use jiff::Timestamp;
use people::{Cast, moment};
use projects::Home;
use tasks::Draft;

/// Days of a month on average.
const MONTH_DAYS: f64 = 30.44;
/// The bot was there before everybody.
const BOT_DAYS: i64 = 800;

/// From when to when the history goes, in seconds.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: i64,
    now: i64,
}

impl Span {
    fn seconds(self) -> i64 {
        self.now - self.start
    }
}

/// Everything histories are laid out from.
#[derive(Debug)]
struct Scene<'a> {
    knobs: &'a Knobs,
    span: Span,
    sprints: Sprints,
    fields: Fields,
    cast: Cast,
    homes: Vec<Home>,
    drafts: Vec<Draft>,
    /// Places of the tasks of each area.
    by_area: Vec<Vec<usize>>,
}

/// What a made-up workspace holds.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Made {
    /// People without the bot.
    pub people: usize,
    /// Projects.
    pub projects: usize,
    /// Tasks, subtasks among them.
    pub tasks: usize,
    /// Those that are open.
    pub open: usize,
    /// Stories of all tasks.
    pub stories: usize,
    /// Links from waiting tasks to what they wait for.
    pub dependencies: usize,
    /// Goals.
    pub goals: usize,
    /// Portfolios.
    pub portfolios: usize,
    /// The administrator, who owns the first portfolio.
    pub person: Gid,
    /// That person's token, beside the bot's.
    pub person_token: String,
}

/// Makes up a workspace whose history ends at `now`.
#[must_use]
pub fn generated_world(seed: u64, plan: Plan, knobs: &Knobs, now: Timestamp) -> (World, Made) {
    let mut dice = Dice::new(seed);
    let mut world = World::new(seed, plan, now);
    world.unheard = true;
    world.clock.stand_at(now);
    let second = now.as_second();
    let span = Span { start: second - (f64::from(knobs.months) * MONTH_DAYS) as i64 * DAY, now: second };
    backdate(&mut world, span);

    let mut scene = draft(&mut world, (knobs, span), &mut dice);
    let portfolios = projects::collect(&mut world, (knobs, span), (&scene.cast, &scene.homes), &mut dice);
    let tags = tags(&mut world, knobs, span);
    let mut events: Vec<Event> = Vec::new();
    for nth in 0..scene.drafts.len() {
        events.extend(life::live(&scene, nth, &mut dice));
        scene.by_area[scene.drafts[nth].theme.area].push(nth);
    }
    events.sort_by_key(|event| event.at);
    let tasks = play::play(&mut world, &scene, events, &tags, &mut dice);
    reports::report(&mut world, &scene, &mut dice);
    reports::allocate(&mut world, &scene, &mut dice);
    let goals = goals::aim(&mut world, &scene, &tasks, &mut dice);

    let person = scene.cast.people[0].gid.clone();
    let bot = world.bot().clone();
    world.users.entry(bot).and_modify(|bot| bot.is_admin = true);
    world.users.entry(person.clone()).and_modify(|person| person.is_admin = true);
    world.add_token(PERSON_TOKEN, &person);
    world.unheard = false;
    world.clock.stand_at(now);
    world.clock.run(1.0);
    let made = Made {
        people: scene.cast.people.len(),
        projects: scene.homes.len(),
        tasks: tasks.len(),
        open: scene.drafts.iter().filter(|draft| draft.done.is_none()).count(),
        stories: world.stories.len(),
        dependencies: scene.drafts.iter().map(|draft| draft.waits.len()).sum(),
        goals: goals.len(),
        portfolios: portfolios.len(),
        person,
        person_token: PERSON_TOKEN.to_owned(),
    };
    (world, made)
}

/// What was there before anybody came.
fn backdate(world: &mut World, span: Span) {
    let bot = world.bot().clone();
    let at = moment(span.start - BOT_DAYS * DAY);
    world.users.entry(bot).and_modify(|bot| bot.created_at = at);
}

/// Everything up to the histories.
fn draft<'a>(world: &mut World, (knobs, span): (&'a Knobs, Span), dice: &mut Dice) -> Scene<'a> {
    let cast = people::hire(world, knobs, span, dice);
    world.clock.stand_at(moment(span.start - DAY));
    let fields = Fields::make(world);
    let homes = projects::found(world, (knobs, span), &cast, &fields, dice);
    let mut drafts = tasks::draft((knobs, span), (&cast, &homes), dice);
    links::tie((knobs, span), &homes, &mut drafts, dice);
    let sprints = Sprints::new(span.start, knobs.sprint_days);
    let by_area = vec![Vec::new(); words::AREAS.len()];
    Scene { knobs, span, sprints, fields, cast, homes, drafts, by_area }
}

fn tags(world: &mut World, knobs: &Knobs, span: Span) -> Vec<Gid> {
    let tag = |name: &&str| {
        let gid = world.issue(Kind::Tag);
        let tag = Tag {
            name: (*name).to_owned(),
            color: None,
            notes: String::new(),
            followers: Vec::new(),
            created_at: moment(span.start - DAY),
        };
        world.tags.insert(gid.clone(), tag);
        gid
    };
    words::TAGS.iter().take(knobs.tags as usize).map(tag).collect()
}
