//! The ledger: what Upnext last wrote where, and what it may have written in an attempt whose end nobody saw.
//!
//! It decides whose a value is. A field of a task has one value however many projects the task is in, so what is
//! learnt in one project is noted in every project that already has an entry for the field; sections are per project.
//! Deliberately not here: when entries change (`journal`), or the values Asana now has.

use crate::conn::{Arg, Row, Tx, args, json};
use crate::{Store, StoreError};
use domain::{Action, Dates, FieldChange, FieldGid, FieldValue, ProjectGid, TaskGid, Written};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A place on a task that Upnext can write.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    /// A custom field.
    Field(FieldGid),
    /// The section it is in; its value is `FieldValue::Other` with the section's gid.
    Section,
    /// Who has it; as people.
    Assignee,
    /// A custom field of a project, not of a task: `task` is then the project's gid, and `project` the portfolio whose run writes it.
    ProjectField(FieldGid),
    /// Whether it is in another project; its value is `FieldValue::Other` with that project's gid, or nothing.
    Member(ProjectGid),
    /// Its start and due day, as `Dates::value`. Where the due day was there before, the start alone: it is all that is ours.
    Dates,
}

/// What portfolios wrote into fields of projects.
pub type OnProjects = HashMap<(ProjectGid, FieldGid), Vec<(ProjectGid, Written)>>;

/// What is known of one slot.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entry {
    /// What Upnext last wrote for sure.
    pub written: Option<Written>,
    /// What it may have written: attempts begun and not ended, or ended without an answer from Asana. Oldest first.
    pub pending: Vec<Written>,
}

const SECTION: &str = "section";
const ASSIGNEE: &str = "assignee";
const DATES: &str = "dates";
const PROJECT_FIELD: &str = "project-field:";
const MEMBER: &str = "member:";

/// Slots in which a value learnt in one project holds in every other: those of tasks, sections aside. What a portfolio wrote on a project
/// is no other portfolio's.
macro_rules! shared {
    () => {
        "slot <> 'section' AND slot NOT LIKE 'project-field:%'"
    };
}

impl Slot {
    pub(crate) fn key(&self) -> String {
        match self {
            Slot::Field(gid) => format!("field:{gid}"),
            Slot::ProjectField(gid) => format!("{PROJECT_FIELD}{gid}"),
            Slot::Member(gid) => format!("{MEMBER}{gid}"),
            Slot::Section => SECTION.into(),
            Slot::Assignee => ASSIGNEE.into(),
            Slot::Dates => DATES.into(),
        }
    }

    fn from_key(key: &str) -> Slot {
        match key {
            ASSIGNEE => Slot::Assignee,
            DATES => Slot::Dates,
            key => {
                let field = key.strip_prefix("field:").map(|gid| Slot::Field(FieldGid::new(gid)));
                let of_project =
                    || key.strip_prefix(PROJECT_FIELD).map(|gid| Slot::ProjectField(FieldGid::new(gid)));
                let member = || key.strip_prefix(MEMBER).map(|gid| Slot::Member(ProjectGid::new(gid)));
                field.or_else(of_project).or_else(member).unwrap_or(Slot::Section)
            }
        }
    }
}

impl Store {
    /// Every slot of the project's tasks that Upnext has written or may have written.
    pub async fn ledger(&self, project: &ProjectGid) -> Result<HashMap<(TaskGid, Slot), Entry>, StoreError> {
        let mut tx = self.read().await?;
        let sql = "SELECT task, slot, value, written_at FROM ledger WHERE project = $1";
        let written = tx.rows(sql, args![project.as_str()]).await?;
        // A field may also be on its way through another project that has the task.
        let sql = concat!(
            "SELECT task, slot, value, at FROM pending WHERE project = $1 OR (",
            shared!(),
            " AND task IN (SELECT task FROM ledger WHERE project = $1)) ORDER BY seq"
        );
        let pending = tx.rows(sql, args![project.as_str()]).await?;
        tx.commit().await?;
        let mut ledger: HashMap<(TaskGid, Slot), Entry> = HashMap::with_capacity(written.len());
        for row in &written {
            ledger.entry(place(row)?).or_default().written = Some(value(row)?);
        }
        for row in &pending {
            ledger.entry(place(row)?).or_default().pending.push(value(row)?);
        }
        Ok(ledger)
    }

