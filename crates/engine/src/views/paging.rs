//! A page of a long list.
//!
//! Deliberately not here: links to other pages.

use schemars::JsonSchema;
use serde::Serialize;

/// Which part of a list is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Paging {
    /// This page, from 1.
    pub page: usize,
    /// Pages there are, at least 1.
    pub pages: usize,
    /// Rows of a page.
    pub per_page: usize,
    /// Rows of the whole list.
    pub total: usize,
}

impl Paging {
    /// The page asked for, or the last when there are not as many.
    #[must_use]
    pub fn of(total: usize, per_page: usize, asked: usize) -> Paging {
        let per_page = per_page.max(1);
        let pages = total.div_ceil(per_page).max(1);
        Paging { page: asked.clamp(1, pages), pages, per_page, total }
    }

    /// The rows of the page.
    pub fn rows<'a, T>(&self, all: &'a [T]) -> &'a [T] {
        let from = ((self.page - 1) * self.per_page).min(all.len());
        &all[from..all.len().min(from + self.per_page)]
    }

    /// The number of the first row shown, from 1; 0 when there is none.
    #[must_use]
    pub fn first(&self) -> usize {
        if self.total == 0 { 0 } else { (self.page - 1) * self.per_page + 1 }
    }

    /// The number of the last row shown.
    #[must_use]
    pub fn last(&self) -> usize {
        self.total.min(self.page * self.per_page)
    }
}

#[cfg(test)]
mod tests {
    use super::Paging;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_pages_together_are_the_list(total in 0usize..500, per_page in 1usize..60) {
            let all: Vec<usize> = (0..total).collect();
            let pages = Paging::of(total, per_page, 1).pages;
            let together: Vec<usize> =
                (1..=pages).flat_map(|page| Paging::of(total, per_page, page).rows(&all).to_vec()).collect();
            prop_assert_eq!(together, all);
        }

        #[test]
        fn any_page_asked_for_is_one_there_is(total in 0usize..500, per_page in 0usize..60, asked in any::<usize>()) {
            let paging = Paging::of(total, per_page, asked);
            prop_assert!((1..=paging.pages).contains(&paging.page));
            prop_assert!(paging.first() <= paging.last() || total == 0);
        }
    }
}
