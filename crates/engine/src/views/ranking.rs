//! A project's tasks in order, or the part of them somebody asks for.
//!
//! Filtering never changes a rank: a task keeps its place in the project whatever else is shown. Deliberately not here: the
//! addresses that say what is asked for.

use super::cache::{Found, Views};
use super::paging::Paging;
use super::ranked::{BandCounts, CriterionView, LeftAlone, Ranked, RankedTask};
use crate::error::EngineError;
use domain::{Band, Moment, Phase, PlanId, Project, ProjectGid, RunId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// What a list may be put in order by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SortKey {
    /// The order of the judgement.
    #[default]
    Rank,
    /// The name, in the order of its letters.
    Name,
    /// The points since the judgement before.
    Change,
    /// The confidence.
    Confidence,
    /// The due date; tasks without one come last either way.
    Due,
    /// Who has it; tasks of nobody come last either way.
    Assignee,
}

impl SortKey {
    /// Every key.
    pub const ALL: [SortKey; 6] =
        [SortKey::Rank, SortKey::Name, SortKey::Change, SortKey::Confidence, SortKey::Due, SortKey::Assignee];

    /// One word, as addresses have it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            SortKey::Rank => "rank",
            SortKey::Name => "name",
            SortKey::Change => "change",
            SortKey::Confidence => "confidence",
            SortKey::Due => "due",
            SortKey::Assignee => "assignee",
        }
    }

    /// The key of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<SortKey> {
        SortKey::ALL.into_iter().find(|key| key.word() == word)
    }
}

/// Which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The first, smallest or earliest on top.
    #[default]
    Up,
    /// The other way round.
    Down,
}

/// What somebody asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RankingQuery {
    /// Only these bands; all when empty.
    pub bands: Vec<Band>,
    /// Only this section, by name.
    pub section: Option<String>,
    /// Only what this person has, by name; an empty name is nobody.
    pub assignee: Option<String>,
    /// Only tasks with all these words in their names, or with this gid.
    pub text: String,
    /// In this order.
    pub sort: SortKey,
    /// Which way.
    pub order: Order,
    /// Which page, from 1.
    pub page: usize,
}

/// A part of a ranking.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Ranking {
    /// The project.
    pub project: Project,
    /// The plan it was made with.
    pub plan: PlanId,
    /// The run that made it.
    pub run: RunId,
    /// The moment it was judged for.
    pub now: Moment,
    /// The phase of that plan.
    pub phase: Phase,
    /// The rubric's version.
    pub rubric: String,
    /// The criteria, in the order of every row's points.
    pub criteria: Vec<CriterionView>,
    /// Tasks of the whole project by band.
    pub bands: BandCounts,
    /// The rows of the page.
    pub rows: Vec<RankedTask>,
    /// Which part of what was asked for they are.
    pub paging: Paging,
    /// The sections that tasks are in, in the project's order.
    pub sections: Vec<String>,
    /// Who has tasks, by name.
    pub assignees: Vec<String>,
    /// Tasks left alone, each with its reason.
    pub left_alone: Vec<LeftAlone>,
    /// Single fields left to people.
    pub kept: Vec<LeftAlone>,
    /// What else a reader should know.
    pub notes: Vec<String>,
}

impl Views {
    /// The names of a project's sections, in its order; none of a project that was never judged.
    ///
    /// # Errors
    /// The store's.
    pub async fn sections(&self, project: &ProjectGid) -> Result<Vec<String>, EngineError> {
        Ok(match self.ranked(project).await? {
            Found::Ranked { ranking, .. } => {
                ranking.snapshot.sections.iter().map(|s| s.name.clone()).collect()
            }
            Found::NeverJudged | Found::Forgotten => vec![],
        })
    }

    /// The rows that are asked for, `per_page` of them.
    ///
    /// # Errors
    /// The store's, or saved rules that cannot be read.
    pub async fn ranking(
        &self,
        project: &ProjectGid,
        query: &RankingQuery,
        per_page: usize,
    ) -> Result<Found<Ranking>, EngineError> {
        Ok(self.ranked(project).await?.map(|ranked| part(&ranked, query, per_page)))
    }
}

fn part(ranked: &Ranked, query: &RankingQuery, per_page: usize) -> Ranking {
    let words: Vec<String> = query.text.split_whitespace().map(str::to_lowercase).collect();
    let mut rows: Vec<&RankedTask> = ranked.rows.iter().filter(|row| wanted(row, query, &words)).collect();
    sort(&mut rows, query.sort, query.order);
    let paging = Paging::of(rows.len(), per_page, query.page);
    let mut assignees: Vec<String> = ranked.rows.iter().filter_map(|row| row.assignee.clone()).collect();
    assignees.sort_by_key(|name| name.to_lowercase());
    assignees.dedup();
    let held: std::collections::HashSet<&str> =
        ranked.rows.iter().filter_map(|row| row.section.as_deref()).collect();
    let sections = ranked.snapshot.sections.iter().map(|section| section.name.clone());
    Ranking {
        project: ranked.project.clone(),
        plan: ranked.plan.clone(),
        run: ranked.run.clone(),
        now: ranked.now,
        phase: ranked.phase,
        rubric: ranked.rubric.version().to_owned(),
        criteria: ranked.criteria(),
        bands: ranked.bands,
        rows: paging.rows(&rows).iter().map(|row| (*row).clone()).collect(),
        paging,
        sections: sections.filter(|name| held.contains(name.as_str())).collect(),
        assignees,
        left_alone: ranked.skipped.clone(),
        kept: ranked.kept.clone(),
        notes: ranked.notes.clone(),
    }
}