    /// What portfolios' runs wrote, or may have written, into fields of these projects: by project and field, each with its portfolio,
    /// the latest last.
    pub async fn written_on_projects(&self, projects: &[&ProjectGid]) -> Result<OnProjects, StoreError> {
        let mut tx = self.read().await?;
        let keys: Vec<Arg> = projects.iter().map(|project| Arg::from(project.as_str())).collect();
        let sql = "SELECT task, slot, value, written_at, project FROM ledger WHERE slot LIKE 'project-field:%' AND task IN";
        let mut rows = tx.rows_in(sql, vec![], keys.clone()).await?;
        let sql = "SELECT task, slot, value, at, project FROM pending WHERE slot LIKE 'project-field:%' AND task IN";
        rows.extend(tx.rows_in(sql, vec![], keys).await?);
        tx.commit().await?;
        let mut found = OnProjects::new();
        for row in &rows {
            if let (project, Slot::ProjectField(field)) = place(row)? {
                let by = (ProjectGid::new(row.text(4)?), value(row)?);
                found.entry((ProjectGid::new(project.as_str()), field)).or_default().push(by);
            }
        }
        found.values_mut().for_each(|of| of.sort_by_key(|(_, written)| written.at));
        Ok(found)
    }

    /// Notes what Asana's stories say Upnext wrote, where the journal knows nothing newer.
    pub async fn adopt(
        &self,
        project: &ProjectGid,
        entries: &[(TaskGid, Slot, Written)],
    ) -> Result<(), StoreError> {
        let mut settled = Settled::new();
        for (task, slot, written) in entries {
            settled.insert((task.as_str().to_owned(), slot.key()), (written.value.clone(), written.at));
        }
        let mut tx = self.write().await?;
        note_written(&mut tx, project.as_str(), settled).await?;
        tx.commit().await
    }
}

fn place(row: &Row) -> Result<(TaskGid, Slot), StoreError> {
    Ok((TaskGid::new(row.text(0)?), Slot::from_key(&row.text(1)?)))
}

fn value(row: &Row) -> Result<Written, StoreError> {
    Ok(Written { value: row.json(2)?, at: row.time(3)? })
}

/// The slots an action writes, with the new values.
pub(crate) fn slots(action: &Action) -> Vec<(TaskGid, String, Option<FieldValue>)> {
    match action {
        Action::SetFields { task, changes, .. } => changes
            .iter()
            .map(|c| (task.clone(), Slot::Field(c.field.clone()).key(), c.new.clone()))
            .collect(),
        // A section that is still to be made has no value yet: the move is journalled once it is.
        Action::MoveToSection { task, to, .. } => to
            .gid()
            .map(|to| (task.clone(), Slot::Section.key(), Some(FieldValue::Other(to.to_string()))))
            .into_iter()
            .collect(),
        // The same of a project that is still to be made.
        Action::AddToProject { task, to, .. } => to
            .gid()
            .map(|to| (task.clone(), Slot::Member(to.clone()).key(), Some(FieldValue::Other(to.to_string()))))
            .into_iter()
            .collect(),
        Action::RemoveFromProject { task, from, .. } => {
            vec![(task.clone(), Slot::Member(from.clone()).key(), None)]
        }
        Action::SetProjectFields { project, changes, .. } => {
            let project = TaskGid::new(project.as_str());
            let slot =
                |c: &FieldChange| (project.clone(), Slot::ProjectField(c.field.clone()).key(), c.new.clone());
            changes.iter().map(slot).collect()
        }
        Action::Assign { task, new, .. } => {
            let people = new.as_ref().map(|person| FieldValue::People(vec![person.gid.clone()]));
            vec![(task.clone(), Slot::Assignee.key(), people)]
        }
        Action::SetDates { task, expected, new, .. } => {
            let kept = expected.due_on.is_some() && expected.due_on == new.due_on;
            let ours = if kept { Dates { due_on: None, ..*new } } else { *new };
            vec![(task.clone(), Slot::Dates.key(), ours.value())]
        }
        _ => vec![],
    }
}

/// Values known to be ours, by task and slot key.
pub(crate) type Settled = BTreeMap<(String, String), (Option<FieldValue>, Timestamp)>;

