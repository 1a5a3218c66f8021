//! Which sprint is meant: a section, an option of a field, a project of its own, or what was due; and its days.
//!
//! Days are those given, else two dates in the name, of a sprint's own project also those it was planned for, else those between which
//! tasks came into it and left it. Nothing is guessed in silence: what cannot be told is asked for. Deliberately not here: what was in
//! it when (`judge::retro`), and which projects there are (`projects`).

use crate::context::Engine;
use domain::{FieldGid, FieldKind, Happened, Moment, Past, ProjectGid, Role, SectionGid, Snapshot, TaskGid};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use judge::retro::{Membership, SprintSpan};

/// Days a sprint may have when its days are inferred; what goes on for longer is a section that is used again and again.
const LONGEST: i64 = 42;
/// Days before the last one that are read when the first is not known.
const LOOK_BACK: i64 = 2 * LONGEST;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct RetroWish {
    /// The sprint's name: a section, an option of a field, or a project of its own.
    pub sprint: Option<String>,
    /// The first day.
    pub from: Option<Date>,
    /// The last day.
    pub to: Option<Date>,
    /// Whose days.
    pub zone: TimeZone,
}

/// The sprint that is meant.
pub(super) struct Meant {
    pub membership: Membership,
    /// Its name; none where nobody named it and what was due is looked at.
    pub name: Option<String>,
    /// Its days, where its name or its plan tells them.
    pub days: Option<(Date, Date)>,
}

impl RetroWish {
    /// From when on what was done is read.
    pub(super) fn since(&self, meant: &Meant, now: Moment) -> Timestamp {
        let to = self.to.unwrap_or(now.today);
        let from = self.from.or(meant.days.map(|(from, _)| from));
        let day = from.unwrap_or_else(|| to.min(now.today).saturating_sub(LOOK_BACK.days()));
        day.to_zoned_datetime(self.zone.clone()).map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
    }

    /// Refuses days that cannot be, before a project's whole past is read.
    pub(super) fn can_be(&self, meant: &Meant, (now, engine): (Moment, &Engine)) -> Result<(), String> {
        self.told(meant, (now, engine)).map_or(Ok(()), |days| possible(days, now))?;
        self.from.map_or(Ok(()), |from| begun(from, now))
    }

    /// The sprint that is meant, as far as the project itself has it.
    pub(super) fn of_project(&self, present: &Snapshot, engine: &Engine) -> Option<Meant> {
        let own = &present.project.name;
        let Some(name) = self.sprint.as_deref().map(str::trim) else {
            let days = days_of(own, engine);
            return days.map(|days| Meant {
                days: Some(days),
                name: Some(own.clone()),
                membership: Membership::Whole,
            });
        };
        if let Some(membership) = by_section(present, name).or_else(|| by_option(present, name)) {
            return Some(Meant { membership, name: Some(name.to_owned()), days: dates_in(name) });
        }
        let is_own = own.trim().eq_ignore_ascii_case(name);
        is_own.then(|| Meant {
            days: days_of(own, engine),
            name: Some(own.clone()),
            membership: Membership::Whole,
        })
    }

    /// The sprint.
    pub(super) fn span(
        &self,
        meant: Meant,
        pasts: &[Past],
        (now, engine): (Moment, &Engine),
    ) -> Result<SprintSpan, String> {
        let (from, to) = match self.told(&meant, (now, engine)) {
            Some(days) => days,
            None => self.used(&meant, pasts, now)?,
        };
        possible((from, to), now)?;
        Ok(SprintSpan { from, to, zone: self.zone.clone(), membership: meant.membership })
    }

    /// The days, where they need no history.
    fn told(&self, meant: &Meant, (now, engine): (Moment, &Engine)) -> Option<(Date, Date)> {
        if let (Some(from), Some(to)) = (self.from, self.to) {
            return Some((from, to));
        }
        if meant.name.is_none() {
            let rest = (i64::from(engine.policy.retro_days) - 1).days();
            let to = self.to.or_else(|| Some(self.from?.saturating_add(rest).min(now.today)));
            let to = to.unwrap_or(now.today);
            return Some((self.from.unwrap_or_else(|| to.saturating_sub(rest)), to));
        }
        let (first, last) = meant.days?;
        Some((self.from.unwrap_or(first), self.to.unwrap_or_else(|| last.min(now.today))))
    }

