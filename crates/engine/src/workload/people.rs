//! The people of a project: who they are, their hours, what they can do and what they have.
//!
//! Members of the project and owners of its open tasks. Of each: the user's own custom fields (capacity, skills, focus, working
//! days, time zone), open tasks of all projects the token sees, days out of office, allocations. What a plan or token does not allow, or a field
//! says that cannot be understood, is a sentence, and everything goes on without it. Deliberately not here: what follows from it.
//! Known limit: hours of an allocation are taken to be a week's, of forty hours.

use super::SKILL_FIELDS;
use super::wanted::numbered_hours;
use crate::context::Engine;
use crate::error::EngineError;
use asana::wire;
use domain::{FieldGid, Moment, NumberFormat, Person, ProjectGid, Role, Snapshot, Task, TaskGid, UserGid};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use jiff::civil::Date;
use judge::capacity::{Agenda, Allocation, Asked, Away, Cap, Capacity, Member, Week, Work};
use judge::risk::{Efforts, Spread};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How many people are asked about at once: well below the 50 reads Asana allows in flight.
const AT_ONCE: usize = 8;
/// Hours of an ordinary week, by which hours of an allocation are a share.
const WEEK: f64 = 40.0;

/// Field names that tell the most hours a week.
const CAPACITY: [&str; 2] = ["Max Capacity", "Capacity"];
/// Field names that tell the most open tasks a person wants.
const MOST_OPEN: [&str; 2] = ["Max Open Tasks", "Max Tasks"];
const FOCUS: [&str; 2] = ["Focus Area", "Focus"];
/// Field names that tell on which days they work, and how long.
const WORKING_DAYS: [&str; 2] = ["Working Days", "Work Days"];
const ZONE: [&str; 2] = ["Time Zone", "Timezone"];

/// Somebody, as read.
#[derive(Clone)]
pub(super) struct Colleague {
    pub member: Member,
    /// Whether they are a member of the project.
    pub of_project: bool,
    /// Whether they are known to be none: then they keep what they have and are given nothing else.
    pub only_own: bool,
    pub skills: Option<BTreeSet<String>>,
    pub focus: Option<String>,
    /// The most open tasks they want.
    pub most_open: Option<usize>,
    /// When they would work if their own fields say nothing.
    pub usual: Week,
}

/// Everybody, and what could not be read.
pub(super) struct Colleagues {
    pub people: Vec<Colleague>,
    pub notes: Vec<String>,
}

/// A person's hours in a report.
#[derive(Clone, Debug, Serialize)]
pub struct PersonHours {
    /// Who.
    pub person: Person,
    /// Hours they work in the days asked about.
    pub works: f64,
    /// Hours other projects take of them.
    pub elsewhere: f64,
    /// Hours left for this project, its tasks that are planned already included.
    pub here: f64,
    /// Hours left for its unplanned work.
    pub free: f64,
    /// Hours a week, and where that comes from.
    pub rests_on: Vec<String>,
}

impl From<&Capacity> for PersonHours {
    fn from(of: &Capacity) -> Self {
        let figure = |f: &judge::capacity::Figure| format!("{} {:.0} ({})", f.what, f.value, f.source);
        PersonHours {
            person: of.person.clone(),
            works: of.days.iter().map(|day| day.works).sum(),
            elsewhere: of.days.iter().map(|day| day.elsewhere).sum(),
            here: of.days.iter().map(|day| (day.works - day.elsewhere).max(0.0)).sum(),
            free: of.days.iter().map(|day| day.free).sum(),
            rests_on: of.figures.iter().map(figure).collect(),
        }
    }
}

impl Colleagues {
    /// Those who may be given tasks: all but the token's own user, unless they have some of the project already or the policy says so.
    /// A user made for Upnext has nothing to do, and so more hours than anybody.
    pub fn who_may_be_given(mut self, engine: &Engine, snapshot: &Snapshot) -> Colleagues {
        let own = &snapshot.actor.gid;
        let mut open = snapshot.tasks.iter().filter(|task| !task.completed);
        let owns = open.any(|task| task.assignee.as_ref().is_some_and(|owner| owner.gid == *own));
        if owns || engine.policy.assign.own_user {
            return self;
        }
        for one in self.people.extract_if(.., |one| one.member.person.gid == *own) {
            self.notes.push(format!(
                "{} is given no tasks, because this token is theirs and they own none of the project; \
                 policy.assign.own_user = true changes that",
                one.member.person.name
            ));
        }
        self
    }
}

impl Colleague {
    /// Their hours from one day to another, as the project's.
    pub fn capacity(&self, project: &ProjectGid, days: (Date, Date), now: Moment) -> Capacity {
        self.agenda(project, days, now).capacity()
    }

    /// The same with what is on them.
    pub fn agenda(&self, project: &ProjectGid, (from, to): (Date, Date), now: Moment) -> Agenda {
        let asked = Asked {
            now,
            project: Some(project.clone()),
            from,
            to,
            usual: self.usual.clone(),
            assumed_hours: super::ASSUMED_HOURS,
        };
        Agenda::of(&self.member, &asked)
    }
}

