//! Which sprint is meant: a section, an option of a field, or what was due; and its days.
//!
//! Days are those given, else two dates in the name, else those between which tasks came into it and left it. Nothing is guessed in
//! silence: what cannot be told is asked for. Deliberately not here: what was in it when (`judge::retro`).

use crate::context::Engine;
use domain::{FieldGid, FieldKind, Happened, Moment, Past, Role, SectionGid, Snapshot, TaskGid};
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
    /// The sprint's name: a section, or an option of a field.
    pub sprint: Option<String>,
    /// The first day.
    pub from: Option<Date>,
    /// The last day.
    pub to: Option<Date>,
    /// Whose days.
    pub zone: TimeZone,
}

impl RetroWish {
    /// From when on what was done is read.
    pub(super) fn since(&self, now: Moment) -> Timestamp {
        let dates = self.sprint.as_deref().and_then(dates_in);
        let to = self.to.unwrap_or(now.today);
        let from = self.from.or(dates.map(|(from, _)| from));
        let day = from.unwrap_or_else(|| to.min(now.today).saturating_sub(LOOK_BACK.days()));
        day.to_zoned_datetime(self.zone.clone()).map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
    }

    /// Refuses a name that nothing has, and days that cannot be, before a project's whole past is read.
    pub(super) fn can_be(&self, present: &Snapshot, (now, engine): (Moment, &Engine)) -> Result<(), String> {
        self.membership(present, engine)?;
        self.told(now, engine).map_or(Ok(()), |days| possible(days, now))?;
        self.from.map_or(Ok(()), |from| begun(from, now))
    }

    fn membership(&self, present: &Snapshot, engine: &Engine) -> Result<Membership, String> {
        let Some(name) = self.sprint.as_deref().map(str::trim) else {
            let next = engine.policy.sections.next.trim();
            return Ok(by_section(present, next).unwrap_or(Membership::DueDate));
        };
        by_section(present, name).or_else(|| by_option(present, name)).ok_or_else(|| {
            let sections: Vec<&str> = present.sections.iter().map(|s| s.name.as_str()).collect();
            let options: Vec<&str> = sprint_fields(present).flat_map(|f| f.options.iter().map(|o| o.name.as_str())).collect();
            let also = if options.is_empty() { String::new() } else { format!("; options: {}", options.join(", ")) };
            format!(
                "no sprint “{name}”: neither a section of the project nor an option of one of its fields is called so \
                 (sections: {}{also})",
                sections.join(", ")
            )
        })
    }

    /// The sprint.
    pub(super) fn span(
        &self,
        present: &Snapshot,
        pasts: &[Past],
        (now, engine): (Moment, &Engine),
    ) -> Result<SprintSpan, String> {
        let membership = self.membership(present, engine)?;
        let (from, to) = match self.told(now, engine) {
            Some(days) => days,
            None => self.used(&membership, pasts, now)?,
        };
        possible((from, to), now)?;
        Ok(SprintSpan { from, to, zone: self.zone.clone(), membership })
    }

    /// The days, where they need no history.
    fn told(&self, now: Moment, engine: &Engine) -> Option<(Date, Date)> {
        if let (Some(from), Some(to)) = (self.from, self.to) {
            return Some((from, to));
        }
        let Some(name) = &self.sprint else {
            let rest = (i64::from(engine.policy.retro_days) - 1).days();
            let to = self.to.or_else(|| Some(self.from?.saturating_add(rest).min(now.today)));
            let to = to.unwrap_or(now.today);
            return Some((self.from.unwrap_or_else(|| to.saturating_sub(rest)), to));
        };
        let (first, last) = dates_in(name)?;
        Some((self.from.unwrap_or(first), self.to.unwrap_or_else(|| last.min(now.today))))
    }

    /// The days between which tasks came and went, as far as none are given.
    fn used(&self, membership: &Membership, pasts: &[Past], now: Moment) -> Result<(Date, Date), String> {
        let name = self.sprint.as_deref().unwrap_or_default();
        let Some((first, last)) = in_use(membership, pasts, &self.zone) else {
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

fn by_section(present: &Snapshot, name: &str) -> Option<Membership> {
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