/// Notes values as written by us, in this project and in every other that has an entry for the same field; never
/// replaces a newer entry by an older one.
pub(crate) async fn note_written(tx: &mut Tx, project: &str, settled: Settled) -> Result<(), StoreError> {
    let tasks: BTreeSet<&str> = settled.keys().map(|(task, _)| task.as_str()).collect();
    let sql =
        concat!("SELECT project, task, slot FROM ledger WHERE project <> $1 AND ", shared!(), " AND task IN");
    let elsewhere = tx.rows_in(sql, args![project], tasks.into_iter().map(Arg::from).collect()).await?;
    let row = |project: &str, task: &str, slot: &str, (value, at): &(Option<FieldValue>, Timestamp)| {
        args![project, task, slot, json(value), *at]
    };
    let mut rows: Vec<Vec<Arg>> =
        settled.iter().map(|((task, slot), written)| row(project, task, slot, written)).collect();
    for other in &elsewhere {
        let key = (other.text(1)?, other.text(2)?);
        if let Some(written) = settled.get(&key) {
            rows.push(row(&other.text(0)?, &key.0, &key.1, written));
        }
    }
    tx.insert_rows(
        "INSERT INTO ledger (project, task, slot, value, written_at)",
        rows,
        "ON CONFLICT (project, task, slot) DO UPDATE SET value = excluded.value, \
         written_at = excluded.written_at WHERE excluded.written_at >= ledger.written_at",
    )
    .await?;
    Ok(())
}

/// One pending value.
pub(crate) struct Pending {
    pub(crate) seq: i64,
    pub(crate) task: String,
    pub(crate) slot: String,
    pub(crate) plan: String,
    pub(crate) action: String,
    pub(crate) run: String,
    pub(crate) process: String,
    pub(crate) value: Option<FieldValue>,
    /// Whether the ledger had this value, written or pending, before the attempt began.
    pub(crate) known: bool,
}

/// What the ledger holds for some tasks, across projects.
pub(crate) struct Known {
    written: HashMap<(String, String), Vec<Option<FieldValue>>>,
    pub(crate) pending: Vec<Pending>,
}

impl Known {
    /// Reads what is known of these tasks as `project` sees it: its own sections, everybody's fields.
    pub(crate) async fn read(tx: &mut Tx, project: &str, tasks: BTreeSet<&str>) -> Result<Known, StoreError> {
        let keys: Vec<Arg> = tasks.into_iter().map(Arg::from).collect();
        let sql = concat!(
            "SELECT task, slot, value FROM ledger WHERE (project = $1 OR (",
            shared!(),
            ")) AND task IN"
        );
        let mut written: HashMap<_, Vec<_>> = HashMap::new();
        for row in tx.rows_in(sql, args![project], keys.clone()).await? {
            written.entry((row.text(0)?, row.text(1)?)).or_default().push(row.json(2)?);
        }
        let sql = concat!(
            "SELECT seq, task, slot, plan, action, run, process, value, known FROM pending \
             WHERE (project = $1 OR (",
            shared!(),
            ")) AND task IN"
        );
        let rows = tx.rows_in(sql, args![project], keys).await?;
        let pending = rows.iter().map(pending).collect::<Result<_, _>>()?;
        Ok(Known { written, pending })
    }

    /// Whether a value of ours, written or pending, equals this one.
    pub(crate) fn has(&self, task: &str, slot: &str, value: &Option<FieldValue>) -> bool {
        self.wrote(task, slot, value)
            || self.pending.iter().any(|p| p.task == task && p.slot == slot && p.value == *value)
    }

    /// Whether a written value equals this one.
    pub(crate) fn wrote(&self, task: &str, slot: &str, value: &Option<FieldValue>) -> bool {
        self.written.get(&(task.to_owned(), slot.to_owned())).is_some_and(|values| values.contains(value))
    }
}

fn pending(row: &Row) -> Result<Pending, StoreError> {
    Ok(Pending {
        seq: row.int(0)?,
        task: row.text(1)?,
        slot: row.text(2)?,
        plan: row.text(3)?,
        action: row.text(4)?,
        run: row.text(5)?,
        process: row.text(6)?,
        value: row.json(7)?,
        known: row.int(8)? != 0,
    })
}