/// Reads everybody.
pub(super) async fn read(
    engine: &Engine,
    snapshot: &Snapshot,
    efforts: &Efforts,
) -> Result<Colleagues, EngineError> {
    let mut notes = vec![];
    let members = members(engine, &snapshot.project.gid, &mut notes).await?;
    let known = members.is_some();
    let mut everybody: BTreeMap<UserGid, (String, bool)> =
        members.into_iter().flatten().map(|person| (person.gid, (person.name, true))).collect();
    for owner in snapshot.tasks.iter().filter_map(|task| task.assignee.as_ref()) {
        everybody.entry(owner.gid.clone()).or_insert_with(|| (owner.name.clone(), false));
    }
    engine.stage("reading people", everybody.len());
    let warnings = engine.store.warnings().await?;
    let asked = everybody.into_iter().map(|(gid, (name, of_project))| {
        one(engine, snapshot, (efforts, &warnings), (Person { gid, name }, of_project))
    });
    let mut people: Vec<Colleague> = stream::iter(asked).buffered(AT_ONCE).try_collect().await?;
    people.iter_mut().for_each(|one| one.only_own = known && !one.of_project);
    Ok(Colleagues { people, notes })
}

/// The project's members; none where the token may not see them, and owners of tasks alone are looked at.
async fn members(
    engine: &Engine,
    project: &ProjectGid,
    notes: &mut Vec<String>,
) -> Result<Option<Vec<Person>>, EngineError> {
    #[derive(Deserialize)]
    struct Members {
        #[serde(default)]
        members: Vec<wire::User>,
    }
    let path = format!("/projects/{project}");
    match engine.asana.get(&path).fields(&["members.name"]).send::<Members>().await {
        Ok(read) => {
            let person = |user: wire::User| Person {
                gid: UserGid::new(user.gid),
                name: user.name.unwrap_or_default(),
            };
            Ok(Some(read.members.into_iter().map(person).collect()))
        }
        Err(error) if refused(&error) => {
            notes.push(
                "this token may not see the project's members: only owners of its open tasks are looked at"
                    .into(),
            );
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether the plan or the token keeps something from being read.
pub(super) fn refused(error: &asana::Error) -> bool {
    matches!(
        error,
        asana::Error::PaymentRequired { .. } | asana::Error::Forbidden { .. } | asana::Error::NotFound { .. }
    )
}

async fn one(
    engine: &Engine,
    snapshot: &Snapshot,
    (efforts, warnings): (&Efforts, &BTreeSet<TaskGid>),
    (person, of_project): (Person, bool),
) -> Result<Colleague, EngineError> {
    let user = user(engine, &person).await?;
    let (work, all_work) = match work(engine, snapshot, (efforts, warnings), &person).await? {
        Some(work) => (work, true),
        None => (work_here(engine, snapshot, efforts, &person), false),
    };
    let away = entries::<Absence>(engine, "/ooo_entries", ("user", &person), snapshot).await?;
    let away = away.map(|list| list.iter().map(|a| Away { from: a.start_date, to: a.end_date }).collect());
    let allocations = entries::<Allocated>(engine, "/allocations", ("assignee", &person), snapshot).await?;
    let allocations = allocations.map(|list| list.into_iter().filter_map(Allocated::share).collect());
    let number = |names: &[&str]| {
        let found = field(&user, names)?;
        Some((found.name.clone().unwrap_or_default(), found.number_value?))
    };
    let said = |names: &[&str]| {
        let found = field(&user, names)?;
        let text = found.display_value.as_deref().filter(|text| !text.trim().is_empty())?;
        Some((found.name.as_deref().unwrap_or_default(), text))
    };
    let (zone, other_zone) = engine.team.zone_of(said(&ZONE));
    let (week, other_week) = engine.team.week_of(said(&WORKING_DAYS), &zone);
    let skills = field(&user, &SKILL_FIELDS).map(|f| {
        f.multi_enum_values.iter().filter_map(|option| option.name.clone()).map(|n| key(&n)).collect()
    });
    Ok(Colleague {
        member: Member {
            week,
            cap: number(&CAPACITY).map(|(field, hours)| Cap { hours, field }),
            away,
            allocations,
            work,
            all_work,
            assumed: other_zone.into_iter().chain(other_week).collect(),
            person,
        },
        of_project,
        only_own: false,
        skills,
        focus: said(&FOCUS).map(|(_, text)| text.to_owned()),
        most_open: number(&MOST_OPEN)
            .map(|(_, most)| most)
            .filter(|most| *most >= 0.0)
            .map(|most| most as usize),
        usual: engine.team.usual(zone),
    })
}

/// A skill as it is compared.
pub(super) fn key(skill: &str) -> String {
    skill.trim().to_lowercase()
}

fn field<'u>(user: &'u wire::User, names: &[&str]) -> Option<&'u wire::CustomFieldValue> {
    names.iter().find_map(|name| {
        user.custom_fields.iter().find(|f| f.name.as_deref().is_some_and(|n| n.eq_ignore_ascii_case(name)))
    })
}

/// The user with their own fields; without them where the plan has none.
async fn user(engine: &Engine, person: &Person) -> Result<wire::User, EngineError> {
    let fields = [
        "custom_fields.name",
        "custom_fields.number_value",
        "custom_fields.display_value",
        "custom_fields.multi_enum_values.name",
    ];
    match engine.asana.users().get(person.gid.as_str(), &fields).await {
        Ok(user) => Ok(user),
        Err(error) if refused(&error) => Ok(wire::User::default()),
        Err(error) => Err(error.into()),
    }
}

/// Their open tasks of this project, as it was read.
fn work_here(engine: &Engine, snapshot: &Snapshot, efforts: &Efforts, person: &Person) -> Vec<Work> {
    let owned = |task: &&Task| task.assignee.as_ref().is_some_and(|owner| owner.gid == person.gid);
    let work = snapshot.tasks.iter().filter(|task| !task.completed).filter(owned).map(|task| Work {
        task: task.gid.clone(),
        project: Some(snapshot.project.gid.clone()),
        hours: efforts.get(&task.gid).map(Spread::mean).or_else(|| numbered_hours(engine, snapshot, task)),
        from: task.start_on,
        due: task.due_on,
    });
    work.collect()
}

/// Their open tasks in all projects the token sees; none where it may not list them. A warning that Upnext made is no work: it would
/// put the date it warns of in more danger.
async fn work(
    engine: &Engine,
    snapshot: &Snapshot,
    (efforts, warnings): (&Efforts, &BTreeSet<TaskGid>),
    person: &Person,
) -> Result<Option<Vec<Work>>, EngineError> {
    let fields = ["start_on", "due_on", "memberships.project.gid", "custom_fields.number_value"];
    let list = engine
        .asana
        .tasks()
        .assigned_to(person.gid.as_str(), snapshot.workspace.gid.as_str())
        .query("completed_since", "now")
        .fields(&fields);
    let tasks = match list.collect_all().await {
        Ok(tasks) => tasks,
        Err(error) if refused(&error) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let own = &snapshot.project.gid;
    let tasks = tasks.into_iter().filter(|task| !warnings.contains(&TaskGid::new(task.gid.as_str())));
    let work = tasks.map(|task| {
        let mut projects = task.memberships.iter().filter_map(|m| m.project.as_ref()).map(|p| p.gid.as_str());
        let here = projects.clone().any(|gid| gid == own.as_str());
        let project = if here { Some(own.clone()) } else { projects.next().map(ProjectGid::new) };
        let gid = TaskGid::new(task.gid.clone());
        let known = efforts.get(&gid).map(Spread::mean);
        Work {
            hours: known.or_else(|| own_number(engine, snapshot, &task)),
            task: gid,
            project,
            from: task.start_on,
            due: task.due_on,
        }
    });
    Ok(Some(work.collect()))
}

/// Hours by the team's effort field, on a task of another project.
fn own_number(engine: &Engine, snapshot: &Snapshot, task: &wire::Task) -> Option<f64> {
    snapshot.roles.candidates(Role::EffortEstimate).iter().find_map(|gid: &FieldGid| {
        let value = task.custom_fields.iter().find(|f| f.gid == gid.as_str())?.number_value?;
        let minutes = snapshot.field(gid).is_some_and(|f| f.format == NumberFormat::Duration);
        Some(if minutes {
            value / 60.0
        } else {
            value * engine.rubric.effort().days_per_unit * judge::MINUTES_PER_WORKING_DAY / 60.0
        })
    })
}

/// Days out of office.
#[derive(Deserialize)]
struct Absence {
    start_date: Date,
    end_date: Date,
}

/// Time set aside for a project.
#[derive(Deserialize)]
struct Allocated {
    start_date: Option<Date>,
    end_date: Option<Date>,
    parent: Option<wire::Ref>,
    effort: Option<Amount>,
}

#[derive(Deserialize)]
struct Amount {
    #[serde(rename = "type")]
    kind: String,
    value: f64,
}

impl Allocated {
    /// As a share of every day; none for what has no project or amount.
    fn share(self) -> Option<Allocation> {
        let amount = self.effort?;
        let share = if amount.kind == "percent" { amount.value / 100.0 } else { amount.value / WEEK };
        let project = ProjectGid::new(self.parent?.gid);
        let (from, to) = (self.start_date.unwrap_or(Date::MIN), self.end_date.unwrap_or(Date::MAX));
        Some(Allocation { project, from, to, share })
    }
}

/// Entries of a person; none where the plan or token does not have them.
async fn entries<T: serde::de::DeserializeOwned>(
    engine: &Engine,
    path: &str,
    (who, person): (&str, &Person),
    snapshot: &Snapshot,
) -> Result<Option<Vec<T>>, EngineError> {
    let fields = ["start_date", "end_date", "parent.gid", "effort"];
    let fields = if who == "user" { &fields[..2] } else { &fields[..] };
    let request = engine
        .asana
        .get(path)
        .query(who, &person.gid)
        .query("workspace", &snapshot.workspace.gid)
        .fields(fields);
    match request.send::<Vec<T>>().await {
        Ok(list) => Ok(Some(list)),
        Err(error) if refused(&error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
