//! Projects and portfolios of a made-up workspace: what kind they are, their sections, fields, people and briefs.

use super::calendar::{DAY, Sprints, day_text};
use super::dice::Dice;
use super::fields::{Fields, Key};
use super::people::{Cast, moment};
use super::words::AREAS;
use super::{Knobs, Span};
use crate::world::{Gid, NewProject, World};

/// People of one project at most: beyond, nobody knows who does what, and drawing from them takes long.
const MOST_MEMBERS: usize = 40;

/// How a kind of project works.
#[derive(Debug)]
pub(super) struct Flow {
    /// What is added to the area's name.
    name: &'static str,
    /// Waiting, chosen, in work, in review, done.
    stages: [&'static str; 5],
    /// Finished sprints become sections.
    pub(super) has_sprints: bool,
    /// Guests write and comment here.
    pub(super) has_guests: bool,
    /// Weights of the types of work.
    pub(super) kinds: [f64; 4],
    pub(super) keys: &'static [Key],
}

const FLOWS: [Flow; 4] = [
    Flow {
        name: "Development",
        stages: ["Backlog", "Next Sprint", "In Progress", "In Review", "Done"],
        has_sprints: true,
        has_guests: false,
        kinds: [0.4, 0.4, 0.2, 0.0],
        keys: &[
            Key::Priority,
            Key::Type,
            Key::Components,
            Key::Points,
            Key::Estimate,
            Key::Value,
            Key::Theme,
            Key::Reviewer,
        ],
    },
    Flow {
        name: "Board",
        stages: ["Ideas", "Ready", "Doing", "Review", "Done"],
        has_sprints: false,
        has_guests: false,
        kinds: [0.25, 0.45, 0.3, 0.0],
        keys: &[Key::Priority, Key::Type, Key::Components, Key::Estimate, Key::Value, Key::Theme],
    },
    Flow {
        name: "Support",
        stages: ["New", "Triaged", "In Work", "Waiting for Customer", "Solved"],
        has_sprints: false,
        has_guests: true,
        kinds: [0.85, 0.15, 0.0, 0.0],
        keys: &[Key::Priority, Key::Type, Key::Components, Key::Value, Key::Customer, Key::Target],
    },
    Flow {
        name: "Launch",
        stages: ["To Do", "This Month", "In Progress", "Waiting for Approval", "Complete"],
        has_sprints: false,
        has_guests: true,
        kinds: [0.0, 0.1, 0.2, 0.7],
        keys: &[Key::Priority, Key::Type, Key::Estimate, Key::Theme, Key::Target, Key::Reviewer],
    },
];
/// Development is the commonest kind.
const TURN: [usize; 6] = [0, 1, 2, 0, 3, 0];

/// A project and what its tasks need to know.
#[derive(Debug)]
pub(super) struct Home {
    pub(super) gid: Gid,
    pub(super) name: String,
    pub(super) flow: &'static Flow,
    /// The sections of the five stages.
    pub(super) stages: Vec<Gid>,
    /// Sections of finished sprints: number and gid, oldest first.
    pub(super) sprints: Vec<(i64, Gid)>,
    /// Its main area, and two that it touches.
    pub(super) areas: [usize; 3],
    pub(super) members: Vec<usize>,
    pub(super) owner: usize,
    /// When its work begins.
    pub(super) start: i64,
    /// How much of all tasks it gets, compared with others.
    pub(super) weight: f64,
}

/// Makes all projects.
pub(super) fn found(
    world: &mut World,
    (knobs, span): (&Knobs, Span),
    cast: &Cast,
    fields: &Fields,
    dice: &mut Dice,
) -> Vec<Home> {
    let sprints = Sprints::new(span.start, knobs.sprint_days);
    let mut homes = Vec::new();
    for nth in 0..knobs.projects as usize {
        let flow = &FLOWS[TURN[nth % TURN.len()]];
        // A third of the projects began later than the history.
        let late = if dice.chance(0.33) { dice.share() * 0.6 } else { 0.0 };
        let start = span.start + (span.seconds() as f64 * late) as i64;
        let mut home = Home {
            gid: Gid::new(),
            name: name(nth, flow),
            flow,
            stages: Vec::new(),
            sprints: Vec::new(),
            areas: [nth % AREAS.len(), dice.index(AREAS.len()), dice.index(AREAS.len())],
            members: Vec::new(),
            owner: 0,
            start,
            weight: dice.log_normal(1.0, 0.5),
        };
        let team = (!cast.teams.is_empty()).then(|| dice.index(cast.teams.len()));
        staff(&mut home, cast, team, dice);
        let finished = if flow.has_sprints { sprints.at(start)..sprints.at(span.now) } else { 0..0 };
        make(world, &mut home, cast, (team, finished.collect()));
        stamp_sections(world, &home, sprints);
        for key in flow.keys {
            world.add_setting(&home.gid, fields.gid(*key), matches!(key, Key::Priority | Key::Type));
        }
        homes.push(home);
    }
    homes
}

/// Area and kind; from the second round on with a number.
fn name(nth: usize, flow: &Flow) -> String {
    let round = nth / (AREAS.len()) + 1;
    let area = AREAS[nth % AREAS.len()].name;
    if round > 1 { format!("{area} {} {round}", flow.name) } else { format!("{area} {}", flow.name) }
}

/// A team, a few others, and guests where they take part.
fn staff(home: &mut Home, cast: &Cast, team: Option<usize>, dice: &mut Dice) {
    let all: Vec<usize> = (0..cast.insiders).collect();
    let from = team.map_or(&all, |team| &cast.teams[team].members);
    let from = if from.is_empty() { &all } else { from };
    home.members = dice.some_of(from.len(), MOST_MEMBERS - 6).into_iter().map(|nth| from[nth]).collect();
    for _ in 0..dice.between(1, 3) {
        let other = dice.index(cast.insiders);
        if !home.members.contains(&other) {
            home.members.push(other);
        }
    }
    home.owner = *dice.pick(&home.members);
    if home.flow.has_guests && cast.people.len() > cast.insiders {
        let guests = cast.people.len() - cast.insiders;
        home.members.extend(dice.some_of(guests, 3).into_iter().map(|guest| cast.insiders + guest));
    }
}

fn make(world: &mut World, home: &mut Home, cast: &Cast, (team, finished): (Option<usize>, Vec<i64>)) {
    world.clock.stand_at(moment(home.start - DAY));
    let mut sections: Vec<String> = home.flow.stages.map(str::to_owned).to_vec();
    // Sprints are counted from 1, as people do.
    sections.extend(finished.iter().map(|sprint| format!("Sprint {}", sprint + 1)));
    let owner = cast.people[home.owner].gid.clone();
    let new = NewProject { name: home.name.clone(), sections, owner: Some(owner.clone()) };
    home.gid = world.add_project(new);
    let mut sections = world.sections_of(&home.gid);
    home.sprints = finished.into_iter().zip(sections.split_off(home.flow.stages.len())).collect();
    home.stages = sections;
    let bot = world.bot().clone();
    let area = AREAS[home.areas[0]].name;
    let notes = format!("All {} work on {area}.", home.flow.name.to_lowercase());
    if let Some(project) = world.projects.get_mut(&home.gid) {
        project.members = home.members.iter().map(|nth| cast.people[*nth].gid.clone()).collect();
        project.followers = project.members.clone();
        project.members.push(bot);
        project.notes = notes;
        project.privacy_setting = "public_to_workspace".to_owned();
        project.color = Some("light-teal".to_owned());
        project.default_view = if home.flow.has_sprints { "list" } else { "board" }.to_owned();
        project.team = team.map(|team| cast.teams[team].gid.clone()).or(project.team.take());
    }
    let text = format!(
        "What it is for: {area} does what people expect of it.\n\nHow we work: new tasks arrive in “{}”; what is in “{}” \
         comes next. Nothing is done before somebody else has seen it.",
        home.flow.stages[0], home.flow.stages[1]
    );
    world.add_project_brief((&owner, &home.gid), &home.name, &text);
}

/// A sprint's section was made when the sprint ended.
fn stamp_sections(world: &mut World, home: &Home, sprints: Sprints) {
    for (sprint, section) in &home.sprints {
        let at = moment(sprints.begin(sprint + 1));
        world.sections.entry(section.clone()).and_modify(|section| section.created_at = at);
    }
}

/// Portfolios: the first holds the others, and those share the projects.
pub(super) fn collect(
    world: &mut World,
    (knobs, span): (&Knobs, Span),
    (cast, homes): (&Cast, &[Home]),
    dice: &mut Dice,
) -> Vec<Gid> {
    const NAMES: [&str; 8] = [
        "Customer Experience",
        "Platform Health",
        "Growth Bets",
        "Regulatory Work",
        "Mobile First",
        "Partner Programme",
        "Internal Tools",
        "Next Generation",
    ];
    let count = knobs.portfolios as usize;
    let shelves = count.saturating_sub(1).max(1);
    let head = cast.people[0].gid.clone();
    let bot = world.bot().clone();
    let mut made = Vec::new();
    let mut inner: Vec<Gid> = Vec::new();
    for nth in (0..count).rev() {
        world.clock.stand_at(moment(span.start - DAY));
        let mut items: Vec<Gid> = if nth == 0 { std::mem::take(&mut inner) } else { Vec::new() };
        if nth > 0 || count == 1 {
            let shelf = nth.saturating_sub(1);
            let of_shelf = homes.iter().enumerate().filter(|(at, _)| at % shelves == shelf);
            items.extend(of_shelf.map(|(_, home)| home.gid.clone()));
        }
        let round = nth / NAMES.len() + 1;
        let name = match (nth, round) {
            (0, _) => "Company Roadmap".to_owned(),
            (_, 1) => NAMES[nth - 1].to_owned(),
            _ => format!("{} {round}", NAMES[nth % NAMES.len()]),
        };
        let owner = if nth == 0 { &head } else { &cast.people[dice.index(cast.insiders)].gid };
        let gid = world.add_portfolio(&name, owner, &items);
        if let Some(portfolio) = world.portfolios.get_mut(&gid) {
            portfolio.members.push(bot.clone());
            portfolio.due_on = Some(day_text(span.now.div_euclid(DAY) + 120));
            portfolio.start_on = Some(day_text(span.start.div_euclid(DAY)));
        }
        inner.push(gid.clone());
        made.push(gid);
    }
    made.reverse();
    made
}
