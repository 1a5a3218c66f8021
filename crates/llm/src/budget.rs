//! A run's ceiling in tokens and money, held before each request.
//!
//! A request reserves the most it is likely to use and gives back the rest when the provider has told its count, so that
//! requests in flight together cannot pass the ceiling together. What the provider never told (a time-out, a broken
//! connection) stays reserved: it may have been paid for. Only in memory; days and months are the caller's.
//!
//! Known limit: tokens of a question are estimated from its bytes, so the last request of a run may pass the ceiling by
//! what the estimate was short.

use crate::price::{Money, Price, Usage};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a run may use; none is no ceiling.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ceiling {
    /// Tokens, questions and answers together.
    pub tokens: Option<u64>,
    /// Money. A model without a price is then not asked at all.
    pub money: Option<Money>,
}

impl Ceiling {
    /// Whether it leaves nothing.
    pub fn is_spent(&self) -> bool {
        self.tokens == Some(0) || self.money == Some(Money::default())
    }
}

/// Clones share what was used.
#[derive(Clone, Debug, Default)]
pub struct Budget {
    ceiling: Ceiling,
    used: Arc<Mutex<Used>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Used {
    tokens: u64,
    money: Money,
}

/// Why nothing was reserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Spent,
    NoPrice,
}

/// What a request holds while it is under way; kept in full when it is dropped unsettled.
#[derive(Debug)]
pub(crate) struct Reserved {
    tokens: u64,
    money: Money,
    budget: Budget,
}

impl Budget {
    /// A budget of which nothing is used.
    pub fn new(ceiling: Ceiling) -> Budget {
        Budget { ceiling, used: Arc::default() }
    }

    /// Tokens used or held by requests under way.
    pub fn tokens(&self) -> u64 {
        self.used().tokens
    }

    /// Money used or held; what models without a price cost is not in it.
    pub fn money(&self) -> Money {
        self.used().money
    }

    /// Takes what a request is likely to use.
    pub(crate) fn reserve(&self, most: &Usage, price: Option<&Price>) -> Result<Reserved, Refusal> {
        if self.ceiling.money.is_some() && price.is_none() {
            return Err(Refusal::NoPrice);
        }
        let tokens = most.total();
        let money = price.map_or_else(Money::default, |price| price.of(most));
        let mut used = self.used();
        let then = Used { tokens: used.tokens.saturating_add(tokens), money: used.money.plus(money) };
        let over = self.ceiling.tokens.is_some_and(|most| then.tokens > most)
            // A ceiling of nothing allows nothing, a model that costs nothing included.
            || self.ceiling.money.is_some_and(|most| then.money > most || most == Money::default());
        if over {
            return Err(Refusal::Spent);
        }
        *used = then;
        drop(used);
        Ok(Reserved { tokens, money, budget: self.clone() })
    }

    fn used(&self) -> MutexGuard<'_, Used> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reserved {
    /// Puts what was used in the place of what was reserved.
    pub(crate) fn settle(self, usage: &Usage, price: Option<&Price>) {
        let mut used = self.budget.used();
        used.tokens = used.tokens.saturating_sub(self.tokens).saturating_add(usage.total());
        used.money = used.money.less(self.money);
        if let Some(price) = price {
            used.money = used.money.plus(price.of(usage));
        }
    }

    /// Gives all of it back: the request was never carried out.
    pub(crate) fn release(self) {
        self.settle(&Usage::default(), None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRICE: Price = Price { input: 1.0, cached_input: 0.1, cache_write: None, output: 5.0 };

    fn usage(input: u64, output: u64) -> Usage {
        Usage { input, output, ..Usage::default() }
    }

    #[test]
    fn requests_under_way_hold_their_share() {
        let budget = Budget::new(Ceiling { tokens: Some(100), money: None });
        let first = budget.reserve(&usage(40, 20), None).unwrap();
        assert_eq!(budget.reserve(&usage(40, 1), None).unwrap_err(), Refusal::Spent);
        first.settle(&usage(30, 5), None);
        assert_eq!(budget.tokens(), 35);
        let second = budget.reserve(&usage(60, 5), None).unwrap();
        second.release();
        assert_eq!(budget.tokens(), 35);
        drop(budget.reserve(&usage(60, 5), None).unwrap());
        assert_eq!(budget.tokens(), 100);
    }

    #[test]
    fn money_needs_a_price_and_nothing_allows_nothing() {
        let budget = Budget::new(Ceiling { tokens: None, money: Some(Money::from_dollars(0.001)) });
        assert_eq!(budget.reserve(&usage(1, 1), None).unwrap_err(), Refusal::NoPrice);
        budget.reserve(&usage(500, 100), Some(&PRICE)).unwrap().settle(&usage(400, 20), Some(&PRICE));
        assert_eq!(budget.money(), Money::from_dollars(0.0005));
        assert_eq!(budget.reserve(&usage(501, 0), Some(&PRICE)).unwrap_err(), Refusal::Spent);
        let nothing = Budget::new(Ceiling { tokens: None, money: Some(Money::default()) });
        let free = Price { input: 0.0, cached_input: 0.0, cache_write: None, output: 0.0 };
        assert_eq!(nothing.reserve(&usage(1, 1), Some(&free)).unwrap_err(), Refusal::Spent);
        let nothing = Budget::new(Ceiling { tokens: Some(0), money: None });
        assert_eq!(nothing.reserve(&usage(1, 1), Some(&free)).unwrap_err(), Refusal::Spent);
    }
}
