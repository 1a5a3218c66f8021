//! Pages of the API's lists: which is asked for, and which rows those are.
//!
//! A page behind the last is empty, so that a program that counts on comes to an end. Deliberately not here: the lists.

use super::Problem;
use engine::views::Paging;
use schemars::JsonSchema;
use serde::Serialize;

/// The last page that may be asked for.
const LAST: usize = 1_000_000;

/// Rows of a page, unless asked otherwise, and at most.
const USUAL: usize = 100;
const MOST: usize = 500;

/// Rows of a list that is read from its beginning.
const FURTHEST: usize = 10_000;

/// A page as it is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page {
    pub(super) page: usize,
    pub(super) per_page: usize,
}

impl Page {
    /// The page that a query asks for.
    pub(super) fn of(page: Option<usize>, per_page: Option<usize>) -> Result<Page, Problem> {
        let (page, per_page) = (page.unwrap_or(1), per_page.unwrap_or(USUAL));
        if !(1..=LAST).contains(&page) {
            return Err(Problem::bad(format!("page: from 1 to {LAST}")));
        }
        if !(1..=MOST).contains(&per_page) {
            return Err(Problem::bad(format!("per_page: from 1 to {MOST}")));
        }
        Ok(Page { page, per_page })
    }

    /// The paging of a view, and whether its rows are those of the page asked for: a view gives its last page for those behind it.
    pub(super) fn told(self, paging: Paging) -> (Paging, bool) {
        (Paging { page: self.page, ..paging }, self.page <= paging.pages)
    }

    /// How many rows of a list have to be read: one more than the page needs, which tells whether there are more.
    pub(super) fn reads(self) -> usize {
        self.page.saturating_mul(self.per_page).min(FURTHEST).saturating_add(1)
    }

    /// The page of a list that was read so far.
    pub(super) fn cut<T>(self, mut rows: Vec<T>) -> (Vec<T>, More) {
        let end = self.page.saturating_mul(self.per_page).min(FURTHEST);
        let more = rows.len() > end;
        rows.truncate(end);
        let from = (self.page - 1).saturating_mul(self.per_page).min(rows.len());
        (rows.split_off(from), More { page: self.page, per_page: self.per_page, more })
    }
}

/// Which page of a list this is.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub(super) struct More {
    /// This page, from 1.
    page: usize,
    /// Rows of a page.
    per_page: usize,
    /// Whether there is another.
    more: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_pages_together_are_the_list(total in 0usize..300, per_page in 1usize..60) {
            let list: Vec<usize> = (0..total).collect();
            let (mut together, mut page) = (vec![], 1);
            loop {
                let asked = Page::of(Some(page), Some(per_page)).expect("a page");
                let read = list.iter().copied().take(asked.reads()).collect();
                let (rows, more) = asked.cut(read);
                together.extend(rows);
                if !more.more {
                    break;
                }
                page += 1;
            }
            prop_assert_eq!(together, list);
        }
    }

    #[test]
    fn a_page_is_one_that_there_may_be() {
        for (page, per_page) in
            [(Some(0), None), (None, Some(0)), (Some(LAST + 1), None), (None, Some(MOST + 1))]
        {
            assert!(Page::of(page, per_page).is_err());
        }
        let behind = Page::of(Some(9), Some(10)).expect("a page");
        assert!(behind.cut(vec![1; 20]).0.is_empty());
        assert!(!behind.told(Paging::of(20, 10, 9)).1);
    }
}