    /// The days between which tasks came and went, as far as none are given.
    fn used(&self, meant: &Meant, pasts: &[Past], now: Moment) -> Result<(Date, Date), String> {
        let name = meant.name.as_deref().unwrap_or_default();
        let Some((first, last)) = in_use(&meant.membership, pasts, &self.zone) else {
            return Err(format!(
                "nothing was in the sprint “{name}” within the last {LOOK_BACK} days: say --from and --to"
            ));
        };
        let (from, to) = (self.from.unwrap_or(first), self.to.unwrap_or_else(|| last.min(now.today)));
        let days = from.until(to).map_or(0, |span| i64::from(span.get_days()));
        if days >= LONGEST {
            return Err(format!(
                "“{name}” has been in use from {from} to {to}, which is no sprint: say --from and --to"
            ));
        }
        Ok((from, to))
    }
}

/// Refuses days that end before they begin, or have not begun.
fn possible((from, to): (Date, Date), now: Moment) -> Result<(), String> {
    // A sprint to come ends, as far as it can be looked at, before it begins.
    begun(from, now)?;
    if to < from {
        return Err(format!("the sprint would end on {to} before it begins on {from}"));
    }
    Ok(())
}

fn begun(from: Date, now: Moment) -> Result<(), String> {
    if from > now.today {
        return Err(format!("the sprint begins on {from}: there is nothing to look back at yet"));
    }
    Ok(())
}

pub(super) fn by_section(present: &Snapshot, name: &str) -> Option<Membership> {
    let section =
        present.sections.iter().find(|s| !name.is_empty() && s.name.trim().eq_ignore_ascii_case(name))?;
    Some(Membership::Section { section: section.gid.clone(), name: section.name.clone() })
}

fn by_option(present: &Snapshot, name: &str) -> Option<Membership> {
    let field = sprint_fields(present)
        .find(|f| f.options.iter().any(|o| o.name.trim().eq_ignore_ascii_case(name)))?;
    Some(Membership::Option { field: field.gid.clone(), name: field.name.clone(), option: name.to_owned() })
}

/// Fields whose options may be sprints: people's own, those that are called so first.
pub(super) fn sprint_fields(present: &Snapshot) -> impl Iterator<Item = &domain::FieldDef> {
    let is_ours = |gid: &FieldGid| Role::AI.iter().any(|role| present.roles.candidates(*role).contains(gid));
    let mut fields: Vec<&domain::FieldDef> =
        present.fields.iter().filter(|f| f.kind == FieldKind::Enum && !is_ours(&f.gid)).collect();
    fields.sort_by_key(|field| !is_sprint_word(&field.name));
    fields.into_iter()
}

/// Whether a name speaks of sprints.
pub(super) fn is_sprint_word(name: &str) -> bool {
    let name = name.to_lowercase();
    ["sprint", "iteration", "cycle"].iter().any(|word| name.contains(word))
}

/// The first two dates in a name.
pub(super) fn dates_in(name: &str) -> Option<(Date, Date)> {
    let parts = name.split(|c: char| !c.is_ascii_digit() && c != '-');
    let mut dates = parts.filter_map(|part| part.parse::<Date>().ok());
    Some((dates.next()?, dates.next()?))
}

/// The days between which tasks came into the sprint and left it or were done.
fn in_use(membership: &Membership, pasts: &[Past], zone: &TimeZone) -> Option<(Date, Date)> {
    let mut moments: Vec<Timestamp> = vec![];
    for past in pasts {
        let (came, left) = match membership {
            Membership::Section { section, .. } => moved(past, section),
            Membership::Option { field, option, .. } => chosen(past, field, option),
            Membership::Project { project, .. } => put(past, project),
            Membership::Whole => (joined(past), vec![]),
            Membership::DueDate => return None,
        };
        if let Some(first) = came.first() {
            moments.push(*first);
            moments.extend(&came);
            moments.extend(left.into_iter().chain(past.completed_at).filter(|at| at >= first));
        }
    }
    let day = |at: &Timestamp| zone.to_datetime(*at).date();
    Some((moments.iter().min().map(day)?, moments.iter().max().map(day)?))
}

