//! The query of a ranking's address: what it asks for, and the addresses that ask for something else.
//!
//! What cannot be understood is left out rather than refused: an address may be old. Deliberately not here: filtering.

use crate::dashboard::Fields;
use domain::Band;
use engine::views::{Order, RankingQuery, SortKey};

/// Letters of a search that count.
const LONGEST: usize = 200;

/// Reads what is asked for.
pub(super) fn read(fields: &Fields) -> RankingQuery {
    let named = |name: &str| fields.get(name).map(|value| domain::fit(value, LONGEST));
    let mut bands: Vec<Band> = fields.all("band").filter_map(Band::from_label).collect();
    bands.sort_unstable();
    bands.dedup();
    RankingQuery {
        bands,
        section: named("section").filter(|name| !name.is_empty()),
        assignee: match named("assignee").filter(|name| !name.is_empty()) {
            Some(nobody) if nobody == NOBODY => Some(String::new()),
            named => named,
        },
        text: named("q").unwrap_or_default(),
        sort: fields.get("sort").and_then(SortKey::from_word).unwrap_or_default(),
        order: if fields.get("order") == Some("down") { Order::Down } else { Order::Up },
        page: fields.page(),
    }
}

/// How an address says that nobody has a task; no person's name begins like this.
pub(super) const NOBODY: &str = "–";

/// The query as an address has it, without the page; empty when it asks for everything in its usual order.
pub(super) fn write(query: &RankingQuery) -> String {
    let mut out = form_urlencoded::Serializer::new(String::new());
    if !query.text.is_empty() {
        out.append_pair("q", &query.text);
    }
    for band in &query.bands {
        out.append_pair("band", band.label());
    }
    if let Some(section) = &query.section {
        out.append_pair("section", section);
    }
    if let Some(assignee) = &query.assignee {
        out.append_pair("assignee", if assignee.is_empty() { NOBODY } else { assignee });
    }
    if query.sort != SortKey::default() || query.order != Order::default() {
        out.append_pair("sort", query.sort.word());
    }
    if query.order == Order::Down {
        out.append_pair("order", "down");
    }
    out.finish()
}

/// The address of another page of the same query.
pub(super) fn page(query: &RankingQuery, page: usize) -> String {
    let rest = write(query);
    match (page, rest.is_empty()) {
        (0 | 1, true) => "?".to_owned(),
        (0 | 1, false) => format!("?{rest}"),
        (_, true) => format!("?page={page}"),
        (_, false) => format!("?{rest}&page={page}"),
    }
}

/// The address of the same query in the order of `key`: turned round when it is in that order already. Changes and confidences
/// begin with the largest.
pub(super) fn sorted(query: &RankingQuery, key: SortKey) -> String {
    let first = if matches!(key, SortKey::Change | SortKey::Confidence) { Order::Down } else { Order::Up };
    let other = if first == Order::Up { Order::Down } else { Order::Up };
    let order = if query.sort == key && query.order == first { other } else { first };
    page(&RankingQuery { sort: key, order, ..query.clone() }, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(text: &str) -> String {
        write(&read(&Fields::read(text.as_bytes())))
    }

    #[test]
    fn an_address_comes_back_as_it_went() {
        for text in
            ["", "q=a+b&band=P0&band=P2&section=Next&assignee=Ann&sort=due&order=down", "assignee=%E2%80%93"]
        {
            assert_eq!(round(text), text);
        }
    }

    #[test]
    fn what_cannot_be_understood_is_left_out() {
        assert_eq!(round("band=P9&sort=%00&order=sideways&page=-1&x=<script>"), "");
        assert_eq!(read(&Fields::read(b"page=0")).page, 0);
    }

    #[test]
    fn a_heading_turns_its_own_order_round() {
        let query = read(&Fields::read(b"q=x&page=4"));
        assert_eq!(sorted(&query, SortKey::Due), "?q=x&sort=due");
        let query = read(&Fields::read(b"q=x&sort=due"));
        assert_eq!(sorted(&query, SortKey::Due), "?q=x&sort=due&order=down");
        assert_eq!(sorted(&query, SortKey::Change), "?q=x&sort=change&order=down");
        assert_eq!(page(&query, 3), "?q=x&sort=due&page=3");
    }
}