fn wanted(row: &RankedTask, query: &RankingQuery, words: &[String]) -> bool {
    let band = query.bands.is_empty() || query.bands.iter().any(|band| band.label() == row.band);
    let section = query.section.as_ref().is_none_or(|name| row.section.as_ref() == Some(name));
    let assignee =
        query.assignee.as_ref().is_none_or(|name| row.assignee.as_deref().unwrap_or_default() == name);
    if !(band && section && assignee) {
        return false;
    }
    if words.is_empty() || query.text.trim() == row.gid.as_str() {
        return true;
    }
    let name = row.name.to_lowercase();
    words.iter().all(|word| name.contains(word.as_str()))
}

fn sort(rows: &mut [&RankedTask], key: SortKey, order: Order) {
    // Rows come in rank order, and a stable sort keeps it among equals.
    let turned = |ordering: Ordering| if order == Order::Down { ordering.reverse() } else { ordering };
    let change = |row: &RankedTask| row.was.map(|was| row.score - was.score);
    match key {
        SortKey::Rank if order == Order::Down => rows.reverse(),
        SortKey::Rank => {}
        SortKey::Name => {
            rows.sort_by_cached_key(|row| row.name.to_lowercase());
            if order == Order::Down {
                rows.reverse();
            }
        }
        SortKey::Confidence => rows.sort_by(|a, b| turned(a.confidence.cmp(&b.confidence))),
        SortKey::Change => {
            rows.sort_by(|a, b| last(change(a), change(b), |a, b| turned(a.total_cmp(b))));
        }
        SortKey::Due => rows.sort_by(|a, b| last(a.due_on, b.due_on, |a, b| turned(a.cmp(b)))),
        SortKey::Assignee => {
            rows.sort_by(|a, b| last(a.assignee.as_ref(), b.assignee.as_ref(), |a, b| turned(a.cmp(b))));
        }
    }
}

/// What is not known comes last, whichever way.
fn last<T>(a: Option<T>, b: Option<T>, known: impl Fn(&T, &T) -> Ordering) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => known(&a, &b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::Was;
    use domain::TaskGid;
    use proptest::prelude::*;

    fn a_row(rank: usize, (name, due, was): (&str, Option<i8>, Option<f64>)) -> RankedTask {
        RankedTask {
            gid: TaskGid::new(format!("{rank}00")),
            name: name.into(),
            rank,
            score: 100.0 - rank as f64,
            band: ["P0", "P1", "P2", "P3"][rank % 4],
            was: was.map(|score| Was { score, band: "P1" }),
            confidence: 50,
            calibrated: false,
            sprint: "Backlog",
            action: "Clarify",
            points: vec![],
            reason: String::new(),
            section: None,
            assignee: (rank.is_multiple_of(3)).then(|| "Ann".to_owned()),
            due_on: due.map(|day| jiff::civil::date(2026, 3, day)),
            waits_for: 0,
        }
    }

    fn rows() -> impl Strategy<Value = Vec<RankedTask>> {
        let one = ("[a-c ]{0,6}", proptest::option::of(1i8..28), proptest::option::of(0.0..100.0f64));
        proptest::collection::vec(one, 0..40).prop_map(|all| {
            all.into_iter().enumerate().map(|(at, (n, d, w))| a_row(at + 1, (&n, d, w))).collect()
        })
    }

    proptest! {
        #[test]
        fn sorting_loses_nothing_and_puts_the_unknown_last(all in rows(), key in 0usize..6, down in any::<bool>()) {
            let order = if down { Order::Down } else { Order::Up };
            let mut sorted: Vec<&RankedTask> = all.iter().collect();
            sort(&mut sorted, SortKey::ALL[key], order);
            let mut ranks: Vec<usize> = sorted.iter().map(|row| row.rank).collect();
            if SortKey::ALL[key] == SortKey::Due {
                let known = sorted.iter().take_while(|row| row.due_on.is_some()).count();
                prop_assert!(sorted[known..].iter().all(|row| row.due_on.is_none()));
                let days: Vec<_> = sorted[..known].iter().map(|row| row.due_on).collect();
                let in_order = days.is_sorted_by(|a, b| if down { a >= b } else { a <= b });
                prop_assert!(in_order);
            }
            ranks.sort_unstable();
            prop_assert_eq!(ranks, (1..=all.len()).collect::<Vec<_>>());
        }

        #[test]
        fn what_is_shown_is_what_was_asked_for(all in rows(), band in 0usize..4, text in "[a-c ]{0,3}") {
            let query = RankingQuery { bands: vec![Band::ALL[band]], text: text.clone(), ..RankingQuery::default() };
            let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
            for row in &all {
                let so = row.band == Band::ALL[band].label() && words.iter().all(|word| row.name.contains(word));
                prop_assert_eq!(wanted(row, &query, &words), so);
            }
        }
    }
}
