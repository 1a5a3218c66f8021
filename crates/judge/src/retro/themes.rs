//! What the sprint's comments were about: those that share their telling words, grouped.
//!
//! Word stems weighed by how rare they are (`learn::vocabulary`), put together while the mean likeness of two groups is high enough
//! (average linkage, Sokal and Michener 1958). Quotes are what people wrote, shortened, without addresses; nothing in them is
//! followed. Deliberately left out: who said it. Known limit: words alone tell likeness; stems are cut by English endings.

use super::Eye;
use super::member::Member;
use crate::learn::similar::tokens::stems;
use crate::learn::sparse::Sparse;
use crate::learn::text::plain;
use crate::learn::vocabulary::Vocabulary;
use crate::tone::pressing;
use domain::{Comment, TaskGid};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Comments that are grouped, the latest: comparing each with each takes the square of them.
const MOST: usize = 400;
/// Mean cosine from which two groups are one: two comments of ten telling words each that share two.
const ALIKE: f64 = 0.2;
/// Comments that make a theme.
const LEAST: usize = 2;
/// Themes and quotes that are kept.
const SHOWN: (usize, usize) = (8, 3);
/// Words that name a theme.
const WORDS: usize = 3;
/// Letters of a quote.
const QUOTE: usize = 140;
/// How what Upnext wrote begins; it is nobody's word.
const OURS: &str = "Upnext · ";

/// Words of a comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Quote {
    /// The task it stands on.
    pub task: TaskGid,
    /// When.
    pub on: Date,
    /// The beginning, in one line.
    pub text: String,
}

/// Comments that say alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Theme {
    /// The words they share, the most telling first.
    pub words: Vec<String>,
    /// How many comments.
    pub comments: usize,
    /// How many of these press: blocked, a customer, a deadline, asked again, unhappy.
    pub pressing: usize,
    /// The tasks they stand on.
    pub tasks: Vec<TaskGid>,
    /// The most typical ones.
    pub quotes: Vec<Quote>,
}

/// All comments of the sprint's tasks within it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Themes {
    /// The themes, the largest first.
    pub themes: Vec<Theme>,
    /// Comments by people within the sprint.
    pub comments: usize,
    /// Of these, looked at.
    pub read: usize,
    /// Of these, in no theme.
    pub alone: usize,
}

struct Said<'a> {
    task: &'a TaskGid,
    comment: &'a Comment,
}

pub(super) fn themes(eye: &Eye<'_>, members: &[Member<'_>]) -> Themes {
    let mut said: Vec<Said<'_>> = members
        .iter()
        .flat_map(|member| {
            let task = &member.past.task;
            task.comments.iter().map(|comment| Said { task: &task.gid, comment })
        })
        .filter(|said| said.comment.at >= eye.begin() && said.comment.at <= eye.end())
        .filter(|said| !said.comment.text.starts_with(OURS) && !said.comment.text.trim().is_empty())
        .collect();
    said.sort_by(|a, b| {
        b.comment
            .at
            .cmp(&a.comment.at)
            .then_with(|| a.task.numeric_key().cmp(&b.task.numeric_key()))
            .then_with(|| a.comment.text.cmp(&b.comment.text))
    });
    let comments = said.len();
    said.truncate(MOST);
    let texts: Vec<String> = said.iter().map(|said| plain(&said.comment.text)).collect();
    let words: Vec<Vec<(String, &str)>> = texts.iter().map(|text| stems(text)).collect();
    let names: Vec<Vec<String>> = words
        .iter()
        .map(|words| words.iter().map(|(stem, _)| stem.clone()).filter(|s| telling(s)).collect())
        .collect();
    let known = Vocabulary::learn(names.iter().map(Vec::as_slice), 1, usize::MAX);
    let vectors: Vec<Sparse> = names.iter().map(|names| known.vector(names)).collect();
    let groups = grouped(&vectors);
    let alone = groups.iter().filter(|group| group.len() < LEAST).map(Vec::len).sum();
    let mut themes: Vec<Theme> = groups
        .iter()
        .filter(|group| group.len() >= LEAST)
        .map(|group| theme(eye, group, &said, Telling { vectors: &vectors, known: &known, words: &words }))
        .collect();
    themes.sort_by(|a, b| b.comments.cmp(&a.comments).then_with(|| a.words.cmp(&b.words)));
    themes.truncate(SHOWN.0);
    Themes { themes, comments, read: said.len(), alone }
}

/// Marker words and numbers name nothing.
fn telling(stem: &str) -> bool {
    !stem.starts_with("xx") && stem.chars().any(char::is_alphabetic) && stem.chars().count() > 1
}