/// When a task came into a section and left it.
fn moved(past: &Past, section: &SectionGid) -> (Vec<Timestamp>, Vec<Timestamp>) {
    let (mut came, mut left) = (vec![], vec![]);
    let mut moves = false;
    for happening in &past.happenings {
        let Happened::Section { old, new } = &happening.what else { continue };
        if !moves && old == section {
            came.push(past.task.created_at);
        }
        moves = true;
        if new == section {
            came.push(happening.at);
        }
        if old == section {
            left.push(happening.at);
        }
    }
    if !moves && past.task.section.as_ref() == Some(section) {
        came.push(past.task.created_at);
    }
    (came, left)
}

/// When a task was given an option and lost it.
fn chosen(past: &Past, field: &FieldGid, option: &str) -> (Vec<Timestamp>, Vec<Timestamp>) {
    let is = |value: &Option<domain::FieldValue>| {
        value.as_ref().is_some_and(|value| value.to_string().trim().eq_ignore_ascii_case(option))
    };
    let (mut came, mut left) = (vec![], vec![]);
    for happening in &past.happenings {
        let Happened::Field { gid, old, new } = &happening.what else { continue };
        if gid == field && is(new) {
            came.push(happening.at);
        }
        if gid == field && is(old) && !is(new) {
            left.push(happening.at);
        }
    }
    (came, left)
}

/// When a task came into another project and left it.
fn put(past: &Past, project: &ProjectGid) -> (Vec<Timestamp>, Vec<Timestamp>) {
    let (mut came, mut left) = (vec![], vec![]);
    for happening in &past.happenings {
        match &happening.what {
            Happened::Elsewhere { project: to, enters: true } if to == project => came.push(happening.at),
            Happened::Elsewhere { project: from, enters: false } if from == project => {
                left.push(happening.at)
            }
            _ => {}
        }
    }
    // Made there: nothing tells of its coming.
    let is_there = past.task.elsewhere.iter().any(|other| other.project == *project);
    if came.is_empty() && (is_there || !left.is_empty()) {
        came.push(past.task.created_at);
    }
    (came, left)
}

/// When a task came into the project itself.
fn joined(past: &Past) -> Vec<Timestamp> {
    let joined = past.happenings.iter().find(|happening| happening.what == Happened::Joined);
    vec![joined.map_or(past.task.created_at, |joined| joined.at)]
}

/// The days of a sprint that a project is, where the project's name alone tells that it is one: two dates in it, or the pattern of the
/// policy with the first day.
pub(super) fn days_of(name: &str, engine: &Engine) -> Option<(Date, Date)> {
    let policy = &engine.policy.sprint;
    dates_in(name).or_else(|| {
        let first = policy.first_day(name).filter(|_| policy.in_projects())?;
        Some((first, first.saturating_add((i64::from(policy.days) - 1).days())))
    })
}

/// The oldest open task of a name.
pub(super) fn open_named(pasts: &[Past], name: &str) -> Option<TaskGid> {
    let named = pasts.iter().filter(|past| {
        !name.trim().is_empty()
            && !past.task.completed
            && past.task.name.trim().eq_ignore_ascii_case(name.trim())
    });
    let oldest = named.min_by_key(|past| (past.task.created_at, past.task.gid.numeric_key()));
    oldest.map(|past| past.task.gid.clone())
}

#[cfg(test)]
mod tests {
    use super::dates_in;

    #[test]
    fn two_dates_in_a_name_are_its_days() {
        let day = |text: &str| text.parse::<jiff::civil::Date>().expect("a date");
        let both = Some((day("2026-11-02"), day("2026-11-15")));
        assert_eq!(dates_in("Sprint 12 (2026-11-02 – 2026-11-15)"), both);
        assert_eq!(dates_in("2026-11-02 to 2026-11-15"), both);
        assert_eq!(dates_in("Sprint 12 from 2026-11-02"), None);
        assert_eq!(dates_in("Sprint 2026-13-40 to 2026-11-15"), None);
    }
}
