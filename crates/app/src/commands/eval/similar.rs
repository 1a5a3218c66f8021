//! `upnext eval similar`: for every confirmed duplicate, the earlier tasks it may repeat.
//!
//! Tasks come in order; what is confirmed of earlier ones is known when the next comes, as a running service has it. With
//! `--mode split` nothing is learned from confirmations.

use super::rows::{Predictions, Table};
use crate::cli::{Eval, Mode};
use crate::compose;
use engine::Meaning;
use judge::learn::similar::{Index, Text};
use std::collections::HashMap;

/// Tasks named for each question.
const MOST: usize = 20;

/// Ranks the earlier tasks for every task that repeats one.
///
/// # Errors
/// A directory without a sentence model.
pub(super) fn predictions(tables: &[Table], args: &Eval) -> anyhow::Result<Predictions> {
    let meaning = args.embeddings.as_deref().map(compose::meaning).transpose()?;
    let columns = vec!["set", "query_id", "ranking"];
    let rows = tables.iter().flat_map(|table| of_set(table, args.mode, meaning.as_ref())).collect();
    Ok(Predictions { columns, rows })
}

fn of_set(table: &Table, mode: Mode, meaning: Option<&Meaning>) -> Vec<Vec<String>> {
    let mut rows: Vec<_> = table.rows.iter().collect();
    rows.sort_by_key(|row| row.number("seq").map_or(i64::MAX, |seq| seq as i64));
    let mut index = Index::default();
    let mut first: HashMap<&str, &str> = HashMap::new();
    let mut out = Vec::new();
    for row in rows {
        let (id, group) = (row.text("id"), row.text("dup_group"));
        let (title, body) = (row.text("title"), row.text("description"));
        let vector = meaning.map(|meaning| (meaning.vector)(title, body));
        let text = Text { title, body, extra: &[], vector: vector.as_deref() };
        let earlier = if group.is_empty() { None } else { first.get(group).copied() };
        if earlier.is_some() {
            out.push(vec![table.name.clone(), id.to_owned(), ranking(&index, &text)]);
        }
        index.add(id, &text);
        match earlier {
            _ if mode == Mode::Split => {}
            Some(earlier) => {
                index.confirm(earlier, id);
            }
            None => index.alone(id),
        }
        if !group.is_empty() {
            first.entry(group).or_insert(id);
        }
    }
    out
}

/// The best tasks, each group by its best, then the others of the groups.
fn ranking(index: &Index, text: &Text<'_>) -> String {
    let best = index.best(text, MOST);
    let firsts = best.iter().map(|task| task.id.as_str());
    let others = best.iter().flat_map(|task| task.also.iter().map(String::as_str));
    firsts.chain(others).collect::<Vec<_>>().join(";")
}