/// Average linkage: the two groups that are most alike become one, as long as they are alike enough.
fn grouped(vectors: &[Sparse]) -> Vec<Vec<usize>> {
    let count = vectors.len();
    let mut groups: Vec<Vec<usize>> = (0..count).map(|at| vec![at]).collect();
    // Mean likeness between groups; a merged group's is the mean weighted by the sizes (Lance and Williams 1967).
    let mut alike: Vec<Vec<f64>> =
        vectors.iter().map(|a| vectors.iter().map(|b| a.dot(b)).collect()).collect();
    loop {
        let mut best: Option<(f64, usize, usize)> = None;
        for a in 0..count {
            for b in a + 1..count {
                let is_better = best.is_none_or(|(most, ..)| alike[a][b] > most);
                if !groups[a].is_empty() && !groups[b].is_empty() && alike[a][b] >= ALIKE && is_better {
                    best = Some((alike[a][b], a, b));
                }
            }
        }
        let Some((_, a, b)) = best else { break };
        let (of_a, of_b) = (groups[a].len() as f64, groups[b].len() as f64);
        let means: Vec<f64> = alike[a]
            .iter()
            .zip(&alike[b])
            .map(|(to_a, to_b)| (of_a * to_a + of_b * to_b) / (of_a + of_b))
            .collect();
        for (row, mean) in alike.iter_mut().zip(&means) {
            row[a] = *mean;
        }
        alike[a] = means;
        let moved = std::mem::take(&mut groups[b]);
        groups[a].extend(moved);
        groups[a].sort_unstable();
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// What the comments say, as numbers and as words.
#[derive(Clone, Copy)]
struct Telling<'a> {
    /// By comment.
    vectors: &'a [Sparse],
    /// What their columns stand for.
    known: &'a Vocabulary,
    /// By comment: each word's stem and spelling.
    words: &'a [Vec<(String, &'a str)>],
}

fn theme(
    eye: &Eye<'_>,
    group: &[usize],
    said: &[Said<'_>],
    Telling { vectors, known, words }: Telling<'_>,
) -> Theme {
    let mut sums: BTreeMap<u32, (f64, usize)> = BTreeMap::new();
    for (column, value) in group.iter().flat_map(|at| vectors[*at].iter()) {
        let sum = sums.entry(column).or_default();
        *sum = (sum.0 + f64::from(value), sum.1 + 1);
    }
    // What one comment alone says names no theme.
    let mut telling: Vec<(u32, f64)> = sums
        .into_iter()
        .filter(|(_, (_, count))| *count > 1)
        .map(|(column, (sum, _))| (column, sum))
        .collect();
    telling.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let spelled = |stem: &str| {
        let mut all: Vec<String> = group
            .iter()
            .flat_map(|at| &words[*at])
            .filter(|(known, _)| known == stem)
            .map(|(_, word)| word.to_lowercase())
            .collect();
        all.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
        all.into_iter().next()
    };
    let names = telling.iter().filter_map(|(column, _)| spelled(known.name(*column as usize)?));
    let mut typical: Vec<(f64, usize)> = group
        .iter()
        .map(|at| (group.iter().map(|other| vectors[*at].dot(&vectors[*other])).sum::<f64>(), *at))
        .collect();
    typical.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let tasks: BTreeSet<&TaskGid> = group.iter().map(|at| said[*at].task).collect();
    let mut tasks: Vec<TaskGid> = tasks.into_iter().cloned().collect();
    tasks.sort_by(|a, b| a.numeric_key().cmp(&b.numeric_key()));
    Theme {
        words: names.take(WORDS).collect(),
        comments: group.len(),
        pressing: group.iter().filter(|at| pressing(&said[**at].comment.text).is_some()).count(),
        tasks,
        quotes: typical.iter().take(SHOWN.1).map(|(_, at)| quote(eye, &said[*at])).collect(),
    }
}

fn quote(eye: &Eye<'_>, said: &Said<'_>) -> Quote {
    Quote {
        task: said.task.clone(),
        on: eye.sprint().day(said.comment.at),
        text: domain::fit(&one_line(&said.comment.text), QUOTE),
    }
}

/// A comment in one line, without what leads somewhere or is read as more than text.
fn one_line(text: &str) -> String {
    let shown = |word: &str| {
        let is_address = word.contains("://") || word.to_lowercase().contains("www.");
        if is_address { "[link]".to_owned() } else { word.chars().filter(|c| !c.is_control()).collect() }
    };
    text.split_whitespace().map(shown).collect::<Vec<String>>().join(" ")
}
